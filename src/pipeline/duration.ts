import { z } from 'zod';

const milliseconds = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const pattern = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;

/** "100ms", "300s", "5m", "2h", "28d" → milliseconds. */
export const durationSchema = z
  .string()
  .regex(pattern, 'must be a number and a unit: ms, s, m, h or d, e.g. 28d')
  .transform((text) => parseDuration(text));

/** A duration above zero: windows, deadlines, pauses. */
export const positiveDurationSchema = z
  .string()
  .regex(/^(?=.*[1-9])\d+(?:\.\d+)?(ms|s|m|h|d)$/, 'must be a number above 0 and a unit: ms, s, m, h or d, e.g. 28d')
  .transform((text) => parseDuration(text));

/** @throws RangeError where the text is not a duration */
export function parseDuration(text: string): number {
  const match = pattern.exec(text);
  const unit = match?.[2];
  if (match === null || !isUnit(unit)) throw new RangeError(`not a duration: ${text}`);
  return Number(match[1]) * milliseconds[unit];
}

function isUnit(unit: string | undefined): unit is keyof typeof milliseconds {
  return unit !== undefined && unit in milliseconds;
}
