//! Streams as the catalogue keeps them.

use greenheart_circular::stream::{Standing, Stream, StreamId};
use greenheart_model::{MemberId, Text, Treatment};
use greenheart_store::KeptRow;
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use crate::{App, AppError};

/// Where part of a stream goes today.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// What becomes of it.
    pub treatment: Treatment,
    /// Who takes it, as the report names it.
    pub receiver: Option<Text>,
    /// The receiver, when it is a member.
    pub receiver_member: Option<MemberId>,
    /// How much in the year, kg.
    pub kg: Amount,
    /// What that cost, NOK; `None` when the report does not say.
    pub nok: Option<Amount>,
}

/// A stream with what the ledger knows of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept {
    /// The stream.
    pub stream: Stream,
    /// Item of the catalogue that it is, by which factors are found.
    #[serde(default)]
    pub item: Option<Text>,
    /// Of an offer: where it goes today.
    #[serde(default)]
    pub today: Vec<Fate>,
    /// Of a want: what is paid for it today, NOK in the year, and for how many kg that is known.
    #[serde(default)]
    pub paid: Option<(Amount, Amount)>,
    /// Of a want: kg of the year that is primary material.
    #[serde(default)]
    pub primary_kg: Option<Amount>,
    /// Year that the ledger was read of.
    #[serde(default)]
    pub year: Option<i16>,
    /// A guess that the ledger no longer bears out.
    #[serde(default)]
    pub gone: bool,
    /// Revision in the catalogue.
    #[serde(skip)]
    pub revision: i64,
}

impl Kept {
    /// A stream that somebody entered.
    pub(crate) fn entered(stream: Stream) -> Self {
        Self {
            stream,
            item: None,
            today: Vec::new(),
            paid: None,
            primary_kg: None,
            year: None,
            gone: false,
            revision: 0,
        }
    }

    /// Whether it may be matched and shown as open.
    pub(crate) fn is_open(&self) -> bool {
        self.stream.is_open() && !self.gone
    }

    pub(crate) fn is_inferred(&self) -> bool {
        matches!(self.stream.standing, Standing::Inferred(_))
    }

    pub(crate) fn of(row: &KeptRow) -> Result<Self, AppError> {
        let mut kept: Self = serde_json::from_str(&row.content)
            .map_err(|error| AppError::Damaged(format!("stream `{}`: {error}", row.id)))?;
        kept.revision = row.revision;
        Ok(kept)
    }

    fn text(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|error| AppError::Damaged(error.to_string()))
    }
}

impl App {
    /// Every stream, or those of a member, guesses that no longer hold left out.
    pub(crate) async fn kept_streams(&self, member: Option<&MemberId>) -> Result<Vec<Kept>, AppError> {
        let rows = self.store.streams(member).await?;
        let all: Result<Vec<Kept>, AppError> = rows.iter().map(Kept::of).collect();
        Ok(all?.into_iter().filter(|kept| !kept.gone).collect())
    }

    /// Adds a stream under a new identifier.
    pub(crate) async fn add_kept(&self, kept: &Kept) -> Result<(), AppError> {
        let id = kept.stream.id.to_string();
        if self.store.add_stream(&id, &kept.stream.member, &kept.text()?).await? {
            return Ok(());
        }
        Err(changed_meanwhile())
    }

    /// Writes a changed stream over the revision it was read at.
    pub(crate) async fn put_kept(&self, kept: &Kept) -> Result<(), AppError> {
        let id = kept.stream.id.to_string();
        if self.store.put_stream(&id, kept.revision, &kept.text()?).await? {
            return Ok(());
        }
        Err(changed_meanwhile())
    }

    /// An identifier that says nothing of what it is made of, and is the same for the same.
    pub(crate) fn identifier(&self, kind: &str, parts: &[&str]) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.master_key);
        for part in std::iter::once(&kind).chain(parts) {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        format!("{kind}-{}", &hasher.finalize().to_hex()[..14])
    }

    /// An identifier that is new each time.
    pub(crate) fn fresh_identifier(&self, kind: &str) -> Result<String, AppError> {
        let mut nonce = [0; 16];
        self.surroundings.entropy.fill(&mut nonce)?;
        Ok(self.identifier(kind, &[&hex::encode(nonce), &self.now_ms().to_string()]))
    }
}

pub(crate) fn changed_meanwhile() -> AppError {
    AppError::input("somebody changed this in the meantime", "look at it again, then repeat")
}

/// The same answer for what is not there and for what is hidden.
pub(crate) fn no_stream(id: &str) -> AppError {
    AppError::NotFound {
        what: "stream",
        id: id.to_owned(),
    }
}

pub(crate) fn stream_id(id: String) -> StreamId {
    StreamId(id.into())
}
