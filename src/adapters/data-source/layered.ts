import { quoteIdentifier } from '../../data/sql-text.ts';
import { UserError } from '../../errors.ts';
import type { DataSource, ResolvedSource } from '../../ports/data-source.ts';

/**
 * Several sources as one: a row of a later layer replaces those of earlier layers with the same key, so that recent files, a live feed or
 * corrections lie over historical ones. Within a layer nothing is dropped: two rows of one key stay two, for the checks to find; and a row that
 * lacks a part of its key has no key, so it replaces nothing and is not replaced. A column that a layer lacks is missing in its rows.
 * @throws UserError source-nothing-in-window where no layer has anything in the window; what the layers throw otherwise
 */
export function layeredSource(layers: readonly DataSource[], key: readonly string[]): DataSource {
  return {
    resolve: async (window) => {
      const resolved: ResolvedSource[] = [];
      const missing: UserError[] = [];
      for (const layer of layers) {
        try {
          resolved.push(await layer.resolve(window));
        } catch (cause) {
          // A layer may be empty in a window: history ends where the feed begins.
          if (!(cause instanceof UserError) || cause.code !== 'source-nothing-in-window') throw cause;
          missing.push(cause);
        }
      }
      if (resolved.length === 0) throw missing.at(-1) ?? new Error('a layered source has layers');
      const rejected = resolved.flatMap((layer) => layer.rejected ?? []);
      const relations = resolved.map(({ relation }) => relation);
      return {
        prepare: resolved.flatMap((layer) => layer.prepare ?? []),
        relation: stack(relations, key),
        ...(relations.length === 1 ? {} : { replaced: beneath(relations, key) }),
        ...(rejected.length === 0 ? {} : { rejected: unionOf(rejected.map((relation) => `SELECT * FROM ${relation}`)) }),
        files: resolved.flatMap(({ files }) => files),
        layers: resolved,
        layerKey: key,
        absent: missing.map(({ message }) => message),
      };
    },
  };
}

/** What lies on top. */
function stack(relations: readonly string[], key: readonly string[]): string {
  return unionOf(
    relations.map((relation, index) => {
      const above = covering(relations.slice(index + 1), key);
      return `SELECT * FROM ${relation} below${above.length === 0 ? '' : ` WHERE ${above.map((condition) => `NOT ${condition}`).join(' AND ')}`}`;
    }),
  );
}

/** What lies beneath. */
function beneath(relations: readonly string[], key: readonly string[]): string {
  return unionOf(relations.slice(0, -1).map((relation, index) => `SELECT * FROM ${relation} below WHERE ${covering(relations.slice(index + 1), key).join(' OR ')}`));
}

/** Conditions on a row `below`: another relation has its key. */
function covering(relations: readonly string[], key: readonly string[]): string[] {
  const same = key.map((name) => `above.${quoteIdentifier(name)} = below.${quoteIdentifier(name)}`).join(' AND ');
  return relations.map((relation) => `EXISTS (SELECT 1 FROM ${relation} above WHERE ${same})`);
}

function unionOf(queries: readonly string[]): string {
  return `(${queries.join(' UNION ALL BY NAME ')})`;
}
