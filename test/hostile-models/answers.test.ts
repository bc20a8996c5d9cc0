import { beforeAll, expect, it } from 'vitest';
import type { Table } from '../../src/data/table.ts';
import { openServedModel } from '../../src/delaynet/open-served-model.ts';
import { readModelDescription } from '../../src/delaynet/model-description.ts';
import { createOnnxScorer } from '../../serving/src/model/onnx-scorer.ts';
import { engine } from './open-bytes.ts';
import { smallModel, smallRows } from './small-model.ts';

const strangeNumbers = [NaN, Infinity, -Infinity, 0, -0, 1e9, -1e9, 1e30, -1e30, 3.4e38, -3.4e38, 1e300, -1e300, 5e-324];
const strangeTexts = ['', ' ', 'ZZ', 'AA\0', 'aa', '2013-13-45', '\u{1F6EB}', '\ud800', 'x'.repeat(100_000), '__proto__'];

let model: Uint8Array;
let served: Awaited<ReturnType<typeof openServedModel>>;
beforeAll(async () => {
  model = await smallModel();
  served = await openServedModel(model, engine);
});

/** One row for each strange value in each column, and one for each value in all of them at once. */
function strangeRows(): Table {
  const usual = smallRows(1, 'usual');
  const { inputs } = readModelDescription(model);
  const changes: Readonly<Record<string, number | string>>[] = [
    ...inputs.num.flatMap((name) => strangeNumbers.map((value) => ({ [name]: value }))),
    ...inputs.cat.flatMap((name) => strangeTexts.map((value) => ({ [name]: value }))),
    ...strangeNumbers.map((value) => Object.fromEntries(inputs.num.map((name) => [name, value]))),
    ...strangeTexts.map((value) => Object.fromEntries(inputs.cat.map((name) => [name, value]))),
    ...strangeNumbers.map((value) => ({ ...Object.fromEntries(inputs.num.map((name, index) => [name, index % 2 === 0 ? value : -value])), ...Object.fromEntries(inputs.cat.map((name) => [name, ''])) })),
  ];
  return {
    rows: changes.length,
    numbers: new Map(inputs.num.map((name) => [name, Float64Array.from(changes, (change) => Number(change[name] ?? usual.numbers.get(name)?.[0]))])),
    strings: new Map(inputs.cat.map((name) => [name, changes.map((change) => String(change[name] ?? usual.strings.get(name)?.[0]))])),
  };
}

it('a model answers with a probability for every number and text there is, the same each time', async () => {
  const rows = strangeRows();
  const scores = await served.score(rows);
  expect(rows.rows).toBeGreaterThan(100);
  expect([...scores].filter((score) => !(score >= 0 && score <= 1))).toEqual([]);
  const again = await served.score(rows);
  expect(again).toEqual(scores);
});

it('a missing number, an infinite one and one beyond a float are one and the same: unknown', async () => {
  const { inputs } = readModelDescription(model);
  const usual = smallRows(1, 'usual');
  const values = [NaN, Infinity, -Infinity, 1e300];
  for (const name of inputs.num) {
    const rows: Table = {
      rows: values.length,
      numbers: new Map([...usual.numbers].map(([other, [value = NaN]]) => [other, other === name ? Float64Array.from(values) : new Float64Array(values.length).fill(value)])),
      strings: new Map([...usual.strings].map(([other, [value = '']]) => [other, values.map(() => value)])),
    };
    const [first, ...others] = await served.score(rows);
    expect({ name, others }).toEqual({ name, others: values.slice(1).map(() => first) });
  }
});

it('the service answers as the gate does', async () => {
  const { inputs } = readModelDescription(model);
  const rows = strangeRows();
  const scorer = await createOnnxScorer(model, { numbers: inputs.num, strings: inputs.cat, key: [], eventTime: undefined, threshold: 0.5, pipeline: undefined });
  const numbers = new Float32Array(rows.rows * inputs.num.length);
  inputs.num.forEach((name, column) => rows.numbers.get(name)?.forEach((value, row) => (numbers[row * inputs.num.length + column] = value)));
  const strings = Array.from({ length: rows.rows * inputs.cat.length }, (_, at) => rows.strings.get(inputs.cat[at % inputs.cat.length] ?? '')?.[Math.floor(at / inputs.cat.length)] ?? '');
  expect([...(await scorer.score({ count: rows.rows, numbers, strings }))]).toEqual([...(await served.score(rows))]);
});
