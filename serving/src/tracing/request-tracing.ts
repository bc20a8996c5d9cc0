import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Registry } from 'prom-client';
import type { Scorer } from '../model/scorer.ts';

/** Spans of requests; there is none where traces are not configured. */
export interface RequestTracing {
  /** Adds the hooks that begin and end a span per request that scores, and what became of the spans to the metrics. */
  addTo(app: FastifyInstance, registry: Registry): void;
  /** The scorer whose runs are timed. */
  timed(scorer: Scorer): Scorer;
  /** The request was in the run of the model that these probabilities come from; call it with the array the batcher gave. */
  ran(request: FastifyRequest, probabilities: Float32Array): void;
  /** Sends what is waiting, for at most so many milliseconds. Never rejects. */
  close(milliseconds: number): Promise<void>;
}
