import type { Metric, Registry } from 'prom-client';
import { scoreBuckets } from './buckets.ts';
import type { Purpose } from './service-metrics.ts';

interface Counts {
  /** Per bucket, not cumulated; the last is above every bound. */
  readonly buckets: Float64Array;
  sum: number;
}

const name = 'taxiway_score';
const help = 'Probabilities answered.';

/**
 * The histogram of answered probabilities. Buckets are equally wide, so that a row costs one addition; prom-client's own histogram looks its labels
 * up anew for every value, which for bulk is a sixth of the work of the model.
 */
export class ScoreHistogram {
  readonly #counts: Readonly<Record<Purpose, Counts>> = { traffic: emptyCounts(), verification: emptyCounts() };

  constructor(registry: Registry) {
    const metric = { name, help, get: async () => ({ name, help, type: 'histogram', aggregator: 'sum', values: this.#values() }), reset: () => undefined };
    registry.registerMetric(metric as unknown as Metric);
  }

  /** @param probabilities from 0 to 1 */
  observe(purpose: Purpose, probabilities: Iterable<number>): void {
    const counts = this.#counts[purpose];
    const width = scoreBuckets.length;
    for (const probability of probabilities) {
      // An upper bound belongs to its bucket.
      const bucket = Math.max(0, Math.ceil(probability * width) - 1);
      counts.buckets[bucket] = (counts.buckets[bucket] ?? 0) + 1;
      counts.sum += probability;
    }
  }

  #values(): { labels: Record<string, string | number>; value: number; metricName: string }[] {
    return Object.entries(this.#counts).flatMap(([purpose, { buckets, sum }]) => {
      let count = 0;
      const cumulated = scoreBuckets.map((le, index) => {
        count += buckets[index] ?? 0;
        return { labels: { le, purpose }, value: count, metricName: `${name}_bucket` };
      });
      return [
        ...cumulated,
        { labels: { le: '+Inf', purpose }, value: count, metricName: `${name}_bucket` },
        { labels: { purpose }, value: sum, metricName: `${name}_sum` },
        { labels: { purpose }, value: count, metricName: `${name}_count` },
      ];
    });
  }
}

const emptyCounts = (): Counts => ({ buckets: new Float64Array(scoreBuckets.length), sum: 0 });
