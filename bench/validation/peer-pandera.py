"""The sixteen checks in pandera, once for every line on standard input: one lazy schema, so that all failures are told."""

import json
import sys
import time

import pandas as pd
import pandera.pandas as pa

path = sys.argv[1]


def missing(column):
    return pa.Check(lambda values: values.isna().mean() <= 0.05, ignore_na=False, error=f"missing {column}")


def column(name, dtype, *checks):
    return pa.Column(dtype, [missing(name), *checks], nullable=True)


schema = pa.DataFrameSchema(
    {
        "flight_id": column("flight_id", str, pa.Check.str_matches(r"^[A-Z0-9]{2}[0-9]{1,4}-[A-Z]{3}-[A-Z]{3}$", error="pattern")),
        "scheduled_departure": column("scheduled_departure", "datetime64[us]"),
        "carrier": column("carrier", str),
        "origin": column("origin", str, pa.Check.isin(["EWR", "JFK", "LGA"], error="allowed values")),
        "destination": column("destination", str),
        "distance": column("distance", float),
        "departure_delay": column("departure_delay", float, pa.Check.in_range(-60, 1000, error="range departure_delay")),
        "arrival_delay": column("arrival_delay", float, pa.Check.in_range(-120, 1000, error="range arrival_delay")),
        "air_time": pa.Column(float, nullable=True),
    },
    checks=[
        pa.Check(lambda rows: (rows["distance"] > rows["air_time"]) | rows["air_time"].isna() | rows["distance"].isna(), error="domain rule"),
        pa.Check(lambda rows: len(rows) >= 1000, error="row count"),
    ],
    unique=["flight_id", "scheduled_departure"],
    strict=True,
)

by_column = ["range departure_delay", "range arrival_delay", "allowed values", "pattern"]
tables = [f"missing {name}" for name in list(schema.columns)[:8]] + ["row count"]
reported = {"multiple_fields_uniqueness": "uniqueness", "column_in_schema": "schema", "column_in_dataframe": "schema"}

print("ready", flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    failures = {}
    try:
        schema.validate(pd.read_parquet(path), lazy=True)
    except pa.errors.SchemaErrors as errors:
        # One row for every failing value; of a failing pair of columns, one for each of the frame's columns.
        for (check, _), cases in errors.failure_cases.groupby(["check", "schema_context"], sort=False):
            name = reported.get(check, "schema" if check.startswith("dtype(") else check)
            failures[name] = int(cases["index"].nunique()) if cases["index"].notna().any() else None
    seconds = time.perf_counter() - started
    names = ["schema", *tables, *by_column, "domain rule", "uniqueness"]
    unknown = set(failures) - set(names)
    if unknown:
        raise SystemExit(f"failures of no check: {unknown}")
    verdicts = {name: {"passed": name not in failures, "bad": failures.get(name, None if name in tables or name == "schema" else 0)} for name in names}
    print(json.dumps({"seconds": seconds, "verdicts": verdicts}), flush=True)
