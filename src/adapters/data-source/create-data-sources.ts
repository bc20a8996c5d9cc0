import { assertNever } from '../../errors.ts';
import type { SourceDefinition } from '../../pipeline/schema/data.ts';
import type { DataSource } from '../../ports/data-source.ts';
import type { PluginContext } from '../../ports/plugin.ts';
import { csvSource } from './csv.ts';
import { flightFeedSource } from './flight-feed.ts';
import { holidaysSource } from './holidays.ts';
import { iemAsosSource } from './iem-asos.ts';
import { layeredSource } from './layered.ts';
import { openMeteoSource } from './open-meteo.ts';
import { parquetSource } from './parquet.ts';
import { requiringSource } from './required.ts';

export interface SourceContext extends Omit<PluginContext, 'name'> {
  /** Makes a source that a plugin brings. @throws UserError implementation-unknown, pipeline-invalid */
  createPlugin(request: { readonly type: string; readonly [option: string]: unknown }, name: string): DataSource;
}

/** The sources of a pipeline by name, in its order. */
export function createDataSources(sources: Readonly<Record<string, SourceDefinition>>, context: SourceContext): Record<string, DataSource> {
  return Object.fromEntries(Object.entries(sources).map(([name, definition]) => [name, createDataSource(definition, name, context)]));
}

function createDataSource(definition: SourceDefinition, name: string, context: SourceContext): DataSource {
  const source = createPlainSource(definition, name, context);
  const required = 'required' in definition ? definition.required : undefined;
  return required === undefined ? source : requiringSource(source, required);
}

function createPlainSource(definition: SourceDefinition, name: string, context: SourceContext): DataSource {
  switch (definition.type) {
    case 'parquet':
      return parquetSource(definition, { ...context, name });
    case 'csv':
      return csvSource(definition, { ...context, name });
    case 'holidays':
      return holidaysSource();
    case 'open-meteo':
      return openMeteoSource(definition, { ...context, name });
    case 'iem-asos':
      return iemAsosSource(definition, { ...context, name });
    case 'flight-feed':
      return flightFeedSource(definition, name);
    case 'layered':
      return layeredSource(definition.layers.map((layer, index) => createDataSource(layer, `${name}_${index}`, context)), definition.key);
    case 'plugin':
      return context.createPlugin({ ...definition.options, type: definition.implementation }, name);
    default:
      return assertNever(definition);
  }
}
