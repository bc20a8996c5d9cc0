import type { FastifyInstance } from 'fastify';
import type { Service } from '../service.ts';
import { documentationPage } from './documentation-page.ts';
import { openapiDocument } from './openapi-document.ts';

/** `/docs` for people and `/docs/openapi.json` for machines, both made of the model's columns when they are asked for. */
export function addDocumentationRoutes(app: FastifyInstance, service: Service): void {
  app.get('/docs', async (_request, reply) => {
    void reply.type('text/html; charset=utf-8').header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; img-src data:");
    return documentationPage(service);
  });
  app.get('/docs/openapi.json', async () => openapiDocument(service));
}
