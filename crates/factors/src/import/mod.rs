//! Publications of others as factor sets.

mod eea;
mod epa_hub;
mod epa_spend;
mod exiobase;
mod gas_table;
mod ghg_protocol;
mod grid;
mod ignite;
mod make;
mod sniffing;
mod uk;
mod uk_flat;
mod uk_full;
mod useeio;

use std::fmt;
use std::str::FromStr;

use greenheart_model::{Date, FactorSet, FactorSetError, FindingLog};

use crate::own::{self, FactorFileError};
use crate::rates::CurrencyRates;

pub use sniffing::sniff;

/// A family of publications that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Our own table format.
    Own,
    /// UK Government conversion factors, full or condensed set: one sheet for each kind of activity.
    UkFull,
    /// UK Government conversion factors, flat file: one row for each gas.
    UkFlat,
    /// US EPA supply chain factors by NAICS.
    EpaSupplyChain,
    /// US EPA emission factors hub.
    EpaHub,
    /// USEEIO model export: a matrix of multipliers with its sectors and indicators.
    Useeio,
    /// Import factors derived from EXIOBASE.
    Exiobase,
    /// European Environment Agency, intensity of electricity by country and year.
    Eea,
    /// GHG Protocol emission factors from cross-sector tools.
    GhgProtocol,
    /// Ignite Procurement's activity factors.
    Ignite,
}

impl Kind {
    /// Every family.
    pub const ALL: [Self; 10] = [
        Self::Own,
        Self::UkFull,
        Self::UkFlat,
        Self::EpaSupplyChain,
        Self::EpaHub,
        Self::Useeio,
        Self::Exiobase,
        Self::Eea,
        Self::GhgProtocol,
        Self::Ignite,
    ];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::UkFull => "uk_full",
            Self::UkFlat => "uk_flat",
            Self::EpaSupplyChain => "epa_supply_chain",
            Self::EpaHub => "epa_hub",
            Self::Useeio => "useeio",
            Self::Exiobase => "exiobase",
            Self::Eea => "eea",
            Self::GhgProtocol => "ghg_protocol",
            Self::Ignite => "ignite",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Kind {
    type Err = ImportError;
    fn from_str(text: &str) -> Result<Self, ImportError> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == text);
        found.ok_or_else(|| ImportError::Unrecognised(text.chars().take(80).collect()))
    }
}

/// A file of a publication.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its name without folders: shown in findings, and years are read from it.
    pub file: &'a str,
    /// What is in it.
    pub bytes: &'a [u8],
}

/// What the importer cannot know from the files.
#[derive(Debug, Clone)]
pub struct Options {
    /// The day of entry.
    pub entered: Date,
    /// Where the user is; spend factors of elsewhere are marked.
    pub country: String,
    /// Kroner per unit of foreign currencies, for spend factors.
    pub rates: CurrencyRates,
    /// The day of publication, where the user knows it.
    pub published: Option<Date>,
    /// First day that the factors apply, where they are to apply to years before their own.
    pub valid_from: Option<Date>,
    /// Year of the edition, where neither the file nor its name says it.
    pub year: Option<i16>,
    /// Name of the set; made from the publication and its year when `None`.
    pub version: Option<String>,
}

impl Options {
    /// A Norwegian user with the built-in currency rates.
    pub fn norwegian(entered: Date) -> Self {
        Self {
            entered,
            country: "NO".to_owned(),
            rates: CurrencyRates::built_in(),
            published: None,
            valid_from: None,
            year: None,
            version: None,
        }
    }
}

/// A publication as a factor set, and what was noticed on the way.
#[derive(Debug, Clone)]
pub struct Imported {
    /// Which family it was.
    pub kind: Kind,
    /// Its factors.
    pub set: FactorSet,
    /// Rows not read, values that contradict each other, what was assumed.
    pub findings: FindingLog,
}

/// Why a publication could not be imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Nobody publishes a file that looks like this.
    #[error("`{0}` is not a factor publication that is known; name its kind, or use our own table format")]
    Unrecognised(String),
    /// The file breaks its own format.
    #[error("the file cannot be read: {0}")]
    Damaged(String),
    /// Larger than a publication is.
    #[error("{0} is larger than a factor publication")]
    TooLarge(&'static str),
    /// A file of a set of several is absent, or a sheet or column of one.
    #[error("{0} is missing")]
    Missing(String),
    /// The edition's year is nowhere.
    #[error("neither the file nor its name says which year it is of; state the year")]
    NoYear,
    /// No year of a calendar.
    #[error("{0} is no year of factors")]
    Year(i16),
    /// Nothing in the file could be read as a factor.
    #[error("no factor could be read")]
    Empty,
    /// The own format is strict.
    #[error(transparent)]
    Own(#[from] FactorFileError),
    /// The set as a whole is wrong.
    #[error(transparent)]
    Set(#[from] FactorSetError),
}

/// Reads the files of one publication as a factor set; `kind` is found from the files when `None`.
///
/// Rows that cannot be read are findings, not errors. The set is not checked: see [`crate::check()`].
///
/// # Errors
/// [`ImportError`] when the files are not of the kind, damaged, too large, or hold no factor.
pub fn import(kind: Option<Kind>, sources: &[Source<'_>], options: &Options) -> Result<Imported, ImportError> {
    let first = sources
        .first()
        .ok_or_else(|| ImportError::Missing("a file".to_owned()))?;
    let kind = match kind {
        Some(kind) => kind,
        None => sniff(sources)?,
    };
    let (set, findings) = match kind {
        Kind::Own => {
            let version = options.version.clone().unwrap_or_else(|| stem(first.file));
            (own::parse(first.bytes, &version)?, FindingLog::default())
        }
        Kind::UkFull => uk_full::read(first, options)?,
        Kind::UkFlat => uk_flat::read(first, options)?,
        Kind::EpaSupplyChain => epa_spend::read(first, options)?,
        Kind::EpaHub => epa_hub::read(first, options)?,
        Kind::Useeio => useeio::read(sources, options)?,
        Kind::Exiobase => exiobase::read(first, options)?,
        Kind::Eea => eea::read(first, options)?,
        Kind::GhgProtocol => ghg_protocol::read(first, options)?,
        Kind::Ignite => ignite::read(first, options)?,
    };
    Ok(Imported { kind, set, findings })
}

/// A file name without its ending.
fn stem(file: &str) -> String {
    file.rsplit_once('.').map_or(file, |(stem, _)| stem).to_owned()
}

/// The last year from 1990 to 2099 that stands in a text.
fn year_in(text: &str) -> Option<i16> {
    let mut found = None;
    let mut digits = String::new();
    for letter in text.chars().chain([' ']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if let Ok(year @ 1990..=2099) = digits.parse::<i16>()
            && digits.len() == 4
        {
            found = Some(year);
        }
        digits.clear();
    }
    found
}

/// The two digits of a year in an identifier.
fn two_digits(year: i16) -> String {
    format!("{:02}", year.rem_euclid(100))
}
