import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.ts';

/** `/health` says what answers; `/health/live` whether the process turns; `/health/ready` whether it wants traffic. */
export function addHealthRoutes(app: FastifyInstance, service: Service): void {
  const { model, configuration, state } = service;
  const fault = configuration.simulatedFault;
  const identity = {
    model: { name: model.name, version: model.version, digest: model.digest },
    image: configuration.imageDigest,
    pod: configuration.podName,
    columns: service.encoder.columns,
    ...(fault && { simulatedFault: fault.text }),
  };
  app.get('/health', async () => ({ status: state.ready ? 'ready' : 'draining', ...identity, ...Object.assign({}, ...service.healthNotes.map((note) => note())) }));
  app.get('/health/live', async () => ({ status: 'live' }));
  // Full columns are answered while the past of a feed is taken in, and flight keys are not: who sends nothing else asks with ?features=required.
  app.get<{ Querystring: { features?: unknown } }>('/health/ready', async ({ query }, reply) => {
    const features = service.featureStep && (service.featureStep.loaded ? 'ready' : 'loading');
    if (!state.ready || (query.features === 'required' && features !== 'ready')) void reply.code(503);
    return { status: state.ready ? 'ready' : 'draining', ...(features && { features }) };
  });
}
