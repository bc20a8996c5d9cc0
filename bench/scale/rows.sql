-- A range of rows of the benchmark, from the table `flight` of flights.sql. A row depends on its number alone.
--
-- Twelve networks like New York's (AWR, AFK, AGA to LWR, LFK, LGA) fly the real schedule, year after year of 364 days. What happened to a
-- flight is that of a real flight, chosen by a hash of the row's number: delays, air time and outcome stay together.
-- Of every 100,000 rows one each is spoiled in each of twelve ways; simulate-rows.ts says the same in other words, and is the reference.
WITH numbered AS (
  SELECT i, i % 100000 AS fault,
    -- A duplicate has the schedule of the same network's flight before.
    CASE WHEN i % 100000 = 11 AND i >= 12 THEN i - 12 ELSE i END AS s,
    ((i::UBIGINT * 2654435761) % 4294967296)::UBIGINT AS product
  FROM range($first::BIGINT, $last::BIGINT) AS rows(i)
),
chosen AS (
  SELECT i, fault, s % 12 AS network, s // 12 % (SELECT count(*) FROM flight) AS slot, s // 12 // (SELECT count(*) FROM flight) AS year,
    ((xor(product, product >> 15) * 2246822519) % 4294967296 >> 3)::BIGINT % (SELECT count(*) FROM flight) AS drawn
  FROM numbered
)
SELECT
  CASE fault WHEN 2 THEN lower(flight_id) WHEN 9 THEN NULL ELSE flight_id END AS flight_id,
  CASE fault WHEN 10 THEN NULL ELSE scheduled_departure END AS scheduled_departure,
  carrier,
  CASE fault WHEN 1 THEN 'ZZZ' ELSE origin END AS origin,
  destination,
  CASE fault WHEN 4 THEN 'diverted' WHEN 6 THEN 'completed' WHEN 7 THEN 'cancelled' WHEN 12 THEN 'completed' ELSE outcome END AS outcome,
  CASE fault WHEN 3 THEN -5 ELSE distance END::DOUBLE AS distance,
  CASE fault WHEN 4 THEN 5000 WHEN 5 THEN NULL WHEN 8 THEN 300 ELSE departure_delay END::DOUBLE AS departure_delay,
  CASE fault WHEN 4 THEN NULL WHEN 5 THEN -500 WHEN 8 THEN 100 ELSE arrival_delay END::DOUBLE AS arrival_delay,
  CASE fault WHEN 4 THEN NULL WHEN 6 THEN 5000 WHEN 7 THEN 100 WHEN 12 THEN 'NaN'::DOUBLE ELSE air_time END::DOUBLE AS air_time
FROM (
  SELECT i, fault,
    schedule.carrier || schedule.flight || '-' || chr((65 + network)::INTEGER) || schedule.origin[2:] || '-' || schedule.dest AS flight_id,
    schedule.scheduled_departure + to_days((364 * year)::INTEGER) AS scheduled_departure,
    schedule.carrier, chr((65 + network)::INTEGER) || schedule.origin[2:] AS origin, schedule.dest AS destination, schedule.distance,
    what.outcome, what.departure_delay, what.arrival_delay, what.air_time
  FROM chosen JOIN flight AS schedule ON schedule.number = slot JOIN flight AS what ON what.number = drawn
)
