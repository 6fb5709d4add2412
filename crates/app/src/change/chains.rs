//! From lines of two years to the chains that a change is decomposed along.
//!
//! | What | Levels |
//! |---|---|
//! | power, heat, fuel | output of all, of the member, its kWh, kWh of the carrier, kg CO2e |
//! | refrigerants, process gases | output of the member, kg CO2e |
//! | freight by tonne-kilometres | tonne-km of all, of the item, twice more where journeys and energy are not stated, kg CO2e |
//! | everything else | kg of material, else constant kroner, and kg CO2e |
//!
//! Where a level is missing the chain is the next shorter one. A class whose share of spend moved is not compared
//! line by line: its earlier year is restated on the later year's intensity, so that better evidence shows as data
//! and method and never as a reduction.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_account::BoundaryLine;
use greenheart_footprint::decompose::{Identity, Line, Restatement};
use greenheart_model::{ItemClass, MemberId, Method, Scope, Text};
use greenheart_units::{Amount, Co2e, DecimalError, Rate, Rounding};

/// How much the share of spend in a class may move, in thousandths, before its method counts as changed.
const METHOD_MOVED_PERMILLE: i128 = 250;

/// What the chains of one year need beside its lines.
#[derive(Debug, Default)]
pub(super) struct Year {
    /// Lines that are decomposed.
    pub(super) lines: Vec<BoundaryLine>,
    /// Output of each member, constant kroner.
    pub(super) output: BTreeMap<MemberId, Amount>,
    /// Constant kroner in the books of each member and class, before better evidence explained them.
    pub(super) booked: BTreeMap<(MemberId, ItemClass), Amount>,
    /// Tonne-kilometres of each member and item.
    pub(super) tonne_km: BTreeMap<(MemberId, Text), Amount>,
}

/// Chains and restatements of a panel.
pub(super) struct Chains {
    pub(super) lines: Vec<Line>,
    pub(super) restatements: Vec<Restatement>,
    /// Classes whose method changed.
    pub(super) moved: BTreeSet<(MemberId, ItemClass)>,
}

/// How the output of the whole is told: that of all members, or, for a member alone, its own, so that nothing of the
/// others shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    Cluster,
    Member,
}

#[derive(Default, Clone, Copy)]
struct Sum {
    co2e: Amount,
    kwh: Amount,
    mass: Amount,
    lacks_mass: bool,
    nok: Amount,
}

type Key = (MemberId, Identity, ItemClass, Text);

/// Builds chains from `before` to `after`; `sectors` names each member's sector, `published` what its earlier year was
/// published as.
pub(super) fn chains(
    before: &Year,
    after: &Year,
    whole: Whole,
    sectors: &BTreeMap<MemberId, Text>,
    published: &BTreeMap<MemberId, Amount>,
) -> Result<Chains, DecimalError> {
    let moved = moved(before, after)?;
    let (start, end) = (sums(before, &moved)?, sums(after, &moved)?);
    let keys: BTreeSet<&Key> = start.keys().chain(end.keys()).collect();
    let (of_start, of_end) = (Levels::of(before, &start, whole), Levels::of(after, &end, whole));
    let sector = |member: &MemberId| sectors.get(member).cloned().unwrap_or_else(|| "".into());
    let mut lines = Vec::new();
    let mut begun: BTreeMap<MemberId, Amount> = BTreeMap::new();
    let mut restated: BTreeMap<MemberId, Amount> = BTreeMap::new();
    for key in keys {
        let (member, identity, class, item) = key;
        let (from, to) = (
            start.get(key).copied().unwrap_or_default(),
            end.get(key).copied().unwrap_or_default(),
        );
        add(&mut begun, member, from.co2e)?;
        let (identity, first, last) = if moved.contains(&(member.clone(), *class)) {
            restate(before, after, member, *class, to)?
        } else {
            let choices = of_start.choices(*identity, key, from).into_iter();
            let both = choices.zip(of_end.choices(*identity, key, to));
            let found = both.map(|((identity, first), (_, last))| (identity, first, last));
            let mut whole_chains = found.filter(|(_, first, last)| holds(first) && holds(last));
            whole_chains.next().unwrap_or_else(|| {
                (
                    Identity::Purchases,
                    vec![Amount::ONE, from.co2e],
                    vec![Amount::ONE, to.co2e],
                )
            })
        };
        add(&mut restated, member, first.last().copied().unwrap_or_default())?;
        lines.push(Line {
            member: member.clone(),
            sector: sector(member),
            item: item.clone(),
            identity,
            before: first,
            after: last,
        });
    }
    let restatements = restated
        .into_iter()
        .map(|(member, restated)| Restatement {
            sector: sector(&member),
            published: Co2e::new(
                published
                    .get(&member)
                    .or(begun.get(&member))
                    .copied()
                    .unwrap_or_default(),
            ),
            restated: Co2e::new(restated),
            member,
        })
        .collect();
    Ok(Chains {
        lines,
        restatements,
        moved,
    })
}

fn add(sums: &mut BTreeMap<MemberId, Amount>, member: &MemberId, value: Amount) -> Result<(), DecimalError> {
    let slot = sums.entry(member.clone()).or_default();
    *slot = slot.checked_add(value)?;
    Ok(())
}

/// The earlier year of a class on the later year's intensity per booked krone; without kroner in both years nothing
/// can be said about it, and all its change is data and method.
fn restate(
    before: &Year,
    after: &Year,
    member: &MemberId,
    class: ItemClass,
    to: Sum,
) -> Result<(Identity, Vec<Amount>, Vec<Amount>), DecimalError> {
    let booked = |year: &Year| year.booked.get(&(member.clone(), class)).copied().unwrap_or_default();
    let (from_nok, to_nok) = (booked(before), booked(after));
    let share = (from_nok > Amount::ZERO && to_nok > Amount::ZERO)
        .then(|| from_nok.ratio(to_nok))
        .flatten();
    let Some(share) = share else {
        let same = vec![Amount::ONE, to.co2e];
        return Ok((Identity::Purchases, same.clone(), same));
    };
    let restated = to.co2e.times(share, Rounding::HalfEven)?;
    Ok((Identity::Purchases, vec![from_nok, restated], vec![to_nok, to.co2e]))
}

/// Classes of members in which the share of spend moved.
fn moved(before: &Year, after: &Year) -> Result<BTreeSet<(MemberId, ItemClass)>, DecimalError> {
    let shares = |year: &Year| -> Result<BTreeMap<(MemberId, ItemClass), (Amount, Amount)>, DecimalError> {
        let mut shares: BTreeMap<(MemberId, ItemClass), (Amount, Amount)> = BTreeMap::new();
        for line in &year.lines {
            let (spend, all) = shares.entry((line.member.clone(), line.class)).or_default();
            let size = line.co2e_kg.abs();
            *all = all.checked_add(size)?;
            if line.method == Method::Spend {
                *spend = spend.checked_add(size)?;
            }
        }
        Ok(shares)
    };
    let (start, end) = (shares(before)?, shares(after)?);
    let differs = |key: &&(MemberId, ItemClass)| {
        let share =
            |shares: &BTreeMap<_, (Amount, Amount)>| shares.get(*key).and_then(|(spend, all)| spend.ratio(*all));
        match (share(&start), share(&end)) {
            (Some(from), Some(to)) => {
                let apart = from.mantissa().abs_diff(to.mantissa());
                apart > (Rate::ONE_MANTISSA * METHOD_MOVED_PERMILLE / 1000).unsigned_abs()
            }
            // What appears or vanishes did so; its method did not change.
            _ => false,
        }
    };
    Ok(start.keys().filter(differs).cloned().collect())
}

fn sums(year: &Year, moved: &BTreeSet<(MemberId, ItemClass)>) -> Result<BTreeMap<Key, Sum>, DecimalError> {
    let mut sums: BTreeMap<Key, Sum> = BTreeMap::new();
    for line in &year.lines {
        let own = (line.member.clone(), line.class);
        let (identity, item) = if moved.contains(&own) {
            (Identity::Purchases, Text::from(line.class.name()))
        } else {
            (identity(line), line.line.clone())
        };
        let sum = sums.entry((own.0, identity, line.class, item)).or_default();
        sum.co2e = sum.co2e.checked_add(line.co2e_kg)?;
        sum.nok = sum.nok.checked_add(line.amount_nok)?;
        sum.mass = sum.mass.checked_add(line.mass_kg)?;
        sum.lacks_mass |= line.rows_without_mass > 0;
        // What comes before the fuel or power arrives tells the same kWh again.
        if matches!(line.scope, Scope::One | Scope::Two) {
            sum.kwh = sum.kwh.checked_add(line.energy_kwh)?;
        }
    }
    Ok(sums)
}

fn identity(line: &BoundaryLine) -> Identity {
    match line.class {
        ItemClass::Electricity | ItemClass::Heat | ItemClass::StationaryFuel | ItemClass::VehicleFuel
            if line.method != Method::Spend =>
        {
            Identity::Energy
        }
        ItemClass::Refrigerant | ItemClass::Process => Identity::Process,
        ItemClass::Freight if line.method != Method::Spend => Identity::Freight,
        _ => Identity::Purchases,
    }
}

/// Sums that levels above a line are taken from.
struct Levels<'a> {
    year: &'a Year,
    whole: Whole,
    output: Amount,
    tonne_km: Amount,
    kwh: BTreeMap<&'a MemberId, Amount>,
}

impl<'a> Levels<'a> {
    fn of(year: &'a Year, sums: &'a BTreeMap<Key, Sum>, whole: Whole) -> Self {
        let mut kwh: BTreeMap<&MemberId, Amount> = BTreeMap::new();
        for ((member, identity, ..), sum) in sums {
            if *identity == Identity::Energy {
                *kwh.entry(member).or_default() += sum.kwh;
            }
        }
        Self {
            year,
            whole,
            output: year.output.values().copied().sum(),
            tonne_km: year.tonne_km.values().copied().sum(),
            kwh,
        }
    }

    /// Levels of a line by the identities that could tell it, the longest first.
    fn choices(&self, identity: Identity, key: &Key, sum: Sum) -> Vec<(Identity, Vec<Amount>)> {
        let (member, _, _, item) = key;
        let own = self.year.output.get(member).copied().unwrap_or_default();
        let all = match self.whole {
            Whole::Cluster => self.output,
            Whole::Member => own,
        };
        let process = (Identity::Process, vec![own, sum.co2e]);
        let by_nok = (Identity::Purchases, vec![sum.nok, sum.co2e]);
        match identity {
            Identity::Energy => {
                let kwh = self.kwh.get(member).copied().unwrap_or_default();
                vec![
                    (Identity::Energy, vec![all, own, kwh, sum.kwh, sum.co2e]),
                    (Identity::Purchases, vec![sum.kwh, sum.co2e]),
                    process,
                ]
            }
            Identity::Freight => {
                let work = |item: &Text| self.year.tonne_km.get(&(member.clone(), item.clone())).copied();
                let own = work(item).unwrap_or_default();
                let all = match self.whole {
                    Whole::Cluster => self.tonne_km,
                    Whole::Member => {
                        let mine = self.year.tonne_km.iter().filter(|((other, _), _)| other == member);
                        mine.map(|(_, work)| *work).sum()
                    }
                };
                vec![(Identity::Freight, vec![all, own, own, own, sum.co2e]), by_nok, process]
            }
            Identity::Process => vec![process, by_nok],
            Identity::Purchases => {
                let by_mass = if sum.lacks_mass { Amount::ZERO } else { sum.mass };
                vec![(Identity::Purchases, vec![by_mass, sum.co2e]), by_nok, process]
            }
        }
    }
}

/// Nothing stands below a level that is zero.
fn holds(levels: &[Amount]) -> bool {
    levels.windows(2).all(|pair| !pair[0].is_zero() || pair[1].is_zero())
}

#[cfg(test)]
mod tests {
    use greenheart_footprint::decompose::{DATA_AND_METHOD, decompose};

    use super::*;

    fn whole(value: i64) -> Amount {
        Amount::from_integer(value)
    }

    fn line(class: ItemClass, method: Method, kg: i64, nok: i64, kwh: i64) -> BoundaryLine {
        BoundaryLine {
            member: MemberId::new("a"),
            counterparty: None,
            scope: if kwh > 0 { Scope::Two } else { Scope::Three },
            category: 0,
            class,
            method,
            line: format!("{class}.{method}").into(),
            material_part: "".into(),
            counted: true,
            revenue: false,
            co2e_kg: whole(kg),
            amount_nok: whole(nok),
            energy_kwh: whole(kwh),
            mass_kg: Amount::ZERO,
            rows_without_mass: 0,
            rows: 1,
        }
    }

    fn year(lines: Vec<BoundaryLine>, output: i64, booked: &[(ItemClass, i64)]) -> Year {
        Year {
            lines,
            output: [(MemberId::new("a"), whole(output))].into(),
            booked: booked
                .iter()
                .map(|(class, nok)| ((MemberId::new("a"), *class), whole(*nok)))
                .collect(),
            tonne_km: BTreeMap::new(),
        }
    }

    fn effects(before: &Year, after: &Year) -> BTreeMap<String, Amount> {
        let made = chains(before, after, Whole::Cluster, &BTreeMap::new(), &BTreeMap::new()).expect("chains");
        let found = decompose(&made.lines, &made.restatements).expect("a decomposition");
        let sum: Co2e = found.effects.iter().map(|effect| effect.change).sum();
        assert_eq!(found.after - found.before, sum, "effects add up exactly");
        let named = found
            .by_effect()
            .into_iter()
            .filter(|(_, change)| *change != Co2e::ZERO);
        named
            .map(|((_, effect), change)| (effect.to_owned(), change.amount()))
            .collect()
    }

    #[test]
    fn a_cleaner_grid_is_the_factor_alone() {
        use ItemClass::Electricity;
        let before = year(vec![line(Electricity, Method::Activity, 100, 0, 1000)], 500, &[]);
        let after = year(vec![line(Electricity, Method::Activity, 50, 0, 1000)], 500, &[]);
        assert_eq!(effects(&before, &after), [("factor".to_owned(), whole(-50))].into());
    }

    #[test]
    fn better_evidence_is_data_and_method_and_never_a_reduction() {
        use ItemClass::Goods;
        let before = year(vec![line(Goods, Method::Spend, 100, 1000, 0)], 500, &[(Goods, 1000)]);
        // The same purchases, now known by the kilogram, at half the figure.
        let mut better = line(Goods, Method::Activity, 50, 1000, 0);
        better.mass_kg = whole(10);
        let after = year(vec![better], 500, &[(Goods, 1000)]);
        assert_eq!(
            effects(&before, &after),
            [(DATA_AND_METHOD.to_owned(), whole(-50))].into()
        );
        // Twice as much bought on top of it: that is quantity.
        let mut more = line(Goods, Method::Activity, 100, 2000, 0);
        more.mass_kg = whole(20);
        let found = effects(&before, &year(vec![more], 500, &[(Goods, 2000)]));
        assert_eq!(
            found,
            [
                (DATA_AND_METHOD.to_owned(), whole(-50)),
                ("quantity".to_owned(), whole(50))
            ]
            .into()
        );
        // Without kroner nothing can be said but that the data changed.
        let silent = year(vec![line(Goods, Method::Activity, 70, 0, 0)], 500, &[]);
        assert_eq!(
            effects(&before, &silent),
            [(DATA_AND_METHOD.to_owned(), whole(-30))].into()
        );
    }

    #[test]
    fn a_missing_level_makes_a_shorter_chain_and_still_adds_up() {
        use ItemClass::{Electricity, Freight, Process};
        let before = year(
            vec![
                line(Electricity, Method::Activity, 10, 0, 100),
                line(Freight, Method::Activity, 5, 50, 0),
                line(Process, Method::Measured, 7, 0, 0),
            ],
            0,
            &[],
        );
        let after = year(
            vec![
                line(Electricity, Method::Activity, 30, 0, 300),
                line(Freight, Method::Activity, 10, 100, 0),
                line(Process, Method::Measured, 9, 0, 0),
            ],
            0,
            &[],
        );
        assert_eq!(
            effects(&before, &after),
            [("quantity".to_owned(), whole(25)), ("factor".to_owned(), whole(2))].into()
        );
    }

    #[test]
    fn what_was_published_before_comes_first() {
        use ItemClass::Goods;
        let before = year(vec![line(Goods, Method::Spend, 100, 1000, 0)], 500, &[(Goods, 1000)]);
        let after = year(vec![line(Goods, Method::Spend, 100, 1000, 0)], 500, &[(Goods, 1000)]);
        let published = [(MemberId::new("a"), whole(80))].into();
        let made = chains(&before, &after, Whole::Cluster, &BTreeMap::new(), &published).expect("chains");
        let found = decompose(&made.lines, &made.restatements).expect("a decomposition");
        assert_eq!(found.effects[0].effect, DATA_AND_METHOD);
        assert_eq!(
            (found.before.amount(), found.effects[0].change.amount()),
            (whole(80), whole(20))
        );
    }
}
