//! What holds for any cluster.

use std::collections::BTreeMap;
use std::sync::Arc;

use greenheart_account::{Reconciled, reconcile, reconcile_member};
use greenheart_model::{Activity, ActivityKind, ItemClass, MemberId, SumKey, SumValues};
use greenheart_units::Dimension;
use proptest::prelude::*;

use crate::kit::{A, B, With, activity, post, sums};

fn some_activity() -> impl Strategy<Value = Activity> {
    let months = prop_oneof![Just("2022-01"), Just("2022-02"), Just("2023-07")];
    (0..6_u8, 1..2_000_000_i64, months, any::<bool>()).prop_map(|(kind, value, month, member)| {
        let text = format!("{}.{:02}", value / 100, value % 100);
        let made = match kind {
            0 => activity(ActivityKind::Electricity, ItemClass::Electricity, "electricity", month)
                .of(&text, Dimension::Energy),
            1 => activity(ActivityKind::Fuel, ItemClass::VehicleFuel, "diesel", month)
                .of(&text, Dimension::Volume)
                .nok(&text),
            2 => activity(ActivityKind::MaterialInput, ItemClass::Goods, "steel", month)
                .of(&text, Dimension::Mass)
                .nok(&text),
            3 => activity(ActivityKind::Purchase, ItemClass::Goods, "purchase", month)
                .nok(&text)
                .booked("4005"),
            4 => activity(ActivityKind::Purchase, ItemClass::Electricity, "purchase", month)
                .nok(&text)
                .booked("6340"),
            _ => activity(ActivityKind::Sale, ItemClass::Revenue, "revenue", month)
                .nok(&text)
                .booked("3000"),
        };
        if member { made.with(B) } else { made }
    })
}

fn merged(parts: &[Vec<(SumKey, SumValues)>]) -> BTreeMap<SumKey, SumValues> {
    let mut all: BTreeMap<SumKey, SumValues> = BTreeMap::new();
    for (key, values) in parts.iter().flatten() {
        let slot = all.entry(key.clone()).or_default();
        *slot = slot.checked_add(values).unwrap();
    }
    all
}

proptest! {
    #[test]
    fn neither_order_nor_batches_matter(activities in prop::collection::vec(some_activity(), 1..30), at in 0..30_usize) {
        let at = at.min(activities.len());
        let whole = sums(&[(A, activities.clone())]);
        let mut split = sums(&[(A, activities[at..].to_vec())]);
        split.extend(sums(&[(A, activities[..at].to_vec())]));
        split.reverse();
        prop_assert_eq!(reconcile(&whole).unwrap(), reconcile(&split).unwrap());
    }

    #[test]
    fn members_reconciled_one_by_one_are_the_cluster(
        of_a in prop::collection::vec(some_activity(), 0..15),
        of_b in prop::collection::vec(some_activity(), 0..15),
    ) {
        let (of_a, of_b) = (sums(&[(A, of_a)]), sums(&[(B, of_b)]));
        let whole: Vec<_> = of_b.iter().chain(&of_a).cloned().collect();
        let parts = [(B, of_b), (A, of_a)]
            .map(|(member, own)| Arc::new(reconcile_member(MemberId::new(member), own).unwrap()));
        prop_assert_eq!(reconcile(&whole).unwrap(), Reconciled::new(parts));
    }

    #[test]
    fn reconciling_loses_nothing(activities in prop::collection::vec(some_activity(), 1..30)) {
        let before = sums(&[(A, activities)]);
        let result = reconcile(&before).unwrap();
        let displaced = result.displaced().map(|d| (d.key.clone(), d.values)).collect();
        let after = merged(&[result.sums().cloned().collect(), displaced]);
        prop_assert_eq!(after, merged(&[before]));
    }

    #[test]
    fn a_reversed_activity_leaves_zero(made in some_activity()) {
        let mut reversed = made.clone();
        reversed.amount = reversed.amount.map(|amount| -amount);
        reversed.quantity = reversed.quantity.map(|mut reading| { reading.value = -reading.value; reading });
        let (entries, _) = post(A, &[made, reversed]);
        let mut total = SumValues::default();
        for entry in &entries {
            total = total.checked_add(&SumValues::of(entry)).unwrap();
        }
        prop_assert_eq!(total.gases, greenheart_model::GasMasses::default());
        prop_assert!(total.amount_nok.is_zero() && total.energy_kwh.is_zero() && total.mass_kg.is_zero());
    }
}
