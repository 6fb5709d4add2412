//! What the ledger knows already, held against what comes in: waste in tonnes that is called kilograms.

use greenheart_ingest::{Weights, reduced, saft};
use greenheart_ledger::{Filter, Kind};
use greenheart_model::{ActivityKind, BatchId, Finding, MemberId, Place, Severity};

use super::read::Staged;
use crate::{App, AppError};

/// Rows that tell well enough what is usual.
const ROWS: usize = 50_000;

impl App {
    /// Notes waste that weighs hundreds of times more or less than the same waste in what the member handed in before.
    pub(super) async fn check_weights(&self, member: &MemberId, staged: &mut Staged) -> Result<(), AppError> {
        if !staged.kinds.contains(&ActivityKind::Waste) {
            return Ok(());
        }
        let earlier = self.weights_of(member).await?;
        for detail in staged.weights.far_from(&earlier) {
            staged.findings.push(Finding {
                code: "waste.implausible".into(),
                severity: Severity::Warning,
                place: Place {
                    field: "weight".into(),
                    ..Place::default()
                },
                detail,
            });
        }
        Ok(())
    }

    /// What the waste of a member weighs in what counts now. The books weigh nothing.
    async fn weights_of(&self, member: &MemberId) -> Result<Weights, AppError> {
        let visible = self.store.visible_of(member, self.store.head().await?.seq).await?;
        let weighs = |importer: &str| ![saft::IMPORTER, reduced::IMPORTER].contains(&importer);
        let batches: Vec<(BatchId, i64)> = visible
            .into_iter()
            .filter(|of| of.batch.kinds.contains(&ActivityKind::Waste) && weighs(&of.batch.importer))
            .map(|of| (of.batch.id, 0))
            .collect();
        let mut weights = Weights::default();
        if batches.is_empty() {
            return Ok(weights);
        }
        let sources = self.sources(Kind::Activities, &batches).await?;
        let filter = Filter::default().with("kind", ActivityKind::Waste.name());
        for row in self.ledger.activities(&sources, &filter, ROWS).await? {
            weights.add(&row.activity);
        }
        Ok(weights)
    }
}
