import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import { createRandom } from '../statistics/random.ts';
import { createPruner } from './pruner.ts';
import { createSampler, type SeenTrial } from './sampler.ts';
import { isInSpace, type ParameterValues } from './search-space.ts';
import { lossOf, seenTrials } from './seen-trials.ts';
import type { Study } from './study.ts';
import type { Trial, TrialClaim } from './study-records.ts';

/** A worker of whom nothing was heard for so long (milliseconds) is taken for dead, and another may repeat its trial. */
export const silenceOfTheDead = 3_600_000;
/** A trial that so many workers left in silence is given up: it may be what kills them. What a worker comes back to itself was only interrupted, and costs nothing. */
export const maximumAttempts = 3;

export interface TrialRun {
  readonly trial: number;
  /** Tells the objective's value after an epoch; the answer is whether to go on. */
  report(epoch: number, value: number): Promise<'go on' | 'stop'>;
}

/** Measures one point. The value is that of the epoch whose weights would ship. */
export type TrialObjective = (parameters: ParameterValues, run: TrialRun) => Promise<{ readonly value: number; readonly epochs: number }>;

export interface RunStudyOptions {
  readonly study: Study;
  /** This worker's name within its run: two that run at once need two. A worker that comes back under its name, in its run, repeats at once what it left unfinished. */
  readonly shard: string;
  /** What tells this run's shards from those of another that may be alive. */
  readonly run: string;
  readonly trials: number;
  /** No trial is begun at or after this moment: milliseconds since the Unix epoch. */
  readonly until: number | undefined;
  readonly objective: TrialObjective;
  /** Trials of earlier studies of the same space. */
  readonly earlier: readonly (readonly SeenTrial[])[];
  /** What is tried first: the pipeline's own values. */
  readonly present: ParameterValues | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Runs trials until the study has as many as it may, or the time is over. Any number of workers may run the same study at once. With one
 * worker the study is deterministic, wherever it was killed and begun again: what trial n tries depends on the seed, n and the trials
 * that had ended; and those that a dead worker left are repeated with the values they were claimed with.
 * @returns how many trials this worker ended
 */
export async function runStudy(options: RunStudyOptions): Promise<number> {
  let ended = 0;
  while (options.until === undefined || options.clock.now() < options.until) {
    const next = await claimNext(options);
    if (next === 'none') break;
    if (next === 'again') continue;
    await runTrial(next, options);
    ended += 1;
  }
  return ended;
}

async function claimNext(options: RunStudyOptions): Promise<TrialClaim | 'again' | 'none'> {
  const { study, shard, run, clock, logger } = options;
  const trials = await study.trials();
  const left = trials.find((trial) => trial.end === undefined && isLeft(trial, options));
  const at = new Date(clock.now()).toISOString();
  const last = left?.claims.at(-1);
  if (left !== undefined && last !== undefined) {
    if (diedAttempts(left, options) >= maximumAttempts) {
      // What was listed may be of a while ago, and an end is for good: its worker may have been heard of since.
      const present = (await study.trials()).find(({ number }) => number === left.number);
      if (present === undefined || present.end !== undefined || !isLeft(present, options)) return 'again';
      logger.warn(`Trial ${left.number} is given up: ${maximumAttempts} workers fell silent at it.`);
      await study.end(left.number, { schema: 'taxiway/trial-end/v1', state: 'failed', value: null, epochs: left.reports.length, shard, reason: `${maximumAttempts} workers fell silent at it`, at });
      return 'again';
    }
    logger.info(`Trial ${left.number} was left unfinished by shard ${last.shard}: it is run again.`);
    const claim = { ...last, attempt: last.attempt + 1, shard, run, at };
    return (await study.claim(claim)) ? claim : 'again';
  }
  const number = (trials.at(-1)?.number ?? 0) + 1;
  if (number > options.trials) return 'none';
  const claim: TrialClaim = { schema: 'taxiway/trial-claim/v1', trial: number, attempt: 1, shard, run, at, ...chooseParameters(number, trials, options) };
  return (await study.claim(claim)) ? claim : 'again';
}

/** Its worker is this one, come back; or it has been silent for too long. */
function isLeft({ claims, heard }: Trial, { shard, run, clock }: RunStudyOptions): boolean {
  const last = claims.at(-1);
  if (last === undefined) return false;
  return (last.shard === shard && last.run === run) || clock.now() - heard > silenceOfTheDead;
}

/** Attempts that nobody came back to: another worker took over after their silence, or may now. */
function diedAttempts({ claims }: Trial, worker: RunStudyOptions): number {
  return claims.filter((claim, index) => {
    const next = claims[index + 1] ?? worker;
    return claim.shard !== next.shard || claim.run !== next.run;
  }).length;
}

function chooseParameters(number: number, trials: readonly Trial[], { study, earlier, present }: RunStudyOptions): Pick<TrialClaim, 'parameters' | 'source'> {
  const { space, sampler, seed, objective } = study.record;
  if (number === 1 && present !== undefined && isInSpace(present, space)) return { parameters: present, source: 'present' };
  const suggest = createSampler(sampler, space);
  return { parameters: suggest({ trials: seenTrials(trials, objective), earlier, random: createRandom(`${seed}/trial/${number}`) }), source: 'sampler' };
}

async function runTrial(claim: TrialClaim, { study, shard, objective, clock, logger }: RunStudyOptions): Promise<void> {
  const { trial, parameters } = claim;
  const { record } = study;
  const prune = createPruner(record.pruner);
  const losses: number[] = [];
  const stopped = new Set<'pruned'>();
  const now = (): string => new Date(clock.now()).toISOString();
  logger.info(`Trial ${trial}: ${Object.entries(parameters).map(([name, value]) => `${name} ${typeof value === 'number' ? Number(value.toPrecision(4)) : value}`).join(', ')}`);
  const { value, epochs } = await objective(parameters, {
    trial,
    report: async (epoch, reported) => {
      losses.push(lossOf(record.objective, reported));
      await study.report(claim, { schema: 'taxiway/trial-epoch/v1', epoch, value: finite(reported), at: now() });
      if (!Number.isFinite(reported)) return 'stop';
      const others = seenTrials(await study.trials(), record.objective).filter(({ number }) => number !== trial);
      if (prune({ losses, others })) stopped.add('pruned');
      return stopped.has('pruned') ? 'stop' : 'go on';
    },
  });
  const state = !Number.isFinite(value) ? 'failed' : stopped.has('pruned') ? 'pruned' : 'complete';
  await study.end(trial, { schema: 'taxiway/trial-end/v1', state, value: finite(value), epochs, shard, ...(state === 'failed' ? { reason: 'the objective was no finite number' } : {}), at: now() });
  logger.info(`Trial ${trial} is ${state} after ${epochs} epochs: ${record.objective} ${value.toFixed(5)}`);
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
