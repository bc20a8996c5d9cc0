import type { z } from 'zod';
import type { checkDefinitionSchema } from '../pipeline/schema/checks.ts';
import { formatCount, formatNumber, formatShare } from '../report/format-number.ts';
import type { ColumnSummary } from './profile-columns.ts';
import type { SuggestedColumn } from './suggest-columns.ts';
import { daysBetween, judgedDays, seasonalDifference } from './volume-by-day.ts';

export type SuggestedCheck = z.input<typeof checkDefinitionSchema>;

export interface CheckSuggestion {
  readonly evidence: readonly string[];
  readonly check: SuggestedCheck;
}

export interface CheckEvidence {
  readonly summaries: readonly ColumnSummary[];
  /** The columns that were suggested. */
  readonly columns: Readonly<Record<string, SuggestedColumn>>;
  /** Columns that name a row, proven by counting. */
  readonly key: readonly string[] | undefined;
  readonly time: TimeEvidence | undefined;
  readonly outside: ReadonlyMap<string, number>;
  readonly label: { readonly column: string; readonly associations: ReadonlyMap<string, number> } | undefined;
}

export interface TimeEvidence {
  readonly column: string;
  readonly days: ReadonlyMap<string, number>;
  /** Milliseconds. */
  readonly longestGap: number;
  /** Undefined where nobody knows how the rows lie. */
  readonly stepsBack: number | undefined;
}

const standardMissing = 0.05;
const suspicious = 0.3;
const hour = 3_600_000;
const trailingWeeks = 4;

/** Checks that these rows pass, each with what speaks for it. */
export function suggestChecks(evidence: CheckEvidence): CheckSuggestion[] {
  const { summaries, columns } = evidence;
  const rows = summaries[0]?.rows ?? 0;
  const having = (limit: 'range' | 'values' | 'pattern'): string[] => Object.keys(columns).filter((name) => columns[name]?.[limit] !== undefined);
  const limited = (check: 'range' | 'allowed-values' | 'pattern', names: readonly string[]): CheckSuggestion[] =>
    names.length === 0 ? [] : [{ evidence: [`for the ${formatCount(names.length)} ${names.length === 1 ? 'column' : 'columns'} above that ${names.length === 1 ? 'has' : 'have'} one`], check: { check, severity: 'error' } }];
  return [
    { evidence: [`${formatCount(Object.keys(columns).length)} columns; more are no fault`], check: { check: 'schema' } },
    missingCheck(evidence),
    ...limited('range', having('range')),
    ...limited('allowed-values', having('values')),
    ...limited('pattern', having('pattern')),
    ...keyCheck(evidence.key, rows),
    ...outlierCheck(evidence.outside),
    { evidence: [`${formatCount(rows)} rows were found; less than half, rounded down, is too few for a window of the same length`], check: { check: 'row-count', minimum: roundDown(rows / 2), severity: 'error' } },
    ...timeChecks(evidence.time),
    ...leakageCheck(evidence),
  ];
}

function missingCheck({ summaries, columns, key }: CheckEvidence): CheckSuggestion {
  const limits = summaries.flatMap(({ name, missing, rows }): [string, number, number][] => {
    const share = missing / Math.max(1, rows);
    // What is only known later is missing where the outcome is; the check looks at scored rows there.
    if (columns[name] === undefined || columns[name].optional === true || ['outcome', 'label'].includes(columns[name].role)) return [];
    if (missing === 0) return key?.includes(name) === true ? [[name, 0, 0]] : [];
    const limit = Math.min(1, Math.ceil(Number((Math.max(share * 1.5, share + 0.01) * 100).toPrecision(12))) / 100);
    return limit <= standardMissing ? [] : [[name, limit, share]];
  });
  const optional = Object.keys(columns).filter((name) => columns[name]?.optional === true);
  return {
    evidence: [
      ...(key === undefined ? [] : [`of the key, never missing: ${key.join(', ')}`]),
      ...limits.flatMap(([name, limit, share]) => (limit === 0 ? [] : [`${name}: ${formatShare(share)} missing, half as much again is allowed`])),
      ...(optional.length === 0 ? [] : [`optional, so not looked at: ${optional.join(', ')}`]),
    ],
    check: { check: 'missing', 'maximum-share': standardMissing, ...(limits.length === 0 ? {} : { 'by-column': Object.fromEntries(limits.map(([name, limit]) => [name, limit])) }), severity: 'error' },
  };
}

function keyCheck(key: readonly string[] | undefined, rows: number): CheckSuggestion[] {
  if (key === undefined) return [];
  return [{ evidence: [`counted: ${formatCount(rows)} rows, as many different values of ${key.join(', ')}`], check: { check: 'uniqueness', columns: [...key], severity: 'error' } }];
}

function outlierCheck(outside: ReadonlyMap<string, number>): CheckSuggestion[] {
  const worth = [...outside].filter(([, share]) => share > 0 && share <= 0.2).sort((a, b) => b[1] - a[1]);
  if (worth.length === 0) return [];
  return [
    {
      evidence: [`outside the fences: ${worth.slice(0, 8).map(([name, share]) => `${name} ${share < 0.0005 ? 'below 0.1 %' : formatShare(share)}`).join(', ')}; reported, not judged`],
      check: { check: 'outliers', columns: worth.slice(0, 8).map(([name]) => name), fence: 1.5, severity: 'warn' },
    },
  ];
}

function timeChecks(time: TimeEvidence | undefined): CheckSuggestion[] {
  if (time === undefined) return [];
  const { column, days, longestGap, stepsBack } = time;
  const age = Math.max(24, Math.ceil((2 * longestGap) / hour));
  const checks: CheckSuggestion[] = [
    {
      evidence: [`the longest time without a row is ${formatNumber(longestGap / hour)} h; twice that, and at least a day`],
      check: { check: 'freshness', column, 'maximum-age': age % 24 === 0 ? `${age / 24}d` : `${age}h` },
    },
  ];
  const compared = seasonalDifference(new Map(daysBetween(days)), judgedDays(days), trailingWeeks);
  const worst = [...compared].sort((a, b) => b.difference - a.difference)[0];
  if (worst !== undefined) {
    const tolerance = Math.min(1, Math.max(0.3, Math.ceil(worst.difference * 12) / 10));
    checks.push({
      evidence: [`worst of ${formatCount(compared.length)} days against the same weekday of ${trailingWeeks} weeks before: ${worst.day} with ${formatCount(worst.rows)} rows (median ${formatNumber(worst.median)}), ${formatShare(worst.difference)}`],
      check: { check: 'volume', 'trailing-weeks': trailingWeeks, tolerance, severity: 'warn' },
    });
  }
  if (stepsBack === 0) checks.push({ evidence: ['no row is earlier than the row before it'], check: { check: 'monotonic-time', column } });
  return checks;
}

function leakageCheck({ label, columns }: CheckEvidence): CheckSuggestion[] {
  if (label === undefined) return [];
  const suspects = [...label.associations].filter(([, phi]) => phi > suspicious).sort((a, b) => b[1] - a[1]);
  const inputs = Object.keys(columns).filter((name) => name !== label.column && !['outcome', 'label', 'key'].includes(columns[name]?.role ?? '') && suspects.every(([suspect]) => suspect !== name));
  if (inputs.length === 0) return [];
  const strongest = [...label.associations].filter(([, phi]) => phi <= suspicious).sort((a, b) => b[1] - a[1])[0];
  return [
    {
      evidence: [
        ...suspects.map(([name, phi]) => `SUSPECT, left out: ${name} is missing according to ${label.column} (|phi| ${formatNumber(phi)}); never a feature`),
        strongest === undefined || strongest[1] === 0 ? 'whether a column is missing says nothing about the label' : `strongest${suspects.length === 0 ? '' : ' of the others'}: ${strongest[0]}, |phi| ${formatNumber(strongest[1])}`,
      ],
      check: { check: 'leakage', ...(suspects.length === 0 ? {} : { columns: inputs }), 'maximum-association': suspicious },
    },
  ];
}

/** One significant digit. */
function roundDown(value: number): number {
  if (value < 1) return 0;
  const step = 10 ** Math.floor(Math.log10(value));
  return Math.floor(value / step) * step;
}
