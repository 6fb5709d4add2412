"""Exact totals by member, scope, category and year with DuckDB, from the same Parquet files as our own."""

import duckdb

from totals_common import GASES, run


def totals(files):
    connection = duckdb.connect(config={"threads": 2, "memory_limit": "1GB"})
    sums = ", ".join(f"sum({gas}) {gas}" for gas in GASES)
    table = connection.execute(
        f"select member, scope, category, month // 12 as year, {sums}, count(*) n from read_parquet($files) "
        "group by member, scope, category, month // 12",
        {"files": files},
    ).to_arrow_table()
    return lambda: list(zip(*(column.to_pylist() for column in table.columns)))


run(totals)
