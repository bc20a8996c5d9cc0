import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { createTinyService, tinyRow } from '../../test-fixtures/tiny-service.ts';
import { requestErrors } from '../request-error.ts';

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: object; readonly examples?: Readonly<Record<string, { readonly value: object }>> }>> };
  readonly responses: Readonly<Record<string, { readonly description: string }>>;
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

const { app } = await createTinyService();
const document = (await app.inject('/docs/openapi.json')).json<Document>();
const operations = Object.entries(document.paths).flatMap(([path, item]) => Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
const validator = new Ajv2020({ strict: false, formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) } });
validator.addSchema({ $id: 'document', ...document });
const validate = (schema: string, value: unknown) => validator.validate({ $ref: `document#/components/schemas/${schema}` }, value);

test('the document has what OpenAPI 3.1 asks for: every reference leads somewhere, every operation has its own id and answers', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/);
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(document.components.schemas).toHaveProperty(name);
  const ids = operations.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { operation } of operations) {
    expect(Object.keys(operation.responses)).toContain('200');
    for (const [status, { description }] of Object.entries(operation.responses)) expect([status, description]).toEqual([expect.stringMatching(/^[1-5]\d\d$/), expect.stringMatching(/./)]);
  }
});

test('every schema is one of JSON Schema 2020-12', () => {
  for (const schema of Object.keys(document.components.schemas)) expect(() => validate(schema, {})).not.toThrow();
  expect(validator.validateSchema(document.components.schemas['Row'] ?? false)).toBe(true);
});

test('every example in the document is answered by the service, and the answer is as described', async () => {
  let answered = 0;
  for (const { path, operation } of operations) {
    const content = operation.requestBody?.content['application/json'];
    if (!content) continue;
    for (const payload of [content.example, ...Object.values(content.examples ?? {}).map(({ value }) => value)]) {
      if (payload === undefined) continue;
      const answer = await app.inject({ method: 'POST', url: path, payload });
      expect(answer.statusCode).toBe(200);
      expect([path, validate(path === '/predict' ? 'Answer' : 'InferAnswer', answer.json()), validator.errors]).toEqual([path, true, null]);
      answered += 1;
    }
  }
  expect(answered).toBe(4);
});

test('the schema of a row refuses what the service refuses', async () => {
  const rows: unknown[] = [tinyRow, { ...tinyRow, distance: null }, { ...tinyRow, distance: '7' }, { ...tinyRow, color: 'red' }, { ...tinyRow, carrier: undefined }, { ...tinyRow, flight_id: '' }, { ...tinyRow, scheduled_departure: 'now' }];
  for (const row of rows) {
    const payload = JSON.stringify(row);
    const answer = await app.inject({ method: 'POST', url: '/predict', headers: { 'content-type': 'application/json' }, payload });
    expect([payload, validate('Row', JSON.parse(payload))]).toEqual([payload, answer.statusCode === 200]);
    if (answer.statusCode !== 200) expect(validate('Error', answer.json())).toBe(true);
  }
});

test('every route that is asked for with GET answers, and every code of a refusal is named', async () => {
  for (const { path, method } of operations) if (method === 'get') expect([path, (await app.inject(path)).statusCode]).toEqual([path, 200]);
  const text = JSON.stringify(document);
  for (const code of Object.keys(requestErrors)) if (code !== 'client-closed') expect(text).toContain(code);
});

test('the page names every column, loads nothing and runs nothing', async () => {
  const answer = await app.inject('/docs');
  expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
  for (const column of Object.keys(tinyRow)) expect(answer.body).toContain(`<code>${column}</code>`);
  // The icon is an empty one: browsers would ask for /favicon.ico otherwise, and complain.
  expect(answer.body.replace('<link rel="icon" href="data:,">', '')).not.toMatch(/<script|<link|<img|@import|url\(/);
});
