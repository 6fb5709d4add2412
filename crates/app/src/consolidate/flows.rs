//! From lines of the account to products and deliveries between members.
//!
//! The books know kroner for every sale and kilograms for few, so a member's year is one product whose output is
//! its operating revenue: allocation by value, said so in every derivation. A delivery is what the seller booked
//! as sold to the buyer; where only the buyer told, what the buyer booked.
//!
//! Two things do not follow the kroner. What a plant that sells energy burns travels with its kilowatt hours, whoever pays for
//! taking in the waste it burns: its energy is a product of its own, by the kWh. And surplus heat is burden-free: what is paid
//! for it is taken out of the output by value, so that it carries nothing.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::{BoundaryLine, Gap, part};
use greenheart_footprint::consolidate::{ClusterFlows, Delivery, Product, ProductId};
use greenheart_model::{ItemClass, MemberId, Method, Scope};
use greenheart_units::{Amount, Co2e, DecimalError, Dimension, Reading, Rounding};

/// Name of the product of a member's year.
pub(crate) const PRODUCT: &str = "year";
/// Name of the energy that a plant sells.
pub(crate) const ENERGY: &str = "energy";
/// The reporting line of surplus heat.
const SURPLUS_HEAT: &str = "waste_heat";
/// First category of what happens after sale.
const AFTER_SALE: u8 = 9;
/// Both sides of a delivery may differ by this share of the larger, in hundredths, before it is a finding.
const SIDES_DIFFER_PERCENT: i128 = 10;

/// The flows of a panel and what was noticed about them.
pub(crate) struct PanelFlows {
    pub(crate) flows: ClusterFlows,
    pub(crate) findings: Vec<Gap>,
}

/// Whose flows: the members of a panel, and those whose trade is energy.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Panel<'a> {
    pub(crate) members: &'a BTreeSet<MemberId>,
    /// Members that recover energy from waste or make it for sale; what others burn is for their own products.
    pub(crate) plants: &'a BTreeSet<MemberId>,
}

/// Where the CO2e of a line goes in the equations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    /// Scope 1 of a plant that sells energy.
    Plant,
    /// Any other scope 1.
    Direct,
    /// Bought from outside.
    Upstream,
    /// After sale.
    AfterSale,
}

#[derive(Default)]
struct Own {
    plant: Amount,
    direct: Amount,
    upstream: Amount,
    after_sale: Amount,
    revenue: Amount,
    /// Kilowatt hours made for sale.
    energy_kwh: Amount,
    burns: bool,
    /// NOK that members paid for surplus heat.
    surplus_nok: Amount,
    unbound_rows: u64,
}

impl Own {
    fn sells_energy(&self) -> bool {
        self.burns && self.energy_kwh > Amount::ZERO
    }

    /// What is shared by value.
    fn output_nok(&self) -> Amount {
        self.revenue - self.surplus_nok
    }
}

#[derive(Default)]
struct Pair {
    sold_nok: Amount,
    bought_nok: Amount,
    reported: Option<Amount>,
    kwh: Amount,
    reported_energy: Option<Amount>,
    surplus_nok: Amount,
}

type Members = BTreeMap<MemberId, Own>;
type Pairs = BTreeMap<(MemberId, MemberId), Pair>;

/// Which part of each line's CO2e goes in: all of it for the account, a part for asking how it is known.
pub(crate) type Weight<'a> = &'a dyn Fn(&BoundaryLine) -> Result<Amount, DecimalError>;

/// All of it.
#[expect(clippy::unnecessary_wraps, reason = "a weight may be too large for the ledger")]
pub(crate) fn all(line: &BoundaryLine) -> Result<Amount, DecimalError> {
    Ok(line.co2e_kg)
}

impl Panel<'_> {
    /// Where a line's CO2e goes; `None` for what is not counted or is the seller's to count.
    pub(crate) fn slot(&self, line: &BoundaryLine) -> Option<Slot> {
        if !line.counted || line.is_internal(self.members) {
            return None;
        }
        Some(match line.scope {
            Scope::One if self.burns(line) => Slot::Plant,
            Scope::One => Slot::Direct,
            _ if line.category >= AFTER_SALE => Slot::AfterSale,
            _ => Slot::Upstream,
        })
    }

    /// Burnt in a plant that makes energy for sale; its vehicles are not the plant.
    fn burns(&self, line: &BoundaryLine) -> bool {
        line.scope == Scope::One && line.class == ItemClass::StationaryFuel && self.plants.contains(&line.member)
    }
}

/// Products and deliveries of `panel`, as its lines tell them; each line contributes the emissions that `weight` gives it.
pub(crate) fn panel_flows(
    panel: Panel<'_>,
    lines: &[BoundaryLine],
    weight: Weight<'_>,
) -> Result<PanelFlows, DecimalError> {
    let mut members: Members = panel
        .members
        .iter()
        .map(|member| (member.clone(), Own::default()))
        .collect();
    let mut pairs = Pairs::new();
    for line in lines {
        if let Some(own) = members.get_mut(&line.member) {
            take(own, line, panel, weight)?;
        }
    }
    for line in lines.iter().filter(|line| panel.members.contains(&line.member)) {
        take_pair(&mut pairs, &members, line, panel, weight)?;
    }
    for ((seller, _), pair) in &pairs {
        if let Some(own) = members.get_mut(seller) {
            own.surplus_nok = own.surplus_nok.checked_add(pair.surplus_nok)?;
        }
    }
    let mut findings = Vec::new();
    let deliveries = deliveries(&members, pairs, &mut findings)?;
    let products = members.into_iter().flat_map(products).collect();
    Ok(PanelFlows {
        flows: ClusterFlows { products, deliveries },
        findings,
    })
}

fn take(own: &mut Own, line: &BoundaryLine, panel: Panel<'_>, weight: Weight<'_>) -> Result<(), DecimalError> {
    if line.revenue {
        own.revenue = own.revenue.checked_add(line.amount_nok)?;
    }
    if &*line.material_part == part::OUTPUT {
        own.energy_kwh = own.energy_kwh.checked_add(line.energy_kwh)?;
    }
    own.burns |= panel.burns(line);
    let Some(slot) = panel.slot(line) else {
        return Ok(());
    };
    if line.method == Method::Unbound {
        own.unbound_rows += line.rows;
    }
    let slot = match slot {
        Slot::Plant => &mut own.plant,
        Slot::Direct => &mut own.direct,
        Slot::Upstream => &mut own.upstream,
        Slot::AfterSale => &mut own.after_sale,
    };
    *slot = slot.checked_add(weight(line)?)?;
    Ok(())
}

fn take_pair(
    pairs: &mut Pairs,
    members: &Members,
    line: &BoundaryLine,
    panel: Panel<'_>,
    weight: Weight<'_>,
) -> Result<(), DecimalError> {
    let inside = |other: &&MemberId| panel.members.contains(*other);
    let Some(other) = line.counterparty.as_ref().filter(inside) else {
        return Ok(());
    };
    if line.revenue {
        let pair = pairs.entry((line.member.clone(), other.clone())).or_default();
        pair.sold_nok = pair.sold_nok.checked_add(line.amount_nok)?;
        return Ok(());
    }
    if matches!(line.scope, Scope::None | Scope::Removal) {
        return Ok(());
    }
    let pair = pairs.entry((other.clone(), line.member.clone())).or_default();
    pair.bought_nok = pair.bought_nok.checked_add(line.amount_nok)?;
    if &*line.line == SURPLUS_HEAT {
        pair.surplus_nok = pair.surplus_nok.checked_add(line.amount_nok.max(Amount::ZERO))?;
    }
    let energy = line.scope == Scope::Two && members.get(other).is_some_and(Own::sells_energy);
    if energy {
        pair.kwh = pair.kwh.checked_add(line.energy_kwh.max(Amount::ZERO))?;
    }
    if line.counted && line.is_internal(panel.members) {
        let known = energy && line.energy_kwh > Amount::ZERO;
        let slot = if known {
            &mut pair.reported_energy
        } else {
            &mut pair.reported
        };
        *slot = Some(slot.unwrap_or_default().checked_add(weight(line)?)?);
    }
    Ok(())
}

/// What is not burnt for energy, and the energy where it is sold by the kilowatt hour.
fn products((member, own): (MemberId, Own)) -> Vec<Product> {
    let mut made = Vec::with_capacity(2);
    let mut direct = own.direct;
    if own.sells_energy() {
        made.push(Product {
            id: ProductId::new(member.as_str(), ENERGY),
            output: Reading::new(own.energy_kwh, Dimension::Energy),
            direct: Co2e::new(own.plant),
            upstream: Co2e::ZERO,
            after_sale: Co2e::ZERO,
            unbound_rows: 0,
        });
    } else {
        direct += own.plant;
    }
    let output = if own.output_nok() > Amount::ZERO {
        Reading::new(own.output_nok(), Dimension::Money)
    } else {
        Reading::new(Amount::ONE, Dimension::Count)
    };
    made.push(Product {
        id: ProductId::new(member.as_str(), PRODUCT),
        output,
        direct: Co2e::new(direct),
        upstream: Co2e::new(own.upstream),
        after_sale: Co2e::new(own.after_sale),
        unbound_rows: own.unbound_rows,
    });
    made
}

/// What one buyer takes of one product of a seller.
struct Taken {
    buyer: MemberId,
    quantity: Amount,
    reported: Option<Amount>,
}

fn deliveries(members: &Members, pairs: Pairs, findings: &mut Vec<Gap>) -> Result<Vec<Delivery>, DecimalError> {
    type Buyers = (Vec<Taken>, Vec<Taken>);
    let mut sellers: BTreeMap<MemberId, Buyers> = BTreeMap::new();
    for ((seller, buyer), pair) in pairs {
        let quantity = quantity(&seller, &buyer, &pair, findings);
        let (energy, year) = sellers.entry(seller).or_default();
        if pair.kwh > Amount::ZERO {
            energy.push(Taken {
                buyer: buyer.clone(),
                quantity: pair.kwh,
                reported: pair.reported_energy,
            });
        }
        year.push(Taken {
            buyer,
            quantity: (quantity - pair.surplus_nok).max(Amount::ZERO),
            reported: pair.reported,
        });
    }
    let mut all = Vec::new();
    for (seller, (energy, year)) in sellers {
        let own = members.get(&seller);
        let output_nok = own.map(Own::output_nok).unwrap_or_default();
        let of_year = if output_nok > Amount::ZERO {
            Dimension::Money
        } else {
            Dimension::Count
        };
        for (product, output, dimension, mut buyers) in [
            (
                ENERGY,
                own.map(|own| own.energy_kwh).unwrap_or_default(),
                Dimension::Energy,
                energy,
            ),
            (PRODUCT, output_nok, of_year, year),
        ] {
            fit(&seller, Reading::new(output, dimension), &mut buyers, findings)?;
            all.extend(buyers.into_iter().map(|taken| Delivery {
                product: ProductId::new(seller.as_str(), product),
                into: ProductId::new(taken.buyer.as_str(), PRODUCT),
                quantity: Reading::new(taken.quantity, dimension),
                reported: taken.reported.map(Co2e::new),
            }));
        }
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
fn fit(seller: &MemberId, output: Reading, buyers: &mut [Taken], findings: &mut Vec<Gap>) -> Result<(), DecimalError> {
    let mut claimed = Amount::ZERO;
    for taken in &*buyers {
        claimed = claimed.checked_add(taken.quantity)?;
    }
    let most = output.value.max(Amount::ZERO);
    if claimed <= most {
        return Ok(());
    }
    let code = if most.is_zero() {
        "consolidate.no_output"
    } else {
        "consolidate.oversold"
    };
    let unit = match output.dimension {
        Dimension::Energy => "kWh",
        _ => "NOK",
    };
    findings.push(Gap {
        code: code.into(),
        member: Some(seller.clone()),
        detail: format!("members claim {claimed} {unit} of an output of {most} {unit}"),
    });
    let share = most.ratio(claimed).unwrap_or_default();
    let mut left = most;
    for taken in buyers {
        taken.quantity = taken.quantity.times(share, Rounding::HalfEven)?.min(left);
        left -= taken.quantity;
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

    fn flows_of(members: &BTreeSet<MemberId>, lines: &[BoundaryLine]) -> Result<PanelFlows, DecimalError> {
        let plants = ["heat"].map(MemberId::new).into();
        panel_flows(
            Panel {
                members,
                plants: &plants,
            },
            lines,
            &all,
        )
    }

    fn panel() -> BTreeSet<MemberId> {
        ["a", "b", "c"].map(MemberId::new).into()
    }

    fn codes(flows: &PanelFlows) -> Vec<&str> {
        flows.findings.iter().map(|gap| gap.code.as_str()).collect()
    }

    #[test]
    fn three_members_with_a_loop() {
        let made = flows_of(&panel(), &three()).expect("flows");
        assert!(codes(&made).is_empty(), "{:?}", made.findings);
        let account = consolidate(&made.flows).expect("an account");
        let apart = (account.consolidated.value.amount() - Amount::from_integer(9900)).abs();
        assert!(apart <= account.consolidated.tolerance.amount(), "{apart}");
        let gross = account.gross.value.amount().to_model_f64();
        assert!((gross - 15_151.19).abs() < 0.01, "{gross}");
        assert_eq!(account.reported.amount(), Amount::from_integer(9900 + 1111));
    }

    #[test]
    fn the_order_of_lines_says_nothing() {
        let account = |lines: &[BoundaryLine]| consolidate(&flows_of(&panel(), lines).expect("flows").flows);
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
        let made = flows_of(&panel(), &lines).expect("flows");
        assert_eq!(codes(&made), ["consolidate.one_sided"]);
        let account = consolidate(&made.flows).expect("an account");
        let apart = (account.consolidated.value.amount() - Amount::from_integer(9900)).abs();
        assert!(apart <= account.consolidated.tolerance.amount(), "{apart}");
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
        let made = flows_of(&panel(), &lines).expect("flows");
        assert!(codes(&made).contains(&"consolidate.oversold"), "{:?}", made.findings);
        let account = consolidate(&made.flows).expect("an account");
        assert_eq!(account.consolidated.value.amount(), Amount::from_integer(100));
    }

    #[test]
    fn bad_flows_are_named_errors() {
        let check = |lines: &[BoundaryLine]| {
            let made = flows_of(&panel(), lines).expect("flows");
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
        let nobody = flows_of(&BTreeSet::new(), &[]).expect("flows");
        assert_eq!(
            consolidate(&nobody.flows).expect_err("refused"),
            ConsolidationError::Empty
        );
    }

    /// A plant burns waste for 900 t, buys power for 100 t, is paid 60 for taking waste and 40 for 1 000 kWh of heat, 700 of
    /// them to `a`, who also delivers it waste for 30.
    #[test]
    fn what_a_plant_burns_travels_with_its_heat_and_not_with_the_waste() {
        let fuel = |class| BoundaryLine {
            class,
            ..line("heat", None, Scope::One, 900_000, 0)
        };
        let sold = BoundaryLine {
            material_part: part::OUTPUT.into(),
            revenue: false,
            energy_kwh: Amount::from_integer(1000),
            ..line("heat", None, Scope::None, 0, 0)
        };
        let bought = BoundaryLine {
            class: ItemClass::Heat,
            energy_kwh: Amount::from_integer(700),
            ..line("a", Some("heat"), Scope::Two, 5, 28)
        };
        let lines = |class| {
            vec![
                fuel(class),
                sold.clone(),
                bought.clone(),
                line("heat", None, Scope::Three, 100_000, 0),
                line("heat", None, Scope::None, 0, 42),
                line("heat", Some("a"), Scope::None, 0, 58),
                line("a", Some("heat"), Scope::Three, 7, 30),
                line("a", None, Scope::None, 0, 500),
            ]
        };
        let members = ["a", "heat"].map(MemberId::new).into();
        let carried = |class| {
            let made = flows_of(&members, &lines(class)).expect("flows");
            assert!(codes(&made).is_empty(), "{:?}", made.findings);
            let account = consolidate(&made.flows).expect("an account");
            let apart = (account.consolidated.value.amount() - Amount::from_integer(1_000_000)).abs();
            assert!(apart <= account.consolidated.tolerance.amount(), "each tonne once");
            let pairs = account.pairs.iter();
            pairs
                .map(|pair| {
                    (
                        pair.product.name.to_string(),
                        pair.carried.value.amount().rounded(0, Rounding::HalfEven),
                    )
                })
                .collect::<Vec<_>>()
        };
        let kg = Amount::from_integer;
        assert_eq!(
            carried(ItemClass::StationaryFuel),
            [(ENERGY.to_owned(), kg(630_000)), (PRODUCT.to_owned(), kg(58_000))]
        );
        // Its lorries are not the plant: by value.
        assert_eq!(carried(ItemClass::VehicleFuel), [(PRODUCT.to_owned(), kg(580_000))]);
    }

    #[test]
    fn surplus_heat_carries_nothing() {
        let mut lines = three();
        // `b` pays `a` 50 of its 300 for heat that would be lost.
        lines.push(BoundaryLine {
            class: ItemClass::Heat,
            line: SURPLUS_HEAT.into(),
            energy_kwh: Amount::from_integer(9000),
            ..line("b", Some("a"), Scope::Two, 0, 50)
        });
        if let Some(goods) = lines.iter_mut().find(|line| line.co2e_kg == Amount::from_integer(1111)) {
            goods.amount_nok = Amount::from_integer(250);
        }
        let made = flows_of(&panel(), &lines).expect("flows");
        assert!(codes(&made).is_empty(), "{:?}", made.findings);
        let output = |flows: &ClusterFlows| flows.products[0].output.value;
        assert_eq!(output(&made.flows), Amount::from_integer(950));
        let into_b =
            |delivery: &&Delivery| delivery.product.member.as_str() == "a" && delivery.into.member.as_str() == "b";
        let delivered = made.flows.deliveries.iter().find(into_b).expect("a delivery");
        assert_eq!(delivered.quantity.value, Amount::from_integer(250));
        let account = consolidate(&made.flows).expect("an account");
        let apart = (account.consolidated.value.amount() - Amount::from_integer(9900)).abs();
        assert!(apart <= account.consolidated.tolerance.amount(), "{apart}");
    }
}
