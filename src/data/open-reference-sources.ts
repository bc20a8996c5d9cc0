import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import type { DataSource, ResolvedSource, SourceWindow } from '../ports/data-source.ts';
import type { Database } from './database.ts';
import { namedSource, openSource } from './open-source.ts';
import { quoteIdentifier } from './sql-text.ts';

export interface ReferenceSources {
  /** Source name → SQL relation. */
  readonly relations: Readonly<Record<string, string>>;
  readonly resolved: Readonly<Record<string, ResolvedSource>>;
}

/** Opens the sources that `reference` checks name, and no others. @throws UserError source-… */
export async function openReferenceSources(database: Database, { definition, sources, window }: { definition: PipelineDefinition; sources: Readonly<Record<string, DataSource>>; window: SourceWindow }): Promise<ReferenceSources> {
  const names = new Set(definition.checks.flatMap((check) => (check.check === 'reference' ? [check.source] : [])));
  const resolved: Record<string, ResolvedSource> = {};
  for (const name of names) {
    const source = sources[name];
    if (source === undefined) continue;
    const found = await namedSource(name, source.resolve(window));
    await openSource(database, name, found);
    resolved[name] = found;
  }
  return { resolved, relations: Object.fromEntries(Object.keys(resolved).map((name) => [name, quoteIdentifier(name)])) };
}
