//! What waste of a kind usually weighs a row, and weights so far from it that the unit must be another.

use std::collections::BTreeMap;

use greenheart_model::{Activity, ActivityKind, Text};
use greenheart_units::{Amount, Dimension};

/// Weights of an item kept to see what is usual.
const SAMPLES: usize = 10_000;
/// So many times the usual is implausible: between the thousand of a wrong unit and what a full container varies.
const IMPLAUSIBLE: i128 = 200;
/// So many rows tell what is usual; of fewer, each may be the odd one.
const FEWEST: usize = 5;

/// Weights of waste by item, each with the row it stands in.
#[derive(Debug, Clone, Default)]
pub struct Weights(BTreeMap<Text, Vec<(i128, u64)>>);

impl Weights {
    /// Adds a row, when it is waste that was weighed.
    pub fn add(&mut self, activity: &Activity) {
        let weighed = activity.quantity.filter(|reading| reading.dimension == Dimension::Mass);
        if let Some(reading) = weighed.filter(|_| activity.kind == ActivityKind::Waste) {
            self.note(&activity.item, reading.value, activity.place.row);
        }
    }

    pub(crate) fn note(&mut self, item: &Text, kg: Amount, row: u64) {
        let samples = self.0.entry(item.clone()).or_default();
        if samples.len() < SAMPLES && !kg.is_zero() {
            samples.push((kg.mantissa(), row));
        }
    }

    /// Rows far from what is usual among them.
    pub(crate) fn outliers(&self) -> Vec<(u64, String)> {
        let shown = Amount::from_mantissa;
        let mut found = Vec::new();
        for (item, samples) in self.0.iter().filter(|(_, samples)| samples.len() >= FEWEST) {
            let usual = median(samples);
            for (kg, row) in samples.iter().filter(|(kg, _)| is_far(*kg, usual)) {
                found.push((
                    *row,
                    format!("`{item}`: {} kg, usually {} kg", shown(*kg), shown(usual)),
                ));
            }
        }
        found
    }

    /// Items whose rows as a whole are far from what earlier ones weigh.
    ///
    /// # Units
    /// kg a row.
    pub fn far_from(&self, earlier: &Self) -> Vec<String> {
        let shown = Amount::from_mantissa;
        let mut found = Vec::new();
        for (item, samples) in &self.0 {
            let Some(known) = earlier.0.get(item).filter(|known| known.len() >= FEWEST) else {
                continue;
            };
            let (now, usual) = (median(samples), median(known));
            if is_far(now, usual) {
                found.push(format!(
                    "`{item}` weighs {} kg a row, earlier {} kg",
                    shown(now),
                    shown(usual)
                ));
            }
        }
        found
    }
}

fn median(samples: &[(i128, u64)]) -> i128 {
    let mut weights: Vec<i128> = samples.iter().map(|(kg, _)| *kg).collect();
    weights.sort_unstable();
    weights.get(weights.len() / 2).copied().unwrap_or_default()
}

fn is_far(one: i128, usual: i128) -> bool {
    let (small, large) = (one.min(usual), one.max(usual));
    small > 0 && large / IMPLAUSIBLE >= small
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weights(kg: &[i64]) -> Weights {
        let mut weights = Weights::default();
        for (row, kg) in (1..).zip(kg) {
            weights.note(&"wood_waste".into(), Amount::from_integer(*kg), row);
        }
        weights
    }

    #[test]
    fn a_report_in_another_unit_is_far_from_earlier_ones() {
        let earlier = weights(&[8_000, 9_500, 12_000, 7_000, 30_000, 4]);
        assert_eq!(weights(&[9, 11, 8]).far_from(&earlier).len(), 1);
        assert!(weights(&[2_000, 60_000]).far_from(&earlier).is_empty());
        assert!(
            weights(&[9]).far_from(&weights(&[8_000, 9_000])).is_empty(),
            "two rows tell nothing"
        );
        assert_eq!(earlier.outliers().iter().map(|(row, _)| *row).collect::<Vec<_>>(), [6]);
    }
}
