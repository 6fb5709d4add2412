//! What the panel of goal 3 bought and nobody has said the mass of: how much, of whom, and what it could change.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_model::{Category, ItemClass, MemberId, Scope, SumKey, Text};
use greenheart_units::{Amount, DecimalError, Rate};

use super::books::BookRow;
use super::config::{Goal, GoalInputs};
use super::panel::Books;
use crate::arithmetic::{minus, scale};
use crate::line::{SPEND_PREFIX, part};

/// Category of goods and services bought.
const BOUGHT: Category = 1;

/// Goods that a panel bought in a year, NOK without VAT.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OpenSums {
    /// Lines of invoices and tables that wait for somebody to say what they are.
    pub(crate) open_nok: Amount,
    /// Of these, kg of what is counted in kg.
    pub(crate) open_kg: Amount,
    /// How many.
    pub(crate) open_rows: u64,
    /// Goods of the books that no other evidence tells of.
    pub(crate) booked_nok: Amount,
    /// All goods bought.
    pub(crate) bought_nok: Amount,
}

impl OpenSums {
    pub(crate) fn of(books: &Books<'_>, panel: &BTreeSet<MemberId>, year: i16) -> Result<Self, DecimalError> {
        let mut all = Self::default();
        for member in panel {
            let own = Self::of_member(books, member, year)?;
            all.open_nok = all.open_nok.checked_add(own.open_nok)?;
            all.open_kg = all.open_kg.checked_add(own.open_kg)?;
            all.open_rows += own.open_rows;
            all.booked_nok = all.booked_nok.checked_add(own.booked_nok)?;
            all.bought_nok = all.bought_nok.checked_add(own.bought_nok)?;
        }
        Ok(all)
    }

    /// The books say what was bought in all; where other evidence says more, that.
    fn of_member(books: &Books<'_>, member: &MemberId, year: i16) -> Result<Self, DecimalError> {
        let (mut own, mut told_nok) = (Self::default(), Amount::ZERO);
        for BookRow { key, values, .. } in books.rows(member, year).iter().filter(|row| is_goods(&row.key)) {
            let nok = values.amount_nok;
            if key.line.starts_with(SPEND_PREFIX) {
                own.booked_nok = own.booked_nok.checked_add(nok)?;
                continue;
            }
            told_nok = told_nok.checked_add(nok)?;
            if &*key.material_part == part::OPEN_INPUT {
                own.open_nok = own.open_nok.checked_add(nok)?;
                own.open_kg = own.open_kg.checked_add(values.mass_kg)?;
                own.open_rows += values.rows;
            }
        }
        // Credits may outweigh what they are credits of; nothing less than nothing is missing.
        own.open_nok = own.open_nok.max(Amount::ZERO);
        own.booked_nok = own.booked_nok.max(Amount::ZERO);
        let by_books = own.booked_nok.checked_add(books.explained_goods(member, year))?;
        let by_evidence = own.booked_nok.checked_add(told_nok)?;
        own.bought_nok = by_books.max(by_evidence).max(own.unknown()?);
        Ok(own)
    }

    /// NOK of goods without a mass.
    pub(crate) fn unknown(&self) -> Result<Amount, DecimalError> {
        self.open_nok.checked_add(self.booked_nok)
    }

    /// Share of the goods without a mass; `None` where nothing was bought.
    pub(crate) fn share(&self) -> Result<Option<Rate>, DecimalError> {
        Ok(self.unknown()?.ratio(self.bought_nok))
    }

    /// kg of primary material that the goods without a mass would be if a krone of them were what a krone of the others is:
    /// `kg` over the rest. `None` where there is no rest to go by.
    fn estimate(&self, kg: Amount) -> Result<Option<Amount>, DecimalError> {
        let unknown = self.unknown()?;
        if unknown.is_zero() {
            return Ok(Some(Amount::ZERO));
        }
        let known = minus(self.bought_nok, unknown)?;
        if known <= Amount::ZERO {
            return Ok(None);
        }
        scale(kg, unknown.mantissa(), known.mantissa()).map(Some)
    }
}

/// What of goal 3 is not known, in the year and in the base year.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenShare {
    shares: [Option<Rate>; 2],
    /// kg that it would add in the year and in the base year, were it like the rest.
    pub(crate) estimates: Option<(Amount, Amount)>,
}

impl OpenShare {
    /// From the goods and the primary material, kg, of the year and of the base year.
    pub(crate) fn of(now: (&OpenSums, Amount), base: (&OpenSums, Amount)) -> Result<Self, DecimalError> {
        Ok(Self {
            shares: [now.0.share()?, base.0.share()?],
            estimates: now.0.estimate(now.1)?.zip(base.0.estimate(base.1)?),
        })
    }

    /// The larger share without a mass.
    pub(crate) fn worst(&self) -> Rate {
        self.shares.into_iter().flatten().max().unwrap_or(Rate::ZERO)
    }

    /// The smaller share with a mass; `None` where nothing was bought in either year.
    pub(crate) fn weighed_share(&self) -> Option<Rate> {
        let known = self.shares.into_iter().flatten();
        known.map(|share| Rate::ONE - share).min()
    }
}

/// Goods bought from whoever, by goods accounts or by the documents themselves.
fn is_goods(key: &SumKey) -> bool {
    key.class == ItemClass::Goods && key.scope == Scope::Three && key.category == BOUGHT
}

/// What a member of the panel of goal 3 bought without a mass, by reporting line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenLine {
    /// Whose.
    pub member: MemberId,
    /// What invoices call it; `spend.goods` for what only the books know.
    pub line: Text,
    /// NOK without VAT.
    pub amount_nok: Amount,
    /// kg, where it is counted in kg.
    pub mass_kg: Amount,
    /// Rows.
    pub rows: u64,
}

/// Goods without a mass of a panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenGoods {
    /// Calendar year.
    pub year: i16,
    /// NOK of all goods that each member bought; members that bought none are left out.
    pub bought_nok: BTreeMap<MemberId, Amount>,
    /// The most money first.
    pub lines: Vec<OpenLine>,
}

/// Goods without a mass that members of the panel of goal 3 bought in `year`, the most money first.
///
/// # Errors
/// Overflow of a sum.
pub fn open_goods(inputs: &GoalInputs<'_>, year: i16) -> Result<OpenGoods, DecimalError> {
    let books = Books::open(inputs);
    let mut found: BTreeMap<(&MemberId, &Text), OpenLine> = BTreeMap::new();
    let mut bought = BTreeMap::new();
    let panel = books.panel(Goal::ResourceDraw, year).members;
    for member in &panel {
        let own = OpenSums::of_member(&books, member, year)?;
        if !own.bought_nok.is_zero() {
            bought.insert(member.clone(), own.bought_nok);
        }
        let is_open = |key: &SumKey| key.line.starts_with(SPEND_PREFIX) || &*key.material_part == part::OPEN_INPUT;
        for BookRow { key, values, .. } in books.rows(member, year).iter().filter(|row| is_goods(&row.key)) {
            if !is_open(key) {
                continue;
            }
            let line = found.entry((member, &key.line)).or_insert_with(|| OpenLine {
                member: member.clone(),
                line: key.line.clone(),
                amount_nok: Amount::ZERO,
                mass_kg: Amount::ZERO,
                rows: 0,
            });
            line.amount_nok = line.amount_nok.checked_add(values.amount_nok)?;
            line.mass_kg = line.mass_kg.checked_add(values.mass_kg)?;
            line.rows += values.rows;
        }
    }
    let mut lines: Vec<OpenLine> = found.into_values().filter(|line| !line.amount_nok.is_zero()).collect();
    lines.sort_by(|a, b| {
        let name = |line: &OpenLine| (line.member.clone(), line.line.clone());
        b.amount_nok.cmp(&a.amount_nok).then_with(|| name(a).cmp(&name(b)))
    });
    Ok(OpenGoods {
        year,
        bought_nok: bought,
        lines,
    })
}
