import { setImmediate as nextTurn } from 'node:timers/promises';
import { finishedWithin } from '../finished-within.ts';
import { sampled } from '../sampled.ts';
import { logLine, type LoggedRow, type LogOrigin } from './log-line.ts';
import type { LogSink } from './log-sink.ts';

export interface PredictionLogOptions {
  readonly origin: LogOrigin;
  /** Begins every file name: pod and moment of start, so that two processes never write the same file. */
  readonly filePrefix: string;
  /** Rows that start a flush. */
  readonly flushRows: number;
  /** Milliseconds after which the first waiting row is flushed. */
  readonly flushInterval: number;
  /** Rows held at most; further ones are dropped and counted. */
  readonly maximumRows: number;
  /** The share of requests that is kept; a request is kept whole or not at all. */
  readonly sample: number;
  readonly onWritten?: (rows: number) => void;
  readonly onDropped?: (rows: number) => void;
  readonly onFailure?: (error: unknown) => void;
}

/** Lines made into text at once: a few hundred microseconds, so that a flush does not hold up requests. */
const chunkRows = 100;
/** A flush takes at most this many turns of the event loop: under heavy traffic turns are long, and small chunks would never catch up. */
const maximumChunks = 4;

/**
 * Keeps answered rows in memory and writes them as JSON Lines, one file per flush and day of the rows' event time.
 * `add` never waits and never throws.
 */
export class PredictionLog {
  readonly #sink: LogSink;
  readonly #options: PredictionLogOptions;
  #rows: LoggedRow[] = [];
  #inFlight = 0;
  #failed = false;
  #closed = false;
  #sequence = 0;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  /** The rows of a request come one after the other: its sample is drawn once. */
  #lastRequest: { readonly id: string; readonly kept: boolean } | undefined;

  constructor(sink: LogSink, options: PredictionLogOptions) {
    this.#sink = sink;
    this.#options = options;
  }

  /** Rows that are not on disk yet. */
  get queuedRows(): number {
    return this.#rows.length + this.#inFlight;
  }

  add(row: LoggedRow): void {
    // A challenger's line belongs to a sample of its own.
    if (row.shadow === undefined && !this.#isKept(row.requestId)) return;
    if (this.#closed || this.queuedRows >= this.#options.maximumRows) {
      this.#options.onDropped?.(1);
      return;
    }
    this.#rows.push(row);
    if (this.#flushing) return;
    if (this.#rows.length >= this.#options.flushRows) void this.flush();
    else this.#timer ??= this.#flushIn(this.#options.flushInterval);
  }

  #isKept(id: string): boolean {
    if (this.#options.sample >= 1) return true;
    if (this.#lastRequest?.id !== id) this.#lastRequest = { id, kept: sampled(id, this.#options.sample, 'log') };
    return this.#lastRequest.kept;
  }

  #flushIn(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.flush(), milliseconds).unref();
  }

  /** Writes what is waiting. Never rejects: what cannot be written is kept for the next flush. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing ??= this.#writeWaiting().finally(() => {
      this.#flushing = undefined;
      if (this.#rows.length > 0) this.#timer ??= this.#flushIn(this.#failed || this.#rows.length < this.#options.flushRows ? this.#options.flushInterval : 0);
    });
    await this.#flushing;
  }

  /**
   * Writes everything, for so many milliseconds at the longest: who ends the process waits no longer than that either.
   * @returns rows that were not written by then; they are counted as dropped
   */
  async close(milliseconds: number): Promise<number> {
    await finishedWithin(milliseconds, this.#writeAll());
    this.#closed = true;
    clearTimeout(this.#timer);
    const lost = this.queuedRows;
    this.#rows = [];
    this.#inFlight = 0;
    if (lost > 0) this.#options.onDropped?.(lost);
    return lost;
  }

  async #writeAll(): Promise<void> {
    await this.#flushing;
    await this.flush();
  }

  async #writeWaiting(): Promise<void> {
    const rows = this.#rows;
    this.#rows = [];
    this.#inFlight = rows.length;
    this.#failed = false;
    await Promise.all(Array.from(Map.groupBy(rows, (row) => row.day), ([day, ofDay]) => this.#writeDay(day, ofDay)));
  }

  async #writeDay(day: string, rows: readonly LoggedRow[]): Promise<void> {
    this.#sequence += 1;
    const name = `${this.#options.filePrefix}-${String(this.#sequence).padStart(6, '0')}.jsonl`;
    try {
      await this.#sink.write(day, name, this.#chunks(rows));
      // Given up meanwhile and counted as dropped.
      if (this.#closed) return;
      this.#options.onWritten?.(rows.length);
    } catch (error) {
      if (this.#closed) return;
      this.#failed = true;
      this.#options.onFailure?.(error);
      this.#rows = [...rows, ...this.#rows];
    }
    this.#inFlight -= rows.length;
  }

  async *#chunks(rows: readonly LoggedRow[]): AsyncGenerator<string> {
    const size = Math.max(chunkRows, Math.ceil(rows.length / maximumChunks));
    for (let start = 0; start < rows.length; start += size) {
      if (start > 0) await nextTurn();
      yield rows
        .slice(start, start + size)
        .map((row) => `${logLine(row, this.#options.origin, this.#options.sample)}\n`)
        .join('');
    }
  }
}
