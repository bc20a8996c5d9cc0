import type { ArtifactRepository } from '../artifacts/artifact.ts';
import { readParquet } from '../data/read-parquet.ts';
import { snapshotFiles } from '../data/snapshot-files.ts';
import { quoteIdentifier, timestampLiteral } from '../data/sql-text.ts';
import type { Table } from '../data/table.ts';
import type { PipelineDefinition } from '../pipeline/schema/pipeline.ts';
import { dayStart } from '../pipeline/training-window.ts';
import type { NativeModules } from '../ports/native-modules.ts';
import type { Candidate } from './candidate.ts';
import { championInputs, withInputs } from './champion-inputs.ts';
import { clientColumns } from './golden-requests.ts';

export interface TestRowsContext {
  readonly artifacts: ArtifactRepository;
  readonly definition: PipelineDefinition;
  readonly native: NativeModules;
  /** Whose inputs the rows have, too. */
  readonly champion: Candidate | undefined;
}

export interface TestRows {
  readonly table: Table;
  /** Inputs of the champion that the snapshot does not have: missing in every row. */
  readonly lacking: readonly string[];
}

/** The labelled rows of the candidate's test window that count, by time and key. */
export async function readTestRows(candidate: Candidate, { artifacts, definition, native, champion }: TestRowsContext): Promise<TestRows> {
  const { dataset, label } = definition.data;
  const { slices, robustness } = definition.gate;
  const snapshot = await artifacts.read('clean-snapshot', candidate.dataset);
  const { from, to } = candidate.metadata.window.test;
  const storm = robustness?.['storm-days'];
  const columns = new Set([...clientColumns(definition), ...dataset.key, dataset['event-time'], label.column, ...slices.map(({ column }) => column), ...(storm === undefined ? [] : [storm.column])]);
  const time = quoteIdentifier(dataset['event-time']);
  const paths = (await snapshotFiles(artifacts, snapshot)).map(({ path }) => path);
  const inputs = championInputs(champion);
  const table = await readParquet(native, paths, {
    columns: [...columns],
    optional: [...inputs.num, ...inputs.cat],
    where: `(${definition['scored-rows']}) AND ${time} >= ${timestampLiteral(dayStart(from))} AND ${time} < ${timestampLiteral(dayStart(to))} AND ${quoteIdentifier(label.column)} IS NOT NULL`,
    orderBy: [dataset['event-time'], ...dataset.key.filter((name) => name !== dataset['event-time'])],
  });
  return withInputs(table, inputs);
}
