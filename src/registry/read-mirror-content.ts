import type { Artifact, ArtifactKind, ArtifactRepository } from '../artifacts/artifact.ts';
import type { Digest } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { evidenceKey } from '../gate/evidence.ts';
import { championEnvironment } from '../pipeline/champion-environment.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../ports/artifact-store.ts';
import type { MirrorContent, MirroredFile } from '../ports/model-mirror.ts';
import type { ModelRegistry, VersionRecord } from '../ports/model-registry.ts';
import { mirrorContent } from './mirror-content.ts';
import { registryKeys } from './registry-keys.ts';

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
 * version are kept, once they are all there: they never change.
 */
export function mirrorReader(sources: MirrorSources): () => Promise<MirrorContent> {
  const known = new Map<number, Files>();
  return async () => {
    const { registry, store, pipeline } = sources;
    const { definition } = pipeline;
    const championOf = championEnvironment(definition);
    const versions = await registry.versions();
    const shown = new Map<number, Files>();
    for (const record of versions) {
      const files = known.get(record.version) ?? (await filesOf(record, sources));
      shown.set(record.version, files);
      if (lastWritten.every((name) => Object.hasOwn(files, name))) known.set(record.version, files);
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
    });
  };
}

async function filesOf(record: VersionRecord, { store, artifacts }: MirrorSources): Promise<Files> {
  const keys = registryKeys(record.model);
  const card = await storedFile(store, keys.modelCard(record.version));
  const bom = await storedFile(store, keys.modelBom(record.version));
  const evidence = await storedFile(store, record.evidence?.key ?? evidenceKey(record.evaluation));
  const evaluation = await readIfThere(artifacts, 'evaluation', record.evaluation);
  const candidate = await readIfThere(artifacts, 'candidate', record.candidate);
  const within = (artifact: Artifact | undefined, name: string): Files => {
    const entry = artifact?.manifest.files[name];
    return artifact === undefined || entry === undefined ? {} : { [name]: { size: entry.size, bytes: () => artifacts.bytes(artifact, name) } };
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

/** A version whose artefacts are gone is shown without them. */
async function readIfThere(artifacts: ArtifactRepository, kind: ArtifactKind, digest: Digest): Promise<Artifact | undefined> {
  try {
    return await artifacts.read(kind, digest);
  } catch (error) {
    if (error instanceof UserError && error.code === 'artifact-missing') return undefined;
    throw error;
  }
}

async function storedFile(store: ArtifactStore, key: string): Promise<MirroredFile | undefined> {
  const stored = await store.read(key);
  return stored === undefined ? undefined : { size: stored.body.byteLength, bytes: async () => stored.body };
}
