/**
 * Texts and 64-bit integers, which TensorFlow.js does not compute with: sizes, axes, row numbers of a pool, category ids. They
 * stay in JavaScript, where shapes are needed anyway; float, int32 and bool live in TensorFlow.
 */
export interface HostTensor {
  readonly host: 'int64' | 'string';
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
}

export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

export const hostIntegers = (data: readonly number[], shape: readonly number[] = [data.length]): HostTensor => ({ host: 'int64', shape, data });

/** A negative axis counts from the end. */
export const axisOf = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The elements at `indices` along `axis`; a scalar index drops the axis. */
export function gatherHost(value: HostTensor, indices: { readonly data: readonly number[]; readonly shape: readonly number[] }, axis: number): HostTensor {
  const size = value.shape[axis] ?? 0;
  const outer = elementCount(value.shape.slice(0, axis));
  const inner = elementCount(value.shape.slice(axis + 1));
  const data: (number | string)[] = [];
  for (let block = 0; block < outer; block++) {
    for (const index of indices.data) {
      const start = (block * size + (index < 0 ? index + size : index)) * inner;
      for (let offset = 0; offset < inner; offset++) {
        const element = value.data[start + offset];
        if (element === undefined || index >= size || index < -size) throw new RangeError(`index ${index} is outside of ${size}`);
        data.push(element);
      }
    }
  }
  return { host: value.host, shape: [...value.shape.slice(0, axis), ...indices.shape, ...value.shape.slice(axis + 1)], data };
}

export function concatHost(values: readonly HostTensor[], axis: number): HostTensor {
  const [first] = values;
  if (!first) throw new Error('nothing to concatenate');
  const outer = elementCount(first.shape.slice(0, axis));
  const data: (number | string)[] = [];
  for (let block = 0; block < outer; block++) {
    for (const { shape, data: part } of values) {
      const length = elementCount(shape.slice(axis));
      for (let offset = 0; offset < length; offset++) data.push(part[block * length + offset] ?? 0);
    }
  }
  const total = values.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0);
  return { host: first.host, shape: first.shape.map((size, index) => (index === axis ? total : size)), data };
}
