-- bad-rows: Counts the bad rows by the rules that they break; every look reads only the columns of its rule
SELECT broken, count(*) AS row_count, CAST(CAST(epoch_ms(min("_check_time")) AS DOUBLE) AS DOUBLE) AS min_time, CAST(CAST(epoch_ms(max("_check_time")) AS DOUBLE) AS DOUBLE) AS max_time
FROM (
  SELECT string_agg("_check_rule", ',') AS broken, any_value("_check_time") AS "_check_time"
  FROM (
    SELECT 0 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM flights WHERE "delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT isfinite(CAST("delay" AS DOUBLE))
    UNION ALL SELECT 1 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM flights WHERE "hour" NOT BETWEEN 0 AND 24
    UNION ALL SELECT 2 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM flights WHERE NOT (list_contains(['EWR', 'O''Hare'], "origin"))
    UNION ALL SELECT 3 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM flights WHERE NOT regexp_full_match("id", '^[A-Z'']{2}[$0-9]+\$$')
    UNION ALL SELECT 4 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM flights WHERE "id" IS NULL OR "hour" IS NULL
    UNION ALL SELECT 5 AS "_check_rule", file_index AS "_check_position_0", file_row_number AS "_check_position_1", "Check_""x" AS "_check_time" FROM (SELECT * REPLACE (-(-"delay") AS "delay") FROM flights) AS rows WHERE NOT (delay < 50 OR origin = 'EWR')
  ) AS looks
  GROUP BY "_check_position_0", "_check_position_1"
) AS bad_rows
GROUP BY broken;

-- table: Counts all rows and what the table checks measure, in one pass
SELECT
  CAST(count(*) AS DOUBLE) AS m0,
  CAST(count(*) FILTER (WHERE delay IS NOT NULL) AS DOUBLE) AS m1,
  CAST(count(*) - count("id") AS DOUBLE) AS m2,
  CAST(count(*) FILTER (WHERE (CASE WHEN isfinite(CAST("delay" AS DOUBLE)) THEN "delay" END) IS NULL AND (delay IS NOT NULL)) AS DOUBLE) AS m3,
  CAST(count(*) - count("hour") AS DOUBLE) AS m4,
  CAST(count(*) - count("origin") AS DOUBLE) AS m5
FROM flights;

-- suspects.id.hour: Whether a hash of the key comes twice; where none does, no key does
SELECT CAST(hash AS VARCHAR) AS hash FROM (SELECT CAST(hash("id", "hour") >> 1 AS BIGINT) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY CAST(hash("id", "hour") >> 1 AS BIGINT) HAVING count(*) > 1) AS suspected LIMIT 1000;

-- duplicates: Where a hash comes twice: compares the keys themselves; a run writes the hashes it knows in place of the subquery, where they are few
SELECT
  CAST(count(*) FILTER (WHERE ("_check_duplicate_0") AND NOT coalesce("_check_5", false)) AS DOUBLE) AS m0,
  CAST(count(*) FILTER (WHERE "_check_duplicate_0") AS DOUBLE) AS m1,
  CAST(CAST(epoch_ms(min("Check_""x") FILTER (WHERE "_check_duplicate_0")) AS DOUBLE) AS DOUBLE) AS m2,
  CAST(CAST(epoch_ms(max("Check_""x") FILTER (WHERE "_check_duplicate_0")) AS DOUBLE) AS DOUBLE) AS m3,
  CAST(count(*) FILTER (WHERE ("_check_duplicate_0") AND NOT coalesce("_check_bad", false)) AS DOUBLE) AS m4
FROM (SELECT *, ("id" IS NOT NULL AND "hour" IS NOT NULL) AND row_number() OVER (PARTITION BY "id", "hour" ORDER BY coalesce("_check_bad", false), file_index, file_row_number) > 1 AS "_check_duplicate_0" FROM (
  SELECT *,
    ("_check_2_0" OR "_check_2_1") AS "_check_2",
    ("_check_3_0") AS "_check_3",
    ("_check_4_0") AS "_check_4",
    ("_check_5_0") AS "_check_5",
    ("_check_6_0") AS "_check_6",
    ("_check_2_0" OR "_check_2_1" OR "_check_4_0" OR "_check_5_0" OR "_check_6_0") AS "_check_bad"
  FROM (
  SELECT *,
    ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT isfinite(CAST("delay" AS DOUBLE))) AS "_check_2_0",
    ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1",
    (NOT (list_contains(['EWR', 'O''Hare'], "origin"))) AS "_check_3_0",
    (NOT regexp_full_match("id", '^[A-Z'']{2}[$0-9]+\$$')) AS "_check_4_0",
    ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0",
    (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0"
  FROM (SELECT * FROM flights WHERE CAST(hash("id", "hour") >> 1 AS BIGINT) IN (SELECT CAST(hash("id", "hour") >> 1 AS BIGINT) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY CAST(hash("id", "hour") >> 1 AS BIGINT) HAVING count(*) > 1)) AS candidates
) AS "_check_flagged"
) AS "_check_marked") AS numbered;

-- examples.range: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", "delay", "hour", ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT isfinite(CAST("delay" AS DOUBLE))) AS "_check_2_0", ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1" FROM flights WHERE (("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT isfinite(CAST("delay" AS DOUBLE))) OR ("hour" NOT BETWEEN 0 AND 24)) LIMIT 5;

-- examples.allowed-values: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", "origin", (NOT (list_contains(['EWR', 'O''Hare'], "origin"))) AS "_check_3_0" FROM flights WHERE ((NOT (list_contains(['EWR', 'O''Hare'], "origin")))) LIMIT 5;

-- examples.pattern: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", (NOT regexp_full_match("id", '^[A-Z'']{2}[$0-9]+\$$')) AS "_check_4_0" FROM flights WHERE ((NOT regexp_full_match("id", '^[A-Z'']{2}[$0-9]+\$$'))) LIMIT 5;

-- examples.uniqueness.id.hour: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", "hour", ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0" FROM flights WHERE (("id" IS NULL OR "hour" IS NULL)) LIMIT 5;

-- examples.domain-rule.late-is-ewr: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", "delay", "origin", (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0" FROM flights WHERE ((NOT (delay < 50 OR origin = 'EWR'))) LIMIT 5;

-- duplicate-examples.uniqueness.id.hour: Where the check finds duplicates: the first of them
SELECT "id", "hour", "_check_duplicate_0" FROM (SELECT *, ("id" IS NOT NULL AND "hour" IS NOT NULL) AND row_number() OVER (PARTITION BY "id", "hour" ORDER BY coalesce("_check_bad", false), file_index, file_row_number) > 1 AS "_check_duplicate_0" FROM (
  SELECT *,
    ("_check_2_0" OR "_check_2_1") AS "_check_2",
    ("_check_3_0") AS "_check_3",
    ("_check_4_0") AS "_check_4",
    ("_check_5_0") AS "_check_5",
    ("_check_6_0") AS "_check_6",
    ("_check_2_0" OR "_check_2_1" OR "_check_4_0" OR "_check_5_0" OR "_check_6_0") AS "_check_bad"
  FROM (
  SELECT *,
    ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT isfinite(CAST("delay" AS DOUBLE))) AS "_check_2_0",
    ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1",
    (NOT (list_contains(['EWR', 'O''Hare'], "origin"))) AS "_check_3_0",
    (NOT regexp_full_match("id", '^[A-Z'']{2}[$0-9]+\$$')) AS "_check_4_0",
    ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0",
    (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0"
  FROM (SELECT * FROM flights WHERE CAST(hash("id", "hour") >> 1 AS BIGINT) IN (SELECT CAST(hash("id", "hour") >> 1 AS BIGINT) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY CAST(hash("id", "hour") >> 1 AS BIGINT) HAVING count(*) > 1)) AS candidates
) AS "_check_flagged"
) AS "_check_marked") AS numbered WHERE "_check_duplicate_0" ORDER BY file_index, file_row_number LIMIT 5;

-- outliers.delay: Outliers, most in a column: delay
WITH counted AS (SELECT CAST("delay" AS DOUBLE) AS value, count(*) AS occurrences, NOT (NOT isfinite(CAST("delay" AS DOUBLE))) AS finite FROM flights WHERE "delay" IS NOT NULL GROUP BY "delay"),
running AS (SELECT value, sum(occurrences) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS up_to, sum(occurrences) OVER () AS total FROM counted WHERE finite),
around AS (SELECT max(total) AS total, min(value) FILTER (WHERE up_to > floor(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS below_25, min(value) FILTER (WHERE up_to > ceil(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS above_25, min(value) FILTER (WHERE up_to > floor(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS below_75, min(value) FILTER (WHERE up_to > ceil(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS above_75 FROM running),
quartiles AS (SELECT below_25 + (above_25 - below_25) * (CAST((total - 1) AS DOUBLE) * 2.5E-1 - floor(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS quartile_25, below_75 + (above_75 - below_75) * (CAST((total - 1) AS DOUBLE) * 7.5E-1 - floor(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS quartile_75 FROM around),
fences AS (SELECT quartile_25 - 1.5E0 * (quartile_75 - quartile_25) AS low, quartile_75 + 1.5E0 * (quartile_75 - quartile_25) AS high FROM quartiles)
SELECT max(low) AS low, max(high) AS high, CAST(sum(occurrences) FILTER (WHERE value < low OR value > high OR NOT finite) AS DOUBLE) AS outside FROM counted CROSS JOIN fences;
