import { expect, test } from 'vitest';
import { parseDigest } from '../../../src/artifacts/digest.ts';
import { operatingPointId, operatingPointRecord, operatingPointRecordSchema } from '../../../src/operating-point/operating-point-record.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { parseOperatingPoint } from './parse-operating-point.ts';

const model = { name: 'tiny', version: 7, digest: parseDigest(`sha256:${'a'.repeat(64)}`, 'model') };
const trailing = operatingPointRecord({
  model,
  point: { day: 15_900, threshold: 0.2752125859260559, source: 'trailing', rows: 900, positives: 210 },
  policy: { policy: 'trailing-recall', target: 0.83, days: 28, delay: 2, 'minimum-positives': 200 },
  createdAt: '2013-07-14T00:05:00Z',
});
const fixed = operatingPointRecord({ model, point: { day: 15_900, threshold: 1e-7, source: 'validation', rows: 0, positives: 0 }, policy: { policy: 'fixed' }, createdAt: '2013-07-14T00:05:00.123Z' });
const resealed = (change: object): object => {
  const { id: _, ...content } = { ...trailing, ...change };
  return { ...content, id: operatingPointId(content) };
};

test('the service and the registry read the same records', () => {
  for (const record of [trailing, fixed]) {
    expect(operatingPointRecordSchema.parse(JSON.parse(JSON.stringify(record)))).toEqual(record);
    expect(parseOperatingPoint(JSON.stringify(record, undefined, 2))).toMatchObject({ id: record.id, threshold: record.threshold, source: record.source, version: 7, modelDigest: model.digest });
  }
});

test('the order of members does not matter, their content does', () => {
  const random = createRandom('order');
  for (let round = 0; round < 20; round += 1) {
    const entries = Object.entries(trailing).sort(() => random.next() - 0.5);
    expect(parseOperatingPoint(JSON.stringify(Object.fromEntries(entries)))).toMatchObject({ id: trailing.id });
  }
});

test.each<[string, object]>([
  ['schema', { schema: 'taxiway/operating-point/v2' }],
  ['threshold over 1', { threshold: 1.0000001 }],
  ['negative threshold', { threshold: -0.1 }],
  ['threshold as text', { threshold: '0.5' }],
  ['source', { source: 'guess' }],
  ['model without digest', { model: { name: 'tiny', version: 7 } }],
  ['model with a short digest', { model: { ...model, digest: 'sha256:abc' } }],
  ['version of no number', { model: { ...model, version: '7' } }],
  ['window as text', { window: 'all' }],
  ['policy as text', { policy: 'fixed' }],
  ['moment', { createdAt: 'yesterday' }],
  ['one more member', { note: 'x' }],
  ['id of another record', { ...trailing, threshold: 0.1, id: trailing.id }],
])('both refuse the same record: %s', (name, change) => {
  const record = name.startsWith('id') ? change : resealed(change);
  expect(operatingPointRecordSchema.safeParse(record).success).toBe(false);
  expect(parseOperatingPoint(JSON.stringify(record))).toHaveProperty('malformed');
});
