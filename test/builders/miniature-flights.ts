import type { Table } from '../../src/data/table.ts';
import { createRandom } from '../../src/statistics/random.ts';

/** Flights in miniature: the arrival delay is the departure delay, plus what the carrier and the wind add, plus noise. */
export function miniatureFlights(rows: number, seed: string): Table {
  const random = createRandom(seed);
  const carriers = Array.from({ length: rows }, () => ['AA', 'UA', 'B6'][random.integer(3)] ?? 'AA');
  const wind = Float64Array.from({ length: rows }, () => (random.next() < 0.05 ? NaN : 10 * random.next()));
  const departure = Float64Array.from({ length: rows }, () => Math.round(10 + 20 * random.normal()));
  const arrival = departure.map((delay, row) => Math.round(delay - 5 + (carriers[row] === 'B6' ? 12 : 0) + (Number.isNaN(wind[row]) ? 5 : (wind[row] ?? 0)) * 2 - 10 + 6 * random.normal()));
  return {
    rows,
    numbers: new Map([['wind', wind], ['departure_delay', departure], ['arrival_delay', arrival], ['delayed', arrival.map((delay) => (delay >= 15 ? 1 : 0))]]),
    strings: new Map([['carrier', carriers]]),
  };
}
