import { firstDay, withRealFlights, yearLength } from './real-flights.ts';

/** One row of rows.sql, as far as checks look at it. Missing numbers are null. */
export interface SimulatedRow {
  readonly fault: number;
  /** Milliseconds since the Unix epoch. */
  readonly departure: number | null;
  readonly outcome: string;
  readonly distance: number;
  readonly departureDelay: number | null;
  readonly arrivalDelay: number | null;
  readonly airTime: number | null;
  /** Whether an earlier row has its key. */
  readonly duplicate: boolean;
}

/** The table of flights.sql, by number. */
export interface RealFlights {
  readonly departure: Float64Array;
  readonly distance: Float64Array;
  readonly delays: readonly { readonly outcome: string; readonly departureDelay: number | null; readonly arrivalDelay: number | null; readonly airTime: number | null }[];
}

/** The rows of rows.sql by plain arithmetic: no SQL, no join, no sorting. What checks count in Parquet must be what is counted here. */
export function simulateRows({ departure, distance, delays }: RealFlights, rows: number, visit: (row: SimulatedRow) => void): void {
  const flights = departure.length;
  for (let i = 0; i < rows; i++) {
    const fault = i % 100_000;
    const scheduled = fault === 11 && i >= 12 ? i - 12 : i;
    const slot = Math.floor(scheduled / 12) % flights;
    const year = Math.floor(Math.floor(scheduled / 12) / flights);
    // 32-bit arithmetic: Math.imul keeps the low 32 bits, >>> 0 reads them as unsigned.
    const product = Math.imul(i, 2_654_435_761) >>> 0;
    const drawn = delays[((Math.imul(product ^ (product >>> 15), 2_246_822_519) >>> 0) >>> 3) % flights];
    if (drawn === undefined) throw new RangeError(`row ${i} draws no flight`);
    visit({
      fault,
      departure: fault === 10 ? null : (departure[slot] ?? NaN) + year * yearLength,
      outcome: outcomes.get(fault) ?? drawn.outcome,
      distance: fault === 3 ? -5 : (distance[slot] ?? NaN),
      departureDelay: fault === 4 ? 5000 : fault === 5 ? null : fault === 8 ? 300 : drawn.departureDelay,
      arrivalDelay: fault === 4 ? null : fault === 5 ? -500 : fault === 8 ? 100 : drawn.arrivalDelay,
      airTime: fault === 4 ? null : fault === 6 ? 5000 : fault === 7 ? 100 : fault === 12 ? NaN : drawn.airTime,
      duplicate: fault === 11 && i >= 12,
    });
  }
}

const outcomes: ReadonlyMap<number, string> = new Map([
  [4, 'diverted'],
  [6, 'completed'],
  [7, 'cancelled'],
  [12, 'completed'],
]);

/** The start of the last day that rows fall on: days before it are complete. */
export function endOfRows({ departure }: RealFlights, rows: number): number {
  const place = Math.floor((rows - 1) / 12);
  const last = (departure[place % departure.length] ?? NaN) + Math.floor(place / departure.length) * yearLength;
  return firstDay + Math.floor((last - firstDay) / 86_400_000) * 86_400_000;
}

export async function readRealFlights(): Promise<RealFlights> {
  const rows = await withRealFlights((database) =>
    database.rows('SELECT epoch_ms(scheduled_departure)::DOUBLE AS departure, distance, outcome, departure_delay, arrival_delay, air_time FROM flight ORDER BY number'),
  );
  const orNull = (value: unknown): number | null => (value === null ? null : Number(value));
  return {
    departure: Float64Array.from(rows, (row) => Number(row['departure'])),
    distance: Float64Array.from(rows, (row) => Number(row['distance'])),
    delays: rows.map((row) => ({ outcome: String(row['outcome']), departureDelay: orNull(row['departure_delay']), arrivalDelay: orNull(row['arrival_delay']), airTime: orNull(row['air_time']) })),
  };
}
