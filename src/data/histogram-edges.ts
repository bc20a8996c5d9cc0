import type { NumberSummary } from './profile-columns.ts';

const wantedBins = 24;
const hour = 3_600_000;
const timeSteps = [hour / 60, hour / 4, hour, 6 * hour, 24 * hour, 7 * 24 * hour] as const;

/** Ascending edges; the first and the last bin also hold everything beyond them. */
export interface HistogramEdges {
  readonly edges: readonly number[];
  /** Whether values lie below the first edge, and above the last. */
  readonly open: readonly [boolean, boolean];
}

/**
 * Round edges over where nearly all values are: where a few lie far out, they are gathered in the first or last bin, so that they do not
 * squeeze the rest into one bar.
 * @param summaries of the rows, and of those they are compared with
 */
export function histogramEdges(summaries: readonly NumberSummary[], options: { readonly kind: 'number' | 'time'; readonly whole: boolean }): HistogramEdges {
  const lowest = Math.min(...summaries.map(({ minimum }) => minimum));
  const highest = Math.max(...summaries.map(({ maximum }) => maximum));
  if (options.kind === 'time') return { edges: timeEdges(lowest, highest), open: [false, false] };
  const low = Math.min(...summaries.map(({ quantiles, minimum }) => quantiles.get(5) ?? minimum));
  const high = Math.max(...summaries.map(({ quantiles, maximum }) => quantiles.get(995) ?? maximum));
  const margin = 0.5 * (high - low);
  const from = lowest < low - margin ? low : lowest;
  const to = highest > high + margin ? high : highest;
  const edges = roundEdges(from, to, options.whole);
  return { edges, open: [lowest < (edges[0] ?? lowest), highest > (edges.at(-1) ?? highest)] };
}

function roundEdges(from: number, to: number, whole: boolean): number[] {
  const size = Math.max(Math.abs(from), Math.abs(to));
  // Never so small that neighbouring edges would be the same number.
  const rough = to === from ? size / 10 || 1 : Math.max((to - from) / wantedBins, size * 1e-9, 1e-300);
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9) && (!whole || Number.isInteger(candidate * power))) ?? 10;
  const step = whole ? Math.max(1, Math.ceil(factor * power)) : factor * power;
  const first = Math.floor(from / step + 1e-9);
  // The last bin is half-open too: a value on the last edge needs a bin that begins there.
  const last = Math.max(first + 1, Math.floor(to / step + 1e-9) + 1);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Whole hours, days or weeks (from the first day on), else calendar months, else years; UTC. */
function timeEdges(from: number, to: number): number[] {
  const step = timeSteps.find((candidate) => (to - from) / candidate <= 60);
  if (step !== undefined) {
    const start = Math.floor(from / Math.min(step, 24 * hour)) * Math.min(step, 24 * hour);
    return Array.from({ length: Math.floor((to - start) / step) + 2 }, (_, index) => start + index * step);
  }
  const begin = new Date(from);
  const months = (to - from) / (30 * 24 * hour) <= 60 ? 1 : 12 * Math.ceil((to - from) / (365 * 24 * hour) / 60);
  const edges: number[] = [];
  for (let month = months === 1 ? begin.getUTCMonth() : 0; ; month += months) {
    const edge = Date.UTC(begin.getUTCFullYear(), month, 1);
    edges.push(edge);
    if (edge > to) return edges;
  }
}
