import type { PlannedRequest, ProbabilityPlace } from '../load/load-plan.ts';

/** A server that answers now. */
export interface RunningSide {
  readonly port: number;
  readonly process: number;
  stop(): Promise<void>;
}

/** One of those compared: how it is started with a model, and how it is asked. */
export interface Side {
  readonly name: string;
  start(): Promise<RunningSide>;
  /** Asks for the rows of one request. */
  readonly path: string;
  readonly requests: readonly PlannedRequest[];
  readonly probability: ProbabilityPlace;
}
