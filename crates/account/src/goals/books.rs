//! The sums of each member and year inside the boundary: what goals, accounts and decompositions are read from.
//!
//! The books of a member follow from its reconciled sums, the boundary and the GWP set alone, so whoever keeps them by
//! those opens again only the member that handed something in.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_model::{
    BoundaryKey, Category, Date, GwpSet, ItemClass, MemberId, Method, Month, Scope, Scope2Basis, Site, SiteId, SumKey,
    SumValues,
};
use greenheart_units::{Amount, DecimalError, Rate, Rounding};

use crate::arithmetic::{each_gas, minus};
use crate::line::{REVENUE_GRANT, SPEND_PREFIX};
use crate::{Displaced, MemberSums, Reconciled};

/// The books of the members together.
#[derive(Debug, Clone, Default)]
pub struct ClusterBooks {
    /// In the order of members, each once.
    members: Vec<Arc<MemberBooks>>,
}

impl ClusterBooks {
    /// Opens the books of every member.
    ///
    /// # Errors
    /// Overflow of a sum.
    pub fn open(reconciled: &Reconciled, boundary: &Boundary<'_>, gwp: GwpSet) -> Result<Self, DecimalError> {
        let books = reconciled.members().map(|own| MemberBooks::open(own, boundary, gwp));
        Ok(Self::new(
            books
                .map(|opened| opened.map(Arc::new))
                .collect::<Result<Vec<_>, _>>()?,
        ))
    }

    /// Books that are open already.
    pub fn new(mut members: Vec<Arc<MemberBooks>>) -> Self {
        members.sort_by(|a, b| a.member.cmp(&b.member));
        Self { members }
    }

    pub(crate) fn of(&self, member: &MemberId) -> Option<&MemberBooks> {
        let at = self.members.binary_search_by(|own| own.member.cmp(member)).ok()?;
        Some(&self.members[at])
    }

    /// NOK of a member in a year that the accounts book as spend on each class, before better evidence explained them,
    /// inside the boundary.
    pub fn booked(&self, member: &MemberId, year: i16) -> &[(ItemClass, Amount)] {
        let books = self.of(member).and_then(|own| own.year(year));
        books.map_or(&[], |books| &books.booked)
    }
}

/// The sums of one member inside the boundary, by year; rows of the entity as a whole are divided by their key.
#[derive(Debug)]
pub struct MemberBooks {
    member: MemberId,
    years: Vec<YearBooks>,
}

impl MemberBooks {
    /// Opens the books of a member.
    ///
    /// # Errors
    /// Overflow of a sum.
    pub fn open(own: &MemberSums, boundary: &Boundary<'_>, gwp: GwpSet) -> Result<Self, DecimalError> {
        let mut years: BTreeMap<i16, Draft> = BTreeMap::new();
        for rows in own
            .sums
            .chunk_by(|a, b| a.0.month.year() == b.0.month.year() && a.0.site == b.0.site)
        {
            let Some((first, _)) = rows.first() else { continue };
            let draft = years.entry(first.month.year()).or_default();
            for (key, values) in rows {
                draft.take(key, values, boundary.of_row(key), gwp)?;
            }
        }
        for Displaced { key, values, .. } in &own.displaced {
            let draft = years.entry(key.month.year()).or_default();
            draft.take_displaced(key, values, boundary.of_row(key))?;
        }
        Ok(Self {
            member: own.member.clone(),
            years: years.into_iter().map(|(year, draft)| draft.finish(year)).collect(),
        })
    }

    pub(crate) fn year(&self, year: i16) -> Option<&YearBooks> {
        let at = self.years.binary_search_by_key(&year, |books| books.year).ok()?;
        Some(&self.years[at])
    }
}

/// A year of a member.
#[derive(Debug)]
pub(crate) struct YearBooks {
    year: i16,
    pub(crate) rows: Vec<BookRow>,
    /// Rows of the entity as a whole that nobody can divide.
    pub(crate) undivided: bool,
    /// NOK of purchases that better evidence took the place of.
    displaced: Amount,
    /// The part of it that is goods.
    pub(crate) displaced_goods: Amount,
    /// NOK in the accounts by class of spend, before better evidence.
    booked: Vec<(ItemClass, Amount)>,
}

impl YearBooks {
    /// Revenue and purchases by the books.
    pub(crate) fn value_added(&self) -> Result<OwnValueAdded, DecimalError> {
        let mut own = OwnValueAdded {
            revenue: Amount::ZERO,
            bought: self.displaced,
        };
        for row in &self.rows {
            if is_revenue(&row.key) {
                own.revenue = own.revenue.checked_add(row.values.amount_nok)?;
            } else if is_purchase(&row.key) {
                own.bought = own.bought.checked_add(row.values.amount_nok)?;
            }
        }
        Ok(own)
    }
}

/// One row of the books: the sums of all months and sites of a year that agree in everything that the terms of
/// the goals ask for.
#[derive(Debug)]
pub(crate) struct BookRow {
    /// Of one of the sums behind it; its month and site say nothing.
    pub(crate) key: SumKey,
    pub(crate) values: SumValues,
    /// kg CO2e of each sum under the GWP set of the goals, added up; `None` when it does not fit.
    co2e: Option<Amount>,
}

impl BookRow {
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

/// A year that is being opened.
#[derive(Default)]
struct Draft<'a> {
    inside: BTreeMap<Kind<'a>, BookRow>,
    undivided: bool,
    displaced: Amount,
    displaced_goods: Amount,
    booked: BTreeMap<ItemClass, Amount>,
}

impl<'a> Draft<'a> {
    fn take(
        &mut self,
        key: &'a SumKey,
        values: &SumValues,
        share: Option<Rate>,
        gwp: GwpSet,
    ) -> Result<(), DecimalError> {
        let Some(share) = share else {
            self.undivided = true;
            return Ok(());
        };
        if share == Rate::ZERO {
            return Ok(());
        }
        let values = weighted(values, share)?;
        // Rounded for each sum, as ever: what is added up are the rounded amounts.
        let co2e = values.gases.co2e(gwp).ok();
        let row = self.inside.entry(kind_of(key)).or_insert_with(|| BookRow {
            key: key.clone(),
            values: SumValues::default(),
            co2e: Some(Amount::ZERO),
        });
        row.add(&values, co2e)?;
        if key.line.starts_with(SPEND_PREFIX) {
            self.book(key.class, values.amount_nok)?;
        }
        Ok(())
    }

    fn take_displaced(&mut self, key: &SumKey, values: &SumValues, share: Option<Rate>) -> Result<(), DecimalError> {
        let Some(share) = share else { return Ok(()) };
        let nok = values.amount_nok.times(share, Rounding::HalfEven)?;
        if is_purchase(key) {
            self.displaced = self.displaced.checked_add(nok)?;
            if key.class == ItemClass::Goods {
                self.displaced_goods = self.displaced_goods.checked_add(nok)?;
            }
        }
        if key.line.starts_with(SPEND_PREFIX) {
            self.book(key.class, nok)?;
        }
        Ok(())
    }

    fn book(&mut self, class: ItemClass, nok: Amount) -> Result<(), DecimalError> {
        let slot = self.booked.entry(class).or_default();
        *slot = slot.checked_add(nok)?;
        Ok(())
    }

    fn finish(self, year: i16) -> YearBooks {
        YearBooks {
            year,
            rows: self.inside.into_values().collect(),
            undivided: self.undivided,
            displaced: self.displaced,
            displaced_goods: self.displaced_goods,
            booked: self.booked.into_iter().collect(),
        }
    }
}

/// Revenue without grants and purchases of goods and services, NOK.
#[derive(Default)]
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

/// Which share of a member's rows lies inside the boundary.
#[derive(Debug, Default)]
pub struct Boundary<'a> {
    sites: BTreeMap<&'a SiteId, bool>,
    keys: BTreeMap<&'a MemberId, Vec<(Date, Rate)>>,
    inside: BTreeMap<&'a MemberId, (bool, bool)>,
}

impl<'a> Boundary<'a> {
    /// The boundary that sites and the shares of whole-entity rows draw.
    pub fn of(sites: &'a [Site], keys: &'a [BoundaryKey]) -> Self {
        let mut weights = Self::default();
        for site in sites {
            weights.sites.insert(&site.id, site.in_boundary);
            let (any_in, any_out) = weights.inside.entry(&site.member).or_default();
            *any_in |= site.in_boundary;
            *any_out |= !site.in_boundary;
        }
        for key in keys {
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
    fn of_row(&self, key: &SumKey) -> Option<Rate> {
        self.share(&key.member, key.site.as_ref(), key.month)
    }

    fn share(&self, member: &MemberId, site: Option<&SiteId>, month: Month) -> Option<Rate> {
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
