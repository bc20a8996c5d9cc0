import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { describe, expect, test } from 'vitest';
import { emptyGateStore, fitGateModel, gateFlights, gatePipeline, writeGateCandidate, writeGateFlights } from '../../test/builders/gate-scene.ts';
import { onnxRuntimeEngine } from '../../test/builders/onnxruntime-engine.ts';
import { versionDraft } from '../../test/builders/version-draft.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { StoreModelRegistry } from '../adapters/model-registry/store.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { type Digest, digestOf } from '../artifacts/digest.ts';
import type { Table } from '../data/table.ts';
import { exportModel } from '../delaynet/export-model.ts';
import type { FittedDelayNet } from '../delaynet/fit-delaynet.ts';
import { withModelThreshold } from '../delaynet/model-description.ts';
import { planNetwork } from '../delaynet/network-plan.ts';
import { parameterLayout } from '../delaynet/parameter-layout.ts';
import { networkSchema } from '../delaynet/training-schema.ts';
import { compileFeatureGraph } from '../features/feature-graph.ts';
import { evidenceKey, keyIdOf, verifyEvidence } from '../gate/evidence.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import { gateSchema } from '../pipeline/schema/gate.ts';
import { silentLogger } from '../ports/logger.ts';
import type { Check } from '../verdict/verdict.ts';
import { evaluateGate, type EvaluateGateInputs, type EvaluateGatePorts } from './evaluate-gate.ts';
import type { StepContext } from './step.ts';

const engine = onnxRuntimeEngine();
const keys = generateKeyPairSync('ed25519', { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } });
const pipeline = await gatePipeline();
const testRows = gateFlights({ seed: 'test' });
/** All of May's rows, written once and copied into every store. */
const flights = await written(testRows);
const good = await fitGateModel(pipeline);
/** Taught that everything arrives 15 minutes earlier than it does: it misses delays everywhere. */
const poor = await fitGateModel(pipeline, { recorded: () => -15 });

interface Written {
  readonly objects: Map<string, Uint8Array>;
  readonly dataset: Digest;
}

async function written(table: Table): Promise<Written> {
  const { store, artifacts } = emptyGateStore();
  const dataset = await writeGateFlights(artifacts, table);
  return { objects: store.objects, dataset };
}

interface Scene {
  readonly store: MemoryArtifactStore;
  readonly context: StepContext & EvaluateGatePorts;
  candidateOf(model: Pick<FittedDelayNet, 'model' | 'state' | 'threshold'>, named?: Digest): Promise<Digest>;
  /** Registers and promotes, as deploy would. */
  makeChampion(candidate: Digest): Promise<void>;
  gate(candidate: Digest, more?: Partial<EvaluateGateInputs>): ReturnType<typeof evaluateGate>;
}

function scene(options: { pipeline?: LoadedPipeline; flights?: Written } = {}): Scene {
  const { dataset, objects } = options.flights ?? flights;
  const used = options.pipeline ?? pipeline;
  const store = new MemoryArtifactStore(undefined, new Map(objects));
  const artifacts = new ArtifactRepository(store);
  const clock = { now: () => 0, sleep: () => Promise.resolve() };
  const registry = new StoreModelRegistry({ store, model: used.definition.name, clock });
  // CPU and wall time pass apart, so that nobody is charged for looking at the clock.
  let [wall, cpu] = [0, 0];
  const context: StepContext & EvaluateGatePorts = {
    pipeline: used,
    store,
    artifacts,
    logger: silentLogger,
    clock,
    native: { load: createRequire(import.meta.url) },
    asOf: Date.parse('2013-06-01T00:00:00Z'),
    codeCommit: '0'.repeat(40),
    code: digestOf('code'),
    workDirectory: tmpdir(),
    engine,
    registry,
    stopwatch: { wall: () => (wall += 1), cpu: () => (cpu += 1) },
  };
  return {
    store,
    context,
    candidateOf: (model, named) => writeGateCandidate({ artifacts, pipeline: used, dataset, model, ...(named === undefined ? {} : { named }) }),
    makeChampion: async (candidate) => {
      const record = await registry.register(versionDraft('champion', { candidate }));
      await registry.promote({ environment: 'local', version: record.version, expectedEpoch: 0, commit: '0'.repeat(40), at: '2013-05-31T00:00:00.000Z' });
    },
    gate: (candidate, more = {}) => evaluateGate({ candidate, championEnvironment: 'local', signingKey: keys.privateKey, ...more }, context),
  };
}

const judged = (checks: readonly Check[]): Record<string, string> => Object.fromEntries(checks.filter(({ severity }) => severity !== 'info').map(({ id, verdict }) => [id, verdict]));

describe('a first run', () => {
  test('passes on its value checks, skips the change checks, and signs evidence bound to what it judged', async () => {
    const { gate, candidateOf, context, store } = scene();
    const candidate = await candidateOf(good);
    const { verdict, outputs } = await gate(candidate);
    expect(verdict.verdict).toBe('pass');
    expect(judged(verdict.checks)).toEqual({ accuracy: 'pass', 'latency-p95': 'pass', 'accuracy-change': 'skipped', 'recall-change': 'skipped', 'latency-change': 'skipped' });
    const evidence: unknown = JSON.parse(Buffer.from(store.objects.get(evidenceKey(outputs.evaluation)) ?? []).toString('utf8'));
    const trusted = [{ keyId: keyIdOf(keys.publicKey), publicKeyPem: keys.publicKey }];
    const { dataset } = flights;
    const about = { evaluation: outputs.evaluation, candidate, model: digestOf(good.model), dataset, pipeline: pipeline.digest, code: context.code };
    expect(verifyEvidence(evidence, trusted, about).kind).toBe('verified');
  });

  test('is refused where a value check fails', async () => {
    const strict = { ...pipeline, definition: { ...pipeline.definition, gate: { ...pipeline.definition.gate, 'value-checks': [{ metric: 'recall' as const, minimum: 0.99, decides: 'first-run' as const }] } } };
    const { gate, candidateOf } = scene({ pipeline: strict });
    expect((await gate(await candidateOf(good))).verdict.verdict).toBe('fail');
  });

  test('without a key leaves evidence that says so, and that nothing accepts', async () => {
    const { gate, candidateOf, store } = scene();
    const { verdict, outputs } = await gate(await candidateOf(good), { signingKey: undefined });
    expect(verdict.notes?.join(' ')).toMatch(/unsigned/);
    expect(JSON.parse(Buffer.from(store.objects.get(evidenceKey(outputs.evaluation)) ?? []).toString('utf8'))).toMatchObject({ signature: null });
  });

  test('run again gives the same evaluation', async () => {
    const { gate, candidateOf } = scene();
    const candidate = await candidateOf(good);
    expect((await gate(candidate)).outputs).toEqual((await gate(candidate)).outputs);
  });
});

describe('against a champion', () => {
  test('a challenger that gains enough passes, and one that gains nothing is refused', async () => {
    const winner = scene();
    await winner.makeChampion(await winner.candidateOf(poor));
    const won = await winner.gate(await winner.candidateOf(good));
    expect(judged(won.verdict.checks)).toMatchObject({ 'accuracy-change': 'pass', 'recall-change': 'pass' });
    expect(won.verdict.verdict).toBe('pass');
    const equal = scene();
    await equal.makeChampion(await equal.candidateOf(good));
    const refused = await equal.gate(await equal.candidateOf({ ...good, model: withModelThreshold(good.model, 0.51), threshold: 0.51 }));
    expect(refused.verdict.verdict).toBe('fail');
  });

  test('that reads a feature which the pipeline dropped, it is asked with what the snapshot has', async () => {
    const { columns, features } = pipeline.definition;
    const without = (name: string): LoadedPipeline => ({
      ...pipeline,
      definition: {
        ...pipeline.definition,
        columns: Object.fromEntries(Object.entries(columns).filter(([column]) => column !== name)),
        features: features.map((feature) => (feature.transform === 'quantile-normal' ? { ...feature, columns: feature.columns.filter((column) => column !== name) } : feature)),
      },
    });
    const narrow = without('wind_speed');
    const challenger = await fitGateModel(narrow);
    const { gate, candidateOf, makeChampion } = scene({ pipeline: narrow });
    await makeChampion(await candidateOf(poor));
    const { verdict } = await gate(await candidateOf(challenger));
    expect(judged(verdict.checks)).toMatchObject({ 'accuracy-change': 'pass' });
    expect(verdict.notes?.join(' ')).not.toMatch(/wind_speed/);
  });

  test('that is missing from the store the gate stops', async () => {
    const { gate, candidateOf, makeChampion } = scene();
    await makeChampion(digestOf('nothing'));
    await expect(gate(await candidateOf(good))).rejects.toMatchObject({ code: 'artifact-missing' });
  });

  test('a challenger that is better on the whole and worse at one airport is refused by its slices', async () => {
    const sliced = await gatePipeline({ 'slice-checks': gateSchema.shape['slice-checks'].unwrap().parse({ metrics: [{ metric: 'accuracy', margin: 0.02 }] }) });
    const { gate, candidateOf, makeChampion } = scene({ pipeline: sliced });
    await makeChampion(await candidateOf(poor));
    // At LaGuardia it has learned that everything arrives 20 minutes later than it does.
    const { verdict } = await gate(await candidateOf(await fitGateModel(sliced, { recorded: (origin) => (origin === 'LGA' ? 20 : 0) })));
    expect(judged(verdict.checks)).toMatchObject({ 'accuracy-change': 'pass', 'slices.accuracy': 'fail' });
    expect(verdict.checks.find(({ id }) => id === 'slices.accuracy')?.message).toMatch(/origin LGA/);
    expect(verdict.verdict).toBe('fail');
  });
});

describe('robustness', () => {
  const section = (more: Record<string, unknown>) =>
    gateSchema.shape.robustness.unwrap().parse({ attack: { epsilon: 0.3, steps: 3 }, noise: { scale: 0.1 }, missing: { 'most-important': 1 }, 'storm-days': { column: 'weather_severity' }, unseen: { columns: ['carrier'] }, margin: 0.05, severity: 'error', ...more });

  test('is measured for both models and told, and does not stand in the way of a winner', async () => {
    const { gate, candidateOf, makeChampion, context } = scene({ pipeline: await gatePipeline({ robustness: section({}) }) });
    await makeChampion(await candidateOf(poor));
    const { verdict, outputs } = await gate(await candidateOf(good));
    const ids = ['attack.fgsm', 'attack.pgd', 'noise', 'missing.most-important', 'unseen.carrier', 'storm-days'].map((id) => `robustness.${id}`);
    expect(judged(verdict.checks)).toMatchObject(Object.fromEntries(ids.map((id) => [id, 'pass'])));
    const evaluation = await context.artifacts.json(await context.artifacts.read('evaluation', outputs.evaluation), 'evaluation.json');
    expect(evaluation).toMatchObject({ robustness: { rows: 1680, missing: [{ column: 'departure_delay' }, {}, {}, {}, {}] } });
  });

  test('refuses a candidate whose accuracy small lies take away', async () => {
    const { gate, candidateOf } = scene({ pipeline: await gatePipeline({ robustness: section({ attack: { epsilon: 0.3, steps: 3, 'maximum-drop': 0.05 } }) }) });
    const { verdict } = await gate(await candidateOf(good));
    expect(judged(verdict.checks)).toMatchObject({ accuracy: 'pass', 'robustness.attack.fgsm': 'fail', 'robustness.attack.pgd': 'fail' });
    expect(verdict.verdict).toBe('fail');
  });

  test('says so where a champion’s state is not that of its model, and compares the rest', async () => {
    const { gate, candidateOf, makeChampion } = scene({ pipeline: await gatePipeline({ robustness: section({}) }) });
    await makeChampion(await candidateOf({ ...poor, state: good.state }));
    const { verdict } = await gate(await candidateOf(good));
    expect(verdict.checks.find(({ id }) => id === 'robustness.attack.pgd')?.message).toMatch(/champion not compared/);
    expect(verdict.verdict).toBe('pass');
  });
});

describe('the test rows', () => {
  test('that are too few decide nothing', async () => {
    const { gate, candidateOf } = scene({ flights: await written(gateFlights({ seed: 'few', perDay: 10 })) });
    expect((await gate(await candidateOf(good))).verdict.verdict).toBe('inconclusive');
  });

  test.each([['one class alone', 1680, gateFlights({ seed: 'early', label: () => 0 })], ['no row at all', 0, gateFlights({ seed: 'elsewhere', from: 200, days: 1 })]])('of %s decide nothing, with everything asked for', async (_name, rows, table) => {
    const everything = await gatePipeline({ robustness: gateSchema.shape.robustness.unwrap().parse({ attack: { epsilon: 0.1 }, missing: { 'most-important': 1 }, margin: 0.05, severity: 'error' }), holdout: { budget: 3 } });
    const { gate, candidateOf, context } = scene({ pipeline: everything, flights: await written(table) });
    const { verdict, outputs } = await gate(await candidateOf(good));
    expect(verdict.verdict).toBe('inconclusive');
    expect(await context.artifacts.json(await context.artifacts.read('evaluation', outputs.evaluation), 'evaluation.json')).toMatchObject({ rows });
  });

  test('past their budget are asked to be fresh; the same gate again is no further look', async () => {
    const { gate, candidateOf } = scene({ pipeline: await gatePipeline({ holdout: { budget: 1 } }) });
    const first = await candidateOf(good);
    expect((await gate(first)).verdict.verdict).toBe('pass');
    expect((await gate(first)).verdict.verdict).toBe('pass');
    const second = await gate(await candidateOf({ ...good, model: withModelThreshold(good.model, 0.45), threshold: 0.45 }));
    expect(second.verdict.verdict).toBe('inconclusive');
    expect(second.verdict.checks.find(({ id }) => id === 'holdout')).toMatchObject({ value: 2, verdict: 'inconclusive' });
    expect((await gate(first)).verdict.verdict).toBe('pass');
  });
});

describe('a candidate', () => {
  /** The good model with other weights, and a plain sigmoid at its end. */
  function withWeights(weight: number): Pick<FittedDelayNet, 'model' | 'state' | 'threshold'> {
    const { features } = pipeline.definition;
    const { fitted } = good.state;
    const graph = compileFeatureGraph(features, fitted);
    const plan = planNetwork(networkSchema.parse({ layers: [], head: { type: 'sigmoid' } }), { denseWidth: graph.names.length, embeddings: graph.embedded });
    const weights = new Float32Array(parameterLayout(plan).total).fill(weight);
    const model = exportModel({ features, fitted, plan, weights, calibration: { slope: 1, offset: 0 }, label: 'delayed' });
    return { model: withModelThreshold(model, 0.5), state: good.state, threshold: 0.5 };
  }

  test('that answers the same for every row is refused, not an error', async () => {
    const { gate, candidateOf } = scene();
    const { verdict } = await gate(await candidateOf(withWeights(0)));
    expect(verdict.verdict).toBe('fail');
  });

  test('that answers no number is an error, never a verdict', async () => {
    const { gate, candidateOf } = scene();
    await expect(candidateOf(withWeights(Number.NaN)).then((candidate) => gate(candidate))).rejects.toMatchObject({ code: 'model-invalid' });
  });

  test('whose model is not the one its metadata names is an error', async () => {
    const { gate, candidateOf } = scene();
    await expect(candidateOf(good, digestOf('another')).then((candidate) => gate(candidate))).rejects.toMatchObject({ code: 'artifact-corrupt' });
  });

  test('of another pipeline file is undecided', async () => {
    const { gate, candidateOf, context } = scene();
    const candidate = await candidateOf(good);
    const other = { ...context, pipeline: { ...pipeline, digest: digestOf('another pipeline') } };
    expect((await evaluateGate({ candidate, championEnvironment: undefined, signingKey: undefined }, other)).verdict.verdict).toBe('inconclusive');
    expect((await gate(candidate)).verdict.verdict).toBe('pass');
  });
});
