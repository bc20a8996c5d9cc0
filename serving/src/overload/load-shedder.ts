import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Purpose } from '../metrics/service-metrics.ts';
import { shedReason, type AdmissionLimits, type Load, type ShedReason } from './admission.ts';
import { BodyBudget } from './body-budget.ts';
import { ConnectionGuard } from './connection-guard.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import { answerOverloaded, rawPurposeOf } from './overloaded-answer.ts';
import { RowTime } from './row-time.ts';
import { rowWork } from './row-work.ts';

/** Requests that check a deployment, so many at a time, are taken under overload too: as many as the check of a rollout sends. */
const reservedForVerification = 4;

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface LoadShedderOptions extends AdmissionLimits {
  readonly requestsInFlight: () => number;
  /** False while the process ends: callers are asked to open their next connection elsewhere. */
  readonly ready: () => boolean;
  readonly maximumConnections: number;
  /** Bytes of all bodies that are being read, and of one. */
  readonly maximumBodiesBytes: number;
  readonly maximumBodyBytes: number;
  readonly onShed: (reason: ShedReason, purpose: Purpose) => void;
  readonly onStop: () => void;
}

/**
 * Refuses requests that would wait too long, before anything of them but their head has been read. Only requests that score are ever refused: health,
 * metrics and documentation are asked for with GET.
 *
 * How much a refusal costs decides what is left for answers: with r = CPU of a refused request / CPU of a taken one, n times the capacity leaves (1 − n·r) / (1 − r)
 * of it. Hence no framework, no header object, no body and no metric lookup on this path.
 */
export class LoadShedder {
  readonly #options: LoadShedderOptions;
  readonly #rowTime = new RowTime();
  readonly #delay = new EventLoopDelay();
  readonly #bodies: BodyBudget;
  readonly #connections: ConnectionGuard;
  #rowsInFlight = 0;
  #workInFlight = 0;
  #reserved = 0;

  constructor(options: LoadShedderOptions) {
    this.#options = options;
    this.#bodies = new BodyBudget({ maximumBytes: options.maximumBodiesBytes, maximumBodyBytes: options.maximumBodyBytes });
    this.#connections = new ConnectionGuard(options.maximumConnections);
  }

  /** Bytes set aside for bodies that are being read. */
  get bodyBytes(): number {
    return this.#bodies.bytes;
  }

  get connections(): number {
    return this.#connections.open;
  }

  /** Requests that check a deployment and were taken under overload. */
  get reserved(): number {
    return this.#reserved;
  }

  /** Rows of a request that was taken; to be called once they are known. */
  began(rows: number): void {
    this.#rowsInFlight += rows;
    this.#workInFlight += rowWork(rows);
  }

  /** The same rows, scored or refused. */
  ended(rows: number): void {
    this.#rowsInFlight -= rows;
    this.#workInFlight -= rowWork(rows);
    this.#rowTime.answered();
  }

  /** So many rows of so many requests are run now. Bulk is in many runs: counted at its end, its time would be that of the few rows answered meanwhile. */
  ran(rows: number, requests: number): void {
    this.#rowTime.ran(rowWork(rows, requests));
  }

  get load(): Load {
    return { requestsInFlight: this.#options.requestsInFlight(), rowsInFlight: this.#rowsInFlight, workInFlight: this.#workInFlight, rowTime: this.#rowTime.milliseconds, eventLoopDelay: this.#delay.milliseconds };
  }

  /** Goes before the server's own listener. */
  before(listener: Listener): Listener {
    return (request, response) => {
      if (request.method === 'POST' && this.#shed(request, response)) return;
      listener(request, response);
    };
  }

  /** Bounds the connections of the server. */
  watch(server: Server): void {
    this.#connections.watch(server);
  }

  stop(): void {
    this.#delay.stop();
    this.#connections.stop();
    this.#options.onStop();
  }

  #reason(request: IncomingMessage, response: ServerResponse): ShedReason | undefined {
    if (this.#connections.isBeyond(request.socket)) return 'connections';
    const reason = shedReason(this.load, this.#options);
    if (reason !== undefined && !this.#reserves(request, response)) return reason;
    return this.#bodies.takes(request, response) ? undefined : 'body-bytes';
  }

  /**
   * Whether the request is one of the few that are taken all the same. They ask whether this image answers as it was accepted: refused, they would have a
   * sound image rolled back and quarantined for what callers do. That it is too slow for them, their own error rate says.
   */
  #reserves(request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#reserved >= reservedForVerification || rawPurposeOf(request) !== 'verification') return false;
    this.#reserved += 1;
    response.once('close', () => {
      this.#reserved -= 1;
    });
    return true;
  }

  #shed(request: IncomingMessage, response: ServerResponse): boolean {
    this.#rowTime.look(performance.now());
    const reason = this.#reason(request, response);
    if (reason === undefined) return false;
    this.#rowTime.refused();
    this.#options.onShed(reason, rawPurposeOf(request));
    answerOverloaded(request, response, this.#options.ready() && reason !== 'connections');
    return true;
  }
}
