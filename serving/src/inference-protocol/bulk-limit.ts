import type { FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';

/** Bodies above it hold more than a run or two of the model. */
export const bulkBodyBytes = 2 ** 18;

/** Holds large bodies in memory for only so many requests at a time; the others are refused before their body is read. */
export class BulkLimit {
  readonly #maximum: number;
  readonly #taken = new WeakSet<FastifyRequest>();
  #inFlight = 0;

  constructor(maximum: number) {
    this.#maximum = maximum;
  }

  /** @throws RequestError `overloaded` */
  begin(request: FastifyRequest): void {
    // A body that does not say its length may be of any.
    const length = Number(request.headers['content-length'] ?? Number.POSITIVE_INFINITY);
    if (length <= bulkBodyBytes) return;
    if (this.#inFlight >= this.#maximum) {
      throw new RequestError('overloaded', `${this.#inFlight} requests in bulk are being answered, which is as many as this service takes; try again in a second.`);
    }
    this.#inFlight += 1;
    this.#taken.add(request);
  }

  end(request: FastifyRequest): void {
    if (this.#taken.delete(request)) this.#inFlight -= 1;
  }
}
