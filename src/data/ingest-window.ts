import { UserError } from '../errors.ts';
import { type LoadedPipeline, loadTrainingWindow } from '../pipeline/load-pipeline.ts';
import { dayStart } from '../pipeline/training-window.ts';

export interface WindowInputs {
  /** Milliseconds since the Unix epoch, half-open; default: start of the fit rows to end of the test rows of the training window. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** Milliseconds: the whole UTC days of this length before as-of. Not together with from or to. */
  readonly last?: number | undefined;
}

const day = 86_400_000;

/** @throws UserError input-invalid, window-empty */
export async function chooseIngestWindow({ from, to, last }: WindowInputs, pipeline: LoadedPipeline, asOf: number): Promise<{ from: number; to: number }> {
  if (last !== undefined) return lastDays({ from, to, last }, asOf);
  const training = from === undefined || to === undefined ? await loadTrainingWindow(pipeline) : undefined;
  const chosen = { from: from ?? dayStart(training?.fit.from ?? ''), to: to ?? dayStart(training?.test.to ?? '') };
  if (chosen.from < chosen.to) return chosen;
  throw new UserError('window-empty', `the window ${isoTime(chosen.from)} to ${isoTime(chosen.to)} is empty`, { hint: 'Pass a `from` before `to`; the end is exclusive.' });
}

function lastDays({ from, to, last }: WindowInputs & { last: number }, asOf: number): { from: number; to: number } {
  if (from !== undefined || to !== undefined) {
    throw new UserError('input-invalid', '`last` and `from` or `to` are both given; a window is the one or the other', { hint: 'Leave out `last`, or leave out `from` and `to`.' });
  }
  if (last % day !== 0 || last === 0) {
    throw new UserError('input-invalid', `\`last\` is ${last / day} days; it is a number of whole days`, { hint: 'Write e.g. 7d.' });
  }
  const end = Math.floor(asOf / day) * day;
  return { from: end - last, to: end };
}

/** ISO 8601 in UTC, whole seconds without a fraction. */
export function isoTime(time: number): string {
  return new Date(time).toISOString().replace('.000Z', 'Z');
}
