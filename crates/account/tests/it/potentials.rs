//! Warming potentials against the published tables, and through a whole mass of gas.

use greenheart_model::{GasMasses, GwpSet};
use greenheart_units::Amount;

use super::kit::amount;

/// One tonne of each gas that is kept by mass, in kg CO2e.
fn tonne(gwp: GwpSet, gas: &str) -> Amount {
    let kg = amount("1000");
    let mut masses = GasMasses::default();
    match gas {
        "co2" => masses.co2 = kg,
        "ch4_fossil" => masses.ch4_fossil = kg,
        "ch4_biogenic" => masses.ch4_biogenic = kg,
        "n2o" => masses.n2o = kg,
        _ => masses.co2_biogenic = kg,
    }
    masses.co2e(gwp).expect("fits")
}

/// AR4 WGI table 2.14, AR5 WGI table 8.A.1 without feedback, AR6 WGI table 7.15.
#[test]
fn each_gas_under_each_report() {
    for (gas, ar4, ar5, ar6) in [
        ("co2", "1000", "1000", "1000"),
        ("ch4_fossil", "25000", "30000", "29800"),
        ("ch4_biogenic", "25000", "28000", "27000"),
        ("n2o", "298000", "265000", "273000"),
        ("co2_biogenic", "0", "0", "0"),
    ] {
        for (set, expect) in [(GwpSet::Ar4, ar4), (GwpSet::Ar5, ar5), (GwpSet::Ar6, ar6)] {
            assert_eq!(tonne(set, gas), amount(expect), "{gas} under {set}");
        }
    }
}

/// The public table that other programs use, where it lies beside the checkout. It gives one figure for methane: in AR4
/// ours, in AR5 that of biogenic methane, in AR6 the mean of the two kinds.
#[test]
fn the_public_table_agrees() {
    let Some(path) = greenheart_testkit::shared("data/accounting/gwp/globalwarmingpotentials.csv") else {
        return;
    };
    let text = std::fs::read_to_string(path).expect("readable");
    let mut lines = text.lines().filter(|line| !line.starts_with('#'));
    let heads: Vec<&str> = lines.next().expect("a heading").split(',').collect();
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    let published = |gas: &str, report: &str| -> Amount {
        let column = heads.iter().position(|head| *head == report).expect(report);
        let row = rows.iter().find(|row| row[0] == gas).expect(gas);
        amount(row[column])
    };
    let ours = |gas: &str, set: GwpSet| tonne(set, gas).mantissa() / 1000;
    for (set, report) in [
        (GwpSet::Ar4, "AR4GWP100"),
        (GwpSet::Ar5, "AR5GWP100"),
        (GwpSet::Ar6, "AR6GWP100"),
    ] {
        assert_eq!(ours("n2o", set), published("N2O", report).mantissa(), "{report}");
        let methane = published("CH4", report).mantissa();
        let (low, high) = (ours("ch4_biogenic", set), ours("ch4_fossil", set));
        assert!(low <= methane && methane <= high, "{report}: {low} {methane} {high}");
    }
    assert_eq!(
        ours("ch4_biogenic", GwpSet::Ar5),
        published("CH4", "AR5GWP100").mantissa()
    );
}
