//! Shares close, do not depend on order, and scopes add up.

use greenheart_transport::energy::Emissions;
use greenheart_transport::round::{Stop, share};
use greenheart_transport::scope::{Arrangement, counted};
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_round_is_shared_whole_and_in_any_order(
        stops in proptest::collection::vec((0.001_f64..20.0, 0.1_f64..300.0), 1..40),
        ttw_kg in 0.0_f64..1e4,
        wtt_kg in 0.0_f64..1e4,
    ) {
        let round = Emissions { ttw_kg, wtt_kg };
        let stops: Vec<Stop> = stops
            .into_iter()
            .map(|(mass_t, hub_to_customer_km)| Stop { mass_t, hub_to_customer_km })
            .collect();
        let shares = share(round, &stops).expect("shares");
        let whole: f64 = shares.iter().map(|part| part.wtw_kg()).sum();
        prop_assert!((whole - round.wtw_kg()).abs() <= 1e-9 * round.wtw_kg());
        let mut turned = stops;
        turned.reverse();
        let back = share(round, &turned).expect("shares");
        for (one, other) in shares.iter().zip(back.iter().rev()) {
            prop_assert!((one.wtw_kg() - other.wtw_kg()).abs() <= 1e-9 * round.wtw_kg());
        }
    }

    #[test]
    fn scopes_add_up_to_well_to_wheel(ttw_kg in 0.0_f64..1e4, wtt_kg in 0.0_f64..1e4, part in 0.0_f64..1.0) {
        use Arrangement::{Bought, OwnElectric, OwnFuel, PaidByOthers};
        for arrangement in [OwnFuel, OwnElectric, Bought, PaidByOthers] {
            let emissions = Emissions { ttw_kg, wtt_kg };
            let parts = counted(arrangement, emissions, wtt_kg * part).expect("divides");
            let sum: f64 = parts.iter().map(|(_, kg)| kg).sum();
            prop_assert!((sum - emissions.wtw_kg()).abs() <= 1e-9);
        }
    }

    #[test]
    fn more_generation_than_provision_is_refused(wtt_kg in 0.0_f64..1e4) {
        let emissions = Emissions { ttw_kg: 0.0, wtt_kg };
        prop_assert!(counted(Arrangement::OwnElectric, emissions, wtt_kg + 1.0).is_err());
    }
}
