const dayMilliseconds = 86_400_000;

export interface Week {
  /** Milliseconds since the Unix epoch, half-open, UTC midnights. */
  readonly from: number;
  readonly to: number;
  /** The first day, YYYY-MM-DD: names the week's scenes. */
  readonly name: string;
  /** When the weekly drift check looks back on it: late arrivals of the last night have landed. ISO 8601. */
  readonly checkedAt: string;
}

const checkHour = 12 * 3_600_000;

/** Weeks of seven days from a day on, as long as they end by `period.to` (YYYY-MM-DD, both UTC). */
export function weeksBetween(period: { from: string; to: string }): Week[] {
  const weeks: Week[] = [];
  const end = Date.parse(`${period.to}T00:00:00Z`);
  for (let start = Date.parse(`${period.from}T00:00:00Z`); start + 7 * dayMilliseconds <= end; start += 7 * dayMilliseconds) {
    const next = start + 7 * dayMilliseconds;
    weeks.push({ from: start, to: next, name: new Date(start).toISOString().slice(0, 10), checkedAt: new Date(next + checkHour).toISOString() });
  }
  return weeks;
}
