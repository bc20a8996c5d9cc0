import type { LoadedModel } from '../model/load-model.ts';
import { datatypes } from '../inference-protocol/infer-tensor.ts';
import { modelMetadata, serverMetadata } from '../inference-protocol/model-metadata.ts';

const json = (schema: object, example?: unknown) => ({ 'application/json': { schema, ...(example !== undefined && { example }) } });
const ok = (description: string, schema: object, example?: unknown) => ({ description, content: json(schema, example) });
const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });

export const protocolSchemas = {
  InferTensor: {
    type: 'object',
    required: ['name', 'shape', 'datatype'],
    properties: {
      name: { type: 'string', description: 'A column, or num or cat for all columns of a kind in one tensor.' },
      shape: { type: 'array', items: { type: 'integer', minimum: 0 }, minItems: 1, maxItems: 2 },
      datatype: { type: 'string', enum: datatypes },
      data: { type: 'array', description: 'Elements, flat or nested; null is a missing value. Left out where binary_data_size is given.' },
      parameters: { type: 'object', properties: { binary_data_size: { type: 'integer', minimum: 0 } } },
    },
  },
  InferRequest: {
    type: 'object',
    required: ['inputs'],
    properties: {
      id: { type: 'string', maxLength: 256 },
      parameters: { type: 'object', properties: { binary_data_output: { type: 'boolean' } } },
      inputs: { type: 'array', minItems: 1, items: reference('InferTensor') },
      outputs: { type: 'array', items: { type: 'object', required: ['name'], properties: { name: { type: 'string', enum: ['probability', 'decision'] }, parameters: { type: 'object', properties: { binary_data: { type: 'boolean' } } } } } },
    },
  },
  InferAnswer: {
    type: 'object',
    required: ['model_name', 'outputs'],
    properties: { model_name: { type: 'string' }, model_version: { type: 'string' }, id: { type: 'string' }, parameters: { type: 'object' }, outputs: { type: 'array', items: reference('InferTensor') } },
  },
  ProtocolError: { type: 'object', required: ['error'], properties: { error: { type: 'string' } } },
} as const;

/** The paths of the Open Inference Protocol, for the model that is served. @param refusals answers by status */
export function protocolPaths(model: LoadedModel, refusals: object): Record<string, object> {
  const { numbers, strings } = model.description;
  const base = `/v2/models/${encodeURIComponent(model.name)}`;
  const example = {
    inputs: [
      ...(numbers.length > 0 ? [{ name: 'num', datatype: 'FP32', shape: [1, numbers.length], data: numbers.map(() => 0) }] : []),
      ...(strings.length > 0 ? [{ name: 'cat', datatype: 'BYTES', shape: [1, strings.length], data: strings.map(() => 'example') }] : []),
    ],
  };
  const infer = (operationId: string) => ({
    post: {
      operationId,
      tags: ['Open Inference Protocol'],
      summary: 'Score rows as tensors, as JSON or as bytes behind the JSON part',
      parameters: [{ name: 'Inference-Header-Content-Length', in: 'header', required: false, schema: { type: 'integer', minimum: 2 }, description: 'Bytes of the JSON part where tensors follow it.' }],
      requestBody: { required: true, content: { ...json(reference('InferRequest'), example), 'application/octet-stream': { schema: { type: 'string', contentMediaType: 'application/octet-stream' } } } },
      responses: { 200: ok('One element per row in every output', reference('InferAnswer')), ...refusals },
    },
  });
  const get = (operationId: string, summary: string, answer: object) => ({ get: { operationId, tags: ['Open Inference Protocol'], summary, responses: { 200: answer } } });
  const anObject = { type: 'object' };
  return {
    '/v2': get('serverMetadata', 'What serves', ok('Server metadata', anObject, serverMetadata)),
    '/v2/health/live': get('protocolLive', 'Whether the process turns', ok('Live', anObject, { live: true })),
    '/v2/health/ready': get('protocolReady', 'Whether it wants traffic; 503 where not', ok('Ready', anObject, { ready: true })),
    [base]: get('modelMetadata', 'Inputs and outputs', ok('Model metadata', anObject, modelMetadata(model))),
    [`${base}/ready`]: get('modelReady', 'Whether the model answers', ok('Ready', anObject, { name: model.name, ready: true })),
    [`${base}/infer`]: infer('infer'),
    [`${base}/versions/${encodeURIComponent(model.version)}`]: get('versionMetadata', 'Inputs and outputs of the version', ok('Model metadata', anObject)),
    [`${base}/versions/${encodeURIComponent(model.version)}/ready`]: get('versionReady', 'Whether the version answers', ok('Ready', anObject)),
    [`${base}/versions/${encodeURIComponent(model.version)}/infer`]: infer('inferVersion'),
  };
}
