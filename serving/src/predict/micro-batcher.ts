import type { EncodedRows, Scorer } from '../model/scorer.ts';
import { RequestError } from '../request-error.ts';
import { joinedRows } from './joined-rows.ts';
import type { RequestDeadline } from './request-deadline.ts';

interface Waiting {
  readonly rows: EncodedRows;
  readonly deadline: RequestDeadline | undefined;
  readonly resolve: (probabilities: Float32Array) => void;
  readonly reject: (error: unknown) => void;
}

export interface BatchLimits {
  /** Rows in one run; a larger request runs alone. */
  readonly maximumBatchRows: number;
  /** Rows that may wait. A request that finds the queue empty is always taken. */
  readonly maximumQueuedRows: number;
  readonly onBatch?: (rows: number, requests: number) => void;
}

/** Turns of the event loop: where each brings one row, the first would else wait for a whole run of them, some hundred milliseconds. */
const longestGathering = 64;

/**
 * Puts requests that arrive while the model runs into its next run. There is no timer: a lone request never waits for company,
 * and the busier the service, the larger its batches. Rows whose deadline has passed or whose caller has gone are not run.
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

  get maximumBatchRows(): number {
    return this.#limits.maximumBatchRows;
  }

  get queuedRows(): number {
    return this.#queuedRows;
  }

  /**
   * @throws RequestError `overloaded` where the queue is full, `deadline-exceeded` and `client-closed` where the rows were not worth
   * running any more.
   */
  async score(rows: EncodedRows, deadline?: RequestDeadline): Promise<Float32Array> {
    if (this.#queuedRows > 0 && this.#queuedRows + rows.count > this.#limits.maximumQueuedRows) {
      throw new RequestError('overloaded', `${this.#queuedRows} rows are waiting, which is as many as this service holds; try again in a second.`);
    }
    return this.#enqueue(rows, deadline);
  }

  /**
   * Scores the rows of a large request run by run, in turn with the requests that come meanwhile: none waits for more than one run of
   * it, and however many rows it has, only one run's worth of them stands in the queue.
   * @throws RequestError as `score` does; a request that has begun is not refused for a full queue.
   */
  async scoreInTurns(rows: EncodedRows, deadline?: RequestDeadline): Promise<Float32Array> {
    const { maximumBatchRows } = this.#limits;
    if (rows.count <= maximumBatchRows) return this.score(rows, deadline);
    const [numberWidth, stringWidth] = [rows.numbers.length / rows.count, rows.strings.length / rows.count];
    const probabilities = new Float32Array(rows.count);
    for (let start = 0; start < rows.count; start += maximumBatchRows) {
      const end = Math.min(rows.count, start + maximumBatchRows);
      const slice = { count: end - start, numbers: rows.numbers.subarray(start * numberWidth, end * numberWidth), strings: rows.strings.slice(start * stringWidth, end * stringWidth) };
      probabilities.set(await (start === 0 ? this.score(slice, deadline) : this.#enqueue(slice, deadline)), start);
    }
    return probabilities;
  }

  async #enqueue(rows: EncodedRows, deadline: RequestDeadline | undefined): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ rows, deadline, resolve, reject });
      this.#queuedRows += rows.count;
      if (this.#running) return;
      this.#running = true;
      void this.#drain();
    });
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      await this.#gathered();
      await this.#runOnce();
    }
    this.#running = false;
  }

  /**
   * Until a turn of the event loop, in which every socket that is readable has been read, brings no further rows, or a run is full, or so many turns
   * are over. A run costs the more the fewer rows it has; a turn that brings nothing costs a few microseconds.
   */
  #gathered(): Promise<void> {
    return new Promise((resolve) => {
      const look = (seen: number, turn: number): void => {
        if (this.#queuedRows <= seen || this.#queuedRows >= this.#limits.maximumBatchRows || turn >= longestGathering) resolve();
        else setImmediate(look, this.#queuedRows, turn + 1);
      };
      setImmediate(look, 0, 1);
    });
  }

  /** The requests of the next run, and how many rows they have. */
  #takeBatch(): { batch: Waiting[]; count: number } {
    const batch: Waiting[] = [];
    let count = 0;
    let taken = 0;
    for (const waiting of this.#waiting) {
      if (count > 0 && count + waiting.rows.count > this.#limits.maximumBatchRows) break;
      taken += 1;
      this.#queuedRows -= waiting.rows.count;
      const refusal = waiting.deadline?.refusal();
      if (refusal) {
        waiting.reject(refusal);
        continue;
      }
      batch.push(waiting);
      count += waiting.rows.count;
    }
    // The queue is bounded by its rows, so that moving the rest up is cheap.
    this.#waiting.splice(0, taken);
    return { batch, count };
  }

  async #runOnce(): Promise<void> {
    const { batch, count } = this.#takeBatch();
    if (count === 0) return;
    this.#limits.onBatch?.(count, batch.length);
    try {
      const probabilities = await this.#scorer.score(joinedRows(batch, count));
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
