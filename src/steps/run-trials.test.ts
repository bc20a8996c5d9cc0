import { describe, expect, it } from 'vitest';
import { smallPipeline, trainingContext, writeFlights } from '../../test/builders/training-scene.ts';
import { MemoryArtifactStore } from '../adapters/artifact-store/memory.ts';
import { ArtifactRepository } from '../artifacts/artifact.ts';
import { digestOf } from '../artifacts/digest.ts';
import type { LoadedPipeline } from '../pipeline/load-pipeline.ts';
import { type TuningSection, tuningSchema } from '../pipeline/schema/tuning.ts';
import { Study } from '../tuning/study.ts';
import { applyStudy } from './apply-study.ts';
import { runTrials, type RunTrialsInputs } from './run-trials.ts';

const small = await smallPipeline({ 'maximum-epochs': 2 });
const plain = new MemoryArtifactStore();
const dataset = await writeFlights(new ArtifactRepository(plain));
const inputs: RunTrialsInputs = { dataset, study: 'first', trials: undefined, minutes: undefined, shard: '1/1', run: 'run 1' };

function tuned(section: Partial<Record<keyof TuningSection, unknown>> = {}): LoadedPipeline {
  const tuning = tuningSchema.parse({
    trials: 4,
    sampler: { type: 'tpe', 'startup-trials': 2 },
    parameters: { 'optimizer.learning-rate': { type: 'float', low: 0.0001, high: 0.01, log: true }, 'network.layers.1.units': { type: 'integer', low: 4, high: 32 } },
    ...section,
  });
  return { ...small, definition: { ...small.definition, tuning } };
}

/** A store with the dataset alone. */
const store = (): MemoryArtifactStore => new MemoryArtifactStore(undefined, new Map(plain.objects));

describe('trials of DelayNet', () => {
  it('begin with the pipeline’s own values, and the best is at least as good', async () => {
    const context = trainingContext({ store: store(), pipeline: tuned() });
    const { verdict, outputs } = await runTrials(inputs, context);
    expect(verdict.verdict).toBe('pass');
    expect(verdict.subjects).toEqual({ in: { dataset }, out: { study: 'studies/flight-delay/first' } });
    const gain = verdict.checks.find(({ id }) => id === 'gain')?.value;
    expect(gain).toBeGreaterThanOrEqual(0);
    const values = verdict.charts?.[0]?.series.find(({ name }) => name === 'trial')?.points ?? [];
    expect(values.map(([trial]) => trial)).toEqual([1, 2, 3, 4]);
    expect(Number(outputs['best-value'])).toBe(Math.min(...values.map(([, value]) => value)));
  });

  it('never read a row of the test window', async () => {
    const conditions: string[] = [];
    const context = trainingContext({ store: store(), pipeline: tuned({ trials: 1 }) });
    const { readRows } = context;
    await runTrials(inputs, { ...context, readRows: (paths, request) => (conditions.push(request.where), readRows(paths, request)) });
    expect(conditions).toHaveLength(2);
    for (const condition of conditions) expect(condition).toMatch(/< TIMESTAMP '2013-0[45]-01/);
  });

  it('maximise where the objective is a share, and keep its sign', async () => {
    for (const objective of ['roc-auc', 'pr-auc']) {
      const { verdict, outputs } = await runTrials(inputs, trainingContext({ store: store(), pipeline: tuned({ objective, trials: 3 }) }));
      const values = verdict.charts?.[0]?.series.find(({ name }) => name === 'trial')?.points ?? [];
      expect(Number(outputs['best-value'])).toBe(Math.max(...values.map(([, value]) => value)));
      expect(Number(outputs['best-value'])).toBeGreaterThan(0.5);
    }
  });

  it('learn from rows prepared with their own category-dropout, as a training alone does', async () => {
    const parameters = { 'category-dropout': { type: 'choice', choices: [0, 0.5] } };
    const valueOf = async (share: number, trials: number): Promise<Map<string, number | null>> => {
      const { definition, ...rest } = tuned({ parameters, trials, sampler: { type: 'random' } });
      const shared = store();
      await runTrials(inputs, trainingContext({ store: shared, pipeline: { ...rest, definition: { ...definition, training: { ...definition.training, 'category-dropout': share } } } }));
      const trialsOfStudy = (await (await Study.find(shared, { pipeline: 'flight-delay', study: 'first' }))?.trials()) ?? [];
      return new Map(trialsOfStudy.map(({ claims, end }) => [String(claims[0]?.parameters['category-dropout']), end?.value ?? null]));
    };
    const together = await valueOf(0, 6);
    expect([...together.keys()].sort()).toEqual(['0', '0.5']);
    expect(together.get('0.5')).not.toBe(together.get('0'));
    expect(await valueOf(0.5, 1)).toEqual(new Map([['0.5', together.get('0.5')]]));
  });

  it('agree on a study without being told its name, and two data sets do not share one', async () => {
    const shared = store();
    const other = await writeFlights(new ArtifactRepository(shared), { seed: 'others' });
    const run = async (more: Partial<RunTrialsInputs>): Promise<string> => (await runTrials({ ...inputs, study: undefined, trials: 1, ...more }, trainingContext({ store: shared, pipeline: tuned() }))).outputs.study;
    const name = await run({ shard: '1/2' });
    expect(name).toMatch(/^auto-[0-9a-f]{12}$/);
    expect(await run({ shard: '2/2' })).toBe(name);
    expect(await run({ dataset: other })).not.toBe(name);
  });

  it('join a study of other training only under another name: what differs is named', async () => {
    const shared = store();
    const { definition, ...rest } = tuned({ trials: 1 });
    await runTrials(inputs, trainingContext({ store: shared, pipeline: { definition, ...rest } }));
    const patient = { ...rest, definition: { ...definition, training: { ...definition.training, 'batch-size': 17 } } };
    await expect(runTrials(inputs, trainingContext({ store: shared, pipeline: patient }))).rejects.toMatchObject({ code: 'study-mismatch', message: expect.stringMatching(/what differs: training section$/) as string });
  });

  it('record parameters that no network can bear as failed', async () => {
    const parameters = { 'optimizer.learning-rate': { type: 'choice', choices: [1e30, 1e31] } };
    const { verdict, outputs } = await runTrials(inputs, trainingContext({ store: store(), pipeline: tuned({ parameters, trials: 2 }) }));
    expect(verdict.verdict).toBe('inconclusive');
    expect(verdict.checks.find(({ id }) => id === 'failed-trials')).toMatchObject({ value: 2, verdict: 'fail' });
    expect(outputs['best-value']).toBe('');
  });

  it('need a tuning section, and warm-start from studies that are there', async () => {
    await expect(runTrials(inputs, trainingContext({ store: store(), pipeline: { ...small, definition: { ...small.definition, tuning: undefined } } }))).rejects.toMatchObject({ code: 'input-invalid' });
    const shared = store();
    await expect(runTrials(inputs, trainingContext({ store: shared, pipeline: tuned({ 'warm-start': ['none'] }) }))).rejects.toMatchObject({ code: 'study-missing' });
    await expect(runTrials({ ...inputs, dataset: digestOf('mistyped') }, trainingContext({ store: shared, pipeline: tuned() }))).rejects.toMatchObject({ code: 'artifact-missing' });
    // Corrected, the study may begin with anything: the refusal has written nothing.
    expect(await shared.list('studies/')).toEqual([]);
    await runTrials({ ...inputs, study: 'old', trials: 2 }, trainingContext({ store: shared, pipeline: tuned() }));
    const { outputs } = await runTrials({ ...inputs, study: 'new', trials: 2 }, trainingContext({ store: shared, pipeline: tuned({ 'warm-start': ['old'] }) }));
    expect(outputs.study).toBe('new');
  });
});

describe('a study that is applied', () => {
  it('puts its best parameters into the training, under the digest of the file', async () => {
    const shared = store();
    // The pipeline's own values lie outside, so that whatever is found differs from them.
    const parameters = { 'optimizer.learning-rate': { type: 'float', low: 0.004, high: 0.01, log: true }, 'network.layers.1.units': { type: 'integer', low: 17, high: 32 } };
    const { outputs } = await runTrials(inputs, trainingContext({ store: shared, pipeline: tuned({ parameters, trials: 2 }) }));
    const { context, best } = await applyStudy(trainingContext({ store: shared, pipeline: small }), 'first');
    expect(best.number).toBe(Number(outputs['best-trial']));
    expect(context.pipeline.digest).toBe(small.digest);
    expect(context.pipeline.definition.training.optimizer['learning-rate']).toBe(best.parameters['optimizer.learning-rate']);
    expect(context.pipeline.definition.training.network.layers[1]).toMatchObject({ type: 'dense', units: best.parameters['network.layers.1.units'] });
    const { network, optimizer } = small.definition.training;
    expect({ ...context.pipeline.definition.training, network, optimizer }).toEqual(small.definition.training);
  });

  it('is refused where the file has changed so that it no longer fits, or where there is none', async () => {
    const shared = store();
    await runTrials(inputs, trainingContext({ store: shared, pipeline: tuned({ trials: 1 }) }));
    const shallow = await smallPipeline({ network: { layers: [], head: { type: 'sigmoid' } } });
    await expect(applyStudy(trainingContext({ store: shared, pipeline: shallow }), 'first')).rejects.toMatchObject({ code: 'study-mismatch', message: expect.stringContaining('network.layers.1.units') });
    await expect(applyStudy(trainingContext({ store: shared, pipeline: small }), 'second')).rejects.toMatchObject({ code: 'study-missing' });
  });

  it('is refused where its trials have seen rows of the test window, or nobody knows which', async () => {
    const shared = store();
    const pipeline = tuned({ trials: 1 });
    await runTrials(inputs, trainingContext({ store: shared, pipeline }));
    const known = await Study.find(shared, { pipeline: 'flight-delay', study: 'first' });
    if (known === undefined) throw new Error('no study');
    const { window, ...old } = known.record;
    expect(window?.calibrate).toEqual({ from: '2013-04-01', to: '2013-05-01' });
    const later = { fit: { from: '2013-04-01', to: '2013-05-01' }, calibrate: { from: '2013-05-01', to: '2013-05-20' }, test: { from: '2013-05-20', to: '2013-06-01' } };
    await Study.join(shared, { ...old, study: 'may', window: later });
    await Study.join(shared, { ...old, study: 'old' });
    for (const [study, message] of [['may', 'were judged on rows of 2013-05-01 to 2013-05-20'], ['old', 'does not say on which window']] as const) {
      await expect(applyStudy(trainingContext({ store: shared, pipeline: small }), study)).rejects.toMatchObject({ code: 'study-mismatch', message: expect.stringContaining(message) as string });
      await expect(runTrials({ ...inputs, study: 'next' }, trainingContext({ store: shared, pipeline: tuned({ trials: 1, 'warm-start': [study] }) }))).rejects.toMatchObject({ code: 'study-mismatch' });
    }
  });
});
