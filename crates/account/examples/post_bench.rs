//! Posts a million mixed activities and prints what it took; the caller measures CPU (`time`).

use std::time::Instant;

use greenheart_account::{Binder, MemberDirectory, Options, shipped};
use greenheart_model::{
    AccountRef, Activity, ActivityKind, FindingLog, Identifiers, ItemClass, MemberId, Period, RowPlace, Treatment,
};
use greenheart_units::{Amount, Currency, Dimension, Reading};

const ROWS: u64 = 1_000_000;

#[expect(clippy::disallowed_methods, reason = "a bench reads the clock")]
fn main() {
    let activities: Vec<Activity> = (1..=ROWS).map(activity).collect();
    let binder = Binder::new(&shipped(), &MemberDirectory::new(&[]), &Options::default());
    let (mut entries, mut findings) = (Vec::new(), FindingLog::default());
    let started = Instant::now();
    binder.post(&MemberId::new("987654325"), &activities, &mut entries, &mut findings);
    let took = started.elapsed();
    println!("{ROWS} activities, {} entries, {} ms", entries.len(), took.as_millis());
    for (code, count, severity) in findings.counts() {
        println!("  {code} {severity} {count}");
    }
}

fn activity(row_no: u64) -> Activity {
    use ActivityKind::{Electricity, Fuel, MaterialInput, Purchase, Sale, Transport, Waste};
    let (kind, class, item, dimension) = match row_no % 8 {
        0 => (
            Electricity,
            ItemClass::Electricity,
            "electricity",
            Some(Dimension::Energy),
        ),
        1 => (Fuel, ItemClass::VehicleFuel, "diesel", Some(Dimension::Volume)),
        2 => (MaterialInput, ItemClass::Goods, "steel", Some(Dimension::Mass)),
        3 => (
            Transport,
            ItemClass::Freight,
            "road_freight",
            Some(Dimension::FreightWork),
        ),
        4 => (Waste, ItemClass::WasteService, "wood_waste", Some(Dimension::Mass)),
        5 => (Sale, ItemClass::Revenue, "revenue.goods", None),
        6 => (Purchase, ItemClass::Goods, "purchase.4005", None),
        _ => (Purchase, ItemClass::Services, "purchase.6700", None),
    };
    let month = i8::try_from(row_no % 12).unwrap_or(0) + 1;
    let books = dimension.is_none().then(|| AccountRef {
        id: "4005".into(),
        grouping_category: "varekostnad".into(),
        grouping_code: "4005".into(),
    });
    Activity {
        row_no,
        place: RowPlace { file: 0, row: row_no },
        kind,
        class,
        item: item.into(),
        site: None,
        period: Period::day(greenheart_model::Date::constant(2023, month, 15)),
        quantity: dimension.map(|dimension| Reading::new(Amount::from_integer(1200), dimension)),
        raw_quantity: None,
        amount: Some(Amount::from_integer(5000)),
        currency: Currency::NOK,
        counterparty: None,
        account: books,
        tax_code: None,
        waste_code: None,
        treatment: Some(Treatment::Recycling),
        primary_permille: Some(700),
        dry_permille: None,
        supplier_co2e: None,
        ambiguous_split: false,
        identifiers: Identifiers::default(),
    }
}
