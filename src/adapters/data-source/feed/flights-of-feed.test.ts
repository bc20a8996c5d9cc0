import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeedEvent } from './feed-event.ts';
import { flightsOfFeed } from './flights-of-feed.ts';

const moment = Date.parse('2013-06-01T12:00:00Z');
const flight = { carrier: 'UA', flight: 1545, origin: 'EWR', scheduled_departure: moment };
const scheduled: FeedEvent = { event: 'scheduled', at: moment - 86_400_000, ...flight, dest: 'IAH', tailnum: 'N14228', year: 2013, month: 6, day: 1, sched_dep_time: 800, sched_arr_time: 1100, distance: 1400 };
const departed: FeedEvent = { event: 'departed', at: moment + 5 * 60_000, ...flight, dep_time: 805, dep_delay: 5, tailnum: 'N14228' };
const corrected: FeedEvent = { ...departed, at: moment + 9 * 60_000, dep_delay: 7 };
const landed: FeedEvent = { event: 'landed', at: moment + 190 * 60_000, ...flight, arr_time: 1110, arr_delay: 10, air_time: 160 };
const cancelled: FeedEvent = { event: 'cancelled', at: moment + 30 * 60_000, ...flight };

describe('flightsOfFeed', () => {
  it('lets the event that became known last count, in whatever order and however often events come', () => {
    const events = [scheduled, departed, corrected, landed];
    fc.assert(
      fc.property(fc.shuffledSubarray([...events, ...events], { minLength: 8 }), (told) => {
        const { flights, unscheduled } = flightsOfFeed(told);
        expect(unscheduled).toEqual([]);
        expect(flights).toHaveLength(1);
        expect(flights[0]).toMatchObject({ dep_delay: 7, arr_delay: 10, air_time: 160, reported_at: '2013-06-01T15:10:00.000Z' });
      }),
    );
  });

  it('knows of a flight that has not left only its schedule', () => {
    expect(flightsOfFeed([scheduled]).flights[0]).toMatchObject({ dest: 'IAH', dep_delay: null, arr_delay: null, air_time: null });
  });

  it('takes a flight that was cancelled after a departure report as not departed, and one that left after a cancellation as departed', () => {
    expect(flightsOfFeed([scheduled, departed, cancelled]).flights[0]?.dep_delay).toBeNull();
    expect(flightsOfFeed([scheduled, { ...cancelled, at: moment - 60_000 }, departed]).flights[0]?.dep_delay).toBe(5);
  });

  it('keeps a landing whose departure was never told', () => {
    expect(flightsOfFeed([scheduled, landed]).flights[0]).toMatchObject({ dep_delay: null, arr_delay: 10, air_time: 160 });
  });

  it('gives back events of a flight that was never scheduled rather than losing them', () => {
    const { flights, unscheduled } = flightsOfFeed([departed, landed]);
    expect(flights).toEqual([]);
    expect(unscheduled).toEqual([departed, landed]);
  });
});
