import type { Table } from '../data/table.ts';
import type { DriftSection } from '../pipeline/schema/drift.ts';
import { formatNumber, formatShare } from '../report/format-number.ts';
import { binLabels } from '../statistics/bin-labels.ts';
import { countByDay } from '../statistics/count-by-day.ts';
import { dayIndex } from '../statistics/day-index.ts';
import { falseDiscoveryQValues } from '../statistics/false-discovery.ts';
import { kolmogorovSmirnovOfCounts } from '../statistics/ks.ts';
import { populationStability } from '../statistics/psi.ts';
import { type PsiNull, psiCriticalValue, psiNull, psiPValue } from '../statistics/psi-null.ts';
import type { Finding } from './finding.ts';
import { type ColumnProfile, countsOf, type ReferenceProfile } from './reference-profile.ts';
import { blockDaysOf } from './windows.ts';

interface ColumnDrift {
  readonly id: string;
  readonly title: string;
  readonly psi: number;
  readonly pValue: number;
  readonly criticalValue: number;
  readonly distribution: PsiNull;
  readonly sampleSize: number;
  readonly moved: readonly { readonly bin: string; readonly before: number; readonly now: number }[];
  readonly ksDistance: number | undefined;
}

export interface FeatureDriftOptions {
  readonly profile: ReferenceProfile;
  readonly current: Table;
  readonly drift: DriftSection;
  /** Whole days of the current window. */
  readonly windowDays: number;
}

/**
 * Every feature against the reference, and the slice columns again within each slice. A column drifts when its PSI exceeds the threshold *and* its q-value
 * (Benjamini–Hochberg over the alarm columns and slices; the others among themselves) is under the false-discovery rate.
 */
export function detectFeatureDrift(options: FeatureDriftOptions): Finding[] {
  const { profile, current, drift } = options;
  const alarmColumns = new Set(drift['alarm-columns']);
  const measured = Object.entries(profile.columns).flatMap(([name, column]) => {
    const found = measureColumn({ id: name, title: name, column, dayCount: profile.days.length, alarming: alarmColumns.has(name) }, valuesOf(current, name), options);
    return found === undefined ? [] : [found];
  });
  const alarming = [...measured.filter(({ id }) => alarmColumns.has(id)), ...measureSlices(options)];
  const reported = measured.filter(({ id }) => !alarmColumns.has(id));
  return [...toFindings(alarming, drift, true), ...toFindings(reported, drift, false), ...measured.flatMap((column) => ksFinding(column, drift))];
}

function measureSlices(options: FeatureDriftOptions): ColumnDrift[] {
  const { by, values } = options.profile.slices;
  const sliceOf = by === null ? undefined : options.current.strings.get(by);
  if (by === null || sliceOf === undefined) return [];
  return Object.entries(values).flatMap(([value, slice]) => {
    const rows = sliceOf.flatMap((current, row) => (current === value ? [row] : []));
    return Object.entries(slice.columns).flatMap(([name, column]) => {
      const all = valuesOf(options.current, name);
      if (all === undefined) return [];
      const part = ArrayBuffer.isView(all) ? Float64Array.from(rows, (row) => all[row] ?? Number.NaN) : rows.map((row) => all[row] ?? '');
      return measureColumn({ id: `${value}/${name}`, title: `${name} where ${by} is ${value}`, column, dayCount: slice.days, alarming: true }, part, options) ?? [];
    });
  });
}

function valuesOf(table: Table, name: string): Float64Array | readonly string[] | undefined {
  return table.numbers.get(name) ?? table.strings.get(name);
}

interface Reference {
  readonly id: string;
  readonly title: string;
  readonly column: ColumnProfile;
  readonly dayCount: number;
  /** Only these need the far tail of the null. */
  readonly alarming: boolean;
}

function measureColumn(reference: Reference, values: Float64Array | readonly string[] | undefined, { drift, windowDays }: FeatureDriftOptions): ColumnDrift | undefined {
  const { column, dayCount } = reference;
  const fits = values !== undefined && ArrayBuffer.isView(values) === (column.bins.kind === 'number');
  if (!fits) return undefined;
  const byDay = countsOf(column, dayCount);
  const before = new Float64Array(byDay.binCount);
  byDay.counts.forEach((count, cell) => {
    const bin = cell % byDay.binCount;
    before[bin] = (before[bin] ?? 0) + count;
  });
  const now = countByDay(column.bins, values, dayIndex(new Int32Array(values.length))).counts;
  const counted = now.length === 0 ? new Float64Array(byDay.binCount) : now;
  const { psi, contributions, referenceSize, currentSize } = populationStability(before, counted);
  const distribution = psiNull(byDay, { windowDays, seed: `drift/${reference.id}`, blockDays: blockDaysOf(windowDays), currentSize, replicates: reference.alarming ? 1000 : 200 });
  const labels = binLabels(column.bins);
  const moved = contributions
    .map((contribution, bin) => ({ contribution, bin: labels[bin] ?? '', before: (before[bin] ?? 0) / referenceSize, now: (counted[bin] ?? 0) / currentSize }))
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, 3)
    .map(({ bin, before: share, now: present }) => ({ bin, before: share, now: present }));
  return {
    id: reference.id,
    title: reference.title,
    psi,
    pValue: psiPValue(distribution, psi),
    criticalValue: psiCriticalValue(distribution, drift.psi['false-discovery-rate']),
    distribution,
    sampleSize: currentSize,
    moved,
    ksDistance: column.bins.kind === 'number' ? kolmogorovSmirnovOfCounts(before, counted).distance : undefined,
  };
}

function toFindings(columns: readonly ColumnDrift[], drift: DriftSection, alarming: boolean): Finding[] {
  const qValues = falseDiscoveryQValues(columns.map(({ pValue }) => pValue));
  return columns.map((column, index) => {
    const qValue = qValues[index] ?? Number.NaN;
    const known = !Number.isNaN(column.psi) && !Number.isNaN(qValue);
    const signal = known && column.psi > drift.psi.threshold && qValue < drift.psi['false-discovery-rate'];
    const method = column.distribution.method === 'chi-square' ? `; χ² fallback: ${column.distribution.reason}` : '';
    return {
      id: `psi.${column.id}`,
      title: `PSI of ${column.title}`,
      kind: 'feature',
      state: !known ? 'inconclusive' : signal ? 'signal' : 'quiet',
      alarming,
      value: known ? column.psi : null,
      threshold: `≤ ${formatNumber(drift.psi.threshold)}, or q ≥ ${formatNumber(drift.psi['false-discovery-rate'])}`,
      sampleSize: column.sampleSize,
      message: `q ${formatNumber(qValue)}, critical value ${formatNumber(column.criticalValue)}${signal ? `; moved: ${describeMoved(column)}` : ''}${method}`,
      details: { qValue: finite(qValue), criticalValue: finite(column.criticalValue), nullMethod: column.distribution.method, moved: column.moved.map((bin) => ({ ...bin, now: finite(bin.now) })) },
    };
  });
}

function ksFinding({ id, title, ksDistance, sampleSize }: ColumnDrift, drift: DriftSection): Finding[] {
  if (ksDistance === undefined) return [];
  const known = !Number.isNaN(ksDistance);
  return [
    {
      id: `ks.${id}`,
      title: `KS distance of ${title}`,
      kind: 'feature',
      state: !known ? 'inconclusive' : ksDistance > drift.ks.threshold ? 'signal' : 'quiet',
      alarming: false,
      value: known ? ksDistance : null,
      threshold: `≤ ${formatNumber(drift.ks.threshold)}`,
      sampleSize,
    },
  ];
}

function describeMoved({ moved }: ColumnDrift): string {
  return moved.map(({ bin, before, now }) => `${bin} ${formatShare(before)} → ${formatShare(now)}`).join(', ');
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
