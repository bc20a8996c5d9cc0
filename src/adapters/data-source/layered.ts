import { quoteIdentifier } from '../../data/sql-text.ts';
import { UserError } from '../../errors.ts';
import type { DataSource, ResolvedSource } from '../../ports/data-source.ts';

/**
 * Several sources as one: a row of a later layer replaces those of earlier layers with the same key, so that recent files, a live feed or
 * corrections lie over historical ones. Within a layer nothing is dropped: two rows of one key stay two, for the checks to find. A column that
 * a layer lacks is missing in its rows.
 * @throws UserError source-missing where no layer has a file; what the layers throw otherwise
 */
export function layeredSource(layers: readonly DataSource[], key: readonly string[]): DataSource {
  return {
    resolve: async (window) => {
      const resolved: ResolvedSource[] = [];
      let lastMissing: UserError | undefined;
      for (const layer of layers) {
        try {
          resolved.push(await layer.resolve(window));
        } catch (cause) {
          // A layer may be empty in a window: history ends where the feed begins.
          if (!(cause instanceof UserError) || cause.code !== 'source-missing') throw cause;
          lastMissing = cause;
        }
      }
      if (resolved.length === 0) throw lastMissing ?? new Error('a layered source has layers');
      const rejected = resolved.flatMap((layer) => layer.rejected ?? []);
      return {
        prepare: resolved.flatMap((layer) => layer.prepare ?? []),
        relation: stack(resolved.map(({ relation }) => relation), key),
        ...(rejected.length === 0 ? {} : { rejected: `(${rejected.map((relation) => `SELECT * FROM ${relation}`).join(' UNION ALL ')})` }),
        files: resolved.flatMap(({ files }) => files),
      };
    },
  };
}

function stack(relations: readonly string[], key: readonly string[]): string {
  const rows = relations.map((relation, index) => {
    const later = relations.slice(index + 1).map((other) => `NOT EXISTS (SELECT 1 FROM ${other} above WHERE ${key.map((name) => `above.${quoteIdentifier(name)} IS NOT DISTINCT FROM below.${quoteIdentifier(name)}`).join(' AND ')})`);
    return `SELECT * FROM ${relation} below${later.length === 0 ? '' : ` WHERE ${later.join(' AND ')}`}`;
  });
  return `(${rows.join(' UNION ALL BY NAME ')})`;
}
