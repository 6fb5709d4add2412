//! What holds for any cluster: order and grouping do not matter, the totals add up, each tonne counts once.

use greenheart_footprint::consolidate::{ClusterFlows, Delivery, Product, ProductId, consolidate};
use greenheart_footprint::solve::{SolveOptions, residual, solve};
use greenheart_footprint::sparse::RowMatrix;
use greenheart_units::{Amount, Co2e};
use proptest::prelude::*;

use crate::support::{kg, mass};

/// Clusters of up to fourteen members whose deliveries leave at least a tenth of every product.
fn clusters() -> impl Strategy<Value = ClusterFlows> {
    let members = proptest::collection::vec((1_i64..1_000_000, 0_i64..10_000_000, 0_i64..10_000_000), 2..14);
    members.prop_flat_map(|members| {
        let count = members.len();
        let deliveries = proptest::collection::vec(
            (0..count, 0..count, 0_i64..100, proptest::option::of(0_i64..5_000)),
            0..60,
        );
        deliveries.prop_map(move |deliveries| flows(&members, &deliveries))
    })
}

fn id(member: usize) -> ProductId {
    ProductId::new(format!("m{member:02}"), "main")
}

fn flows(members: &[(i64, i64, i64)], deliveries: &[(usize, usize, i64, Option<i64>)]) -> ClusterFlows {
    let products = members
        .iter()
        .enumerate()
        .map(|(at, &(output, direct, upstream))| Product {
            id: id(at),
            output: mass(output * 1000),
            direct: kg(direct),
            upstream: kg(upstream),
            after_sale: kg(upstream / 7),
            unbound_rows: 0,
        });
    let mut left: Vec<i64> = members.iter().map(|&(output, ..)| output * 900).collect();
    let mut kept = Vec::new();
    for &(from, to, percent, reported) in deliveries {
        let quantity = (members[from].0 * 10 * percent).min(left[from]);
        if from == to || quantity == 0 {
            continue;
        }
        left[from] -= quantity;
        kept.push(Delivery {
            product: id(from),
            into: id(to),
            quantity: mass(quantity),
            reported: reported.map(kg),
        });
    }
    ClusterFlows {
        products: products.collect(),
        deliveries: kept,
    }
}

proptest! {
    #[test]
    fn every_tonne_counts_once_and_the_totals_add_up(flows in clusters()) {
        let account = consolidate(&flows).expect("consolidates");
        let entered: Co2e = flows.products.iter().map(|p| p.direct + p.upstream + p.after_sale).sum();
        let off = (account.consolidated.value - entered).amount().abs();
        prop_assert!(off <= account.consolidated.tolerance.amount(), "{off} {:?}", account.consolidated);
        prop_assert!(account.consolidated.tolerance.amount() < Amount::from_integer(1));
        prop_assert_eq!(account.gross.value, account.consolidated.value + account.elimination.value);
        prop_assert_eq!(account.reported, account.gross.value + account.revaluation.value);
        let pairs: Co2e = account.pairs.iter().map(|pair| pair.carried.value).sum();
        prop_assert_eq!(pairs, account.elimination.value);
        let exported: Co2e = account.members.iter().map(|m| m.exported + m.after_sale).sum();
        prop_assert_eq!(exported, account.consolidated.value);
        // Gross by member is another sum of the same: equal within what rounding took of the whole and of each member.
        let gross: Co2e = account.members.iter().map(|m| m.gross + m.after_sale).sum();
        let roundings = account.members.len() + 2;
        let slack: Amount = std::iter::repeat_n(account.gross.tolerance.amount(), roundings).sum();
        let off = (gross - account.gross.value).amount().abs();
        prop_assert!(off <= slack, "{off} kg apart, {slack} allowed");
    }

    #[test]
    fn order_and_grouping_do_not_matter(flows in clusters(), halves in any::<u64>()) {
        let account = consolidate(&flows).expect("consolidates");
        let mut turned = flows;
        turned.products.reverse();
        turned.deliveries.reverse();
        // Some deliveries arrive as two of half the size.
        let mut split = Vec::new();
        for (at, delivery) in turned.deliveries.into_iter().enumerate() {
            let whole = delivery.quantity.value;
            if halves >> (at % 64) & 1 == 1 {
                let half = Amount::from_mantissa(whole.mantissa() / 2);
                let mut second = delivery.clone();
                second.quantity.value = half;
                second.reported = None;
                split.push(second);
                let mut first = delivery;
                first.quantity.value = whole - half;
                split.push(first);
            } else {
                split.push(delivery);
            }
        }
        turned.deliveries = split;
        prop_assert_eq!(consolidate(&turned).expect("consolidates"), account);
    }

    #[test]
    fn an_answer_has_the_residual_it_says(
        size in 1_usize..60,
        places in proptest::collection::vec((0_usize..60, 0_usize..60, 0.0_f64..1.0), 0..300),
        rhs in proptest::collection::vec(0.0_f64..1e6, 60),
    ) {
        let mut entries: Vec<_> = places.into_iter().filter(|(i, j, _)| *i < size && *j < size).collect();
        let mut sums = vec![0.0; size];
        for (row, _, value) in &entries {
            sums[*row] += value;
        }
        for (row, _, value) in &mut entries {
            *value *= 0.97 / sums[*row].max(0.97);
        }
        let matrix = RowMatrix::from_entries(size, entries).expect("valid");
        let answer = solve(&matrix, &rhs[..size], None, &SolveOptions::FAST).expect("solves");
        prop_assert!(answer.residual <= 1e-10);
        prop_assert_eq!(residual(&matrix, &rhs[..size], &answer.values).to_bits(), answer.residual.to_bits());
        prop_assert!(answer.values.iter().zip(&rhs).all(|(x, b)| x >= &(b * (1.0 - 1e-9))));
    }
}
