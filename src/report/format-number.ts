/** The one place that writes numbers for people. Missing and not-a-number are a dash, never a number. */
const dash = '–';

/**
 * A metric or statistic: three decimals below 10, one below 1,000, whole above. Two significant digits where three decimals would show 0.
 *
 * @example
 * formatNumber(0.8712); // '0.871'
 */
export function formatNumber(value: number | null | undefined): string {
  if (value === null || value === undefined || Number.isNaN(value)) return dash;
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (Number.isInteger(value)) return formatCount(value);
  if (size >= 1000) return formatCount(Math.round(value));
  const digits = size >= 100 ? 1 : size >= 10 ? 2 : 3;
  const text = size < 0.0005 ? value.toPrecision(2) : value.toFixed(digits);
  return text.replace(/^-/, '−');
}

/** A whole number with thousands separators: 27,004. */
export function formatCount(value: number): string {
  const digits = String(Math.round(Math.abs(value))).replace(/\B(?=(\d{3})+$)/g, ',');
  return value < 0 ? `−${digits}` : digits;
}

/** `0.871 [0.860, 0.882]`; with `signed`, gains carry their sign. */
export function formatEstimate(value: number | null | undefined, interval: readonly [number, number] | null | undefined, signed = false): string {
  const one = signed ? formatChange : formatNumber;
  if (interval === null || interval === undefined) return one(value);
  return `${one(value)} [${one(interval[0])}, ${one(interval[1])}]`;
}

/** A difference with its sign: +0.012, −0.003. */
export function formatChange(value: number | null | undefined): string {
  const text = formatNumber(value);
  return value !== null && value !== undefined && value > 0 ? `+${text}` : text;
}

/** A share as a percentage with one decimal: 12.5 %. */
export function formatShare(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return dash;
  return `${(value * 100).toFixed(1).replace(/^-/, '−')} %`;
}
