-- The flights that rows are drawn from: 364 days (whole weeks) of the real year, numbered in the order of departure.
SELECT
  row_number() OVER (ORDER BY scheduled_departure, carrier, flight, origin, dest) - 1 AS number,
  scheduled_departure, carrier, flight, origin, dest, distance,
  dep_delay AS departure_delay, arr_delay AS arrival_delay, air_time,
  CASE WHEN dep_time IS NULL THEN 'cancelled' WHEN arr_delay IS NULL THEN 'diverted' ELSE 'completed' END AS outcome
FROM (SELECT DISTINCT ON (scheduled_departure, carrier, flight, origin, dest) * FROM flights WHERE scheduled_departure < TIMESTAMP '2013-12-31' ORDER BY ALL)
