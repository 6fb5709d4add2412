//! Metering points that two members tell of: each day counts for one of them, and both hear of it.

use std::collections::BTreeMap;

use greenheart_account::metering::{Handover, Holding, Kept, MeterClaim, kept};
use greenheart_model::{MemberId, Period, Severity, Text};

use super::{Metering, finding};
use crate::{App, AppError};

/// What members tell of metering points lies beside their registers: the member's own, erased with it.
const KEPT_AS: &str = "metering-points:";

impl Metering {
    /// Leaves to other members what is theirs, and says who had a metering point until when.
    pub(super) fn hand_over(&mut self, handovers: &[Handover], claims: &[MeterClaim]) {
        let mut elsewhere: BTreeMap<(&Text, &Text), Vec<Period>> = BTreeMap::new();
        for handover in handovers {
            self.others.insert(handover.other.clone());
            let (code, severity) = match (handover.both.is_empty(), handover.counts_elsewhere) {
                (true, _) => ("metering.handed_over", Severity::Note),
                (false, true) => ("metering.another_has_it", Severity::Warning),
                (false, false) => ("metering.another_had_it", Severity::Warning),
            };
            self.findings.push(finding(code, severity, says(handover)));
            if handover.counts_elsewhere {
                let days = elsewhere.entry((&handover.object, &handover.item)).or_default();
                days.extend(&handover.both);
            }
        }
        for claim in claims {
            let Some(days) = elsewhere.get(&(&claim.measured.object, &claim.measured.item)) else {
                continue;
            };
            let told = self.by_batch.entry(claim.batch.clone()).or_default();
            match kept(claim.measured.period, days) {
                Kept::All => {}
                Kept::Nothing => {
                    told.gone.insert(claim.measured.clone());
                }
                part @ Kept::Part { .. } => {
                    told.parts.insert(claim.measured.clone(), part);
                }
            }
        }
    }
}

/// The days of both, with nothing of the other member but that it has them.
fn says(handover: &Handover) -> String {
    let Handover {
        object, own, others, ..
    } = handover;
    let spans: Vec<String> = handover.both.iter().map(Period::to_string).collect();
    let both = match (spans.is_empty(), handover.counts_elsewhere) {
        (true, _) => "no day stands in both".to_owned(),
        (false, true) => format!("{} counts for the other member", spans.join(", ")),
        (false, false) => format!("{} counts here", spans.join(", ")),
    };
    format!("{object}: {own} in this member's files, {others} in those of another member; {both}")
}

impl App {
    pub(super) async fn holdings_of(&self, member: &MemberId) -> Result<Vec<Holding>, AppError> {
        let kept = self.store.mapping(&format!("{KEPT_AS}{member}"), member).await?;
        kept.map_or(Ok(Vec::new()), |(_, text)| read(&text))
    }

    /// What all other members tell.
    pub(super) async fn holdings_but(&self, member: &MemberId) -> Result<Vec<Holding>, AppError> {
        let mut all = Vec::new();
        for (_, text) in self.store.mappings(KEPT_AS).await? {
            all.extend(read(&text)?.into_iter().filter(|holding| holding.member != *member));
        }
        Ok(all)
    }

    pub(super) async fn keep_holdings(&self, member: &MemberId, holdings: &[Holding]) -> Result<(), AppError> {
        if self.holdings_of(member).await? == holdings {
            return Ok(());
        }
        let text = serde_json::to_string(holdings).map_err(|error| AppError::Damaged(error.to_string()))?;
        let name = format!("{KEPT_AS}{member}");
        Ok(self.store.add_mapping(&name, Some(member), &text).await?)
    }
}

fn read(text: &str) -> Result<Vec<Holding>, AppError> {
    serde_json::from_str(text).map_err(|error| AppError::Damaged(format!("metering points: {error}")))
}
