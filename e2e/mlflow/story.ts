import { join } from 'node:path';
import { FileArtifactStore } from '../../src/adapters/artifact-store/file.ts';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { digestOf } from '../../src/artifacts/digest.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { MirrorContent } from '../../src/ports/model-mirror.ts';
import { mirrorReader } from '../../src/registry/read-mirror-content.ts';
import { registryKeys } from '../../src/registry/registry-keys.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';

const environment = 'local';
const modelSize = 216_952;

export interface Story {
  readonly model: string;
  readonly read: () => Promise<MirrorContent>;
  registerThree(): Promise<void>;
  promote(version: number): Promise<void>;
  quarantine(version: number, reason: string): Promise<void>;
}

/** A registry in a folder, with models of the usual size. */
export async function storyOf(folder: string): Promise<Story> {
  const pipeline = await loadPipeline(join(import.meta.dirname, '../../pipelines/flight-delay/pipeline.yaml'));
  const model = pipeline.definition.name;
  const store = new FileArtifactStore(folder);
  const artifacts = new ArtifactRepository(store);
  const registry = new StoreModelRegistry({ store, model, clock: systemClock });

  async function register(number: number): Promise<void> {
    const bytes = Buffer.alloc(modelSize, `model ${number}`);
    const candidate = await artifacts.write({ kind: 'candidate', files: { 'model.onnx': bytes, 'training.json': Buffer.from('{}') }, parents: {}, metadata: { number } });
    const evaluation = await artifacts.write({ kind: 'evaluation', files: { 'evaluation.json': Buffer.from('{}'), 'report.html': Buffer.from(`<h1>${number}</h1>`) }, parents: {}, metadata: { number } });
    const accuracy = { value: 0.8 + number / 100, interval: [0.78, 0.85] as const, sampleSize: 24_357 };
    const record = await registry.register(versionDraft(String(number), { candidate: candidate.digest, evaluation: evaluation.digest, modelDigest: digestOf(bytes), metrics: { accuracy } }));
    await store.create(registryKeys(model).modelCard(record.version), Buffer.from(`# ${model} version ${record.version}\n`));
    await store.create(registryKeys(model).modelBom(record.version), Buffer.from('{}'));
  }

  return {
    model,
    read: mirrorReader({ registry, store, artifacts, pipeline }),
    registerThree: async () => {
      for (const number of [1, 2, 3]) await register(number);
      await registry.nominate({ environment, version: 3, expectedEpoch: 0, at: '2013-06-01T00:00:00.000Z' });
    },
    promote: async (version) => {
      const expectedEpoch = (await registry.live(environment))?.epoch ?? 0;
      const live = await registry.promote({ environment, version, expectedEpoch, commit: 'c0ffee', at: `2013-06-0${expectedEpoch + 2}T00:00:00.000Z` });
      if (live?.version !== version) throw new Error(`version ${version} did not go live`);
    },
    quarantine: async (version, reason) => {
      const record = await registry.version(version);
      if (record === undefined) throw new Error(`no version ${version}`);
      await registry.quarantine({ imageDigest: record.imageDigest, version, reason, at: '2013-06-05T00:00:00.000Z' });
    },
  };
}
