import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { finishedWithin } from './finished-within.ts';
import type { Service } from './service.ts';

const pollInterval = 25;
/** Milliseconds that shadow, traces and online features may take to end; none of them is waited for any longer. */
const closingTime = 5000;

/**
 * Leaves without failing a request: says "not ready" first, answers until callers have gone elsewhere, then stops listening,
 * finishes what is in flight and writes the prediction log. Every part of it is bounded in time: whoever asked ends the process by force some time later.
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
  const ended = await finishedWithin(closingTime, Promise.all(service.closers.map((close) => close())));
  if (!ended) app.log.error('what runs beside the answers has not ended in time and is left');
  const lost = (await service.log?.close(configuration.drain.log)) ?? 0;
  if (lost > 0) app.log.error({ rows: lost }, 'the prediction log lacks these rows: they could not be written before the end');
}
