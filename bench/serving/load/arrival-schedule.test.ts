import { expect, test } from 'vitest';
import { ArrivalSchedule } from './arrival-schedule.ts';

test('requests come at a constant rate, and none is lost when the clock was looked at late', () => {
  const schedule = new ArrivalSchedule(100, 1);
  expect([...schedule.due(0)]).toEqual([0]);
  expect([...schedule.due(35)]).toEqual([10, 20, 30]);
  expect([...schedule.due(35)]).toEqual([]);
  expect(schedule.next).toBe(40);
  const late = [...schedule.due(60_000)];
  expect(late).toHaveLength(96);
  expect(late.at(-1)).toBe(990);
  expect(schedule.next).toBeUndefined();
});

test('the rate holds over the whole time, without an error that adds up', () => {
  const schedule = new ArrivalSchedule(3333.3, 30);
  const moments = [...schedule.due(1e9)];
  expect(moments).toHaveLength(99_999);
  expect(moments.at(-1)).toBeCloseTo((99_998 * 1000) / 3333.3, 6);
});
