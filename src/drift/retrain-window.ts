import { isMap, isScalar, parseDocument } from 'yaml';
import { UserError } from '../errors.ts';
import type { RetrainSection } from '../pipeline/schema/drift.ts';
import { dayOf, type DayRange, type TrainingWindow, trainingWindowSchema } from '../pipeline/training-window.ts';

/**
 * The window of the next challenger: tested on the last labelled days, its threshold chosen on the days before, fitted on everything from the present start on
 * (short windows forget: measured, they are worse).
 * Undefined where there are too few labelled days.
 * @param labelledUntil UTC midnight up to which labels are complete
 */
export function nextTrainingWindow(current: TrainingWindow, labelledUntil: number, retrain: RetrainSection): TrainingWindow | undefined {
  const testFrom = labelledUntil - retrain.test;
  const calibrateFrom = testFrom - retrain.calibrate;
  const window = trainingWindowSchema.safeParse({
    fit: { from: current.fit.from, to: dayOf(calibrateFrom) },
    calibrate: { from: dayOf(calibrateFrom), to: dayOf(testFrom) },
    test: { from: dayOf(testFrom), to: dayOf(labelledUntil) },
  });
  // A model that has hardly lived has no days left to fit on.
  return window.success ? window.data : undefined;
}

/** The file with the window's days replaced and everything else (comments, order, style) as it was. @throws UserError pipeline-invalid */
export function editTrainingWindow(text: string, window: TrainingWindow, path: string): string {
  const document = parseDocument(text);
  for (const [name, range] of Object.entries(window) as [keyof TrainingWindow, DayRange][]) {
    const node = document.get(name);
    for (const end of ['from', 'to'] as const) {
      const scalar = isMap(node) ? node.get(end, true) : undefined;
      if (!isScalar(scalar)) {
        throw new UserError('pipeline-invalid', `${path} has no ${name}.${end}`, { hint: 'Write the three ranges fit, calibrate and test, each with from and to.' });
      }
      scalar.value = range[end];
      // Else the library would print the old source text.
      delete scalar.source;
    }
  }
  return document.toString({ lineWidth: 0 });
}
