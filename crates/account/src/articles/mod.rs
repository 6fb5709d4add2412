//! The article register: what the things that a member buys weigh, are made of and are for.
//!
//! Accounting files carry no units, so that this register is what makes the materials goal possible. It is suggested from
//! invoice lines ([`suggest`]), confirmed by a person in a table ([`write_table`], [`read_table`]), and turns a purchase
//! into material taken into production ([`Register::resolve`]). What nobody confirmed counts as nothing.

mod mass;
mod open;
mod suggest;
mod table;

use std::collections::BTreeMap;
use std::fmt;

use greenheart_model::{Activity, ActivityKind, Date, Identifiers, ItemClass, Period, RowPlace, Text};
use greenheart_units::{Amount, Currency, Dimension, Rate, Reading, Rounding};
use serde::{Deserialize, Serialize};

pub use open::mark_open;
pub use suggest::{Open, Suggester, Suggestion, suggest};
pub use table::{Filled, RowError, TableError, read_rows, read_table, write_table};

/// What an article is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Goes into the products.
    Input,
    /// Goes around them.
    Packaging,
    /// Is burnt.
    Fuel,
    /// Is sold on as it is.
    Resale,
    /// Is used up without entering the products: tools, cleaning, offices.
    Consumable,
    /// Is no material at all: a service, a fee, a rent that an invoice counts in pieces.
    NotMaterial,
}

impl Use {
    /// Every use, in order.
    pub const ALL: [Self; 6] = [
        Self::Input,
        Self::Packaging,
        Self::Fuel,
        Self::Resale,
        Self::Consumable,
        Self::NotMaterial,
    ];

    /// The stable name, as in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Input => "input",
            Self::Packaging => "packaging",
            Self::Fuel => "fuel",
            Self::Resale => "resale",
            Self::Consumable => "consumable",
            Self::NotMaterial => "not_material",
        }
    }

    /// The use called `name`.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|found| found.name() == name)
    }

    /// Whether it is material of goal 3.
    pub const fn is_material(self) -> bool {
        matches!(self, Self::Input | Self::Packaging)
    }
}

impl fmt::Display for Use {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What names an article of a member: who sells it, how the seller calls it, and in what it is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ArticleKey {
    /// Organisation number of the seller, else its number or name with the member; empty when unknown.
    pub seller: Text,
    /// The seller's number, GTIN, or `name:` and its name.
    pub article: Text,
    /// Base unit of the quantities, or the unit as it stood.
    pub unit: Text,
}

impl ArticleKey {
    /// The article of a row; `None` when the row names none.
    pub fn of(activity: &Activity) -> Option<Self> {
        let names = &activity.identifiers;
        let article = match (&names.article, &names.name) {
            (Some(article), _) => article.clone(),
            (None, Some(name)) => format!("name:{}", name.trim().to_lowercase()).into(),
            (None, None) => return None,
        };
        let seller = activity.counterparty.as_ref().and_then(|other| {
            other
                .org_no
                .map(|number| Text::from(number.to_string()))
                .or_else(|| other.local_id.clone())
                .or_else(|| other.name.clone())
        });
        let unit = match (activity.quantity, &activity.raw_quantity) {
            (Some(reading), _) => reading.dimension.base_unit().into(),
            (None, Some(raw)) => raw.trim_start_matches(|c: char| !c.is_alphabetic()).into(),
            (None, None) => "".into(),
        };
        Some(Self {
            seller: seller.unwrap_or_else(|| "".into()),
            article,
            unit,
        })
    }
}

/// What is known of an article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Which.
    pub key: ArticleKey,
    /// First day that this holds of it; `None` is from the beginning. A supplier that puts more recycled material into
    /// the same article is a row more, not a change of the years before.
    #[serde(default)]
    pub from: Option<Date>,
    /// Its name on invoices.
    pub name: Text,
    /// Key of the item catalogue, or the name: the material class.
    pub item: Text,
    /// What it is for.
    pub use_as: Use,
    /// kg for each unit; for articles counted in kg it is one and need not be stated.
    pub kg_per_unit: Option<Rate>,
    /// Dry content in thousandths.
    pub dry_permille: Option<u16>,
    /// Share of primary material in thousandths; `None` is unknown, counts as primary and is flagged.
    pub primary_permille: Option<u16>,
    /// What the share rests on: a declaration, a certificate, a supplier's word.
    pub evidence: Text,
}

/// An article and the first day that something holds of it: what names a row of the register.
pub type Dated = (ArticleKey, Option<Date>);

impl Article {
    /// What names the row.
    pub fn dated(&self) -> Dated {
        (self.key.clone(), self.from)
    }

    /// kg of a reading of this article; `None` when nothing says what a unit weighs.
    pub fn mass(&self, reading: Reading) -> Option<Amount> {
        match (reading.dimension, self.kg_per_unit) {
            (Dimension::Mass, _) => Some(reading.value),
            (_, Some(rate)) => reading.value.times(rate, Rounding::HalfEven).ok(),
            (_, None) => None,
        }
    }
}

/// Confirmed articles of one member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Register(Vec<Article>);

/// What a filled-in table does to a register, in articles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// New in the register.
    pub added: u64,
    /// There, and something about it is new.
    pub changed: u64,
    /// There as it is.
    pub unchanged: u64,
    /// Confirmed no more.
    pub removed: u64,
}

impl Changes {
    /// Whether the register is as it was.
    pub const fn is_none(self) -> bool {
        self.added == 0 && self.changed == 0 && self.removed == 0
    }
}

/// What the register makes of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Resolved {
    /// The row as what it is.
    As(Box<Activity>),
    /// The article is confirmed, but what a unit weighs is not.
    NoMass,
    /// The article is not in the register, or the row names none.
    Unknown,
}

impl Register {
    /// A register of these articles; the last of a key and day counts.
    pub fn new(articles: impl IntoIterator<Item = Article>) -> Self {
        let by_key: BTreeMap<Dated, Article> = articles.into_iter().map(|article| (article.dated(), article)).collect();
        Self(by_key.into_values().collect())
    }

    /// The register with what a person confirmed and took back, and what that changed.
    #[must_use]
    pub fn with(&self, filled: &Filled) -> (Self, Changes) {
        let mut by_key: BTreeMap<Dated, Article> = self.0.iter().map(|old| (old.dated(), old.clone())).collect();
        let mut changes = Changes::default();
        for article in &filled.articles {
            let slot = match by_key.insert(article.dated(), article.clone()) {
                None => &mut changes.added,
                Some(old) if old == *article => &mut changes.unchanged,
                Some(_) => &mut changes.changed,
            };
            *slot += 1;
        }
        for dated in &filled.removed {
            changes.removed += u64::from(by_key.remove(dated).is_some());
        }
        (Self(by_key.into_values().collect()), changes)
    }

    /// The articles, by key and first day.
    pub fn articles(&self) -> &[Article] {
        &self.0
    }

    /// What holds of an article on a day; days before the first known one take that.
    pub fn get(&self, key: &ArticleKey, day: Date) -> Option<&Article> {
        let first = self.0.partition_point(|article| article.key < *key);
        let of_key = || self.0[first..].iter().take_while(|article| article.key == *key);
        let holds = |article: &&Article| article.from.is_none_or(|from| from <= day);
        of_key().take_while(holds).last().or_else(|| of_key().next())
    }

    /// What a purchase is by the register (rule `article@1`): material taken into production with its mass, dry content and
    /// primary share; fuel; or a purchase as before, with its mass where that is known. A row of the books names no
    /// article and stays unknown.
    pub fn resolve(&self, activity: &Activity) -> Resolved {
        let article = match ArticleKey::of(activity) {
            Some(key) if is_bought(activity) => self.get(&key, activity.period.from()),
            _ => None,
        };
        let Some(article) = article else {
            return Resolved::Unknown;
        };
        let mass = activity.quantity.and_then(|reading| article.mass(reading));
        if article.use_as.is_material() && mass.is_none() {
            return Resolved::NoMass;
        }
        let mut resolved = activity.clone();
        resolved.item = article.item.clone();
        resolved.treatment = None;
        resolved.waste_code = None;
        if let Some(kg) = mass.filter(|_| !matches!(article.use_as, Use::Fuel | Use::NotMaterial)) {
            resolved.quantity = Some(Reading::new(kg, Dimension::Mass));
            resolved.raw_quantity = None;
        }
        match article.use_as {
            Use::Input | Use::Packaging => {
                resolved.kind = ActivityKind::MaterialInput;
                resolved.class = ItemClass::Goods;
                resolved.dry_permille = article.dry_permille;
                resolved.primary_permille = article.primary_permille;
            }
            Use::Fuel => {
                resolved.kind = ActivityKind::Fuel;
                if !matches!(resolved.class, ItemClass::StationaryFuel | ItemClass::VehicleFuel) {
                    resolved.class = ItemClass::StationaryFuel;
                }
            }
            Use::Resale | Use::Consumable => resolved.kind = ActivityKind::Purchase,
            Use::NotMaterial => {
                resolved.kind = ActivityKind::Purchase;
                if resolved.class == ItemClass::Goods {
                    resolved.class = ItemClass::Services;
                }
            }
        }
        Resolved::As(Box::new(resolved))
    }
}

/// Whether a row is something bought. What a line of an invoice was taken for by its words, a person may know better.
fn is_bought(activity: &Activity) -> bool {
    use ActivityKind::{Fuel, MaterialInput, Purchase, Waste};
    let by_words = matches!(activity.kind, Fuel | MaterialInput | Waste) && activity.identifiers.document.is_some();
    activity.kind == Purchase || by_words
}

/// What a change of stock adds to or takes from the material of a period: what lay there at its beginning less what
/// lies there at its end, kg. Bought and still lying there is not taken into production.
pub fn stock_change(item: Text, opening_kg: Amount, closing_kg: Amount, period: Period, place: RowPlace) -> Activity {
    Activity {
        row_no: 0,
        place,
        kind: ActivityKind::MaterialInput,
        class: ItemClass::Goods,
        item,
        site: None,
        period,
        quantity: Some(Reading::new(opening_kg - closing_kg, Dimension::Mass)),
        raw_quantity: None,
        amount: None,
        currency: Currency::NOK,
        counterparty: None,
        account: None,
        tax_code: None,
        waste_code: None,
        treatment: None,
        primary_permille: None,
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: false,
        carriage: None,
        identifiers: Identifiers::default(),
    }
}

#[cfg(test)]
mod tests;
