/** Positions of values along an axis, and the ticks to print. */
export interface LinearScale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

/**
 * A scale whose ends are round numbers around the data.
 *
 * @example
 * linearScale([0.03, 0.21], [200, 0], 5).ticks; // [0, 0.05, 0.1, 0.15, 0.2, 0.25]
 */
export function linearScale(domain: readonly [number, number], range: readonly [number, number], count: number): LinearScale {
  const span = domain[1] - domain[0] || Math.abs(domain[1]) || 1;
  const step = roundStep(span / count);
  const first = Math.floor(domain[0] / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil((domain[0] + span) / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
  const [low, high] = [first * step, last * step];
  return { at: (value) => range[0] + ((value - low) / (high - low)) * (range[1] - range[0]), ticks };
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10;
  return factor * power;
}

export interface XScale {
  readonly at: (x: string) => number;
  readonly ticks: readonly { readonly x: number; readonly label: string }[];
  /** Room for one category. */
  readonly step: number;
}

const dayPattern = /^\d{4}-\d{2}-\d{2}/;
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Days become a time axis with months as ticks; anything else one place per text, in order of appearance. */
export function xScale(values: readonly string[], range: readonly [number, number], maximumTicks: number): XScale {
  const distinct = [...new Set(values)];
  if (distinct.length > 1 && distinct.every((value) => dayPattern.test(value))) return timeScale(distinct.sort(), range, maximumTicks);
  const step = (range[1] - range[0]) / Math.max(1, distinct.length);
  const places = new Map(distinct.map((value, index) => [value, range[0] + (index + 0.5) * step]));
  const every = Math.ceil(distinct.length / maximumTicks);
  const ticks = distinct.flatMap((value, index) => (index % every === 0 ? [{ x: places.get(value) ?? range[0], label: value }] : []));
  return { at: (x) => places.get(x) ?? range[0], ticks, step };
}

function timeScale(sorted: readonly string[], range: readonly [number, number], maximumTicks: number): XScale {
  const times = sorted.map((value) => Date.parse(value));
  const [from, to] = [times[0] ?? 0, times.at(-1) ?? 1];
  const position = (time: number): number => range[0] + ((time - from) / (to - from)) * (range[1] - range[0]);
  const firsts: { x: number; label: string }[] = [];
  const start = new Date(from);
  for (let month = start.getUTCMonth(); firsts.length < 240; month++) {
    const time = Date.UTC(start.getUTCFullYear(), month, 1);
    if (time > to) break;
    if (time >= from) firsts.push({ x: position(time), label: months[month % 12] ?? '' });
  }
  const days = sorted.map((value, index) => ({ x: position(times[index] ?? from), label: value.slice(5, 10) }));
  const all = firsts.length >= 2 ? firsts : days;
  const every = Math.ceil(all.length / maximumTicks);
  return { at: (x) => position(Date.parse(x)), ticks: all.filter((_, index) => index % every === 0), step: (range[1] - range[0]) / sorted.length };
}
