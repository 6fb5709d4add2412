//! What a footprint is made of, and how processes are divided.

use greenheart_footprint::product::{
    Allocation, AllocationError, CoProduct, DataQuality, Part, ProductError, allocate, compose, recovery_heat_share,
};
use greenheart_model::Method;
use greenheart_units::{Amount, Co2e, Currency, Money, Rate};
use proptest::prelude::*;

use crate::support::kg;

fn rate(text: &str) -> Rate {
    text.parse().expect("a rate")
}

fn part(item: &str, method: Method, carried: i64, primary: &str, quality: Option<(u8, u8, u8)>) -> Part {
    Part {
        item: item.into(),
        method,
        carried: kg(carried),
        primary: rate(primary),
        quality: quality.map(|(t, g, p)| DataQuality::new(t, g, p).expect("scores")),
    }
}

fn parts() -> Vec<Part> {
    vec![
        part("gas", Method::Activity, 500, "1", Some((1, 1, 1))),
        part("steel", Method::SupplierSpecific, 300, "0.5", Some((2, 1, 3))),
        part("services", Method::Spend, 200, "0", None),
    ]
}

#[test]
fn shares_are_weighed_by_what_parts_carry() {
    let made_of = compose(&parts(), Amount::from_integer(40)).expect("composes");
    assert_eq!((made_of.total, made_of.per_unit), (kg(1000), rate("25")));
    assert_eq!(made_of.activity_share, rate("0.5"));
    assert_eq!(
        (made_of.supplier_share, made_of.spend_share),
        (rate("0.3"), rate("0.2"))
    );
    assert_eq!(made_of.primary_share, rate("0.65"));
    let quality = made_of.quality.expect("rated");
    assert_eq!(
        (quality.technology, quality.geography, quality.time),
        (rate("1.375"), rate("1"), rate("1.75"))
    );
    assert_eq!((quality.rating, quality.rated_share), (rate("1.375"), rate("0.8")));
}

#[test]
fn bad_parts_are_refused_by_name() {
    let output = Amount::from_integer(1);
    assert_eq!(compose(&[], output), Err(ProductError::Empty));
    assert_eq!(
        compose(&parts(), Amount::ZERO),
        Err(ProductError::NoOutput(Amount::ZERO))
    );
    let credit = part("avoided", Method::Activity, -1, "0", None);
    assert!(matches!(compose(&[credit], output), Err(ProductError::Negative { .. })));
    let share = part("steel", Method::Activity, 1, "1.1", None);
    assert!(matches!(compose(&[share], output), Err(ProductError::Share { .. })));
    assert!(DataQuality::new(0, 1, 1).is_err() && DataQuality::new(1, 1, 6).is_err());
}

fn made(name: &str, measured: Option<i64>, mass: Option<i64>, value: Option<i64>) -> CoProduct {
    CoProduct {
        name: name.into(),
        measured: measured.map(kg),
        mass_kg: mass.map(Amount::from_integer),
        value: value.map(|amount| Money {
            amount: Amount::from_integer(amount),
            currency: Currency::NOK,
        }),
    }
}

#[test]
fn each_key_divides_its_own_way() {
    let products = [
        made("plank", Some(70), Some(600), Some(900)),
        made("chips", Some(30), Some(400), Some(100)),
    ];
    let check = |by, first, second| {
        assert_eq!(
            allocate(kg(100), by, &products),
            Ok(vec![kg(first), kg(second)]),
            "{}",
            by.name()
        );
    };
    check(Allocation::Subdivision, 70, 30);
    check(Allocation::Mass, 60, 40);
    check(Allocation::Value, 90, 10);
    assert!(matches!(
        allocate(kg(99), Allocation::Subdivision, &products),
        Err(AllocationError::NotWhole { .. })
    ));
    let heat = recovery_heat_share(kg(100), Amount::from_integer(75), Amount::from_integer(25));
    assert_eq!(heat, Ok((kg(75), kg(25))));
}

#[test]
fn a_missing_key_is_not_zero() {
    let products = [
        made("plank", None, Some(600), None),
        made("chips", None, None, Some(-1)),
    ];
    for (by, expected) in [
        (Allocation::Mass, "chips"),
        (Allocation::Value, "plank"),
        (Allocation::Subdivision, "plank"),
    ] {
        let error = allocate(kg(100), by, &products).expect_err("must be refused");
        assert!(
            matches!(&error, AllocationError::Missing { product, .. } if &**product == expected),
            "{error}"
        );
    }
    let paid = [made("waste", None, None, Some(-1))];
    assert!(matches!(
        allocate(kg(1), Allocation::Value, &paid),
        Err(AllocationError::Negative { .. })
    ));
    let nothing = [made("air", None, Some(0), None)];
    assert!(matches!(
        allocate(kg(1), Allocation::Mass, &nothing),
        Err(AllocationError::Nothing { .. })
    ));
    assert_eq!(allocate(kg(1), Allocation::Mass, &[]), Err(AllocationError::Empty));
}

proptest! {
    #[test]
    fn parts_add_up_to_the_whole(whole in 0_i64..10_i64.pow(12), masses in proptest::collection::vec(1_i64..10_i64.pow(9), 1..30)) {
        let products: Vec<CoProduct> = masses.iter().map(|&mass| made("p", None, Some(mass), None)).collect();
        let parts = allocate(kg(whole), Allocation::Mass, &products).expect("divides");
        prop_assert_eq!(parts.iter().copied().sum::<Co2e>(), kg(whole));
        prop_assert!(parts.iter().all(|part| *part >= Co2e::ZERO));
    }
}
