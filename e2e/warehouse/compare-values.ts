/** Sums of doubles depend on the order of the rows in their last digits, and no engine promises one. */
const relativeTolerance = 1e-12;

/** Where two JSON values differ, as `path: left | right`; empty where they are the same. */
export function differences(left: unknown, right: unknown, path = ''): string[] {
  if (typeof left === 'number' && typeof right === 'number' && Math.abs(left - right) <= relativeTolerance * Math.max(Math.abs(left), Math.abs(right))) return [];
  if (isBranch(left) && isBranch(right) && Array.isArray(left) === Array.isArray(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((key) => differences(left[key], right[key], path === '' ? key : `${path}.${key}`));
  }
  return Object.is(left, right) ? [] : [`${path}: ${JSON.stringify(left)} | ${JSON.stringify(right)}`];
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
