//! Trade between members, as both sides' books tell it.

use greenheart_account::{Flow, Side, Sighting, flows};
use greenheart_model::{ItemClass, MemberId, Scope2Basis};
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use crate::snapshot::Snapshot;
use crate::{Actor, App, AppError};

/// Lines of the books that know only money begin so; what better evidence explains of them is in `displaced`.
const SPEND: &str = "spend.";

/// Flows of a year.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowsView {
    /// Calendar year.
    pub year: i16,
    /// By seller, buyer and month.
    pub flows: Vec<Flow>,
    /// NOK that both sides tell of.
    pub recognised_nok: Amount,
    /// NOK that only one side tells of.
    pub one_sided_nok: Amount,
    /// Recognised as a share of all.
    pub share: Option<Rate>,
    /// Where the ledger stands.
    pub snapshot: String,
}

impl App {
    /// Trade between members in a year, by default the last one that ended. Those who lead see every pair, a member
    /// the pairs that it is part of.
    pub async fn flows(&self, actor: &Actor, year: Option<i16>) -> Result<FlowsView, AppError> {
        let about = if actor.leads() { None } else { actor.member().cloned() };
        let right = if about.is_some() {
            Ok(())
        } else {
            actor.may_administer()
        };
        self.allowed(actor, right, "flows", about.as_ref()).await?;
        let year = year.unwrap_or_else(|| self.surroundings.clock.today().year() - 1);
        let snapshot = self.snapshot(None).await?;
        let key = (snapshot.seq, year, about.clone());
        let view = async { flows_of(&snapshot, year, about.as_ref()) };
        let view = self.cache.flows.of(key, view).await?;
        let looked = view.flows.iter().flat_map(|flow| [&flow.seller, &flow.buyer]);
        self.note_looks(actor, looked, "flows").await?;
        self.note(actor, "flows", about.as_ref(), &year.to_string(), "done")
            .await?;
        Ok(FlowsView::clone(&view))
    }
}

fn flows_of(snapshot: &Snapshot, year: i16, about: Option<&MemberId>) -> Result<FlowsView, AppError> {
    let books = &snapshot.reconciled;
    let told = books.sums().map(|(key, values)| (key, values));
    let taken = books.displaced().map(|displaced| (&displaced.key, &displaced.values));
    let mut sightings = Vec::new();
    for (key, values) in told.chain(taken) {
        let side = match (key.class, key.line.starts_with(SPEND)) {
            (ItemClass::Revenue, _) => Side::Sold,
            (_, true) => Side::Bought,
            _ => continue,
        };
        let Some(other) = &key.counterparty else { continue };
        // The year before and after are needed for what is booked a month late.
        let near = (i32::from(key.month.year()) - i32::from(year)).abs() <= 1;
        if key.basis == Scope2Basis::Market || !near || !concerns(about, &key.member, other) {
            continue;
        }
        sightings.push(Sighting {
            reporter: key.member.clone(),
            side,
            other: other.clone(),
            month: key.month,
            nok: values.amount_nok,
        });
    }
    let sightings = by_month(sightings)?;
    let mut found = flows(&sightings)?;
    found.retain(|flow| flow.month.year() == year);
    let mut view = FlowsView {
        year,
        flows: Vec::new(),
        recognised_nok: Amount::ZERO,
        one_sided_nok: Amount::ZERO,
        share: None,
        snapshot: snapshot.name(),
    };
    for flow in &found {
        view.recognised_nok = view.recognised_nok.checked_add(flow.recognised_nok())?;
        let alone = flow.seller_only_nok.abs().checked_add(flow.buyer_only_nok.abs())?;
        view.one_sided_nok = view.one_sided_nok.checked_add(alone)?;
    }
    let all = view.recognised_nok.checked_add(view.one_sided_nok)?;
    view.share = view.recognised_nok.ratio(all);
    view.flows = found;
    Ok(view)
}

fn concerns(about: Option<&MemberId>, one: &MemberId, other: &MemberId) -> bool {
    about.is_none_or(|about| about == one || about == other)
}

/// Books split one month of a trade over accounts and sites; the two sides split it differently.
fn by_month(sightings: Vec<Sighting>) -> Result<Vec<Sighting>, AppError> {
    let mut sums = std::collections::BTreeMap::new();
    for told in sightings {
        let slot = sums
            .entry((told.reporter, told.side, told.other, told.month))
            .or_insert(Amount::ZERO);
        *slot = slot.checked_add(told.nok)?;
    }
    let told = sums.into_iter().map(|((reporter, side, other, month), nok)| Sighting {
        reporter,
        side,
        other,
        month,
        nok,
    });
    Ok(told.collect())
}
