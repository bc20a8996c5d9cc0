import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface FeatureMetricSources {
  /** Seconds; NaN before the first event. */
  readonly feedAge: () => number;
  readonly feedSilence: () => number;
  readonly rows: () => number;
  readonly unscheduled: () => number;
}

export const feedResults = ['applied', 'duplicate', 'late', 'rejected'] as const;

/** What the feature step tells Prometheus; documented in serving/README.md. */
export function createFeatureMetrics(registry: Registry, sources: FeatureMetricSources) {
  const registers = [registry];
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
  gauge('taxiway_feed_age_seconds', 'Time since the newest event of the feed.', sources.feedAge);
  gauge('taxiway_feed_silence_seconds', 'Time since the first flight that was due after the newest event: silence where something was to be heard.', sources.feedSilence);
  gauge('taxiway_feature_rows', 'Flights in the record that online features are computed from.', sources.rows);
  gauge('taxiway_feed_unscheduled_flights', 'Flights that the feed tells of but never scheduled.', sources.unscheduled);
  const metrics = {
    events: new Counter({ registers, name: 'taxiway_feed_events_total', help: 'Lines of the feed: applied, duplicate (nothing new), late (for minutes that were evaluated before), rejected (not understood).', labelNames: ['result'] as const }),
    failures: new Counter({ registers, name: 'taxiway_feed_failures_total', help: 'Attempts to read the feed that failed.' }),
    tick: new Histogram({ registers, name: 'taxiway_feature_tick_seconds', help: 'Time to evaluate the dataset query for all flights that could leave at a minute.', buckets: [0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 5] }),
    tickFailures: new Counter({ registers, name: 'taxiway_feature_tick_failures_total', help: 'Evaluations that failed.' }),
    flights: new Counter({ registers, name: 'taxiway_feature_flights_total', help: 'Flights completed by the feature step, by the state of the feed.', labelNames: ['status'] as const }),
  };
  for (const result of feedResults) metrics.events.inc({ result }, 0);
  for (const status of ['fresh', 'late', 'gone']) metrics.flights.inc({ status }, 0);
  return metrics;
}

export type FeatureMetrics = ReturnType<typeof createFeatureMetrics>;
