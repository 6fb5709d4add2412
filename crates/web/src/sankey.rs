//! Flows of material as bands, drawn where the page is made: what goes in on the left, what comes out on the right, and what
//! returns as a band that runs back below. A drawing of layers knows no way back, so this one is ours.

use std::fmt::Write as _;

use crate::chart::{Svg, frame, label};

/// Width in its own units.
const WIDTH: f64 = 920.0;
/// Where the nodes stand, left edges.
const LEFT: f64 = 270.0;
const MIDDLE: f64 = 450.0;
const RIGHT: f64 = 632.0;
/// How wide a node is.
const NODE: f64 = 14.0;
/// Height of the larger side, without gaps.
const HEIGHT: f64 = 260.0;
/// A band takes at least this room, so that labels stand apart.
const SLOT: f64 = 20.0;
/// Room above.
const TOP: f64 = 26.0;

/// A band.
pub struct Band {
    /// What flows.
    pub label: String,
    /// How much, in any unit that all bands share.
    pub size: f64,
    /// How much, as text.
    pub text: String,
    /// Class of its colour.
    pub class: &'static str,
}

/// The drawing; `None` when nothing flows. `returned` leaves the middle on the right and comes back on the left.
pub fn sankey(title: &str, middle: &str, into: &[Band], out: &[Band], returned: Option<&Band>) -> Option<Svg> {
    let sum = |bands: &[Band]| bands.iter().map(|band| band.size.max(0.0)).sum::<f64>();
    let back = returned.map_or(0.0, |band| band.size.max(0.0));
    let most = (sum(into) + back).max(sum(out) + back);
    if most <= 0.0 {
        return None;
    }
    let scale = HEIGHT / most;
    let mut svg = String::new();
    let lowest = [
        side(&mut svg, into, scale, Side::In),
        side(&mut svg, out, scale, Side::Out),
    ]
    .into_iter()
    .fold(TOP + HEIGHT, f64::max);
    rect(&mut svg, MIDDLE, TOP, HEIGHT, "sankey-node");
    svg.push_str(&label(MIDDLE + NODE / 2.0, TOP - 9.0, "middle", "label-found", middle));
    let mut height = lowest + 14.0;
    if let Some(band) = returned.filter(|band| band.size > 0.0) {
        let wide = (band.size * scale).max(1.5);
        let (from, to) = (
            TOP + sum(out) * scale + wide / 2.0,
            TOP + sum(into) * scale + wide / 2.0,
        );
        let below = lowest + 24.0 + wide / 2.0;
        let (right, left) = (MIDDLE + NODE, MIDDLE);
        let _ = write!(
            svg,
            "<path class=\"sankey-back\" stroke-width=\"{wide:.1}\" d=\"M{right:.1} {from:.1}C{a:.1} {from:.1} {a:.1} {below:.1} \
             {mid:.1} {below:.1}S{b:.1} {to:.1} {left:.1} {to:.1}\"/>",
            a = right + 90.0,
            b = left - 90.0,
            mid = MIDDLE + NODE / 2.0,
        );
        let says = format!("{} · {}", band.label, band.text);
        svg.push_str(&label(
            MIDDLE + NODE / 2.0,
            below + wide / 2.0 + 16.0,
            "middle",
            "label-axis",
            &says,
        ));
        height = below + wide / 2.0 + 26.0;
    }
    Some(frame((WIDTH, height), title, &svg))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    In,
    Out,
}

/// The bands of one side; gives the lowest place that they reach.
fn side(svg: &mut String, bands: &[Band], scale: f64, side: Side) -> f64 {
    let (mut outer, mut inner) = (TOP, TOP);
    for band in bands.iter().filter(|band| band.size > 0.0) {
        let high = (band.size * scale).max(1.0);
        let room = high.max(SLOT);
        let at = outer + (room - high) / 2.0;
        let (node, edge, core, anchor, place) = match side {
            Side::In => (LEFT, LEFT + NODE, MIDDLE, "end", LEFT - 8.0),
            Side::Out => (RIGHT, RIGHT, MIDDLE + NODE, "start", RIGHT + NODE + 8.0),
        };
        rect(svg, node, at, high, band.class);
        let half = f64::midpoint(edge, core);
        let _ = write!(
            svg,
            "<path class=\"sankey-band\" d=\"M{edge:.1} {at:.1}C{half:.1} {at:.1} {half:.1} {inner:.1} {core:.1} {inner:.1}V{bottom:.1}\
             C{half:.1} {bottom:.1} {half:.1} {end:.1} {edge:.1} {end:.1}Z\"/>",
            bottom = inner + high,
            end = at + high,
        );
        let says = format!("{} · {}", band.label, band.text);
        svg.push_str(&label(place, at + high / 2.0 + 4.0, anchor, "label-axis", &says));
        outer += room + 4.0;
        inner += high;
    }
    outer
}

fn rect(svg: &mut String, x: f64, y: f64, high: f64, class: &str) {
    let _ = write!(
        svg,
        "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{NODE:.1}\" height=\"{high:.1}\"/>"
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn band(label: &str, size: f64) -> Band {
        Band {
            label: label.into(),
            size,
            text: format!("{size} t"),
            class: "bar-scope-1",
        }
    }

    #[test]
    fn a_return_is_drawn_back_and_names_are_escaped() {
        let into = [band("<b>wood", 80.0), band("steel", 15.0)];
        let out = [band("products", 70.0), band("waste", 25.0)];
        let back = band("returned", 5.0);
        let drawn = sankey("flows", "production", &into, &out, Some(&back))
            .unwrap()
            .to_string();
        assert_eq!(drawn.matches("sankey-band").count(), 4);
        assert_eq!(drawn.matches("sankey-back").count(), 1);
        assert!(!drawn.contains("<b>"), "{drawn}");
        let none = sankey("flows", "production", &[], &[], None);
        assert!(none.is_none());
        let without = sankey("flows", "production", &into, &out, None).unwrap().to_string();
        assert!(!without.contains("sankey-back"));
    }
}
