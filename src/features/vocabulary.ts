/** Categories seen at least this often in training get an id of their own, unless the pipeline says otherwise. */
export const defaultMinimumCount = 100;

/** The categories with at least `minimumCount` rows, sorted; '' (missing) is never one of them. */
export function buildVocabulary(values: readonly string[], minimumCount: number): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  counts.delete('');
  return [...counts].filter(([, count]) => count >= minimumCount).map(([value]) => value).sort();
}
