import { calls, type Entry, type PlannedCall } from './calls.ts';
import type { FoundMetric, FoundRun } from './found-state.ts';
import { ownTags, type WantedVersion } from './wanted-state.ts';

// MLflow takes at most 100 parameters, 100 tags and 1,000 entries in a batch.
const longestBatch = 100;

export interface RunPlan {
  readonly calls: readonly PlannedCall[];
  readonly notes: readonly string[];
}

/** What a run that is not deleted still lacks, in the order to do it: finished is last, so that a person sees what is under way. */
export function planRun(wanted: WantedVersion, found: FoundRun): RunPlan {
  const { run } = wanted;
  const different = Object.entries(run.parameters).filter(([key, value]) => Object.hasOwn(found.parameters, key) && found.parameters[key] !== value);
  const folder = artifactFolder(found.artifactUri);
  const missing = Object.entries(wanted.files).filter(([path, { size }]) => found.files[path] !== size);
  const finished = found.status === 'FINISHED' && found.name === run.name;
  return {
    calls: [
      ...planBatches(wanted, found),
      ...Object.keys(found.tags).filter((key) => key.startsWith(ownTags) && !Object.hasOwn(run.tags, key)).map((key) => calls.untagRun(found.id, key)),
      ...(found.datasets.includes(run.dataset.digest) ? [] : [calls.logDataset(found.id, run.dataset)]),
      ...(folder === undefined ? [] : missing.map(([path, file]) => calls.upload(folder, path, () => file.bytes()))),
      ...(finished ? [] : [calls.updateRun({ run_id: found.id, status: 'FINISHED', end_time: run.time, run_name: run.name })]),
    ].map((call) => ({ ...call, version: wanted.number })),
    notes: [
      ...(different.length === 0 ? [] : [`run ${found.id} (${wanted.key}) has other parameters, which MLflow never changes: ${different.map(([key]) => key).join(', ')}`]),
      ...(folder === undefined && missing.length > 0 ? [`run ${found.id} (${wanted.key}) keeps artefacts where the MLflow server does not serve them; they stay in the store alone`] : []),
    ],
  };
}

function planBatches({ run }: WantedVersion, found: FoundRun): PlannedCall[] {
  const params = Object.entries(run.parameters).filter(([key]) => !Object.hasOwn(found.parameters, key)).map(entry);
  const tags = Object.entries(run.tags).filter(([key, value]) => found.tags[key] !== value).map(entry);
  const metrics = Object.entries(run.metrics).flatMap(([key, value]) => {
    const last = found.metrics[key];
    return isSame(last, value) ? [] : [{ key, value, ...after(last, run.time) }];
  });
  const batches = Math.ceil(Math.max(params.length, tags.length, metrics.length) / longestBatch);
  return Array.from({ length: batches }, (_, index) => {
    const part = <Item>(items: readonly Item[]): Item[] => items.slice(index * longestBatch, (index + 1) * longestBatch);
    return calls.logBatch(found.id, { params: part(params), metrics: part(metrics), tags: part(tags) });
  });
}

function entry([key, value]: readonly [string, string]): Entry {
  return { key, value };
}

/** A database may give back a neighbour of the number. */
function isSame(last: FoundMetric | undefined, value: number): boolean {
  return last !== undefined && Math.abs(last.value - value) <= 1e-12 * Math.abs(value);
}

/** Metrics are a history whose latest point counts: the greatest step, then time. Another value written over ours is overtaken. */
function after(last: FoundMetric | undefined, time: number): { timestamp: number; step: number } {
  return last === undefined ? { timestamp: time, step: 0 } : { timestamp: Math.max(time, last.time) + 1, step: last.step };
}

/** Where to upload to; undefined where the server hands the files of runs to clients directly, which the mirror does not write to. */
function artifactFolder(uri: string): string | undefined {
  // With a host it may be another server, whom our credentials are no business of.
  return /^mlflow-artifacts:\/(?:[^/].*)?$/.test(uri) ? uri.slice('mlflow-artifacts:'.length) : undefined;
}
