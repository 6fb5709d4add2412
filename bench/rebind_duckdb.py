"""Binds activities to dated factors with DuckDB, from the same files as our own, and writes the entries."""

import duckdb

from rebind_common import GASES, run


def rebind(activities, factors, out):
    connection = duckdb.connect(config={"threads": 2})
    rates = ", ".join(f"'{gas}': 'DECIMAL(12,3)'" for gas in GASES)
    connection.execute(
        f"create table factor as select * from read_csv($factors, types = {{{rates}, 'valid_from': 'DATE'}})",
        {"factors": factors},
    )
    gases = ", ".join(f"cast(a.quantity * f.{gas} as decimal(18, 6)) as {gas}" for gas in GASES)
    none = ", ".join(f"cast(0 as decimal(18, 6)) as {gas}" for gas in ["ch4_biogenic", "co2_biogenic", "co2e_other"])
    connection.execute(
        f"""
        copy (
            select a.batch, cast(2 as integer) as generation, a.member, a.row_no, a.site,
                cast(year(a.period_to) * 12 + month(a.period_to) - 1 as integer) as month,
                'scope3' as scope, cast(1 as integer) as category, a.class, a.item as line, 'activity' as method,
                'both' as basis, f.id as factor, 'material@1' as rule, cast(null as varchar) as counterparty,
                {gases}, {none}, a.amount as amount_nok, a.quantity as mass_kg, 'primary_input' as material_part,
                cast(null as decimal(18, 6)) as energy_kwh
            from read_parquet('{activities}') a
            asof join factor f on a.item = f.item and a.period_to >= f.valid_from
        ) to '{out}' (format parquet, compression zstd, compression_level 1, row_group_size 131072)
        """
    )


run(rebind)
