import type { Column } from '../pipeline/schema/data.ts';
import { formatNumber } from '../report/format-number.ts';
import type { ColumnSummary } from './profile-columns.ts';

export interface SuggestedRange {
  readonly range: readonly [number, number];
  /** How it came about. */
  readonly reason: string;
}

/** What a column of this name can hold at all; used only where the rows agree. */
const knownRanges: readonly { readonly name: RegExp; readonly range: readonly [number, number]; readonly what: string }[] = [
  { name: /(^|_)latitude$|^lat$/, range: [-90, 90], what: 'a latitude' },
  { name: /(^|_)longitude$|^lon$/, range: [-180, 180], what: 'a longitude' },
  { name: /(^|_)month$/, range: [1, 12], what: 'a month' },
  { name: /(^|_)day$/, range: [1, 31], what: 'a day of the month' },
  { name: /(^|_)hour$/, range: [0, 24], what: 'an hour of the day' },
  { name: /(^|_)minute$/, range: [0, 60], what: 'a minute of the hour' },
  { name: /(^|_)(?:direction|wind_dir|bearing|heading)$/, range: [0, 360], what: 'an angle' },
  { name: /humid|percent/, range: [0, 100], what: 'a percentage' },
  { name: /(^|_)probability(_|$)/, range: [0, 1], what: 'a probability' },
];

/** So much farther from the median than 99.5 % of the values: more likely a fault than a value. */
const farOut = 10;

/** Of these a value below zero is nothing strange, though these rows may have none. */
const signed = /temp|dew|celsius|fahrenheit|delay|change|difference|balance/;

/**
 * The range that later rows may be expected in: the declared one where the rows agree, what the name says where they agree, else what was observed, widened.
 * Undefined for a constant without any.
 */
export function suggestRange({ name, numbers, distinct }: ColumnSummary, declared: Pick<Column, 'range' | 'unit'> | undefined): SuggestedRange | undefined {
  if (numbers === undefined) return undefined;
  const { minimum, maximum, quantiles } = numbers;
  const seen = `observed ${formatNumber(minimum)} to ${formatNumber(maximum)}`;
  const own = declared?.range;
  if (own !== undefined && minimum >= own[0] && maximum <= own[1]) return { range: own, reason: `${seen}; as declared` };
  if ((distinct ?? 0) < 2) return undefined;
  const observed = own === undefined ? seen : `${seen}, beyond the declared ${own.join(' to ')}`;
  const known = knownRanges.find((candidate) => candidate.name.test(name) && minimum >= candidate.range[0] && maximum <= candidate.range[1]);
  if (known !== undefined) return { range: known.range, reason: `${observed}; ${known.what} by its name` };
  // Hours and minutes in one number, 2359 or 2400 at most; a duration hardly ever ends just there.
  if (/(^|_)time$/.test(name) && minimum >= 0 && maximum >= 2300 && maximum <= 2400) return { range: [0, 2400], reason: `${observed}; a clock time (hours and minutes) by its name` };
  if (distinct === 2 && minimum === 0 && maximum === 1) return { range: [0, 1], reason: 'only 0 and 1' };
  if (minimum >= 0 && maximum <= 1 && /(^|_)(?:share|rate|ratio|severity)(_|$)/.test(name)) return { range: [0, 1], reason: `${observed}; a share by its name` };
  const median = quantiles.get(500) ?? 0;
  const [low, high] = [quantiles.get(5) ?? minimum, quantiles.get(995) ?? maximum];
  const tooHigh = high > median && maximum - median > farOut * (high - median);
  const tooLow = low < median && median - minimum > farOut * (median - low);
  const [from, to] = [tooLow ? low : minimum, tooHigh ? high : maximum];
  // Where the far end is left out, true values may still lie beyond what is left.
  const margin = (tooHigh || tooLow ? 1 : 0.5) * (to - from);
  const above = minimum >= 0 && !signed.test(name) && !signed.test(declared?.unit ?? '');
  const range: [number, number] = [above ? Math.max(0, roundOut(from - margin, Math.floor)) : roundOut(from - margin, Math.floor), maximum <= 0 ? Math.min(0, roundOut(to + margin, Math.ceil)) : roundOut(to + margin, Math.ceil)];
  const faults = [
    ...(tooHigh ? [`the largest, ${formatNumber(maximum)}, is far from the rest (99.5 % are at most ${formatNumber(high)}) and left out: a fault?`] : []),
    ...(tooLow ? [`the smallest, ${formatNumber(minimum)}, is far from the rest (99.5 % are at least ${formatNumber(low)}) and left out: a fault?`] : []),
  ];
  return { range, reason: [observed, `widened by ${tooHigh || tooLow ? 'the' : 'half the'} width`, ...faults].join('; ') };
}

/** Two significant digits, away from the values. */
function roundOut(value: number, round: (value: number) => number): number {
  if (value === 0) return 0;
  const step = 10 ** (Math.floor(Math.log10(Math.abs(value))) - 1);
  return Number((round(Number((value / step).toPrecision(12))) * step).toPrecision(12));
}
