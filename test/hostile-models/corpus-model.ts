/** One hostile or broken model, and the only right outcome. */
export interface CorpusModel {
  readonly name: string;
  /** @param folder where it will lie, with the files that outside-corpus.ts names beside it */
  make(folder: string): Uint8Array;
  /** What the refusal must say; `answers` where the model does no harm and answers with probabilities. */
  readonly outcome: RegExp | 'answers';
}

export const model = (name: string, outcome: CorpusModel['outcome'], make: (folder: string) => Uint8Array): CorpusModel => ({ name, outcome, make });
