import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { durationBuckets, rowBuckets } from './buckets.ts';
import { ScoreHistogram } from './score-histogram.ts';

/** `verification` marks requests that check a deployment: counted apart, never logged. */
export type Purpose = 'traffic' | 'verification';
export type Outcome = 'success' | 'client-error' | 'server-error';

/** Read when the metrics are asked for. */
export interface MetricSources {
  readonly queuedRows: () => number;
  readonly requestsInFlight: () => number;
  readonly ready: () => boolean;
  readonly logQueuedRows: () => number;
}

export interface ServiceIdentity {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  readonly image: string;
  readonly simulatedFault: string | undefined;
}

export const outcomeOf = (status: number): Outcome => (status < 400 ? 'success' : status < 500 ? 'client-error' : 'server-error');

/** Every metric of the service in one registry of its own. Names and labels are documented in serving/README.md. */
export function createServiceMetrics(identity: ServiceIdentity, sources: MetricSources) {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });

  const metrics = {
    duration: new Histogram({ registers, name: 'taxiway_request_duration_seconds', help: 'Time from request to answer of /predict.', labelNames: ['purpose', 'outcome'] as const, buckets: durationBuckets }),
    requests: new Counter({ registers, name: 'taxiway_requests_total', help: 'Requests to /predict by HTTP status.', labelNames: ['purpose', 'code'] as const }),
    errors: new Counter({ registers, name: 'taxiway_errors_total', help: 'Refused or failed requests to /predict by kind of error.', labelNames: ['purpose', 'kind'] as const }),
    rows: new Counter({ registers, name: 'taxiway_rows_total', help: 'Rows answered.', labelNames: ['purpose'] as const }),
    decisions: new Counter({ registers, name: 'taxiway_decisions_total', help: 'Rows by decision.', labelNames: ['purpose', 'decision'] as const }),
    score: new ScoreHistogram(registry),
    batchRows: new Histogram({ registers, name: 'taxiway_batch_rows', help: 'Rows in one run of the model.', buckets: rowBuckets }),
    logRows: new Counter({ registers, name: 'taxiway_prediction_log_rows_total', help: 'Rows of the prediction log, written or dropped.', labelNames: ['result'] as const }),
    logFailures: new Counter({ registers, name: 'taxiway_prediction_log_failures_total', help: 'Files of the prediction log that could not be written.' }),
  };

  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      registers,
      name,
      help,
      collect() {
        this.set(read());
      },
    });
  };
  gauge('taxiway_queue_rows', 'Rows that wait for the next run of the model.', sources.queuedRows);
  gauge('taxiway_requests_in_flight', 'Requests to /predict that are not answered yet.', sources.requestsInFlight);
  gauge('taxiway_ready', '1 while the service wants traffic.', () => (sources.ready() ? 1 : 0));
  gauge('taxiway_prediction_log_queue_rows', 'Rows of the prediction log that are not on disk yet.', sources.logQueuedRows);

  const { simulatedFault, ...labels } = identity;
  new Gauge({ registers, name: 'taxiway_model_info', help: 'What answers; always 1.', labelNames: ['name', 'version', 'digest', 'image'] }).set(labels, 1);
  if (simulatedFault !== undefined) {
    new Gauge({ registers, name: 'taxiway_simulated_fault', help: 'A fault is simulated on purpose; always 1.', labelNames: ['fault'] }).set({ fault: simulatedFault }, 1);
  }
  // Present from the start, so that a rate over the first requests is right.
  for (const purpose of ['traffic', 'verification'] as const) {
    metrics.requests.inc({ purpose, code: '200' }, 0);
    metrics.rows.inc({ purpose }, 0);
    metrics.duration.zero({ purpose, outcome: 'success' });
    for (const decision of ['0', '1']) metrics.decisions.inc({ purpose, decision }, 0);
  }
  for (const result of ['written', 'dropped']) metrics.logRows.inc({ result }, 0);
  return { registry, ...metrics };
}

export type ServiceMetrics = ReturnType<typeof createServiceMetrics>;
