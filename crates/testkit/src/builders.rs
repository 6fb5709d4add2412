//! Activities and entries for tests: a plain one, to be changed where a test cares.

use greenheart_model::{
    Activity, ActivityKind, Entry, GasMasses, Identifiers, ItemClass, Method, Month, RowPlace, Scope, Scope2Basis,
};
use greenheart_units::{Amount, Currency};

/// A purchase of 100 NOK in March 2024.
pub fn activity(row_no: u64) -> Activity {
    Activity {
        row_no,
        place: RowPlace { file: 0, row: row_no },
        kind: ActivityKind::Purchase,
        class: ItemClass::Goods,
        item: "purchase.4005".into(),
        site: None,
        period: "2024-03-15".parse().expect("a day"),
        quantity: None,
        raw_quantity: None,
        amount: Some(Amount::from_integer(100)),
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

/// One kilogram of fossil CO2 in scope 3, category 1, in March 2024.
pub fn entry(row_no: u64) -> Entry {
    Entry {
        row_no,
        site: None,
        month: Month::new(2024, 3).expect("a month"),
        scope: Scope::Three,
        category: 1,
        class: ItemClass::Goods,
        line: "purchase.goods".into(),
        method: Method::Spend,
        basis: Scope2Basis::Both,
        factor: None,
        rule: "purchase.spend@1".into(),
        counterparty: None,
        gases: GasMasses {
            co2: Amount::ONE,
            ..GasMasses::default()
        },
        amount_nok: Some(Amount::from_integer(100)),
        mass_kg: None,
        material_part: "".into(),
        energy_kwh: None,
    }
}
