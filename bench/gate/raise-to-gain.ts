import type { Random } from '../../src/statistics/random.ts';

export interface RaiseOptions {
  readonly labels: Uint8Array;
  readonly champion: Uint8Array;
  /** An equal's decisions: where its errors lie is kept but for the rows that are turned. */
  readonly equal: Uint8Array;
  /** Gains over the champion on all rows, as shares. */
  readonly accuracy: number;
  readonly recall: number;
  readonly random: Random;
}

/**
 * Decisions whose true gain over the champion, on all rows of the pool, is the one asked: as many wrong decisions of an equal as it takes are turned right, rows drawn at random without regard
 * to day or score; where the equal is better than asked already, right ones are turned wrong. First positive rows until recall fits, then negative rows until accuracy does.
 * Undefined where there are not enough rows to turn.
 */
export function raiseToGain({ labels, champion, equal, accuracy, recall, random }: RaiseOptions): Uint8Array | undefined {
  const decisions = Uint8Array.from(equal);
  const rows = labels.length;
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const right = (of: Uint8Array): number => of.reduce((sum, decision, row) => sum + (decision === labels[row] ? 1 : 0), 0);
  const hits = (of: Uint8Array): number => of.reduce((sum, decision, row) => sum + decision * (labels[row] ?? 0), 0);
  const turn = (label: 0 | 1, number: number): boolean => {
    // Positive number: from wrong to right; negative: from right to wrong.
    const from = number > 0 ? 1 - label : label;
    const open = [...decisions.keys()].filter((row) => labels[row] === label && decisions[row] === from);
    if (open.length < Math.abs(number)) return false;
    for (let turned = 0; turned < Math.abs(number); turned++) {
      const pick = turned + random.integer(open.length - turned);
      const row = open[pick] ?? 0;
      open[pick] = open[turned] ?? 0;
      decisions[row] = 1 - from;
    }
    return true;
  };
  if (!turn(1, Math.round(hits(champion) + recall * positives) - hits(decisions))) return undefined;
  if (!turn(0, Math.round(right(champion) + accuracy * rows) - right(decisions))) return undefined;
  return decisions;
}
