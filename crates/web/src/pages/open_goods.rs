//! The biggest articles that goal 3 does not know the weight of.

use greenheart_app::AppError;

use crate::Pages;
use crate::error::PageError;
use crate::numbers;
use crate::sheet::{Table, Td};
use crate::shown::{encoded, line_name};
use crate::visitor::Visitor;

/// At most `most` lines of the members that the visitor may see; no table for whoever sees none.
pub async fn table(pages: &Pages, visitor: &Visitor, most: usize) -> Result<Vec<Table>, PageError> {
    if visitor.is_public() {
        return Ok(Vec::new());
    }
    let open = match pages.app.open_goods(&visitor.actor, None).await {
        Ok(open) => open,
        // Nothing was taken in yet.
        Err(AppError::Input { .. }) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    if open.lines.is_empty() {
        return Ok(Vec::new());
    }
    let words = visitor.words;
    let columns = ["member", "article", ">amount", ">share-of-goods", ">mass-not-confirmed"];
    let heading = words.with("open-goods", &[("year", &open.year.to_string())]);
    let mut table = Table::new("open-goods", heading, &columns, words);
    table.about = words.text("open-goods-about");
    let row = |line: &greenheart_app::OpenGoodsLine| {
        let name = match &*line.line {
            "spend.goods" => words.text("only-booked"),
            name => line_name(name, words),
        };
        let kg = (!line.mass_kg.is_zero()).then(|| numbers::readable(line.mass_kg, "kg", words.tongue));
        let share = line.share.map(|share| numbers::percent(share, words.tongue));
        vec![
            Td::Link(
                line.member.to_string(),
                format!("/articles?member={}", encoded(line.member.as_str())),
            ),
            Td::Text(name),
            Td::Text(numbers::readable(line.amount_nok, "NOK", words.tongue)),
            Td::Text(share.unwrap_or_default()),
            Td::Text(kg.unwrap_or_default()),
        ]
    };
    table.rows = open.lines.iter().take(most).map(row).collect();
    Ok(vec![table])
}
