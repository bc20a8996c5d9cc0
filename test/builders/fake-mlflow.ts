/** What goes wrong with a call: refused before it has an effect, its answer lost after, or another answer in its place (without an effect). */
export type MlflowFault = 'before' | 'lost' | { readonly status: number; readonly body: string };

interface Run {
  readonly id: string;
  readonly experiment: string;
  name: string;
  status: string;
  deleted: boolean;
  readonly params: Map<string, string>;
  readonly metrics: Map<string, { value: number; timestamp: number; step: number }>;
  readonly tags: Map<string, string>;
  readonly datasets: Set<string>;
  readonly files: Map<string, Uint8Array>;
}

interface Version {
  readonly number: number;
  readonly runId: string;
  readonly source: string;
  description: string;
  readonly tags: Map<string, string>;
}

interface Model {
  description: string;
  readonly tags: Map<string, string>;
  readonly aliases: Map<string, number>;
  readonly versions: Map<number, Version>;
  next: number;
}

type Body = Readonly<Record<string, unknown>>;
type Entries = readonly { key: string; value: string }[];

class Refusal extends Error {
  readonly code: string;

  constructor(code: string, message = code) {
    super(message);
    this.code = code;
  }
}

/** MLflow 3.17's REST API in memory, as far as the mirror uses it, with its rules: no alias twice, parameters never change, deleted runs take nothing. */
export class FakeMlflow {
  readonly experiments = new Map<string, { readonly id: string; deleted: boolean }>();
  readonly runs = new Map<string, Run>();
  readonly models = new Map<string, Model>();
  /** Of every call so far, e.g. `POST runs/create`. */
  readonly calls: string[] = [];
  readonly headers: (string | null)[] = [];
  /** Asked before every call; nothing goes wrong where undefined. */
  fault: (call: { readonly index: number; readonly name: string }) => MlflowFault | undefined = () => undefined;
  /** Lets other callers have their turn. */
  pause: () => Promise<void> = async () => undefined;
  /** 32 hexadecimal digits; random ids have no order, so tests choose. */
  newRunId: () => string = () => String(this.runs.size + 1).padStart(32, '0');

  readonly fetch: typeof fetch = async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const name = `${init?.method ?? 'GET'} ${url.pathname.replace(/^\/api\/2\.0\/mlflow\//, '')}`;
    await this.pause();
    const fault = this.fault({ index: this.calls.length, name });
    this.calls.push(name);
    this.headers.push(new Headers(init?.headers).get('authorization'));
    if (fault === 'before') throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    if (typeof fault === 'object') return new Response(fault.body, { status: fault.status });
    const answer = this.answer(name, url, init?.body);
    await this.pause();
    if (fault === 'lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    return answer;
  };

  /** Makes a deleted run's files and all of it go for good. */
  purge(): void {
    for (const run of this.runs.values()) if (run.deleted) this.runs.delete(run.id);
  }

  private answer(name: string, url: URL, body: unknown): Response {
    try {
      if (name.startsWith('PUT ')) return this.upload(url.pathname, body);
      const given: Body = typeof body === 'string' ? (JSON.parse(body) as Body) : Object.fromEntries(url.searchParams);
      const handler = this.handlers[name];
      if (handler === undefined) throw new Refusal('ENDPOINT_NOT_FOUND', name);
      return Response.json(handler(given) ?? {});
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return Response.json({ error_code: error.code, message: error.message }, { status: error.code === 'RESOURCE_DOES_NOT_EXIST' ? 404 : 400 });
    }
  }

  private upload(path: string, body: unknown): Response {
    const [runId = '', , ...file] = path.replace('/api/2.0/mlflow-artifacts/artifacts/', '').split('/').slice(1).map(decodeURIComponent);
    this.run(runId).files.set(file.join('/'), body as Uint8Array);
    return Response.json({});
  }

  private readonly handlers: Readonly<Record<string, (body: Body) => unknown>> = {
    'GET experiments/get-by-name': ({ experiment_name }) => {
      const found = this.experiments.get(String(experiment_name)) ?? missing();
      return { experiment: { experiment_id: found.id, lifecycle_stage: found.deleted ? 'deleted' : 'active' } };
    },
    'POST experiments/create': ({ name }) => {
      if (this.experiments.has(String(name))) throw new Refusal('RESOURCE_ALREADY_EXISTS');
      this.experiments.set(String(name), { id: String(this.experiments.size + 1), deleted: false });
    },
    'POST experiments/restore': ({ experiment_id }) => {
      for (const experiment of this.experiments.values()) if (experiment.id === experiment_id) experiment.deleted = false;
    },
    'GET registered-models/get': ({ name }) => {
      const model = this.model(name);
      return { registered_model: { description: model.description, tags: list(model.tags), aliases: [...model.aliases].map(([alias, version]) => ({ alias, version: String(version) })) } };
    },
    'POST registered-models/create': ({ name, description, tags }) => {
      if (this.models.has(String(name))) throw new Refusal('RESOURCE_ALREADY_EXISTS');
      this.models.set(String(name), { description: String(description), tags: map(tags), aliases: new Map(), versions: new Map(), next: 1 });
    },
    'PATCH registered-models/update': ({ name, description }) => void (this.model(name).description = String(description)),
    'POST registered-models/set-tag': ({ name, key, value }) => void this.model(name).tags.set(String(key), String(value)),
    'POST registered-models/alias': ({ name, alias, version }) => {
      this.version(name, version);
      this.model(name).aliases.set(String(alias), Number(version));
    },
    'DELETE registered-models/alias': ({ name, alias }) => void this.model(name).aliases.delete(String(alias)),
    'GET model-versions/search': ({ filter }) => {
      const model = this.models.get(/^name='(.*)'$/.exec(String(filter))?.[1] ?? '');
      return {
        model_versions: [...(model?.versions.values() ?? [])].map(({ number, runId, source, description, tags }) => ({ version: String(number), run_id: runId, source, description, tags: list(tags) })),
      };
    },
    'POST model-versions/create': ({ name, source, run_id, description, tags }) => {
      const model = this.model(name);
      this.run(String(run_id));
      model.versions.set(model.next, { number: model.next, runId: String(run_id), source: String(source), description: String(description), tags: map(tags) });
      model.next += 1;
    },
    'PATCH model-versions/update': ({ name, version, description }) => void (this.version(name, version).description = String(description)),
    'POST model-versions/set-tag': ({ name, version, key, value }) => void this.version(name, version).tags.set(String(key), String(value)),
    'DELETE model-versions/delete-tag': ({ name, version, key }) => void this.version(name, version).tags.delete(String(key)),
    'DELETE model-versions/delete': ({ name, version }) => {
      const model = this.model(name);
      model.versions.delete(this.version(name, version).number);
      for (const [alias, number] of model.aliases) if (number === Number(version)) model.aliases.delete(alias);
    },
    'POST runs/search': ({ experiment_ids, filter }) => {
      const [, key = '', prefix = ''] = /^tags\.`(.*)` LIKE '(.*)%'$/.exec(String(filter)) ?? [];
      const found = [...this.runs.values()].filter(({ experiment, tags }) => (experiment_ids as string[]).includes(experiment) && tags.get(key)?.startsWith(prefix) === true);
      return { runs: found.map(runAnswer) };
    },
    'GET runs/get': ({ run_id }) => ({ run: runAnswer(this.run(String(run_id))) }),
    'POST runs/create': ({ experiment_id, run_name, tags }) => {
      const id = this.newRunId();
      this.runs.set(id, { id, experiment: String(experiment_id), name: String(run_name), status: 'RUNNING', deleted: false, params: new Map(), metrics: new Map(), tags: map(tags), datasets: new Set(), files: new Map() });
    },
    'POST runs/update': ({ run_id, status, run_name }) => void Object.assign(this.activeRun(run_id), { status, name: run_name }),
    'POST runs/delete': ({ run_id }) => void (this.run(String(run_id)).deleted = true),
    'POST runs/restore': ({ run_id }) => void (this.run(String(run_id)).deleted = false),
    'POST runs/log-batch': ({ run_id, params, metrics, tags }) => {
      const run = this.activeRun(run_id);
      for (const { key, value } of params as Entries) if ((run.params.get(key) ?? value) !== value) throw new Refusal('INVALID_PARAMETER_VALUE', `parameter ${key} never changes`);
      for (const { key, value } of params as Entries) run.params.set(key, value);
      for (const { key, value } of tags as Entries) run.tags.set(key, value);
      for (const { key, ...point } of metrics as readonly { key: string; value: number; timestamp: number; step: number }[]) {
        const last = run.metrics.get(key);
        if (last === undefined || point.step > last.step || (point.step === last.step && point.timestamp >= last.timestamp)) run.metrics.set(key, point);
      }
    },
    'POST runs/delete-tag': ({ run_id, key }) => {
      if (!this.activeRun(run_id).tags.delete(String(key))) missing();
    },
    'POST runs/log-inputs': ({ run_id, datasets }) => {
      for (const { dataset } of datasets as readonly { dataset: { digest: string } }[]) this.activeRun(run_id).datasets.add(dataset.digest);
    },
    'GET artifacts/list': ({ run_id }) => ({ files: [...this.run(String(run_id)).files].map(([path, bytes]) => ({ path, is_dir: false, file_size: bytes.byteLength })) }),
  };

  private model(name: unknown): Model {
    return this.models.get(String(name)) ?? missing();
  }

  private version(name: unknown, version: unknown): Version {
    return this.model(name).versions.get(Number(version)) ?? missing();
  }

  private run(id: string): Run {
    return this.runs.get(id) ?? missing();
  }

  private activeRun(id: unknown): Run {
    const run = this.run(String(id));
    if (run.deleted) throw new Refusal('INVALID_PARAMETER_VALUE', `The run ${run.id} must be in the active state`);
    return run;
  }
}

function runAnswer(run: Run): object {
  return {
    info: { run_id: run.id, run_name: run.name, experiment_id: run.experiment, status: run.status, lifecycle_stage: run.deleted ? 'deleted' : 'active', artifact_uri: `mlflow-artifacts:/${run.experiment}/${run.id}/artifacts` },
    data: { metrics: [...run.metrics].map(([key, point]) => ({ key, ...point })), params: list(run.params), tags: list(run.tags) },
    inputs: { dataset_inputs: [...run.datasets].map((digest) => ({ dataset: { digest } })) },
  };
}

function missing(): never {
  throw new Refusal('RESOURCE_DOES_NOT_EXIST');
}

function list(entries: ReadonlyMap<string, string>): Entries {
  return [...entries].map(([key, value]) => ({ key, value }));
}

function map(entries: unknown): Map<string, string> {
  return new Map((entries as Entries).map(({ key, value }) => [key, value]));
}
