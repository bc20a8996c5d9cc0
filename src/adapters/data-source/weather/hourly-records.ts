import { hour } from './monthly-periods.ts';
import { measures, type Measure, type WeatherRow } from './weather-columns.ts';

/** One METAR or SPECI. */
export interface AsosReport {
  /** Milliseconds since the Unix epoch. */
  readonly valid: number;
  readonly values: Readonly<Record<Measure, number | null>>;
  /** The line it was read from: the last resort of the order. */
  readonly text: string;
}

/** The dataset takes an hour's record as known at H:55: what was reported later in the hour is no part of it. */
const lastMinute = 55 * 60_000;

/**
 * One record an hour, by the rule that made nycflights13's weather (data-raw/weather.R of that package), so that a model meets live what it
 * was trained on: the values are those of the hour's first report, the precipitation is the most that any of them says (the gauge adds up until
 * the routine report, at H:51 in New York, and begins again). That routine report is the only one in most hours. In bad weather specials come
 * before it; they carry no sea-level pressure, which is why that is missing in 10 % of the records.
 * An hour without a report until H:55 has no record, e.g. at stations whose routine report comes at H:56.
 */
export function hourlyRecords(reports: readonly AsosReport[], origin: string): WeatherRow[] {
  const byHour = new Map<number, AsosReport[]>();
  for (const report of [...reports].sort(inOrder)) {
    const begin = Math.floor(report.valid / hour) * hour;
    if (report.valid - begin > lastMinute) continue;
    byHour.set(begin, [...(byHour.get(begin) ?? []), report]);
  }
  return [...byHour].flatMap(([begin, [first, ...later]]) => (first === undefined ? [] : [{ origin, hour: begin, values: { ...first.values, precip: mostPrecipitation([first, ...later]) } }]));
}

/** By time; of two reports of one minute (a correction) the fuller one first. Never by how the service happened to order them. */
function inOrder(one: AsosReport, other: AsosReport): number {
  const filled = ({ values }: AsosReport): number => measures.filter((measure) => values[measure] !== null).length;
  if (one.valid !== other.valid) return one.valid - other.valid;
  if (filled(one) !== filled(other)) return filled(other) - filled(one);
  return one.text < other.text ? -1 : Number(one.text > other.text);
}

function mostPrecipitation(reports: readonly AsosReport[]): number | null {
  const amounts = reports.flatMap(({ values: { precip } }) => (precip === null ? [] : [precip]));
  return amounts.length === 0 ? null : Math.max(...amounts);
}
