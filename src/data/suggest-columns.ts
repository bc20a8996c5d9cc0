import type { z } from 'zod';
import type { Column, columnSchema } from '../pipeline/schema/data.ts';
import { formatCount, formatShare } from '../report/format-number.ts';
import type { ColumnSummary } from './profile-columns.ts';
import { suggestPattern, type TextShape } from './suggest-pattern.ts';
import { suggestRange } from './suggest-range.ts';

export type SuggestedColumn = z.input<typeof columnSchema>;

export interface ColumnSuggestion {
  readonly name: string;
  /** What was found, one statement a line. */
  readonly evidence: readonly string[];
  /** Absent where the rows' type is none that a pipeline has; the evidence says what to do. */
  readonly column: SuggestedColumn | undefined;
}

export interface ColumnContext {
  /** What pipeline.yaml already says of the column: role, moment and unit are taken over. */
  readonly declared: Column | undefined;
  readonly isKey: boolean;
  readonly isLabel: boolean;
  readonly shapes: readonly TextShape[] | undefined;
}

/** So few different values are a list; codes (all built alike) soon are not, for new carriers and airports appear. */
const mostValues = 30;
const mostCodes = 8;
/** A value in so few of many rows may be a typing mistake. */
const rare = 3;
const mostlyMissing = 0.5;

/** What one column could be declared as. */
export function suggestColumn(summary: ColumnSummary, context: ColumnContext): ColumnSuggestion {
  const { name, type, kind } = summary;
  if (!/^[a-z][a-z0-9_]*$/.test(name)) return refuse(summary, `its name cannot be a column's: rename it in the dataset query, e.g. ${name.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^[^a-z]+|_$/g, '') || 'a_name'}`);
  if (/^BOOLEAN$/i.test(type)) return refuse(summary, 'make it a number (0 or 1) in the dataset query');
  if (kind === 'time' && !/^TIMESTAMP/i.test(type)) return refuse(summary, 'make it a TIMESTAMP in the dataset query');
  if (kind === 'other' || (kind === 'text' && !/^VARCHAR/i.test(type))) return refuse(summary, 'no column type fits: take it apart, or make it text, in the dataset query');
  const { declared, isKey, isLabel } = context;
  const limits = kind === 'number' ? rangeOf(summary, declared) : kind === 'text' ? valuesOf(summary, context) : { part: {}, evidence: summary.numbers === undefined ? [] : [timeSpan(summary)] };
  const share = summary.missing / Math.max(1, summary.rows);
  return {
    name,
    evidence: [countsText(summary), ...limits.evidence],
    column: {
      type: kind === 'number' ? 'number' : kind === 'time' ? 'timestamp' : 'string',
      role: declared?.role ?? (isKey ? 'key' : isLabel ? 'label' : 'context'),
      known: declared?.known ?? (isKey ? 'schedule' : 'landed'),
      ...(declared?.unit === undefined ? {} : { unit: declared.unit }),
      ...limits.part,
      ...(declared?.optional === true || share > mostlyMissing ? { optional: true } : {}),
    },
  };
}

function refuse(summary: ColumnSummary, reason: string): ColumnSuggestion {
  return { name: summary.name, evidence: [countsText(summary), reason], column: undefined };
}

function countsText({ type, rows, missing, notFinite, distinct }: ColumnSummary): string {
  return [
    type,
    missing === 0 ? 'none missing' : `${formatCount(missing)} missing (${missing / rows < 0.0005 ? 'below 0.1 %' : formatShare(missing / rows)})`,
    ...(notFinite === 0 ? [] : [`${formatCount(notFinite)} NaN or infinite`]),
    ...(distinct === null ? [] : [distinct === 1 ? 'one value only: it tells nothing' : distinct === rows ? 'every row different' : `${formatCount(distinct)} different`]),
  ].join(', ');
}

interface Limits {
  readonly part: Partial<Pick<SuggestedColumn, 'range' | 'values' | 'pattern'>>;
  readonly evidence: readonly string[];
}

function rangeOf(summary: ColumnSummary, declared: Column | undefined): Limits {
  const suggested = suggestRange(summary, declared);
  if (suggested === undefined) return { part: {}, evidence: summary.numbers === undefined ? [] : [`always ${summary.numbers.minimum}`] };
  return { part: { range: [...suggested.range] as [number, number] }, evidence: [suggested.reason] };
}

function valuesOf({ top, distinct, rows, missing }: ColumnSummary, { shapes, declared }: ColumnContext): Limits {
  const present = rows - missing;
  if (present === 0 || distinct === null) return { part: {}, evidence: [] };
  const pattern = shapes === undefined ? undefined : suggestPattern(shapes);
  const isList = distinct <= (pattern === undefined ? mostValues : mostCodes) && distinct <= top.length && distinct * 20 <= present;
  const shown = top.slice(0, 4).map(({ value, count }) => `${JSON.stringify(value)} ${formatShare(count / rows)}`);
  if (isList || declared?.values !== undefined) {
    const doubtful = present < 1000 ? [] : top.filter(({ count }) => count <= rare);
    const absent = (declared?.values ?? []).filter((value) => top.every((item) => item.value !== value));
    return {
      part: { values: [...top.map(({ value }) => value), ...absent].sort() },
      evidence: [shown.join(', '), ...(absent.length === 0 ? [] : [`declared, but in no row: ${absent.join(', ')}`]), ...(doubtful.length === 0 ? [] : [`in few rows, so a mistake? ${doubtful.map(({ value, count }) => `${JSON.stringify(value)} (${count})`).join(', ')}`])],
    };
  }
  if (declared?.pattern !== undefined) return { part: { pattern: declared.pattern }, evidence: [`${shown.join(', ')}; pattern as declared`] };
  if (pattern === undefined || shapes === undefined) return { part: {}, evidence: [`${shown.join(', ')}; built in too many ways for a pattern`] };
  const odd = shapes.filter(({ count }) => shapes.length > 1 && count <= rare);
  return { part: { pattern }, evidence: [`${shown.join(', ')}; all built like the pattern${odd.length === 0 ? '' : `, of which ${odd.slice(0, 3).map(({ shape }) => shape).join(', ')} (A a letter, 9 a digit) in ${rare} rows or fewer`}`] };
}

function timeSpan({ numbers }: ColumnSummary): string {
  const text = (time: number | undefined): string => (time === undefined ? '–' : new Date(time).toISOString().slice(0, 16).replace('T', ' '));
  return `${text(numbers?.minimum)} to ${text(numbers?.maximum)} UTC`;
}
