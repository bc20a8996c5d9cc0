import type { FeatureGraph } from '../../features/feature-graph.ts';
import type { Features } from '../../features/features-schema.ts';

/** The columns that each encoded column is made of, in the order of `names`: the one whose name it carries, or every column of its transform where that makes one number of several. */
export function encodedSources(features: Features, { names, widths }: Pick<FeatureGraph, 'names' | 'widths'>): (readonly string[])[] {
  let start = 0;
  return features.flatMap(({ columns }, index) => {
    const end = start + (widths[index] ?? 0);
    const block = names.slice(start, end);
    start = end;
    return block.map((name) => {
      const named = columns.filter((column) => name === column || name.startsWith(`${column}.`) || name.startsWith(`${column}=`));
      return named.length === 0 ? columns : named;
    });
  });
}
