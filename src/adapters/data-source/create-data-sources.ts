import { assertNever } from '../../errors.ts';
import type { SourceDefinition } from '../../pipeline/schema/data.ts';
import type { DataSource } from '../../ports/data-source.ts';
import { csvSource } from './csv.ts';
import { holidaysSource } from './holidays.ts';
import { parquetSource } from './parquet.ts';

/** The sources of a pipeline by name, in its order, with the built-in adapters. */
export function createDataSources(sources: Readonly<Record<string, SourceDefinition>>): Record<string, DataSource> {
  return Object.fromEntries(Object.entries(sources).map(([name, definition]) => [name, createDataSource(definition)]));
}

function createDataSource(definition: SourceDefinition): DataSource {
  switch (definition.type) {
    case 'parquet':
      return parquetSource(definition.path);
    case 'csv':
      return csvSource(definition.path);
    case 'holidays':
      return holidaysSource();
    default:
      return assertNever(definition);
  }
}
