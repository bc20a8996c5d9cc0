import type { Answers } from '../answers.ts';
import type { ModelScorer } from '../model-scorer.ts';
import type { OpenedWhiteBox } from './white-box.ts';

/** A model whose rows are disturbed. */
export interface TestedModel {
  /** On all test rows, undisturbed. */
  readonly answers: Answers;
  readonly scorer: ModelScorer;
  /** Columns it reads. */
  readonly columns: readonly string[];
  readonly whiteBox: OpenedWhiteBox;
}
