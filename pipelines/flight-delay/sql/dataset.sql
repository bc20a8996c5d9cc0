-- Every column of the flight-delay dataset: the one definition that training, replay and serving share.
--
-- Sees: the views flights, weather, airports, holidays, and the parameters
--   $from, $to  half-open window on the scheduled departure (TIMESTAMP, UTC)
--   $as_of      what was known at that moment (TIMESTAMP, UTC): a departure from its minute on, an arrival from landing on
-- Gives: one row per scheduled flight in the window.
--
-- How it works. Time is a whole number of minutes since the epoch. A prediction is asked at off-block ("asked"), and live features read
-- only minutes before it. What happened is added up once per scope (origin, destination, route, ...) into running totals by minute; a window
-- [asked - w, asked - 1] is then the difference of two look-ups: the last total before asked, and the last total before asked - w.
-- Totals are whole numbers, so the result is the same for any number of threads. Means are shrunken by count towards a wider mean:
-- (sum + k * wider) / (count + k). Delays are minutes; "air gap" is air time minus scheduled block time.
--
-- Nothing here subtracts a departure delay from an arrival delay. Where the feed of departure delays fails, such a difference quietly turns into
-- the arrival delay itself: a feature whose meaning changes with a fault elsewhere hides that fault.

WITH
-- Minutes that local time is ahead of UTC at each destination's zone, by UTC hour.
-- Puerto Rico's and the Virgin Islands' airports are not in `airports`; both keep Puerto Rico's time.
zone AS (SELECT faa AS dest, coalesce(tzone, 'America/Puerto_Rico') AS tzone, lat, lon FROM airports),
zone_offset AS (
  SELECT tzone, hour, (epoch_ms(timezone(tzone, timezone('UTC', hour))) - epoch_ms(hour)) // 60000 AS ahead
  FROM (SELECT DISTINCT coalesce(tzone, 'America/Puerto_Rico') AS tzone FROM (SELECT DISTINCT dest FROM flights) LEFT JOIN zone USING (dest)),
       (SELECT unnest(range(date_trunc('hour', $from::TIMESTAMP) - INTERVAL 18 DAY, $to::TIMESTAMP + INTERVAL 1 DAY, INTERVAL 1 HOUR)) AS hour)
),

-- 18 days of look-back: 14 of a route's mean, for the residuals of the last day's landings, of flights up to a day late.
-- One day ahead: flights due later may leave before a late one of the window.
scheduled AS (
  SELECT
    (epoch_ms(f.scheduled_departure) // 60000)::INTEGER AS scheduled,
    f.scheduled_departure >= $from::TIMESTAMP AND f.scheduled_departure < $to::TIMESTAMP AS wanted,
    (epoch_ms($as_of::TIMESTAMP) // 60000)::INTEGER AS known_until,
    make_date(f.year, f.month, f.day) AS local_day,
    f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS local_minute,
    -- Scheduled arrival is a local clock time: in UTC, less the departure's, within a day.
    ((f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100 - z.ahead - epoch_ms(f.scheduled_departure) // 60000) % 1440 + 1440)::INTEGER % 1440 AS block,
    f.carrier, f.flight, f.tailnum, f.origin, f.dest, f.distance, f.dep_delay, f.arr_delay, f.air_time,
    f.carrier || f.flight || '-' || f.origin || '-' || f.dest AS flight_id,
    f.origin || f.dest AS route, f.origin || f.carrier AS carrier_origin,
    -- Neighbouring destinations meet the same winds aloft: cells of 6 by 12 degrees.
    coalesce(floor(a.lat / 6) * 100 + floor(a.lon / 12), 0)::INTEGER AS region
  FROM flights f
  LEFT JOIN zone a ON a.dest = f.dest
  JOIN zone_offset z ON z.tzone = coalesce(a.tzone, 'America/Puerto_Rico') AND z.hour = date_trunc('hour', f.scheduled_departure)
  WHERE f.scheduled_departure >= $from::TIMESTAMP - INTERVAL 18 DAY AND f.scheduled_departure < $to::TIMESTAMP + INTERVAL 1 DAY
),
seen AS (
  SELECT *,
    CASE WHEN scheduled + dep_delay <= known_until THEN dep_delay::INTEGER END AS departed_late,
    CASE WHEN scheduled + block + arr_delay <= known_until THEN arr_delay::INTEGER END AS arrived_late
  FROM scheduled
),
flight AS MATERIALIZED (
  SELECT *,
    row_number() OVER (ORDER BY scheduled, flight_id)::INTEGER AS id,
    scheduled + departed_late AS departed,
    scheduled + block + arrived_late AS landed,
    scheduled + coalesce(departed_late, 0) AS asked,
    air_time - block AS air_gap
  FROM seen
),

-- Landed flights by route: how long it is in the air, which is the winds aloft and the routing.
route_total AS MATERIALIZED (
  SELECT route, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(air_gap) OVER upto)::INTEGER AS air_gap
  FROM (SELECT route, landed AS minute, count(*) AS n, sum(air_gap) AS air_gap FROM flight WHERE landed IS NOT NULL GROUP BY ALL)
  WINDOW upto AS (PARTITION BY route ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
route_mean AS MATERIALIZED (
  SELECT f.id,
    coalesce(t.n, 0) - coalesce(d.n, 0) AS n_1d, coalesce(t.air_gap, 0) - coalesce(d.air_gap, 0) AS air_gap_1d,
    (coalesce(t.air_gap, 0) - coalesce(w.air_gap, 0) - 5 * 36) / (coalesce(t.n, 0) - coalesce(w.n, 0) + 5) AS air_gap_14d
  FROM flight f
  ASOF LEFT JOIN route_total t ON t.route = f.route AND t.minute < f.asked
  ASOF LEFT JOIN route_total d ON d.route = f.route AND d.minute < f.asked - 1440
  ASOF LEFT JOIN route_total w ON w.route = f.route AND w.minute < f.asked - 20160
),
-- Residuals against the route's own mean, in whole tenths of a minute: today's winds rather than the route's habit.
landing AS MATERIALIZED (
  SELECT f.landed AS minute, f.dest, f.flight_id, f.region, f.arrived_late, round(10 * (f.air_gap - m.air_gap_14d))::INTEGER AS air_residual
  FROM flight f JOIN route_mean m USING (id) WHERE f.landed IS NOT NULL
),

-- Running totals of departures by origin, of a carrier at an origin, and in the network.
origin_departed AS MATERIALIZED (
  SELECT origin, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late, (sum(delayed) OVER upto)::INTEGER AS delayed
  FROM (SELECT origin, departed AS minute, count(*) AS n, sum(departed_late) AS late, count(*) FILTER (departed_late >= 15) AS delayed
        FROM flight WHERE departed IS NOT NULL GROUP BY ALL)
  WINDOW upto AS (PARTITION BY origin ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
network_departed AS MATERIALIZED (
  SELECT minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT departed AS minute, count(*) AS n, sum(departed_late) AS late FROM flight WHERE departed IS NOT NULL GROUP BY ALL)
  WINDOW upto AS (ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
carrier_departed AS MATERIALIZED (
  SELECT carrier_origin, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT carrier_origin, departed AS minute, count(*) AS n, sum(departed_late) AS late FROM flight WHERE departed IS NOT NULL GROUP BY ALL)
  WINDOW upto AS (PARTITION BY carrier_origin ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
-- Scheduled and overdue flights at the origin. A flight is overdue from the minute after its schedule until it leaves, for three hours at most:
-- plus one where that begins, minus one where it ends. A cancelled flight never leaves.
origin_queue AS MATERIALIZED (
  SELECT origin, minute, (sum(due) OVER upto)::INTEGER AS due, (sum(overdue) OVER upto)::INTEGER AS overdue, (sum(due_minute) OVER upto)::BIGINT AS due_minute
  FROM (
    SELECT origin, minute, sum(due) AS due, sum(overdue) AS overdue, sum(overdue * scheduled::BIGINT) AS due_minute FROM (
      SELECT origin, scheduled AS minute, 1 AS due, (departed IS NULL OR departed > scheduled)::INTEGER AS overdue, scheduled FROM flight
      UNION ALL
      SELECT origin, least(coalesce(departed, scheduled + 180), scheduled + 180), 0, -1, scheduled FROM flight WHERE departed IS NULL OR departed > scheduled
    ) GROUP BY ALL
  ) WINDOW upto AS (PARTITION BY origin ORDER BY minute ROWS UNBOUNDED PRECEDING)
),

-- Running totals of landings.
destination_landed AS MATERIALIZED (
  SELECT dest, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late, (sum(air_residual) OVER upto)::INTEGER AS air_residual
  FROM (SELECT dest, minute, count(*) AS n, sum(arrived_late) AS late, sum(air_residual) AS air_residual FROM landing GROUP BY ALL)
  WINDOW upto AS (PARTITION BY dest ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
region_landed AS MATERIALIZED (
  SELECT region, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(air_residual) OVER upto)::INTEGER AS air_residual
  FROM (SELECT region, minute, count(*) AS n, sum(air_residual) AS air_residual FROM landing GROUP BY ALL)
  WINDOW upto AS (PARTITION BY region ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
number_landed AS MATERIALIZED (
  SELECT flight_id, minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT flight_id, minute, count(*) AS n, sum(arrived_late) AS late FROM landing GROUP BY ALL)
  WINDOW upto AS (PARTITION BY flight_id ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
tail_landed AS (
  SELECT tailnum, landed AS minute, max(arrived_late) AS late FROM flight WHERE landed IS NOT NULL AND tailnum IS NOT NULL GROUP BY ALL
),
-- An hour's record is complete at H:55. Hundredths of an inch and tenths of a millibar keep sums and differences exact.
hourly AS (
  SELECT origin, (epoch_ms(observed_hour) // 60000)::INTEGER AS minute, temp, dewp, humid, wind_speed, wind_gust, precip, pressure, visib,
    sum(round(100 * precip)::INTEGER) OVER (PARTITION BY origin ORDER BY epoch_ms(observed_hour) // 60000 RANGE BETWEEN 120 PRECEDING AND CURRENT ROW) / 100 AS precip_3h
  FROM weather
  WHERE observed_hour >= $from::TIMESTAMP - INTERVAL 1 DAY AND observed_hour < $to::TIMESTAMP + INTERVAL 2 DAY
),
observed AS (
  SELECT h.*, h.minute + 55 AS known, round(10 * (h.pressure - b.pressure)) / 10 AS pressure_change_3h
  FROM hourly h LEFT JOIN hourly b ON b.origin = h.origin AND b.minute = h.minute - 180
),
asked AS MATERIALIZED (SELECT id, asked, scheduled, origin, dest, carrier_origin, region, flight_id, tailnum, departed FROM flight WHERE wanted),

-- Look-ups, scope by scope.
at_origin AS (
  SELECT a.id,
    coalesce(t.n, 0) - coalesce(t20.n, 0) AS n_20,
    coalesce(t.n, 0) - coalesce(t60.n, 0) AS n_60, coalesce(t.late, 0) - coalesce(t60.late, 0) AS late_60, coalesce(t.delayed, 0) - coalesce(t60.delayed, 0) AS delayed_60,
    coalesce(t.n, 0) - coalesce(t180.n, 0) AS n_180, coalesce(t.late, 0) - coalesce(t180.late, 0) AS late_180, coalesce(t.delayed, 0) - coalesce(t180.delayed, 0) AS delayed_180
  FROM asked a
  ASOF LEFT JOIN origin_departed t ON t.origin = a.origin AND t.minute < a.asked
  ASOF LEFT JOIN origin_departed t20 ON t20.origin = a.origin AND t20.minute < a.asked - 20
  ASOF LEFT JOIN origin_departed t60 ON t60.origin = a.origin AND t60.minute < a.asked - 60
  ASOF LEFT JOIN origin_departed t180 ON t180.origin = a.origin AND t180.minute < a.asked - 180
),
queue AS (
  SELECT a.id,
    coalesce(now.due, 0) - coalesce(t180.due, 0) AS due_180, now.overdue AS overdue, now.overdue * a.asked::BIGINT - now.due_minute AS overdue_minutes,
    ahead20.due - coalesce(now.due, 0) AS due_ahead_20,
    later.due - coalesce(before.due, 0) AS due_around_60
  FROM asked a
  ASOF LEFT JOIN origin_queue now ON now.origin = a.origin AND now.minute < a.asked
  ASOF LEFT JOIN origin_queue t180 ON t180.origin = a.origin AND t180.minute < a.asked - 180
  ASOF LEFT JOIN origin_queue ahead20 ON ahead20.origin = a.origin AND ahead20.minute < a.asked + 20
  ASOF LEFT JOIN origin_queue before ON before.origin = a.origin AND before.minute < a.scheduled - 30
  ASOF LEFT JOIN origin_queue later ON later.origin = a.origin AND later.minute <= a.scheduled + 30
),
around AS (
  SELECT a.id,
    coalesce(n.n, 0) - coalesce(n120.n, 0) AS network_n_120, coalesce(n.late, 0) - coalesce(n120.late, 0) AS network_late_120,
    coalesce(c.n, 0) - coalesce(c240.n, 0) AS carrier_n_240, coalesce(c.late, 0) - coalesce(c240.late, 0) AS carrier_late_240
  FROM asked a
  ASOF LEFT JOIN network_departed n ON n.minute < a.asked
  ASOF LEFT JOIN network_departed n120 ON n120.minute < a.asked - 120
  ASOF LEFT JOIN carrier_departed c ON c.carrier_origin = a.carrier_origin AND c.minute < a.asked
  ASOF LEFT JOIN carrier_departed c240 ON c240.carrier_origin = a.carrier_origin AND c240.minute < a.asked - 240
),
landed_near AS (
  SELECT a.id,
    coalesce(t.n, 0) - coalesce(t300.n, 0) AS destination_n_300, coalesce(t.late, 0) - coalesce(t300.late, 0) AS destination_late_300,
    coalesce(t.air_residual, 0) - coalesce(t300.air_residual, 0) AS destination_air_residual_300,
    coalesce(r.n, 0) - coalesce(r480.n, 0) AS region_n_480, coalesce(r.air_residual, 0) - coalesce(r480.air_residual, 0) AS region_air_residual_480,
    coalesce(r.n, 0) - coalesce(r1440.n, 0) AS region_n_1440, coalesce(r.air_residual, 0) - coalesce(r1440.air_residual, 0) AS region_air_residual_1440
  FROM asked a
  ASOF LEFT JOIN destination_landed t ON t.dest = a.dest AND t.minute < a.asked
  ASOF LEFT JOIN destination_landed t300 ON t300.dest = a.dest AND t300.minute < a.asked - 300
  ASOF LEFT JOIN region_landed r ON r.region = a.region AND r.minute < a.asked
  ASOF LEFT JOIN region_landed r480 ON r480.region = a.region AND r480.minute < a.asked - 480
  ASOF LEFT JOIN region_landed r1440 ON r1440.region = a.region AND r1440.minute < a.asked - 1440
),
own AS (
  SELECT a.id,
    coalesce(n.n, 0) - coalesce(n14.n, 0) AS number_n, coalesce(n.late, 0) - coalesce(n14.late, 0) AS number_late,
    -- The aircraft's last leg out of New York that has landed; unknown where the tail number or a recent landing is.
    CASE WHEN a.departed IS NOT NULL AND a.scheduled - l.minute < 1440 THEN l.late END AS previous_leg_delay,
    CASE WHEN a.departed IS NOT NULL AND a.scheduled - l.minute < 1440 THEN a.scheduled - l.minute END AS turnaround_slack,
    CASE WHEN a.asked - o.known < 180 THEN o END AS o
  FROM asked a
  ASOF LEFT JOIN number_landed n ON n.flight_id = a.flight_id AND n.minute < a.asked
  ASOF LEFT JOIN number_landed n14 ON n14.flight_id = a.flight_id AND n14.minute < a.asked - 20160
  ASOF LEFT JOIN tail_landed l ON l.tailnum = a.tailnum AND l.minute < a.asked
  ASOF LEFT JOIN observed o ON o.origin = a.origin AND o.known < a.asked
)
SELECT
  f.flight_id,
  make_timestamp(f.scheduled * 60000000::BIGINT) AS scheduled_departure,
  make_timestamp(f.asked * 60000000::BIGINT) AS predicted_at,
  CASE WHEN f.arrived_late IS NOT NULL THEN make_timestamp(f.landed * 60000000::BIGINT) END AS label_known_at,
  -- That a flight will not leave, or will not land as planned, is not recorded with a time: it counts as known a day later.
  CASE
    WHEN f.arrived_late IS NOT NULL THEN 'completed'
    WHEN f.dep_delay IS NULL AND f.scheduled + 1440 <= f.known_until THEN 'cancelled'
    WHEN f.dep_delay IS NOT NULL AND f.arr_delay IS NULL AND f.scheduled + f.block + 1440 <= f.known_until THEN 'diverted'
    ELSE 'pending'
  END AS outcome,
  f.arrived_late AS arrival_delay,
  (f.arrived_late >= 15)::INTEGER AS delayed,
  CASE WHEN f.departed IS NOT NULL THEN f.tailnum END AS tail_number,

  f.carrier,
  f.origin,
  f.dest AS destination,
  lower(dayname(f.local_day)) AS weekday,
  f.local_minute / 60 AS hour,
  (isodow(f.local_day) >= 6)::INTEGER AS weekend,
  (f.local_day IN (SELECT day FROM holidays))::INTEGER AS holiday,
  (f.local_day IN (SELECT day + days::INTEGER FROM holidays, (VALUES (-2), (-1), (1), (2)) near(days)))::INTEGER AS near_holiday,
  f.distance,
  f.block AS scheduled_block,
  f.block - 0.12::DOUBLE * f.distance AS scheduled_padding,
  q.due_around_60 AS scheduled_departures_60,
  q.due_ahead_20 AS scheduled_next_20,

  w.o.temp AS temperature,
  w.o.dewp AS dew_point,
  w.o.humid AS humidity,
  w.o.wind_speed AS wind_speed,
  w.o.wind_gust AS wind_gust,
  w.o.precip AS precipitation,
  w.o.precip_3h AS precipitation_3h,
  w.o.pressure AS pressure,
  w.o.pressure_change_3h AS pressure_change_3h,
  w.o.visib AS visibility,
  .25 * least(1, (10 - w.o.visib) / 10)
    + .15 * greatest(0, least(1, (w.o.wind_speed - 10) / 20)) + .15 * greatest(0, least(1, (coalesce(w.o.wind_gust, 0) - 20) / 20))
    + .20 * least(1, w.o.precip_3h / .5)
    + .15 * (w.o.precip > 0 AND w.o.temp <= 32)::INTEGER + .10 * (w.o.precip >= .1 AND w.o.temp >= 65)::INTEGER AS weather_severity,

  f.departed_late AS departure_delay,
  o.late_60 / (o.n_60 + 2) AS origin_departure_delay_60,
  o.late_180 / (o.n_180 + 5) AS origin_departure_delay_180,
  o.delayed_60 / (o.n_60 + 2) AS origin_delayed_share_60,
  o.delayed_180 / (o.n_180 + 5) AS origin_delayed_share_180,
  o.late_60 / (o.n_60 + 2) - o.late_180 / (o.n_180 + 5) AS origin_delay_trend,
  o.n_20 AS departures_20,
  n.network_late_120 / (n.network_n_120 + 5) AS network_departure_delay_120,
  n.carrier_late_240 / (n.carrier_n_240 + 3) AS carrier_origin_departure_delay_240,
  ln.destination_late_300 / (ln.destination_n_300 + 3) AS destination_arrival_delay_300,
  coalesce(q.overdue, 0) / (q.due_180 + 5) AS origin_overdue_share,
  coalesce(q.overdue_minutes, 0) / (coalesce(q.overdue, 0) + 2) AS origin_overdue_minutes,

  rm.air_gap_14d AS route_air_gap_14d,
  (rm.air_gap_1d + 3 * rm.air_gap_14d) / (rm.n_1d + 3) AS route_air_gap_1d,
  ln.destination_air_residual_300 / 10 / (ln.destination_n_300 + 2) AS destination_air_residual_300,
  ln.region_air_residual_480 / 10 / (ln.region_n_480 + 2) AS region_air_residual_480,
  ln.region_air_residual_1440 / 10 / (ln.region_n_1440 + 3) AS region_air_residual_1440,
  w.number_late / (w.number_n + 3) AS flight_number_arrival_delay_14d,
  w.previous_leg_delay,
  w.turnaround_slack
FROM flight f
JOIN at_origin o USING (id)
JOIN queue q USING (id)
JOIN around n USING (id)
JOIN landed_near ln USING (id)
JOIN own w USING (id)
JOIN route_mean rm USING (id)
ORDER BY f.scheduled, f.flight_id
