import { Counter, type Registry } from 'prom-client';

/** What became of the spans that were sampled. What ended and neither left nor failed waits, or found the queue full. */
export class SpanCounts {
  ended = 0;
  exported = 0;
  failed = 0;

  addTo(registry: Registry): void {
    const read = (): Record<string, number> => ({ ended: this.ended, exported: this.exported, failed: this.failed });
    new Counter({
      registers: [registry],
      name: 'taxiway_trace_spans_total',
      help: 'Sampled spans that ended, left for the receiver, or could not leave.',
      labelNames: ['result'],
      collect() {
        this.reset();
        for (const [result, count] of Object.entries(read())) this.inc({ result }, count);
      },
    });
  }
}
