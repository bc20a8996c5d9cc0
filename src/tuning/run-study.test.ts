import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemoryArtifactStore, type StoreInterceptor } from '../adapters/artifact-store/memory.ts';
import { digestOf } from '../artifacts/digest.ts';
import { silentLogger } from '../ports/logger.ts';
import { bestTrial, readBestTrial } from './best-trial.ts';
import { maximumAttempts, runStudy, type RunStudyOptions, silenceOfTheDead, type TrialObjective } from './run-study.ts';
import type { ParameterValues } from './search-space.ts';
import { Study } from './study.ts';
import type { StudyRecord, Trial } from './study-records.ts';

const record: StudyRecord = {
  schema: 'taxiway/study/v1',
  pipeline: 'flight-delay',
  study: 'test',
  pipelineDigest: digestOf('pipeline'),
  dataset: digestOf('dataset'),
  basis: digestOf('basis'),
  seed: 1,
  objective: 'log-loss',
  sampler: { type: 'tpe', 'startup-trials': 4, candidates: 8 },
  pruner: { type: 'median', 'startup-trials': 2, 'warm-up-epochs': 0 },
  space: { x: { type: 'float', low: -1, high: 1, log: false }, kind: { type: 'choice', choices: ['a', 'b'] } },
};
const start = Date.parse('2013-06-01T00:00:00Z');

/** Three epochs, each a little better. */
const bowl: TrialObjective = async ({ x, kind }, run) => {
  const loss = (epoch: number): number => (Number(x) - 0.3) ** 2 + (kind === 'a' ? 0 : 0.5) + 1 / epoch;
  for (let epoch = 1; epoch <= 3; epoch += 1) if ((await run.report(epoch, loss(epoch))) === 'stop') return { value: loss(epoch), epochs: epoch };
  return { value: loss(3), epochs: 3 };
};

interface Worker extends Partial<Omit<RunStudyOptions, 'study'>> {
  readonly objects: Map<string, Uint8Array>;
  readonly intercept?: StoreInterceptor;
  readonly about?: StudyRecord;
}

async function work({ objects, intercept, about = record, ...options }: Worker): Promise<number> {
  const study = await Study.join(new MemoryArtifactStore(intercept, objects), about);
  return runStudy({ study, shard: '1/1', run: 'run 1', trials: 10, until: undefined, objective: bowl, earlier: [], present: undefined, clock: { now: () => start, sleep: async () => undefined }, logger: silentLogger, ...options });
}

async function trialsOf(objects: Map<string, Uint8Array>): Promise<Trial[]> {
  const study = await Study.find(new MemoryArtifactStore(undefined, objects), record);
  return (await study?.trials()) ?? [];
}

/** What a study found, but for who ran what when. */
const outcome = (trials: readonly Trial[]) => trials.map(({ number, claims, reports, end }) => ({ number, parameters: claims[0]?.parameters, values: reports.map(({ value }) => value), state: end?.state, value: end?.value }));

describe('a study with one worker', () => {
  it('is the same whenever it is run', async () => {
    const [first, second] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
    expect(await work({ objects: first })).toBe(10);
    await work({ objects: second });
    expect(outcome(await trialsOf(second))).toEqual(outcome(await trialsOf(first)));
    expect(new Set((await trialsOf(first)).map(({ end }) => end?.state))).toEqual(new Set(['complete', 'pruned']));
  });

  it('killed at any call to the store, done or not, and begun again comes to the same', async () => {
    const whole = new Map<string, Uint8Array>();
    let calls = 0;
    await work({ objects: whole, trials: 5, intercept: () => void (calls += 1) });
    const expected = outcome(await trialsOf(whole));
    for (let killed = 1; killed <= calls; killed += 1) {
      const objects = new Map<string, Uint8Array>();
      let call = 0;
      const intercept: StoreInterceptor = () => {
        call += 1;
        if (call === killed) throw new Error('killed');
      };
      await expect(work({ objects, trials: 5, intercept })).rejects.toThrow('killed');
      await work({ objects, trials: 5 });
      expect(outcome(await trialsOf(objects)), `killed at call ${killed}`).toEqual(expected);
    }
  });

  it('goes on where it ended when more trials are allowed', async () => {
    const [parts, whole] = [new Map<string, Uint8Array>(), new Map<string, Uint8Array>()];
    await work({ objects: parts, trials: 3 });
    expect(await work({ objects: parts, trials: 8 })).toBe(5);
    await work({ objects: whole, trials: 8 });
    expect(outcome(await trialsOf(parts))).toEqual(outcome(await trialsOf(whole)));
    expect(await work({ objects: parts, trials: 8 })).toBe(0);
  });

  it('tries what the pipeline says first, where that lies in the space', async () => {
    const objects = new Map<string, Uint8Array>();
    await work({ objects, trials: 2, present: { x: 0.25, kind: 'a' } });
    expect((await trialsOf(objects)).map(({ claims }) => claims[0]?.source)).toEqual(['present', 'sampler']);
    const outside = new Map<string, Uint8Array>();
    await work({ objects: outside, trials: 1, present: { x: 2, kind: 'a' } });
    expect((await trialsOf(outside))[0]?.claims[0]?.source).toBe('sampler');
  });

  it('begins no trial when the time is over', async () => {
    const objects = new Map<string, Uint8Array>();
    let time = start;
    const objective: TrialObjective = async (parameters, run) => {
      time += 60_000;
      return bowl(parameters, run);
    };
    expect(await work({ objects, until: start + 150_000, objective, clock: { now: () => time, sleep: async () => undefined } })).toBe(3);
  });

  it('records a value that is no number as a failed trial and goes on', async () => {
    const objects = new Map<string, Uint8Array>();
    const objective: TrialObjective = async (parameters, run) => (run.trial === 2 ? { value: (await run.report(1, Number.NaN), Number.NaN), epochs: 1 } : bowl(parameters, run));
    expect(await work({ objects, trials: 4, objective })).toBe(4);
    const trials = await trialsOf(objects);
    expect(trials[1]?.end).toMatchObject({ state: 'failed', value: null });
    expect(bestTrial(trials, 'log-loss')?.number).not.toBe(2);
  });
});

describe('workers at one study', () => {
  it('run every trial once, twenty of them with their steps in every order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const objects = new Map<string, Uint8Array>();
        const run: number[] = [];
        const objective: TrialObjective = async (parameters: ParameterValues, { trial }) => {
          run.push(trial);
          return { value: Number(parameters['x']), epochs: 0 };
        };
        const workers = Array.from({ length: 20 }, (_, index) =>
          work({ objects, shard: `${index + 1}/20`, trials: 12, objective, intercept: async ({ operation, phase }) => {
            await scheduler.schedule(Promise.resolve(), `${phase} ${operation}`);
          } }),
        );
        const ended = await scheduler.waitFor(Promise.all(workers));
        expect(run.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
        expect(ended.reduce((sum, count) => sum + count, 0)).toBe(12);
      }),
      { numRuns: 5 },
    );
  });

  it('repeat what a worker left only when it has been silent for an hour, with the values it had', async () => {
    const objects = new Map<string, Uint8Array>();
    const dies: TrialObjective = async (_, { report }) => {
      await report(1, 0.5);
      throw new Error('killed');
    };
    await expect(work({ objects, shard: '1/2', trials: 1, objective: dies })).rejects.toThrow('killed');
    const later = (now: number) => work({ objects, shard: '2/2', trials: 1, clock: { now: () => now, sleep: async () => undefined } });
    expect(await later(start + silenceOfTheDead)).toBe(0);
    expect(await later(start + silenceOfTheDead + 1)).toBe(1);
    const [trial] = await trialsOf(objects);
    expect(trial?.claims.map(({ shard, attempt }) => [shard, attempt])).toEqual([
      ['1/2', 1],
      ['2/2', 2],
    ]);
    expect(trial?.claims[1]?.parameters).toEqual(trial?.claims[0]?.parameters);
    // What the dead worker said stays.
    expect(trial?.reports[0]?.value).toBe(0.5);
  });

  it('of two runs with one shard name leave each other’s living trials alone', async () => {
    const objects = new Map<string, Uint8Array>();
    const trialsRun: string[] = [];
    const inOtherRun: TrialObjective = async (parameters, run) => {
      trialsRun.push(`other ${run.trial}`);
      return bowl(parameters, run);
    };
    const first: TrialObjective = async (parameters, run) => {
      trialsRun.push(`first ${run.trial}`);
      if (run.trial === 1) await work({ objects, run: 'run 2', trials: 3, objective: inOtherRun });
      return bowl(parameters, run);
    };
    await work({ objects, trials: 3, objective: first });
    expect(trialsRun).toEqual(['first 1', 'other 2', 'other 3']);
    expect((await trialsOf(objects)).map(({ claims }) => claims.length)).toEqual([1, 1, 1]);
  });

  it('leave alone a trial that is repeated, as long as its new worker is heard of', async () => {
    const objects = new Map<string, Uint8Array>();
    const dies: TrialObjective = async (_, { report }) => {
      for (let epoch = 1; epoch <= 3; epoch += 1) await report(epoch, 1 / epoch);
      throw new Error('killed');
    };
    let time = start;
    const clock = { now: () => time, sleep: async () => undefined };
    await expect(work({ objects, shard: '1/3', trials: 1, objective: dies, clock })).rejects.toThrow('killed');
    time += silenceOfTheDead + 1;
    const slow: TrialObjective = async (_, { report }) => {
      for (let epoch = 1; epoch <= 3; epoch += 1) {
        time += silenceOfTheDead - 60_000;
        await report(epoch, 1 / epoch);
        // More than an hour after its claim, and after all that the dead one said.
        expect(await work({ objects, shard: '3/3', trials: 1, clock })).toBe(0);
      }
      return { value: 1 / 3, epochs: 3 };
    };
    expect(await work({ objects, shard: '2/3', trials: 1, objective: slow, clock })).toBe(1);
    const [trial] = await trialsOf(objects);
    expect(trial?.claims.map(({ shard }) => shard)).toEqual(['1/3', '2/3']);
    expect(trial?.reports.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(trial?.end).toMatchObject({ state: 'complete', shard: '2/3' });
  });

  it('do not give up a trial whose last worker was heard of since they looked', async () => {
    const objects = new Map<string, Uint8Array>();
    let time = start;
    const clock = { now: () => time, sleep: async () => undefined };
    const dies: TrialObjective = async () => {
      throw new Error('killed');
    };
    for (let attempt = 1; attempt <= maximumAttempts; attempt += 1) {
      await expect(work({ objects, shard: '1/2', run: `run ${attempt}`, trials: 1, objective: dies, clock })).rejects.toThrow('killed');
      time += silenceOfTheDead + 1;
    }
    const living = await Study.find(new MemoryArtifactStore(undefined, objects), record);
    let listed = 0;
    const intercept: StoreInterceptor = async ({ operation, phase }) => {
      if (operation !== 'list' || phase !== 'after') return;
      listed += 1;
      if (listed === 1) await living?.report({ trial: 1, attempt: maximumAttempts }, { schema: 'taxiway/trial-epoch/v1', epoch: 1, value: 0.5, at: new Date(time).toISOString() });
    };
    expect(await work({ objects, shard: '2/2', trials: 1, clock, intercept })).toBe(0);
    expect((await trialsOf(objects))[0]?.end).toBeUndefined();
    time += silenceOfTheDead + 1;
    await work({ objects, shard: '2/2', trials: 1, clock });
    expect((await trialsOf(objects))[0]?.end).toMatchObject({ state: 'failed' });
  });

  it('give up a trial that kills its workers, and go on', async () => {
    const objects = new Map<string, Uint8Array>();
    const objective: TrialObjective = async (parameters, run) => {
      if (run.trial === 1) throw new Error('out of memory');
      return bowl(parameters, run);
    };
    let time = start;
    const clock = { now: () => time, sleep: async () => undefined };
    for (let attempt = 1; attempt <= maximumAttempts; attempt += 1) {
      await expect(work({ objects, run: `run ${attempt}`, trials: 3, objective, clock })).rejects.toThrow('out of memory');
      time += silenceOfTheDead + 1;
    }
    expect(await work({ objects, run: 'another run', trials: 3, objective, clock })).toBe(2);
    expect((await trialsOf(objects))[0]?.end).toMatchObject({ state: 'failed', reason: '3 workers fell silent at it' });
  });

  it('may be interrupted as often as one likes: a trial that its own worker comes back to is not given up', async () => {
    const objects = new Map<string, Uint8Array>();
    const interrupted: TrialObjective = async () => {
      throw new Error('SIGINT');
    };
    for (let cut = 1; cut <= maximumAttempts + 2; cut += 1) await expect(work({ objects, trials: 1, objective: interrupted })).rejects.toThrow('SIGINT');
    expect(await work({ objects, trials: 1 })).toBe(1);
    expect((await trialsOf(objects))[0]).toMatchObject({ claims: { length: maximumAttempts + 3 }, end: { state: 'complete' } });
  });
});

describe('a study in the store', () => {
  it('is not joined with other data, another space or another seed; what differs is named', async () => {
    const objects = new Map<string, Uint8Array>();
    await work({ objects, trials: 1 });
    await expect(work({ objects, about: { ...record, dataset: digestOf('other') } })).rejects.toMatchObject({ code: 'study-mismatch', message: expect.stringContaining('what differs: dataset') });
    await expect(work({ objects, about: { ...record, seed: 2, space: {} } })).rejects.toMatchObject({ code: 'study-mismatch', message: expect.stringContaining('what differs: seed, search space') });
    await expect(work({ objects, about: { ...record, pipelineDigest: digestOf('a comment') }, trials: 1 })).resolves.toBe(0);
  });

  it('whose record was changed is refused', async () => {
    const objects = new Map<string, Uint8Array>();
    await work({ objects, trials: 1 });
    for (const [key, body] of objects) {
      const flipped = Uint8Array.from(body);
      const middle = flipped.length >> 1;
      flipped[middle] = (flipped[middle] ?? 0) ^ 1;
      const broken = new Map(objects).set(key, flipped);
      await expect(work({ objects: broken, trials: 2 }), key).rejects.toMatchObject({ code: 'study-corrupt' });
    }
  });

  it('tells its best trial, or that there is none', async () => {
    const objects = new Map<string, Uint8Array>();
    const store = new MemoryArtifactStore(undefined, objects);
    await expect(readBestTrial(store, record)).rejects.toMatchObject({ code: 'study-missing' });
    await work({ objects });
    const values = (await trialsOf(objects)).flatMap(({ end }) => (end?.state === 'complete' ? (end.value ?? []) : []));
    expect((await readBestTrial(store, record)).value).toBe(Math.min(...values));
  });
});
