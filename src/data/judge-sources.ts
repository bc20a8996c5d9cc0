import type { SourceDefinition } from '../pipeline/schema/data.ts';
import type { ResolvedSource } from '../ports/data-source.ts';
import { formatCount } from '../report/format-number.ts';
import type { Check } from '../verdict/verdict.ts';
import type { Database } from './database.ts';
import { isoTime } from './ingest-window.ts';
import { quoteIdentifier, quoteText } from './sql-text.ts';
import { writeParquet } from './write-parquet.ts';

export interface SourceCounts {
  /** Rows that the dataset query sees. */
  readonly used: number;
  /** Rows that could not be read as declared. */
  readonly rejected: number;
}

/** Counts by source name. */
export async function countSources(database: Database, resolved: Readonly<Record<string, ResolvedSource>>): Promise<Record<string, SourceCounts>> {
  const counts: Record<string, SourceCounts> = {};
  for (const [name, { rejected }] of Object.entries(resolved)) {
    const [row] = await database.rows(`SELECT (SELECT count(*) FROM ${quoteIdentifier(name)})::DOUBLE AS used, ${rejected === undefined ? '0' : `(SELECT count(*) FROM ${rejected})::DOUBLE`} AS rejected`);
    counts[name] = { used: Number(row?.['used']), rejected: Number(row?.['rejected']) };
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
  return Object.entries(counts).map(([name, { used, rejected }]): Check => {
    const files = resolved[name]?.files ?? [];
    const shown = files.slice(0, 3).map((file) => `${file.name} (${file.digest.slice(0, 19)}…)`);
    return {
      id: `source.${name}`,
      title: `Rows read from ${name}`,
      value: used + rejected,
      unit: 'row',
      threshold: '≥ 1 used; rows read = used + rejected',
      sampleSize: used + rejected,
      severity: 'warn',
      verdict: used > 0 && rejected === 0 ? 'pass' : 'fail',
      message: `${formatCount(used)} used, ${formatCount(rejected)} rejected, from ${shown.join(', ')}${files.length > shown.length ? ` and ${formatCount(files.length - shown.length)} more files` : ''}`,
      remedy: rejected > 0 ? 'Read rejected.parquet of the snapshot: it names file, line and reason of every rejected row.' : `Check what lies at the path of source ${name}.`,
    };
  });
}

/** A source must have news: its newest value, not after the moment judged from, is at most so old. */
export async function judgeFreshness(database: Database, sources: Readonly<Record<string, SourceDefinition>>, judgedFrom: number): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [name, { freshness }] of Object.entries(sources).flatMap(([key, source]) => ('freshness' in source ? [[key, source] as const] : []))) {
    if (freshness === undefined) continue;
    const moment = `${quoteIdentifier(freshness.column)}::TIMESTAMP`;
    const [row] = await database.rows(`SELECT epoch_ms(max(${moment}))::DOUBLE AS newest FROM ${quoteIdentifier(name)} WHERE epoch_ms(${moment}) <= ${judgedFrom}`);
    const newest = row?.['newest'] === null ? Number.NaN : Number(row?.['newest']);
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

function hours(milliseconds: number): number {
  return Math.round(milliseconds / 36_000) / 100;
}
