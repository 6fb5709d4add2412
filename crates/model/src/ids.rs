//! Typed identifiers. Each is text, so that both databases, Parquet and URLs carry it unchanged.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The identifier with this text.
            pub fn new(text: impl AsRef<str>) -> Self {
                Self(Arc::from(text.as_ref()))
            }
            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
        impl From<Arc<str>> for $name {
            /// The identifier with this text, shared and not copied.
            fn from(text: Arc<str>) -> Self {
                Self(text)
            }
        }
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> Ordering {
                // Rows beside each other mostly share the text itself.
                if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
            }
        }
        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }
    )*};
}

ids!(
    /// A member: its organisation number, or a slug for a body without one.
    MemberId,
    /// A site of a member.
    SiteId,
    /// An import set.
    BatchId,
    /// A source file of one member.
    FileId,
    /// A stored segment.
    SegmentId,
    /// One version of one factor.
    FactorId,
);
