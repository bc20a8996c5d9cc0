import { describe, expect, test } from 'vitest';
import { createRandom } from './random.ts';

describe('createRandom', () => {
  test('the sequence of a seed never changes between releases', () => {
    const random = createRandom('taxiway');
    expect([random.integer(1000), random.integer(1000), random.integer(1000)]).toEqual([530, 2, 351]);
  });
  test('text and number seeds that read alike are one seed, others differ', () => {
    expect(createRandom(7).next()).toBe(createRandom('7').next());
    expect(createRandom(7).next()).not.toBe(createRandom(8).next());
  });
  test('a fork depends on seed and label, not on what was drawn before', () => {
    const random = createRandom('a');
    const early = random.fork('x').next();
    random.next();
    expect(random.fork('x').next()).toBe(early);
    expect(random.fork('y').next()).not.toBe(early);
  });
  test('uniform and normal draws have the right mean and variance', () => {
    const random = createRandom('moments');
    let uniform = 0;
    let normal = 0;
    let square = 0;
    for (let draw = 0; draw < 20_000; draw++) {
      uniform += random.next();
      const z = random.normal();
      normal += z;
      square += z * z;
    }
    expect(uniform / 20_000).toBeCloseTo(0.5, 1.7);
    expect(Math.abs(normal / 20_000)).toBeLessThan(0.03);
    expect(Math.abs(square / 20_000 - 1)).toBeLessThan(0.05);
  });
  test('integers reach every value below the bound evenly', () => {
    const random = createRandom('die');
    const counts = new Float64Array(6);
    for (let draw = 0; draw < 12_000; draw++) {
      const face = random.integer(6);
      counts[face] = (counts[face] ?? 0) + 1;
    }
    expect(Math.min(...counts)).toBeGreaterThan(1850);
    expect(Math.max(...counts)).toBeLessThan(2150);
  });
  test('shuffling permutes', () => {
    const shuffled = createRandom(1).shuffle(Int32Array.from({ length: 50 }, (_, index) => index));
    expect([...shuffled]).not.toEqual(Array.from({ length: 50 }, (_, index) => index));
    expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => index));
  });
  test('a bound that is not a whole number from 1 is refused', () => {
    expect(() => createRandom(1).integer(0)).toThrow(RangeError);
    expect(() => createRandom(1).integer(1.5)).toThrow(RangeError);
  });
});
