import { UserError } from '../errors.ts';
import type { Logger } from '../ports/logger.ts';
import type { ModelMirror } from '../ports/model-mirror.ts';
import { type MirrorSources, mirrorReader } from './read-mirror-content.ts';

export interface MirrorTold extends MirrorSources {
  /** Undefined where the pipeline has none. */
  readonly mirror?: ModelMirror | undefined;
  readonly logger: Logger;
}

/** Milliseconds. A step does not wait longer for a mirror: the next one brings it up to date. */
const budget = 10_000;

/**
 * Brings the mirror up to date as well as that can be done in ten seconds. Never throws: a mirror decides nothing and holds nobody up.
 * @returns notes for the verdict; empty where the mirror agrees, or where there is none
 */
export async function tellMirror(context: MirrorTold): Promise<readonly string[]> {
  const { mirror, logger } = context;
  if (mirror === undefined) return [];
  try {
    const { changes, notes } = await logger.group(`Mirror ${mirror.name}`, () => mirror.sync(mirrorReader(context), { budget }));
    logger.info(`${mirror.name} shows the registry${changes === 0 ? ' as it did' : `: ${changes} ${changes === 1 ? 'call' : 'calls'}`}`);
    for (const note of notes) logger.warn(note);
    return [];
  } catch (error) {
    const reason = error instanceof UserError || error instanceof Error ? error.message : String(error);
    logger.warn(`${mirror.name} is behind the registry: ${reason}`);
    return [`The mirror ${mirror.name} is behind the registry, which alone decides; the next sync brings it up to date (${reason}).`];
  }
}
