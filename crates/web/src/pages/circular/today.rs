//! What flows where today: who gives it off, what becomes of it, and what comes back to members.

use std::collections::BTreeMap;

use greenheart_app::circular::TodayFlow;
use greenheart_units::Amount;

use super::told;
use crate::figure::{Cell, Column, Figure, Kind, Row, tonnes};
use crate::numbers;
use crate::sankey::{Band, sankey};
use crate::words::Words;

/// Members that have a band of their own; the others share one.
const GIVERS: usize = 9;
/// Flows in the table beside.
const ROWS: usize = 60;

/// The figure: members on the left, fates on the right, and what a member takes back as material as a band that returns.
pub fn figure(flows: &[TodayFlow], words: &Words) -> Option<Figure> {
    if flows.is_empty() {
        return None;
    }
    let returns = |flow: &&TodayFlow| !flow.treatment.is_lost() && flow.receiver_member.is_some();
    let band = |label: String, kg: Amount, class| Band {
        label,
        size: kg.to_model_f64(),
        text: numbers::readable(kg, "kg", words.tongue),
        class,
    };
    let back: Amount = flows.iter().filter(returns).map(|flow| flow.kg).sum();
    // What comes back enters the middle by the band that returns, so that each kilogram is drawn once on either side.
    let left = flows.iter().filter(|flow| !returns(flow));
    let into = summed(left.clone().map(|flow| (flow.giver_name.clone(), flow.kg)));
    let into = shortened(into, words);
    let mut out = summed(left.map(|flow| (flow.treatment.name().to_owned(), flow.kg)));
    out.sort_by_key(|(name, kg)| (lost(name), std::cmp::Reverse(*kg)));
    let into: Vec<Band> = into
        .into_iter()
        .map(|(name, kg)| band(name, kg, "bar-scope-1"))
        .collect();
    let fate = |(name, kg): (String, Amount)| {
        let class = if lost(&name) { "sankey-lost" } else { "bar-scope-2" };
        band(words.name("treatment", &name), kg, class)
    };
    let out: Vec<Band> = out.into_iter().map(fate).collect();
    let returned = band(words.text("circular-back"), back, "bar-scope-2");
    let title = words.text("circular-today-title");
    let drawn = sankey(&title, &words.text("circular-cluster"), &into, &out, Some(&returned))?;
    let years: std::collections::BTreeSet<i16> = flows.iter().filter_map(|flow| flow.year).collect();
    let years: Vec<String> = years.iter().map(ToString::to_string).collect();
    Some(Figure {
        name: "circular-today".into(),
        kind: Kind::Flows,
        title,
        about: words.text("circular-today-about"),
        unit: "t".into(),
        decimals: 1,
        rows_are: words.text("circular-flow"),
        source: words.with("circular-today-source", &[("years", &years.join(", "))]),
        columns: vec![
            Column::new("tonnes", words.text("circular-tonnes")),
            Column::new("treatment", words.text("circular-treatment")),
        ],
        rows: flows.iter().take(ROWS).map(|flow| row(flow, words)).collect(),
        plain: Some(drawn),
    })
}

fn row(flow: &TodayFlow, words: &Words) -> Row {
    let outside = words.text("circular-outside");
    let receiver = flow.receiver.as_ref().map_or(outside.as_str(), |name| name.as_ref());
    Row {
        label: format!(
            "{} → {receiver}: {}",
            flow.giver_name,
            told::what(&flow.text, flow.waste_code, words)
        ),
        group: if flow.treatment.is_lost() { 2 } else { 1 },
        why: None,
        cells: vec![
            Cell::of(Some(tonnes(flow.kg)), None),
            Cell::words(words.name("treatment", flow.treatment.name())),
        ],
    }
}

fn lost(treatment: &str) -> bool {
    use greenheart_model::Treatment;
    let all = [Treatment::Reuse, Treatment::Recycling, Treatment::Biological];
    !all.iter().any(|kept| kept.name() == treatment)
}

/// Sums by name, the largest first.
fn summed(parts: impl Iterator<Item = (String, Amount)>) -> Vec<(String, Amount)> {
    let mut sums: BTreeMap<String, Amount> = BTreeMap::new();
    for (name, kg) in parts {
        *sums.entry(name).or_default() += kg;
    }
    let mut sums: Vec<(String, Amount)> = sums.into_iter().filter(|(_, kg)| *kg > Amount::ZERO).collect();
    sums.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    sums
}

fn shortened(mut sums: Vec<(String, Amount)>, words: &Words) -> Vec<(String, Amount)> {
    if sums.len() > GIVERS + 1 {
        let rest: Amount = sums.split_off(GIVERS).iter().map(|(_, kg)| *kg).sum();
        sums.push((words.text("circular-others-give"), rest));
    }
    sums
}

#[cfg(test)]
mod tests {
    use greenheart_model::{MemberId, Treatment};

    use super::*;
    use crate::words::Tongue;

    fn flow(giver: &str, treatment: Treatment, to: Option<&str>, kg: i64) -> TodayFlow {
        TodayFlow {
            giver: MemberId::new(giver),
            giver_name: giver.into(),
            receiver: to.map(Into::into),
            receiver_member: to.map(MemberId::new),
            text: "wood".into(),
            waste_code: None,
            treatment,
            kg: Amount::from_integer(kg),
            nok: None,
            year: Some(2025),
        }
    }

    #[test]
    fn what_a_member_takes_back_is_drawn_as_a_return() {
        let words = Words::of(Tongue::En);
        let flows = [
            flow("A", Treatment::Landfill, None, 100_000),
            flow("B", Treatment::Recycling, Some("C"), 40_000),
            flow("B", Treatment::EnergyRecovery, None, 20_000),
        ];
        let figure = figure(&flows, words).expect("a figure");
        let drawn = figure.plain.expect("a drawing").to_string();
        assert_eq!(drawn.matches("sankey-back").count(), 1);
        // A and B on the left, two fates on the right.
        assert_eq!(drawn.matches("sankey-band").count(), 4);
        assert_eq!(figure.rows.len(), 3);
        let none = super::figure(&flows[..1], words).expect("a figure");
        assert!(!none.plain.expect("a drawing").to_string().contains("sankey-back"));
        assert!(super::figure(&[], words).is_none());
    }

    #[test]
    fn many_givers_share_a_band() {
        let words = Words::of(Tongue::En);
        let flows: Vec<TodayFlow> = (0..30)
            .map(|at| flow(&format!("member-{at}"), Treatment::Landfill, None, 1000 + at))
            .collect();
        let drawn = figure(&flows, words)
            .expect("a figure")
            .plain
            .expect("a drawing")
            .to_string();
        assert_eq!(drawn.matches("sankey-band").count(), GIVERS + 2);
    }
}
