-- Every column of the flight-delay dataset: the one definition that training, replay and serving share.
--
-- Sees: the views flights, weather, airports, holidays, and the parameters
--   $from, $to  half-open window on the scheduled departure (TIMESTAMP, UTC)
--   $as_of      what was known at that moment (TIMESTAMP, UTC): a departure from its minute on, an arrival from landing on
-- Gives: one row per scheduled flight in the window, in no order.
--
-- How it works. Time is a whole number of minutes since the epoch. A prediction is asked at off-block ("asked"), and live features read
-- only minutes before it. What happened is added up into running totals by minute, scope by scope (an origin, a destination, a route, ...);
-- a window [asked - w, asked - 1] is then the difference of two look-ups: the last total before asked, and the last total before asked - w.
-- Totals are whole numbers, so the result is the same for any number of threads. Means are shrunken by count towards a wider mean:
-- (sum + k * wider) / (count + k). Delays are minutes; "air gap" is air time minus scheduled block time.
--
-- Scope and minute are one number, scope * 100000000 + minute: one integer to sort by makes a look-up several times cheaper than a text and a
-- minute. One total runs on through all scopes of a kind; what other scopes added is in both look-ups and cancels. Each total begins with a row
-- of zeros, so that there always is a last one. How scopes are numbered is arbitrary, and nothing depends on it.
--
-- Nothing here subtracts a departure delay from an arrival delay. Where the feed of departure delays fails, such a difference quietly turns into
-- the arrival delay itself: a feature whose meaning changes with a fault elsewhere hides that fault.

WITH
-- 18 days of look-back: 14 of a route's mean, for the residuals of the last day's landings, of flights up to a day late.
-- One day ahead: flights due later may leave before a late one of the window.
record AS MATERIALIZED (
  SELECT scheduled_departure, year, month, day, sched_dep_time, sched_arr_time, carrier, flight, tailnum, origin, dest, distance, dep_delay, arr_delay, air_time
  FROM flights
  WHERE scheduled_departure >= $from::TIMESTAMP - INTERVAL 18 DAY AND scheduled_departure < $to::TIMESTAMP + INTERVAL 1 DAY
),
-- Flight numbers with their two ends, and what follows from those. A missing text is a scope too: its rows are kept, for the checks to find.
number AS MATERIALIZED (SELECT DISTINCT carrier, flight, origin, dest FROM record),
-- Puerto Rico's and the Virgin Islands' airports are not in `airports`; both keep Puerto Rico's time.
-- Neighbouring destinations meet the same winds aloft: regions are cells of 6 by 12 degrees. Western longitudes make negative numbers.
destination AS MATERIALIZED (
  SELECT d.dest, row_number() OVER () AS scope, coalesce(a.tzone, 'America/Puerto_Rico') AS tzone,
    coalesce(floor(a.lat / 6) * 100 + floor(a.lon / 12), 0)::BIGINT + 10000 AS region
  FROM (SELECT DISTINCT dest FROM number) d LEFT JOIN airports a ON a.faa = d.dest
),
origin AS MATERIALIZED (SELECT origin, row_number() OVER () AS scope FROM (SELECT DISTINCT origin FROM number)),
carrier AS (SELECT carrier, row_number() OVER () AS scope FROM (SELECT DISTINCT carrier FROM number)),
tail AS (SELECT tailnum, row_number() OVER () * 100000000 AS tail_scope FROM (SELECT DISTINCT tailnum FROM record WHERE tailnum IS NOT NULL)),
line AS (
  SELECT n.*, d.tzone, n.carrier || n.flight || '-' || n.origin || '-' || n.dest AS flight_id,
    row_number() OVER () * 100000000 AS line_scope,
    o.scope * 100000000 AS origin_scope,
    (o.scope * 10000 + c.scope) * 100000000 AS carrier_scope,
    d.scope * 100000000 AS dest_scope,
    (o.scope * 10000 + d.scope) * 100000000 AS route_scope,
    d.region * 100000000 AS region_scope
  FROM number n
  JOIN destination d ON d.dest IS NOT DISTINCT FROM n.dest
  JOIN origin o ON o.origin IS NOT DISTINCT FROM n.origin
  JOIN carrier c ON c.carrier IS NOT DISTINCT FROM n.carrier
),
-- Minutes that local time is ahead of UTC in each destination's zone, by UTC hour.
zone_offset AS (
  SELECT tzone, hour, (epoch_ms(timezone(tzone, timezone('UTC', hour))) - epoch_ms(hour)) // 60000 AS ahead
  FROM (SELECT DISTINCT tzone FROM destination), (SELECT DISTINCT date_trunc('hour', scheduled_departure) AS hour FROM record)
),
scheduled AS (
  SELECT
    (epoch_ms(f.scheduled_departure) // 60000)::INTEGER AS scheduled,
    f.scheduled_departure >= $from::TIMESTAMP AND f.scheduled_departure < $to::TIMESTAMP AS wanted,
    (epoch_ms($as_of::TIMESTAMP) // 60000)::INTEGER AS known_until,
    make_date(f.year, f.month, f.day) AS local_day,
    f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS local_minute,
    -- Scheduled arrival is a local clock time: in UTC, less the departure's, within a day.
    ((f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100 - z.ahead - epoch_ms(f.scheduled_departure) // 60000) % 1440 + 1440)::INTEGER % 1440 AS block,
    f.carrier, f.tailnum, f.origin, f.dest, f.distance, f.dep_delay, f.arr_delay, f.air_time,
    l.flight_id, l.line_scope, l.origin_scope, l.carrier_scope, l.dest_scope, l.route_scope, l.region_scope, t.tail_scope
  FROM record f
  JOIN line l ON l.carrier IS NOT DISTINCT FROM f.carrier AND l.flight IS NOT DISTINCT FROM f.flight AND l.origin IS NOT DISTINCT FROM f.origin AND l.dest IS NOT DISTINCT FROM f.dest
  JOIN zone_offset z ON z.tzone = l.tzone AND z.hour = date_trunc('hour', f.scheduled_departure)
  LEFT JOIN tail t ON t.tailnum = f.tailnum
),
seen AS (
  SELECT *,
    CASE WHEN scheduled + dep_delay <= known_until THEN dep_delay::INTEGER END AS departed_late,
    CASE WHEN scheduled + block + arr_delay <= known_until THEN arr_delay::INTEGER END AS arrived_late
  FROM scheduled
),
flight AS MATERIALIZED (
  SELECT *,
    row_number() OVER ()::INTEGER AS id,
    scheduled + departed_late AS departed,
    scheduled + block + arrived_late AS landed,
    scheduled + coalesce(departed_late, 0) AS asked,
    air_time - block AS air_gap
  FROM seen
),
asked AS MATERIALIZED (
  SELECT id, asked, scheduled, departed, origin_scope, carrier_scope, dest_scope, region_scope, line_scope, tail_scope FROM flight WHERE wanted
),
-- The first minute that a question is about. What no window can reach is left out before it is added up.
first AS MATERIALIZED (SELECT min(least(asked, scheduled)) AS minute FROM asked),

-- Landed flights by route: how long it is in the air, which is the winds aloft and the routing.
route_total AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(air_gap) OVER upto)::INTEGER AS air_gap
  FROM (SELECT route_scope + landed AS place, count(*) AS n, sum(air_gap) AS air_gap FROM flight WHERE landed IS NOT NULL GROUP BY ALL UNION ALL SELECT 0, 0, 0)
  WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),
-- Asked for the window's flights, and for those whose landing is in the last day of one of them.
route_question AS (
  SELECT id, route_scope + asked AS place FROM flight, first WHERE wanted OR landed >= first.minute - 1440
),
route_mean AS MATERIALIZED (
  SELECT q.id, t.n - d.n AS n_1d, t.air_gap - d.air_gap AS air_gap_1d, (t.air_gap - w.air_gap - 5 * 36) / (t.n - w.n + 5) AS air_gap_14d
  FROM route_question q
  ASOF JOIN route_total t ON t.place < q.place
  ASOF JOIN route_total d ON d.place < q.place - 1440
  ASOF JOIN route_total w ON w.place < q.place - 20160
),
-- Residuals against the route's own mean, in whole tenths of a minute: today's winds rather than the route's habit.
landing AS MATERIALIZED (
  SELECT f.landed AS minute, f.dest_scope, f.region_scope, f.arrived_late, round(10 * (f.air_gap - m.air_gap_14d))::INTEGER AS air_residual
  FROM flight f JOIN route_mean m USING (id), first
  WHERE f.landed >= first.minute - 1440
),

-- Running totals of departures in the network, and of a carrier at an origin.
departure AS MATERIALIZED (
  SELECT f.departed AS minute, f.origin_scope, f.carrier_scope, f.departed_late FROM flight f, first WHERE f.departed >= first.minute - 240
),
network_departed AS MATERIALIZED (
  SELECT minute, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT minute, count(*) AS n, sum(departed_late) AS late FROM departure GROUP BY ALL UNION ALL SELECT 0, 0, 0)
  WINDOW upto AS (ORDER BY minute ROWS UNBOUNDED PRECEDING)
),
carrier_departed AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT carrier_scope + minute AS place, count(*) AS n, sum(departed_late) AS late FROM departure GROUP BY ALL UNION ALL SELECT 0, 0, 0)
  WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),
-- Departures, scheduled and overdue flights at the origin. A flight is overdue from the minute after its schedule until it leaves, for three hours
-- at most: plus one where that begins, minus one where it ends, so that the total of every origin ends at zero. A cancelled flight never leaves.
due AS (
  SELECT f.origin_scope, f.scheduled, f.departed, f.departed IS NULL OR f.departed > f.scheduled AS overdue FROM flight f, first WHERE f.scheduled >= first.minute - 180
),
origin_total AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late, (sum(delayed) OVER upto)::INTEGER AS delayed,
    (sum(due) OVER upto)::INTEGER AS due, (sum(overdue) OVER upto)::INTEGER AS overdue, (sum(due_minute) OVER upto)::BIGINT AS due_minute
  FROM (
    SELECT place, sum(n) AS n, sum(late) AS late, sum(delayed) AS delayed, sum(due) AS due, sum(overdue) AS overdue, sum(overdue * scheduled::BIGINT) AS due_minute FROM (
      SELECT origin_scope + minute AS place, 1 AS n, departed_late AS late, (departed_late >= 15)::INTEGER AS delayed, 0 AS due, 0 AS overdue, 0 AS scheduled FROM departure
      UNION ALL
      SELECT origin_scope + scheduled, 0, 0, 0, 1, overdue::INTEGER, scheduled FROM due
      UNION ALL
      SELECT origin_scope + least(coalesce(departed, scheduled + 180), scheduled + 180), 0, 0, 0, 0, -1, scheduled FROM due WHERE overdue
    ) GROUP BY ALL UNION ALL SELECT 0, 0, 0, 0, 0, 0, 0
  ) WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),

-- Running totals of landings.
destination_landed AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late, (sum(air_residual) OVER upto)::INTEGER AS air_residual
  FROM (SELECT dest_scope + minute AS place, count(*) AS n, sum(arrived_late) AS late, sum(air_residual) AS air_residual
        FROM landing GROUP BY ALL UNION ALL SELECT 0, 0, 0, 0)
  WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),
region_landed AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(air_residual) OVER upto)::INTEGER AS air_residual
  FROM (SELECT region_scope + minute AS place, count(*) AS n, sum(air_residual) AS air_residual FROM landing GROUP BY ALL UNION ALL SELECT 0, 0, 0)
  WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),
line_landed AS MATERIALIZED (
  SELECT place, (sum(n) OVER upto)::INTEGER AS n, (sum(late) OVER upto)::INTEGER AS late
  FROM (SELECT line_scope + landed AS place, count(*) AS n, sum(arrived_late) AS late FROM flight, first WHERE landed >= first.minute - 20160 GROUP BY ALL UNION ALL SELECT 0, 0, 0)
  WINDOW upto AS (ORDER BY place ROWS UNBOUNDED PRECEDING)
),
tail_landed AS (
  SELECT f.tail_scope + f.landed AS place, f.landed AS minute, max(f.arrived_late) AS late FROM flight f, first
  WHERE f.landed >= first.minute - 1440 AND f.tail_scope IS NOT NULL GROUP BY ALL
),
-- An hour's record is complete at H:55. Hundredths of an inch and tenths of a millibar keep sums and differences exact.
hourly AS MATERIALIZED (
  SELECT o.scope * 100000000 + (epoch_ms(h.observed_hour) // 60000)::INTEGER AS place,
    h.temp, h.dewp, h.humid, h.wind_speed, h.wind_gust, h.precip, h.pressure, h.visib
  FROM weather h JOIN origin o USING (origin)
  WHERE h.observed_hour >= $from::TIMESTAMP - INTERVAL 1 DAY AND h.observed_hour < $to::TIMESTAMP + INTERVAL 2 DAY
),
observed AS (
  SELECT h.*, h.place + 55 AS known, round(10 * (h.pressure - b.pressure)) / 10 AS pressure_change_3h,
    sum(round(100 * h.precip)::INTEGER) OVER (ORDER BY h.place RANGE BETWEEN 120 PRECEDING AND CURRENT ROW) / 100 AS precip_3h
  FROM hourly h LEFT JOIN hourly b ON b.place = h.place - 180
),

-- Look-ups, scope by scope.
at_origin AS (
  SELECT a.id,
    t.n - t20.n AS n_20,
    t.n - t60.n AS n_60, t.late - t60.late AS late_60, t.delayed - t60.delayed AS delayed_60,
    t.n - t180.n AS n_180, t.late - t180.late AS late_180, t.delayed - t180.delayed AS delayed_180,
    t.due - t180.due AS due_180, t.overdue, t.overdue * a.asked::BIGINT - t.due_minute AS overdue_minutes,
    ahead20.due - t.due AS due_ahead_20,
    later.due - before.due AS due_around_60
  FROM asked a
  ASOF JOIN origin_total t ON t.place < a.origin_scope + a.asked
  ASOF JOIN origin_total t20 ON t20.place < a.origin_scope + a.asked - 20
  ASOF JOIN origin_total t60 ON t60.place < a.origin_scope + a.asked - 60
  ASOF JOIN origin_total t180 ON t180.place < a.origin_scope + a.asked - 180
  ASOF JOIN origin_total ahead20 ON ahead20.place < a.origin_scope + a.asked + 20
  ASOF JOIN origin_total before ON before.place < a.origin_scope + a.scheduled - 30
  ASOF JOIN origin_total later ON later.place <= a.origin_scope + a.scheduled + 30
),
around AS (
  SELECT a.id,
    n.n - n120.n AS network_n_120, n.late - n120.late AS network_late_120,
    c.n - c240.n AS carrier_n_240, c.late - c240.late AS carrier_late_240
  FROM asked a
  ASOF JOIN network_departed n ON n.minute < a.asked
  ASOF JOIN network_departed n120 ON n120.minute < a.asked - 120
  ASOF JOIN carrier_departed c ON c.place < a.carrier_scope + a.asked
  ASOF JOIN carrier_departed c240 ON c240.place < a.carrier_scope + a.asked - 240
),
landed_near AS (
  SELECT a.id,
    t.n - t300.n AS destination_n_300, t.late - t300.late AS destination_late_300, t.air_residual - t300.air_residual AS destination_air_residual_300,
    r.n - r480.n AS region_n_480, r.air_residual - r480.air_residual AS region_air_residual_480,
    r.n - r1440.n AS region_n_1440, r.air_residual - r1440.air_residual AS region_air_residual_1440
  FROM asked a
  ASOF JOIN destination_landed t ON t.place < a.dest_scope + a.asked
  ASOF JOIN destination_landed t300 ON t300.place < a.dest_scope + a.asked - 300
  ASOF JOIN region_landed r ON r.place < a.region_scope + a.asked
  ASOF JOIN region_landed r480 ON r480.place < a.region_scope + a.asked - 480
  ASOF JOIN region_landed r1440 ON r1440.place < a.region_scope + a.asked - 1440
),
own AS (
  SELECT a.id,
    n.n - n14.n AS number_n, n.late - n14.late AS number_late,
    -- The aircraft's last leg out of New York that has landed; unknown where the tail number or a recent landing is.
    -- Found places are compared as places: another scope's last one is further away than any window.
    CASE WHEN a.departed IS NOT NULL AND l.place > a.tail_scope + a.scheduled - 1440 THEN l.late END AS previous_leg_delay,
    CASE WHEN a.departed IS NOT NULL AND l.place > a.tail_scope + a.scheduled - 1440 THEN a.scheduled - l.minute END AS turnaround_slack,
    CASE WHEN o.known > a.origin_scope + a.asked - 180 THEN o END AS o
  FROM asked a
  ASOF JOIN line_landed n ON n.place < a.line_scope + a.asked
  ASOF JOIN line_landed n14 ON n14.place < a.line_scope + a.asked - 20160
  ASOF LEFT JOIN tail_landed l ON l.place < a.tail_scope + a.asked
  ASOF LEFT JOIN observed o ON o.known < a.origin_scope + a.asked
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
  o.due_around_60 AS scheduled_departures_60,
  o.due_ahead_20 AS scheduled_next_20,

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
  o.overdue / (o.due_180 + 5) AS origin_overdue_share,
  o.overdue_minutes / (o.overdue + 2) AS origin_overdue_minutes,

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
JOIN around n USING (id)
JOIN landed_near ln USING (id)
JOIN own w USING (id)
JOIN route_mean rm USING (id)
