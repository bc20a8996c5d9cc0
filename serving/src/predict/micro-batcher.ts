import type { EncodedRows, Scorer } from '../model/scorer.ts';
import { RequestError } from '../request-error.ts';

interface Waiting {
  readonly rows: EncodedRows;
  readonly resolve: (probabilities: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchLimits {
  /** Rows in one run; a larger request runs alone. */
  readonly maximumBatchRows: number;
  /** Rows that may wait. A request that finds the queue empty is always taken. */
  readonly maximumQueuedRows: number;
  readonly onBatch?: (rows: number) => void;
}

function joined(batch: readonly Waiting[], count: number): EncodedRows {
  const [first] = batch;
  if (first && batch.length === 1) return first.rows;
  const width = first ? first.rows.numbers.length / first.rows.count : 0;
  const numbers = new Float32Array(count * width);
  const strings: string[] = [];
  let offset = 0;
  for (const { rows } of batch) {
    numbers.set(rows.numbers, offset);
    offset += rows.numbers.length;
    for (const text of rows.strings) strings.push(text);
  }
  return { count, numbers, strings };
}

/**
 * Puts requests that arrive while the model runs into its next run. There is no timer: a lone request never waits for company,
 * and the busier the service, the larger its batches.
 */
export class MicroBatcher implements Scorer {
  readonly #scorer: Scorer;
  readonly #limits: BatchLimits;
  #waiting: Waiting[] = [];
  #queuedRows = 0;
  #running = false;

  constructor(scorer: Scorer, limits: BatchLimits) {
    this.#scorer = scorer;
    this.#limits = limits;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  /** @throws RequestError `overloaded` where the queue is full. */
  async score(rows: EncodedRows): Promise<Float32Array> {
    if (this.#queuedRows > 0 && this.#queuedRows + rows.count > this.#limits.maximumQueuedRows) {
      throw new RequestError('overloaded', `${this.#queuedRows} rows are waiting, which is as many as this service holds; try again in a second.`);
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, resolve, reject });
      this.#queuedRows += rows.count;
      if (this.#running) return;
      this.#running = true;
      // After every socket that is readable now has been read: their requests join the first run.
      setImmediate(() => void this.#drain());
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) await this.#runOnce();
    this.#running = false;
  }

  async #runOnce(): Promise<void> {
    let count = 0;
    let taken = 0;
    for (const { rows } of this.#waiting) {
      if (taken > 0 && count + rows.count > this.#limits.maximumBatchRows) break;
      count += rows.count;
      taken += 1;
    }
    const batch = this.#waiting.splice(0, taken);
    this.#queuedRows -= count;
    this.#limits.onBatch?.(count);
    try {
      const probabilities = await this.#scorer.score(joined(batch, count));
      let offset = 0;
      for (const { rows, resolve } of batch) {
        resolve(probabilities.subarray(offset, offset + rows.count));
        offset += rows.count;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
