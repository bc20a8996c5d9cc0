import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { StoreModelRegistry } from '../../src/adapters/model-registry/store.ts';
import { ArtifactRepository } from '../../src/artifacts/artifact.ts';
import { canonicalJson } from '../../src/artifacts/canonical-json.ts';
import { type Digest, digestOf } from '../../src/artifacts/digest.ts';
import { type EvidenceStatement, evidenceKey, keyIdOf, signEvidence } from '../../src/gate/evidence.ts';
import { loadPipeline } from '../../src/pipeline/load-pipeline.ts';
import type { ArtifactStore } from '../../src/ports/artifact-store.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { ImageRegistry } from '../../src/ports/image-registry.ts';
import { silentLogger } from '../../src/ports/logger.ts';
import type { RegisterInputs, RegisterPorts } from '../../src/steps/register.ts';
import type { StepContext } from '../../src/steps/step.ts';
import { servingBundle } from './serving-bundle.ts';

export interface RegisterWorld<Store extends ArtifactStore = ArtifactStore, Images extends ImageRegistry = ImageRegistry> {
  readonly store: Store;
  readonly images: Images;
  readonly context: StepContext & RegisterPorts;
}

export interface Judged {
  readonly inputs: RegisterInputs;
  readonly statement: EvidenceStatement;
}

export interface RegisterScene {
  /** Signs evidence that the worlds trust. */
  readonly privateKey: string;
  readonly workDirectory: string;
  worldOf<Store extends ArtifactStore, Images extends ImageRegistry>(store: Store, images: Images): RegisterWorld<Store, Images>;
  /** A candidate of these model bytes, its evaluation and the signed evidence, as train and evaluate-gate leave them. */
  judge(world: RegisterWorld, content: string, outcome?: EvidenceStatement['outcome']): Promise<Judged>;
  close(): Promise<void>;
}

const window = { fit: { from: '2013-01-01', to: '2013-04-01' }, calibrate: { from: '2013-04-01', to: '2013-05-01' }, test: { from: '2013-05-01', to: '2013-06-01' } };

/** What `register` needs, over whichever store and image registry. */
export async function createRegisterScene(): Promise<RegisterScene> {
  const keys = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
  const pipeline = await loadPipeline(fileURLToPath(new URL('../../pipelines/flight-delay/pipeline.yaml', import.meta.url)));
  const bundle = await servingBundle();
  const workDirectory = await mkdtemp(join(tmpdir(), 'register-'));
  return {
    privateKey: keys.privateKey,
    workDirectory,
    worldOf: (store, images) => {
      const context: StepContext & RegisterPorts = {
        pipeline,
        store,
        artifacts: new ArtifactRepository(store),
        logger: silentLogger,
        clock: systemClock,
        native: { load: () => undefined },
        asOf: Date.parse('2013-06-01T00:00:00Z'),
        codeCommit: '0123456789abcdef0123456789abcdef01234567',
        code: digestOf('code'),
        workDirectory,
        registry: new StoreModelRegistry({ store, model: pipeline.definition.name, clock: { now: () => 0, sleep: async () => undefined } }),
        images,
        servingBase: bundle.inputs,
        goldenCheck: async ({ rows }) => ({ kind: 'answered', rows: rows.length, maximumDifference: 0 }),
        trustedKeys: [{ keyId: keyIdOf(keys.publicKey), publicKeyPem: keys.publicKey }],
      };
      return { store, images, context };
    },
    judge: async ({ context, store }, content, outcome = 'pass') => {
      const { artifacts } = context;
      const dataset = await artifacts.write({ kind: 'clean-snapshot', files: { 'rows/2013-01.parquet': Buffer.from('rows') }, parents: {}, metadata: {} });
      const model = digestOf(content);
      const candidate = await artifacts.write({
        kind: 'candidate',
        files: { 'model.onnx': Buffer.from(content), 'training.json': Buffer.from(canonicalJson({ hyperparameters: { seed: 2013 } })) },
        parents: { dataset: dataset.digest },
        metadata: { pipeline: pipeline.digest, window, threshold: 0.4, modelDigest: model },
      });
      const evaluation = await artifacts.write({
        kind: 'evaluation',
        files: {
          'evaluation.json': Buffer.from(canonicalJson({ candidate: { accuracy: { value: 0.9, interval: [0.88, 0.92], sampleSize: 100 }, brier: { value: null, interval: null, sampleSize: 0 } } })),
          'golden.json': Buffer.from(canonicalJson({ schema: 'taxiway/golden/v1', columns: ['x'], rows: [0.25, 0.5].map((x) => ({ columns: { x }, probability: x })), threshold: 0.4 })),
        },
        parents: { candidate: candidate.digest, dataset: dataset.digest },
        metadata: { outcome, modelDigest: model, pipeline: pipeline.digest },
      });
      const statement: EvidenceStatement = {
        schema: 'taxiway/evidence/v1',
        evaluation: evaluation.digest,
        candidate: candidate.digest,
        model,
        dataset: dataset.digest,
        pipeline: pipeline.digest,
        code: digestOf('code'),
        outcome,
      };
      await putEvidence(store, evaluation.digest, signEvidence(statement, keys.privateKey));
      return { inputs: { candidate: candidate.digest, evaluation: evaluation.digest, labels: {} }, statement };
    },
    close: async () => {
      for (const folder of [bundle.folder, workDirectory]) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Writes over what is there: for tests that spoil it. */
export async function putEvidence(store: ArtifactStore, evaluation: Digest, evidence: unknown): Promise<void> {
  const key = evidenceKey(evaluation);
  await store.replace(key, Buffer.from(JSON.stringify(evidence)), (await store.read(key))?.etag ?? null);
}
