"""Binds activities to dated factors with Polars, from the same files as our own, and writes the entries."""

import os

os.environ["POLARS_MAX_THREADS"] = "2"

import polars as pl  # noqa: E402  (the number of threads is read at import)

from rebind_common import GASES, run  # noqa: E402

COLUMNS = ["batch", "member", "row_no", "site", "class", "item", "period_to", "quantity", "amount"]
NO_GAS = ["ch4_biogenic", "co2_biogenic", "co2e_other"]


def rebind(activities, factors, out):
    amount = pl.Decimal(18, 6)
    rates = {gas: pl.Decimal(12, 3) for gas in GASES}
    factor = pl.read_csv(factors, try_parse_dates=True, schema_overrides=rates)
    factor = factor.select("item", "valid_from", pl.col("id").alias("factor"), *GASES)
    rows = pl.scan_parquet(activities).select(COLUMNS).with_columns(pl.col("item").cast(pl.String))
    # An as-of join needs both sides in the order of days; the entries go back into that of rows.
    bound = rows.sort("period_to").join_asof(
        factor.sort("valid_from").lazy(), left_on="period_to", right_on="valid_from", by="item", check_sortedness=False
    )
    day = pl.col("period_to").dt
    bound.sort("row_no").select(
        "batch",
        pl.lit(2, pl.Int32).alias("generation"),
        "member",
        "row_no",
        "site",
        (day.year().cast(pl.Int32) * 12 + day.month().cast(pl.Int32) - 1).alias("month"),
        pl.lit("scope3").alias("scope"),
        pl.lit(1, pl.Int32).alias("category"),
        "class",
        pl.col("item").alias("line"),
        pl.lit("activity").alias("method"),
        pl.lit("both").alias("basis"),
        "factor",
        pl.lit("material@1").alias("rule"),
        pl.lit(None, pl.String).alias("counterparty"),
        *((pl.col("quantity") * pl.col(gas)).cast(amount).alias(gas) for gas in GASES),
        *(pl.lit(0).cast(amount).alias(gas) for gas in NO_GAS),
        pl.col("amount").alias("amount_nok"),
        pl.col("quantity").alias("mass_kg"),
        pl.lit("primary_input").alias("material_part"),
        pl.lit(None).cast(amount).alias("energy_kwh"),
    ).sink_parquet(out, compression="zstd", compression_level=1, row_group_size=131072)


run(rebind)
