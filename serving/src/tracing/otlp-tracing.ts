import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, resourceAttributesEnvDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace';
import { type Environment, setting } from '../environment.ts';
import { finishedWithin } from '../finished-within.ts';
import type { TracedService } from './open-tracing.ts';
import type { RequestTracing } from './request-tracing.ts';
import { RequestSpans } from './request-spans.ts';
import { SpanCounts } from './span-counts.ts';
import { traceSampler } from './trace-sampler.ts';

/** Counts what leaves and what does not: an exporter that is down costs nothing else. */
function counted(exporter: SpanExporter, counts: SpanCounts): SpanExporter {
  return {
    export: (spans, done) =>
      exporter.export(spans, (result) => {
        const code: number = result.code;
        // 0 is ExportResultCode.SUCCESS.
        if (code === 0) counts.exported += spans.length;
        else counts.failed += spans.length;
        done(result);
      }),
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

/** Spans in batches to an OTLP receiver over HTTP; endpoint, headers and time-outs are the exporter's own variables. @throws StartError for an unknown sampler */
export function otlpTracing(environment: Environment, { model, pod }: TracedService): RequestTracing {
  const counts = new SpanCounts();
  const said = resourceFromAttributes({
    'service.name': setting(environment, 'OTEL_SERVICE_NAME') ?? 'taxiway-serving',
    'service.version': model.version,
    'service.instance.id': pod,
    'taxiway.model.name': model.name,
    'taxiway.model.digest': model.digest,
  });
  const provider = new TracerProvider({
    resource: defaultResource().merge(detectResources({ detectors: [resourceAttributesEnvDetector] })).merge(said),
    sampler: traceSampler(environment),
    spanProcessors: [new BatchSpanProcessor({ exporter: counted(new OTLPTraceExporter(), counts), maxQueueSize: 2048, maxExportBatchSize: 512, scheduledDelayMillis: 2000 })],
  });
  const spans = new RequestSpans(provider.getTracer('taxiway-serving'), counts);
  return {
    addTo: (app, registry) => {
      spans.addTo(app);
      counts.addTo(registry);
    },
    timed: (scorer) => spans.timed(scorer),
    ran: (request, probabilities) => spans.ran(request, probabilities),
    close: async (milliseconds) => {
      await finishedWithin(milliseconds, provider.shutdown().catch(() => undefined));
    },
  };
}
