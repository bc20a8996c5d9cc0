import { beforeEach, describe, expect, it } from 'vitest';
import type { FeedEvent } from '../../../src/adapters/data-source/feed/feed-event.ts';
import { FlightLedger, flightKey } from './flight-ledger.ts';

const minute = 60_000;
const moment = Date.parse('2013-06-13T12:00:00Z');
const flight = { carrier: 'UA', flight: 1545, origin: 'EWR', scheduled_departure: moment };
const scheduled: FeedEvent = { event: 'scheduled', at: moment - 86_400_000, ...flight, dest: 'IAH', tailnum: 'N14228', year: 2013, month: 6, day: 13, sched_dep_time: 800, sched_arr_time: 1100, distance: 1400 };
const departed: FeedEvent = { event: 'departed', at: moment + 5 * minute, ...flight, dep_time: 805, dep_delay: 5, tailnum: 'N14228' };
const key = flightKey('UA1545-EWR-IAH', moment);
let ledger: FlightLedger;
beforeEach(() => {
  ledger = new FlightLedger();
});

describe('FlightLedger', () => {
  it('knows a departure that was told before the schedule once the schedule is told', () => {
    expect(ledger.apply(departed, undefined)).toBe('applied');
    expect([ledger.departure(key), ledger.unscheduled, ledger.flights]).toEqual([undefined, 1, 0]);
    expect(ledger.takeChanges().rows).toEqual([]);
    ledger.apply(scheduled, undefined);
    expect([ledger.departure(key), ledger.unscheduled, ledger.flights]).toEqual([{ scheduled: moment / minute, departed: moment / minute + 5 }, 0, 1]);
    expect(ledger.takeChanges().rows).toMatchObject([{ id: 1, flight: { dep_delay: 5 } }]);
  });

  it('counts an event that says nothing new as a duplicate, and gives no change for it', () => {
    ledger.apply(scheduled, undefined);
    ledger.apply(departed, undefined);
    ledger.takeChanges();
    expect(ledger.apply(departed, undefined)).toBe('duplicate');
    expect(ledger.apply({ ...departed, at: departed.at - minute, dep_delay: 4 }, undefined)).toBe('duplicate');
    expect(ledger.takeChanges()).toEqual({ rows: [], removed: [] });
  });

  it('gives changes again that the database could not take, with what came meanwhile', () => {
    ledger.apply(scheduled, undefined);
    const failed = ledger.takeChanges();
    ledger.apply(departed, undefined);
    ledger.restoreChanges(failed);
    expect(ledger.takeChanges().rows).toMatchObject([{ id: 1, flight: { dep_delay: 5 } }]);
    ledger.forgetBefore(moment + 1);
    ledger.restoreChanges(ledger.takeChanges());
    expect(ledger.takeChanges()).toEqual({ rows: [], removed: [1] });
  });

  it('calls an event late where a minute that reads it was evaluated already', () => {
    ledger.apply(scheduled, undefined);
    // At a minute only what was before it counts.
    expect(ledger.apply(departed, moment / minute + 5)).toBe('applied');
    expect(ledger.apply({ ...departed, at: departed.at + 1 }, moment / minute + 6)).toBe('late');
  });

  it('calls a schedule late from an hour and a half before the departure on', () => {
    expect(ledger.apply(scheduled, moment / minute - 90)).toBe('applied');
    expect(ledger.apply({ ...scheduled, at: scheduled.at + 1 }, moment / minute - 89)).toBe('late');
  });

  it('forgets flights that no window reaches, and tells the database so', () => {
    ledger.apply(scheduled, undefined);
    ledger.apply({ ...departed, flight: 7 }, undefined);
    ledger.takeChanges();
    ledger.forgetBefore(moment);
    expect(ledger.flights).toBe(1);
    ledger.forgetBefore(moment + 1);
    expect([ledger.flights, ledger.unscheduled, ledger.takeChanges().removed, ledger.firstDue(moment / minute - 5, moment / minute)]).toEqual([0, 0, [1], undefined]);
  });

  it('says when the next flight was due', () => {
    ledger.apply(scheduled, undefined);
    expect(ledger.firstDue(moment / minute - 5, moment / minute)).toBe(moment / minute);
    expect(ledger.firstDue(moment / minute - 5, moment / minute - 1)).toBeUndefined();
    expect(ledger.watermark).toBe(scheduled.at);
  });
});
