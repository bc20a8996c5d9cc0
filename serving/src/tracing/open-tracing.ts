import { type Environment, setting } from '../environment.ts';
import type { RequestTracing } from './request-tracing.ts';

/** What the traces say of the service. */
export interface TracedService {
  readonly model: { readonly name: string; readonly version: string; readonly digest: string };
  readonly pod: string;
}

/**
 * Traces where OpenTelemetry's own variables ask for them; else nothing of it is loaded.
 * @throws StartError for a sampler that does not exist
 */
export async function openTracing(environment: Environment, service: TracedService): Promise<RequestTracing | undefined> {
  const endpoint = setting(environment, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? setting(environment, 'OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined || setting(environment, 'OTEL_SDK_DISABLED') === 'true' || setting(environment, 'OTEL_TRACES_EXPORTER') === 'none') return undefined;
  const { otlpTracing } = await import('./otlp-tracing.ts');
  return otlpTracing(environment, service);
}
