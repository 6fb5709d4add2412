//! Published decompositions, exact sums, and lines that cannot be decomposed.

use greenheart_footprint::decompose::lmdi::{additive, multiplicative};
use greenheart_footprint::decompose::{
    DATA_AND_METHOD, DecompositionError, Identity, Line, OUTSIDE, Restatement, decompose,
};
use greenheart_model::MemberId;
use greenheart_units::{Amount, Co2e};
use proptest::prelude::*;

use crate::support::{close, kg};

type Terms = Vec<(Vec<f64>, Vec<f64>)>;

fn summed(terms: &Terms) -> Vec<f64> {
    let mut effects = vec![0.0; terms[0].0.len()];
    for (before, after) in terms {
        for (effect, part) in effects.iter_mut().zip(additive(before, after)) {
            *effect += part;
        }
    }
    effects
}

fn check(terms: &Terms, sums: &[f64], ratios: &[f64], relative: f64) {
    for (got, expected) in summed(terms).iter().zip(sums) {
        close(*got, *expected, relative);
    }
    for (got, expected) in multiplicative(terms).iter().zip(ratios) {
        close(*got, *expected, relative);
    }
}

/// The simple case of the R package LMDIR 0.1.14 (M. Heun, MIT), with the numbers its own tests assert.
#[test]
fn the_lmdir_package_case() {
    let years = [
        [[1.0, 10.0, 2.0], [4.0, 5.0, 3.0]],
        [[4.0, 5.0, 3.0], [5.0, 6.0, 4.0]],
        [[8.0, 2.0, 4.0], [5.0, 7.0, 5.0]],
        [[10.0, 1.0, 5.0], [6.0, 8.0, 6.0]],
    ];
    let sums = [
        [69.790_065_98, -9.455_125_793, 39.665_059_81],
        [42.960_214_67, -34.319_026_56, 50.358_811_9],
        [54.010_642_34, -9.021_284_671, 54.010_642_34],
    ];
    let ratios = [
        [1.761_117_821, 0.926_191_306, 1.379_410_116],
        [1.229_284_572, 0.847_970_248, 1.273_773_912],
        [1.208_140_223, 0.968_911_503, 1.208_140_223],
    ];
    for (at, pair) in years.windows(2).enumerate() {
        let terms = pair[0].iter().zip(&pair[1]).map(|(x, y)| (x.to_vec(), y.to_vec()));
        check(&terms.collect(), &sums[at], &ratios[at], 1e-8);
    }
}

/// Two industries after B. W. Ang (2005): output, share of output, energy intensity.
#[test]
fn two_industries() {
    let terms = [
        (10.0, 50.0, 30.0, 40.0, 80.0, 80.0),
        (40.0, 50.0, 20.0, 40.0, 80.0, 16.0),
    ];
    let terms = terms.map(|(q0, all0, e0, q1, all1, e1): (f64, f64, f64, f64, f64, f64)| {
        (vec![all0, q0 / all0, e0 / q0], vec![all1, q1 / all1, e1 / q1])
    });
    check(
        &terms.to_vec(),
        &[32.384_637_910_916_766, 38.284_867_350_225_65, -24.669_505_261_142_387],
        &[
            1.582_880_007_253_689_3,
            1.721_019_807_484_159_4,
            0.704_802_387_002_079_6,
        ],
        1e-12,
    );
}

fn amount(value: f64) -> Amount {
    Amount::parse_rounded(&format!("{value:.9}"), greenheart_units::Rounding::HalfEven).expect("an amount")
}

fn line(member: &str, identity: Identity, before: &[f64], after: &[f64]) -> Line {
    Line {
        member: MemberId::new(member),
        sector: "c".into(),
        item: "item".into(),
        identity,
        before: before.iter().map(|&level| amount(level)).collect(),
        after: after.iter().map(|&level| amount(level)).collect(),
    }
}

/// The constructed case of five factors: two units, two carriers.
#[test]
fn five_factors_through_the_energy_identity() {
    let years = [
        (
            [100.0, 50.0],
            [2.0, 4.0],
            [[0.7, 0.3], [0.5, 0.5]],
            [[0.2, 0.02], [0.27, 0.02]],
        ),
        (
            [110.0, 60.0],
            [1.8, 3.6],
            [[0.5, 0.5], [0.3, 0.7]],
            [[0.2, 0.015], [0.26, 0.015]],
        ),
    ];
    let levels = |year: usize, unit: usize, carrier: usize| {
        let (output, intensity, mix, factor) = &years[year];
        let energy = output[unit] * intensity[unit];
        let of_carrier = energy * mix[unit][carrier];
        let emitted = of_carrier * factor[unit][carrier];
        [output.iter().sum::<f64>(), output[unit], energy, of_carrier, emitted]
    };
    let units = [(0, 0), (0, 1), (1, 0), (1, 1)];
    let lines = units.map(|(u, c)| line(["a", "b"][u], Identity::Energy, &levels(0, u, c), &levels(1, u, c)));
    let found = decompose(&lines, &[]).expect("decomposes");
    let effects = found.by_effect();
    for (effect, expected) in [
        ("activity", 6.090_289_677_181_071),
        ("structure", 0.605_878_127_462_042_6),
        ("intensity", -5.126_717_384_598_852_5),
        ("mix", -17.558_169_347_484_334),
        ("factor", -1.810_281_072_559_921_9),
    ] {
        let got = effects[&(Some(Identity::Energy), effect)].amount().to_model_f64();
        assert!((got - expected).abs() < 4e-6, "{effect}: {got} {expected}");
    }
    assert_eq!(
        (found.before, found.after),
        (Co2e::new(amount(58.2)), Co2e::new(amount(40.401)))
    );
    assert_eq!(found.by_member().len(), 10);
    assert_eq!(found.by_sector().len(), 5);
}

#[test]
fn better_data_is_not_a_reduction_and_negatives_stay_outside() {
    let lines = [
        line("a", Identity::Purchases, &[10.0, 800.0], &[10.0, 800.0]),
        line("a", Identity::Process, &[5.0, 100.0], &[5.0, -20.0]),
        line(
            "b",
            Identity::Freight,
            &[9.0, 9.0, 3.0, 30.0, 90.0],
            &[9.0, 0.0, 0.0, 0.0, 0.0],
        ),
    ];
    let restated = Restatement {
        member: MemberId::new("a"),
        sector: "c".into(),
        published: kg(1_500),
        restated: kg(900),
    };
    let found = decompose(&lines, std::slice::from_ref(&restated)).expect("decomposes");
    assert_eq!((found.before, found.after), (kg(1_590), kg(780)));
    assert_eq!(
        (found.effects[0].effect, found.effects[0].change),
        (DATA_AND_METHOD, kg(-600))
    );
    let effects = found.by_effect();
    assert_eq!(effects[&(Some(Identity::Purchases), "factor")], Co2e::ZERO);
    assert_eq!(effects[&(Some(Identity::Process), OUTSIDE)], kg(-120));
    assert_eq!(
        effects[&(Some(Identity::Freight), "mode")],
        kg(-90),
        "the mode vanished"
    );
    let wrong = Restatement {
        restated: kg(901),
        ..restated
    };
    assert!(matches!(
        decompose(&lines, &[wrong]),
        Err(DecompositionError::Restated { .. })
    ));
}

#[test]
fn lines_that_make_no_chain_are_errors() {
    assert_eq!(decompose(&[], &[]), Err(DecompositionError::Empty));
    let short = line("a", Identity::Energy, &[1.0, 2.0], &[1.0, 2.0]);
    assert!(matches!(
        decompose(&[short], &[]),
        Err(DecompositionError::Levels { got: 2, .. })
    ));
    let broken = line("a", Identity::Energy, &[1.0, 1.0, 1.0, 0.0, 5.0], &[1.0; 5]);
    assert!(matches!(
        decompose(&[broken], &[]),
        Err(DecompositionError::Broken { level: 3, .. })
    ));
}

proptest! {
    #[test]
    fn effects_add_up_exactly_and_turn_round(
        levels in proptest::collection::vec((0_u32..2_000_000, 0_u32..2_000_000), 5..25)
    ) {
        let chain = |pick: &dyn Fn(&(u32, u32)) -> u32, at: usize| {
            let mut chain = Vec::new();
            for level in &levels[at * 5..at * 5 + 5] {
                let value = f64::from(pick(level)) / 7.0;
                // Nothing lies below nothing.
                let nothing = chain.last() == Some(&0.0);
                chain.push(if nothing { 0.0 } else { value });
            }
            chain
        };
        let lines: Vec<Line> = (0..levels.len() / 5)
            .map(|at| line("a", Identity::ALL[at % 4], &chain(&|l| l.0, at), &chain(&|l| l.1, at)))
            .map(|mut line| {
                let count = line.identity.effects().len();
                (line.before, line.after) = (line.before.split_off(5 - count), line.after.split_off(5 - count));
                line
            })
            .collect();
        let found = decompose(&lines, &[]).expect("decomposes");
        let sum: Co2e = found.effects.iter().map(|effect| effect.change).sum();
        prop_assert_eq!(sum, found.after - found.before);
        let begins: Amount = lines.iter().filter_map(|line| line.before.last().copied()).sum();
        prop_assert_eq!(found.before.amount(), begins);
        let turned: Vec<Line> = lines
            .into_iter()
            .map(|line| Line { before: line.after, after: line.before, ..line })
            .collect();
        let back = decompose(&turned, &[]).expect("decomposes");
        for (one, other) in found.effects.iter().zip(&back.effects) {
            let sum = (one.change + other.change).amount().to_model_f64();
            prop_assert!(sum.abs() < 1e-3, "{one:?} {other:?}");
        }
    }
}
