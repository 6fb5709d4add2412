//! The board: every match from idea to measured tonnes, with owner, next step and what both ends' records agree on.

use std::collections::BTreeMap;

pub use greenheart_circular::board::Change as StageChange;
use greenheart_circular::board::{Agreement, Alarm, Match, Promise, Record, Stage, StageError, realised};
use greenheart_circular::legal::{Answer, AnswerError, Condition, Gate};
use greenheart_circular::records::merged;
use greenheart_circular::stream::{Direction, StreamId};
use greenheart_circular::visible::View;
use greenheart_model::waste_list::Jurisdiction;
use greenheart_model::{Date, MemberId, Month};
use greenheart_store::KeptRow;
use greenheart_units::{Amount, Rate};
use serde::{Deserialize, Serialize};

use super::kept::{changed_meanwhile, no_stream};
use super::matching::{GateView, purpose};
use super::seen::{Sight, streams_of};
use crate::{Actor, App, AppError};

/// Characters of what a person writes, at most.
const WORDS: usize = 400;

/// Which matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BoardRequest {
    /// Only of this member.
    pub member: Option<MemberId>,
    /// Also those that have ended.
    pub ended: bool,
}

/// A match to follow from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeRequest {
    /// What is given.
    pub offer: String,
    /// The want that it meets, when there is one.
    pub want: Option<String>,
    /// Who takes.
    pub taker: MemberId,
    /// Who sees to it.
    pub owner: String,
    /// Tonnes a year that it promises.
    pub tonnes: Amount,
    /// Gain of both ends together, NOK a year.
    pub nok: Amount,
    /// kg CO2e saved a year.
    pub co2e_kg: Amount,
}

/// An answer to a condition of the law.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeAnswer {
    /// Which condition.
    pub condition: Condition,
    /// Whether it holds.
    pub holds: bool,
    /// Why, or which document shows it.
    pub ground: String,
}

/// What one end weighed or invoiced in a month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TonnesRequest {
    /// Which month.
    pub month: Month,
    /// Tonnes by the giver's records.
    pub given: Option<Amount>,
    /// Tonnes by the taker's records.
    pub taken: Option<Amount>,
}

/// What happens to a match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeChange {
    /// It moves to a stage; going back and ending need a reason.
    Go {
        /// Where to.
        to: Stage,
        /// Why.
        note: String,
    },
    /// The next step, and by when.
    Plan {
        /// What.
        step: String,
        /// By when.
        due: Date,
    },
    /// Somebody else sees to it.
    Owner(String),
    /// A document, by name or reference.
    Document(String),
    /// An answer to a condition of the law.
    Answer(ExchangeAnswer),
    /// Records of a month.
    Tonnes(TonnesRequest),
    /// It has been flowing since a month: from there on the files of both ends count, not only from the contract.
    Since(Month),
}

/// What really happened, against the promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RealisedLine {
    /// Tonnes that both ends' records agree on within 5 %.
    pub tonnes: Amount,
    /// Those at the promised gain per tonne, NOK.
    pub nok: Amount,
    /// Those at the promised saving per tonne, kg CO2e.
    pub co2e_kg: Amount,
    /// Months agreed on.
    pub agreed: usize,
    /// Months that are disputed or told by one end only: they count as nothing yet.
    pub open: usize,
    /// Agreed tonnes over what was promised for those months.
    pub of_promise: Option<Rate>,
}

/// What both ends recorded of a month or a longer time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordLine {
    /// The month, or the first of several.
    pub month: Month,
    /// How many months.
    pub months: u16,
    /// Tonnes by the giver's records.
    pub given: Option<Amount>,
    /// Tonnes by the taker's records.
    pub taken: Option<Amount>,
    /// `agreed`, `disputed`, `one_sided` or `impossible`.
    pub agreement: String,
    /// It comes from the files of the ends, not from what somebody wrote.
    pub measured: bool,
}

/// A match on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardLine {
    /// Its identifier.
    pub id: String,
    /// The offer.
    pub offer: String,
    /// What it is, in words.
    pub offer_text: String,
    /// Who gives.
    pub giver: MemberId,
    /// Its name.
    pub giver_name: String,
    /// Who takes.
    pub taker: MemberId,
    /// Its name.
    pub taker_name: String,
    /// Where it stands.
    pub stage: Stage,
    /// Who sees to it.
    pub owner: String,
    /// What comes next, and by when.
    pub next_step: Option<(String, Date)>,
    /// `overdue` or `stale`, and for how many days.
    pub alarm: Option<(String, u32)>,
    /// Promised tonnes, NOK and kg CO2e a year.
    pub promised: (Amount, Amount, Amount),
    /// What both ends' records agree on.
    pub realised: RealisedLine,
    /// Records, the earliest first.
    pub records: Vec<RecordLine>,
    /// Rows of the ledger that the measured ones rest on.
    pub rows: Vec<String>,
    /// Documents.
    pub documents: Vec<String>,
    /// The question of waste law.
    pub gate: GateView,
    /// How it came there.
    pub changes: Vec<StageChange>,
    /// Stages it may go to from here.
    pub next_stages: Vec<Stage>,
    /// Whether the actor works for the giver, and for the taker.
    pub own_ends: (bool, bool),
}

/// A match as the catalogue keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    #[serde(rename = "match")]
    pub(super) one: Match,
    pub(super) want: Option<StreamId>,
    /// An idea of whoever leads the cluster: the parties hear of it when they are contacted.
    of_the_lead: bool,
    /// What people wrote.
    records: Vec<Record>,
    /// What the files of both ends tell.
    #[serde(default)]
    pub(super) measured: Vec<Record>,
    /// Rows of the ledger that it rests on.
    #[serde(default)]
    pub(super) rows: Vec<String>,
    /// It flows since then, where that was before the contract.
    #[serde(default)]
    since: Option<Month>,
    #[serde(skip)]
    pub(super) revision: i64,
}

impl Kept {
    fn of(row: &KeptRow) -> Result<Self, AppError> {
        let mut kept: Self = serde_json::from_str(&row.content)
            .map_err(|error| AppError::Damaged(format!("exchange `{}`: {error}", row.id)))?;
        kept.revision = row.revision;
        Ok(kept)
    }

    pub(super) fn text(&self) -> Result<String, AppError> {
        serde_json::to_string(self).map_err(|error| AppError::Damaged(error.to_string()))
    }

    /// The month from which the files count: that of the contract, or an earlier one that was stated.
    pub(super) fn since(&self) -> Month {
        let signed = self.one.changes().iter().find(|change| change.to >= Stage::Contract);
        let signed = signed.map_or_else(|| Month::of(Date::MAX), |change| Month::of(change.on));
        self.since.map_or(signed, |since| since.min(signed))
    }

    /// Everything recorded, what the files tell before what people wrote.
    fn all_records(&self) -> Vec<Record> {
        merged(&self.measured, &self.records)
    }

    /// Whether the parties may know of it.
    fn is_told(&self) -> bool {
        !self.of_the_lead || self.one.stage() != Stage::Idea || !self.one.changes().is_empty()
    }
}

impl App {
    /// The matches that the actor may see: those who lead see what they see of the offer, a member those that it is part of.
    pub async fn board(&self, actor: &Actor, request: &BoardRequest) -> Result<Vec<BoardLine>, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.board", request.member.as_ref())
            .await?;
        let ended = |line: &BoardLine| request.ended || line.stage != Stage::Ended;
        let of = |line: &BoardLine| {
            let member = request.member.as_ref();
            member.is_none_or(|member| *member == line.giver || *member == line.taker)
        };
        let mut lines: Vec<BoardLine> = self.lines(actor).await?.into_iter().map(|(_, line)| line).collect();
        lines.retain(|line| ended(line) && of(line));
        lines.sort_by(|a, b| {
            b.stage
                .cmp(&a.stage)
                .then(b.promised.1.cmp(&a.promised.1))
                .then(a.id.cmp(&b.id))
        });
        let looked = lines.iter().flat_map(|line| [&line.giver, &line.taker]);
        self.note_looks(actor, looked, "circular.board").await?;
        Ok(lines)
    }

    /// Puts a match on the board as an idea.
    pub async fn start_exchange(&self, actor: &Actor, request: &ExchangeRequest) -> Result<BoardLine, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.start", None)
            .await?;
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let shown = |view: &View<'_>| matches!(view, View::Whole(_) | View::Named { .. });
        let offer = kept
            .iter()
            .find(|one| *one.stream.id.0 == request.offer && one.is_open());
        let offer = offer
            .filter(|one| shown(&sight.view(&one.stream, &all)))
            .ok_or_else(|| no_stream(&request.offer))?;
        let taker = self.member(&request.taker).await?;
        let right = if actor.leads() || actor.may_write(&taker.id).is_ok() {
            Ok(())
        } else {
            actor.may_write(&offer.stream.member)
        };
        self.allowed(actor, right, "circular.start", None).await?;
        if offer.stream.direction != Direction::Offer || offer.stream.member == taker.id {
            return Err(AppError::input(
                "this is no offer to somebody else",
                "choose an offer of one member and another one who takes it",
            ));
        }
        let want = match &request.want {
            None => None,
            Some(id) => {
                let found = kept
                    .iter()
                    .find(|one| &*one.stream.id.0 == id && one.stream.member == taker.id);
                let found = found.filter(|one| shown(&sight.view(&one.stream, &all)));
                Some(found.ok_or_else(|| no_stream(id))?.stream.id.clone())
            }
        };
        if request.tonnes.is_negative() {
            return Err(AppError::input(
                "a promise cannot be below zero",
                "state the tonnes of a year",
            ));
        }
        let promise = Promise {
            tonnes: request.tonnes,
            nok: request.nok,
            co2e_kg: request.co2e_kg,
        };
        let gate = Gate::new(
            &offer.stream,
            purpose(&offer.stream, taker.nace.as_ref()),
            Jurisdiction::Norway,
            false,
        );
        let ends = (offer.stream.id.clone(), offer.stream.member.clone(), taker.id.clone());
        let id = self.fresh_identifier("ex")?;
        let today = self.surroundings.clock.today();
        let one = Match::new(id.clone(), ends, bounded(&request.owner)?, promise, gate, today);
        let exchange = Kept {
            one,
            want,
            of_the_lead: actor.leads(),
            records: Vec::new(),
            measured: Vec::new(),
            rows: Vec::new(),
            since: None,
            revision: 0,
        };
        let added = self
            .store
            .add_exchange(&id, &offer.stream.member, &taker.id, &exchange.text()?)
            .await?;
        if !added {
            return Err(changed_meanwhile());
        }
        self.note(actor, "circular.start", Some(&offer.stream.member), &id, "done")
            .await?;
        self.line_of(actor, &id).await
    }

    /// Changes a match of the actor's own, or any that whoever leads sees.
    pub async fn change_exchange(
        &self,
        actor: &Actor,
        id: &str,
        change: &ExchangeChange,
    ) -> Result<BoardLine, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.move", None).await?;
        let found = self.lines(actor).await?.into_iter().find(|(_, line)| line.id == id);
        let Some((mut kept, line)) = found else {
            self.note(actor, "circular.move", None, "", "denied").await?;
            return Err(no_exchange(id));
        };
        self.apply(actor, &mut kept, change).await?;
        if !self.store.put_exchange(id, kept.revision, &kept.text()?).await? {
            return Err(changed_meanwhile());
        }
        self.note(actor, "circular.move", Some(&line.giver), id, "done").await?;
        if matches!(change, ExchangeChange::Go { .. } | ExchangeChange::Since(_)) && kept.one.binds_stream() {
            self.fill(Some(&line.giver)).await?;
        }
        self.line_of(actor, id).await
    }

    async fn apply(&self, actor: &Actor, kept: &mut Kept, change: &ExchangeChange) -> Result<(), AppError> {
        let today = self.surroundings.clock.today();
        match change {
            ExchangeChange::Go { to, note } => {
                let note = bounded_or_empty(note)?;
                kept.one.go(*to, today, actor.name.clone(), note).map_err(stage_error)?;
            }
            ExchangeChange::Plan { step, due } => kept.one.plan(bounded(step)?, *due, today),
            ExchangeChange::Owner(owner) => kept.one.owner = bounded(owner)?,
            ExchangeChange::Document(reference) => kept.one.documents.push(bounded(reference)?),
            ExchangeChange::Answer(answer) => {
                let answer = Answer {
                    condition: answer.condition,
                    holds: answer.holds,
                    ground: bounded_or_empty(&answer.ground)?,
                    by: actor.name.clone(),
                    on: today,
                };
                kept.one.gate.answer(answer).map_err(answer_error)?;
            }
            ExchangeChange::Tonnes(tonnes) => self.weigh(actor, kept, tonnes).await?,
            ExchangeChange::Since(month) => {
                if *month > Month::of(today) {
                    return Err(AppError::input("this month has not begun", "state since when it flows"));
                }
                kept.since = Some(*month);
            }
        }
        Ok(())
    }

    /// Each end tells what its own weighbridge or invoice says, and nothing of the other's.
    async fn weigh(&self, actor: &Actor, kept: &mut Kept, told: &TonnesRequest) -> Result<(), AppError> {
        for (amount, end) in [(told.given, &kept.one.giver), (told.taken, &kept.one.taker)] {
            if amount.is_some() {
                self.allowed(actor, actor.may_write(end), "circular.move", Some(end))
                    .await?;
            }
            if amount.is_some_and(Amount::is_negative) {
                return Err(AppError::input("tonnes are not below zero", "correct the record"));
            }
        }
        if told.given.is_none() && told.taken.is_none() {
            return Err(AppError::input(
                "no tonnes were given",
                "state what was given or what was taken",
            ));
        }
        let at = kept.records.iter().position(|record| record.month == told.month);
        let at = at.unwrap_or_else(|| {
            kept.records.push(Record::of(told.month));
            kept.records.len() - 1
        });
        let record = &mut kept.records[at];
        record.given = told.given.or(record.given);
        record.taken = told.taken.or(record.taken);
        kept.records.sort_by_key(|record| record.month);
        Ok(())
    }

    async fn line_of(&self, actor: &Actor, id: &str) -> Result<BoardLine, AppError> {
        let found = self.lines(actor).await?.into_iter().find(|(_, line)| line.id == id);
        found.map(|(_, line)| line).ok_or_else(|| no_exchange(id))
    }

    /// Every match that the actor may see.
    async fn lines(&self, actor: &Actor) -> Result<Vec<(Kept, BoardLine)>, AppError> {
        let streams = self.kept_streams(None).await?;
        let all = streams_of(&streams);
        let sight = Sight::of(actor);
        let names = self.names().await?;
        let today = self.surroundings.clock.today();
        let mut lines = Vec::new();
        for kept in self.exchanges().await? {
            let offer = streams.iter().find(|one| one.stream.id == kept.one.offer);
            let Some(offer) = offer else { continue };
            let party = actor
                .member()
                .is_some_and(|own| *own == kept.one.giver || *own == kept.one.taker);
            let seen = if actor.leads() {
                sight.whole(&offer.stream, &all)
            } else {
                party && kept.is_told()
            };
            if seen {
                let line = line(actor, &kept, &offer.stream.text, &names, today);
                lines.push((kept, line));
            }
        }
        Ok(lines)
    }

    pub(super) async fn exchanges(&self) -> Result<Vec<Kept>, AppError> {
        self.store.exchanges().await?.iter().map(Kept::of).collect()
    }

    /// Streams that a contract or deliveries count on.
    pub(crate) async fn contracts(&self) -> Result<Vec<(String, StreamId)>, AppError> {
        let mut bound = Vec::new();
        for kept in self
            .exchanges()
            .await?
            .into_iter()
            .filter(|kept| kept.one.binds_stream())
        {
            bound.extend(kept.want.map(|want| (kept.one.id.clone(), want)));
            bound.push((kept.one.id.clone(), kept.one.offer));
        }
        Ok(bound)
    }

    /// Tonnes a year by offer and taker that contracts and deliveries stand for.
    pub(super) async fn signed_tonnes(&self) -> Result<BTreeMap<(String, String), f64>, AppError> {
        let mut signed: BTreeMap<(String, String), f64> = BTreeMap::new();
        for kept in self.exchanges().await?.iter().filter(|kept| kept.one.binds_stream()) {
            let key = (kept.one.offer.to_string(), kept.one.taker.to_string());
            *signed.entry(key).or_default() += kept.one.promise.tonnes.to_model_f64();
        }
        Ok(signed)
    }
}

fn line(actor: &Actor, kept: &Kept, text: &str, names: &BTreeMap<MemberId, String>, today: Date) -> BoardLine {
    let one = &kept.one;
    let records = kept.all_records();
    let done = realised(&one.promise, &records);
    let name = |member: &MemberId| names.get(member).cloned().unwrap_or_default();
    let stage = one.stage();
    BoardLine {
        id: one.id.clone(),
        offer: one.offer.to_string(),
        offer_text: text.to_owned(),
        giver_name: name(&one.giver),
        giver: one.giver.clone(),
        taker_name: name(&one.taker),
        taker: one.taker.clone(),
        stage,
        owner: one.owner.clone(),
        next_step: one.next_step.clone(),
        alarm: alarm(one, &records, today).map(|alarm| match alarm {
            Alarm::Overdue { days } => ("overdue".to_owned(), days),
            Alarm::Stale { days } => ("stale".to_owned(), days),
        }),
        promised: (one.promise.tonnes, one.promise.nok, one.promise.co2e_kg),
        realised: RealisedLine {
            tonnes: done.tonnes,
            nok: done.nok,
            co2e_kg: done.co2e_kg,
            agreed: done.agreed,
            open: done.open,
            of_promise: done.of_promise,
        },
        records: records
            .iter()
            .map(|record| record_line(record, &kept.measured))
            .collect(),
        rows: kept.rows.clone(),
        documents: one.documents.clone(),
        gate: GateView::of(&one.gate),
        changes: one.changes().to_vec(),
        next_stages: Stage::ALL
            .into_iter()
            .filter(|to| {
                stage != Stage::Ended && *to != stage && (*to == Stage::Ended || *to as usize <= stage as usize + 1)
            })
            .collect(),
        own_ends: (actor.may_write(&one.giver).is_ok(), actor.may_write(&one.taker).is_ok()),
    }
}

fn record_line(record: &Record, measured: &[Record]) -> RecordLine {
    let agreement = match record.agreement() {
        Agreement::Agreed(_) => "agreed",
        Agreement::Disputed { .. } => "disputed",
        Agreement::OneSided => "one_sided",
        Agreement::Impossible => "impossible",
    };
    RecordLine {
        month: record.month,
        months: record.months,
        given: record.given,
        taken: record.taken,
        agreement: agreement.to_owned(),
        measured: measured.iter().any(|one| one.overlaps(record)),
    }
}

/// Deliveries are a sign of life too.
fn alarm(one: &Match, records: &[Record], today: Date) -> Option<Alarm> {
    let mut one = one.clone();
    if let Some(last) = records.iter().map(Record::last_day).max() {
        one.heard(last.min(today));
    }
    one.alarm(today)
}

fn bounded_or_empty(text: &str) -> Result<String, AppError> {
    let text = text.trim();
    if text.chars().count() > WORDS {
        return Err(AppError::input(
            format!("this is longer than {WORDS} characters"),
            "say it shorter",
        ));
    }
    Ok(text.to_owned())
}

fn bounded(text: &str) -> Result<String, AppError> {
    let text = bounded_or_empty(text)?;
    if text.is_empty() {
        return Err(AppError::input("nothing was written", "say who or what"));
    }
    Ok(text)
}

pub(super) fn no_exchange(id: &str) -> AppError {
    AppError::NotFound {
        what: "exchange",
        id: id.to_owned(),
    }
}

fn stage_error(error: StageError) -> AppError {
    let hint = match error {
        StageError::Skips { .. } => "take one stage at a time",
        StageError::Ended => "start a new one",
        StageError::Backdated { .. } => "check the date",
        StageError::NoReason => "add a note",
        StageError::NoRoute => "answer every condition of one route with its ground",
        StageError::NoOwner => "name somebody who sees to it",
        StageError::NoDocument => "add the document first",
    };
    AppError::input(error.to_string(), hint)
}

fn answer_error(error: AnswerError) -> AppError {
    AppError::input(error.to_string(), "name a document, a measurement or a reason")
}
