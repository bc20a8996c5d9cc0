import { describe, expect, it } from 'vitest';
import { FakeMlflow } from '../../test/builders/fake-mlflow.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { MlflowMirror } from '../adapters/model-registry/mlflow/mlflow-mirror.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { manualClock } from '../../test/builders/manual-clock.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { digestOf, hexOf } from '../artifacts/digest.ts';
import { UserError } from '../errors.ts';
import { loadPipeline } from '../pipeline/load-pipeline.ts';
import { silentLogger } from '../ports/logger.ts';
import type { MirrorContent, ModelMirror } from '../ports/model-mirror.ts';
import { registryKeys } from './registry-keys.ts';
import { type MirrorTold, tellMirror } from './tell-mirror.ts';

const model = 'flight-delay';

async function scene(mirror?: ModelMirror): Promise<MirrorTold & { warnings: string[]; registry: StoreModelRegistry }> {
  const store = new MemoryArtifactStore();
  const artifacts = new ArtifactRepository(store);
  const registry = new StoreModelRegistry({ store, model, clock: manualClock(0) });
  const candidate = await artifacts.write({ kind: 'candidate', files: { 'model.onnx': Buffer.from('model') }, parents: {}, metadata: {} });
  const evaluation = await artifacts.write({ kind: 'evaluation', files: { 'report.html': Buffer.from('report') }, parents: {}, metadata: {} });
  await registry.register(versionDraft('1', { candidate: candidate.digest, evaluation: evaluation.digest, labels: { team: 'delay' } }));
  await store.create(registryKeys(model).modelCard(1), Buffer.from('card'));
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  return { mirror, registry, store, artifacts, pipeline: await loadPipeline('pipelines/flight-delay/pipeline.yaml'), logger, warnings };
}

/** Reads once and remembers. */
function rememberingMirror(): ModelMirror & { seen: MirrorContent[]; budgets: (number | undefined)[] } {
  const seen: MirrorContent[] = [];
  const budgets: (number | undefined)[] = [];
  return {
    name: 'memory',
    seen,
    budgets,
    sync: async (read, options) => {
      seen.push(await read());
      budgets.push(options?.budget);
      return { changes: 1, notes: [] };
    },
  };
}

describe('tellMirror', () => {
  it('does nothing where the pipeline has no mirror', async () => {
    expect(await tellMirror(await scene())).toEqual([]);
  });

  it('hands over what the registry holds now, with files and labels, and ten seconds', async () => {
    const mirror = rememberingMirror();
    const told = await scene(mirror);
    await tellMirror(told);
    await told.registry.promote({ environment: 'local', version: 1, expectedEpoch: 0, commit: 'c', at: '2013-06-01T00:00:00.000Z' });
    expect(await tellMirror(told)).toEqual([]);
    expect(mirror.seen.map(({ champion }) => champion)).toEqual([undefined, 1]);
    const version = mirror.seen[1]?.versions[0];
    expect(version).toMatchObject({ state: { status: 'live', live: 'local since 2013-06-01T00:00:00.000Z' }, facts: { 'label.team': 'delay' } });
    expect(Object.keys(version?.files ?? {}).sort()).toEqual(['MODEL_CARD.md', 'model.onnx', 'report.html']);
    expect(mirror.budgets).toEqual([10_000, 10_000]);
  });

  it('tells that a mirror is behind, and fails nothing', async () => {
    const failing = (error: unknown): ModelMirror => ({ name: 'memory', sync: () => Promise.reject(error instanceof Error ? error : new Error(String(error))) });
    for (const error of [new UserError('mirror-unavailable', 'host does not answer', { hint: 'Wait.' }), new TypeError('host does not answer')]) {
      const told = await scene(failing(error));
      expect(await tellMirror(told)).toEqual([expect.stringMatching(/memory is behind the registry.*host does not answer/)]);
      expect(told.warnings).toHaveLength(1);
    }
  });

  it('leaves a mirror behind that pays no heed to its budget, and a store that answers too late', async () => {
    const never = new Promise<never>(() => undefined);
    const told = await scene({ name: 'memory', sync: () => never });
    expect(await tellMirror(told, { budget: 5 })).toEqual([expect.stringContaining('it is not done after')]);
    const slow = await scene(rememberingMirror());
    expect(await tellMirror({ ...slow, registry: { ...slow.registry, versions: () => never } }, { budget: 5 })).toEqual([expect.stringContaining('it is not done after')]);
  });

  it('is not held up by a registry that cannot be read', async () => {
    const told = await scene(rememberingMirror());
    expect(await tellMirror({ ...told, registry: { ...told.registry, versions: () => Promise.reject(new Error('store away')) } })).toEqual([expect.stringContaining('store away')]);
  });

  it('shows all the rest where one old artefact is corrupt, and says which it leaves out', async () => {
    const told = await scene();
    const { registry, store, artifacts, warnings } = told;
    const old = await registry.version(1);
    const candidate = await artifacts.read('candidate', old?.candidate ?? digestOf(''));
    const blob = `blobs/sha256/${hexOf(candidate.manifest.files['model.onnx']?.digest ?? digestOf(''))}`;
    await store.replace(blob, Buffer.from('other'), (await store.read(blob))?.etag ?? null);
    const report = `artifacts/evaluation/${hexOf(old?.evaluation ?? digestOf(''))}.json`;
    await store.replace(report, Buffer.from('{}'), (await store.read(report))?.etag ?? null);
    await registry.register(versionDraft('2'));
    const server = new FakeMlflow();
    const http = { fetch: server.fetch, clock: manualClock(0), random: () => 0 };
    const mirror = new MlflowMirror({ 'tracking-uri': 'http://mlflow.test', artifacts: 'full', credentials: {}, http });
    expect(await tellMirror({ ...told, mirror })).toEqual([]);
    expect([...(server.models.get(model)?.versions.values() ?? [])].map(({ tags }) => tags.get('taxiway.version'))).toEqual(['flight-delay/1', 'flight-delay/2']);
    expect([...server.runs.values()].map(({ files }) => [...files.keys()])).toEqual([['MODEL_CARD.md'], []]);
    expect(warnings.filter((warning) => warning.includes('version 1'))).toEqual([
      expect.stringMatching(/^evaluation of flight-delay version 1 is not shown: .*SHA-256/),
      expect.stringMatching(/^model.onnx of flight-delay version 1 is not shown: .*SHA-256/),
    ]);
  });

  it('reads the files of older versions once in a sync, also where an earlier release wrote no bill of materials', async () => {
    const reads: string[] = [];
    const store = new MemoryArtifactStore(({ operation, key, phase }) => {
      if (operation === 'read' && phase === 'before') reads.push(key);
    });
    const registry = new StoreModelRegistry({ store, model, clock: manualClock(0) });
    await registry.register(versionDraft('1'));
    await registry.register(versionDraft('2'));
    const twice: ModelMirror = { name: 'memory', sync: async (read) => (await read(), await read(), { changes: 0, notes: [] }) };
    await tellMirror({ ...(await scene(twice)), store, registry, artifacts: new ArtifactRepository(store) });
    const asked = (version: number): number => reads.filter((key) => key === registryKeys(model).modelBom(version)).length;
    // The newest one's may be on its way.
    expect([asked(1), asked(2)]).toEqual([1, 2]);
  });

  it('tells a mirror that it leaves behind to break off', async () => {
    let signal: AbortSignal | undefined;
    const told = await scene({ name: 'memory', sync: (_read, options) => new Promise<never>(() => void (signal = options?.signal)) });
    await tellMirror(told, { budget: 5 });
    expect(signal?.aborted).toBe(true);
  });
});
