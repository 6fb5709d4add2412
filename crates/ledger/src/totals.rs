//! Exact totals by dimensions, straight from the rows. Pages take theirs from partial sums; these are for checks
//! and for questions that no partial sum answers.

use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use crate::grouping::{GASES, Grouping, KeyKind, merged};
use crate::query::{Dimension, Filter, Sources, TotalRow};
use crate::{Kind, Ledger, LedgerError};

impl Dimension {
    const fn column(self) -> (&'static str, KeyKind) {
        match self {
            Self::Member => ("member", KeyKind::Text),
            Self::Scope => ("scope", KeyKind::Text),
            Self::Category => ("category", KeyKind::Number),
            Self::Year => ("month", KeyKind::YearOfMonth),
            Self::Line => ("line", KeyKind::Text),
            Self::Method => ("method", KeyKind::Text),
            Self::Class => ("class", KeyKind::Text),
        }
    }
}

impl Ledger {
    /// Exact totals by the given dimensions, ordered by their texts.
    pub async fn totals(
        &self,
        sources: &Sources,
        dimensions: &[Dimension],
        filter: &Filter,
    ) -> Result<Vec<TotalRow>, LedgerError> {
        let columns: Vec<(&str, KeyKind)> = dimensions.iter().map(|dimension| dimension.column()).collect();
        let kinds: Vec<KeyKind> = columns.iter().map(|(_, kind)| *kind).collect();
        let mut selected: Vec<String> = (0..)
            .zip(&columns)
            .map(|(at, (name, _))| format!("{name} k{at}"))
            .collect();
        selected.extend(GASES.map(String::from));
        let sql = format!("select {} from entries where true{}", selected.join(", "), filter.sql());
        let streams = self.streams(Kind::Entries, sources, sql).await?;
        let parts = self
            .each(streams, move |stream| group(stream, Grouping::new(&kinds)))
            .await?;
        Ok(merged(parts, dimensions.len()))
    }
}

async fn group(mut stream: SendableRecordBatchStream, mut grouping: Grouping) -> Result<Grouping, LedgerError> {
    while let Some(batch) = stream.try_next().await? {
        grouping.add(&batch)?;
    }
    Ok(grouping)
}
