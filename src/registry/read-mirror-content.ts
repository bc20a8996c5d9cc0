import type { Artifact, ArtifactKind, ArtifactRepository } from '../artifacts/artifact.ts';
import type { Digest } from '../artifacts/digest.ts';
import { evidenceKey } from '../gate/evidence.ts';
import { championEnvironment } from '../pipeline/champion-environment.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { MirrorContent, MirroredFile } from '../ports/model-mirror.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { mirrorContent } from './mirror-content.ts';
import { registryKeys } from './registry-keys.ts';
import { isUnreadable } from './unreadable.ts';

export interface MirrorSources {
  readonly registry: ModelRegistry;
  readonly store: ArtifactStore;
  readonly artifacts: ArtifactRepository;
  readonly pipeline: LoadedPipeline;
}

/** Written after the record, so that they may be a moment late. */
const lastWritten = ['MODEL_CARD.md', 'ml-bom.cdx.json'];

type Files = Readonly<Record<string, MirroredFile>>;

/**
 * Reads what a mirror must show, every time anew: between two reads a version may have been registered or promoted. Only the files of a
 * version are kept, once they are all there or it is not the newest any more: they never change, and versions of earlier releases have fewer.
 * A file that turns out to be unreadable is left out from then on and noted: one corrupt old artefact holds up nothing else.
 */
export function mirrorReader(sources: MirrorSources): () => Promise<MirrorContent> {
  const known = new Map<number, Files>();
  const unreadable = new Map<string, string>();
  return async () => {
    const { registry, store, pipeline } = sources;
    const { definition } = pipeline;
    const championOf = championEnvironment(definition);
    const versions = await registry.versions();
    const shown = new Map<number, Files>();
    for (const record of versions) {
      const files = known.get(record.version) ?? (await filesOf(record, { ...sources, unreadable }));
      shown.set(record.version, Object.fromEntries(Object.entries(files).filter(([name]) => !unreadable.has(placeOf(record, name)))));
      if (record !== versions.at(-1) || lastWritten.every((name) => Object.hasOwn(files, name))) known.set(record.version, files);
    }
    const histories = await Promise.all(Object.keys(definition.environments).sort().map(async (name) => [name, await registry.history(name)] as const));
    return mirrorContent({
      model: definition.name,
      description: definition.description,
      store: store.uri,
      versions,
      histories: Object.fromEntries(histories),
      championOf,
      challenger: (await registry.challenger(championOf))?.version,
      quarantines: await registry.quarantines(),
      files: shown,
      notes: [...unreadable].sort().map(([place, reason]) => `${place} is not shown: ${reason}`),
    });
  };
}

/** Names what cannot be read in `unreadable`, now and whenever bytes are asked for. */
async function filesOf(record: VersionRecord, { store, artifacts, unreadable }: MirrorSources & { readonly unreadable: Map<string, string> }): Promise<Files> {
  const keys = registryKeys(record.model);
  const card = await storedFile(store, keys.modelCard(record.version));
  const bom = await storedFile(store, keys.modelBom(record.version));
  const evidence = await storedFile(store, record.evidence?.key ?? evidenceKey(record.evaluation));
  const noting = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
    try {
      return await act();
    } catch (error) {
      if (isUnreadable(error)) unreadable.set(placeOf(record, name), error.message);
      throw error;
    }
  };
  // A version whose artefacts are gone, or not what they were, is shown without them.
  const readable = (kind: ArtifactKind, digest: Digest): Promise<Artifact | undefined> =>
    noting(kind, () => artifacts.read(kind, digest)).catch((error: unknown) => {
      if (isUnreadable(error)) return undefined;
      throw error;
    });
  const evaluation = await readable('evaluation', record.evaluation);
  const candidate = await readable('candidate', record.candidate);
  const within = (artifact: Artifact | undefined, name: string): Files => {
    const entry = artifact?.manifest.files[name];
    return artifact === undefined || entry === undefined ? {} : { [name]: { size: entry.size, bytes: () => noting(name, () => artifacts.bytes(artifact, name)) } };
  };
  return {
    ...(card === undefined ? {} : { 'MODEL_CARD.md': card }),
    ...(bom === undefined ? {} : { 'ml-bom.cdx.json': bom }),
    ...(evidence === undefined ? {} : { 'evidence.json': evidence }),
    ...within(evaluation, 'evaluation.json'),
    ...within(evaluation, 'report.html'),
    ...within(candidate, 'training.json'),
    ...within(candidate, 'model.onnx'),
  };
}

/** E.g. model.onnx of flight-delay version 3. */
function placeOf({ model, version }: VersionRecord, name: string): string {
  return `${name} of ${model} version ${version}`;
}

async function storedFile(store: ArtifactStore, key: string): Promise<MirroredFile | undefined> {
  const stored = await store.read(key);
  return stored === undefined ? undefined : { size: stored.body.byteLength, bytes: async () => stored.body };
}
