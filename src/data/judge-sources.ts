import type { SourceDefinition } from '../pipeline/schema/data.ts';
import type { ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Database } from './database.ts';
import { describeRelation } from './describe-relation.ts';
import { UserError } from '../errors.ts';
import { isoTime } from './ingest-window.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';
import { writeParquet } from './write-parquet.ts';

const largestRejectedShare = 0.05;

export interface SourceCounts {
  /** Rows that the dataset query sees. */
  readonly used: number;
  /** Rows that could not be read as declared. */
  readonly rejected: number;
  /** Rows of layers beneath, which later layers replaced. */
  readonly replaced: number;
}

/** Counts by source name. */
export async function countSources(database: Database, resolved: Readonly<Record<string, ResolvedSource>>): Promise<Record<string, SourceCounts>> {
  const counts: Record<string, SourceCounts> = {};
  const countOf = (relation: string | undefined): string => (relation === undefined ? '0' : `(SELECT count(*) FROM ${relation})::DOUBLE`);
  for (const [name, { rejected, replaced }] of Object.entries(resolved)) {
    const [row] = await database.rows(`SELECT ${countOf(quoteIdentifier(name))} AS used, ${countOf(rejected)} AS rejected, ${countOf(replaced)} AS replaced`);
    counts[name] = { used: Number(row?.['used']), rejected: Number(row?.['rejected']), replaced: Number(row?.['replaced']) };
  }
  return counts;
}

/** Keeps the rejected rows of all sources in one file. @returns the rows written; no file where none were rejected */
export async function writeRejected(database: Database, resolved: Readonly<Record<string, ResolvedSource>>, path: string): Promise<number> {
  const parts = Object.entries(resolved).flatMap(([name, { rejected }]) => (rejected === undefined ? [] : [`SELECT ${quoteText(name)} AS source, file, line, reason, text FROM ${rejected}`]));
  if (parts.length === 0) return 0;
  const [counted] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM (${parts.join(' UNION ALL ')})`);
  if (Number(counted?.['n']) === 0) return 0;
  await writeParquet(database, `${parts.join(' UNION ALL ')} ORDER BY source, file, line, reason, text`, path);
  const [written] = await database.rows(`SELECT count(*)::DOUBLE AS n FROM read_parquet(${quoteText(path)})`);
  return Number(written?.['n']);
}

export function sourceCountChecks(counts: Readonly<Record<string, SourceCounts>>, resolved: Readonly<Record<string, ResolvedSource>>): Check[] {
  return Object.entries(counts).map(([name, { used, rejected, replaced }]): Check => {
    const { files = [], absent = [] } = resolved[name] ?? {};
    const shown = files.slice(0, 3).map((file) => `${file.name} (${file.digest.slice(0, 19)}…)`);
    return {
      id: `source.${name}`,
      title: `Rows read from ${name}`,
      value: used + rejected + replaced,
      unit: 'row',
      threshold: '≥ 1 used; rows read = used + rejected + replaced by later layers',
      sampleSize: used + rejected + replaced,
      // A few rows are told; where one in twenty cannot be read, the rest is no sample of the source any more.
      severity: rejected > largestRejectedShare * (used + rejected) ? 'error' : 'warn',
      verdict: used > 0 && rejected === 0 ? 'pass' : 'fail',
      message: [
        `${formatCount(used)} used, ${formatCount(rejected)} rejected${replaced === 0 ? '' : `, ${formatCount(replaced)} replaced by later layers`}, from ${shown.join(', ')}${files.length > shown.length ? ` and ${formatCount(files.length - shown.length)} more files` : ''}`,
        ...absent.map((reason) => `a layer is empty: ${reason}`),
      ].join('; '),
      remedy: rejected > 0 ? 'Read rejected.parquet of the snapshot: it names file, line and reason of every rejected row.' : `Check what lies at the path of source ${name}.`,
    };
  });
}

export interface FreshnessRequest {
  readonly sources: Readonly<Record<string, SourceDefinition>>;
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
  /** Milliseconds since the Unix epoch. */
  readonly judgedFrom: number;
}

/** A source must have news: its newest value, not after the moment judged from, is at most so old. @throws UserError column-missing */
export async function judgeFreshness(database: Database, { sources, resolved, judgedFrom }: FreshnessRequest): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, { freshness }] of Object.entries(sources).flatMap(([key, source]) => ('freshness' in source ? [[key, source] as const] : []))) {
    if (freshness === undefined) continue;
    const newest = await newestOf(database, { name, column: freshness.column, absent: resolved[name]?.absent ?? [], judgedFrom });
    const allowed = freshness['maximum-age'];
    const fresh = judgedFrom - newest <= allowed;
    checks.push({
      id: `source.${name}.freshness`,
      title: `News from ${name}`,
      value: Number.isNaN(newest) ? null : hours(judgedFrom - newest),
      unit: 'hour',
      threshold: `≤ ${hours(allowed)} h old`,
      severity: 'error',
      verdict: fresh ? 'pass' : 'fail',
      message: Number.isNaN(newest) ? `no ${freshness.column} up to ${isoTime(judgedFrom)}` : `newest ${freshness.column} is ${isoTime(newest)}, judged from ${isoTime(judgedFrom)}`,
      remedy: `Find out why source ${name} has stopped, or take a later maximum-age.`,
    });
  }
  return checks;
}

interface NewestRequest {
  readonly name: string;
  readonly column: string;
  readonly absent: readonly string[];
  readonly judgedFrom: number;
}

/** Milliseconds since the Unix epoch; NaN where there is none, or where the layer that has the column is empty. */
async function newestOf(database: Database, { name, column, absent, judgedFrom }: NewestRequest): Promise<number> {
  const columns = await describeRelation(database, quoteIdentifier(name));
  const type = columns.find((found) => found.name === column)?.type;
  if (type === undefined && absent.length > 0) return Number.NaN;
  if (type === undefined || !/^(TIMESTAMP|DATE)/.test(type)) {
    const times = columns.filter((found) => /^(TIMESTAMP|DATE)/.test(found.type)).map((found) => found.name);
    throw new UserError('column-missing', `source ${name}: freshness names ${column}, which is ${type === undefined ? 'no column' : `a column of type ${type}`}; columns that are times: ${times.join(', ') || 'none'}`, {
      hint: 'Correct freshness of the source in pipeline.yaml.',
    });
  }
  const moment = `${quoteIdentifier(column)}::TIMESTAMP`;
  const [row] = await database.rows(`SELECT epoch_ms(max(${moment}))::DOUBLE AS newest FROM ${quoteIdentifier(name)} WHERE epoch_ms(${moment}) <= ${judgedFrom}`);
  return row?.['newest'] === null ? Number.NaN : Number(row?.['newest']);
}

function hours(milliseconds: number): number {
  return Math.round(milliseconds / 36_000) / 100;
}
