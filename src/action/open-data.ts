import { resolve } from 'node:path';
import { createDataSources } from '../adapters/data-source/create-data-sources.ts';
import { queryDataset } from '../data/query-dataset.ts';
import { readParquet } from '../data/read-parquet.ts';
import type { TableRequest } from '../data/read-table.ts';
import type { Table } from '../data/table.ts';
import type { DataSource } from '../ports/data-source.ts';
import type { Notifier } from '../ports/notifier.ts';
import type { PluginContext } from '../ports/plugin.ts';
import type { Edge } from './compose.ts';

export interface OpenedData {
  /** The pipeline's sources by name. */
  readonly sources: Readonly<Record<string, DataSource>>;
  /** Where relative source paths start; absolute, or a URI. */
  readonly dataRoot: string;
}

/** The input `data-root` wins over the environment, and the environment over pipeline.yaml. */
export function openData(edge: Edge, dataRoot: string | undefined): OpenedData {
  const { pipeline } = edge.context;
  const { data, environments } = pipeline.definition;
  const environment = edge.environmentName === undefined ? undefined : environments[edge.environmentName];
  const chosen = dataRoot ?? environment?.['data-root'] ?? data.root;
  const sources = createDataSources(data.sources, {
    ...pluginContext(edge),
    createPlugin: (request, name) => edge.implementations.create('data-source', request, { ...pluginContext(edge), name }),
  });
  return { sources, dataRoot: /^[a-z][a-z0-9]+:\/\//.test(chosen) ? chosen : resolve(edge.workspace, chosen) };
}

export function openNotifiers(edge: Edge): Notifier[] {
  return edge.context.pipeline.definition.notifications.map((request) => edge.implementations.create('notifier', request, { ...pluginContext(edge), name: request.type }));
}

/** Rows of an artefact's Parquet files. */
export function openRowReader(edge: Edge): (paths: readonly string[], request: TableRequest) => Promise<Table> {
  return (paths, request) => readParquet(edge.native, paths, request);
}

/** All columns of the dataset for a window, straight from the sources. */
export function openDatasetQuery(edge: Edge, dataRoot: string | undefined): (window: { from: number; to: number; asOf: number }) => Promise<Table> {
  const { pipeline } = edge.context;
  const { sources, dataRoot: root } = openData(edge, dataRoot);
  return (window) => queryDataset({ ...window, native: edge.native, pipeline, sources, dataRoot: root });
}

function pluginContext(edge: Edge): Omit<PluginContext, 'name'> {
  const { logger, store, pipeline } = edge.context;
  return { logger, native: edge.native, pipelineFolder: pipeline.folder, store };
}
