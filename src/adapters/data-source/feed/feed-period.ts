/** Files of the feed say in their names which minutes they hold, in UTC: 2013/06/01/0730.jsonl, an hour 2013/06/01/07.jsonl, a day 2013/06/01.jsonl. */
const pattern = /^(\d{4})\/(\d{2})\/(\d{2})(?:\/(\d{2})(\d{2})?)?\.jsonl$/;

const minute = 60_000;

/** Half-open, milliseconds since the Unix epoch; undefined where the name is none of the feed's. */
export function feedPeriod(name: string): { readonly from: number; readonly to: number } | undefined {
  const match = pattern.exec(name);
  if (match === null) return undefined;
  const [, year, month, day, hour, second] = match;
  const from = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${second ?? '00'}:00Z`);
  if (Number.isNaN(from)) return undefined;
  return { from, to: from + (hour === undefined ? 1440 : second === undefined ? 60 : 1) * minute };
}
