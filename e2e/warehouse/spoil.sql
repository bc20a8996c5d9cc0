-- Rows of `good` spoiled in every way that a check looks for: out of range, NaN and infinite, off the list, of another form (case, line feed, space, letters
-- beyond ASCII, quotes), missing, contradictory, out of time, twice and three times. The rest of a position's division by 400 says how.
WITH copies AS (
  SELECT * FROM good
  UNION ALL SELECT * FROM good WHERE row_position % 400 IN (30, 31)
  UNION ALL SELECT * FROM good WHERE row_position % 400 = 31
),
numbered AS (SELECT * REPLACE (row_number() OVER (ORDER BY row_position) AS row_position), row_position % 400 AS fault, row_position % 10 AS tenth FROM copies)
SELECT * EXCLUDE (fault, tenth) REPLACE (
  CASE fault WHEN 9 THEN lower(flight_id) WHEN 10 THEN flight_id || chr(10) WHEN 11 THEN ' ' || flight_id WHEN 15 THEN NULL ELSE flight_id END AS flight_id,
  CASE fault WHEN 16 THEN NULL WHEN 24 THEN scheduled_departure - INTERVAL 365 DAY WHEN 25 THEN scheduled_departure + INTERVAL 3650 DAY ELSE scheduled_departure END AS scheduled_departure,
  CASE fault WHEN 18 THEN label_known_at + INTERVAL 1 DAY ELSE predicted_at END AS predicted_at,
  CASE fault WHEN 27 THEN 'unknown' ELSE outcome END AS outcome,
  CASE fault WHEN 17 THEN 1 - delayed ELSE delayed END AS delayed,
  CASE fault WHEN 12 THEN 'é1' WHEN 13 THEN '' WHEN 23 THEN 'x' WHEN 26 THEN 'a''"' ELSE carrier END AS carrier,
  CASE fault WHEN 5 THEN 'XXX' WHEN 6 THEN NULL WHEN 7 THEN '' WHEN 23 THEN 'ewr' ELSE origin END AS origin,
  CASE fault WHEN 14 THEN NULL WHEN 32 THEN 'QQQ' ELSE destination END AS destination,
  CASE fault WHEN 8 THEN 'Monday' ELSE weekday END AS weekday,
  CASE fault WHEN 4 THEN 99 ELSE hour END AS hour,
  CASE fault WHEN 1 THEN -1 WHEN 2 THEN 'NaN'::DOUBLE WHEN 3 THEN 'Infinity'::DOUBLE WHEN 23 THEN 0.5 ELSE distance END AS distance,
  CASE fault WHEN 19 THEN 'NaN'::DOUBLE WHEN 20 THEN '-Infinity'::DOUBLE ELSE departure_delay END AS departure_delay,
  CASE fault WHEN 22 THEN 100.0000001 ELSE humidity END AS humidity,
  CASE fault WHEN 28 THEN NULL WHEN 33 THEN 10.5 ELSE visibility END AS visibility,
  CASE tenth WHEN 0 THEN NULL ELSE wind_speed END AS wind_speed
)
FROM numbered
