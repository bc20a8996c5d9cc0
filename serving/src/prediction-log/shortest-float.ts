/** Decimals of up to so many digits come back from 32 bits as they were; more than the larger number no such float needs. */
const digits = { kept: 6, most: 9 };

/**
 * The number with the fewest digits that is the same float of 32 bits: a caller's 0.1 is 0.10000000149011612 by then. A number that is none of 32 bits stays as it is.
 * Source: IEEE 754-2019, 5.12.2 (6 and 9 digits for binary32).
 */
export function shortestFloat(value: number): number {
  if (Number.isInteger(value)) return value;
  for (let precision = digits.kept; precision <= digits.most; precision += 1) {
    const shorter = Number(value.toPrecision(precision));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}
