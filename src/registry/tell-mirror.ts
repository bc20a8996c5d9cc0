import { setTimeout } from 'node:timers/promises';
import { UserError } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { MirrorReport, ModelMirror } from '../ports/model-mirror.ts';
import { type MirrorSources, mirrorReader } from './read-mirror-content.ts';

export interface MirrorTold extends MirrorSources {
  /** Undefined where the pipeline has none. */
  readonly mirror?: ModelMirror | undefined;
  readonly logger: Logger;
}

/** Milliseconds. A step does not wait longer for a mirror: the next one brings it up to date. */
const standardBudget = 10_000;
/** A mirror that keeps to its budget has this much more of it to say what held it up. */
const grace = 1.1;

/**
 * Brings the mirror up to date as well as that can be done in ten seconds. Never throws: a mirror decides nothing and holds nobody up.
 * A mirror that pays no heed to its budget is left behind, as is a store that takes longer to read.
 * @returns notes for the verdict; empty where the mirror agrees, or where there is none
 */
export async function tellMirror(context: MirrorTold, { budget = standardBudget }: { readonly budget?: number } = {}): Promise<readonly string[]> {
  const { mirror, logger } = context;
  if (mirror === undefined) return [];
  try {
    const { changes, notes } = await logger.group(`Mirror ${mirror.name}`, () => inTime(mirror, mirrorReader(context), budget));
    logger.info(`${mirror.name} shows the registry${changes === 0 ? ' as it did' : `: ${changes} ${changes === 1 ? 'call' : 'calls'}`}`);
    for (const note of notes) logger.warn(note);
    return [];
  } catch (error) {
    const reason = error instanceof UserError || error instanceof Error ? error.message : String(error);
    logger.warn(`${mirror.name} is behind the registry: ${reason}`);
    return [`The mirror ${mirror.name} is behind the registry, which alone decides; the next sync brings it up to date (${reason}).`];
  }
}

async function inTime(mirror: ModelMirror, read: ReturnType<typeof mirrorReader>, budget: number): Promise<MirrorReport> {
  const ended = new AbortController();
  const longest = grace * budget;
  const late = setTimeout(longest, undefined, { signal: ended.signal }).then(() => {
    throw new Error(`it is not done after ${longest / 1000} s`);
  });
  // Of the two, one is always left behind.
  late.catch(() => undefined);
  // What it has begun may end; it begins nothing more.
  const readInTime = async (): ReturnType<typeof read> => (ended.signal.aborted ? Promise.reject(new Error('the step has gone on')) : read());
  try {
    return await Promise.race([mirror.sync(readInTime, { budget, signal: ended.signal }), late]);
  } finally {
    ended.abort();
  }
}
