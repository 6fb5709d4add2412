//! The three-member case and every refusal.

use greenheart_footprint::consolidate::{
    Change, ClusterFlows, ConsolidationError, ProductId, Viewer, WhatIfError, consolidate, what_if,
};
use greenheart_footprint::solve::Method;
use greenheart_model::{MemberId, Status};
use greenheart_units::{Amount, Basis, Co2e, Dimension, Reading};

use crate::support::{close, delivery, kg, mass, product, three_members};

#[test]
fn three_members_with_a_loop_count_each_tonne_once() {
    let mut flows = three_members();
    for delivery in &mut flows.deliveries {
        delivery.reported = Some(kg(1_000_000));
    }
    let account = consolidate(&flows).expect("consolidates");
    let tonnes = |value: Co2e| value.amount().to_model_f64() / 1000.0;
    close(tonnes(account.gross.value), 15_151.194_353_963_085, 1e-12);
    close(tonnes(account.elimination.value), 5_251.194_353_963_085, 1e-12);
    // Each line is rounded to a milligram, so the three of them can miss by three.
    close(tonnes(account.consolidated.value), 9_900.0, 1e-12);
    assert!(account.consolidated.tolerance < Co2e::new("0.0001".parse::<Amount>().expect("an amount")));
    for (line, (unit, exported)) in account.products.iter().zip([
        (7.971_226_927_252_986, 5_181.297_502_714_441),
        (9.048_317_046_688_382, 2_262.079_261_672_095_5),
        (3.319_761_129_207_383, 2_456.623_235_613_463_7),
    ]) {
        close(line.per_unit.value.to_model_f64() / 1000.0, unit, 1e-12);
        close(tonnes(line.exported.value), exported, 1e-12);
    }
    assert_eq!(account.reported, kg(9_900_000 + 6_000_000));
    assert_eq!(account.reported - account.revaluation.value, account.gross.value);
    assert_eq!(
        account.gross.value - account.elimination.value,
        account.consolidated.value
    );
    assert_eq!(account.unreported_pairs, 0);
    assert_eq!(
        (account.evidence.method, account.status()),
        (Method::GaussSeidel, Status::Complete)
    );
    assert!(account.evidence.residual <= 1e-13 && account.evidence.gain_at_most < 1.0);
}

#[test]
fn emissions_after_sale_are_added_once() {
    let mut flows = three_members();
    flows.products[1].after_sale = kg(70_000);
    flows.products[1].unbound_rows = 3;
    let account = consolidate(&flows).expect("consolidates");
    close(account.consolidated.value.amount().to_model_f64(), 9_970_000.0, 1e-12);
    assert_eq!(account.status(), Status::Partial);
    assert_eq!(account.unreported_pairs, 6);
}

#[test]
fn a_pair_is_seen_by_its_parties_and_the_facilitator_only() {
    let account = consolidate(&three_members()).expect("consolidates");
    let member = |name: &str| Viewer::Member(MemberId::new(name));
    assert_eq!(account.pairs_for(&Viewer::Facilitator).count(), 6);
    let a = member("a");
    let of_a: Vec<_> = account.pairs_for(&a).collect();
    assert_eq!(of_a.len(), 4);
    assert!(
        of_a.iter()
            .all(|pair| pair.product.member.as_str() == "a" || pair.into.member.as_str() == "a")
    );
    assert_eq!(account.pairs_for(&member("elsewhere")).count(), 0);
    assert_eq!(account.products_for(&member("b")).count(), 1);
    assert_eq!(account.members_for(&member("b")).count(), 1);
}

#[test]
fn a_reduction_travels_to_customers_and_arrives_once() {
    let flows = three_members();
    let cut = Change {
        product: ProductId::new("a", "main"),
        direct: kg(-1_000_000),
        upstream: Co2e::ZERO,
    };
    let tried = what_if(&flows, &[cut]).expect("can be tried");
    close(tried.cluster_change().amount().to_model_f64(), -1_000_000.0, 1e-9);
    assert_eq!(
        tried.products_for(&Viewer::Facilitator).count(),
        3,
        "the loop carries it to everyone"
    );
    let customer = Viewer::Member(MemberId::new("b"));
    let own: Vec<_> = tried.products_for(&customer).collect();
    assert!(own.len() == 1 && own[0].after < own[0].before);
    assert!(
        tried
            .pairs_for(&customer)
            .all(|pair| pair.product.member.as_str() == "b" || pair.into.member.as_str() == "b")
    );
    let too_much = Change {
        product: ProductId::new("c", "main"),
        direct: kg(-300_001),
        upstream: Co2e::ZERO,
    };
    assert!(matches!(
        what_if(&flows, &[too_much]),
        Err(WhatIfError::MoreThanThere { .. })
    ));
}

#[test]
fn bad_flows_are_refused_by_name() {
    use ConsolidationError as E;
    let check = |change: &dyn Fn(&mut ClusterFlows), expected: &dyn Fn(&E) -> bool| {
        let mut flows = three_members();
        change(&mut flows);
        let error = consolidate(&flows).expect_err("must be refused");
        assert!(expected(&error), "{error:?}: {error}");
    };
    check(&|f| *f = ClusterFlows::default(), &|e| matches!(e, E::Empty));
    check(&|f| f.products.push(product("a", 1, 0, 0)), &|e| {
        matches!(e, E::Twice(_))
    });
    for output in [0, -5] {
        check(&|f| f.products[0].output = mass(output), &|e| {
            matches!(e, E::NoOutput { .. })
        });
    }
    check(&|f| f.products[0].direct = kg(-1), &|e| {
        matches!(e, E::NegativeEmissions { .. })
    });
    check(&|f| f.deliveries[0].quantity = mass(-1), &|e| {
        matches!(e, E::NegativeDelivery { .. })
    });
    check(&|f| f.deliveries.push(delivery("a", "z", 1)), &|e| {
        matches!(e, E::Unknown(_))
    });
    check(&|f| f.deliveries.push(delivery("a", "a", 1)), &|e| {
        matches!(e, E::SelfPurchase(_))
    });
    check(&|f| f.deliveries[0].quantity = mass(951), &|e| {
        matches!(e, E::Oversold { .. })
    });
    check(
        &|f| f.deliveries[0].quantity = Reading::new(Amount::from_integer(1), Dimension::Energy),
        &|e| matches!(e, E::Unit { .. }),
    );
    check(&|f| f.deliveries[0].quantity.basis = Basis::Dry, &|e| {
        matches!(e, E::Unit { .. })
    });
}

#[test]
fn members_that_only_feed_each_other_have_a_gain_of_one() {
    let flows = ClusterFlows {
        products: vec![product("a", 10, 5, 5), product("b", 20, 5, 5), product("c", 30, 5, 5)],
        deliveries: vec![delivery("a", "b", 10), delivery("b", "a", 20), delivery("c", "a", 1)],
    };
    let error = consolidate(&flows).expect_err("nothing leaves the loop");
    assert!(
        matches!(&error, ConsolidationError::Gain(product) if product.member.as_str() != "c"),
        "{error}"
    );
    // The same loop with a way out of a thousandth is steep but sound.
    let mut open = flows;
    open.products[0].output = mass(10_000);
    open.deliveries[0].quantity = mass(9_990);
    let account = consolidate(&open).expect("consolidates");
    close(account.consolidated.value.amount().to_model_f64(), 30.0, 1e-7);
}
