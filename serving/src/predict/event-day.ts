const moment = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Months that have a day of such a number need no second look. */
const everyMonth = 28;

/**
 * The UTC day (YYYY-MM-DD) of an ISO 8601 moment with its offset; undefined where the text is not one: no such day in its month, or a UTC year that four
 * digits do not hold.
 */
export function eventDay(text: string): string | undefined {
  if (!moment.test(text)) return undefined;
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds) || (Number(text.slice(8, 10)) > everyMonth && !isDay(text.slice(0, 10)))) return undefined;
  const day = new Date(milliseconds).toISOString();
  // Years of more digits begin with a sign.
  return day.length === 24 ? day.slice(0, 10) : undefined;
}

/** Date.parse takes 30 February for 2 March. */
const isDay = (day: string): boolean => new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
