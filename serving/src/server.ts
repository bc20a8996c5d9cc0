import { createServer as createHttpServer } from 'node:http';
import Fastify, { LogController, type FastifyInstance, type FastifyRequest } from 'fastify';
import { answerClientError } from './answer-client-error.ts';
import { addDocumentationRoutes } from './documentation/documentation-routes.ts';
import { addHealthRoutes } from './health/health-routes.ts';
import { addProtocolRoutes } from './inference-protocol/protocol-routes.ts';
import { addMetricsRoute } from './metrics/metrics-route.ts';
import { parseJsonBody } from './predict/json-body.ts';
import { addPredictRoute } from './predict/predict-route.ts';
import { addErrorHandlers, refuseUnknown } from './refuse.ts';
import type { Service } from './service.ts';

const acceptableRequestId = /^[A-Za-z0-9._-]{1,64}$/;

/** Milliseconds. */
const connectionLimits = {
  // A caller that dribbles its head or body holds a connection, and no more than that, for so long.
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 2000,
  // Longer than a front keeps an idle connection, so that it is the front that closes and never both at once.
  keepAliveTimeout: 75_000,
};

/** The HTTP server over a service: all routes, not listening yet. */
export function createServer(service: Service): FastifyInstance {
  let requests = 0;
  const app = Fastify({
    logger: { level: service.configuration.logLevel },
    logController: new LogController({ disableRequestLogging: true }),
    // A logger for each request would cost every one of them what only a failure needs: that names its request itself.
    childLoggerFactory: (logger) => logger,
    bodyLimit: service.configuration.maximumBodyBytes,
    serverFactory: (listener) => {
      const server = createHttpServer(connectionLimits, service.shedder.before(listener));
      service.shedder.watch(server);
      return server;
    },
    // Until the last connection is gone requests are answered, not refused.
    return503OnClosing: false,
    requestIdHeader: false,
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => void refuseUnknown(request, reply),
    genReqId: ({ headers }) => {
      const sent = headers['x-request-id'];
      if (typeof sent === 'string' && acceptableRequestId.test(sent)) return sent;
      requests += 1;
      return `${service.instance}-${requests}`;
    },
  });
  const rows = service.configuration.maximumRows;
  // Twice what rows of this model need, and some more for commas and braces within texts.
  const jsonLimits = { structures: 2 * rows + 10_000, elements: 2 * rows * (service.encoder.columns.length + 1) + 10_000 };
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request: FastifyRequest, body: Buffer, done) => {
    try {
      done(null, parseJsonBody(request, body, jsonLimits));
    } catch (error) {
      done(error as Error);
    }
  });
  app.decorateRequest('answered', null);
  addErrorHandlers(app, service);
  app.addHook('onSend', (request, reply, ...[, done]) => {
    void reply.header('x-request-id', request.id);
    // Asks callers to open their next connection elsewhere.
    if (!service.state.ready) void reply.header('connection', 'close');
    done();
  });
  app.addHook('onClose', () => service.shedder.stop());
  service.tracing?.addTo(app, service.metrics.registry);
  addPredictRoute(app, service);
  addHealthRoutes(app, service);
  addMetricsRoute(app, service);
  addDocumentationRoutes(app, service);
  addProtocolRoutes(app, service);
  return app;
}
