//! Who is in the boundary, who has told enough, and how much of the boundary that is.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{
    Category, CoverageKind, Date, ItemClass, Member, MemberId, Method, Month, Period, Scope, Scope2Basis, SiteId,
    SumKey, SumValues,
};
use greenheart_units::{Amount, DecimalError, Rate, Rounding};

use super::config::{FigureKind, Goal, GoalInputs};
use super::report::{CoverageShare, Gap};
use crate::Displaced;
use crate::arithmetic::{each_gas, minus};
use crate::line::{REVENUE_GRANT, SPEND_PREFIX};

/// The sums of each member and year inside the boundary, whole-entity rows divided by their key.
pub(crate) struct Books<'a> {
    inputs: &'a GoalInputs<'a>,
    years: BTreeMap<(MemberId, i16), Vec<BookRow<'a>>>,
    undivided: BTreeSet<(MemberId, i16)>,
    /// NOK of purchases that better evidence took the place of.
    displaced: BTreeMap<(MemberId, i16), Amount>,
    /// The part of it that is goods.
    displaced_goods: BTreeMap<(MemberId, i16), Amount>,
    covered: BTreeMap<(MemberId, CoverageKind), Vec<Period>>,
}

/// One row of the books: the sums of all months and sites of a year that agree in everything that the terms of
/// the goals ask for.
pub(crate) struct BookRow<'a> {
    /// Of one of the sums behind it; its month and site say nothing.
    pub(crate) key: &'a SumKey,
    pub(crate) values: SumValues,
    /// kg CO2e of each sum under the GWP set of the goals, added up; `None` when it does not fit.
    co2e: Option<Amount>,
}

impl BookRow<'_> {
    /// kg CO2e under the GWP set of the goals.
    ///
    /// # Errors
    /// Overflow.
    pub(crate) fn co2e(&self) -> Result<Amount, DecimalError> {
        self.co2e.ok_or(DecimalError::Overflow)
    }

    fn add(&mut self, values: &SumValues, co2e: Option<Amount>) -> Result<(), DecimalError> {
        self.values = self.values.checked_add(values)?;
        let both = self.co2e.zip(co2e);
        self.co2e = both.and_then(|(a, b)| a.checked_add(b).ok());
        Ok(())
    }
}

/// A key but for its member, month and site.
type Kind<'a> = (
    (Scope, Category, ItemClass, Method, Scope2Basis),
    &'a str,
    &'a str,
    Option<&'a MemberId>,
);

fn kind_of(key: &SumKey) -> Kind<'_> {
    (
        (key.scope, key.category, key.class, key.method, key.basis),
        &key.line,
        &key.material_part,
        key.counterparty.as_ref(),
    )
}

/// Who counts in a goal and year.
pub(crate) struct Panel {
    pub(crate) boundary: Vec<MemberId>,
    pub(crate) members: BTreeSet<MemberId>,
    pub(crate) gaps: Vec<Gap>,
}

impl<'a> Books<'a> {
    pub(crate) fn open(inputs: &'a GoalInputs<'a>) -> Result<Self, DecimalError> {
        let mut books = Self {
            inputs,
            years: BTreeMap::new(),
            undivided: BTreeSet::new(),
            displaced: BTreeMap::new(),
            displaced_goods: BTreeMap::new(),
            covered: BTreeMap::new(),
        };
        for coverage in inputs.coverage {
            let slot = books
                .covered
                .entry((coverage.member.clone(), coverage.kind))
                .or_default();
            slot.push(coverage.period);
        }
        for periods in books.covered.values_mut() {
            periods.sort_unstable();
        }
        let weights = Weights::of(inputs);
        let same_year = |a: &(SumKey, SumValues), b: &(SumKey, SumValues)| {
            a.0.month.year() == b.0.month.year() && a.0.member == b.0.member
        };
        for own in inputs.reconciled.members() {
            for rows in own.sums.chunk_by(same_year) {
                books.take(rows, &weights)?;
            }
            books.take_displaced(&own.displaced, &weights)?;
        }
        Ok(books)
    }

    /// Takes rows of one member and year.
    fn take(&mut self, rows: &'a [(SumKey, SumValues)], weights: &Weights<'_>) -> Result<(), DecimalError> {
        let Some((first, _)) = rows.first() else {
            return Ok(());
        };
        let year = (first.member.clone(), first.month.year());
        let gwp = self.inputs.config.gwp;
        let mut inside: BTreeMap<Kind<'a>, BookRow<'a>> = BTreeMap::new();
        for (key, values) in rows {
            match weights.of_row(&key.member, key.site.as_ref(), key.month) {
                Some(Rate::ZERO) => {}
                Some(share) => {
                    let values = weighted(values, share)?;
                    // Rounded for each sum, as ever: what is added up are the rounded amounts.
                    let co2e = values.gases.co2e(gwp).ok();
                    let row = inside.entry(kind_of(key)).or_insert_with(|| BookRow {
                        key,
                        values: SumValues::default(),
                        co2e: Some(Amount::ZERO),
                    });
                    row.add(&values, co2e)?;
                }
                None => {
                    self.undivided.insert(year.clone());
                }
            }
        }
        if !inside.is_empty() {
            self.years.entry(year).or_default().extend(inside.into_values());
        }
        Ok(())
    }

    fn take_displaced(&mut self, displaced: &[Displaced], weights: &Weights<'_>) -> Result<(), DecimalError> {
        for Displaced { key, values, .. } in displaced.iter().filter(|displaced| is_purchase(&displaced.key)) {
            let Some(share) = weights.of_row(&key.member, key.site.as_ref(), key.month) else {
                continue;
            };
            let nok = values.amount_nok.times(share, Rounding::HalfEven)?;
            let year = (key.member.clone(), key.month.year());
            if key.class == ItemClass::Goods {
                let slot = self.displaced_goods.entry(year.clone()).or_default();
                *slot = slot.checked_add(nok)?;
            }
            let slot = self.displaced.entry(year).or_default();
            *slot = slot.checked_add(nok)?;
        }
        Ok(())
    }

    /// Revenue and purchases of a member in a year by its books, inside the boundary.
    pub(crate) fn value_added(&self, member: &MemberId, year: i16) -> Result<OwnValueAdded, DecimalError> {
        let displaced = self.displaced.get(&(member.clone(), year)).copied().unwrap_or_default();
        let (mut revenue, mut bought) = (Amount::ZERO, displaced);
        for row in self.rows(member, year) {
            if is_revenue(row.key) {
                revenue = revenue.checked_add(row.values.amount_nok)?;
            } else if is_purchase(row.key) {
                bought = bought.checked_add(row.values.amount_nok)?;
            }
        }
        Ok(OwnValueAdded { revenue, bought })
    }

    /// NOK of goods in the books that better evidence took the place of.
    pub(crate) fn explained_goods(&self, member: &MemberId, year: i16) -> Amount {
        let year = (member.clone(), year);
        self.displaced_goods.get(&year).copied().unwrap_or_default()
    }

    /// Sums of a member in a year, inside the boundary.
    pub(crate) fn rows(&self, member: &MemberId, year: i16) -> &[BookRow<'a>] {
        self.years.get(&(member.clone(), year)).map_or(&[], Vec::as_slice)
    }

    /// The panel of a goal: members of the whole year with a complete base year and a complete year.
    pub(crate) fn panel(&self, goal: Goal, year: i16) -> Panel {
        let mut panel = Panel {
            boundary: Vec::new(),
            members: BTreeSet::new(),
            gaps: Vec::new(),
        };
        for member in self.boundary(goal, year) {
            let mut gaps = self.gaps(member, goal, year);
            if year != self.inputs.config.base_year {
                gaps.extend(self.gaps(member, goal, self.inputs.config.base_year));
            }
            if gaps.is_empty() {
                panel.members.insert(member.id.clone());
            }
            panel.boundary.push(member.id.clone());
            panel.gaps.extend(gaps);
        }
        panel
    }

    fn boundary(&self, goal: Goal, year: i16) -> impl Iterator<Item = &'a Member> {
        let sites = self.inputs.sites;
        let inside = move |member: &Member| {
            let mut own = sites.iter().filter(|site| site.member == member.id).peekable();
            own.peek().is_none() || own.any(|site| site.in_boundary)
        };
        self.inputs.members.iter().filter(move |member| {
            member.membership.covers(Period::year(year))
                && (goal != Goal::Revenue || member.role.in_revenue_goal())
                && inside(member)
        })
    }

    /// What a member lacks in a year for a goal.
    fn gaps(&self, member: &Member, goal: Goal, year: i16) -> Vec<Gap> {
        let gap = |code: &str, detail: String| Gap {
            code: code.to_owned(),
            member: Some(member.id.clone()),
            detail,
        };
        let mut gaps = Vec::new();
        for kind in self.inputs.config.required.get(&goal).into_iter().flatten() {
            let missing = self.missing_months(&member.id, *kind, year);
            if !missing.is_empty() {
                let months: Vec<String> = missing.iter().map(Month::to_string).collect();
                gaps.push(gap("goal.coverage_missing", format!("{kind}: {}", months.join(", "))));
            }
        }
        if self.undivided.contains(&(member.id.clone(), year)) {
            gaps.push(gap(
                "goal.no_boundary_key",
                format!("{year}: rows of the entity as a whole, sites outside, and no key"),
            ));
        }
        gaps
    }

    fn missing_months(&self, member: &MemberId, kind: CoverageKind, year: i16) -> Vec<Month> {
        let none = Vec::new();
        let periods = self.covered.get(&(member.clone(), kind)).unwrap_or(&none);
        Period::year(year)
            .months()
            .filter(|month| !covers(periods, month.period()))
            .collect()
    }

    /// How much of the boundary the panel is, and who keeps it from being known.
    pub(crate) fn coverage(
        &self,
        panel: &Panel,
        year: i16,
        gaps: &mut Vec<Gap>,
    ) -> Result<CoverageShare, DecimalError> {
        let mut share = |kind, code: &str| -> Result<Option<Rate>, DecimalError> {
            let (mut part, mut whole, mut known) = (Amount::ZERO, Amount::ZERO, true);
            for member in &panel.boundary {
                let Some(size) = self.size(member, year, kind)? else {
                    known = false;
                    let detail = format!("{year}: its size is not known, so neither is the panel's share");
                    gaps.push(Gap {
                        code: code.to_owned(),
                        member: Some(member.clone()),
                        detail,
                    });
                    continue;
                };
                whole = whole.checked_add(size)?;
                if panel.members.contains(member) {
                    part = part.checked_add(size)?;
                }
            }
            Ok(if known { part.ratio(whole) } else { None })
        };
        Ok(CoverageShare {
            revenue: share(FigureKind::RevenueNok, "goal.revenue_unknown")?,
            employees: share(FigureKind::Employees, "goal.employees_unknown")?,
            purchases: None,
            panel_members: u32::try_from(panel.members.len()).unwrap_or(u32::MAX),
            boundary_members: u32::try_from(panel.boundary.len()).unwrap_or(u32::MAX),
        })
    }

    /// Revenue or employees of a member: from its own complete books, else from a figure elsewhere.
    pub(crate) fn size(&self, member: &MemberId, year: i16, kind: FigureKind) -> Result<Option<Amount>, DecimalError> {
        if kind == FigureKind::RevenueNok && self.missing_months(member, CoverageKind::Accounts, year).is_empty() {
            let rows = self.rows(member, year).iter();
            let revenue = rows.filter(|row| is_revenue(row.key));
            return revenue
                .map(|row| row.values.amount_nok)
                .try_fold(Amount::ZERO, Amount::checked_add)
                .map(Some);
        }
        let stated = self.figure(member, year, kind);
        if kind == FigureKind::Employees && stated.is_none() {
            let members = &mut self.inputs.members.iter();
            let employees = members
                .find(|other| other.id == *member)
                .and_then(|member| member.employees);
            return Ok(employees.map(|people| Amount::from_integer(people.into())));
        }
        Ok(stated)
    }

    /// A figure about a member from elsewhere.
    pub(crate) fn figure(&self, member: &MemberId, year: i16, kind: FigureKind) -> Option<Amount> {
        let mut figures = self.inputs.figures.iter();
        let figure = figures.find(|figure| figure.member == *member && figure.year == year && figure.kind == kind);
        figure.map(|figure| figure.value)
    }
}

/// Revenue without grants and purchases of goods and services, NOK.
pub(crate) struct OwnValueAdded {
    pub(crate) revenue: Amount,
    pub(crate) bought: Amount,
}

impl OwnValueAdded {
    /// Value added.
    pub(crate) fn left(&self) -> Result<Amount, DecimalError> {
        minus(self.revenue, self.bought)
    }
}

/// Goods and services bought, by the books; neither investments nor what is not bought.
fn is_purchase(key: &SumKey) -> bool {
    key.line.starts_with(SPEND_PREFIX)
        && !matches!(
            key.class,
            ItemClass::Capital | ItemClass::Revenue | ItemClass::Removal | ItemClass::None
        )
}

/// Revenue of goal 1: grants are not.
pub(crate) fn is_revenue(key: &SumKey) -> bool {
    key.scope == Scope::None
        && key.line.starts_with("revenue.")
        && &*key.line != REVENUE_GRANT
        && !key.line.starts_with(SPEND_PREFIX)
}

/// Whether sorted periods together cover all of `wanted`.
fn covers(periods: &[Period], wanted: Period) -> bool {
    let mut next = wanted.from();
    for period in periods.iter().filter(|period| period.overlaps(wanted)) {
        if period.from() > next {
            return false;
        }
        if period.to() >= wanted.to() {
            return true;
        }
        let after = period.to().tomorrow();
        next = next.max(after.unwrap_or(period.to()));
    }
    false
}

/// Which share of a row lies inside the boundary.
struct Weights<'a> {
    sites: BTreeMap<&'a SiteId, bool>,
    keys: BTreeMap<&'a MemberId, Vec<(Date, Rate)>>,
    inside: BTreeMap<&'a MemberId, (bool, bool)>,
}

impl<'a> Weights<'a> {
    fn of(inputs: &'a GoalInputs<'a>) -> Self {
        let mut weights = Self {
            sites: BTreeMap::new(),
            keys: BTreeMap::new(),
            inside: BTreeMap::new(),
        };
        for site in inputs.sites {
            weights.sites.insert(&site.id, site.in_boundary);
            let (any_in, any_out) = weights.inside.entry(&site.member).or_default();
            *any_in |= site.in_boundary;
            *any_out |= !site.in_boundary;
        }
        for key in inputs.boundary_keys {
            let share = key.share.clamp(Rate::ZERO, Rate::ONE);
            weights
                .keys
                .entry(&key.member)
                .or_default()
                .push((key.valid_from, share));
        }
        for keys in weights.keys.values_mut() {
            keys.sort_unstable();
        }
        weights
    }

    /// One or zero for a row of a site; the key of the month for a row of the entity as a whole; `None`
    /// where a key is needed and there is none.
    fn of_row(&self, member: &MemberId, site: Option<&SiteId>, month: Month) -> Option<Rate> {
        let whole = |inside: bool| if inside { Rate::ONE } else { Rate::ZERO };
        if let Some(inside) = site.and_then(|site| self.sites.get(site)) {
            return Some(whole(*inside));
        }
        if let Some(keys) = self.keys.get(member) {
            let day = month.period().from();
            return keys
                .iter()
                .rev()
                .find(|(from, _)| *from <= day)
                .map(|(_, share)| *share);
        }
        match self.inside.get(member) {
            Some((true, true)) => None,
            Some((false, true)) => Some(Rate::ZERO),
            _ => Some(Rate::ONE),
        }
    }
}

fn weighted(values: &SumValues, share: Rate) -> Result<Cow<'_, SumValues>, DecimalError> {
    if share == Rate::ONE {
        return Ok(Cow::Borrowed(values));
    }
    let step = |value: Amount| value.times(share, Rounding::HalfEven);
    Ok(Cow::Owned(SumValues {
        gases: each_gas(&values.gases, step)?,
        amount_nok: step(values.amount_nok)?,
        mass_kg: step(values.mass_kg)?,
        energy_kwh: step(values.energy_kwh)?,
        ..*values
    }))
}
