import type { FastifyInstance, FastifyRequest } from 'fastify';
import { purposeOf } from './predict/purpose.ts';
import { RequestError, type RequestErrorCode } from './request-error.ts';
import type { Service } from './service.ts';

/** Fastify's own refusals under our names. */
const fastifyCodes: Readonly<Record<string, RequestErrorCode>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'content-type-unsupported',
};

function asRequestError(error: unknown, request: FastifyRequest): RequestError {
  if (error instanceof RequestError) return error;
  const { code, statusCode = 500, message } = error as { code?: string; statusCode?: number; message: string };
  const known = fastifyCodes[code ?? ''];
  if (known === 'body-too-large') return new RequestError(known, `The body is larger than this service reads; send fewer rows per request.`);
  if (known === 'content-type-unsupported') {
    return new RequestError(known, `The content type ${JSON.stringify(request.headers['content-type'] ?? 'none')} is not read; send application/json.`);
  }
  if (statusCode < 500) return new RequestError('body-invalid', `The body cannot be read: ${message}.`);
  request.log.error(error);
  return new RequestError('internal', 'The service failed to answer; the fault is logged under the request id.');
}

/** One shape for every refusal: `{ "error": { "code", "message", "row"?, "column"? } }`. */
export function addErrorHandlers(app: FastifyInstance, service: Service): void {
  app.setErrorHandler((thrown, request, reply) => {
    const error = asRequestError(thrown, request);
    if (request.method === 'POST' && request.routeOptions.url !== undefined) service.metrics.errors.inc({ purpose: purposeOf(request), kind: error.code });
    if (error.statusCode === 503) void reply.header('retry-after', '1');
    return reply.code(error.statusCode).send(error.toBody());
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]?.slice(0, 80) ?? '';
    const error = path === '/predict'
      ? new RequestError('method-not-allowed', `${request.method} /predict is not answered; use POST.`)
      : new RequestError('not-found', `Nothing is at ${path}; see /health and POST /predict.`);
    return reply.code(error.statusCode).send(error.toBody());
  });
}
