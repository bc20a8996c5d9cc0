import type { ModelDescription } from '../model/model-description.ts';

/** How the service decides at this moment: every answer and every line of the prediction log name it. */
export interface OperatingPoint {
  /** sha256:… of the record; `model` for the threshold that the model file carries. */
  readonly id: string;
  /** Probabilities at or above it are decision 1. */
  readonly threshold: number;
  readonly source: 'trailing' | 'validation';
}

/** What holds where no record is mounted: the threshold that training chose on validation rows. */
export const modelOperatingPoint = ({ threshold }: ModelDescription): OperatingPoint => ({ id: 'model', threshold, source: 'validation' });
