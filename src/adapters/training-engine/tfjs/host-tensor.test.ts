import { describe, expect, it } from 'vitest';
import { concatHost, gatherHost, hostIntegers, type HostTensor } from './host-tensor.ts';

const texts: HostTensor = { host: 'string', shape: [2, 3], data: ['a', 'b', 'c', 'd', 'e', 'f'] };

describe('texts and 64-bit integers in JavaScript', () => {
  it('gathers along any axis; a scalar index drops the axis, a negative one counts from the end', () => {
    expect(gatherHost(texts, { data: [2, 0], shape: [2] }, 1)).toEqual({ host: 'string', shape: [2, 2], data: ['c', 'a', 'f', 'd'] });
    expect(gatherHost(texts, { data: [-1], shape: [] }, 0)).toEqual({ host: 'string', shape: [3], data: ['d', 'e', 'f'] });
  });

  it('gathers from no columns and from no rows', () => {
    expect(gatherHost({ ...texts, shape: [2, 0], data: [] }, { data: [], shape: [0] }, 1)).toMatchObject({ shape: [2, 0], data: [] });
    expect(gatherHost({ ...texts, shape: [0, 3], data: [] }, { data: [1], shape: [1] }, 1)).toMatchObject({ shape: [0, 1], data: [] });
  });

  it('never reads outside', () => {
    expect(() => gatherHost(texts, { data: [3], shape: [1] }, 1)).toThrow('index 3 is outside of 3');
    expect(() => gatherHost(texts, { data: [-3], shape: [1] }, 0)).toThrow(RangeError);
  });

  it('puts columns side by side and rows below each other', () => {
    const [left, right] = [hostIntegers([1, 2], [2, 1]), hostIntegers([3, 4, 5, 6], [2, 2])];
    expect(concatHost([left, right], 1)).toEqual(hostIntegers([1, 3, 4, 2, 5, 6], [2, 3]));
    expect(concatHost([left, left], 0)).toEqual(hostIntegers([1, 2, 1, 2], [4, 1]));
  });
});
