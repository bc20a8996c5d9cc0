import type { LoadedPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { SourceDefinition } from '../../src/pipeline/schema/data.ts';
import type { DataSource, ResolvedSource } from '../../src/ports/data-source.ts';

/** The flight-delay pipeline with one source and a query that passes its rows on: what ingest does, without the work. */
export function tinyPipeline(pipeline: LoadedPipeline, source: Partial<Extract<SourceDefinition, { type: 'parquet' }>> = {}): LoadedPipeline {
  const { definition } = pipeline;
  return {
    ...pipeline,
    definition: { ...definition, data: { ...definition.data, sources: { flights: { type: 'parquet', path: 'flights.parquet', ...source } } } },
    datasetQuery: 'SELECT * FROM flights WHERE scheduled_departure >= $from::TIMESTAMP AND scheduled_departure < $to::TIMESTAMP AND $as_of::TIMESTAMP IS NOT NULL',
  };
}

export interface TinyRow {
  readonly flight: string;
  /** ISO 8601, UTC. */
  readonly scheduled: string;
  readonly delay: number | null;
}

export function tinyRelation(rows: readonly TinyRow[]): string {
  const values = rows.map(({ flight, scheduled, delay }) => `('${flight}', TIMESTAMP '${scheduled}', ${delay ?? 'NULL'})`);
  return `(SELECT * FROM (VALUES ${values.join(', ')}) AS rows(flight_id, scheduled_departure, delay))`;
}

export function tinySource(rows: readonly TinyRow[], more: Partial<ResolvedSource> = {}): Readonly<Record<string, DataSource>> {
  return { flights: { resolve: () => Promise.resolve({ relation: tinyRelation(rows), files: [{ name: 'flights.parquet', digest: `sha256:${'0'.repeat(64)}`, size: 1 }], ...more }) } };
}
