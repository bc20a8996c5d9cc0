import type { MlflowRequest } from './client.ts';

/** A call that changes MLflow. */
export interface PlannedCall extends MlflowRequest {
  /** The version of the registry that it is about; undefined where it is about the whole model. */
  readonly version?: number;
}

const api = '/api/2.0/mlflow';

/** MLflow's REST API 2.0, as far as the mirror writes. What would be made twice by asking twice is marked. */
export const calls = {
  createExperiment: (name: string) => post('experiments/create', { name, tags: tagList({ 'taxiway.pipeline': name }) }),
  restoreExperiment: (experiment_id: string) => post('experiments/restore', { experiment_id }),

  createModel: (name: string, description: string, tags: Tags) => post('registered-models/create', { name, description, tags: tagList(tags) }),
  describeModel: (name: string, description: string) => patch('registered-models/update', { name, description }),
  tagModel: (name: string, key: string, value: string) => post('registered-models/set-tag', { name, key, value }),
  setAlias: (name: string, alias: string, version: number) => post('registered-models/alias', { name, alias, version: String(version) }),
  removeAlias: (name: string, alias: string) => remove('registered-models/alias', { name, alias }),

  createRun: (run: { experiment_id: string; run_name: string; start_time: number; tags: Tags }) => once(post('runs/create', { ...run, tags: tagList(run.tags) })),
  updateRun: (run: { run_id: string; status: 'FINISHED'; end_time: number; run_name: string }) => post('runs/update', run),
  deleteRun: (run_id: string) => post('runs/delete', { run_id }),
  restoreRun: (run_id: string) => post('runs/restore', { run_id }),
  logBatch: (run_id: string, batch: { params: Entry[]; metrics: { key: string; value: number; timestamp: number; step: number }[]; tags: Entry[] }) => post('runs/log-batch', { run_id, ...batch }),
  untagRun: (run_id: string, key: string) => post('runs/delete-tag', { run_id, key }),
  logDataset: (run_id: string, { name, digest, source }: { name: string; digest: string; source: string }) =>
    post('runs/log-inputs', {
      run_id,
      datasets: [{ tags: [{ key: 'mlflow.data.context', value: 'training' }], dataset: { name, digest, source_type: 'taxiway', source: JSON.stringify({ uri: source }) } }],
    }),
  /** @param folder below the server's artefact root */
  upload: (folder: string, file: string, bytes: () => Promise<Uint8Array>): PlannedCall => ({
    method: 'PUT',
    path: `/api/2.0/mlflow-artifacts/artifacts/${[...folder.split('/'), file].filter((part) => part !== '').map(encodeURIComponent).join('/')}`,
    bytes,
  }),

  createVersion: (version: { name: string; source: string; run_id: string; description: string; tags: Tags }) => once(post('model-versions/create', { ...version, tags: tagList(version.tags) })),
  describeVersion: (name: string, version: number, description: string) => patch('model-versions/update', { name, version: String(version), description }),
  tagVersion: (name: string, version: number, [key, value]: readonly [string, string]) => post('model-versions/set-tag', { name, version: String(version), key, value }),
  untagVersion: (name: string, version: number, key: string) => remove('model-versions/delete-tag', { name, version: String(version), key }),
  deleteVersion: (name: string, version: number) => remove('model-versions/delete', { name, version: String(version) }),
} as const;

type Tags = Readonly<Record<string, string>>;

export interface Entry {
  readonly key: string;
  readonly value: string;
}

export function tagList(tags: Tags): Entry[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

function once(call: PlannedCall): PlannedCall {
  return { ...call, repeatable: false };
}

function post(path: string, body: object): PlannedCall {
  return { method: 'POST', path: `${api}/${path}`, body };
}

function patch(path: string, body: object): PlannedCall {
  return { method: 'PATCH', path: `${api}/${path}`, body };
}

function remove(path: string, body: object): PlannedCall {
  return { method: 'DELETE', path: `${api}/${path}`, body };
}
