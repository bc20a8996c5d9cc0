import type { FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';

/** Bodies above it hold more than a run or two of the model. */
export const bulkBodyBytes = 2 ** 18;

/** Holds large bodies in memory for only so many requests at a time; the others are refused before their body is read. */
export class BulkLimit {
  readonly #maximum: number;
  #inFlight = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /**
   * @returns whether the request is one in bulk: `end` must be called for it
   * @throws RequestError `overloaded`
   */
  begin(request: FastifyRequest): boolean {
    // A body that does not say its length may be of any.
    const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    if (length <= bulkBodyBytes) return false;
    if (this.#inFlight >= this.#maximum) {
      throw new RequestError('overloaded', `${this.#inFlight} requests in bulk are being answered, which is as many as this service takes; try again in a second.`);
    }
    this.#inFlight += 1;
    return true;
  }

  end(): void {
    this.#inFlight -= 1;
  }
}
