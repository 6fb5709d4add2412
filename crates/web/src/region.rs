//! The region with its sites as a picture, drawn where the page is made: for pages that load no map, and without a script.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use crate::chart::{Svg, frame_of_links, label};
use crate::places;
use crate::shown::escape;

/// Width of the picture, in its own units; its height follows the region.
const WIDTH: f64 = 480.0;
/// Room around the outermost sites, a part of the region's extent.
const ROOM: f64 = 0.18;
/// Least extent of what is shown, degrees of latitude: a single site still shows where it is.
const LEAST: f64 = 0.5;

/// A site to draw.
pub struct Site {
    /// What it is called.
    pub name: String,
    /// Where its member's page is.
    pub href: String,
    /// Number of its municipality.
    pub municipality: String,
    /// Degrees north.
    pub north: f64,
    /// Degrees east.
    pub east: f64,
    /// It counts in the goals.
    pub inside: bool,
}

/// A municipality: number, and its rings of longitude and latitude.
type Outline = (&'static str, Vec<Vec<(f64, f64)>>);

/// Every ring is a row of steps in 1/500 degree.
static OUTLINES: LazyLock<Vec<Outline>> = LazyLock::new(|| {
    let lines = include_str!("../assets/outlines.tsv").lines();
    let outlines = lines.filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut parts = line.split('\t');
        let (number, _, rings) = (parts.next()?, parts.next()?, parts.next()?);
        Some((number, rings.split(';').map(ring).collect()))
    });
    outlines.collect()
});

fn ring(text: &str) -> Vec<(f64, f64)> {
    let steps: Vec<f64> = text.split(' ').filter_map(|step| step.parse().ok()).collect();
    let (mut x, mut y) = (0.0, 0.0);
    let add = |pair: &[f64]| {
        x += pair[0];
        y += pair[1];
        (x / 500.0, y / 500.0)
    };
    steps.chunks_exact(2).map(add).collect()
}

/// What is shown, and how degrees become places on the picture.
struct View {
    west: f64,
    north: f64,
    per_degree: (f64, f64),
    height: f64,
}

impl View {
    fn around(sites: &[Site]) -> Option<Self> {
        let (first, rest) = sites.split_first()?;
        let start = (first.east, first.east, first.north, first.north);
        let (west, east, south, north) = rest.iter().fold(start, |(west, east, south, north), site| {
            (
                west.min(site.east),
                east.max(site.east),
                south.min(site.north),
                north.max(site.north),
            )
        });
        // A degree of longitude is shorter the farther north it is.
        let narrow = f64::midpoint(south, north).to_radians().cos();
        let tall = (north - south).max(LEAST) * (1.0 + 2.0 * ROOM);
        let wide = ((east - west) * narrow).max(LEAST) * (1.0 + 2.0 * ROOM);
        // Neither a ribbon nor a tower: it stands among other figures.
        let wide = wide.max(tall * 1.3);
        let tall = tall.max(wide * 0.55);
        let per_degree = WIDTH / wide;
        Some(Self {
            west: f64::midpoint(west, east) - wide / narrow / 2.0,
            north: f64::midpoint(south, north) + tall / 2.0,
            per_degree: (per_degree * narrow, per_degree),
            height: tall * per_degree,
        })
    }

    fn place(&self, (east, north): (f64, f64)) -> (f64, f64) {
        (
            (east - self.west) * self.per_degree.0,
            (self.north - north) * self.per_degree.1,
        )
    }

    /// Whether any of a ring may be seen.
    fn sees(&self, ring: &[(f64, f64)]) -> bool {
        let places: Vec<(f64, f64)> = ring.iter().map(|point| self.place(*point)).collect();
        let outside = |beyond: &dyn Fn(&(f64, f64)) -> bool| places.iter().all(beyond);
        !(outside(&|place| place.0 < 0.0)
            || outside(&|place| place.0 > WIDTH)
            || outside(&|place| place.1 < 0.0)
            || outside(&|place| place.1 > self.height))
    }
}

/// Municipalities with a site tinted and named, and the sites, each a link; nothing without a site.
pub fn picture(title: &str, sites: &[Site]) -> Option<Svg> {
    let view = View::around(sites)?;
    let here: BTreeSet<&str> = sites.iter().map(|site| site.municipality.as_str()).collect();
    let mut land = String::new();
    for (number, rings) in OUTLINES.iter() {
        let class = if here.contains(number) { "map-here" } else { "map-land" };
        for ring in rings.iter().filter(|ring| view.sees(ring)) {
            land.push_str(&format!("<path class=\"{class}\" d=\"{}\"/>", path(&view, ring)));
        }
    }
    let names = here.iter().filter_map(|number| name(&view, sites, number));
    let names: String = names.collect();
    let dots = sites.iter().map(|site| {
        let (x, y) = view.place((site.east, site.north));
        let class = if site.inside { "map-inside" } else { "map-outside" };
        let name = escape(&site.name);
        format!(
            "<a href=\"{}\" aria-label=\"{name}\"><title>{name}</title><circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"6\"/></a>",
            escape(&site.href)
        )
    });
    let inside = land + &names + &dots.collect::<String>();
    Some(frame_of_links((WIDTH, view.height), title, &inside))
}

/// A ring in whole units: nobody sees less.
fn path(view: &View, ring: &[(f64, f64)]) -> String {
    let mut path = String::new();
    let mut before = None;
    for point in ring {
        let (x, y) = view.place(*point);
        let at = (x.round(), y.round());
        if before != Some(at) {
            let command = if before.is_none() { 'M' } else { 'L' };
            path.push_str(&format!("{command}{} {}", at.0, at.1));
        }
        before = Some(at);
    }
    path + "Z"
}

/// The name of a municipality beside its northernmost site, towards the nearer edge, where fewest others are.
fn name(view: &View, sites: &[Site], number: &str) -> Option<String> {
    let own = sites
        .iter()
        .filter(|site| site.municipality == number && !number.is_empty());
    let first = own.max_by(|a, b| a.north.total_cmp(&b.north))?;
    let (x, y) = view.place((first.east, first.north));
    let (x, anchor) = if x < WIDTH / 2.0 {
        (x - 10.0, "end")
    } else {
        (x + 10.0, "start")
    };
    Some(label(x, y + 5.0, anchor, "map-name", &places::municipality(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site(name: &str, north: f64, east: f64) -> Site {
        Site {
            name: name.into(),
            href: "/members/1".into(),
            municipality: "3401".into(),
            north,
            east,
            inside: true,
        }
    }

    #[test]
    fn sites_lie_inside_the_picture_and_names_are_only_names() {
        let sites = [site("A <b>", 60.19, 12.0), site("B", 60.6, 12.3)];
        let text = picture("Hvor", &sites).unwrap().to_string();
        assert!(text.contains(">Kongsvinger<") && text.contains("map-here"), "{text}");
        assert!(text.contains("A &lt;b&gt;") && !text.contains("<b>"), "{text}");
        let view = View::around(&sites).unwrap();
        for site in &sites {
            let (x, y) = view.place((site.east, site.north));
            assert!((0.0..WIDTH).contains(&x) && (0.0..view.height).contains(&y), "{x} {y}");
        }
        assert!(text.len() < 120_000, "{} bytes", text.len());
        assert!(picture("Hvor", &[]).is_none());
    }
}
