import { UserError } from '../../../errors.ts';

/** A stretch of local time, half-open, in milliseconds as if it were UTC. */
export interface LocalStretch {
  readonly from: number;
  readonly to: number;
  /** Local time minus UTC in milliseconds; of no meaning unless `occurs` is once. */
  readonly offset: number;
  /** A clock put forward leaves times out, one put back has times twice. */
  readonly occurs: 'once' | 'never' | 'twice';
}

const day = 86_400_000;
/** Years whose clock changes are looked up. Before, zones kept local mean time; and nobody knows the laws of a later century. */
export const knownYears = { first: 1970, last: 2099 } as const;
const [firstMoment, endMoment] = [Date.UTC(knownYears.first, 0, 1), Date.UTC(knownYears.last + 1, 0, 1)];
// The shortest time between two clock changes on record since 1970 is some four weeks (Ramadan in Morocco and Egypt).
const step = 7 * day;

/**
 * Every local time of the years above in order, from the time zone database that the JavaScript engine brings.
 * @throws UserError pipeline-invalid
 */
export function localStretches(zone: string): LocalStretch[] {
  const offsetAt = offsetReader(zone);
  const segments: { from: number; offset: number }[] = [{ from: firstMoment, offset: offsetAt(firstMoment) }];
  let after = offsetAt(firstMoment);
  for (let at = firstMoment; at < endMoment; at += step) {
    const before = after;
    after = offsetAt(at + step);
    if (before !== after) segments.push({ from: changeBetween({ low: at, high: at + step, before }, offsetAt), offset: after });
  }
  const stretches: LocalStretch[] = [];
  let from = firstMoment + (segments[0]?.offset ?? 0);
  for (const [index, { offset }] of segments.entries()) {
    const next = segments[index + 1];
    if (next === undefined) {
      stretches.push({ from, to: endMoment + offset, offset, occurs: 'once' });
      break;
    }
    const [low, high] = [next.from + Math.min(offset, next.offset), next.from + Math.max(offset, next.offset)];
    stretches.push({ from, to: low, offset, occurs: 'once' }, { from: low, to: high, offset, occurs: next.offset > offset ? 'never' : 'twice' });
    from = high;
  }
  return stretches.filter((stretch) => stretch.from < stretch.to);
}

function changeBetween({ low, high, before }: { low: number; high: number; before: number }, offsetAt: (time: number) => number): number {
  while (high - low > 1000) {
    const middle = Math.floor((low + high) / 2000) * 1000;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetReader(zone: string): (time: number) => number {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  } catch (cause) {
    throw new UserError('pipeline-invalid', `time-zone ${JSON.stringify(zone)} is no time zone; allowed: names of the IANA database`, { hint: 'Write e.g. America/New_York.', cause });
  }
  return (time) => {
    const text = format.format(time);
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text) ?? [];
    return (sign === '-' ? -1000 : 1000) * (3600 * Number(hours) + 60 * Number(minutes) + Number(seconds));
  };
}
