import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.ts';

/** `GET /metrics` in the Prometheus text format. */
export function addMetricsRoute(app: FastifyInstance, service: Service): void {
  const { registry } = service.metrics;
  app.get('/metrics', async (_request, reply) => {
    void reply.type(registry.contentType);
    return registry.metrics();
  });
}
