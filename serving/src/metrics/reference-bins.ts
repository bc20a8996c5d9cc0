/** Bins of one column of the reference profile, with the rows that the model was fitted on in each. */
export interface ReferenceColumn {
  readonly name: string;
  readonly bins: { readonly kind: 'number'; readonly edges: readonly number[] } | { readonly kind: 'category'; readonly categories: readonly string[] };
  /** One name per bin, all different: numbers by edges and `(missing)`, categories by name, `(other)` and `(missing)`. */
  readonly labels: readonly string[];
  /** Rows per bin, all days together. */
  readonly counts: Float64Array;
}

export interface ReferenceBins {
  readonly columns: readonly ReferenceColumn[];
  readonly score: ReferenceColumn;
  readonly rows: number;
}

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value);
const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every((entry) => Number.isFinite(entry));
const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string');

/** Edges in full: shorter ones could name two bins alike. */
function numberLabels(edges: readonly number[]): string[] {
  const ranges = edges.map((edge, index) => (index === 0 ? `≤ ${edge}` : `(${edges[index - 1]}, ${edge}]`));
  return [...ranges, edges.length === 0 ? 'any' : `> ${edges.at(-1)}`, '(missing)'];
}

function readBins(value: unknown): ReferenceColumn['bins'] | undefined {
  if (!isObject(value)) return undefined;
  const { kind, edges, categories } = value;
  if (kind === 'number' && isNumbers(edges) && edges.every((edge, index) => index === 0 || edge > (edges[index - 1] ?? edge))) return { kind, edges };
  return kind === 'category' && isTexts(categories) ? { kind, categories } : undefined;
}

function readColumn(name: string, value: unknown, days: number): ReferenceColumn {
  const bins = isObject(value) ? readBins(value['bins']) : undefined;
  const byDay = isObject(value) ? value['counts'] : undefined;
  if (bins === undefined || !isNumbers(byDay)) throw new Error(`its column ${JSON.stringify(name)} has no bins and counts`);
  const labels = bins.kind === 'number' ? numberLabels(bins.edges) : [...bins.categories, '(other)', '(missing)'];
  if (new Set(labels).size !== labels.length) throw new Error(`two bins of its column ${JSON.stringify(name)} have one name`);
  if (byDay.length !== days * labels.length) throw new Error(`its column ${JSON.stringify(name)} has ${byDay.length} counts, not ${days * labels.length}`);
  const counts = new Float64Array(labels.length);
  for (const [cell, count] of byDay.entries()) counts[cell % labels.length] = (counts[cell % labels.length] ?? 0) + count;
  return { name, bins, labels, counts };
}

/**
 * The reference profile that training wrote beside the model, as far as live counting needs it: the days are summed up. Its whole schema is
 * `parseReferenceProfile` of the domain.
 * @throws Error saying what is wrong with it
 */
export function readReferenceBins(text: string): ReferenceBins {
  const profile: unknown = JSON.parse(text);
  if (!isObject(profile) || profile['schema'] !== 'taxiway/profile/v1' || !isObject(profile['columns']) || !Array.isArray(profile['days'])) throw new Error('it is no taxiway/profile/v1');
  const days = profile['days'].length;
  const score = readColumn('score', profile['score'], days);
  return { columns: Object.entries(profile['columns']).map(([name, column]) => readColumn(name, column, days)), score, rows: score.counts.reduce((sum, count) => sum + count, 0) };
}
