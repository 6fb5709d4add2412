//! Why an account changed between two periods.
//!
//! Each line of the account is a chain of levels, from activity down to emissions; what each link did is its effect
//! by additive LMDI-I ([`lmdi`]). The change that data and method made comes first and stays apart, so that better data
//! never looks like a reduction. Lines with a negative level stay outside, in a term of their own. All effects add up
//! exactly, as decimals, for a member, a sector and the cluster.

pub mod lmdi;

use std::collections::BTreeMap;

use greenheart_model::{MemberId, Text};
use greenheart_units::{Amount, Co2e};

/// What kind of line, and thereby which links its chain has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Levels: output of all, output of the unit, its energy, energy of one carrier, emissions.
    Energy,
    /// Levels: output, emissions.
    Process,
    /// Levels: tonne-kilometres of all, of the mode, vehicle-kilometres, energy, emissions.
    Freight,
    /// Levels: quantity (or constant kroner), emissions.
    Purchases,
}

impl Identity {
    /// Every identity.
    pub const ALL: [Self; 4] = [Self::Energy, Self::Process, Self::Freight, Self::Purchases];

    /// The stable name, as in files and columns.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Energy => "energy",
            Self::Process => "process",
            Self::Freight => "freight",
            Self::Purchases => "purchases",
        }
    }

    /// The effects of its links, in the order of its levels.
    pub const fn effects(self) -> &'static [&'static str] {
        match self {
            Self::Energy => &["activity", "structure", "intensity", "mix", "factor"],
            Self::Process => &["activity", "intensity"],
            Self::Freight => &["tonne_km", "mode", "load", "energy", "factor"],
            Self::Purchases => &["quantity", "factor"],
        }
    }
}

/// Effect of changed data, factors and methods on the earlier period.
pub const DATA_AND_METHOD: &str = "data_and_method";
/// Change of lines with a negative level, which no logarithm takes.
pub const OUTSIDE: &str = "outside";

/// A line of the account in two periods, both on the later period's data and method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Whose.
    pub member: MemberId,
    /// Sector of the member.
    pub sector: Text,
    /// What: carrier, process, mode or item.
    pub item: Text,
    /// Which chain.
    pub identity: Identity,
    /// Levels before, the last in kgCO2e. As many as the identity has effects.
    pub before: Vec<Amount>,
    /// Levels after.
    pub after: Vec<Amount>,
}

/// What a member's earlier period was before its restatement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restatement {
    /// Whose.
    pub member: MemberId,
    /// Sector of the member.
    pub sector: Text,
    /// As it was published, kgCO2e.
    pub published: Co2e,
    /// On the later period's data and method, kgCO2e.
    pub restated: Co2e,
}

/// One effect of one line or restatement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// Whose.
    pub member: MemberId,
    /// Sector of the member.
    pub sector: Text,
    /// What; empty for data and method.
    pub item: Text,
    /// Which chain; `None` for data and method.
    pub identity: Option<Identity>,
    /// Which link, or [`DATA_AND_METHOD`], or [`OUTSIDE`].
    pub effect: &'static str,
    /// kgCO2e; negative where it reduced.
    pub change: Co2e,
}

/// The change and its effects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decomposition {
    /// The earlier period as published.
    pub before: Co2e,
    /// The later period.
    pub after: Co2e,
    /// Data and method first, then line after line; they add up to `after - before` exactly.
    pub effects: Vec<Effect>,
}

/// Why there is no decomposition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecompositionError {
    /// There is no line.
    #[error("there is nothing to decompose: no line in either period")]
    Empty,
    /// A line has another number of levels than its identity.
    #[error("line `{item}` of `{member}` has {got} levels, `{}` has {}", identity.name(), identity.effects().len())]
    Levels {
        /// Whose.
        member: MemberId,
        /// What.
        item: Text,
        /// Which chain.
        identity: Identity,
        /// Levels given.
        got: usize,
    },
    /// A level is zero and one below it is not, as emissions without energy.
    #[error("line `{item}` of `{member}` has nothing at level {level} but something below it")]
    Broken {
        /// Whose.
        member: MemberId,
        /// What.
        item: Text,
        /// The level that is zero, from 0.
        level: usize,
    },
    /// The restated lines are not what the restatement says.
    #[error("lines of `{member}` begin at {lines}, its restatement at {restated}")]
    Restated {
        /// Whose.
        member: MemberId,
        /// Sum of its lines before.
        lines: Co2e,
        /// What the restatement says.
        restated: Co2e,
    },
}

/// Decomposes the change from the published earlier period to the later one.
///
/// # Errors
/// [`DecompositionError`]; nothing is decomposed in part.
/// # Source
/// See [`lmdi`]; identities as in `docs/concepts/why-it-changed.md`.
pub fn decompose(lines: &[Line], restatements: &[Restatement]) -> Result<Decomposition, DecompositionError> {
    if lines.is_empty() {
        return Err(DecompositionError::Empty);
    }
    let mut effects = restated_effects(lines, restatements)?;
    for line in lines {
        effects.extend(line_effects(line)?);
    }
    let after: Co2e = lines.iter().map(|line| emissions(&line.after)).sum();
    let change: Co2e = effects.iter().map(|effect| effect.change).sum();
    Ok(Decomposition {
        before: after - change,
        after,
        effects,
    })
}

impl Decomposition {
    /// Effects of the cluster, by identity and effect.
    pub fn by_effect(&self) -> BTreeMap<(Option<Identity>, &'static str), Co2e> {
        self.grouped(|effect| (effect.identity, effect.effect))
    }

    /// Effects of each member.
    pub fn by_member(&self) -> BTreeMap<(&MemberId, Option<Identity>, &'static str), Co2e> {
        self.grouped(|effect| (&effect.member, effect.identity, effect.effect))
    }

    /// Effects of each sector.
    pub fn by_sector(&self) -> BTreeMap<(&str, Option<Identity>, &'static str), Co2e> {
        self.grouped(|effect| (&*effect.sector, effect.identity, effect.effect))
    }

    fn grouped<'a, K: Ord>(&'a self, key: impl Fn(&'a Effect) -> K) -> BTreeMap<K, Co2e> {
        let mut groups = BTreeMap::new();
        for effect in &self.effects {
            *groups.entry(key(effect)).or_insert(Co2e::ZERO) += effect.change;
        }
        groups
    }
}

fn emissions(levels: &[Amount]) -> Co2e {
    Co2e::new(levels.last().copied().unwrap_or_default())
}

fn restated_effects(lines: &[Line], restatements: &[Restatement]) -> Result<Vec<Effect>, DecompositionError> {
    let effects = restatements.iter().map(|restatement| {
        let own = lines.iter().filter(|line| line.member == restatement.member);
        let begins: Co2e = own.map(|line| emissions(&line.before)).sum();
        if begins != restatement.restated {
            return Err(DecompositionError::Restated {
                member: restatement.member.clone(),
                lines: begins,
                restated: restatement.restated,
            });
        }
        Ok(Effect {
            member: restatement.member.clone(),
            sector: restatement.sector.clone(),
            item: Text::from(""),
            identity: None,
            effect: DATA_AND_METHOD,
            change: restatement.restated - restatement.published,
        })
    });
    effects.collect()
}

fn line_effects(line: &Line) -> Result<Vec<Effect>, DecompositionError> {
    let names = line.identity.effects();
    for levels in [&line.before, &line.after] {
        if levels.len() != names.len() {
            return Err(DecompositionError::Levels {
                member: line.member.clone(),
                item: line.item.clone(),
                identity: line.identity,
                got: levels.len(),
            });
        }
    }
    let effect = |name, change| Effect {
        member: line.member.clone(),
        sector: line.sector.clone(),
        item: line.item.clone(),
        identity: Some(line.identity),
        effect: name,
        change,
    };
    let change = emissions(&line.after) - emissions(&line.before);
    if line.before.iter().chain(&line.after).any(|level| level.is_negative()) {
        return Ok(vec![effect(OUTSIDE, change)]);
    }
    let (before, after) = links(line)?;
    let parts = exact(&lmdi::additive(&before, &after), change.amount());
    Ok(names
        .iter()
        .zip(parts)
        .map(|(name, part)| effect(*name, Co2e::new(part)))
        .collect())
}

/// The links of the chain in both periods. A link below a zero is unknown there; it is taken not to have changed.
fn links(line: &Line) -> Result<(Vec<f64>, Vec<f64>), DecompositionError> {
    let before = ratios(line, &line.before)?;
    let after = ratios(line, &line.after)?;
    let known = |one: &[Option<f64>], other: &[Option<f64>]| -> Vec<f64> {
        let pairs = one.iter().zip(other);
        pairs.map(|(one, other)| one.or(*other).unwrap_or(1.0)).collect()
    };
    Ok((known(&before, &after), known(&after, &before)))
}

fn ratios(line: &Line, levels: &[Amount]) -> Result<Vec<Option<f64>>, DecompositionError> {
    let mut above = Amount::ONE;
    let mut found = Vec::with_capacity(levels.len());
    for (at, &level) in levels.iter().enumerate() {
        if above.is_zero() && !level.is_zero() {
            return Err(DecompositionError::Broken {
                member: line.member.clone(),
                item: line.item.clone(),
                level: at - 1,
            });
        }
        found.push((!above.is_zero()).then(|| level.to_model_f64() / above.to_model_f64()));
        above = level;
    }
    Ok(found)
}

/// Rounds to the decimals of the ledger so that the parts add up to `total`; the largest takes what rounding leaves.
fn exact(parts: &[f64], total: Amount) -> Vec<Amount> {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "parts are of the size of decimals that fitted"
    )]
    let mut rounded: Vec<Amount> = parts
        .iter()
        .map(|part| Amount::from_mantissa((part * 1e6).round() as i128))
        .collect();
    let sum: Amount = rounded.iter().copied().sum();
    if let Some(largest) = rounded.iter_mut().max_by_key(|part| part.abs()) {
        *largest += total - sum;
    }
    rounded
}
