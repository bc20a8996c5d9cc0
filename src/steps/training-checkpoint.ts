import { canonicalJson } from '../artifacts/canonical-json.ts';
import { type Digest, digestOf, hexOf } from '../artifacts/digest.ts';
import { parseTrainingState, serializeTrainingState, type TrainingState } from '../delaynet/training-state.ts';
import { UserError } from '../errors.ts';
import type { TrainingWindow } from '../pipeline/training-window.ts';
import type { StepContext } from './step.ts';

export interface CheckpointIdentity {
  readonly dataset: Digest;
  readonly window: TrainingWindow;
  /** Engines agree in quality, not in the last bit. */
  readonly engine: string;
  readonly warmStart: Digest | undefined;
}

export interface TrainingCheckpoint {
  /** What an earlier run of the same training left. */
  readonly resume: TrainingState | undefined;
  save(state: TrainingState): Promise<void>;
  /** The candidate is written: the next run of the same training begins anew, and shows that it comes out the same. */
  close(): Promise<void>;
}

type Context = Pick<StepContext, 'store' | 'pipeline' | 'code' | 'logger'>;

/** One key for one training: everything that decides a weight is in it, so another training never goes on with this one's. */
export function checkpointKey({ dataset, window, engine, warmStart }: CheckpointIdentity, { pipeline, code }: Pick<Context, 'pipeline' | 'code'>): string {
  const { training, features } = pipeline.definition;
  const identity = { schema: 'taxiway/checkpoint/v1', dataset, window, engine, warmStart: warmStart ?? null, pipeline: pipeline.digest, training, features, code };
  return `checkpoints/${hexOf(digestOf(canonicalJson(identity)))}.bin`;
}

/**
 * The state of a training in the store, after every epoch. Losing it costs time and nothing else: whatever is wrong with it is a warning.
 * Two runs of the same training write the same states, so whose write wins does not matter.
 */
export async function openTrainingCheckpoint(identity: CheckpointIdentity, context: Context): Promise<TrainingCheckpoint> {
  const { store, logger } = context;
  const key = checkpointKey(identity, context);
  let tag: string | null = null;
  const write = async (body: Uint8Array): Promise<void> => {
    const written = await orWarn(() => store.replace(key, body, tag), 'is not written', context);
    // Another run of the same training wrote it meanwhile, or the answer to our own write was lost: seen now, replaced next time.
    tag = written ?? (await orWarn(() => store.read(key), 'cannot be read', context))?.etag ?? null;
  };
  const stored = await orWarn(() => store.read(key), 'cannot be read', context);
  tag = stored?.etag ?? null;
  return {
    resume: stored === undefined || stored.body.length === 0 ? undefined : parse(stored.body, key, { store, logger }),
    save: (state) => write(serializeTrainingState(state)),
    close: async () => {
      if (tag !== null) await write(new Uint8Array());
    },
  };
}

function parse(body: Uint8Array, key: string, { store, logger }: Pick<Context, 'store' | 'logger'>): TrainingState | undefined {
  try {
    return parseTrainingState(body);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.warn(`The checkpoint ${store.uri}/${key} is damaged or from another release: training begins anew.`);
    return undefined;
  }
}

/** A store that refuses or does not answer stops the step where it must be written, not here. */
async function orWarn<Answer>(act: () => Promise<Answer>, what: string, { logger }: Pick<Context, 'logger'>): Promise<Answer | undefined> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    logger.warn(`The checkpoint of this training ${what}: ${error.message}`);
    return undefined;
  }
}
