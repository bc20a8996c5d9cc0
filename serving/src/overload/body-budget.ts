import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestError } from '../request-error.ts';

/** Bytes of a body that is not counted: so many connections as there may be hold no more than a few of the large ones. */
const smallBody = 16_384;
/** Numbers of so few digits are below it. */
const smallDigits = 4;
/** Bulk has a limit of its own (BulkLimit), which is one of requests. */
const bulkPath = /^\/v2\/models\/[^?]+\/infer(?:\?|$)/;

export interface BodyBudgetOptions {
  /** Bytes that the bodies which are being read may have together. */
  readonly maximumBytes: number;
  /** The largest body that is read at all; one that does not say its length may become as large, and counts so from where it is no small one. */
  readonly maximumBodyBytes: number;
}

/**
 * Bounds the memory of bodies that are on their way, over all connections: a caller that sends slowly holds what it has sent for as long as it likes to send.
 * Counted by what a body says of its length, before any of it is read; in chunks, where none is said, once more has come than a small one has: its head may be
 * there long before the rest, and most are small. The first is always taken.
 */
export class BodyBudget {
  readonly #options: BodyBudgetOptions;
  #bytes = 0;

  constructor(options: BodyBudgetOptions) {
    this.#options = options;
  }

  /** Bytes that are set aside at present. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether there is room for the body; if so, it is taken until the body is read or its caller gone. */
  takes(request: IncomingMessage, response: ServerResponse): boolean {
    const said = request.headers['content-length'];
    if (said !== undefined && said.length <= smallDigits) return true;
    if (said === undefined) {
      if (request.headers['transfer-encoding'] !== undefined && !isBulk(request)) this.#watch(request, response);
      return true;
    }
    // What is too large is refused unread.
    const bytes = Number(said);
    return bytes <= smallBody || bytes > this.#options.maximumBodyBytes || isBulk(request) || this.#takesRoom(bytes, request, response);
  }

  #takesRoom(bytes: number, request: IncomingMessage, response: ServerResponse): boolean {
    if (this.#bytes > 0 && this.#bytes + bytes > this.#options.maximumBytes) return false;
    this.#bytes += bytes;
    let taken = bytes;
    const giveBack = (): void => {
      this.#bytes -= taken;
      taken = 0;
    };
    // When the body is read or broken off; or, where it is refused, when it is no longer kept but thrown away: a caller that hangs up then ends no request.
    request.once('close', giveBack);
    response.once('close', giveBack);
    return true;
  }

  /** Looks at what comes without reading it: a listener for data would have it flow before somebody else listens. */
  #watch(request: IncomingMessage, response: ServerResponse): void {
    const push = request.push.bind(request);
    let received = 0;
    request.push = (chunk: Uint8Array | null, encoding?: BufferEncoding): boolean => {
      const before = received;
      received += chunk?.length ?? 0;
      if (before <= smallBody && received > smallBody && !this.#takesRoom(this.#options.maximumBodyBytes, request, response)) refuseRest(request);
      return push(chunk, encoding);
    };
  }
}

const isBulk = ({ url }: IncomingMessage): boolean => bulkPath.test(url ?? '');

/** Whoever reads the body answers; where nobody does, it is thrown away as it comes. */
function refuseRest(request: IncomingMessage): void {
  if (request.listenerCount('error') > 0) request.emit('error', new RequestError('overloaded', 'The bodies that are being read are as many bytes as this service holds; try again in a second.'));
}
