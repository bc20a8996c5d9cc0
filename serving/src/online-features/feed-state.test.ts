import { describe, expect, it } from 'vitest';
import { judgeFeed } from './feed-state.ts';

const minute = 60_000;
const watermark = Date.parse('2013-06-13T12:00:00Z');
/** Flights are due at these minutes after the watermark. */
const due = (...after: number[]) => (from: number, until: number) => after.map((minutes) => watermark / minute + minutes).find((candidate) => candidate >= from && candidate <= until);
const judge = (moment: number, firstDue = due(1, 2, 3)) => judgeFeed({ watermark, moment: watermark + moment * minute, maximumAge: 15 * minute, firstDue });

describe('judgeFeed', () => {
  it('calls a feed late after a third of what is allowed, and gone beyond it', () => {
    expect([1, 6, 7, 16, 17].map((moment) => judge(moment).status)).toEqual(['fresh', 'fresh', 'late', 'late', 'gone']);
  });

  it('tells the age of the newest event and the silence since a flight was due', () => {
    expect(judge(10)).toEqual({ status: 'late', watermark: '2013-06-13T12:00:00.000Z', ageSeconds: 600, silentSeconds: 540 });
  });

  it('does not take a night without flights for silence', () => {
    expect(judge(300, due(301))).toMatchObject({ status: 'fresh', ageSeconds: 18_000, silentSeconds: 0 });
    expect(judge(320, due(301))).toMatchObject({ status: 'gone', silentSeconds: 19 * 60 });
  });

  it('calls a feed that has told nothing gone', () => {
    expect(judgeFeed({ watermark: Number.NEGATIVE_INFINITY, moment: watermark, maximumAge: minute, firstDue: due() })).toMatchObject({ status: 'gone', watermark: null, ageSeconds: null });
  });
});
