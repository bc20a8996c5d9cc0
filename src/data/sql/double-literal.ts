/** A DOUBLE literal of every engine: the exponent makes it one, and no digit is lost. @throws RangeError on NaN and infinities */
export function doubleLiteral(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`not representable as a literal: ${value}`);
  const text = value.toExponential().toUpperCase().replace('E+', 'E');
  return value < 0 ? `(${text})` : text;
}
