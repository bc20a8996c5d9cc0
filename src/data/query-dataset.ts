import { UserError } from '../errors.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { DataSource, ResolvedSource } from '../ports/data-source.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import { type Database, withDatabase } from './database.ts';
import { readTable, type TableRequest } from './read-table.ts';
import { quoteIdentifier, timestampLiteral } from './sql-text.ts';
import type { Table } from './table.ts';

export interface DatasetWindow {
  /** Half-open window on the event time; milliseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  /** Nothing later is looked at. */
  readonly asOf: number;
}

export interface DatasetOptions {
  readonly pipeline: LoadedPipeline;
  /** The pipeline's sources by name, opened. */
  readonly sources: Readonly<Record<string, DataSource>>;
  readonly dataRoot: string;
  readonly window: DatasetWindow;
}

/** The name under which the dataset's rows can be read once its sources are open. */
export const datasetRelation = 'dataset';

/**
 * Opens the sources as views and the pipeline's query over them as the view `dataset`: one definition for ingest, replay and drift-check.
 * @returns what was opened, by source
 * @throws UserError source-missing, source-corrupt, dataset-query-invalid
 */
export async function openDataset(database: Database, options: DatasetOptions): Promise<Record<string, ResolvedSource>> {
  const { pipeline, sources, window } = options;
  const { dataset } = pipeline.definition.data;
  const resolved: Record<string, ResolvedSource> = {};
  for (const [name, source] of Object.entries(sources)) {
    const found = await source.resolve({ root: options.dataRoot, from: window.from - dataset.lookback, to: window.to });
    resolved[name] = found;
    await explain(`source ${name}`, () => database.run(`CREATE VIEW ${quoteIdentifier(name)} AS SELECT * FROM ${found.relation}`));
  }
  const query = bindParameters(pipeline.datasetQuery, window);
  await explain(dataset.query, () => database.run(`CREATE TABLE ${datasetRelation} AS ${query}`));
  return resolved;
}

/** The dataset's rows in memory, without writing an artefact: for replay and for drift-check. */
export function queryDataset(native: NativeModules, options: DatasetOptions & { readonly request: TableRequest }): Promise<Table> {
  return withDatabase(native, async (database) => {
    await openDataset(database, options);
    return readTable(database, datasetRelation, options.request);
  });
}

/** Parameters become literals: DuckDB takes none in CREATE statements. Names are matched whole, comments included, which does no harm. */
function bindParameters(query: string, window: DatasetWindow): string {
  const values: Record<string, string> = { from: timestampLiteral(window.from), to: timestampLiteral(window.to), as_of: timestampLiteral(window.asOf) };
  return query.trim().replace(/;$/, '').replace(/\$([a-z_]+)/g, (text, name: string) => values[name] ?? text);
}

async function explain(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    throw new UserError('dataset-query-invalid', `${what}: ${reason}`, {
      hint: 'Look whether every source has the columns that the dataset query reads, and whether the query is valid DuckDB SQL.',
      cause,
    });
  }
}
