import { assertNever } from '../errors.ts';
import type { CategoryBins } from './category-bins.ts';
import type { NumberBins } from './quantile-bins.ts';

export type Bins = NumberBins | CategoryBins;

/**
 * One readable label for each entry of a count vector, in its order.
 *
 * @example
 * binLabels({ kind: 'number', edges: [0, 2.5] }); // ['≤ 0', '(0, 2.5]', '> 2.5', 'missing']
 */
export function binLabels(bins: Bins): string[] {
  switch (bins.kind) {
    case 'number':
      return [...numberLabels(bins.edges), 'missing'];
    case 'category':
      return [...bins.categories, 'other', 'missing'];
    default:
      return assertNever(bins);
  }
}

function numberLabels(edges: readonly number[]): string[] {
  const labels: string[] = [];
  let previous: number | undefined;
  for (const edge of edges) {
    labels.push(previous === undefined ? `≤ ${shortNumber(edge)}` : `(${shortNumber(previous)}, ${shortNumber(edge)}]`);
    previous = edge;
  }
  labels.push(previous === undefined ? 'any' : `> ${shortNumber(previous)}`);
  return labels;
}

/** Six significant digits, without trailing zeros. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(6)));
}
