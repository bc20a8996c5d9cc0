"""The sixteen checks in Great Expectations, once for every line on standard input: ephemeral context, a batch read from Parquet, one suite.

Its schema expectation looks at the columns' names only, which is less than the others do."""

import json
import logging
import os
import sys
import time

os.environ["GX_ANALYTICS_ENABLED"] = "false"

import great_expectations as gx
import great_expectations.expectations as gxe

logging.disable(logging.WARNING)
path = sys.argv[1]
context = gx.get_context(mode="ephemeral")
context.variables.progress_bars = {"globally": False}

columns = ["flight_id", "scheduled_departure", "carrier", "origin", "destination", "distance", "departure_delay", "arrival_delay", "air_time"]
expectations = {"schema": gxe.ExpectTableColumnsToMatchSet(column_set=columns, exact_match=True)}
for column in columns[:8]:
    expectations[f"missing {column}"] = gxe.ExpectColumnValuesToNotBeNull(column=column, mostly=0.95)
expectations["range departure_delay"] = gxe.ExpectColumnValuesToBeBetween(column="departure_delay", min_value=-60, max_value=1000)
expectations["range arrival_delay"] = gxe.ExpectColumnValuesToBeBetween(column="arrival_delay", min_value=-120, max_value=1000)
expectations["domain rule"] = gxe.ExpectColumnPairValuesAToBeGreaterThanB(column_A="distance", column_B="air_time", ignore_row_if="either_value_is_missing")
expectations["allowed values"] = gxe.ExpectColumnValuesToBeInSet(column="origin", value_set=["EWR", "JFK", "LGA"])
expectations["pattern"] = gxe.ExpectColumnValuesToMatchRegex(column="flight_id", regex=r"^[A-Z0-9]{2}[0-9]{1,4}-[A-Z]{3}-[A-Z]{3}$")
expectations["uniqueness"] = gxe.ExpectCompoundColumnsToBeUnique(column_list=["flight_id", "scheduled_departure"])
expectations["row count"] = gxe.ExpectTableRowCountToBeBetween(min_value=1000)

suite = gx.ExpectationSuite(name="flights")
for name, expectation in expectations.items():
    expectation.meta = {"name": name}
    suite.add_expectation(expectation)

print("ready", flush=True)
for _ in sys.stdin:
    started = time.perf_counter()
    batch = context.data_sources.pandas_default.read_parquet(path)
    validation = batch.validate(suite)
    seconds = time.perf_counter() - started
    verdicts = {result.expectation_config.meta["name"]: {"passed": bool(result.success), "bad": result.result.get("unexpected_count")} for result in validation.results}
    print(json.dumps({"seconds": seconds, "verdicts": verdicts}), flush=True)
