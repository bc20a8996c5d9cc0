import { canonicalJson, type Json } from '../../../artifacts/canonical-json.ts';
import { hexOf } from '../../../artifacts/digest.ts';
import type { MirrorContent, MirroredFile, MirroredVersion } from '../../../ports/model-mirror.ts';
import type { MlflowMirrorOptions } from '../../../pipeline/schema/mirror.ts';

/** What MLflow must have. Ids are its own business: what belongs together carries the same tag. */
export interface WantedState {
  readonly experiment: string;
  readonly model: { readonly name: string; readonly description: string; readonly tags: Readonly<Record<string, string>> };
  readonly versions: readonly WantedVersion[];
  readonly aliases: Readonly<Record<(typeof mirroredAliases)[number], number | undefined>>;
}

export interface WantedVersion {
  readonly number: number;
  /** Value of the tag taxiway.version, e.g. flight-delay/3. */
  readonly key: string;
  readonly run: {
    readonly name: string;
    /** Milliseconds since the Unix epoch. */
    readonly time: number;
    readonly parameters: Readonly<Record<string, string>>;
    readonly metrics: Readonly<Record<string, number>>;
    readonly tags: Readonly<Record<string, string>>;
    readonly dataset: { readonly name: string; readonly digest: string; readonly source: string };
  };
  /** `source` undefined: the run's own artefact folder. */
  readonly version: { readonly source: string | undefined; readonly description: string; readonly tags: Readonly<Record<string, string>> };
  readonly files: Readonly<Record<string, MirroredFile>>;
}

export const mirroredAliases = ['champion', 'challenger'] as const;
export const versionTag = 'taxiway.version';
export const storeTag = 'taxiway.store';
/** Tags under it are ours to set and to take away. */
export const ownTags = 'taxiway.';

// MLflow's limits (mlflow/utils/validation.py, 3.17): keys 250 characters, parameter values 6,000, tag values 8,000 (5,000 before 2.10), dataset digests 36.
const longestKey = 250;
const longestParameter = 6_000;
const longestTag = 5_000;
const longestDatasetDigest = 36;
/** Bytes. A larger model stays in the store alone, which the version's source names. */
const largestFile = 100 * 1024 * 1024;
const cardFiles = ['MODEL_CARD.md', 'ml-bom.cdx.json'];

/** The registry's content in MLflow's terms. */
export function wantedState(content: MirrorContent, options: Pick<MlflowMirrorOptions, 'experiment' | 'artifacts'>): WantedState {
  return {
    experiment: options.experiment ?? content.model,
    model: { name: content.model, description: content.description, tags: cutTags({ [storeTag]: content.store }) },
    versions: content.versions.map((version) => wantedVersion(version, { ...options, model: content.model })),
    aliases: { champion: content.champion, challenger: content.challenger },
  };
}

function wantedVersion({ record, source, status, facts, state, files }: MirroredVersion, options: Pick<MlflowMirrorOptions, 'artifacts'> & { readonly model: string }): WantedVersion {
  const key = `${options.model}/${record.version}`;
  const prefixed = (given: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(given).map(([name, value]) => [`${ownTags}${name}`, value]));
  const common = { ...prefixed(facts), [versionTag]: key, [`${ownTags}source`]: source };
  const quarantined = state['quarantined'];
  return {
    number: record.version,
    key,
    run: {
      name: record.imageTag,
      time: Date.parse(record.registeredAt),
      parameters: parametersOf(record.hyperparameters),
      metrics: metricsOf(record),
      tags: cutTags({
        ...common,
        ...(quarantined === undefined ? {} : { [`${ownTags}quarantined`]: quarantined }),
        'mlflow.note.content': status,
        'mlflow.source.name': record.model,
        'mlflow.source.type': 'JOB',
        'mlflow.source.git.commit': record.codeCommit,
        'mlflow.user': 'taxiway',
      }),
      dataset: { name: `${record.model} clean snapshot`, digest: hexOf(record.dataset.digest).slice(0, longestDatasetDigest), source: record.dataset.uri },
    },
    version: { source: source.startsWith('file:') ? undefined : source, description: cut(status, longestTag), tags: cutTags({ ...common, ...prefixed(state) }) },
    files: Object.fromEntries(Object.entries(files).filter(([path, { size }]) => size <= largestFile && (options.artifacts === 'full' || cardFiles.includes(path)))),
  };
}

/** Objects are opened, lists stay one value: `optimizer.learning-rate` = 0.001. */
function parametersOf(hyperparameters: Readonly<Record<string, unknown>>): Record<string, string> {
  const flat: [string, string][] = [];
  const open = (name: string, value: Json): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      for (const [key, inner] of Object.entries(value)) if (inner !== undefined) open(`${name}.${key}`, inner);
      return;
    }
    flat.push([keyOf(name), cut(typeof value === 'string' ? value : canonicalJson(value), longestParameter)]);
  };
  // Parsed from JSON once: undefined members are gone.
  for (const [name, value] of Object.entries(hyperparameters)) if (value !== undefined) open(name, value as Json);
  return Object.fromEntries(flat.sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The interval's ends and the sample size stand beside each metric, so that MLflow can chart and filter by them. */
function metricsOf({ metrics, threshold }: MirroredVersion['record']): Record<string, number> {
  const all = Object.entries(metrics).flatMap(([name, { value, interval, sampleSize }]): [string, number][] => [
    [keyOf(name), value],
    [keyOf(`${name}.low`), interval[0]],
    [keyOf(`${name}.high`), interval[1]],
    [keyOf(`${name}.rows`), sampleSize],
  ]);
  return Object.fromEntries([...all, ['threshold', threshold]]);
}

function cutTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [keyOf(name), cut(value, longestTag)]));
}

/** Never half a character: no database takes that. */
function cut(text: string, length: number): string {
  return text.slice(0, length).toWellFormed();
}

/** MLflow allows letters, digits, underscores, dashes, periods, spaces and slashes. */
function keyOf(name: string): string {
  return name.replace(/[^\w.\- /]/g, '_').slice(0, longestKey);
}
