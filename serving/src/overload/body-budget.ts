import type { IncomingMessage, ServerResponse } from 'node:http';

/** Bytes of a body that is not counted: so many connections as there may be hold no more than a few of the large ones. */
const smallBody = 16_384;
/** Numbers of so few digits are below it. */
const smallDigits = 4;
/** Bulk has a limit of its own (BulkLimit), which is one of requests. */
const bulkPath = /^\/v2\/models\/[^?]+\/infer(?:\?|$)/;

export interface BodyBudgetOptions {
  /** Bytes that the bodies which are being read may have together. */
  readonly maximumBytes: number;
  /** The largest body that is read at all; one that does not say its length may become as large. */
  readonly maximumBodyBytes: number;
}

/**
 * Bounds the memory of bodies that are on their way, over all connections: a caller that sends slowly holds what it has sent for as long as it likes to send.
 * Counted by what a body says of its length, before any of it is read. The first is always taken.
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
    const bytes = this.#bytesOf(request, said);
    if (bytes === 0) return true;
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

  /** 0 for what needs no room: small, bulk, or so large that it is refused unread. */
  #bytesOf(request: IncomingMessage, said: string | undefined): number {
    if (said === undefined && request.headers['transfer-encoding'] === undefined) return 0;
    const { maximumBodyBytes } = this.#options;
    const length = said === undefined ? maximumBodyBytes : Number(said);
    return length <= smallBody || length > maximumBodyBytes || bulkPath.test(request.url ?? '') ? 0 : length;
  }
}
