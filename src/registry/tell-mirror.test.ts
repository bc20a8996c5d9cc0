import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { manualClock } from '../../test/builders/manual-clock.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
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
});
