//! `flows`: trade between members, as both sides tell it.

use anyhow::Result;

use super::Here;
use crate::format;
use crate::output::{Output, Table};

pub async fn run(here: &Here<'_>, year: Option<i16>) -> Result<Output> {
    let app = here.open().await?;
    let view = app.flows(&here.actor, year).await?;
    let mut table = Table::new(
        "",
        &[
            "seller",
            "buyer",
            "month",
            ">told-by-both",
            ">told-late",
            ">seller-only",
            ">buyer-only",
        ],
    );
    for flow in &view.flows {
        let nok = |amount| format::number(amount, 0, here.language);
        table.row([
            flow.seller.to_string(),
            flow.buyer.to_string(),
            flow.month.to_string(),
            nok(flow.both_nok),
            nok(flow.shifted_nok),
            nok(flow.seller_only_nok),
            nok(flow.buyer_only_nok),
        ]);
    }
    let share = view.share.map(|share| format::percent(share, here.language));
    let places = [
        ("year", &*view.year.to_string()),
        ("recognised", &*format::number(view.recognised_nok, 0, here.language)),
        ("alone", &*format::number(view.one_sided_nok, 0, here.language)),
        ("share", &*share.unwrap_or_else(|| here.text("missing"))),
    ];
    Ok(Output::of(&view)?
        .table(table)
        .note(here.language.with("flows-stand", &places)))
}
