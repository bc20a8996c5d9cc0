-- scan: Counts all rows, the bad ones and what the table checks measure, in one pass
SELECT
  CAST(count(*) AS DOUBLE) AS m0,
  CAST(count(*) FILTER (WHERE delay IS NOT NULL) AS DOUBLE) AS m1,
  CAST(count(*) - count("id") AS DOUBLE) AS m2,
  CAST(count(*) FILTER (WHERE (CASE WHEN is_finite(CAST("delay" AS DOUBLE)) THEN "delay" END) IS NULL AND (delay IS NOT NULL)) AS DOUBLE) AS m3,
  CAST(count(*) - count("hour") AS DOUBLE) AS m4,
  CAST(count(*) - count("origin") AS DOUBLE) AS m5,
  CAST(count(*) FILTER (WHERE "_check_bad") AS DOUBLE) AS m6,
  CAST(count(*) FILTER (WHERE "_check_2") AS DOUBLE) AS m7,
  CAST(count(*) FILTER (WHERE "_check_2_0") AS DOUBLE) AS m8,
  CAST(count(*) FILTER (WHERE "_check_2_1") AS DOUBLE) AS m9,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_2")) AS DOUBLE) AS DOUBLE) AS m10,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_2")) AS DOUBLE) AS DOUBLE) AS m11,
  CAST(count(*) FILTER (WHERE "_check_3") AS DOUBLE) AS m12,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_3")) AS DOUBLE) AS DOUBLE) AS m13,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_3")) AS DOUBLE) AS DOUBLE) AS m14,
  CAST(count(*) FILTER (WHERE "_check_4") AS DOUBLE) AS m15,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_4")) AS DOUBLE) AS DOUBLE) AS m16,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_4")) AS DOUBLE) AS DOUBLE) AS m17,
  CAST(count(*) FILTER (WHERE "_check_5") AS DOUBLE) AS m18,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_5")) AS DOUBLE) AS DOUBLE) AS m19,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_5")) AS DOUBLE) AS DOUBLE) AS m20,
  CAST(count(*) FILTER (WHERE "_check_6") AS DOUBLE) AS m21,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_6")) AS DOUBLE) AS DOUBLE) AS m22,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_6")) AS DOUBLE) AS DOUBLE) AS m23
FROM (
  SELECT *,
    ("_check_2_0" OR "_check_2_1") AS "_check_2",
    ("_check_3_0") AS "_check_3",
    ("_check_4_0") AS "_check_4",
    ("_check_5_0") AS "_check_5",
    ("_check_6_0") AS "_check_6",
    ("_check_2_0" OR "_check_2_1" OR "_check_4_0" OR "_check_5_0" OR "_check_6_0") AS "_check_bad"
  FROM (
  SELECT *,
    ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT is_finite(CAST("delay" AS DOUBLE))) AS "_check_2_0",
    ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1",
    (NOT ("origin" IN ('EWR', 'O''Hare'))) AS "_check_3_0",
    (NOT regexp_like("id", '^[A-Z'']{2}[$0-9]+\$\z')) AS "_check_4_0",
    ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0",
    (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0"
  FROM flights
) AS "_check_flagged"
) AS "_check_marked";

-- suspects.id.hour: Whether a hash of the key comes twice; where none does, no key does
SELECT CAST(hash AS VARCHAR) AS hash FROM (SELECT from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) HAVING count(*) > 1) AS suspected LIMIT 1000;

-- duplicates: Where a hash comes twice: compares the keys themselves; a run writes the hashes it knows in place of the subquery, where they are few
SELECT
  CAST(count(*) FILTER (WHERE ("_check_duplicate_0") AND NOT coalesce("_check_5", false)) AS DOUBLE) AS m0,
  CAST(count(*) FILTER (WHERE "_check_duplicate_0") AS DOUBLE) AS m1,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', min("Check_""x") FILTER (WHERE "_check_duplicate_0")) AS DOUBLE) AS DOUBLE) AS m2,
  CAST(CAST(date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000', max("Check_""x") FILTER (WHERE "_check_duplicate_0")) AS DOUBLE) AS DOUBLE) AS m3,
  CAST(count(*) FILTER (WHERE ("_check_duplicate_0") AND NOT coalesce("_check_bad", false)) AS DOUBLE) AS m4
FROM (SELECT *, ("id" IS NOT NULL AND "hour" IS NOT NULL) AND row_number() OVER (PARTITION BY "id", "hour" ORDER BY coalesce("_check_bad", false), "id" NULLS LAST, "delay" NULLS LAST, "hour" NULLS LAST, "origin" NULLS LAST, "Check_""x" NULLS LAST) > 1 AS "_check_duplicate_0" FROM (
  SELECT *,
    ("_check_2_0" OR "_check_2_1") AS "_check_2",
    ("_check_3_0") AS "_check_3",
    ("_check_4_0") AS "_check_4",
    ("_check_5_0") AS "_check_5",
    ("_check_6_0") AS "_check_6",
    ("_check_2_0" OR "_check_2_1" OR "_check_4_0" OR "_check_5_0" OR "_check_6_0") AS "_check_bad"
  FROM (
  SELECT *,
    ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT is_finite(CAST("delay" AS DOUBLE))) AS "_check_2_0",
    ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1",
    (NOT ("origin" IN ('EWR', 'O''Hare'))) AS "_check_3_0",
    (NOT regexp_like("id", '^[A-Z'']{2}[$0-9]+\$\z')) AS "_check_4_0",
    ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0",
    (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0"
  FROM (SELECT * FROM flights WHERE from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) IN (SELECT from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) HAVING count(*) > 1)) AS candidates
) AS "_check_flagged"
) AS "_check_marked") AS numbered;

-- examples.range,allowed-values,pattern,uniqueness.id.hour,domain-rule.late-is-ewr: Where conditions find bad rows, for the checks that do: the first of them
SELECT "id", "delay", "hour", "origin", ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT is_finite(CAST("delay" AS DOUBLE))) AS "_check_2_0", ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1", (NOT ("origin" IN ('EWR', 'O''Hare'))) AS "_check_3_0", (NOT regexp_like("id", '^[A-Z'']{2}[$0-9]+\$\z')) AS "_check_4_0", ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0", (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0" FROM flights WHERE (("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT is_finite(CAST("delay" AS DOUBLE))) OR ("hour" NOT BETWEEN 0 AND 24)) OR ((NOT ("origin" IN ('EWR', 'O''Hare')))) OR ((NOT regexp_like("id", '^[A-Z'']{2}[$0-9]+\$\z'))) OR (("id" IS NULL OR "hour" IS NULL)) OR ((NOT (delay < 50 OR origin = 'EWR'))) ORDER BY "id" NULLS LAST, "delay" NULLS LAST, "hour" NULLS LAST, "origin" NULLS LAST, "Check_""x" NULLS LAST LIMIT 200;

-- duplicate-examples.uniqueness.id.hour: Where the check finds duplicates: the first of them
SELECT "id", "hour", "_check_duplicate_0" FROM (SELECT *, ("id" IS NOT NULL AND "hour" IS NOT NULL) AND row_number() OVER (PARTITION BY "id", "hour" ORDER BY coalesce("_check_bad", false), "id" NULLS LAST, "delay" NULLS LAST, "hour" NULLS LAST, "origin" NULLS LAST, "Check_""x" NULLS LAST) > 1 AS "_check_duplicate_0" FROM (
  SELECT *,
    ("_check_2_0" OR "_check_2_1") AS "_check_2",
    ("_check_3_0") AS "_check_3",
    ("_check_4_0") AS "_check_4",
    ("_check_5_0") AS "_check_5",
    ("_check_6_0") AS "_check_6",
    ("_check_2_0" OR "_check_2_1" OR "_check_4_0" OR "_check_5_0" OR "_check_6_0") AS "_check_bad"
  FROM (
  SELECT *,
    ("delay" NOT BETWEEN (-6.05E1) AND 1E2 OR NOT is_finite(CAST("delay" AS DOUBLE))) AS "_check_2_0",
    ("hour" NOT BETWEEN 0 AND 24) AS "_check_2_1",
    (NOT ("origin" IN ('EWR', 'O''Hare'))) AS "_check_3_0",
    (NOT regexp_like("id", '^[A-Z'']{2}[$0-9]+\$\z')) AS "_check_4_0",
    ("id" IS NULL OR "hour" IS NULL) AS "_check_5_0",
    (NOT (delay < 50 OR origin = 'EWR')) AS "_check_6_0"
  FROM (SELECT * FROM flights WHERE from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) IN (SELECT from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) AS hash FROM flights WHERE "id" IS NOT NULL AND "hour" IS NOT NULL GROUP BY from_big_endian_64(xxhash64(to_utf8(concat_ws(chr(31), CAST("id" AS VARCHAR), CAST("hour" AS VARCHAR))))) HAVING count(*) > 1)) AS candidates
) AS "_check_flagged"
) AS "_check_marked") AS numbered WHERE "_check_duplicate_0" ORDER BY "id" NULLS LAST, "delay" NULLS LAST, "hour" NULLS LAST, "origin" NULLS LAST, "Check_""x" NULLS LAST LIMIT 5;

-- outliers.delay: Outliers, most in a column: delay
WITH counted AS (SELECT CAST("delay" AS DOUBLE) AS value, count(*) AS occurrences, NOT (NOT is_finite(CAST("delay" AS DOUBLE))) AS finite FROM flights WHERE "delay" IS NOT NULL GROUP BY "delay"),
running AS (SELECT value, sum(occurrences) OVER (ORDER BY value ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS up_to, sum(occurrences) OVER () AS total FROM counted WHERE finite),
around AS (SELECT max(total) AS total, min(value) FILTER (WHERE up_to > floor(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS below_25, min(value) FILTER (WHERE up_to > ceil(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS above_25, min(value) FILTER (WHERE up_to > floor(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS below_75, min(value) FILTER (WHERE up_to > ceil(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS above_75 FROM running),
quartiles AS (SELECT below_25 + (above_25 - below_25) * (CAST((total - 1) AS DOUBLE) * 2.5E-1 - floor(CAST((total - 1) AS DOUBLE) * 2.5E-1)) AS quartile_25, below_75 + (above_75 - below_75) * (CAST((total - 1) AS DOUBLE) * 7.5E-1 - floor(CAST((total - 1) AS DOUBLE) * 7.5E-1)) AS quartile_75 FROM around),
fences AS (SELECT quartile_25 - 1.5E0 * (quartile_75 - quartile_25) AS low, quartile_75 + 1.5E0 * (quartile_75 - quartile_25) AS high FROM quartiles)
SELECT max(low) AS low, max(high) AS high, CAST(sum(occurrences) FILTER (WHERE value < low OR value > high OR NOT finite) AS DOUBLE) AS outside FROM counted CROSS JOIN fences;
