//! Games with published splits, games without a stable split, and bad input.

#![allow(clippy::unwrap_used, reason = "helpers of tests may stop a test")]

use greenheart_milp::{Limits, Program, Row, solve};
use greenheart_sharing::{
    Coalition, Enumerated, Game, Sampling, SharingError, Table, costs, least_core, nucleolus, objections, price_shares,
    shapley, shapley_exact, shapley_sampled, stability, stand_alone,
};
use proptest::prelude::*;

fn near(got: &[f64], want: &[f64]) {
    let apart = got.iter().zip(want).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    assert!(got.len() == want.len() && apart < 1e-6, "{got:?} is not {want:?}");
}

/// Littlechild and Owen 1973: a runway costs what its longest user needs.
fn airport(costs_of: &[f64]) -> Table {
    costs(costs_of.len(), |coalition| {
        coalition.members().map(|player| costs_of[player]).fold(0.0, f64::max)
    })
    .unwrap()
}

/// Aumann and Maschler 1985: a coalition gets what the others leave of the estate.
fn claims(claims: &[f64], estate: f64) -> Table {
    Table::new(claims.len(), |coalition| {
        (estate - coalition.others(claims.len()).sum(claims)).max(0.0)
    })
    .unwrap()
}

#[test]
fn airport_costs_are_shared_by_section() {
    let shares = shapley_exact(&airport(&[12.0, 20.0, 33.0])).unwrap().shares;
    near(&shares, &[-4.0, -8.0, -21.0]);
}

#[test]
fn claims_follow_the_talmud() {
    for (estate, want) in [
        (100.0, [100.0 / 3.0; 3]),
        (200.0, [50.0, 75.0, 75.0]),
        (300.0, [50.0, 100.0, 150.0]),
    ] {
        let found = nucleolus(&claims(&[100.0, 200.0, 300.0], estate)).unwrap();
        near(&found.shares, &want);
        assert!(found.individually_rational);
    }
}

#[test]
fn two_firms_split_the_gain_evenly() {
    let game = Table::new(2, |c| match c.bits() {
        1 => 3.0,
        2 => 10.0,
        _ => 20.0,
    })
    .unwrap();
    near(&shapley_exact(&game).unwrap().shares, &[6.5, 13.5]);
    near(&nucleolus(&game).unwrap().shares, &[6.5, 13.5]);
    near(&stand_alone(&game).unwrap(), &[3.0, 10.0]);
}

#[test]
fn an_empty_core_says_who_would_leave() {
    // Majority of three: any two can take everything, so no split keeps all three.
    let game = Table::new(3, |coalition| if coalition.len() >= 2 { 90.0 } else { 0.0 }).unwrap();
    let even = [30.0; 3];
    near(&nucleolus(&game).unwrap().shares, &even);
    let judged = stability(&game, &even).unwrap();
    assert!(
        judged.core_is_empty && (judged.least_short - 30.0).abs() < 1e-6,
        "{judged:?}"
    );
    assert_eq!(judged.objections.len(), 3);
    assert!(
        judged
            .objections
            .iter()
            .all(|o| o.coalition.len() == 2 && (o.short() - 30.0).abs() < 1e-6)
    );
    assert_eq!(judged.conflict.len(), 3);
    let unfair = objections(&game, &[80.0, 5.0, 5.0], 1).unwrap();
    assert_eq!(unfair[0].coalition, Coalition::one(1).with(2));
}

#[test]
fn nobody_is_held_when_apart_is_better() {
    let game = Table::new(2, |coalition| if coalition.len() == 1 { 10.0 } else { 12.0 }).unwrap();
    let found = nucleolus(&game).unwrap();
    assert!(!found.individually_rational);
    near(&found.shares, &[6.0, 6.0]);
    assert!((found.short[0] - 4.0).abs() < 1e-6);
}

#[test]
fn sampling_covers_the_truth_and_sums_up() {
    // Fifteen runways: the exact value is the section rule.
    let needs: Vec<f64> = (1..=15_u32).map(|n| f64::from(n * n)).collect();
    let game = airport(&needs);
    let sampling = Sampling {
        seed: 7,
        permutations: 4000,
    };
    let found = shapley(&game, sampling).unwrap();
    assert_eq!(found.permutations, Some(4000));
    assert!((found.shares.iter().sum::<f64>() + 225.0).abs() < 1e-6);
    let mut share = 0.0;
    let mut inside = 0;
    for (place, need) in needs.iter().enumerate() {
        let before = if place == 0 { 0.0 } else { needs[place - 1] };
        share += (need - before) / f64::from(u32::try_from(15 - place).unwrap());
        let off = (found.shares[place] + share).abs();
        assert!(off < 3.0 * found.half_widths[place] + 1e-6, "{place}: {off}");
        inside += usize::from(off <= found.half_widths[place]);
    }
    assert!(inside >= 12, "{inside} of 15 inside their 95 % interval");
    assert_eq!(found, shapley_sampled(&game, sampling).unwrap());
}

#[test]
fn prices_of_a_linear_program_are_stable() {
    // Three owners of two materials; a product takes one of each and sells for 5.
    let owned = vec![vec![4.0, 0.0], vec![0.0, 3.0], vec![1.0, 1.0]];
    let value = |coalition: Coalition| {
        let mut program = Program::new();
        let make = program.continuous(-5.0, 0.0, f64::INFINITY);
        let have = |resource: usize| coalition.members().map(|player| owned[player][resource]).sum();
        for have in [have(0), have(1)] {
            program.row(Row::at_most(have, vec![(make, 1.0)]));
        }
        solve(&program, &Limits::EXACT).unwrap()
    };
    let whole = value(Coalition::all(3));
    let prices: Vec<f64> = whole.duals.iter().map(|dual| -dual).collect();
    let priced = price_shares(&prices, &owned, -whole.objective).unwrap();
    assert!(priced.residual.abs() < 1e-6);
    let game = Table::new(3, |coalition| -value(coalition).objective).unwrap();
    assert!(objections(&game, &priced.shares, 5).unwrap().is_empty());
    assert!(!stability(&game, &priced.shares).unwrap().core_is_empty);
}

#[test]
fn bad_games_are_refused() {
    assert_eq!(Table::new(0, |_| 1.0).unwrap_err(), SharingError::NoPlayers);
    assert!(matches!(
        Table::new(21, |_| 1.0),
        Err(SharingError::TooManyPlayers { players: 21, .. })
    ));
    assert!(matches!(
        Table::new(2, |_| f64::NAN),
        Err(SharingError::BadValue { .. })
    ));
    let game = airport(&[1.0, 2.0]);
    assert!(matches!(
        objections(&game, &[1.0], 3),
        Err(SharingError::WrongLength { .. })
    ));
    let few = Sampling {
        seed: 1,
        permutations: 2,
    };
    assert_eq!(shapley_sampled(&game, few), Err(SharingError::TooFewPermutations(2)));
    let table = Table::new(13, |c| f64::from(u32::try_from(c.len()).unwrap())).unwrap();
    assert!(matches!(
        shapley_exact(&table),
        Err(SharingError::TooManyPlayers { .. })
    ));
    let one = Table::new(1, |_| 5.0).unwrap();
    near(&nucleolus(&one).unwrap().shares, &[5.0]);
}

fn random_game(players: usize, values: &[u32]) -> Table {
    Table::new(players, |coalition| {
        let place = usize::try_from(coalition.bits()).unwrap() % values.len();
        f64::from(values[place]) + if coalition.len() == players { 200.0 } else { 0.0 }
    })
    .unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn splits_keep_their_promises(players in 2..6_usize, values in prop::collection::vec(0..100_u32, 64)) {
        let game = random_game(players, &values);
        let total = game.at(Coalition::all(players));
        let exact = shapley_exact(&game).unwrap().shares;
        prop_assert!((exact.iter().sum::<f64>() - total).abs() < 1e-6);
        let found = nucleolus(&game).unwrap();
        prop_assert!((found.shares.iter().sum::<f64>() - total).abs() < 1e-6);
        // No coalition lacks more than the least core says, and the nucleolus lies in the least core.
        let best = least_core(&game, &Enumerated(&game)).unwrap();
        let worst = game.proper().map(|c| game.at(c) - c.sum(&found.shares)).fold(f64::NEG_INFINITY, f64::max);
        if found.short[0] <= best.short + 1e-6 {
            prop_assert!((worst - best.short).abs() < 1e-5, "{worst} {}", best.short);
        } else {
            // Holding every player to its stand-alone value can cost the coalitions something.
            prop_assert!(found.individually_rational && (worst - found.short[0]).abs() < 1e-5);
        }
        prop_assert!(found.short.windows(2).all(|pair| pair[0] >= pair[1] - 1e-6), "{:?}", found.short);
        if game.players() == 2 {
            prop_assert!((exact[0] - found.shares[0]).abs() < 1e-5);
        }
    }
}
