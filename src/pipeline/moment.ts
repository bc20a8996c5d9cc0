import { z } from 'zod';

/** When a value exists, in order of time. A prediction may only use what is known at its own moment or before. */
export const moments = ['schedule', 'T-120', 'T-30', 'off-block', 'landed'] as const;
export const momentSchema = z.enum(moments);
export type Moment = z.infer<typeof momentSchema>;

export function isKnownBy(known: Moment, prediction: Moment): boolean {
  return moments.indexOf(known) <= moments.indexOf(prediction);
}
