import { quoteIdentifier, quoteText } from '../../data/sql-text.ts';
import type { DataSource, ResolvedSource } from '../../ports/data-source.ts';

/** A source whose rows need some columns: rows that lack one go to the rejected rows, with the reason. A query that filters by time would lose them in silence. */
export function requiringSource(source: DataSource, columns: readonly string[]): DataSource {
  return { resolve: async (window) => demand(await source.resolve(window), columns) };
}

function demand(resolved: ResolvedSource, columns: readonly string[]): ResolvedSource {
  const { relation, rejected, files } = resolved;
  const lacks = columns.map((name) => `${quoteIdentifier(name)} IS NULL`);
  const reason = columns.map((name, index) => `WHEN ${lacks[index] ?? ''} THEN ${quoteText(`${name} is missing`)}`).join(' ');
  const place = files.length === 1 ? quoteText(files[0]?.name ?? '') : quoteText(`one of ${files.length} files`);
  const lacking = `SELECT ${place} AS file, NULL::BIGINT AS line, CASE ${reason} END AS reason, left(to_json(lacking)::VARCHAR, 500) AS text FROM (SELECT * FROM ${relation}) lacking WHERE ${lacks.join(' OR ')}`;
  return {
    ...resolved,
    relation: `(SELECT * FROM ${relation} WHERE NOT (${lacks.join(' OR ')}))`,
    rejected: `(${rejected === undefined ? '' : `SELECT file, line, reason, text FROM ${rejected} UNION ALL `}${lacking})`,
  };
}
