//! Small clusters and float comparison.

use greenheart_footprint::consolidate::{ClusterFlows, Delivery, Product, ProductId};
use greenheart_units::{Amount, Co2e, Dimension, Reading};

/// A whole number of kgCO2e.
pub fn kg(value: i64) -> Co2e {
    Co2e::new(Amount::from_integer(value))
}

/// The only product of a member.
pub fn product(member: &str, output_kg: i64, direct: i64, upstream: i64) -> Product {
    Product {
        id: ProductId::new(member, "main"),
        output: mass(output_kg),
        direct: kg(direct),
        upstream: kg(upstream),
        after_sale: Co2e::ZERO,
        unbound_rows: 0,
    }
}

/// A delivery between members with one product each.
pub fn delivery(from: &str, to: &str, quantity_kg: i64) -> Delivery {
    Delivery {
        product: ProductId::new(from, "main"),
        into: ProductId::new(to, "main"),
        quantity: mass(quantity_kg),
        reported: None,
    }
}

/// A mass.
pub fn mass(kg: i64) -> Reading {
    Reading::new(Amount::from_integer(kg), Dimension::Mass)
}

/// The three members of the reference's elimination case, in kg for its units and tonnes as kg.
///
/// Output 1 000, 500, 800; own emissions 5 000, 1 200, 300 t; bought from outside 2 000, 800, 600 t;
/// deliveries 1→2 300, 1→3 50, 2→1 100, 2→3 150, 3→1 20, 3→2 40.
pub fn three_members() -> ClusterFlows {
    ClusterFlows {
        products: vec![
            product("a", 1000, 5_000_000, 2_000_000),
            product("b", 500, 1_200_000, 800_000),
            product("c", 800, 300_000, 600_000),
        ],
        deliveries: vec![
            delivery("a", "b", 300),
            delivery("a", "c", 50),
            delivery("b", "a", 100),
            delivery("b", "c", 150),
            delivery("c", "a", 20),
            delivery("c", "b", 40),
        ],
    }
}

/// Fails unless `got` is within `relative` of `expected`.
#[track_caller]
pub fn close(got: f64, expected: f64, relative: f64) {
    let difference = (got - expected).abs();
    assert!(
        difference <= relative * expected.abs().max(f64::MIN_POSITIVE),
        "got {got}, expected {expected}, relative difference {:e}",
        difference / expected.abs()
    );
}
