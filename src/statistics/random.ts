/** A seeded source of random numbers. The same seed gives the same sequence on every machine. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform whole number in [0, bound). Throws RangeError unless 1 ≤ bound ≤ 2^32. */
  integer(bound: number): number;
  /** Standard normal. */
  normal(): number;
  /** Fisher–Yates, in place; returns the same array. */
  shuffle(values: Int32Array): Int32Array;
  /** An independent generator that depends only on this generator's seed and the label, not on how much was drawn. */
  fork(label: string): Random;
}

/**
 * xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021),
 * its state filled from the seed's text by FNV-1a and the finaliser of MurmurHash3.
 * Not for secrets.
 *
 * @example
 * createRandom('gate').integer(10) === createRandom('gate').integer(10); // true
 */
export function createRandom(seed: string | number): Random {
  const text = String(seed);
  const state = stateFromText(text);
  let a = state[0];
  let b = state[1];
  let c = state[2];
  let d = state[3];
  let spareNormal = Number.NaN;

  function nextUint32(): number {
    const scrambled = Math.imul(b, 5);
    const result = Math.imul((scrambled << 7) | (scrambled >>> 25), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  }

  function next(): number {
    const high = nextUint32() >>> 5;
    const low = nextUint32() >>> 6;
    return (high * 67108864 + low) / 9007199254740992;
  }

  function integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 4294967296) {
      throw new RangeError(`bound must be a whole number from 1 to 2^32, got ${bound}`);
    }
    // Values above the last full multiple of the bound would favour small results: draw again.
    const limit = 4294967296 - (4294967296 % bound);
    let value = nextUint32();
    while (value >= limit) value = nextUint32();
    return value % bound;
  }

  /** Box–Muller: two uniforms give two normals; the second waits for the next call. */
  function normal(): number {
    if (!Number.isNaN(spareNormal)) {
      const spare = spareNormal;
      spareNormal = Number.NaN;
      return spare;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function shuffle(values: Int32Array): Int32Array {
    for (let last = values.length - 1; last > 0; last--) {
      const other = integer(last + 1);
      const kept = values[last] ?? 0;
      values[last] = values[other] ?? 0;
      values[other] = kept;
    }
    return values;
  }

  return { next, integer, normal, shuffle, fork: (label) => createRandom(`${text}/${label}`) };
}

function stateFromText(text: string): readonly [number, number, number, number] {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  function word(): number {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = hash;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return mixed ^ (mixed >>> 16);
  }
  // The four words come from four different counters through a bijection, so they are never all zero.
  return [word(), word(), word(), word()];
}
