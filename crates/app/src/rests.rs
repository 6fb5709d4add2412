//! What the lines of a year rest on: the factors that were applied, and what is in doubt about them.
//!
//! Each factor version is one source of doubt wherever it was applied; what a member states about an activity is another,
//! one for each member, line and year. Rows are looked at once for each posting and kept, and what they say of a member's
//! year is kept for as long as its postings stand, so that a new batch costs the work of its member alone.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use greenheart_account::{BoundaryLine, InventoryRow};
use greenheart_footprint::uncertainty::Doubt;
use greenheart_footprint::uncertainty::pedigree::{PedigreeSet, sigma};
use greenheart_footprint::uncertainty::total::SumTerm;
use greenheart_ledger::LineFactor;
use greenheart_model::{
    Category, Factor, FactorId, GasMasses, GwpSet, MemberId, Method, Pedigree, Scope, Scope2Basis, Text,
};
use greenheart_units::{Amount, Co2e, Rate, Rounding};

use crate::posted::Posted;
use crate::snapshot::Snapshot;
use crate::{App, AppError};

/// What a member states about an activity, by method: the scores of the pedigree matrix and a basic factor. A supplier's
/// figure and a meter carry their own doubt and no factor's.
const fn stated(method: Method) -> (Pedigree, f64) {
    match method {
        Method::Measured => ([1, 1, 1, 1, 1], 1.05),
        Method::SupplierSpecific => ([2, 2, 1, 1, 2], 1.05),
        Method::Activity | Method::Unbound | Method::NotApplicable => ([1, 2, 1, 1, 1], 1.05),
        Method::Spend => ([2, 2, 2, 1, 4], 1.2),
    }
}

/// Basic factor of what is not in the scores, by what a factor describes.
fn basic(factor: &Factor) -> f64 {
    match &*factor.aspect {
        "transport" | "travel" => 2.0,
        "spend" => 1.5,
        _ => 1.05,
    }
}

/// A factor's doubt and its scores.
pub(crate) struct Known {
    doubt: Doubt,
    pedigree: Pedigree,
}

/// Every factor of every set by its pedigree.
pub(crate) type Doubts = BTreeMap<FactorId, Known>;

/// A line of a member, but for its year.
type Line = (Scope, Category, Text, Method);
/// A line of an account.
pub(crate) type LineKey = (MemberId, Line);

/// What the lines of one member rest on in a year.
pub(crate) type OwnRests = BTreeMap<Line, LineRests>;

/// What a line rests on.
pub(crate) struct LineRests {
    activity: Doubt,
    parts: Vec<FactorPart>,
}

/// What one factor contributes to a line.
struct FactorPart {
    kg: Amount,
    doubt: Option<Doubt>,
    pedigree: Option<Pedigree>,
}

/// What a member's rests of a year follow from.
#[derive(PartialEq, Eq, PartialOrd, Ord, Clone)]
pub(crate) struct RestsKey {
    pub(crate) member: MemberId,
    pub(crate) year: i16,
    pub(crate) gwp: GwpSet,
    pub(crate) basis: Scope2Basis,
}

/// Which factors the lines of a year rest on.
pub(crate) struct Rests {
    year: i16,
    members: BTreeMap<MemberId, Arc<OwnRests>>,
}

/// A score of the pedigree, or whether there is one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Score {
    /// Whether it is rated: one or zero.
    Rated,
    /// Fit of the technology, 1 to 5.
    Technology,
    /// Fit of the place, 1 to 5.
    Geography,
    /// Fit of the time, 1 to 5.
    Time,
}

impl Score {
    /// Pedigrees are in the order reliability, completeness, time, geography, technology.
    const fn of(self, pedigree: Pedigree) -> u8 {
        match self {
            Self::Rated => 1,
            Self::Technology => pedigree[4],
            Self::Geography => pedigree[3],
            Self::Time => pedigree[2],
        }
    }
}

/// The key of a line of an account.
pub(crate) fn line_key(line: &BoundaryLine) -> LineKey {
    let own = (line.scope, line.category, Text::clone(&line.line), line.method);
    (line.member.clone(), own)
}

/// The key of a line of an inventory.
pub(crate) fn row_key(row: &InventoryRow) -> LineKey {
    let own = (row.scope, row.category, Text::from(row.line.as_str()), row.method);
    (row.member.clone(), own)
}

impl Rests {
    fn of(&self, (member, line): &LineKey) -> Option<&LineRests> {
        self.members.get(member)?.get(line)
    }

    /// The terms of `kg` of a line, one for each factor it rests on; they add up to it exactly.
    pub(crate) fn terms(&self, key: &LineKey, kg: Amount) -> Result<Vec<SumTerm>, AppError> {
        let Some(rests) = self.of(key).filter(|rests| !rests.parts.is_empty()) else {
            return Ok(vec![SumTerm {
                central: Co2e::new(kg),
                doubts: vec![activity(self.year, &key.0, &key.1)?],
            }]);
        };
        let whole: Amount = rests.parts.iter().map(|part| part.kg).sum();
        let mut left = kg;
        let mut terms = Vec::with_capacity(rests.parts.len());
        for (at, part) in rests.parts.iter().enumerate() {
            let share = if at + 1 == rests.parts.len() {
                left
            } else {
                kg.times(part.kg.ratio(whole).unwrap_or_default(), Rounding::HalfEven)?
            };
            left -= share;
            let mut doubts = vec![rests.activity.clone()];
            doubts.extend(part.doubt.clone());
            terms.push(SumTerm {
                central: Co2e::new(share),
                doubts,
            });
        }
        Ok(terms)
    }

    /// Mean score of a line, weighed by what each factor contributes; what is not rated counts as nothing. A measurement
    /// is rated by itself; a supplier's figure and what waits for a factor are not.
    pub(crate) fn score(&self, key: &LineKey, score: Score) -> Rate {
        let whole = |score: u8| Rate::from_mantissa(i128::from(score) * Rate::ONE_MANTISSA);
        if key.1.3 == Method::Measured {
            return whole(score.of(stated(Method::Measured).0));
        }
        let parts = self.of(key).map(|rests| rests.parts.as_slice()).unwrap_or_default();
        let all: Amount = parts.iter().map(|part| part.kg.abs()).sum();
        let scored = parts.iter().filter_map(|part| {
            let weight = part.kg.abs().ratio(all)?;
            weight.times(whole(score.of(part.pedigree?)), Rounding::HalfEven).ok()
        });
        scored.fold(Rate::ZERO, |sum, part| sum + part)
    }

    /// Terms of what counts once of a panel's lines.
    pub(crate) fn of_lines(
        &self,
        panel: &BTreeSet<MemberId>,
        lines: &[BoundaryLine],
    ) -> Result<Vec<SumTerm>, AppError> {
        let mut terms = Vec::new();
        for line in lines.iter().filter(|line| line.counted && !line.is_internal(panel)) {
            terms.extend(self.terms(&line_key(line), line.co2e_kg)?);
        }
        Ok(terms)
    }
}

fn activity(year: i16, member: &MemberId, (_, _, line, method): &Line) -> Result<Doubt, AppError> {
    let (scores, factor) = stated(*method);
    Ok(Doubt {
        source: format!("activity/{year}/{member}/{line}/{method}").into(),
        sigma: sigma(scores, factor, PedigreeSet::Expert).map_err(|error| AppError::Damaged(error.to_string()))?,
    })
}

impl App {
    /// Which factors the lines of a year rest on, from the rows.
    pub(crate) async fn rests(
        &self,
        snapshot: &Snapshot,
        year: i16,
        gwp: GwpSet,
        basis: Scope2Basis,
        members: Option<&BTreeSet<MemberId>>,
    ) -> Result<Rests, AppError> {
        let doubts = self.doubts().await?;
        let mut of_members = BTreeMap::new();
        for posted in self.line_factors(snapshot, members).await? {
            let member = posted.member.clone();
            let key = RestsKey {
                member: member.clone(),
                year,
                gwp,
                basis,
            };
            let own = match self.cache.rests(&key, &posted.postings, &doubts) {
                Some(kept) => kept,
                None => {
                    let made = Arc::new(own_rests(&key, &posted, &doubts)?);
                    self.cache
                        .keep_rests(key, posted.postings, Arc::clone(&doubts), Arc::clone(&made));
                    made
                }
            };
            of_members.insert(member, own);
        }
        Ok(Rests {
            year,
            members: of_members,
        })
    }

    /// Doubt about each factor by its pedigree, whichever set it stands in.
    async fn doubts(&self) -> Result<Arc<Doubts>, AppError> {
        let versions = self.store.factor_sets().await?;
        let make = async {
            let mut known = Doubts::new();
            for version in &versions {
                for factor in self.factor_set(version).await?.factors() {
                    let sigma = sigma(factor.pedigree, basic(factor), PedigreeSet::Expert)
                        .map_err(|error| AppError::Damaged(format!("factor `{}`: {error}", factor.id)))?;
                    let source = format!("factor/{}", factor.id).into();
                    let (doubt, pedigree) = (Doubt { source, sigma }, factor.pedigree);
                    known.insert(factor.id.clone(), Known { doubt, pedigree });
                }
            }
            Ok(known)
        };
        self.cache.doubts.of(versions.clone(), make).await
    }
}

fn own_rests(key: &RestsKey, posted: &Posted, doubts: &Doubts) -> Result<OwnRests, AppError> {
    let asked = |line: &&LineFactor| line.year == key.year && [Scope2Basis::Both, key.basis].contains(&line.basis);
    let mut sums: BTreeMap<(Line, Option<FactorId>), GasMasses> = BTreeMap::new();
    for line in posted.lines.iter().flat_map(|lines| lines.iter()).filter(asked) {
        let own = (line.scope, line.category, Text::clone(&line.line), line.method);
        let slot = sums.entry((own, line.factor.clone())).or_default();
        *slot = slot.checked_add(&line.gases)?;
    }
    let mut rests = OwnRests::new();
    for ((line, factor), gases) in sums {
        let known = factor.as_ref().and_then(|id| doubts.get(id));
        let part = FactorPart {
            kg: gases.co2e(key.gwp)?,
            doubt: known.map(|known| known.doubt.clone()),
            pedigree: known.map(|known| known.pedigree),
        };
        match rests.get_mut(&line) {
            Some(own) => own.parts.push(part),
            None => {
                let activity = activity(key.year, &key.member, &line)?;
                let parts = vec![part];
                rests.insert(line, LineRests { activity, parts });
            }
        }
    }
    Ok(rests)
}
