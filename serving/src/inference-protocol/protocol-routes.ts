import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../request-error.ts';
import type { Service } from '../service.ts';
import { addInferRoute } from './infer-route.ts';
import { modelMetadata, serverMetadata } from './model-metadata.ts';

/**
 * The Open Inference Protocol, version 2, over HTTP (as KServe, Triton and MLServer speak it), with the binary tensor data extension.
 * Source: github.com/kserve/open-inference-protocol.
 */
export function addProtocolRoutes(app: FastifyInstance, service: Service): void {
  const { model, state } = service;

  /** @throws RequestError `not-found` where the path names another model or version than the one that is served. */
  const checkModel = (request: FastifyRequest): void => {
    const { model: name, version } = request.params as { model: string; version?: string };
    if (name !== model.name) throw new RequestError('not-found', `This service has no model ${JSON.stringify(name.slice(0, 80))}; it has ${JSON.stringify(model.name)}.`);
    if (version !== undefined && version !== model.version) throw new RequestError('not-found', `This service has no version ${JSON.stringify(version.slice(0, 80))}; it has ${JSON.stringify(model.version)}.`);
  };

  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(['application/json', 'application/octet-stream'], { parseAs: 'buffer' }, (_request, body, done) => done(null, body));

    scope.get('/v2', async () => serverMetadata);
    scope.get('/v2/health/live', async () => ({ live: true }));
    scope.get('/v2/health/ready', async (_request, reply) => {
      if (!state.ready) void reply.code(503);
      return { ready: state.ready };
    });
    const metadata = modelMetadata(model);
    for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
      scope.get(path, async (request) => {
        checkModel(request);
        return metadata;
      });
      scope.get(`${path}/ready`, async (request, reply) => {
        checkModel(request);
        if (!state.ready) void reply.code(503);
        return { name: model.name, ready: state.ready };
      });
    }
    addInferRoute(scope, service, checkModel);
  });
}
