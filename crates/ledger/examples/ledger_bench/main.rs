//! Measures the ledger.
//!
//! `generate FOLDER [ROWS] [members|mixed]` writes entries of an invented cluster as segments, one for each
//! member as the product does, or all in one. `totals FOLDER [OUT]` sums them by member, scope, category and
//! year, as `bench/totals_duckdb.py` and `bench/totals_polars.py` do from the same files; with `OUT` it writes the
//! totals as a table, so that all three can be compared. `sums [MEMBERS] [YEARS]` measures partial sums,
//! reconciliation and goals. `activities FOLDER [ROWS]` writes activities and dated factors, `rebind FOLDER` binds them and
//! writes the entries, as `bench/rebind_duckdb.py` and `bench/rebind_polars.py` do.

mod generate;
mod rebind;
mod rows;
mod sums;
mod totals;

use std::path::Path;

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let at = |position: usize| arguments.get(position).map(String::as_str);
    let folder = || at(1).map(Path::new).context("a folder is needed");
    match at(0) {
        Some("generate") => {
            let rows = at(2).map_or(Ok(20_000_000), str::parse)?;
            generate::run(folder()?, rows, at(3) == Some("mixed"))
        }
        Some("totals") => totals::run(folder()?, at(2).map(Path::new)),
        Some("sums") => sums::run(at(1).map_or(Ok(65), str::parse)?, at(2).map_or(Ok(6), str::parse)?),
        Some("activities") => rebind::generate(folder()?, at(2).map_or(Ok(20_000_000), str::parse)?),
        Some("rebind") => rebind::run(folder()?),
        _ => bail!(
            "usage: ledger_bench generate FOLDER [ROWS] [members|mixed] | totals FOLDER [OUT] | sums [MEMBERS] [YEARS] \
             | activities FOLDER [ROWS] | rebind FOLDER"
        ),
    }
}
