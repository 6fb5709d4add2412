//! A picture of a plan: one coloured line per tour, as SVG.

use std::fmt::Write;

use crate::plan::{Plan, Tour, Visit};
use crate::problem::{Location, Problem};

/// Side of the picture in its own units.
const SIDE: f64 = 1000.0;
const MARGIN: f64 = 30.0;

/// Draws the tours over the locations' coordinates. Problems without coordinates give a picture without lines.
pub fn picture(problem: &Problem, plan: &Plan) -> String {
    let frame = Frame::around(&problem.locations);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\">\n<title>{}</title>\n\
         <rect width=\"{SIDE}\" height=\"{SIDE}\" fill=\"#fff\"/>\n",
        escaped(&problem.name)
    );
    for (number, tour) in plan.tours.iter().enumerate() {
        draw_tour(&mut svg, problem, &frame, number, tour);
    }
    for left in &plan.unassigned {
        if let Some(stop) = problem.jobs.get(left.job).and_then(|job| job.stops().next()) {
            let (x, y) = frame.place(&problem.locations[stop.location]);
            let _ = writeln!(
                svg,
                "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"none\" stroke=\"#c00\"><title>{}: {}</title></circle>",
                escaped(&problem.jobs[left.job].name),
                escaped(&left.reason)
            );
        }
    }
    for vehicle in &problem.vehicles {
        let (x, y) = frame.place(&problem.locations[vehicle.start]);
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\"/>",
            x - 6.0,
            y - 6.0
        );
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw_tour(svg: &mut String, problem: &Problem, frame: &Frame, number: usize, tour: &Tour) {
    let vehicle = &problem.vehicles[tour.vehicle];
    let stops: Vec<usize> = tour
        .visits
        .iter()
        .filter_map(|visit| match visit {
            Visit::Reload => Some(vehicle.start),
            _ => location(problem, visit),
        })
        .collect();
    let places = std::iter::once(vehicle.start)
        .chain(stops.iter().copied())
        .chain(vehicle.end);
    let points: Vec<String> = places
        .map(|place| {
            let (x, y) = frame.place(&problem.locations[place]);
            format!("{x:.1},{y:.1}")
        })
        .collect();
    // The golden angle keeps the colours of neighbouring numbers apart.
    let hue = (number * 137) % 360;
    let _ = writeln!(
        svg,
        "<g stroke=\"hsl({hue} 70% 42%)\" fill=\"hsl({hue} 70% 42%)\"><title>tour {}: {}, {} stops</title>\n\
         <polyline points=\"{}\" fill=\"none\" stroke-width=\"1.5\"/>",
        number + 1,
        escaped(&vehicle.name),
        stops.len(),
        points.join(" ")
    );
    for place in stops {
        let (x, y) = frame.place(&problem.locations[place]);
        let name = escaped(&problem.locations[place].name);
        let _ = writeln!(
            svg,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"2.5\"><title>{name}</title></circle>"
        );
    }
    svg.push_str("</g>\n");
}

fn location(problem: &Problem, visit: &Visit) -> Option<usize> {
    match *visit {
        Visit::Job(job) => problem.jobs.get(job)?.stops().next().map(|stop| stop.location),
        Visit::Delivery(job) => problem.jobs.get(job)?.stops().nth(1).map(|stop| stop.location),
        Visit::Station { station, .. } => problem.stations.get(station).map(|station| station.location),
        Visit::Pause(_) | Visit::Reload => None,
    }
}

/// How coordinates become places in the picture; north is up.
struct Frame {
    left: f64,
    top: f64,
    scale: f64,
}

impl Frame {
    fn around(locations: &[Location]) -> Self {
        let (mut low, mut high) = ((f64::INFINITY, f64::INFINITY), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        for location in locations {
            low = (low.0.min(location.x), low.1.min(location.y));
            high = (high.0.max(location.x), high.1.max(location.y));
        }
        let extent = (high.0 - low.0).max(high.1 - low.1);
        let scale = if extent > 0.0 {
            (SIDE - 2.0 * MARGIN) / extent
        } else {
            0.0
        };
        Self {
            left: low.0,
            top: high.1,
            scale,
        }
    }

    fn place(&self, location: &Location) -> (f64, f64) {
        let x = (location.x - self.left) * self.scale;
        let y = (self.top - location.y) * self.scale;
        (x + MARGIN, y + MARGIN)
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
