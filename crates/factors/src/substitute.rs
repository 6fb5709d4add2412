//! The closest stand-in where no factor fits exactly, and the findings that say so.

use greenheart_model::{Date, Factor, FactorSet, Finding, Place, Severity};
use greenheart_units::{Basis, Dimension};

use crate::country;

/// What is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted<'a> {
    /// Item of the catalogue.
    pub item: &'a str,
    /// What about it: `combustion`, `location`, …
    pub aspect: &'a str,
    /// What the quantity measures.
    pub dimension: Dimension,
    /// On which basis.
    pub basis: Basis,
    /// ISO 3166 country.
    pub region: &'a str,
    /// The day it is for.
    pub day: Date,
}

/// A factor that fits, or stands in for one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Substitute<'a> {
    /// It.
    pub factor: &'a Factor,
    /// Years between its validity and the day; zero when it is valid.
    pub years_off: i16,
    /// Whether it describes another region.
    pub other_region: bool,
    /// Whether its basis was assumed to be the one asked for.
    pub basis_assumed: bool,
    /// `factor.nearest_year`, `factor.other_region`, `factor.basis_assumed`; none when it fits exactly.
    pub findings: Vec<Finding>,
}

/// The factor that fits best: the nearest region first, then the nearest year, the exact basis and the newest
/// data. `None` when the set has nothing on the item, aspect and dimension.
pub fn substitute<'a>(set: &'a FactorSet, wanted: &Wanted<'_>) -> Option<Substitute<'a>> {
    let candidates = set
        .factors()
        .iter()
        .filter_map(|factor| rank(factor, wanted).map(|rank| (rank, factor)));
    let ((far, years_off, basis, _), factor) = candidates.min_by(|(a, x), (b, y)| a.cmp(b).then(x.id.cmp(&y.id)))?;
    let mut found = Substitute {
        factor,
        years_off,
        other_region: far > 1,
        basis_assumed: basis > 0,
        findings: Vec::new(),
    };
    found.findings = findings(&found, wanted);
    Some(found)
}

/// Distance of the region, years off, basis assumed, age of the data; `None` when it cannot stand in at all.
fn rank(factor: &Factor, wanted: &Wanted<'_>) -> Option<(u8, i16, u8, i16)> {
    let fits =
        &*factor.item == wanted.item && &*factor.aspect == wanted.aspect && factor.per.dimension == wanted.dimension;
    let basis = match (factor.per.basis, wanted.basis) {
        (ours, theirs) if ours == theirs => 0,
        (Basis::NetCalorific, Basis::Plain) | (Basis::Plain, Basis::Wet | Basis::Dry) => 1,
        _ => return None,
    };
    let far = country::distance(&factor.region, wanted.region);
    fits.then(|| (far, years_off(factor, wanted.day), basis, -factor.data_year))
}

fn years_off(factor: &Factor, day: Date) -> i16 {
    if day < factor.valid_from {
        return (factor.valid_from.year() - day.year()).max(1);
    }
    let past = factor.valid_to.filter(|to| *to < day);
    past.map_or(0, |to| (day.year() - to.year()).max(1))
}

fn findings(found: &Substitute<'_>, wanted: &Wanted<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note = |code: &str, detail: String| {
        let place = Place {
            field: found.factor.id.to_string().into(),
            ..Place::default()
        };
        findings.push(Finding {
            code: code.into(),
            severity: Severity::Warning,
            place,
            detail,
        });
    };
    let (item, aspect) = (wanted.item, wanted.aspect);
    if found.years_off > 0 {
        let detail = format!(
            "{item}, {aspect}: no factor for {}, `{}` is {} years off",
            wanted.day, found.factor.id, found.years_off
        );
        note("factor.nearest_year", detail);
    }
    if found.other_region {
        let detail = format!(
            "{item}, {aspect}: no factor for {}, `{}` is of {}",
            wanted.region, found.factor.id, found.factor.region
        );
        note("factor.other_region", detail);
    }
    if found.basis_assumed {
        let basis = found.factor.per.basis.name();
        note(
            "factor.basis_assumed",
            format!("{item}, {aspect}: read on the basis {basis}"),
        );
    }
    findings
}
