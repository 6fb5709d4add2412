//! Spreads: seeds, shared factors, and simulation against first order.

use greenheart_footprint::consolidate::ProductId;
use greenheart_footprint::uncertainty::{
    DeliveryDoubt, Doubt, Simulation, Term, UncertainFlows, UncertaintyError, first_order, simulate,
};
use greenheart_units::Co2e;

use crate::support::{close, kg, three_members};

const RUN: Simulation = Simulation {
    seed: 11,
    samples: 20_000,
};

/// The three members; every `D` rests on a factor of its own, every `U` on `shared` or on one of its own.
fn uncertain(shared: bool) -> UncertainFlows {
    let flows = three_members();
    let terms = flows.products.iter().flat_map(|product| {
        let name = product.id.member.as_str();
        let bought = if shared {
            "power".to_owned()
        } else {
            format!("power of {name}")
        };
        let term = |central, source: String, sigma| Term {
            product: product.id.clone(),
            central,
            doubts: vec![Doubt {
                source: source.as_str().into(),
                sigma,
            }],
        };
        [
            term(product.direct, format!("fuel of {name}"), 0.05),
            term(product.upstream, bought, 0.2),
        ]
    });
    UncertainFlows {
        terms: terms.collect(),
        after_sale: Vec::new(),
        deliveries: Vec::new(),
        flows: flows.clone(),
    }
}

fn f(value: Co2e) -> f64 {
    value.amount().to_model_f64()
}

#[test]
fn simulation_agrees_with_first_order_where_doubt_is_small() {
    let mut input = uncertain(true);
    input.deliveries = vec![DeliveryDoubt {
        product: ProductId::new("a", "main"),
        into: ProductId::new("b", "main"),
        sigma: 0.1,
    }];
    let (quick, sampled) = (
        first_order(&input).expect("spread"),
        simulate(&input, RUN).expect("spread"),
    );
    for (quick, sampled) in [
        (quick.consolidated, sampled.consolidated),
        (quick.gross, sampled.gross),
        (quick.elimination, sampled.elimination),
    ]
    .into_iter()
    .chain(quick.products.values().copied().zip(sampled.products.values().copied()))
    {
        assert_eq!(quick.central, quick.p50);
        close(f(sampled.central), f(quick.central), 1e-9);
        for (one, other) in [
            (quick.p5, sampled.p5),
            (quick.p50, sampled.p50),
            (quick.p95, sampled.p95),
        ] {
            // First order leaves out terms of the size of sigma squared.
            close(f(one), f(other), 0.025);
        }
        assert!(sampled.p5 < sampled.p50 && sampled.p50 < sampled.p95);
    }
    assert_eq!(sampled.capped_samples, 0);
}

#[test]
fn a_factor_used_twice_moves_together() {
    let width = |shared| {
        let spread = simulate(&uncertain(shared), RUN).expect("spread").consolidated;
        f(spread.p95) - f(spread.p5)
    };
    let quick = |shared| {
        let spread = first_order(&uncertain(shared)).expect("spread").consolidated;
        f(spread.p95) - f(spread.p5)
    };
    assert!(width(true) > 1.3 * width(false) && quick(true) > 1.3 * quick(false));
    close(width(true), quick(true), 0.03);
}

#[test]
fn doubt_about_deliveries_moves_members_not_the_cluster() {
    let mut input = uncertain(true);
    for term in &mut input.terms {
        term.doubts.clear();
    }
    input.deliveries = input
        .flows
        .deliveries
        .iter()
        .map(|delivery| DeliveryDoubt {
            product: delivery.product.clone(),
            into: delivery.into.clone(),
            sigma: 0.3,
        })
        .collect();
    for spread in [simulate(&input, RUN), first_order(&input)] {
        let spread = spread.expect("spread");
        assert!(spread.gross.p5 < spread.gross.p95);
        close(f(spread.consolidated.p5), 9_900_000.0, 1e-12);
        close(f(spread.consolidated.p95), 9_900_000.0, 1e-12);
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_does_not() {
    let run = |seed| simulate(&uncertain(true), Simulation { seed, samples: 100 }).expect("spread");
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).consolidated, run(2).consolidated);
}

#[test]
fn doubt_that_does_not_fit_is_an_error() {
    let mut input = uncertain(true);
    input.terms[0].central += kg(1);
    assert!(matches!(first_order(&input), Err(UncertaintyError::Terms { .. })));
    let mut input = uncertain(true);
    input.terms[0].doubts[0].sigma = f64::NAN;
    assert!(matches!(simulate(&input, RUN), Err(UncertaintyError::Sigma(_))));
    let few = Simulation { seed: 1, samples: 19 };
    assert_eq!(simulate(&uncertain(true), few), Err(UncertaintyError::Samples(19)));
}
