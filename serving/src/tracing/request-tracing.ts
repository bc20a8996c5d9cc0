import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Scorer } from '../model/scorer.ts';

/** Spans of requests; there is none where traces are not configured. */
export interface RequestTracing {
  /** Adds the hooks that begin and end a span per request. */
  addTo(app: FastifyInstance): void;
  /** The scorer whose runs are timed. */
  timed(scorer: Scorer): Scorer;
  /** The request was in the run of the model that these probabilities come from; call it with the array the batcher gave. */
  ran(request: FastifyRequest, probabilities: Float32Array): void;
  /** Sends what is waiting, for at most so many milliseconds. Never rejects. */
  close(milliseconds: number): Promise<void>;
}
