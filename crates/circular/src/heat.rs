//! Heat between sites: what flows as it is, and what a pump has to raise first.

/// 0 °C in kelvin.
const ICE_K: f64 = 273.15;

/// Whether heat at `offer_c` can warm something to `want_c` over an exchanger that needs a difference of `approach_k`; °C and K.
pub fn flows_directly(offer_c: f64, want_c: f64, approach_k: f64) -> bool {
    offer_c - approach_k >= want_c
}

/// Heat out over power in of a heat pump from `source_c` to `sink_c`: a share of the greatest possible, `T / (T - T0)` in kelvin (Carnot
/// 1824), between temperatures that each exchanger moves `approach_k` further apart.
///
/// `None` where there is nothing to raise, or a number is none.
pub fn pump_cop(source_c: f64, sink_c: f64, carnot_share: f64, approach_k: f64) -> Option<f64> {
    let (cold, hot) = (source_c - approach_k + ICE_K, sink_c + approach_k + ICE_K);
    let cop = carnot_share * hot / (hot - cold);
    (cold > 0.0 && hot > cold && cop.is_finite() && cop > 1.0).then_some(cop)
}

/// What a pump makes of a unit of heat taken in, and the power it needs for that: `COP / (COP - 1)` and `1 / (COP - 1)`.
pub fn per_unit_in(cop: f64) -> (f64, f64) {
    (cop / (cop - 1.0), 1.0 / (cop - 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pump_is_a_share_of_carnot() {
        // From 0 to 50 °C at best 323.15 / 50.
        let best = pump_cop(0.0, 50.0, 1.0, 0.0).expect("a pump");
        assert!((best - 6.463).abs() < 1e-12);
        let real = pump_cop(0.0, 50.0, 0.5, 5.0).expect("a pump");
        assert!((real - 0.5 * 328.15 / 60.0).abs() < 1e-12);
        let (heat, power) = per_unit_in(3.0);
        assert!((heat - 1.5).abs() < 1e-12 && (power - 0.5).abs() < 1e-12);
        // What goes out is what came in and the power.
        assert!((heat - 1.0 - power).abs() < 1e-12);
    }

    #[test]
    fn hot_enough_needs_no_pump() {
        assert!(flows_directly(90.0, 85.0, 5.0) && !flows_directly(90.0, 85.1, 5.0));
        for (source, sink, share) in [
            (60.0, 40.0, 0.5),
            (-300.0, 20.0, 0.5),
            (20.0, f64::NAN, 0.5),
            (20.0, 600.0, 0.5),
            (20.0, 60.0, 0.0),
        ] {
            assert_eq!(pump_cop(source, sink, share, 0.0), None, "{source} {sink} {share}");
        }
    }
}
