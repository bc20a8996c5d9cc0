import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { AnsweredRequest, AnswerObserver } from '../answer-observer.ts';
import type { LoadedModel } from '../model/load-model.ts';
import type { PredictionLog } from '../prediction-log/prediction-log.ts';
import { sampled } from '../sampled.ts';
import { shadowColumns, type ShadowColumns } from './shadow-columns.ts';
import { shadowLine } from './shadow-line.ts';
import { type ShadowIdentity, type ShadowMetrics, shadowMetrics } from './shadow-metrics.ts';

export interface ShadowOptions {
  readonly identity: ShadowIdentity;
  /** Loads the challenger; what it throws ends the shadow and nothing else. */
  readonly load: () => Promise<LoadedModel>;
  readonly live: Pick<LoadedModel, 'description'>;
  /** The share of requests that it scores. */
  readonly sample: number;
  readonly maximumQueuedRows: number;
  /** Whether requests wait for the answering model: the challenger runs only while none does. */
  readonly isBusy: () => boolean;
  readonly log: Pick<PredictionLog, 'add'> | undefined;
  readonly imageDigest: string;
  readonly registry: Registry;
  readonly onFailure?: (reason: string, error: unknown) => void;
}

/** Rows in one run: under a millisecond, the longest that an arriving request may find the processor taken by the challenger. */
const maximumRunRows = 32;
const busyPause = 2;

interface Loaded {
  readonly model: LoadedModel;
  readonly columns: ShadowColumns;
}

/**
 * A challenger that scores what was answered, after it was answered: its probabilities go to metrics and the prediction log, never to a caller. It waits
 * while requests do; what does not fit its queue is dropped and counted.
 */
export class Shadow implements AnswerObserver {
  readonly #options: ShadowOptions;
  readonly #metrics: ShadowMetrics;
  #loaded: Loaded | undefined;
  #failure: string | undefined;
  #queue: AnsweredRequest[] = [];
  #queuedRows = 0;
  #running: Promise<void> | undefined;
  #closed = false;

  constructor(options: ShadowOptions) {
    this.#options = options;
    this.#metrics = shadowMetrics(options.registry, options.identity, { ready: () => this.#loaded !== undefined, queuedRows: () => this.#queuedRows });
  }

  /** For /health. */
  get note(): { readonly status: 'loading' | 'scoring' | 'failed'; readonly model: ShadowIdentity; readonly reason?: string } {
    const status = this.#failure !== undefined ? 'failed' : this.#loaded === undefined ? 'loading' : 'scoring';
    return { status, model: this.#options.identity, ...(this.#failure !== undefined && { reason: this.#failure }) };
  }

  /** Never rejects. */
  async start(): Promise<void> {
    try {
      const model = await this.#options.load();
      this.#loaded = { model, columns: shadowColumns(model.description, this.#options.live.description) };
    } catch (error) {
      this.#failure = error instanceof Error ? error.message : String(error);
      this.#metrics.errors.inc();
      this.#options.onFailure?.(`the shadow does not score: ${this.#failure}`, error);
    }
  }

  answered(request: AnsweredRequest): void {
    if (request.purpose !== 'traffic' || this.#failure !== undefined || !sampled(request.requestId, this.#options.sample, 'shadow')) return;
    const { count } = request.rows;
    if (this.#closed || this.#loaded === undefined || this.#queuedRows + count > this.#options.maximumQueuedRows) {
      this.#metrics.rows.inc({ result: 'dropped' }, count);
      return;
    }
    this.#queue.push(request);
    this.#queuedRows += count;
    this.#running ??= this.#drain(this.#loaded).finally(() => (this.#running = undefined));
  }

  /** Drops what waits, after the run that is under way. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  /** Every answer that was queued has been scored or dropped. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #drain(loaded: Loaded): Promise<void> {
    for (;;) {
      await nextTurn();
      const request = this.#queue.shift();
      if (request === undefined) return;
      await this.#scoreRequest(request, loaded);
      this.#queuedRows -= request.rows.count;
    }
  }

  async #scoreRequest(request: AnsweredRequest, loaded: Loaded): Promise<void> {
    const { count } = request.rows;
    for (let from = 0; from < count; from += maximumRunRows) {
      while (this.#options.isBusy() && !this.#closed) await pause(busyPause);
      const to = Math.min(count, from + maximumRunRows);
      if (this.#closed) this.#metrics.rows.inc({ result: 'dropped' }, to - from);
      else await this.#run(request, loaded, { from, to });
    }
  }

  async #run(request: AnsweredRequest, { model, columns }: Loaded, { from, to }: { readonly from: number; readonly to: number }): Promise<void> {
    try {
      const probabilities = await model.scorer.score(columns(request.rows, from, to));
      const { threshold } = model.description;
      for (const [index, probability] of probabilities.entries()) {
        const answered = request.probabilities[from + index] ?? Number.NaN;
        this.#metrics.score.observe(probability);
        this.#metrics.difference.observe(probability - answered);
        if (probability >= threshold !== answered >= request.operatingPoint.threshold) this.#metrics.disagreements.inc();
        this.#record(request, { row: from + index, probability, model });
      }
      this.#metrics.rows.inc({ result: 'scored' }, to - from);
    } catch (error) {
      this.#metrics.rows.inc({ result: 'failed' }, to - from);
      this.#metrics.errors.inc();
      this.#options.onFailure?.('the shadow failed to score a request', error);
    }
  }

  #record(request: AnsweredRequest, scored: { readonly row: number; readonly probability: number; readonly model: LoadedModel }): void {
    const columns = request.columns?.[scored.row];
    if (columns === undefined) return;
    this.#options.log?.add(shadowLine(request, { ...scored, columns, imageDigest: this.#options.imageDigest, sample: this.#options.sample }));
  }
}
