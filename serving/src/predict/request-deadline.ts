import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';

/** What a caller says it waits, in whole milliseconds: the first is ours, the second is what Envoy and the meshes built on it send along. */
export const deadlineHeaders = ['x-request-timeout-ms', 'x-envoy-expected-rq-timeout-ms'] as const;

/** Milliseconds between two looks for a caller that has hung up. */
const lookEvery = 100;

/** Until when an answer is of use to the caller. */
export class RequestDeadline {
  readonly #until: number;
  readonly #timeout: number;
  readonly #hasGone: () => boolean;

  /** @param hasGone whether the caller has hung up */
  constructor(started: number, timeout: number, hasGone: () => boolean) {
    this.#until = started + timeout;
    this.#timeout = timeout;
    this.#hasGone = hasGone;
  }

  /** Milliseconds that are left; none, or less, once it is over. */
  remaining(now = performance.now()): number {
    return this.#until - now;
  }

  /** Why scoring is of no use any more; undefined while it is. */
  refusal(now = performance.now()): RequestError | undefined {
    if (this.#hasGone()) return new RequestError('client-closed', 'The caller hung up before its rows were scored.');
    if (now < this.#until) return undefined;
    return new RequestError('deadline-exceeded', `The rows were not scored within ${this.#timeout} ms; send fewer requests at once or allow more time (${deadlineHeaders[0]}).`);
  }
}

/**
 * The result of work that goes on for others too, waited for no longer than it is of use.
 * @throws RequestError deadline-exceeded, client-closed
 */
export async function withinDeadline<T>(work: Promise<T>, deadline: RequestDeadline): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const look = (): void => {
      const refusal = deadline.refusal();
      if (refusal) reject(refusal);
      else timer = setTimeout(look, Math.max(1, Math.min(deadline.remaining(), lookEvery)));
    };
    look();
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Milliseconds that the caller of a request waits: the smaller of what its headers say and `maximum`.
 * @throws RequestError `deadline-invalid` where a header is not a whole number of milliseconds.
 */
export function requestTimeout(headers: FastifyRequest['headers'], maximum: number): number {
  let timeout = maximum;
  for (const name of deadlineHeaders) {
    const text = headers[name];
    if (text === undefined) continue;
    if (typeof text !== 'string' || !/^\d{1,9}$/.test(text) || Number(text) === 0) {
      throw new RequestError('deadline-invalid', `The header ${name} is ${JSON.stringify(text).slice(0, 60)}; it must be a whole number of milliseconds from 1 on.`);
    }
    timeout = Math.min(timeout, Number(text));
  }
  return timeout;
}

/** The deadline of a request that began `reply.elapsedTime` ago. */
export function deadlineOf(request: FastifyRequest, reply: FastifyReply, maximum: number): RequestDeadline {
  const { socket } = request.raw;
  return new RequestDeadline(performance.now() - reply.elapsedTime, requestTimeout(request.headers, maximum), () => socket.destroyed);
}
