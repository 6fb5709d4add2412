"""Exact totals with DataFusion's own aggregation, the engine below our ledger, from the same Parquet files."""

import datafusion

from totals_common import GASES, run


def totals(files):
    context = datafusion.SessionContext(datafusion.SessionConfig().with_target_partitions(2))
    sums = ", ".join(f"sum({gas}) {gas}" for gas in GASES)
    folder = files[0].rsplit("/", 1)[0]
    context.register_parquet("entries", folder)
    batches = context.sql(
        f"select member, scope, category, month / 12 as year, {sums}, count(*) n from entries "
        "group by member, scope, category, month / 12"
    ).collect()
    return lambda: [row for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns))]


run(totals)
