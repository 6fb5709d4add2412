"""Exact totals by member, scope, category and year with Polars, from the same Parquet files as our own."""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import polars as pl  # noqa: E402  (the number of threads is read at import)

from totals_common import GASES, run  # noqa: E402


def totals(files):
    table = (
        pl.scan_parquet(files)
        .group_by("member", "scope", "category", (pl.col("month") // 12).alias("year"))
        .agg(*(pl.col(gas).sum() for gas in GASES), pl.len().alias("n"))
        .collect(engine="streaming")
    )
    return lambda: table.rows()


run(totals)
