import { federalHolidays } from '../../src/data/federal-holidays.ts';
import type { Past } from './past.ts';
import type { Airport, Flight, Weather } from './raw-tables.ts';

/** What a column is worked out from: the flight as its crew knows it at off-block, and the past. */
export interface Question {
  readonly flight: Omit<Flight, 'arrivalDelay' | 'airTime' | 'landed'>;
  readonly past: Past;
  /** The past at another, earlier minute: residuals of landings compare with what was usual when those left. */
  readonly pastAt: (minute: number) => Past;
  readonly airport: (code: string) => Airport;
}

type Column = (question: Question) => number | string;

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** A mean shrunken by count towards zero: `strength` flights without delay stand beside those there are. */
const shrunken = (values: readonly number[], strength: number): number => sum(values) / (values.length + strength);
const roundHalfAway = (value: number): number => Math.sign(value) * Math.round(Math.abs(value));
const late = (departures: readonly { readonly departureDelay: number }[]): number[] => departures.map(({ departureDelay }) => departureDelay);
const lateByQuarter = (departures: readonly { readonly departureDelay: number }[]): number[] => departures.map(({ departureDelay }) => (departureDelay >= 15 ? 1 : 0));

/** Departures from the flight's own airport in the last minutes. */
const here = ({ flight, past }: Question, minutes: number) => past.departures(minutes, ({ origin }) => origin === flight.origin);

/** Time in the air less scheduled block, of the route's landings of fourteen days, shrunken towards −36 minutes with the weight of five. */
function routeAirGap(past: Past, { origin, destination }: Pick<Flight, 'origin' | 'destination'>): number {
  const gaps = past.landingsOnRoute(14 * 1440, { origin, destination }).map(({ airTime, block }) => airTime - block);
  return (sum(gaps) - 5 * 36) / (gaps.length + 5);
}

/** Arrival delay less departure delay; NaN where the flight left on the minute, for a departure feed that stands still says the same. */
const overrun = ({ arrivalDelay, departureDelay, airTime }: Flight): number => (departureDelay === 0 || Number.isNaN(airTime) ? NaN : arrivalDelay - departureDelay);
const isKnown = (value: number): boolean => !Number.isNaN(value);

/** Over-run of the route's landings of fourteen days, shrunken towards −4 minutes with the weight of five. */
function routeOverrun(past: Past, route: Pick<Flight, 'origin' | 'destination'>): number {
  const overruns = past.landingsOnRoute(14 * 1440, route).map(overrun).filter(isKnown);
  return (sum(overruns) - 5 * 4) / (overruns.length + 5);
}

/** A landing's over-run against what was usual on its route when it left; in whole tenths of a minute. */
const overrunResidual = (landing: Flight, pastAt: Question['pastAt']): number => roundHalfAway(10 * (overrun(landing) - routeOverrun(pastAt(landing.departed), landing)));

/** Minutes on the ground of a flight that has landed: from gate to gate, less its time in the air. */
const taxiTime = (landing: Flight): number => Math.min(255, Math.max(0, landing.landed - landing.departed - landing.airTime));

/** Landed in the last minutes, left the flight's own airport at most five hours before they landed, and their over-run is known. */
const recentFromHere = ({ flight, past }: Question, minutes: number): Flight[] =>
  past.landings(minutes, (landing) => landing.origin === flight.origin && landing.landed - landing.departed <= 300 && isKnown(overrun(landing)));

const originOverrun = (minutes: number): Column => (question) => {
  const landings = recentFromHere(question, minutes);
  return sum(landings.map((landing) => overrunResidual(landing, question.pastAt))) / 10 / (landings.length + 5);
};

/** Shrunken towards 24 minutes with the weight of three. */
const originTaxi = (minutes: number): Column => (question) => {
  const landings = recentFromHere(question, minutes);
  return (sum(landings.map(taxiTime)) + 3 * 24) / (landings.length + 3);
};

const residuals = new WeakMap<Flight, number>();

/** A landing's time in the air less block, against what was usual on its route when it left; in whole tenths of a minute. */
function airResidual(landing: Flight, pastAt: Question['pastAt']): number {
  const known = residuals.get(landing);
  if (known !== undefined) return known;
  const residual = roundHalfAway(10 * (landing.airTime - landing.block - routeAirGap(pastAt(landing.departed), landing)));
  residuals.set(landing, residual);
  return residual;
}

function meanAirResidual({ past, pastAt }: Question, { minutes, strength, of }: { readonly minutes: number; readonly strength: number; readonly of: (landing: Flight) => boolean }): number {
  const landings = past.landings(minutes, of);
  return sum(landings.map((landing) => airResidual(landing, pastAt))) / 10 / (landings.length + strength);
}

const inRegion = ({ flight, airport }: Question) => (landing: Flight): boolean => airport(landing.destination).region === airport(flight.destination).region;
const atDestination = ({ flight }: Question) => (landing: Flight): boolean => landing.destination === flight.destination;

/** The last complete record, unless it is of three hours ago or more. */
function lastRecord({ flight, past }: Question): Weather | undefined {
  const record = past.weather(flight.origin).at(-1);
  return record !== undefined && record.hour + 55 > past.minute - 180 ? record : undefined;
}

const weather = (of: (record: Weather, question: Question) => number): Column => (question) => {
  const record = lastRecord(question);
  return record === undefined ? NaN : of(record, question);
};

function precipitation3h(record: Weather, { flight, past }: Question): number {
  const hundredths = past.weather(flight.origin).filter(({ hour, precipitation }) => hour >= record.hour - 120 && hour <= record.hour && !Number.isNaN(precipitation)).map(({ precipitation }) => roundHalfAway(100 * precipitation));
  return hundredths.length === 0 ? NaN : sum(hundredths) / 100;
}

/** 0 to 1; what is missing counts as the worst, as SQL's least and greatest have it. */
const share = (value: number): number => (Number.isNaN(value) ? 1 : Math.max(0, Math.min(1, value)));

/** .25 low visibility, .15 wind over 10 mph, .15 gust over 20, .20 precipitation of three hours, .15 freezing, .10 convective. */
function severity(record: Weather, question: Question): number {
  const { visibility, windSpeed, windGust, precipitation, temperature } = record;
  const flag = (holds: boolean): number => (holds ? 1 : 0);
  return (
    0.25 * (Number.isNaN(visibility) ? 1 : Math.min(1, (10 - visibility) / 10)) +
    0.15 * share((windSpeed - 10) / 20) +
    0.15 * share(((Number.isNaN(windGust) ? 0 : windGust) - 20) / 20) +
    0.2 * share(precipitation3h(record, question) / 0.5) +
    (Number.isNaN(precipitation) || Number.isNaN(temperature) ? NaN : 0.15 * flag(precipitation > 0 && temperature <= 32) + 0.1 * flag(precipitation >= 0.1 && temperature >= 65))
  );
}

/** The aircraft's last landing, if that was less than a day before this departure's schedule. */
function lastLeg({ flight, past }: Question): Flight | undefined {
  if (Number.isNaN(flight.departed) || flight.tail === '') return undefined;
  const legs = past.landings(3 * 1440, ({ tail }) => tail === flight.tail);
  const landed = legs.at(-1)?.landed ?? NaN;
  // Two legs that landed in one minute are a fault of the data; the later of the two counts.
  const worst = legs.filter((leg) => leg.landed === landed).sort((left, right) => left.arrivalDelay - right.arrivalDelay).at(-1);
  return landed > flight.scheduled - 1440 ? worst : undefined;
}

const dayOf = (localDay: string): number => Date.parse(localDay) / 86_400_000;
const holidays = new Set(federalHolidays(2011, 2015).map(({ day }) => dayOf(day)));
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const weekday = ({ flight }: Question): string => weekdays[new Date(flight.localDay).getUTCDay()] ?? '';
const flag = (holds: boolean): number => (holds ? 1 : 0);

/** Every column that is known at off-block, in words of what happened rather than in running totals. */
export const columns: Readonly<Record<string, Column>> = {
  flight_id: ({ flight }) => flight.id,
  scheduled_departure: ({ flight }) => flight.scheduled * 60_000,
  predicted_at: ({ past }) => past.minute * 60_000,
  tail_number: ({ flight }) => (Number.isNaN(flight.departed) ? '' : flight.tail),
  carrier: ({ flight }) => flight.carrier,
  origin: ({ flight }) => flight.origin,
  destination: ({ flight }) => flight.destination,
  weekday,
  hour: ({ flight }) => flight.localMinute / 60,
  weekend: (question) => flag(['saturday', 'sunday'].includes(weekday(question))),
  holiday: ({ flight }) => flag(holidays.has(dayOf(flight.localDay))),
  near_holiday: ({ flight }) => flag([-2, -1, 1, 2].some((days) => holidays.has(dayOf(flight.localDay) - days))),
  distance: ({ flight }) => flight.distance,
  scheduled_block: ({ flight }) => flight.block,
  scheduled_padding: ({ flight }) => flight.block - 0.12 * flight.distance,
  scheduled_departures_60: ({ flight, past }) => past.scheduled(flight.scheduled - 30, flight.scheduled + 30, ({ origin }) => origin === flight.origin).length,
  scheduled_next_20: ({ flight, past }) => past.scheduled(past.minute, past.minute + 19, ({ origin }) => origin === flight.origin).length,

  temperature: weather(({ temperature }) => temperature),
  dew_point: weather(({ dewPoint }) => dewPoint),
  humidity: weather(({ humidity }) => humidity),
  wind_speed: weather(({ windSpeed }) => windSpeed),
  wind_gust: weather(({ windGust }) => windGust),
  precipitation: weather(({ precipitation }) => precipitation),
  precipitation_3h: weather(precipitation3h),
  pressure: weather(({ pressure }) => pressure),
  pressure_change_3h: weather(({ hour, pressure }, { flight, past }) => roundHalfAway(10 * (pressure - (past.weather(flight.origin).find((earlier) => earlier.hour === hour - 180)?.pressure ?? NaN))) / 10),
  visibility: weather(({ visibility }) => visibility),
  weather_severity: weather(severity),

  departure_delay: ({ flight }) => flight.departureDelay,
  origin_departure_delay_60: (question) => shrunken(late(here(question, 60)), 2),
  origin_departure_delay_180: (question) => shrunken(late(here(question, 180)), 5),
  origin_delayed_share_60: (question) => shrunken(lateByQuarter(here(question, 60)), 2),
  origin_delayed_share_180: (question) => shrunken(lateByQuarter(here(question, 180)), 5),
  origin_delay_trend: (question) => shrunken(late(here(question, 60)), 2) - shrunken(late(here(question, 180)), 5),
  // A feed of departures that stands still says 0 of all of them; one in twenty is on the minute.
  origin_zero_delay_share_180: (question) => (here(question, 180).filter(({ departureDelay }) => departureDelay === 0).length + 5 * 0.05) / (here(question, 180).length + 5),
  departures_20: (question) => here(question, 20).length,
  network_departure_delay_120: ({ past }) => shrunken(late(past.departures(120, () => true)), 5),
  carrier_origin_departure_delay_240: (question) => shrunken(late(here(question, 240).filter(({ carrier }) => carrier === question.flight.carrier)), 3),
  destination_arrival_delay_300: (question) => shrunken(question.past.landings(300, atDestination(question)).map(({ arrivalDelay }) => arrivalDelay), 3),
  origin_overdue_share: ({ flight, past }) => past.overdue(({ origin }) => origin === flight.origin).length / (past.scheduled(past.minute - 180, past.minute - 1, ({ origin }) => origin === flight.origin).length + 5),
  origin_overdue_minutes: ({ flight, past }) => shrunken(past.overdue(({ origin }) => origin === flight.origin).map(({ scheduled }) => past.minute - scheduled), 2),

  origin_arrival_delay_180: ({ flight, past }) =>
    shrunken(
      past.landings(180, ({ origin }) => origin === flight.origin).map(({ arrivalDelay }) => arrivalDelay),
      5,
    ),
  origin_overrun_residual_60: originOverrun(60),
  origin_overrun_residual_180: originOverrun(180),
  origin_taxi_time_60: originTaxi(60),
  origin_taxi_time_180: originTaxi(180),
  route_overrun_14d: ({ flight, past }) => routeOverrun(past, flight),
  flight_number_overrun_14d: ({ flight, past }) => {
    const overruns = past.landingsOnRoute(14 * 1440, flight).filter(({ id }) => id === flight.id).map(overrun).filter(isKnown);
    return (sum(overruns) + 3 * routeOverrun(past, flight)) / (overruns.length + 3);
  },
  region_overrun_residual_480: (question) => {
    const landings = question.past.landings(480, inRegion(question)).filter((landing) => isKnown(overrun(landing)));
    return sum(landings.map((landing) => overrunResidual(landing, question.pastAt))) / 10 / (landings.length + 3);
  },

  route_air_gap_14d: ({ flight, past }) => routeAirGap(past, flight),
  route_air_gap_1d: ({ flight, past }) => {
    const gaps = past.landingsOnRoute(1440, flight).map(({ airTime, block }) => airTime - block);
    return (sum(gaps) + 3 * routeAirGap(past, flight)) / (gaps.length + 3);
  },
  destination_air_residual_300: (question) => meanAirResidual(question, { minutes: 300, strength: 2, of: atDestination(question) }),
  region_air_residual_480: (question) => meanAirResidual(question, { minutes: 480, strength: 2, of: inRegion(question) }),
  region_air_residual_1440: (question) => meanAirResidual(question, { minutes: 1440, strength: 3, of: inRegion(question) }),
  flight_number_arrival_delay_14d: ({ flight, past }) => shrunken(past.landingsOnRoute(14 * 1440, flight).filter(({ id }) => id === flight.id).map(({ arrivalDelay }) => arrivalDelay), 3),
  previous_leg_delay: (question) => lastLeg(question)?.arrivalDelay ?? NaN,
  turnaround_slack: (question) => question.flight.scheduled - (lastLeg(question)?.landed ?? NaN),
};
