-- Nine copies of the real year, each 53 weeks after the one before, as far as three million rows.
SELECT
  carrier || flight || '-' || origin || '-' || dest AS flight_id,
  scheduled_departure + to_days((371 * copy)::INTEGER) AS scheduled_departure,
  carrier, origin, dest AS destination, distance::DOUBLE AS distance, dep_delay::DOUBLE AS departure_delay, arr_delay::DOUBLE AS arrival_delay, air_time::DOUBLE AS air_time
FROM flights, range(9) AS copies(copy)
ORDER BY copy, flights.scheduled_departure, carrier, flight, origin, dest
LIMIT $rows
