import { expect, test } from 'vitest';
import { createRandom } from '../../../src/statistics/random.ts';
import { shortestFloat } from './shortest-float.ts';

test.each([0.1, -0.3, 1.5, 7, 2475, 16_777_217, 123.456, 1e-7, 3.4e38, 0.333333, 0, 8.58994])('%d is written as it was sent', (sent) => {
  expect(shortestFloat(Math.fround(sent))).toBe(sent === 16_777_217 ? 16_777_216 : sent === 3.4e38 ? Math.fround(sent) : sent);
});

test('whatever the float, what is written is the same float', () => {
  const random = createRandom(7);
  const view = new DataView(new ArrayBuffer(4));
  for (let trial = 0; trial < 20_000; trial += 1) {
    view.setUint32(0, random.integer(2 ** 32));
    const value = view.getFloat32(0);
    if (!Number.isFinite(value)) continue;
    const written = shortestFloat(value);
    expect([Math.fround(written), String(written).length <= String(value).length]).toEqual([value, true]);
  }
});

test('a number of 64 bits is left alone', () => {
  expect([0.1, 1 / 3, 1e300].map(shortestFloat)).toEqual([0.1, 1 / 3, 1e300]);
});
