import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { purposeOf } from './predict/purpose.ts';
import { RequestError, type RequestErrorCode } from './request-error.ts';
import type { Service } from './service.ts';

/** Fastify's own refusals under our names. */
const fastifyCodes: Readonly<Record<string, RequestErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type-unsupported',
};

/**
 * A body that is refused for its size is thrown away as it comes, where it is no larger than this: with the connection closed before it has sent everything, a caller
 * would see a broken connection and not why.
 */
const largestThrownAway = 2 ** 27;

const speaksProtocol = ({ url }: FastifyRequest): boolean => url === '/v2' || url.startsWith('/v2/');

function asRequestError(error: unknown, request: FastifyRequest): RequestError {
  if (error instanceof RequestError) return error;
  const { code, statusCode = 500, message } = error as { code?: string; statusCode?: number; message: string };
  const known = fastifyCodes[code ?? ''];
  if (known === 'body-too-large') return new RequestError(known, `The body is larger than this service reads; send fewer rows per request.`);
  if (known === 'content-type-unsupported') {
    const allowed = speaksProtocol(request) ? 'application/json or application/octet-stream' : 'application/json';
    return new RequestError(known, `The content type ${JSON.stringify(request.headers['content-type'] ?? 'none').slice(0, 100)} is not read; send ${allowed}.`);
  }
  if (statusCode < 500) return new RequestError('body-invalid', `The body cannot be read: ${message}.`);
  request.log.error({ err: error, requestId: request.id });
  return new RequestError('internal', 'The service failed to answer; the fault is logged under the request id.');
}

function refuse(error: RequestError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A feed that has fallen behind is not back in a second; a queue is.
  if (error.statusCode === 503) void reply.header('retry-after', error.code === 'features-stale' ? '60' : '1');
  // The Open Inference Protocol wants a message alone.
  return reply.code(error.statusCode).send(speaksProtocol(request) ? { error: error.message } : error.toBody());
}

/** One shape for every refusal: `{ "error": { "code", "message", "row"?, "column"? } }`, and `{ "error": message }` under /v2. */
export function addErrorHandlers(app: FastifyInstance, service: Service): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = asRequestError(thrown, request);
    // Only what scores is posted.
    if (request.method === 'POST') service.metrics.errors.inc({ purpose: purposeOf(request), kind: error.code });
    if (error.code === 'body-too-large' && Number(request.headers['content-length'] ?? 0) <= largestThrownAway) void reply.removeHeader('connection');
    return refuse(error, request, reply);
  });
  // In a scope of its own, whose hook answers before a body is read and parsed for nothing.
  void app.register(async (scope) => {
    scope.addHook('onRequest', (request, reply, _done) => void refuseUnknown(request, reply));
    scope.setNotFoundHandler(refuseUnknown);
  });
}

/** Where nothing is, and where a path cannot be read. */
export const refuseUnknown = (request: FastifyRequest, reply: FastifyReply): FastifyReply => refuse(notFound(request), request, reply);

function notFound({ method, url }: FastifyRequest): RequestError {
  const path = url.split('?')[0]?.slice(0, 80) ?? '';
  const onlyPost = method !== 'POST' && (path === '/predict' || /^\/v2\/models\/.+\/infer$/.test(path));
  if (onlyPost) return new RequestError('method-not-allowed', `${method} ${path} is not answered; use POST.`);
  return new RequestError('not-found', `Nothing is at ${path}; see /docs, /health and POST /predict.`);
}
