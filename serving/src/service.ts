import type { AnswerObserver } from './answer-observer.ts';
import type { Configuration } from './configuration.ts';
import { createServiceMetrics, type ServiceMetrics } from './metrics/service-metrics.ts';
import type { LoadedModel } from './model/load-model.ts';
import type { FeatureStep } from './online-features/feature-step.ts';
import { MountedOperatingPoint } from './operating-point/mounted-operating-point.ts';
import { operatingPointMetrics } from './operating-point/operating-point-metrics.ts';
import { LoadShedder } from './overload/load-shedder.ts';
import { shedMetrics } from './overload/shed-metrics.ts';
import { MicroBatcher } from './predict/micro-batcher.ts';
import { RowEncoder } from './predict/row-encoder.ts';
import type { LogSink } from './prediction-log/log-sink.ts';
import { PredictionLog } from './prediction-log/prediction-log.ts';
import type { RequestTracing } from './tracing/request-tracing.ts';

/** What changes while the service runs. */
export interface ServiceState {
  /** False from the moment the process is asked to end. */
  ready: boolean;
  requestsInFlight: number;
  /** When the last request to /predict came, in milliseconds of the monotonic clock. */
  lastRequest: number;
  /** Rows answered since the start. */
  answeredRows: number;
}

/** Everything the routes need. */
export interface Service {
  readonly configuration: Configuration;
  readonly model: LoadedModel;
  readonly encoder: RowEncoder;
  readonly batcher: MicroBatcher;
  readonly shedder: LoadShedder;
  readonly log: PredictionLog | undefined;
  readonly metrics: ServiceMetrics;
  readonly state: ServiceState;
  readonly operatingPoint: MountedOperatingPoint;
  /** Told of every answered request once its answer has left. */
  readonly observers: AnswerObserver[];
  /** What optional parts say of themselves in /health. */
  readonly healthNotes: (() => Readonly<Record<string, unknown>>)[];
  /** What ends with the service, after its last answer and before the prediction log is closed. None rejects. */
  readonly closers: (() => Promise<void>)[];
  readonly tracing: RequestTracing | undefined;
  /** Makes rows of flight keys once it has taken in the feed; undefined where online features are off. */
  featureStep: FeatureStep | undefined;
  /** Begins the id of every request and the name of every log file: pod and moment of start. */
  readonly instance: string;
}

export interface ServiceParts {
  readonly configuration: Configuration;
  readonly model: LoadedModel;
  readonly logSink: LogSink | undefined;
  readonly startedAt: Date;
  readonly onLogFailure?: (error: unknown) => void;
  readonly tracing?: RequestTracing | undefined;
  readonly onOperatingPoint?: (reason: string | undefined, point: MountedOperatingPoint) => void;
}

const maximumBatchRows = 1024;
const logLimits = { flushRows: 5000, maximumRows: 50_000 };

export function createService(parts: ServiceParts): Service {
  const { configuration, model, logSink } = parts;
  const state: ServiceState = { ready: true, requestsInFlight: 0, lastRequest: 0, answeredRows: 0 };
  const instance = `${configuration.podName}-${parts.startedAt.toISOString().replaceAll(/[-:.]/g, '')}`;
  const batcher = new MicroBatcher(parts.tracing?.timed(model.scorer) ?? model.scorer, { maximumBatchRows, maximumQueuedRows: configuration.maximumQueuedRows, onBatch: (rows, requests) => batchRan(rows, requests) });
  const predictionLog = logSink && new PredictionLog(logSink, {
    ...logLimits,
    flushInterval: configuration.predictionLogInterval,
    sample: configuration.operations.predictionLogSample,
    origin: { modelVersion: model.version, modelDigest: model.digest, imageDigest: configuration.imageDigest },
    filePrefix: instance,
    onWritten: (rows) => metrics.logRows.inc({ result: 'written' }, rows),
    onDropped: (rows) => metrics.logRows.inc({ result: 'dropped' }, rows),
    onFailure: (error) => {
      metrics.logFailures.inc();
      parts.onLogFailure?.(error);
    },
  });
  const metrics = createServiceMetrics(
    { name: model.name, version: model.version, digest: model.digest, image: configuration.imageDigest, simulatedFault: configuration.simulatedFault?.text },
    { queuedRows: () => batcher.queuedRows, requestsInFlight: () => state.requestsInFlight, ready: () => state.ready, logQueuedRows: () => predictionLog?.queuedRows ?? 0 },
  );
  const operatingPoint: MountedOperatingPoint = new MountedOperatingPoint({
    model,
    path: configuration.operations.operatingPoint,
    interval: configuration.operations.operatingPointInterval,
    onReload: (result, reason) => {
      countReload(result);
      parts.onOperatingPoint?.(reason, operatingPoint);
    },
  });
  const countReload = operatingPointMetrics(metrics.registry, operatingPoint);
  const healthNotes: Service['healthNotes'] = [() => ({ operatingPoint: { ...operatingPoint.current, ...(operatingPoint.refused !== undefined && { refused: operatingPoint.refused }) } })];
  const { maximumQueueTime, maximumEventLoopDelay, maximumConnections, maximumBodiesBytes } = configuration.requests;
  const { maximumQueuedRows, maximumBodyBytes } = configuration;
  const shed = shedMetrics(metrics);
  const shedder = new LoadShedder({
    ...{ maximumQueueTime, maximumEventLoopDelay, maximumQueuedRows, maximumConnections, maximumBodiesBytes, maximumBodyBytes },
    requestsInFlight: () => state.requestsInFlight,
    ready: () => state.ready,
    onShed: shed.count,
    onStop: shed.stop,
  });
  const batchRan = (rows: number, requests: number): void => {
    metrics.batchRows.observe(rows);
    shedder.ran(rows, requests);
  };
  return { configuration, model, encoder: new RowEncoder(model.description), batcher, shedder, log: predictionLog, metrics, state, operatingPoint, observers: [], healthNotes, closers: [], tracing: parts.tracing, featureStep: undefined, instance };
}
