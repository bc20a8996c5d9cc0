import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import type { Service } from './service.ts';

const pollInterval = 25;

/**
 * Leaves without failing a request: says "not ready" first, answers until callers have gone elsewhere, then stops listening,
 * finishes what is in flight and writes the prediction log.
 */
export async function shutDown(app: FastifyInstance, service: Service): Promise<void> {
  const { state, configuration } = service;
  const { minimum, quiet, maximum } = configuration.drain;
  const start = performance.now();
  state.ready = false;
  for (;;) {
    const now = performance.now();
    const idle = state.requestsInFlight === 0 && now - state.lastRequest >= quiet;
    if ((now - start >= minimum && idle) || now - start >= maximum) break;
    await delay(pollInterval);
  }
  // A server that closes no longer looks at its time-outs: who neither sends the rest of a request nor reads an answer would keep the prediction log from
  // ever being written. Past the deadline nobody else waits.
  const cut = setTimeout(() => app.server.closeAllConnections(), configuration.requests.deadline);
  await app.close();
  clearTimeout(cut);
  await Promise.all(service.closers.map((close) => close()));
  await service.log?.close();
}
