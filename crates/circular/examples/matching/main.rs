//! How well takers and codes are found on real exchanges, each cluster held out in turn.
//!
//! Reads the exchanges of the MAESTRI project (Horizon 2020, 680570) from a folder beside the checkout. They carry no licence, so they
//! are measured on and never shipped. Everything fitted is fitted inside the fold: the known cases are those of the other
//! clusters, and the weights come from asking, of each other cluster, the same question with that cluster held out too.

#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "counts of a bench are small"
)]

mod codes;
mod data;
mod score;
mod takers;

use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).map(std::path::PathBuf::from);
    let Some(path) = path.or_else(|| greenheart_testkit::shared("data/circular/maestri/maestri_exchanges.csv")) else {
        println!("absent: the exchanges of MAESTRI; nothing was measured");
        return Ok(());
    };
    let exchanges = data::read(&path)?;
    println!(
        "{} exchanges in {} clusters",
        exchanges.len(),
        data::clusters(&exchanges).len()
    );
    let mut table = score::Table::default();
    for coded_only in [true, false] {
        takers::measure(&exchanges, coded_only, true, &mut table);
    }
    // The tables were written by people who had read the exchanges; without them, only other clusters speak.
    takers::measure(&exchanges, true, false, &mut table);
    codes::measure(&exchanges, true, &mut table);
    codes::measure(&exchanges, false, &mut table);
    table.print();
    Ok(())
}
