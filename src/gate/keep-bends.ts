/** [x, y]. */
export type CurvePoint = readonly [number, number];

/**
 * Thins a curve to at most `maximum` points so that the straight lines between those kept stay as close as possible to those left out: the point farthest from
 * its chord is put in first, then the next (Douglas and Peucker 1973, stopped by count instead of distance). Both ends are kept; O(n · maximum) at worst.
 *
 * @example
 * keepBends([[0, 0], [0.5, 0.5], [0.6, 1], [1, 1]], 3); // [[0, 0], [0.6, 1], [1, 1]]
 */
export function keepBends(points: readonly CurvePoint[], maximum: number): CurvePoint[] {
  if (points.length <= Math.max(2, maximum)) return [...points];
  const spans = [farthest(points, 0, points.length - 1)];
  const kept = [0, points.length - 1];
  while (kept.length < maximum) {
    const next = spans.reduce((best, span, index) => (span.distance > (spans[best]?.distance ?? 0) ? index : best), 0);
    const span = spans[next];
    // What is left lies on the lines already.
    if (span === undefined || span.distance === 0) break;
    kept.push(span.at);
    spans.splice(next, 1, farthest(points, span.from, span.at), farthest(points, span.at, span.to));
  }
  return kept.sort((a, b) => a - b).flatMap((at) => points.slice(at, at + 1));
}

interface Span {
  readonly from: number;
  readonly to: number;
  /** The point farthest from the chord. */
  readonly at: number;
  readonly distance: number;
}

function farthest(points: readonly CurvePoint[], from: number, to: number): Span {
  const [x0, y0] = points[from] ?? [0, 0];
  const [x1, y1] = points[to] ?? [0, 0];
  const length = Math.hypot(x1 - x0, y1 - y0);
  let span: Span = { from, to, at: from, distance: 0 };
  for (let at = from + 1; at < to; at++) {
    const [x, y] = points[at] ?? [0, 0];
    const distance = length === 0 ? Math.hypot(x - x0, y - y0) : Math.abs((x1 - x0) * (y0 - y) - (x0 - x) * (y1 - y0)) / length;
    if (distance > span.distance) span = { from, to, at, distance };
  }
  return span;
}
