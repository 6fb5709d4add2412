//! From a file to activities: the two passes.

use greenheart_model::{Coverage, OrgNo, SiteId};

use super::Mapping;
use crate::{Limits, ReadError, Sink, Source, Summary};

/// What the caller knows of the file.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Bounds on memory and time.
    pub limits: Limits,
    /// Whose file it should be.
    pub expected_org: Option<OrgNo>,
    /// Sites that a site column may name.
    pub sites: Vec<KnownSite>,
    /// What the file covers, stated by a person; replaces what the file or the mapping says.
    pub coverage: Option<Vec<Coverage>>,
}

/// A site that a file may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSite {
    /// Its identifier.
    pub id: SiteId,
    /// Its name.
    pub name: String,
    /// Its sub-unit number.
    pub sub_unit: Option<OrgNo>,
}
