-- Every column of the flight-delay dataset: the one definition that training, replay and serving share.
--
-- Sees: the views flights, weather, airports, holidays, facilities, events, and the parameters
--   $from, $to  half-open window on the scheduled departure (TIMESTAMP, UTC)
--   $as_of      what was known at that moment (TIMESTAMP, UTC): a departure from its minute on, an arrival from landing on
-- Gives: one row per scheduled flight in the window, in the order of scheduled departure, then flight id (see the last paragraph).
--
-- How it works. Time is a whole number of minutes since the epoch. A prediction is asked at off-block ("asked"), and live features read
-- only minutes before it. What happened is added up into running totals by minute, scope by scope (an origin, a destination, a route, ...);
-- a window [asked - w, asked - 1] is then the difference of two look-ups: the last total before asked, and the last total before asked - w.
-- Totals are whole numbers, so the result is the same for any number of threads. Means are shrunken by count towards a wider mean:
-- (sum + k * wider) / (count + k). Delays are minutes; "air gap" is air time minus scheduled block time.
--
-- Scope and minute are one number, a place: one integer to sort by makes a look-up several times cheaper than a text and a minute, and one of 32
-- bits takes half the time of one of 64. So every scope has a stretch of `clock.stretch` minutes to itself, a look-back longer than its flights
-- need (more than 2^31 scope-minutes, e.g. 224 routes for 18 years, end in an error); only flight numbers and aircraft are too many for that.
-- One total runs on through all scopes of a kind; what other scopes added is in both look-ups and cancels. Rows are put in the order of their places and
-- added up one after the other, which takes half the time of a window that orders and knows of rows at the same place. So of those only the last one's total
-- is whole, and only it is kept; in what order they are added does not matter. Each total begins with a row of zeros, so that there always is a last one.
-- How scopes are numbered is arbitrary, and nothing depends on it.
-- What a look-up carries is sorted and copied with it. So questions are put in the order of their places first (sorting what is sorted is cheap),
-- carry an id and little else, and the flights' other columns are joined to the answers at the end.
-- At the origin, where most is asked, and in the network nothing is looked for: totals are a list, and a second one says for every minute which
-- of them is the last. Lists are made of totals as they come, which is in order, for windows without order are one thread's work. Departures, dues and landings have lists of their own: one list of them all is as long, and every total of it five times as wide.
-- That is an integer for every minute of every origin (some 2 MB an origin and year, and it is held a few times over): right for tens of origins, not
-- for hundreds. Lists are in one row, which stands left of the flights: so it is neither sorted nor copied, and what is read from it is read at once.
--
-- Over-run is arrival delay minus departure delay, taxi time what a flight takes beyond its time in the air. Where the feed of departure delays fails,
-- it says 0, and an over-run of it would quietly be the arrival delay itself: a feature whose meaning changes with a fault elsewhere hides that fault.
-- So a departure delay of exactly 0 (5 % of flights) says nothing of over-run and taxi time: such flights are left out of both, and where the feed
-- stands still, their means shrink to the wider mean. How often an origin says 0 is a column too, so that a model can learn to mistrust it.
-- See docs/decisions/0009.
--
-- Rows come in order because narrow rows of flights are sorted once at the start and nothing disorders them: that is quicker than to sort all columns at the end.
-- The order holds on one thread only, and nothing is wrong without it: who needs it looks and sorts. What disorders is a left join that finds nothing for some rows,
-- for those come after the others of their batch. So the right sides of the last joins have a row for every flight, and are still left joins, which stay in
-- the order in which they are written.

WITH
-- 18 days of look-back: 14 of a route's mean, for the residuals of the last day's landings, of flights up to a day late.
-- One day ahead: flights due later may leave before a late one of the window.
record AS (
  SELECT scheduled_departure, year, month, day, sched_dep_time, sched_arr_time, carrier, flight, tailnum, origin, dest, distance, dep_delay, arr_delay, air_time
  FROM flights
  WHERE scheduled_departure >= $from::TIMESTAMP - INTERVAL 18 DAY AND scheduled_departure < $to::TIMESTAMP + INTERVAL 1 DAY
),
-- Flight numbers with their two ends, and what follows from those. A missing text is a scope too: its rows are kept, for the checks to find.
number AS MATERIALIZED (SELECT DISTINCT carrier, flight, origin, dest FROM record),
-- Puerto Rico's and the Virgin Islands' airports are not in `airports`; both keep Puerto Rico's time.
-- Neighbouring destinations meet the same winds aloft: regions are cells of 6 by 12 degrees. Western longitudes make negative numbers.
destination AS MATERIALIZED (
  SELECT d.dest, row_number() OVER ()::INTEGER AS scope, coalesce(a.tzone, 'America/Puerto_Rico') AS tzone,
    coalesce(floor(a.lat / 6) * 100 + floor(a.lon / 12), 0)::BIGINT + 10000 AS region
  FROM (SELECT DISTINCT dest FROM number) d LEFT JOIN airports a ON a.faa = d.dest
),
origin AS MATERIALIZED (SELECT origin, row_number() OVER ()::INTEGER AS scope FROM (SELECT DISTINCT origin FROM number)),
carrier AS (SELECT origin, carrier, row_number() OVER ()::INTEGER AS scope FROM (SELECT DISTINCT origin, carrier FROM number)),
route AS (SELECT origin, dest, row_number() OVER ()::INTEGER AS scope FROM (SELECT DISTINCT origin, dest FROM number)),
region AS (SELECT region, row_number() OVER ()::INTEGER AS scope FROM (SELECT DISTINCT region FROM destination)),
zone AS MATERIALIZED (SELECT tzone, row_number() OVER ()::INTEGER AS zone FROM (SELECT DISTINCT tzone FROM destination)),
tail AS (SELECT tailnum, row_number() OVER ()::INTEGER AS tail_scope FROM (SELECT DISTINCT tailnum FROM record WHERE tailnum IS NOT NULL)),
line AS MATERIALIZED (
  SELECT n.*, z.zone, n.carrier || n.flight || '-' || n.origin || '-' || n.dest AS flight_id,
    row_number() OVER (ORDER BY flight_id)::INTEGER AS line_scope,
    o.scope AS origin_scope, c.scope AS carrier_scope, d.scope AS dest_scope, r.scope AS route_scope, g.scope AS region_scope
  FROM number n
  JOIN destination d ON d.dest IS NOT DISTINCT FROM n.dest
  JOIN zone z ON z.tzone = d.tzone
  JOIN origin o ON o.origin IS NOT DISTINCT FROM n.origin
  JOIN carrier c ON c.origin IS NOT DISTINCT FROM n.origin AND c.carrier IS NOT DISTINCT FROM n.carrier
  JOIN route r ON r.origin IS NOT DISTINCT FROM n.origin AND r.dest IS NOT DISTINCT FROM n.dest
  JOIN region g ON g.region = d.region
),
-- Minutes that local time is ahead of UTC in each destination's zone, by UTC hour.
zone_offset AS MATERIALIZED (
  SELECT zone * 10000000 + hour AS zone_hour, ((epoch_ms(timezone(tzone, timezone('UTC', make_timestamp(hour * 3600000000)))) - hour * 3600000) // 60000)::INTEGER AS ahead
  FROM zone, (SELECT DISTINCT epoch_ms(scheduled_departure) // 3600000 AS hour FROM record)
),
flight AS MATERIALIZED (
  SELECT *, row_number() OVER ()::INTEGER AS id, scheduled + departed_late AS departed, scheduled + block + arrived_late AS landed, scheduled + coalesce(departed_late, 0) AS asked FROM (
    SELECT *,
      CASE WHEN scheduled + dep_delay <= known_until THEN dep_delay END AS departed_late,
      CASE WHEN scheduled + block + arr_delay <= known_until THEN arr_delay END AS arrived_late,
      CASE WHEN scheduled + block + arr_delay <= known_until AND scheduled + dep_delay <= known_until AND dep_delay <> 0 AND air_time IS NOT NULL THEN arr_delay - dep_delay END AS overrun
    FROM (
      SELECT f.scheduled,
        (epoch_ms($as_of::TIMESTAMP) // 60000)::INTEGER AS known_until,
        f.scheduled_departure >= $from::TIMESTAMP AND f.scheduled_departure < $to::TIMESTAMP AS wanted,
        make_date(f.year, f.month, f.day) AS local_day,
        f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS local_minute,
        -- Scheduled arrival is a local clock time: in UTC, less the departure's, within a day.
        ((f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100 - z.ahead - f.scheduled) % 1440 + 1440) % 1440 AS block,
        f.tailnum, f.distance, f.dep_delay, f.arr_delay, f.air_time,
        l.line_scope, l.origin_scope, l.carrier_scope, l.dest_scope, l.route_scope, l.region_scope, t.tail_scope
      FROM (SELECT *, (epoch_ms(scheduled_departure) // 60000)::INTEGER AS scheduled FROM record) f
      JOIN line l ON l.carrier IS NOT DISTINCT FROM f.carrier AND l.flight IS NOT DISTINCT FROM f.flight AND l.origin IS NOT DISTINCT FROM f.origin AND l.dest IS NOT DISTINCT FROM f.dest
      JOIN zone_offset z ON z.zone_hour = l.zone * 10000000 + f.scheduled // 60
      LEFT JOIN tail t ON t.tailnum = f.tailnum
      ORDER BY f.scheduled, l.line_scope
    )
  )
),
asked AS MATERIALIZED (
  SELECT id, asked, scheduled, departed, origin_scope, carrier_scope, dest_scope, region_scope, line_scope, tail_scope FROM flight WHERE wanted
),
-- The first minute that a question is about. What no window can reach is left out before it is added up.
first AS MATERIALIZED (SELECT min(least(asked, scheduled)) AS minute FROM asked),
-- A place is scope * stretch + minute - zero: two weeks, which the longest window takes, lie between the scopes, however late a flight is.
clock AS MATERIALIZED (
  SELECT zero, latest + 1440 - zero AS stretch FROM (
    SELECT least(min(least(scheduled, asked, landed)), epoch_ms($from::TIMESTAMP) // 60000 - 1440)::INTEGER - 2 * 20160 AS zero,
      greatest(max(greatest(scheduled, asked, landed)), epoch_ms($to::TIMESTAMP) // 60000 + 2880)::INTEGER AS latest
    FROM flight
  )
),

-- Landed flights by route: how long it is in the air, which is the winds aloft and the routing, and its over-run.
-- Landings and over-run are added up as one whole number: count + 65,536 * count with a known over-run + 2^32 * over-run. Counts of a window stay far
-- below 65,536, so its difference of totals comes apart again by bits.
route_total AS MATERIALIZED (
  SELECT place, (sum(landings) OVER so_far)::BIGINT AS landings, (sum(air_gap) OVER so_far)::INTEGER AS air_gap
  FROM (
    SELECT route_scope * stretch + landed - zero AS place, 1 + coalesce(65536 + overrun * 4294967296, 0) AS landings, (air_time - block)::INTEGER AS air_gap FROM flight, clock WHERE landed IS NOT NULL
    UNION ALL SELECT 0, 0, 0
    ORDER BY place
  )
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(place) OVER () IS DISTINCT FROM place
),
-- Asked for the window's flights, and for those whose landing is in the last day of one of them.
route_question AS MATERIALIZED (
  SELECT id, route_scope * stretch + asked - zero AS place FROM flight, first, clock WHERE wanted OR landed >= first.minute - 1440 ORDER BY place
),
route_mean AS MATERIALIZED (
  SELECT id, in_1 & 65535 AS n_1d, air_gap_1d, (air_gap_14 - 5 * 36) / ((in_14 & 65535) + 5) AS air_gap_14d, ((in_14 >> 32) - 5 * 4) / (((in_14 >> 16) & 65535) + 5) AS overrun_14d
  FROM (
    SELECT q.id, t.landings - q.landings AS in_1, t.air_gap - q.air_gap AS air_gap_1d, t.landings - q.landings_14 AS in_14, t.air_gap - q.air_gap_14 AS air_gap_14
    FROM (
      SELECT q.*, d.landings, d.air_gap FROM (SELECT q.*, w.landings AS landings_14, w.air_gap AS air_gap_14 FROM route_question q ASOF JOIN route_total w ON w.place < q.place - 20160) q
      ASOF JOIN route_total d ON d.place < q.place - 1440
    ) q
    ASOF JOIN route_total t ON t.place < q.place
  )
),
-- Residuals against the route's own mean, in whole tenths of a minute: today's winds rather than the route's habit.
landing AS MATERIALIZED (
  SELECT f.landed AS minute, f.origin_scope, f.dest_scope, f.region_scope, f.arrived_late, round(10 * (f.air_time - f.block - m.air_gap_14d))::INTEGER AS air_residual,
    round(10 * (f.overrun - m.overrun_14d))::INTEGER AS overrun_residual,
    -- Of a flight that left long ago, the queues on the ground say little of the present ones.
    CASE WHEN f.landed - f.departed <= 300 THEN least(greatest(f.block + f.overrun - f.air_time, 0), 255)::INTEGER END AS taxi
  FROM flight f JOIN route_mean m USING (id), first
  WHERE f.landed >= first.minute - 1440
),

-- Running totals of departures in the network, and of a carrier at an origin.
departure AS MATERIALIZED (
  SELECT f.departed AS minute, f.origin_scope, f.carrier_scope, f.departed_late FROM flight f, first WHERE f.departed >= first.minute - 240
),
network_departed AS MATERIALIZED (
  SELECT minute, (count(*) OVER so_far)::INTEGER AS n, (sum(late) OVER so_far)::INTEGER AS late
  FROM (SELECT minute - zero AS minute, departed_late AS late FROM departure, clock UNION ALL SELECT 0, 0 ORDER BY minute)
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(minute) OVER () IS DISTINCT FROM minute
),
carrier_departed AS MATERIALIZED (
  SELECT place, (count(*) OVER so_far)::INTEGER AS n, (sum(late) OVER so_far)::INTEGER AS late
  FROM (SELECT carrier_scope * stretch + minute - zero AS place, departed_late AS late FROM departure, clock UNION ALL SELECT 0, 0 ORDER BY place)
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(place) OVER () IS DISTINCT FROM place
),
-- Departures, scheduled and overdue flights at the origin. A flight is overdue from the minute after its schedule until it leaves, for three hours
-- at most: plus one where that begins, minus one where it ends, so that the total of every origin ends at zero. A cancelled flight never leaves.
-- What belongs together is one whole number again: departures as count + 2^11 * delayed + 2^22 * delay of exactly 0 + 2^32 * minutes late, overdue flights as
-- count + 65,536 * minutes since the first, arrivals as count + 65,536 * minutes late,
-- and those that left at most five hours before and whose over-run is known as count + 4,096 * taxi time + 2^32 * over-run residual:
-- an origin's counts of three hours stay below 1,024, and taxi times of 255 minutes at most below 4,096 * 256.
due AS (
  SELECT f.origin_scope, f.scheduled, f.departed, f.scheduled - first.minute AS since_first, f.departed IS NULL OR f.departed > f.scheduled AS overdue FROM flight f, first WHERE f.scheduled >= first.minute - 180
),
-- Where the last origin's stretch ends.
origin_end AS (SELECT (max(scope) + 1) * max(stretch) AS last_place FROM origin, clock),
origin_departed AS (
  SELECT place, lead(place) OVER () AS next, (sum(departures) OVER so_far)::BIGINT AS departures
  FROM (
    SELECT stretch AS place, 0 AS departures FROM clock
    UNION ALL SELECT origin_scope * stretch + minute - zero, 1 + (departed_late >= 15)::BIGINT * 2048 + (departed_late = 0)::BIGINT * 4194304 + departed_late * 4294967296 FROM departure, clock
    ORDER BY place
  )
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY next IS DISTINCT FROM place
),
origin_due AS (
  SELECT place, lead(place) OVER () AS next, (sum(due) OVER so_far)::INTEGER AS due, (sum(overdue) OVER so_far)::BIGINT AS overdue
  FROM (
    SELECT stretch AS place, 0 AS due, 0 AS overdue FROM clock
    UNION ALL SELECT origin_scope * stretch + scheduled - zero, 1, CASE WHEN overdue THEN 1 + since_first * 65536::BIGINT ELSE 0 END FROM due, clock
    UNION ALL SELECT origin_scope * stretch + least(coalesce(departed, scheduled + 180), scheduled + 180) - zero, 0, -1 - since_first * 65536::BIGINT FROM due, clock WHERE overdue
    ORDER BY place
  )
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY next IS DISTINCT FROM place
),
origin_landed AS (
  SELECT place, lead(place) OVER () AS next, (sum(landings) OVER so_far)::BIGINT AS landings, (sum(arrivals) OVER so_far)::BIGINT AS arrivals
  FROM (
    SELECT stretch AS place, 0 AS landings, 0 AS arrivals FROM clock
    UNION ALL SELECT origin_scope * stretch + minute - zero, coalesce(1 + taxi * 4096 + overrun_residual * 4294967296, 0), 1 + arrived_late * 65536::BIGINT FROM landing, clock
    ORDER BY place
  )
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY next IS DISTINCT FROM place
),
-- Every minute's last total, so that it need not be looked for: totals[last_total[minute]], where minutes count from 1 through all scopes. A total holds
-- for as many minutes as there are up to the next one.
origin_departures AS MATERIALIZED (
  SELECT totals, flatten(list_transform(totals, lambda total, position: repeat([position::INTEGER], total.minutes))) AS last_total
  FROM (SELECT list({minutes: coalesce(next, last_place) - place, departures: departures}) AS totals FROM origin_departed, origin_end)
),
origin_dues AS MATERIALIZED (
  SELECT totals, flatten(list_transform(totals, lambda total, position: repeat([position::INTEGER], total.minutes))) AS last_total
  FROM (SELECT list({minutes: coalesce(next, last_place) - place, due: due, overdue: overdue}) AS totals FROM origin_due, origin_end)
),
origin_landings AS MATERIALIZED (
  SELECT totals, flatten(list_transform(totals, lambda total, position: repeat([position::INTEGER], total.minutes))) AS last_total
  FROM (SELECT list({minutes: coalesce(next, last_place) - place, landings: landings, arrivals: arrivals}) AS totals FROM origin_landed, origin_end)
),

network_totals AS MATERIALIZED (
  SELECT totals, flatten(list_transform(totals, lambda total, position: repeat([position::INTEGER], coalesce(totals[position + 1].minute, stretch) - total.minute))) AS last_total
  FROM (SELECT list({minute: minute, n: n, late: late}) AS totals FROM network_departed), clock
),

-- Running totals of landings.
destination_landed AS MATERIALIZED (
  SELECT place, (count(*) OVER so_far)::INTEGER AS n, (sum(late) OVER so_far)::INTEGER AS late, (sum(air_residual) OVER so_far)::INTEGER AS air_residual
  FROM (SELECT dest_scope * stretch + minute - zero AS place, arrived_late AS late, air_residual FROM landing, clock UNION ALL SELECT 0, 0, 0 ORDER BY place)
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(place) OVER () IS DISTINCT FROM place
),
region_landed AS MATERIALIZED (
  SELECT place, (sum(landings) OVER so_far)::BIGINT AS landings, (sum(air_residual) OVER so_far)::INTEGER AS air_residual
  FROM (SELECT region_scope * stretch + minute - zero AS place, 1 + coalesce(65536 + overrun_residual * 4294967296, 0) AS landings, air_residual FROM landing, clock UNION ALL SELECT 0, 0, 0 ORDER BY place)
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(place) OVER () IS DISTINCT FROM place
),
line_landed AS MATERIALIZED (
  SELECT place, (sum(landings) OVER so_far)::BIGINT AS landings, (sum(late) OVER so_far)::INTEGER AS late
  FROM (
    SELECT line_scope * 100000000::BIGINT + landed AS place, 1 + coalesce(65536 + overrun * 4294967296, 0) AS landings, arrived_late AS late FROM flight, first WHERE landed >= first.minute - 20160
    UNION ALL SELECT 0, 0, 0
    ORDER BY place
  )
  WINDOW so_far AS (ROWS UNBOUNDED PRECEDING)
  QUALIFY lead(place) OVER () IS DISTINCT FROM place
),
tail_landed AS (
  SELECT f.tail_scope * 100000000::BIGINT + f.landed AS place, max(f.arrived_late) AS late FROM flight f, first
  WHERE f.landed >= first.minute - 1440 AND f.tail_scope IS NOT NULL GROUP BY ALL
),
-- An hour's record is complete at H:55. Hundredths of an inch and tenths of a millibar keep sums and differences exact.
hourly AS MATERIALIZED (
  SELECT DISTINCT ON (place) o.scope * stretch + (epoch_ms(h.observed_hour) // 60000)::INTEGER - zero AS place,
    h.temp, h.dewp, h.humid, h.wind_speed, h.wind_gust, h.precip, h.pressure, h.visib
  FROM weather h JOIN origin o USING (origin), clock
  WHERE h.observed_hour >= $from::TIMESTAMP - INTERVAL 1 DAY AND h.observed_hour < $to::TIMESTAMP + INTERVAL 2 DAY
    AND h.observed_hour + INTERVAL 55 MINUTE <= $as_of::TIMESTAMP
  -- A second record of an hour must not make a second flight.
  ORDER BY ALL
),
observed AS MATERIALIZED (
  SELECT *,
    .25 * least(1, (10 - visib) / 10)
      + .15 * greatest(0, least(1, (wind_speed - 10) / 20)) + .15 * greatest(0, least(1, (coalesce(wind_gust, 0) - 20) / 20))
      + .20 * least(1, precip_3h / .5)
      + .15 * (precip > 0 AND temp <= 32)::INTEGER + .10 * (precip >= .1 AND temp >= 65)::INTEGER AS weather_severity
  FROM (
    SELECT h.*, h.place + 55 AS known, round(10 * (h.pressure - b.pressure)) / 10 AS pressure_change_3h,
      sum(round(100 * h.precip)::INTEGER) OVER (ORDER BY h.place RANGE BETWEEN 120 PRECEDING AND CURRENT ROW) / 100 AS precip_3h
    FROM hourly h LEFT JOIN hourly b ON b.place = h.place - 180
  )
),

-- What the calendar says of a day is worked out once a day, not once a flight.
calendar AS (
  SELECT local_day, lower(dayname(local_day)) AS weekday, (isodow(local_day) >= 6)::INTEGER AS weekend,
    (local_day IN (SELECT day FROM holidays))::INTEGER AS holiday,
    (local_day IN (SELECT day + days::INTEGER FROM holidays, (VALUES (-2), (-1), (1), (2)) near(days)))::INTEGER AS near_holiday
  FROM (SELECT DISTINCT local_day FROM flight)
),

-- What an origin can take, by day: a closed runway is a row of its own, with the capacities empty where nobody published them.
airfield AS (
  -- Where periods overlap, the one that began last holds.
  SELECT DISTINCT ON (y.scope, y.local_day) y.scope AS origin_scope, y.local_day, a.runways,
    (a.good_weather_low + a.good_weather_high) / 2 AS good_weather_capacity, (a.bad_weather_low + a.bad_weather_high) / 2 AS bad_weather_capacity
  FROM (SELECT o.origin, o.scope, y.local_day FROM origin o, calendar y) y LEFT JOIN facilities a ON a.airport = y.origin AND y.local_day >= a.valid_from AND (y.local_day < a.valid_to OR a.valid_to IS NULL)
  ORDER BY y.scope, y.local_day, a.valid_from DESC, a.runways, a.good_weather_low, a.bad_weather_low
),
-- Flights that a major disruption, known by then, touches at one of their ends.
disrupted AS (
  SELECT DISTINCT f.id
  FROM (SELECT airport, epoch_ms(greatest(begins, known_at)) // 60000 AS first_minute, epoch_ms(ends) // 60000 AS last_minute FROM events WHERE known_at <= $as_of::TIMESTAMP) e
  JOIN line l ON l.origin = e.airport OR l.dest = e.airport
  JOIN asked f ON f.line_scope = l.line_scope AND f.asked > e.first_minute AND f.asked <= e.last_minute
),

-- Look-ups, scope by scope. What is carried through a look-up is sorted with it: the narrow ones come first, and differences are taken at once.
at_origin AS (
  SELECT *, (in_20 & 2047)::INTEGER AS n_20, in_60 & 2047 AS n_60, in_60 >> 32 AS late_60, (in_60 >> 11) & 2047 AS delayed_60,
    in_180 & 2047 AS n_180, in_180 >> 32 AS late_180, (in_180 >> 11) & 2047 AS delayed_180, (in_180 >> 22) & 1023 AS zeros_180,
    overdue_total & 65535 AS overdue, (overdue_total & 65535) * asked_since - (overdue_total >> 16) AS overdue_minutes,
    landed_60 & 4095 AS landed_n_60, (landed_60 >> 12) & 1048575 AS taxi_60, landed_60 >> 32 AS overrun_residual_60,
    landed_180 & 4095 AS landed_n_180, (landed_180 >> 12) & 1048575 AS taxi_180, landed_180 >> 32 AS overrun_residual_180,
    arrived_180 & 65535 AS arrived_n_180, arrived_180 >> 16 AS arrived_late_180
  FROM (
    SELECT f.* EXCLUDE (t, t_20, t_60, t_180, d, d_180, d_ahead, d_before, d_after, l, l_60, l_180, n, n_120),
      n.n - n_120.n AS network_n_120, n.late - n_120.late AS network_late_120,
      d.overdue AS overdue_total, t.departures - t_20.departures AS in_20, t.departures - t_60.departures AS in_60, t.departures - t_180.departures AS in_180,
      l.landings - l_60.landings AS landed_60, l.landings - l_180.landings AS landed_180, l.arrivals - l_180.arrivals AS arrived_180,
      d.due - d_180.due AS due_180, d_ahead.due - d.due AS due_ahead_20, d_after.due - d_before.due AS due_around_60
    FROM (
      SELECT f.*, origin_departures.totals[origin_departures.last_total[minute - 1]] AS t, origin_departures.totals[origin_departures.last_total[minute - 21]] AS t_20, origin_departures.totals[origin_departures.last_total[minute - 61]] AS t_60, origin_departures.totals[origin_departures.last_total[minute - 181]] AS t_180,
        origin_dues.totals[origin_dues.last_total[minute - 1]] AS d, origin_dues.totals[origin_dues.last_total[minute - 181]] AS d_180, origin_dues.totals[origin_dues.last_total[minute + 19]] AS d_ahead, origin_dues.totals[origin_dues.last_total[scheduled_minute - 31]] AS d_before, origin_dues.totals[origin_dues.last_total[scheduled_minute + 30]] AS d_after,
        origin_landings.totals[origin_landings.last_total[minute - 1]] AS l, origin_landings.totals[origin_landings.last_total[minute - 61]] AS l_60, origin_landings.totals[origin_landings.last_total[minute - 181]] AS l_180,
        network_totals.totals[network_totals.last_total[network_minute - 1]] AS n, network_totals.totals[network_totals.last_total[network_minute - 121]] AS n_120
      FROM origin_departures, origin_dues, origin_landings, network_totals, (
        SELECT f.*, asked - first.minute AS asked_since, (origin_scope - 1) * stretch + asked - zero + 1 AS minute, (origin_scope - 1) * stretch + scheduled - zero + 1 AS scheduled_minute, asked - zero + 1 AS network_minute
        FROM flight f, first, clock WHERE wanted
      ) f
    ) f
  )
),
weather_at_origin AS (
  SELECT a.id, CASE WHEN o.known > a.place - 180 THEN o.known ELSE 0 END AS weather
  FROM (SELECT id, origin_scope * stretch + asked - zero AS place FROM asked, clock ORDER BY place) a ASOF LEFT JOIN observed o ON o.known < a.place
),
own_carrier AS (
  SELECT a.id, c.n - a.n AS carrier_n_240, c.late - a.late AS carrier_late_240
  FROM (SELECT a.*, c.n, c.late FROM (SELECT id, carrier_scope * stretch + asked - zero AS place FROM asked, clock ORDER BY place) a ASOF JOIN carrier_departed c ON c.place < a.place - 240) a
  ASOF JOIN carrier_departed c ON c.place < a.place
),
at_destination AS (
  SELECT a.id, t.n - a.n AS destination_n_300, t.late - a.late AS destination_late_300, t.air_residual - a.air_residual AS destination_air_residual_300
  FROM (SELECT a.*, t.n, t.late, t.air_residual FROM (SELECT id, dest_scope * stretch + asked - zero AS place FROM asked, clock ORDER BY place) a ASOF JOIN destination_landed t ON t.place < a.place - 300) a
  ASOF JOIN destination_landed t ON t.place < a.place
),
in_region AS (
  SELECT id, in_480 & 65535 AS region_n_480, air_residual_480 AS region_air_residual_480, (in_480 >> 16) & 65535 AS region_overrun_n_480, in_480 >> 32 AS region_overrun_residual_480,
    in_1440 & 65535 AS region_n_1440, air_residual_1440 AS region_air_residual_1440
  FROM (
    SELECT a.id, r.landings - a.landings_480 AS in_480, r.air_residual - a.air_residual_480 AS air_residual_480, r.landings - a.landings AS in_1440, r.air_residual - a.air_residual AS air_residual_1440
    FROM (
      SELECT a.*, r.landings AS landings_480, r.air_residual AS air_residual_480
      FROM (SELECT a.*, r.landings, r.air_residual FROM (SELECT id, region_scope * stretch + asked - zero AS place FROM asked, clock ORDER BY place) a ASOF JOIN region_landed r ON r.place < a.place - 1440) a
      ASOF JOIN region_landed r ON r.place < a.place - 480
    ) a ASOF JOIN region_landed r ON r.place < a.place
  )
),
own_number AS (
  SELECT id, landed & 65535 AS number_n, late AS number_late, (landed >> 16) & 65535 AS number_overrun_n, landed >> 32 AS number_overrun
  FROM (
    SELECT a.id, n.landings - a.landings AS landed, n.late - a.late AS late
    FROM (SELECT a.*, n.landings, n.late FROM (SELECT id, line_scope * 100000000::BIGINT + asked AS place FROM asked ORDER BY place) a ASOF JOIN line_landed n ON n.place < a.place - 20160) a
    ASOF JOIN line_landed n ON n.place < a.place
  )
),
-- The aircraft's last leg out of New York that has landed; unknown where the tail number or a recent landing is.
-- Found places are compared as places: another scope's last one is further away than any window.
own_aircraft AS (
  SELECT a.id, CASE WHEN l.place > a.scheduled_place - 1440 THEN l.late END AS previous_leg_delay, CASE WHEN l.place > a.scheduled_place - 1440 THEN a.scheduled_place - l.place END AS turnaround_slack
  FROM (SELECT id, CASE WHEN departed IS NOT NULL AND tail_scope IS NOT NULL THEN tail_scope * 100000000::BIGINT + asked ELSE 0 END AS place, tail_scope * 100000000::BIGINT + scheduled AS scheduled_place FROM asked ORDER BY place) a
  ASOF LEFT JOIN tail_landed l ON l.place < a.place
)
SELECT
  l.flight_id,
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
  f.arrived_late::INTEGER AS arrival_delay,
  (f.arrived_late >= 15)::INTEGER AS delayed,
  CASE WHEN f.departed IS NOT NULL THEN f.tailnum END AS tail_number,

  l.carrier,
  l.origin,
  l.dest AS destination,
  y.weekday,
  f.local_minute / 60 AS hour,
  y.weekend,
  y.holiday,
  y.near_holiday,
  f.distance,
  f.block AS scheduled_block,
  f.block - 0.12::DOUBLE * f.distance AS scheduled_padding,
  f.due_around_60 AS scheduled_departures_60,
  f.due_ahead_20 AS scheduled_next_20,

  w.temp AS temperature,
  w.dewp AS dew_point,
  w.humid AS humidity,
  w.wind_speed AS wind_speed,
  w.wind_gust AS wind_gust,
  w.precip AS precipitation,
  w.precip_3h AS precipitation_3h,
  w.pressure AS pressure,
  w.pressure_change_3h AS pressure_change_3h,
  w.visib AS visibility,
  w.weather_severity,
  v.runways AS origin_runways,
  -- Below three miles pilots can no longer be left to see each other.
  CASE WHEN w.visib < 3 THEN v.bad_weather_capacity ELSE v.good_weather_capacity END AS origin_capacity,
  u.major_disruption,

  f.departed_late::INTEGER AS departure_delay,
  f.late_60 / (f.n_60 + 2) AS origin_departure_delay_60,
  f.late_180 / (f.n_180 + 5) AS origin_departure_delay_180,
  f.delayed_60 / (f.n_60 + 2) AS origin_delayed_share_60,
  f.delayed_180 / (f.n_180 + 5) AS origin_delayed_share_180,
  f.late_60 / (f.n_60 + 2) - f.late_180 / (f.n_180 + 5) AS origin_delay_trend,
  f.n_20 AS departures_20,
  (f.zeros_180 + 5 * 0.05::DOUBLE) / (f.n_180 + 5) AS origin_zero_delay_share_180,
  f.network_late_120 / (f.network_n_120 + 5) AS network_departure_delay_120,
  c.carrier_late_240 / (c.carrier_n_240 + 3) AS carrier_origin_departure_delay_240,
  d.destination_late_300 / (d.destination_n_300 + 3) AS destination_arrival_delay_300,
  f.overdue / (f.due_180 + 5) AS origin_overdue_share,
  f.overdue_minutes / (f.overdue + 2) AS origin_overdue_minutes,
  f.arrived_late_180 / (f.arrived_n_180 + 5) AS origin_arrival_delay_180,
  f.overrun_residual_60 / 10 / (f.landed_n_60 + 5) AS origin_overrun_residual_60,
  f.overrun_residual_180 / 10 / (f.landed_n_180 + 5) AS origin_overrun_residual_180,
  (f.taxi_60 + 3 * 24) / (f.landed_n_60 + 3) AS origin_taxi_time_60,
  (f.taxi_180 + 3 * 24) / (f.landed_n_180 + 3) AS origin_taxi_time_180,

  rm.air_gap_14d AS route_air_gap_14d,
  (rm.air_gap_1d + 3 * rm.air_gap_14d) / (rm.n_1d + 3) AS route_air_gap_1d,
  d.destination_air_residual_300 / 10 / (d.destination_n_300 + 2) AS destination_air_residual_300,
  r.region_air_residual_480 / 10 / (r.region_n_480 + 2) AS region_air_residual_480,
  r.region_overrun_residual_480 / 10 / (r.region_overrun_n_480 + 3) AS region_overrun_residual_480,
  r.region_air_residual_1440 / 10 / (r.region_n_1440 + 3) AS region_air_residual_1440,
  rm.overrun_14d AS route_overrun_14d,
  (u.number_overrun + 3 * rm.overrun_14d) / (u.number_overrun_n + 3) AS flight_number_overrun_14d,
  u.number_late / (u.number_n + 3) AS flight_number_arrival_delay_14d,
  p.previous_leg_delay::INTEGER AS previous_leg_delay,
  p.turnaround_slack::INTEGER AS turnaround_slack
FROM at_origin f
JOIN line l USING (line_scope)
JOIN calendar y ON y.local_day IS NOT DISTINCT FROM f.local_day
LEFT JOIN weather_at_origin o ON o.id = f.id
LEFT JOIN (FROM observed UNION ALL BY NAME SELECT 0 AS known) w ON w.known = o.weather
JOIN own_carrier c ON c.id = f.id
JOIN at_destination d ON d.id = f.id
JOIN in_region r ON r.id = f.id
JOIN (SELECT u.*, (x.id IS NOT NULL)::INTEGER AS major_disruption FROM own_number u LEFT JOIN disrupted x ON x.id = u.id) u ON u.id = f.id
LEFT JOIN own_aircraft p ON p.id = f.id
LEFT JOIN airfield v ON v.origin_scope = f.origin_scope AND v.local_day IS NOT DISTINCT FROM f.local_day
JOIN route_mean rm ON rm.id = f.id
