//! Suggestions from invoice lines.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use greenheart_model::{Activity, ActivityKind, ItemClass, Text};
use greenheart_units::{Amount, Currency, Dimension, Rate};
use serde::{Deserialize, Serialize};

use super::open::is_money_only;
use super::{Article, ArticleKey, Register, Resolved, Use, mass};

/// What a person has still to say of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Open {
    /// What it is for; what is written there is a guess.
    Use,
    /// What it is made of.
    Item,
    /// What one unit weighs.
    Mass,
    /// How much of it is primary material.
    PrimaryShare,
}

impl Open {
    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Use => "use",
            Self::Item => "item",
            Self::Mass => "mass",
            Self::PrimaryShare => "primary_share",
        }
    }
}

/// An article that invoices name and the register lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// What is proposed.
    pub article: Article,
    /// What is still open.
    pub open: Vec<Open>,
    /// A person confirmed it, and still it counts as nothing: what a unit weighs is open.
    pub confirmed: bool,
    /// Invoice lines.
    pub lines: u64,
    /// How much of it, in the unit of its key; `None` when no line says.
    pub quantity: Option<Amount>,
    /// NOK without VAT; lines in other currencies are not in it.
    pub amount_nok: Amount,
    /// kg, where what a unit weighs is known.
    pub mass_kg: Option<Amount>,
}

#[derive(Default)]
struct Group {
    name: Text2,
    item: Text2,
    class: Option<ItemClass>,
    dimension: Option<Dimension>,
    lines: u64,
    quantity: Option<Amount>,
    amount_nok: Amount,
    supplier_share: Option<u16>,
    confirmed: Option<Article>,
}

/// The first text met.
#[derive(Default)]
struct Text2(Option<Text>);

impl Text2 {
    fn offer(&mut self, text: Option<&Text>) {
        if self.0.is_none() {
            self.0 = text.cloned();
        }
    }
    fn get(&self) -> Text {
        self.0.clone().unwrap_or_else(|| "".into())
    }
}

/// Articles of purchases that the register does not have, by weight of effect: the most money first, then by key.
///
/// # Units
/// NOK without VAT, kg, and base units of what is counted.
pub fn suggest<'a>(activities: impl IntoIterator<Item = &'a Activity>, register: &Register) -> Vec<Suggestion> {
    let mut suggester = Suggester::new(register);
    activities.into_iter().for_each(|activity| suggester.add(activity));
    suggester.finish()
}

/// [`suggest`] for rows that come in portions.
pub struct Suggester<'r> {
    register: &'r Register,
    groups: BTreeMap<ArticleKey, Group>,
}

impl<'r> Suggester<'r> {
    /// Nothing seen yet.
    pub fn new(register: &'r Register) -> Self {
        Self {
            register,
            groups: BTreeMap::new(),
        }
    }

    /// Looks at a row. What the register resolves is no suggestion; rows of the books name no article.
    pub fn add(&mut self, activity: &Activity) {
        if activity.kind != ActivityKind::Purchase || activity.account.is_some() || !may_be_article(activity.class) {
            return;
        }
        if is_money_only(activity) {
            return;
        }
        let Some(key) = ArticleKey::of(activity) else { return };
        let confirmed = match self.register.resolve(activity) {
            Resolved::As(_) => return,
            Resolved::NoMass => self.register.get(&key, activity.period.from()).cloned(),
            Resolved::Unknown => None,
        };
        self.groups.entry(key).or_default().add(activity, confirmed);
    }

    /// What was found.
    pub fn finish(self) -> Vec<Suggestion> {
        let mut suggestions: Vec<Suggestion> = self
            .groups
            .into_iter()
            .map(|(key, group)| group.suggestion(key))
            .collect();
        suggestions.sort_by(|a, b| {
            let effect = b.amount_nok.abs().cmp(&a.amount_nok.abs());
            effect.then_with(|| a.article.key.cmp(&b.article.key))
        });
        suggestions
    }
}

const fn may_be_article(class: ItemClass) -> bool {
    matches!(
        class,
        ItemClass::Goods | ItemClass::StationaryFuel | ItemClass::VehicleFuel | ItemClass::Refrigerant
    )
}

impl Group {
    fn add(&mut self, activity: &Activity, confirmed: Option<Article>) {
        self.lines += 1;
        self.confirmed = confirmed.or(self.confirmed.take());
        self.name.offer(activity.identifiers.name.as_ref());
        self.item.offer(Some(&activity.item));
        self.class = self.class.or(Some(activity.class));
        self.supplier_share = self.supplier_share.or(activity.primary_permille);
        if let Some(reading) = activity.quantity {
            self.dimension = self.dimension.or(Some(reading.dimension));
            self.quantity = Some(self.quantity.unwrap_or(Amount::ZERO) + reading.value);
        }
        if activity.currency == Currency::NOK {
            self.amount_nok += activity.amount.unwrap_or_default();
        }
    }

    fn suggestion(mut self, key: ArticleKey) -> Suggestion {
        if let Some(article) = self.confirmed.take() {
            return Suggestion {
                article,
                open: vec![Open::Mass],
                confirmed: true,
                lines: self.lines,
                quantity: self.quantity,
                amount_nok: self.amount_nok,
                mass_kg: None,
            };
        }
        let (name, item) = (self.name.get(), self.item.get());
        let kg_per_unit = self.kg_per_unit(&name);
        let (use_as, sure) = use_of(&item, self.class.unwrap_or(ItemClass::Goods));
        let primary_permille = self.supplier_share.or(item.ends_with("_secondary").then_some(0));
        let mut open = Vec::new();
        open.extend((!sure).then_some(Open::Use));
        open.extend(kind_of(&item).is_none().then_some(Open::Item));
        open.extend((use_as.is_material() && kg_per_unit.is_none()).then_some(Open::Mass));
        open.extend((use_as.is_material() && primary_permille.is_none()).then_some(Open::PrimaryShare));
        let article = Article {
            key,
            from: None,
            name,
            item,
            use_as,
            kg_per_unit,
            dry_permille: None,
            primary_permille,
            evidence: "".into(),
        };
        let mass_kg = self
            .quantity
            .zip(article.kg_per_unit)
            .and_then(|(quantity, rate)| quantity.times(rate, greenheart_units::Rounding::HalfEven).ok());
        Suggestion {
            article,
            open,
            confirmed: false,
            lines: self.lines,
            quantity: self.quantity,
            amount_nok: self.amount_nok,
            mass_kg,
        }
    }

    fn kg_per_unit(&self, name: &str) -> Option<Rate> {
        match self.dimension? {
            Dimension::Mass => Some(mass::one()),
            Dimension::Count => mass::of_name(name),
            _ => None,
        }
    }
}

/// Kinds of the items of the catalogue, by key.
static KINDS: LazyLock<BTreeMap<&'static str, ActivityKind>> = LazyLock::new(|| {
    include_str!("../../../../data/items/items.csv")
        .lines()
        .skip(1)
        .filter_map(|line| {
            let mut cells = line.split(';');
            Some((cells.next()?, cells.next()?.parse().ok()?))
        })
        .collect()
});

fn kind_of(item: &str) -> Option<ActivityKind> {
    KINDS.get(item).copied()
}

/// The use that an item suggests, and whether that is more than a guess.
fn use_of(item: &str, class: ItemClass) -> (Use, bool) {
    match (item, kind_of(item), class) {
        ("packaging" | "pallets" | "cardboard", ..) => (Use::Packaging, true),
        (_, Some(ActivityKind::Fuel), _) | (_, _, ItemClass::StationaryFuel | ItemClass::VehicleFuel) => {
            (Use::Fuel, true)
        }
        // Raw materials are input in a factory; a trader or an office decides otherwise.
        (_, Some(ActivityKind::MaterialInput), _) => (Use::Input, false),
        _ => (Use::Consumable, false),
    }
}
