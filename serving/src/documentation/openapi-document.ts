import type { Service } from '../service.ts';
import { deadlineHeaders } from '../predict/request-deadline.ts';
import { errorStatuses } from './error-statuses.ts';
import { protocolPaths, protocolSchemas } from './protocol-paths.ts';
import { exampleRow, rowSchema } from './row-schema.ts';

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const json = (schema: object, example?: unknown) => ({ 'application/json': { schema, ...(example !== undefined && { example }) } });

function refusals(schema: string): Record<string, object> {
  return Object.fromEntries(
    errorStatuses().map(({ status, meaning, codes }) => [
      String(status),
      { description: `${meaning} Codes: ${codes.join(', ')}.`, content: json(reference(schema)), ...(status === 503 && { headers: { 'retry-after': { schema: { type: 'integer' }, description: 'Seconds' } } }) },
    ]),
  );
}

const errorSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', enum: errorStatuses().flatMap(({ codes }) => codes) },
        message: { type: 'string' },
        row: { type: 'integer', minimum: 0, description: 'Position in rows, from 0' },
        column: { type: 'string' },
      },
    },
  },
} as const;

function answerSchema(key: readonly string[]): object {
  const prediction = {
    type: 'object',
    required: [...key, 'probability', 'threshold', 'decision'],
    properties: {
      ...Object.fromEntries(key.map((column) => [column, { type: ['string', 'number'] }])),
      probability: { type: 'number', minimum: 0, maximum: 1 },
      threshold: { type: 'number', minimum: 0, maximum: 1 },
      decision: { type: 'integer', enum: [0, 1], description: '1 where the probability is at or above the threshold' },
    },
  };
  return {
    type: 'object',
    required: ['model', 'operatingPoint', 'predictions'],
    properties: {
      model: { type: 'object', required: ['name', 'version', 'digest'], properties: { name: { type: 'string' }, version: { type: 'string' }, digest: { type: 'string' } } },
      operatingPoint: { type: 'object', required: ['id', 'threshold', 'source'], properties: { id: { type: 'string' }, threshold: { type: 'number' }, source: { type: 'string', enum: ['trailing', 'validation'] } } },
      features: { type: 'object', description: 'Only where flights were named: how fresh the feed behind the features is' },
      simulatedFault: { type: 'string' },
      predictions: { type: 'array', items: prediction },
    },
  };
}

const flightsSchema = {
  type: 'object',
  required: ['flights'],
  additionalProperties: false,
  description: 'Only where the live feed is on: the service works out the columns itself.',
  properties: { flights: { type: 'array', minItems: 1, items: { type: 'object', required: ['flight_id', 'scheduled_departure'] } }, at: { type: 'string', format: 'date-time' } },
} as const;

/** The OpenAPI 3.1 description of the service for the columns of its model. Source: spec.openapis.org/oas/v3.1.1. */
export function openapiDocument({ model, configuration }: Service): object {
  const { description } = model;
  const row = exampleRow(description);
  const get = (operationId: string, summary: string, responses: object) => ({ get: { operationId, tags: ['Service'], summary, responses } });
  const said = (text: string, type = 'application/json', schema: object = { type: 'object' }) => ({ description: text, content: { [type]: { schema } } });
  const timeout = { name: deadlineHeaders[0], in: 'header', required: false, schema: { type: 'integer', minimum: 1, maximum: configuration.requests.deadline }, description: 'Milliseconds that the caller waits. Rows that are not scored by then are not scored at all.' };
  return {
    openapi: '3.1.1',
    info: { title: `${model.name}, version ${model.version}`, version: model.version, description: `Probabilities and decisions by the model ${model.digest}.` },
    servers: [{ url: '/' }],
    paths: {
      '/predict': {
        post: {
          operationId: 'predict',
          tags: ['Predictions'],
          summary: `Score one row, or up to ${configuration.maximumRows}`,
          parameters: [timeout],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { oneOf: [reference('Row'), { type: 'object', required: ['rows'], additionalProperties: false, properties: { rows: { type: 'array', minItems: 1, maxItems: configuration.maximumRows, items: reference('Row') } } }, flightsSchema] },
                examples: { 'one-row': { value: row }, 'two-rows': { value: { rows: [row, row] } } },
              },
            },
          },
          responses: { 200: { description: 'One prediction per row, in the order of the rows', content: json(reference('Answer')) }, ...refusals('Error') },
        },
      },
      '/health': get('health', 'What answers and what it takes', { 200: said('Identity, columns and state') }),
      '/health/live': get('live', 'Whether the process turns', { 200: said('It does') }),
      '/health/ready': get('ready', 'Whether the service wants traffic', { 200: said('It does'), 503: said('It is about to end') }),
      '/metrics': get('metrics', 'Metrics for Prometheus', { 200: said('Prometheus text', 'text/plain', { type: 'string' }) }),
      ...protocolPaths(model, refusals('ProtocolError')),
    },
    components: { schemas: { Row: rowSchema(description), Answer: answerSchema(description.key), Error: errorSchema, ...protocolSchemas } },
  };
}
