import type { z } from 'zod';
import { UserError } from '../../../errors.ts';
import { experimentAnswer, filesAnswer, modelAnswer, runAnswer, type RunAnswer, runsAnswer, versionsAnswer } from './answers.ts';
import type { MlflowAnswer, MlflowClient, MlflowRequest } from './client.ts';
import type { FoundRun, FoundState, FoundVersion } from './found-state.ts';
import { inGroups } from './in-groups.ts';
import { versionTag, type WantedState } from './wanted-state.ts';

const api = '/api/2.0/mlflow';
const pageSize = 1_000;
const runsAtOnce = 8;

/** Looks at all that the mirror cares for. @throws UserError mirror-unavailable, mirror-denied, mirror-refused */
export async function readState(client: MlflowClient, { experiment, model }: Pick<WantedState, 'experiment' | 'model'>): Promise<FoundState> {
  const foundExperiment = await read(client, experimentAnswer, get('experiments/get-by-name', { experiment_name: experiment }));
  const foundModel = await read(client, modelAnswer, get('registered-models/get', { name: model.name }));
  const versions = foundModel === undefined ? [] : await readVersions(client, model.name);
  const id = foundExperiment?.experiment.experiment_id;
  const runs = id === undefined ? [] : await readRuns(client, { experimentId: id, model: model.name, versions });
  return {
    experiment: foundExperiment === undefined || id === undefined ? undefined : { id, deleted: foundExperiment.experiment.lifecycle_stage === 'deleted' },
    model:
      foundModel === undefined
        ? undefined
        : {
            description: foundModel.registered_model.description,
            tags: foundModel.registered_model.tags,
            aliases: Object.fromEntries(foundModel.registered_model.aliases.map(({ alias, version }) => [alias, version])),
          },
    runs,
    versions,
  };
}

async function readVersions(client: MlflowClient, name: string): Promise<FoundVersion[]> {
  const filter = `name='${name}'`;
  const pages = await readPages(client, versionsAnswer, (page) => get('model-versions/search', { filter, max_results: String(pageSize), page_token: page }));
  return pages
    .flatMap(({ model_versions }) => model_versions)
    .map(({ version, run_id, source, description, tags }) => ({ number: version, runId: run_id, source, description, tags }))
    .sort((left, right) => left.number - right.number);
}

interface RunQuestion {
  readonly experimentId: string;
  readonly model: string;
  readonly versions: readonly FoundVersion[];
}

async function readRuns(client: MlflowClient, { experimentId, model, versions }: RunQuestion): Promise<FoundRun[]> {
  const pages = await readPages(client, runsAnswer, (page) => ({
    method: 'POST',
    path: `${api}/runs/search`,
    body: { experiment_ids: [experimentId], filter: `tags.\`${versionTag}\` LIKE '${model}/%'`, run_view_type: 'ALL', max_results: pageSize, ...(page === undefined ? {} : { page_token: page }) },
  }));
  const tagged = pages.flatMap(({ runs }) => runs);
  const known = new Set(tagged.map(({ info }) => info.run_id));
  // Somebody may have taken our tag off a run that a version of ours comes from.
  const others = [...new Set(versions.filter(({ runId, tags }) => tags[versionTag] !== undefined && runId !== '' && !known.has(runId)).map(({ runId }) => runId))];
  const untagged = await inGroups(runsAtOnce, others, (id) => read(client, runAnswer, get('runs/get', { run_id: id })));
  const all = [...tagged, ...untagged.flatMap((answer) => (answer?.run.info.experiment_id === experimentId ? [answer.run] : []))];
  const runs = await inGroups(runsAtOnce, all, async (run) => foundRun(run, run.info.lifecycle_stage === 'deleted' ? {} : await readFiles(client, run.info.run_id)));
  return runs.sort((left, right) => (left.id < right.id ? -1 : 1));
}

function foundRun({ info, data, inputs }: RunAnswer, files: Readonly<Record<string, number>>): FoundRun {
  return {
    id: info.run_id,
    deleted: info.lifecycle_stage === 'deleted',
    name: info.run_name,
    status: info.status,
    artifactUri: info.artifact_uri,
    parameters: data.params,
    metrics: Object.fromEntries(data.metrics.map(({ key, value, timestamp, step }) => [key, { value, time: timestamp, step }])),
    tags: data.tags,
    datasets: inputs.dataset_inputs.map(({ dataset }) => dataset.digest),
    files,
  };
}

/** The mirror's files lie at the top: folders are not its own. */
async function readFiles(client: MlflowClient, runId: string): Promise<Record<string, number>> {
  const pages = await readPages(client, filesAnswer, (page) => get('artifacts/list', { run_id: runId, page_token: page }));
  return Object.fromEntries(pages.flatMap(({ files }) => files).filter(({ is_dir }) => !is_dir).map(({ path, file_size }) => [path, file_size]));
}

/** The whole list. @throws as `read` does; a list that is not there is empty */
async function readPages<Page extends { next_page_token?: string | undefined }>(client: MlflowClient, schema: z.ZodType<Page>, ask: (page: string | undefined) => MlflowRequest): Promise<Page[]> {
  const pages: Page[] = [];
  let token: string | undefined;
  do {
    const page = await read(client, schema, ask(token));
    if (page === undefined) return pages;
    pages.push(page);
    token = page.next_page_token === '' ? undefined : page.next_page_token;
  } while (token !== undefined);
  return pages;
}

async function read<T>(client: MlflowClient, schema: z.ZodType<T>, request: MlflowRequest): Promise<T | undefined> {
  const answer = await client.ask(request);
  if (answer.kind === 'missing') return undefined;
  if (answer.kind !== 'ok') throw refusal(client, request, answer);
  const parsed = schema.safeParse(answer.body);
  if (parsed.success) return parsed.data;
  throw refusal(client, request, { reason: 'answered JSON of another shape than MLflow’s; is tracking-uri right?' });
}

export function refusal(client: MlflowClient, { method, path }: MlflowRequest, { reason }: Pick<Extract<MlflowAnswer, { reason: string }>, 'reason'>): UserError {
  return new UserError('mirror-refused', `mirror mlflow: ${client.host} ${reason} (${method} ${path.split('?')[0] ?? path})`, {
    hint: 'Check tracking-uri, and that the server is MLflow 2.9 or newer.',
  });
}

function get(path: string, query: Readonly<Record<string, string | undefined>>): MlflowRequest {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] => (value === undefined ? [] : [[name, value]]));
  return { method: 'GET', path: `${api}/${path}?${new URLSearchParams(given).toString()}` };
}
