import type { FastifyInstance, FastifyReply, FastifyRequest, HookHandlerDoneFunction } from 'fastify';
import { scoreRows } from '../predict/score-rows.ts';
import { scoringHooks } from '../predict/scoring-hooks.ts';
import { refuseEncoded } from '../predict/json-body.ts';
import { purposeOf } from '../predict/purpose.ts';
import type { Service } from '../service.ts';
import { BulkLimit } from './bulk-limit.ts';
import { encodeTensors, tensorsByName } from './encode-tensors.ts';
import { requestedOutputs, writeInferAnswer } from './infer-answer.ts';
import { namedRows, readRowLabels } from './named-rows.ts';
import { readInferRequest } from './read-infer-request.ts';
import { headerLengthName, jsonTooLarge, splitBody } from './split-body.ts';

/**
 * `POST …/infer` in a scope of its own: here bodies are bytes, JSON or not, and as large as bulk needs.
 * @param checkModel throws where the path names another model or version
 */
export function addInferRoute(scope: FastifyInstance, service: Service, checkModel: (request: FastifyRequest) => void): void {
  const { model, configuration, log } = service;
  const { maximumBulkRows, maximumBulkBodyBytes, maximumBulkRequests } = configuration.requests;
  const bulk = new BulkLimit(maximumBulkRequests);
  const hooks = scoringHooks(service);

  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<string | Buffer> => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const infer = readInferRequest(splitBody(body, request.headers[headerLengthName], configuration.maximumBodyBytes));
    const outputs = requestedOutputs(infer);
    const byName = tensorsByName(infer.tensors, model.description);
    const rows = encodeTensors(byName, model.description, maximumBulkRows);
    const labels = readRowLabels(byName, rows.count, model.description);
    const columns = log && purposeOf(request) === 'traffic' ? namedRows(labels, rows, model.description) : undefined;
    const scored = await scoreRows(service, { request, reply, rows, columns, singlePrecision: true });
    const answer = writeInferAnswer({ id: infer.id, outputs }, scored, model);
    if (answer.headLength === undefined) void reply.type('application/json; charset=utf-8');
    else void reply.type('application/octet-stream').header(headerLengthName, String(answer.headLength));
    return answer.body;
  };

  const onRequest = (request: FastifyRequest, reply: FastifyReply, done: HookHandlerDoneFunction): void => {
    hooks.onRequest(request, reply, () => {
      checkModel(request);
      refuseEncoded(request);
      refuseLargeJson(request, configuration.maximumBodyBytes);
      // Triton's own client names no content type.
      request.raw.headers['content-type'] ??= 'application/octet-stream';
      if (bulk.begin(request)) reply.raw.once('close', () => bulk.end());
      done();
    });
  };
  for (const path of ['/v2/models/:model/infer', '/v2/models/:model/versions/:version/infer']) {
    scope.post(path, { bodyLimit: maximumBulkBodyBytes, onRequest, onResponse: hooks.onResponse, handler });
  }
}

/** Before the body is read, where that is all JSON and says how long it is. @throws RequestError `body-too-large` */
function refuseLargeJson({ headers }: FastifyRequest, maximum: number): void {
  const length = Number(headers['content-length'] ?? 0);
  if (headers[headerLengthName] === undefined && length > maximum) throw jsonTooLarge(length, maximum);
}
