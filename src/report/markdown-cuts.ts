/** How much of a verdict is shown. */
export interface MarkdownCut {
  /** Rows for each check. */
  readonly examples: number;
  /** Charts, and the checks that do not decide. */
  readonly figures: boolean;
  readonly checks: number;
  /** Of one text. */
  readonly characters: number;
  readonly notes: number;
  readonly subjects: number;
  /** What is missing, for people. */
  readonly said?: string;
}

const everything = { examples: 5, figures: true, checks: Number.MAX_SAFE_INTEGER, characters: 2000, notes: Number.MAX_SAFE_INTEGER, subjects: 100 } satisfies MarkdownCut;

/** From everything to what always fits: one escaped character can be twelve, and the last step shows at most some thousand characters. */
export const markdownCuts: readonly MarkdownCut[] = [
  everything,
  { ...everything, examples: 2, said: 'example rows' },
  { ...everything, examples: 0, said: 'example rows' },
  { ...everything, examples: 0, figures: false, said: 'example rows, charts and figures that do not decide' },
  ...[100, 50, 20, 5].map((checks) => ({ examples: 0, figures: false, checks, characters: 300, notes: 10, subjects: 20, said: 'example rows, charts, figures that do not decide, long texts and checks' })),
  { examples: 0, figures: false, checks: 3, characters: 60, notes: 3, subjects: 5, said: 'nearly all: there are many checks, or long texts' },
];
