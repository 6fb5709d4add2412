//! From lines of the account to products and deliveries between members.
//!
//! The books know kroner for every sale and kilograms for few, so a member's year is one product whose output is
//! its operating revenue: allocation by value, said so in every derivation. A delivery is what the seller booked
//! as sold to the buyer; where only the buyer told, what the buyer booked.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::{BoundaryLine, Gap};
use greenheart_footprint::consolidate::{ClusterFlows, Delivery, Product, ProductId};
use greenheart_model::{MemberId, Method, Scope};
use greenheart_units::{Amount, Co2e, DecimalError, Dimension, Reading, Rounding};

/// Name of the one product of a member.
pub(crate) const PRODUCT: &str = "year";
/// First category of what happens after sale.
const AFTER_SALE: u8 = 9;
/// Both sides of a delivery may differ by this share of the larger, in hundredths, before it is a finding.
const SIDES_DIFFER_PERCENT: i128 = 10;

/// The flows of a panel and what was noticed about them.
pub(crate) struct PanelFlows {
    pub(crate) flows: ClusterFlows,
    pub(crate) findings: Vec<Gap>,
}

#[derive(Default)]
struct Own {
    direct: Amount,
    upstream: Amount,
    after_sale: Amount,
    revenue: Amount,
    unbound_rows: u64,
}

#[derive(Default)]
struct Pair {
    sold_nok: Amount,
    bought_nok: Amount,
    reported: Option<Amount>,
}

type Pairs = BTreeMap<(MemberId, MemberId), Pair>;

/// Which part of each line's CO2e goes in: all of it for the account, a part for asking how it is known.
pub(crate) type Weight<'a> = &'a dyn Fn(&BoundaryLine) -> bool;

/// Products and deliveries of `panel`, as its lines tell them; only lines that `counts` contribute emissions.
pub(crate) fn panel_flows(
    panel: &BTreeSet<MemberId>,
    lines: &[BoundaryLine],
    counts: Weight<'_>,
) -> Result<PanelFlows, DecimalError> {
    let mut members: BTreeMap<MemberId, Own> = panel.iter().map(|member| (member.clone(), Own::default())).collect();
    let mut pairs = Pairs::new();
    for line in lines {
        let Some(own) = members.get_mut(&line.member) else {
            continue;
        };
        take(own, line, panel, counts)?;
        take_pair(&mut pairs, line, panel, counts)?;
    }
    let mut findings = Vec::new();
    let deliveries = deliveries(&members, pairs, &mut findings)?;
    let products = members.into_iter().map(product).collect();
    Ok(PanelFlows {
        flows: ClusterFlows { products, deliveries },
        findings,
    })
}

fn take(
    own: &mut Own,
    line: &BoundaryLine,
    panel: &BTreeSet<MemberId>,
    counts: Weight<'_>,
) -> Result<(), DecimalError> {
    if line.revenue {
        own.revenue = own.revenue.checked_add(line.amount_nok)?;
    }
    if !line.counted || line.is_internal(panel) {
        return Ok(());
    }
    if line.method == Method::Unbound {
        own.unbound_rows += line.rows;
    }
    if !counts(line) {
        return Ok(());
    }
    let slot = match line.scope {
        Scope::One => &mut own.direct,
        _ if line.category >= AFTER_SALE => &mut own.after_sale,
        _ => &mut own.upstream,
    };
    *slot = slot.checked_add(line.co2e_kg)?;
    Ok(())
}

fn take_pair(
    pairs: &mut Pairs,
    line: &BoundaryLine,
    panel: &BTreeSet<MemberId>,
    counts: Weight<'_>,
) -> Result<(), DecimalError> {
    let Some(other) = line.counterparty.as_ref().filter(|other| panel.contains(*other)) else {
        return Ok(());
    };
    if line.revenue {
        let pair = pairs.entry((line.member.clone(), other.clone())).or_default();
        pair.sold_nok = pair.sold_nok.checked_add(line.amount_nok)?;
    } else if line.scope != Scope::None && line.scope != Scope::Removal {
        let pair = pairs.entry((other.clone(), line.member.clone())).or_default();
        pair.bought_nok = pair.bought_nok.checked_add(line.amount_nok)?;
        if line.counted && line.is_internal(panel) && counts(line) {
            pair.reported = Some(pair.reported.unwrap_or_default().checked_add(line.co2e_kg)?);
        }
    }
    Ok(())
}

fn product((member, own): (MemberId, Own)) -> Product {
    let output = if own.revenue > Amount::ZERO {
        Reading::new(own.revenue, Dimension::Money)
    } else {
        Reading::new(Amount::ONE, Dimension::Count)
    };
    Product {
        id: ProductId::new(member.as_str(), PRODUCT),
        output,
        direct: Co2e::new(own.direct),
        upstream: Co2e::new(own.upstream),
        after_sale: Co2e::new(own.after_sale),
        unbound_rows: own.unbound_rows,
    }
}

fn deliveries(
    members: &BTreeMap<MemberId, Own>,
    pairs: Pairs,
    findings: &mut Vec<Gap>,
) -> Result<Vec<Delivery>, DecimalError> {
    let mut sellers: BTreeMap<MemberId, Vec<(MemberId, Amount, Option<Amount>)>> = BTreeMap::new();
    for ((seller, buyer), pair) in pairs {
        let quantity = quantity(&seller, &buyer, &pair, findings);
        sellers
            .entry(seller)
            .or_default()
            .push((buyer, quantity, pair.reported));
    }
    let mut all = Vec::new();
    for (seller, mut buyers) in sellers {
        let output = members.get(&seller).map(|own| own.revenue).unwrap_or_default();
        fit(&seller, output, &mut buyers, findings)?;
        let dimension = if output > Amount::ZERO {
            Dimension::Money
        } else {
            Dimension::Count
        };
        all.extend(buyers.into_iter().map(|(buyer, quantity, reported)| Delivery {
            product: ProductId::new(seller.as_str(), PRODUCT),
            into: ProductId::new(buyer.as_str(), PRODUCT),
            quantity: Reading::new(quantity, dimension),
            reported: reported.map(Co2e::new),
        }));
    }
    Ok(all)
}

/// What was delivered, NOK: the seller's word, else the buyer's.
fn quantity(seller: &MemberId, buyer: &MemberId, pair: &Pair, findings: &mut Vec<Gap>) -> Amount {
    let (sold, bought) = (pair.sold_nok.max(Amount::ZERO), pair.bought_nok.max(Amount::ZERO));
    let mut note = |code: &str, detail: String| {
        findings.push(Gap {
            code: code.into(),
            member: Some(seller.clone()),
            detail,
        });
    };
    if sold.is_zero() {
        let code = if bought.is_zero() {
            "consolidate.no_quantity"
        } else {
            "consolidate.one_sided"
        };
        note(
            code,
            format!("to {buyer}: the buyer books {bought} NOK, the seller none"),
        );
        return bought;
    }
    let apart = (sold - bought).abs().mantissa().saturating_mul(100);
    if !bought.is_zero() && apart > sold.max(bought).mantissa().saturating_mul(SIDES_DIFFER_PERCENT) {
        note(
            "consolidate.sides_differ",
            format!("to {buyer}: sold {sold} NOK, bought {bought} NOK; the seller's word is used"),
        );
    }
    sold
}

/// Deliveries cannot be more than the output: what buyers claim beyond it is cut in proportion, and said.
fn fit(
    seller: &MemberId,
    output: Amount,
    buyers: &mut [(MemberId, Amount, Option<Amount>)],
    findings: &mut Vec<Gap>,
) -> Result<(), DecimalError> {
    let mut claimed = Amount::ZERO;
    for (_, quantity, _) in &*buyers {
        claimed = claimed.checked_add(*quantity)?;
    }
    let output = output.max(Amount::ZERO);
    if claimed <= output {
        return Ok(());
    }
    let code = if output.is_zero() {
        "consolidate.no_output"
    } else {
        "consolidate.oversold"
    };
    findings.push(Gap {
        code: code.into(),
        member: Some(seller.clone()),
        detail: format!("members claim {claimed} NOK of an output of {output} NOK"),
    });
    let share = output.ratio(claimed).unwrap_or_default();
    let mut left = output;
    for (_, quantity, _) in buyers {
        *quantity = quantity.times(share, Rounding::HalfEven)?.min(left);
        left -= *quantity;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use greenheart_footprint::consolidate::{ConsolidationError, consolidate};
    use greenheart_model::ItemClass;

    use super::*;

    fn line(member: &str, other: Option<&str>, scope: Scope, kg: i64, nok: i64) -> BoundaryLine {
        BoundaryLine {
            member: MemberId::new(member),
            counterparty: other.map(MemberId::new),
            scope,
            category: u8::from(scope == Scope::Three),
            class: ItemClass::Goods,
            method: Method::Activity,
            line: "line".into(),
            material_part: "".into(),
            counted: scope != Scope::None,
            revenue: scope == Scope::None,
            co2e_kg: Amount::from_integer(kg),
            amount_nok: Amount::from_integer(nok),
            energy_kwh: Amount::ZERO,
            mass_kg: Amount::ZERO,
            rows_without_mass: 0,
            rows: 1,
        }
    }

    /// The three members of `docs/concepts/double-counting.md`, in kroner.
    fn three() -> Vec<BoundaryLine> {
        use Scope::{None as Sold, One, Three};
        vec![
            line("a", None, One, 5000, 0),
            line("a", None, Three, 2000, 10),
            line("a", None, Sold, 0, 650),
            line("a", Some("b"), Sold, 0, 300),
            line("a", Some("c"), Sold, 0, 50),
            line("b", None, One, 1200, 0),
            line("b", None, Three, 800, 10),
            line("b", None, Sold, 0, 250),
            line("b", Some("a"), Sold, 0, 100),
            line("b", Some("c"), Sold, 0, 150),
            line("c", None, One, 300, 0),
            line("c", None, Three, 600, 10),
            line("c", None, Sold, 0, 740),
            line("c", Some("a"), Sold, 0, 20),
            line("c", Some("b"), Sold, 0, 40),
            line("b", Some("a"), Three, 1111, 300),
        ]
    }

    fn panel() -> BTreeSet<MemberId> {
        ["a", "b", "c"].map(MemberId::new).into()
    }

    fn codes(flows: &PanelFlows) -> Vec<&str> {
        flows.findings.iter().map(|gap| gap.code.as_str()).collect()
    }

    #[test]
    fn three_members_with_a_loop() {
        let made = panel_flows(&panel(), &three(), &|_| true).expect("flows");
        assert!(codes(&made).is_empty(), "{:?}", made.findings);
        let account = consolidate(&made.flows).expect("an account");
        assert_eq!(account.consolidated.value.amount(), Amount::from_integer(9900));
        let gross = account.gross.value.amount().to_model_f64();
        assert!((gross - 15_151.19).abs() < 0.01, "{gross}");
        assert_eq!(account.reported.amount(), Amount::from_integer(9900 + 1111));
    }

    #[test]
    fn the_order_of_lines_says_nothing() {
        let account =
            |lines: &[BoundaryLine]| consolidate(&panel_flows(&panel(), lines, &|_| true).expect("flows").flows);
        let mut lines = three();
        let forwards = account(&lines);
        lines.reverse();
        assert_eq!(forwards, account(&lines));
        // One line in two halves is the same line.
        let mut split = three();
        split[0].co2e_kg = Amount::from_integer(1234);
        split.push(line("a", None, Scope::One, 5000 - 1234, 0));
        assert_eq!(forwards, account(&split));
    }

    #[test]
    fn what_only_one_side_tells_is_used_and_said() {
        let mut lines = three();
        lines.retain(|line| {
            !(line.member.as_str() == "a" && line.counterparty.as_ref().is_some_and(|o| o.as_str() == "b"))
        });
        let made = panel_flows(&panel(), &lines, &|_| true).expect("flows");
        assert_eq!(codes(&made), ["consolidate.one_sided"]);
        let account = consolidate(&made.flows).expect("an account");
        assert_eq!(account.consolidated.value.amount(), Amount::from_integer(9900));
    }

    #[test]
    fn claims_beyond_the_output_are_cut_and_said() {
        let lines = vec![
            line("a", None, Scope::One, 100, 0),
            line("a", None, Scope::None, 0, 100),
            line("b", None, Scope::None, 0, 100),
            line("b", Some("a"), Scope::Three, 5, 900),
            line("c", Some("a"), Scope::Three, 5, 600),
            line("c", None, Scope::None, 0, 1),
        ];
        let made = panel_flows(&panel(), &lines, &|_| true).expect("flows");
        assert!(codes(&made).contains(&"consolidate.oversold"), "{:?}", made.findings);
        let account = consolidate(&made.flows).expect("an account");
        assert_eq!(account.consolidated.value.amount(), Amount::from_integer(100));
    }

    #[test]
    fn bad_flows_are_named_errors() {
        let check = |lines: &[BoundaryLine]| {
            let made = panel_flows(&panel(), lines, &|_| true).expect("flows");
            consolidate(&made.flows).expect_err("refused")
        };
        // Two members that sell all they make to each other.
        let loop_only = [
            line("a", Some("b"), Scope::None, 0, 100),
            line("b", Some("a"), Scope::None, 0, 100),
            line("a", None, Scope::One, 1, 0),
        ];
        assert!(matches!(check(&loop_only), ConsolidationError::Gain(_)));
        let itself = [
            line("a", Some("a"), Scope::None, 0, 10),
            line("a", None, Scope::None, 0, 100),
        ];
        assert!(matches!(check(&itself), ConsolidationError::SelfPurchase(_)));
        let negative = [line("a", None, Scope::One, -5, 0)];
        assert!(matches!(check(&negative), ConsolidationError::NegativeEmissions { .. }));
        let nobody = panel_flows(&BTreeSet::new(), &[], &|_| true).expect("flows");
        assert_eq!(
            consolidate(&nobody.flows).expect_err("refused"),
            ConsolidationError::Empty
        );
    }
}
