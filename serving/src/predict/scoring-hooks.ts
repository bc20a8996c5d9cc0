import type { FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { outcomeOf } from '../metrics/service-metrics.ts';
import type { AnsweredRequest } from '../answer-observer.ts';
import type { Service } from '../service.ts';
import { purposeOf } from './purpose.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by routes that score: shown to the observers once the answer has left. */
    answered: AnsweredRequest | null;
  }
}

/** What every route that scores does before and after: it counts what is in flight, measures, and shows the answer to the observers. */
export function scoringHooks({ state, metrics, observers }: Service) {
  return {
    onRequest: (_request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
      state.requestsInFlight += 1;
      state.lastRequest = performance.now();
      // Not in onResponse: that never comes where the caller hangs up before its answer.
      reply.raw.once('close', () => {
        state.requestsInFlight -= 1;
      });
      done();
    },
    onResponse: (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
      const purpose = purposeOf(request);
      metrics.duration.observe({ purpose, outcome: outcomeOf(reply.statusCode) }, reply.elapsedTime / 1000);
      metrics.requests.inc({ purpose, code: String(reply.statusCode) });
      const { answered } = request;
      if (answered && reply.statusCode < 300) for (const observer of observers) observer.answered(answered);
      done();
    },
  };
}
