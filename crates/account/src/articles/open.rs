//! What is bought and waits for somebody to say what it is: the gap of goal 3.

use greenheart_model::{Activity, ActivityKind, Entry, ItemClass, Scope};
use greenheart_units::Dimension;

use super::{ArticleKey, Register};
use crate::line::part;

/// Beginnings and ends of words of lines that move money and no goods: price reductions, fees, rounding.
const MONEY_ONLY: [&str; 16] = [
    "prisavslag",
    "prisjustering",
    "rabatt",
    "bonus",
    "avrunding",
    "øreavrunding",
    "gebyr",
    "tillegg",
    "pant",
    "forskudd",
    "discount",
    "rebate",
    "surcharge",
    "rounding",
    "fee",
    "prepayment",
];

/// Whether a line that counts no weight or volume is about money only, by its name.
pub(super) fn is_money_only(activity: &Activity) -> bool {
    let is_measured = activity.quantity.is_some_and(|reading| {
        matches!(
            reading.dimension,
            Dimension::Mass | Dimension::Volume | Dimension::Energy
        )
    });
    let Some(name) = activity.identifiers.name.as_ref().filter(|_| !is_measured) else {
        return false;
    };
    let name = name.to_lowercase();
    let mut words = name.split(|c: char| !c.is_alphanumeric());
    words.any(|word| {
        MONEY_ONLY
            .iter()
            .any(|sign| word == *sign || word.ends_with(sign) && sign.len() > 4)
    })
}

impl Register {
    /// Whether a row is goods bought outside the books of which nobody has said what they are for and, where they become
    /// material, what they weigh. Charges of a whole document and lines about money only are not goods.
    pub fn leaves_open(&self, activity: &Activity) -> bool {
        if activity.kind != ActivityKind::Purchase || activity.class != ItemClass::Goods || activity.account.is_some() {
            return false;
        }
        match ArticleKey::of(activity) {
            Some(key) => {
                let known = self.get(&key, activity.period.from());
                let is_settled = known.is_some_and(|article| {
                    !article.use_as.is_material() || activity.quantity.is_some_and(|of| article.mass(of).is_some())
                });
                !is_settled && !is_money_only(activity)
            }
            // A row of a table that names no article is goods all the same; a charge of a document is none.
            None => activity.identifiers.document.is_none(),
        }
    }
}

/// Marks the entries of goods that wait for somebody to say what they are (rule `article.open@1`): their money, and their
/// mass where they are counted in kg, is what goal 3 lacks. `activities` as they came in, `entries` in their order.
///
/// # Units
/// kg as received.
pub fn mark_open<'a>(register: &Register, activities: impl IntoIterator<Item = &'a Activity>, entries: &mut [Entry]) {
    let mut rows = activities.into_iter().peekable();
    let (mut row, mut open) = (None, false);
    for entry in entries {
        if row != Some(entry.row_no) {
            while rows.next_if(|activity| activity.row_no != entry.row_no).is_some() {}
            row = Some(entry.row_no);
            open = rows.peek().is_some_and(|activity| register.leaves_open(activity));
        }
        let is_purchase = entry.scope == Scope::Three && entry.category == 1 && entry.material_part.is_empty();
        if open && is_purchase {
            entry.material_part = part::OPEN_INPUT.into();
            let reading = rows.peek().and_then(|activity| activity.quantity);
            entry.mass_kg = reading
                .filter(|reading| reading.dimension == Dimension::Mass)
                .map(|reading| reading.value);
        }
    }
}
