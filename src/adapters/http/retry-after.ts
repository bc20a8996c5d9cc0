/**
 * The Retry-After header (RFC 9110, section 10.2.3) in milliseconds from now: whole seconds, or a date. Undefined where it is absent or makes no sense.
 * @param now milliseconds since the Unix epoch
 */
export function retryAfter(header: string | null, now: number): number | undefined {
  const text = header?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  // Date.parse reads far more than HTTP dates ("5 apples" is a year to it); every HTTP date begins with the day's name.
  if (!/^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text)) return undefined;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
