//! Tonnes of a match from the files of both ends: the giver's waste reports and sales, the taker's material and invoices.
//!
//! A row counts for a match when it names the other end by its organisation number and the material by code or item. A row that would
//! fit two matches counts for none, because nobody could say which.

use std::collections::{BTreeMap, BTreeSet};

use greenheart_circular::board::Record;
use greenheart_circular::records::{Weighed, records};
use greenheart_circular::substitutes::substitutes_of;
use greenheart_model::{Activity, ActivityKind, MemberId, Month, WasteCode};
use greenheart_units::{Amount, Dimension, Rounding};
use serde::{Deserialize, Serialize};

use super::board::{Kept as Exchange, no_exchange};
use super::kept::{Kept, changed_meanwhile};
use super::material_of;
use crate::{Actor, App, AppError};

/// Rows that a match names as what its tonnes rest on.
const NAMED_ROWS: usize = 24;
/// Kinds of rows that tell of tonnes handed over or received.
const KINDS: [&str; 5] = ["waste", "sale", "product_output", "material_input", "purchase"];

/// What looking through the files brought to the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Filled {
    /// Signed or delivering matches looked at.
    pub exchanges: usize,
    /// Those whose records changed.
    pub changed: usize,
    /// Rows that count for a match.
    pub rows: usize,
    /// Rows that would fit more than one.
    pub ambiguous: usize,
}

impl App {
    /// Fills the matches that are signed or delivering from the files of both ends: of all, for those who lead, or of a member.
    ///
    /// # Errors
    /// Of rights, catalogue and ledger.
    pub async fn fill_board(&self, actor: &Actor, member: Option<&MemberId>) -> Result<Filled, AppError> {
        let right = match member {
            Some(member) => actor
                .may_write(member)
                .or_else(|denied| actor.may_administer().map_err(|_| denied)),
            None => actor.may_administer(),
        };
        self.allowed(actor, right, "circular.fill", member).await?;
        let filled = self.fill(member).await?;
        let found = format!("{} of {} changed", filled.changed, filled.exchanges);
        self.note(actor, "circular.fill", member, &found, "done").await?;
        Ok(filled)
    }

    /// The same without asking who wants it: after an import or a look through the ledger that was allowed.
    pub(crate) async fn fill(&self, member: Option<&MemberId>) -> Result<Filled, AppError> {
        let mut running: Vec<Exchange> = self.exchanges().await?;
        running.retain(|one| {
            let end = member.is_none_or(|member| *member == one.one.giver || *member == one.one.taker);
            one.one.binds_stream() && end
        });
        let mut filled = Filled {
            exchanges: running.len(),
            ..Filled::default()
        };
        if running.is_empty() {
            return Ok(filled);
        }
        let streams = self.kept_streams(None).await?;
        let matches: Vec<Wanted> = running.iter().map(|one| Wanted::of(one, &streams)).collect();
        let mut found: BTreeMap<usize, Told> = BTreeMap::new();
        let ends: BTreeSet<&MemberId> = running
            .iter()
            .flat_map(|one| [&one.one.giver, &one.one.taker])
            .collect();
        for end in ends {
            self.told_by(end, &matches, &mut found, &mut filled).await?;
        }
        for (at, mut exchange) in running.into_iter().enumerate() {
            let told = found.remove(&at).unwrap_or_default();
            let measured: Vec<Record> = records(&told.given, &told.taken);
            if measured == exchange.measured && told.rows == exchange.rows {
                continue;
            }
            (exchange.measured, exchange.rows) = (measured, told.rows);
            filled.changed += 1;
            if !self.put_exchange(&exchange).await? {
                return Err(changed_meanwhile());
            }
        }
        Ok(filled)
    }

    async fn told_by(
        &self,
        end: &MemberId,
        matches: &[Wanted],
        found: &mut BTreeMap<usize, Told>,
        filled: &mut Filled,
    ) -> Result<(), AppError> {
        let visible = self.store.visible_of(end, self.store.head().await?.seq).await?;
        let register = self.register(end).await?;
        for batch in &visible {
            let kinds = &batch.batch.kinds;
            let tells = KINDS.iter().any(|kind| kinds.iter().any(|one| one.name() == *kind));
            if !tells && !crate::articles::names_articles(batch) {
                continue;
            }
            self.each_activity(batch, &KINDS, &register, &mut |activity| {
                let Some(weighed) = weighed(activity) else { return };
                let mut fits = matches.iter().enumerate().filter_map(|(at, one)| {
                    let gives = one.side(end, activity)?;
                    (weighed.first >= one.since).then_some((at, gives))
                });
                match (fits.next(), fits.next()) {
                    (Some((at, gives)), None) => {
                        let told = found.entry(at).or_default();
                        let side = if gives { &mut told.given } else { &mut told.taken };
                        side.push(weighed);
                        filled.rows += 1;
                        if told.rows.len() < NAMED_ROWS {
                            told.rows.push(format!("row:{}/{}", batch.batch.id, activity.row_no));
                        }
                    }
                    (Some(_), Some(_)) => filled.ambiguous += 1,
                    (None, _) => {}
                }
            })
            .await?;
        }
        Ok(())
    }

    async fn put_exchange(&self, exchange: &Exchange) -> Result<bool, AppError> {
        if exchange.one.id.is_empty() {
            return Err(no_exchange(""));
        }
        let text = exchange.text()?;
        Ok(self
            .store
            .put_exchange(&exchange.one.id, exchange.revision, &text)
            .await?)
    }
}

/// What both ends' files told of a match.
#[derive(Default)]
struct Told {
    given: Vec<Weighed>,
    taken: Vec<Weighed>,
    rows: Vec<String>,
}

/// By what rows of a match are known.
struct Wanted {
    giver: MemberId,
    taker: MemberId,
    since: Month,
    code: Option<WasteCode>,
    /// Items under which the giver sells it.
    given_as: BTreeSet<String>,
    /// Items under which the taker books it.
    taken_as: BTreeSet<String>,
}

impl Wanted {
    fn of(exchange: &Exchange, streams: &[Kept]) -> Self {
        let find = |id: &greenheart_circular::stream::StreamId| streams.iter().find(|one| one.stream.id == *id);
        let offer = find(&exchange.one.offer);
        let item = offer.and_then(|offer| offer.item.as_ref()).map(ToString::to_string);
        let material = offer.and_then(|offer| material_of(&offer.stream));
        let want = exchange.want.as_ref().and_then(find);
        let mut taken_as: BTreeSet<String> = item.iter().cloned().collect();
        match want.and_then(|want| want.item.as_ref()) {
            Some(bought) => drop(taken_as.insert(bought.to_string())),
            None => taken_as.extend(material.into_iter().flat_map(substitutes_of).map(str::to_owned)),
        }
        taken_as.extend(material.map(str::to_owned));
        Self {
            giver: exchange.one.giver.clone(),
            taker: exchange.one.taker.clone(),
            since: exchange.since(),
            code: offer.and_then(|offer| offer.stream.codes.waste),
            given_as: item.into_iter().chain(material.map(str::to_owned)).collect(),
            taken_as,
        }
    }

    /// Whether a row of `end` tells of this match: `true` as its giver, `false` as its taker.
    fn side(&self, end: &MemberId, activity: &Activity) -> Option<bool> {
        let number = activity.counterparty.as_ref()?.org_no?;
        let other = number.as_str();
        let sold = |activity: &Activity| self.given_as.contains(&*activity.item);
        match activity.kind {
            ActivityKind::Waste if *end == self.giver && other == self.taker.as_str() => {
                let same = match (self.code, activity.waste_code) {
                    (Some(ours), Some(theirs)) => ours == theirs,
                    _ => sold(activity),
                };
                same.then_some(true)
            }
            ActivityKind::Sale | ActivityKind::ProductOutput if *end == self.giver && other == self.taker.as_str() => {
                sold(activity).then_some(true)
            }
            ActivityKind::MaterialInput if *end == self.taker && other == self.giver.as_str() => {
                self.taken_as.contains(&*activity.item).then_some(false)
            }
            _ => None,
        }
    }
}

/// Tonnes of a row with the months it tells of; nothing without a mass.
fn weighed(activity: &Activity) -> Option<Weighed> {
    let mass = activity
        .quantity
        .filter(|reading| reading.dimension == Dimension::Mass)?;
    let tonnes = Amount::from_mantissa(Rounding::HalfEven.divide(mass.value.mantissa(), 1_000));
    Some(Weighed {
        first: Month::of(activity.period.from()),
        last: Month::of(activity.period.to()),
        tonnes,
    })
}
