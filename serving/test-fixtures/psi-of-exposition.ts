export interface ExposedSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const line = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/;

/** Every series of a Prometheus text. */
export function seriesOfExposition(text: string): ExposedSeries[] {
  return text.split('\n').flatMap((entry) => {
    const [, name, labels = '', value] = line.exec(entry) ?? [];
    if (name === undefined) return [];
    return [{ name, value: Number(value), labels: Object.fromEntries([...labels.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map(([, label, text]) => [label ?? '', (text ?? '').replaceAll(/\\(.)/g, '$1')])) }];
  });
}

interface Vector {
  readonly feature: string;
  readonly bin: string;
  readonly value: number;
}

/**
 * The PSI of each feature (and of the score, as "(score)") by the very steps of the PromQL in serving/README.md, over counters in place of their increase.
 */
export function psiByPromQL(series: readonly ExposedSeries[]): Map<string, number> {
  const vector = (...names: readonly string[]): Vector[] => series.filter(({ name }) => names.includes(name)).map(({ labels, value }) => ({ feature: labels['feature'] ?? '(score)', bin: labels['bin'] ?? '', value }));
  const rows = vector('taxiway_feature_bin_total', 'taxiway_score_bin_total');
  const shares = vector('taxiway_reference_bin_share', 'taxiway_reference_score_bin_share');
  const referenceRows = series.find(({ name }) => name === 'taxiway_reference_rows')?.value ?? Number.NaN;
  const psi = new Map<string, number>();
  for (const { feature, bin, value } of rows) {
    const total = rows.filter((other) => other.feature === feature).reduce((sum, other) => sum + other.value, 0);
    const share = shares.find((other) => other.feature === feature && other.bin === bin)?.value ?? Number.NaN;
    // … and (rows > 0 or share > 0)
    if (!(value > 0 || share > 0)) continue;
    const now = Math.max(value, 0.5) / total;
    const before = share > 0 ? share : 0.5 / referenceRows;
    psi.set(feature, (psi.get(feature) ?? 0) + (now - before) * Math.log(now / before));
  }
  return psi;
}
