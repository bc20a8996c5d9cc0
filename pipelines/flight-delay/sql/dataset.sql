-- Every column of the flight-delay dataset: the one definition that training, replay and serving share.
--
-- Sees: the views flights, weather, airports, holidays, and the parameters
--   $from, $to  half-open window on the scheduled departure (TIMESTAMP, UTC)
--   $as_of      what was known at that moment (TIMESTAMP, UTC): a departure from its minute on, an arrival from landing on
-- Gives: one row per scheduled flight in the window.
--
-- How it works: time is a whole number of minutes since the epoch. A prediction is made at off-block, and everything "live" is read from a
-- window of minutes that ends one minute earlier (RANGE ... 1 PRECEDING), so nothing of the same minute or later can leak. Windows sum
-- whole numbers only, which makes the result the same for any number of threads. Means are shrunken: sum / (count + k).

WITH
-- Longest chain of look-back: 14 days of a route's mean, for residuals of the last day, of flights up to a day late.
zone_offset AS (
  SELECT tzone, hour, epoch(timezone(tzone, timezone('UTC', hour)) - hour)::INTEGER // 60 AS minutes
  FROM (SELECT DISTINCT tzone FROM airports WHERE tzone IS NOT NULL UNION SELECT 'America/Puerto_Rico'),
       (SELECT unnest(range(date_trunc('hour', $from::TIMESTAMP) - INTERVAL 18 DAY, $to::TIMESTAMP + INTERVAL 1 DAY, INTERVAL 1 HOUR)) AS hour)
  WHERE tzone IN (SELECT coalesce(airports.tzone, 'America/Puerto_Rico') FROM (SELECT DISTINCT dest FROM flights) LEFT JOIN airports ON faa = dest)
),
scheduled AS (
  SELECT
    (epoch_ms(f.scheduled_departure) // 60000)::INTEGER AS scheduled,
    make_date(f.year, f.month, f.day) AS local_day,
    f.sched_dep_time // 100 * 60 + f.sched_dep_time % 100 AS local_minute,
    -- Puerto Rico's and the Virgin Islands' airports are not in `airports`: same zone, no daylight saving.
    (f.sched_arr_time // 100 * 60 + f.sched_arr_time % 100
      - (epoch_ms(f.scheduled_departure) // 60000 % 1440)::INTEGER - z.minutes + 4320) % 1440 AS block,
    f.carrier, f.flight, f.tailnum, f.origin, f.dest, f.distance, f.dep_delay, f.arr_delay, f.air_time,
    -- Neighbouring destinations meet the same winds aloft.
    coalesce(floor(a.lat / 6) * 100 + floor(a.lon / 12), -1)::INTEGER AS region,
    (epoch_ms($as_of::TIMESTAMP) // 60000)::INTEGER AS known_until,
    f.scheduled_departure >= $from::TIMESTAMP AND f.scheduled_departure < $to::TIMESTAMP AS wanted
  FROM flights f
  LEFT JOIN airports a ON a.faa = f.dest
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
  SELECT
    row_number() OVER (ORDER BY scheduled, carrier, flight, origin, dest) AS id,
    *,
    scheduled + departed_late AS departed,
    scheduled + block + arrived_late AS landed,
    coalesce(scheduled + departed_late, scheduled) AS asked,
    (arrived_late - departed_late) AS overrun,
    (block + arrived_late - departed_late - air_time)::INTEGER AS taxi,
    (air_time - block)::INTEGER AS air_gap
  FROM seen
),

-- Departures at the origin, in the network and of the carrier at the origin.
departures AS MATERIALIZED (
  SELECT id,
    count(departed_late) OVER origin_60 AS origin_60_n, sum(departed_late) OVER origin_60 AS origin_60_sum,
    sum((departed_late >= 15)::INTEGER) OVER origin_60 AS origin_60_late,
    count(departed_late) OVER origin_180 AS origin_180_n, sum(departed_late) OVER origin_180 AS origin_180_sum,
    sum((departed_late >= 15)::INTEGER) OVER origin_180 AS origin_180_late,
    count(departed_late) OVER origin_20 AS origin_20_n,
    count(departed_late) OVER network_120 AS network_120_n, sum(departed_late) OVER network_120 AS network_120_sum,
    count(departed_late) OVER carrier_240 AS carrier_240_n, sum(departed_late) OVER carrier_240 AS carrier_240_sum,
    count(*) OVER schedule_60 AS schedule_60_n
  FROM flight
  WINDOW
    origin_60 AS (PARTITION BY origin ORDER BY asked RANGE BETWEEN 60 PRECEDING AND 1 PRECEDING),
    origin_180 AS (PARTITION BY origin ORDER BY asked RANGE BETWEEN 180 PRECEDING AND 1 PRECEDING),
    origin_20 AS (PARTITION BY origin ORDER BY asked RANGE BETWEEN 20 PRECEDING AND 1 PRECEDING),
    network_120 AS (ORDER BY asked RANGE BETWEEN 120 PRECEDING AND 1 PRECEDING),
    carrier_240 AS (PARTITION BY origin, carrier ORDER BY asked RANGE BETWEEN 240 PRECEDING AND 1 PRECEDING),
    schedule_60 AS (PARTITION BY origin ORDER BY scheduled RANGE BETWEEN 30 PRECEDING AND 30 FOLLOWING)
)
SELECT * from departures
