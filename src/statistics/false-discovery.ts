/**
 * Benjamini–Hochberg q-values in the order of the p-values: the smallest false-discovery rate at which each is a discovery.
 * A NaN p-value (inconclusive) stays NaN and is not counted among the tests. Result length = input length.
 * Source: Benjamini and Hochberg 1995. Throws RangeError for a p-value outside [0, 1].
 *
 * @example
 * falseDiscoveryQValues([0.01, 0.04, 0.03]); // [0.03, 0.04, 0.04]
 */
export function falseDiscoveryQValues(pValues: readonly number[]): number[] {
  const order: { readonly position: number; readonly pValue: number }[] = [];
  pValues.forEach((pValue, position) => {
    if (Number.isNaN(pValue)) return;
    if (pValue < 0 || pValue > 1) throw new RangeError(`p-value ${position} is ${pValue}`);
    order.push({ position, pValue });
  });
  order.sort((a, b) => b.pValue - a.pValue);
  const qValues = pValues.map(() => Number.NaN);
  let smallest = 1;
  order.forEach(({ position, pValue }, fromTop) => {
    smallest = Math.min(smallest, (pValue * order.length) / (order.length - fromTop));
    qValues[position] = smallest;
  });
  return qValues;
}
