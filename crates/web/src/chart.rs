//! Figures as SVG, drawn where the page is made. Colours are classes, so that they follow light and dark.
//! Each figure stands beside the table of its numbers; what is drawn here is for the eye only.

use greenheart_app::GoalView;
use greenheart_units::Rate;

use crate::numbers;
use crate::shown::escape;
use crate::words::Words;

/// Width and height of a trajectory, in its own units.
const SIZE: (f64, f64) = (420.0, 220.0);
/// Room around the plot: left, top, right, bottom.
const ROOM: (f64, f64, f64, f64) = (52.0, 14.0, 62.0, 26.0);

/// SVG that needs no escaping any more.
#[derive(Debug, Clone)]
pub struct Svg(String);

impl std::fmt::Display for Svg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

// Every text in it went through `escape`.
impl askama::filters::HtmlSafe for Svg {}

/// A point: year, and share.
type Point = (i16, f64);

/// The change of a goal since its base year, beside the line that leads to its target.
///
/// Change in percent and not the amount, since each year's panel has its own base.
pub fn trajectory(goal: &GoalView, words: &Words) -> Option<Svg> {
    let (first, last) = (goal.years.first()?.year, goal.years.last()?.year);
    let found: Vec<Point> = goal
        .years
        .iter()
        .filter_map(|year| Some((year.year, year.change?.to_model_f64())))
        .collect();
    let target = goal.target_change.to_model_f64();
    let ahead = ahead(goal);
    let shares = found.iter().map(|(_, share)| *share);
    let axes = Axes::over(
        (first, last),
        shares.chain([0.0, target]).chain(ahead.into_iter().flatten()),
    );
    let mut svg = axes.grid();
    if let (Some([low, middle, high]), Some(now)) = (ahead, found.last()) {
        let band = axes.path(&[*now, (last, low), (last, high)], false);
        svg.push_str(&format!("<path class=\"band-ahead\" d=\"{band}Z\"/>"));
        let way = axes.path(&[*now, (last, middle)], false);
        svg.push_str(&format!("<path class=\"line-ahead\" d=\"{way}\"/>"));
    }
    let line = [(first, 0.0), (last, target)];
    svg.push_str(&format!(
        "<path class=\"line-target\" d=\"{}\"/>",
        axes.path(&line, false)
    ));
    svg.push_str(&label(
        axes.x(last) + 6.0,
        axes.y(target) + 4.0,
        "start",
        "label-target",
        &numbers::change(goal.target_change, words.tongue),
    ));
    svg.push_str(&format!(
        "<path class=\"line-found\" d=\"{}\"/>",
        axes.path(&found, true)
    ));
    for (year, share) in &found {
        let (x, y) = (axes.x(*year), axes.y(*share));
        svg.push_str(&format!(
            "<circle class=\"point\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\"/>"
        ));
    }
    if let Some((year, share)) = found.last() {
        let (x, y) = (axes.x(*year), axes.y(*share));
        let above = if y > SIZE.1 - ROOM.3 - 24.0 || *share >= 0.0 {
            -10.0
        } else {
            18.0
        };
        let text = goal
            .years
            .iter()
            .find(|one| one.year == *year)
            .and_then(|one| one.change)
            .unwrap_or(Rate::ZERO);
        let anchor = if *year == first { "start" } else { "middle" };
        svg.push_str(&label(
            x,
            y + above,
            anchor,
            "label-found",
            &numbers::change(text, words.tongue),
        ));
    }
    Some(frame(SIZE, &words.text("chart-trajectory"), &svg))
}

/// The band in the goal year as change since the base year, where there is one.
fn ahead(goal: &GoalView) -> Option<[f64; 3]> {
    let (_, band, base) = crate::pages::figures::forecast(goal)?;
    let change = |figure: &greenheart_app::FigureView| Some(figure.value?.ratio(base)?.to_model_f64() - 1.0);
    Some([change(&band.p5)?, change(&band.p50)?, change(&band.p95)?])
}

/// One bar of a list: how long, split how.
pub struct Bar {
    /// What it is of.
    pub label: String,
    /// Length of each part and the class of its colour.
    pub parts: Vec<(f64, &'static str)>,
    /// Its value as text.
    pub text: String,
}

/// Lying bars, longest first as given.
pub fn bars(title: &str, bars: &[Bar]) -> Option<Svg> {
    let longest = bars
        .iter()
        .map(|bar| bar.parts.iter().map(|(length, _)| length).sum::<f64>())
        .fold(0.0, f64::max);
    if longest <= 0.0 {
        return None;
    }
    let (width, row, left, right) = (640.0, 26.0, 210.0, 100.0);
    let mut svg = String::new();
    for (at, bar) in bars.iter().enumerate() {
        #[expect(clippy::cast_precision_loss, reason = "a list on a page is short")]
        let y = at as f64 * row;
        svg.push_str(&label(left - 8.0, y + 17.0, "end", "label-axis", &bar.label));
        let mut x = left;
        for (length, class) in &bar.parts {
            let long = length.max(0.0) / longest * (width - left - right);
            svg.push_str(&format!(
                "<rect class=\"{class}\" x=\"{x:.1}\" y=\"{:.1}\" width=\"{long:.1}\" height=\"{:.1}\"/>",
                y + 4.0,
                row - 8.0
            ));
            x += long;
        }
        svg.push_str(&label(x + 6.0, y + 17.0, "start", "label-axis", &bar.text));
    }
    #[expect(clippy::cast_precision_loss, reason = "a list on a page is short")]
    let height = bars.len() as f64 * row;
    Some(frame((width, height), title, &svg))
}

/// Shapes in a frame that says what they are.
pub fn frame(size: (f64, f64), title: &str, inside: &str) -> Svg {
    Svg(format!(
        "<svg class=\"chart\" viewBox=\"0 0 {:.0} {:.0}\" role=\"img\" aria-label=\"{}\">{inside}</svg>",
        size.0,
        size.1,
        escape(title)
    ))
}

/// Text at a place.
pub fn label(x: f64, y: f64, anchor: &str, class: &str, text: &str) -> String {
    format!(
        "<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>",
        escape(text)
    )
}

/// From years and shares to places.
struct Axes {
    years: (i16, i16),
    low: f64,
    high: f64,
}

impl Axes {
    fn over(years: (i16, i16), shares: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = shares.fold((0.0_f64, 0.0_f64), |(low, high), share| {
            (low.min(share), high.max(share))
        });
        let step = step(high - low);
        low = (low / step).floor() * step;
        high = (high / step).ceil() * step;
        if high - low < step {
            high = low + step;
        }
        Self { years, low, high }
    }

    fn x(&self, year: i16) -> f64 {
        let span = f64::from((self.years.1 - self.years.0).max(1));
        ROOM.0 + f64::from(year - self.years.0) / span * (SIZE.0 - ROOM.0 - ROOM.2)
    }

    fn y(&self, share: f64) -> f64 {
        ROOM.1 + (self.high - share) / (self.high - self.low) * (SIZE.1 - ROOM.1 - ROOM.3)
    }

    /// A line through the points; where a year is missing it breaks.
    fn path(&self, points: &[Point], breaks: bool) -> String {
        let mut path = String::new();
        let mut before: Option<i16> = None;
        for (year, share) in points {
            let joined = before.is_some_and(|before| !breaks || year - before == 1);
            let command = if joined { 'L' } else { 'M' };
            path.push_str(&format!("{command}{:.1} {:.1}", self.x(*year), self.y(*share)));
            before = Some(*year);
        }
        path
    }

    fn grid(&self) -> String {
        let mut svg = String::new();
        let step = step(self.high - self.low);
        let mut at = self.low;
        while at <= self.high + step / 2.0 {
            let (y, zero) = (self.y(at), at.abs() < step / 10.0);
            let class = if zero { "axis" } else { "grid" };
            svg.push_str(&format!(
                "<line class=\"{class}\" x1=\"{:.1}\" x2=\"{:.1}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/>",
                ROOM.0,
                SIZE.0 - ROOM.2
            ));
            let text = percent_of(if zero { 0.0 } else { at });
            svg.push_str(&label(ROOM.0 - 6.0, y + 4.0, "end", "label-axis", &text));
            at += step;
        }
        for year in self.years.0..=self.years.1 {
            svg.push_str(&label(
                self.x(year),
                SIZE.1 - 8.0,
                "middle",
                "label-axis",
                &year.to_string(),
            ));
        }
        svg
    }
}

fn percent_of(share: f64) -> String {
    let whole = (share * 100.0).round();
    let sign = match whole {
        w if w < 0.0 => "\u{2212}",
        w if w > 0.0 => "+",
        _ => "",
    };
    format!("{sign}{}\u{a0}%", whole.abs())
}

/// A step of one, two or five that divides the span into a few parts.
fn step(span: f64) -> f64 {
    [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
        .into_iter()
        .find(|step| span / step <= 6.0)
        .unwrap_or(100.0)
}
