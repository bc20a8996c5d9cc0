import { expect, test } from 'vitest';
import { describeModel } from './model-description.ts';

const metadata = new Map([
  ['taxiway.numbers', '["distance"]'],
  ['taxiway.strings', '["carrier"]'],
  ['taxiway.key', '["flight_id"]'],
  ['taxiway.event-time', 'scheduled_departure'],
  ['taxiway.threshold', '0.25'],
  ['taxiway.pipeline', '"flight-delay"'],
]);

test('words may be written plainly or as JSON', () => {
  expect(describeModel(metadata)).toEqual({ numbers: ['distance'], strings: ['carrier'], key: ['flight_id'], eventTime: 'scheduled_departure', threshold: 0.25, pipeline: 'flight-delay' });
});

test('columns are taken from the training description where they have no entry of their own', () => {
  const trained = new Map(metadata).set('taxiway.model', JSON.stringify({ schema: 'taxiway/model/v1', inputs: { num: ['a', 'b'], cat: ['c'] } }));
  trained.delete('taxiway.numbers');
  trained.delete('taxiway.strings');
  expect(describeModel(trained)).toMatchObject({ numbers: ['a', 'b'], strings: ['c'] });
});

test.each([
  ['taxiway.numbers', undefined],
  ['taxiway.numbers', '"distance"'],
  ['taxiway.strings', '[1]'],
  ['taxiway.key', undefined],
  ['taxiway.threshold', undefined],
  ['taxiway.threshold', '1.5'],
  ['taxiway.threshold', 'NaN'],
])('%s = %s is refused by name', (name, value) => {
  const changed = new Map(metadata);
  if (value === undefined) changed.delete(name);
  else changed.set(name, value);
  expect(() => describeModel(changed)).toThrow(name);
});
