import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Purpose } from '../metrics/service-metrics.ts';
import { shedReason, type AdmissionLimits, type Load, type ShedReason } from './admission.ts';
import { EventLoopDelay } from './event-loop-delay.ts';
import { RowTime } from './row-time.ts';
import { rowWork } from './row-work.ts';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

export interface LoadShedderOptions extends AdmissionLimits {
  readonly requestsInFlight: () => number;
  /** False while the process ends: callers are asked to open their next connection elsewhere. */
  readonly ready: () => boolean;
  readonly onShed: (reason: ShedReason, purpose: Purpose) => void;
}

const message = 'The service has as much to do as it can answer in time; try again in a second.';
/** The Open Inference Protocol wants a message alone. */
const bodies = { ours: JSON.stringify({ error: { code: 'overloaded', message } }), protocol: JSON.stringify({ error: message }) };
const headersOf = (body: string): string[] => ['content-type', 'application/json; charset=utf-8', 'retry-after', '1', 'content-length', String(Buffer.byteLength(body))];
const headers = { ours: headersOf(bodies.ours), protocol: headersOf(bodies.protocol) };

/** Read from the raw list: making the object of headers would be a third of the cost of a refusal. */
function purposeOf({ rawHeaders }: IncomingMessage): Purpose {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.length === 17 && rawHeaders[index + 1] === 'verification' && rawHeaders[index]?.toLowerCase() === 'x-taxiway-purpose') return 'verification';
  }
  return 'traffic';
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
  #rowsInFlight = 0;
  #workInFlight = 0;

  constructor(options: LoadShedderOptions) {
    this.#options = options;
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

  stop(): void {
    this.#delay.stop();
  }

  #shed(request: IncomingMessage, response: ServerResponse): boolean {
    this.#rowTime.look(performance.now());
    const reason = shedReason(this.load, this.#options);
    if (reason === undefined) return false;
    this.#rowTime.refused();
    this.#options.onShed(reason, purposeOf(request));
    const shape = request.url?.startsWith('/v2/') ? 'protocol' : 'ours';
    response.sendDate = false;
    response.writeHead(503, this.#options.ready() ? headers[shape] : [...headers[shape], 'connection', 'close']);
    response.end(bodies[shape]);
    return true;
  }
}
