//! From idea to tonnes: where each match stands, and what it really moved.
//!
//! A pure state machine: the day is an argument, and every change returns what it did or why it may not.

use greenheart_model::{Date, MemberId, Month};
use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use crate::legal::{self, Gate};
use crate::stream::StreamId;

/// Where a match stands. Each stage but the last leads to the next, back to an earlier one, or to the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Somebody thought of it.
    Idea,
    /// Both ends have been spoken with.
    Contacted,
    /// A sample was analysed or a trial run.
    Tested,
    /// The legal route is being opened, or is open.
    Permit,
    /// A contract is signed.
    Contract,
    /// It flows.
    Delivering,
    /// Over, for whatever reason.
    Ended,
}

impl Stage {
    /// Every stage, in order.
    pub const ALL: [Self; 7] = [
        Self::Idea,
        Self::Contacted,
        Self::Tested,
        Self::Permit,
        Self::Contract,
        Self::Delivering,
        Self::Ended,
    ];

    /// Days without a word after which it counts as stale; never, once it has ended. A permit takes longer than a phone call.
    pub const fn patience_days(self) -> Option<u32> {
        match self {
            Self::Idea | Self::Contacted => Some(30),
            Self::Tested | Self::Contract => Some(60),
            Self::Permit => Some(120),
            Self::Delivering => Some(45),
            Self::Ended => None,
        }
    }
}

/// What a match promised in a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promise {
    /// Tonnes a year.
    pub tonnes: Amount,
    /// Gain of both ends, NOK a year.
    pub nok: Amount,
    /// kg CO2e saved a year.
    pub co2e_kg: Amount,
}

/// A change of stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// From.
    pub from: Stage,
    /// To.
    pub to: Stage,
    /// When.
    pub on: Date,
    /// Who.
    pub by: String,
    /// Why; needed for going back and for ending.
    pub note: String,
}

/// A match on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Its identifier.
    pub id: String,
    /// What is given.
    pub offer: StreamId,
    /// Who gives.
    pub giver: MemberId,
    /// Who takes.
    pub taker: MemberId,
    /// Who sees to it.
    pub owner: String,
    /// What comes next, and by when.
    pub next_step: Option<(String, Date)>,
    /// What it promised.
    pub promise: Promise,
    /// Documents, by reference into the vaults.
    pub documents: Vec<String>,
    /// The question of waste law.
    pub gate: Gate,
    stage: Stage,
    touched: Date,
    changes: Vec<Change>,
}

/// Why a match may not go to a stage.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StageError {
    /// Stages cannot be skipped forwards.
    #[error("a match goes from {from:?} to {to:?} only by way of the stages between")]
    Skips {
        /// From.
        from: Stage,
        /// To.
        to: Stage,
    },
    /// An ended match stays ended; start a new one.
    #[error("an ended match stays ended; make a new one that refers to it")]
    Ended,
    /// Before the last change.
    #[error("{on} is before the last entry on {last}")]
    Backdated {
        /// The day given.
        on: Date,
        /// The last entry.
        last: Date,
    },
    /// Going back or ending without saying why.
    #[error("say why it goes back or ends")]
    NoReason,
    /// No legal route is open.
    #[error("no legal route is open; answer the conditions of one first")]
    NoRoute,
    /// Somebody has to see to it.
    #[error("a match needs an owner")]
    NoOwner,
    /// A contract without a document.
    #[error("a contract needs its document")]
    NoDocument,
}

impl Match {
    /// A new idea.
    pub fn new(
        id: String,
        (offer, giver, taker): (StreamId, MemberId, MemberId),
        owner: String,
        promise: Promise,
        gate: Gate,
        on: Date,
    ) -> Self {
        Self {
            id,
            offer,
            giver,
            taker,
            owner,
            next_step: None,
            promise,
            documents: Vec::new(),
            gate,
            stage: Stage::Idea,
            touched: on,
            changes: Vec::new(),
        }
    }

    /// Where it stands.
    pub const fn stage(&self) -> Stage {
        self.stage
    }

    /// How it came there.
    pub fn changes(&self) -> &[Change] {
        &self.changes
    }

    /// Whether a stream may not be withdrawn because of it.
    pub const fn binds_stream(&self) -> bool {
        matches!(self.stage, Stage::Contract | Stage::Delivering)
    }

    /// Moves it.
    ///
    /// Forwards one stage at a time; a contract needs an open legal route and a document; going back and ending need a reason.
    pub fn go(&mut self, to: Stage, on: Date, by: String, note: String) -> Result<&Change, StageError> {
        self.may_go(to, on, &note)?;
        let change = Change {
            from: self.stage,
            to,
            on,
            by,
            note,
        };
        self.stage = to;
        self.touched = on;
        let at = self.changes.len();
        self.changes.push(change);
        Ok(&self.changes[at])
    }

    fn may_go(&self, to: Stage, on: Date, note: &str) -> Result<(), StageError> {
        if self.stage == Stage::Ended {
            return Err(StageError::Ended);
        }
        if on < self.touched {
            return Err(StageError::Backdated { on, last: self.touched });
        }
        if (to == Stage::Ended || to <= self.stage) && note.trim().is_empty() {
            return Err(StageError::NoReason);
        }
        if to == Stage::Ended || to <= self.stage {
            return Ok(());
        }
        if to as usize != self.stage as usize + 1 {
            return Err(StageError::Skips { from: self.stage, to });
        }
        if self.owner.trim().is_empty() {
            return Err(StageError::NoOwner);
        }
        if to >= Stage::Contract {
            if matches!(self.gate.standing(), legal::Standing::Closed(_)) {
                return Err(StageError::NoRoute);
            }
            if self.documents.is_empty() {
                return Err(StageError::NoDocument);
            }
        }
        Ok(())
    }

    /// Sets the next step; a sign of life.
    pub fn plan(&mut self, step: String, due: Date, on: Date) {
        self.next_step = Some((step, due));
        self.touched = self.touched.max(on);
    }

    /// A sign of life that nobody had to write: deliveries up to that day.
    pub fn heard(&mut self, on: Date) {
        self.touched = self.touched.max(on);
    }

    /// Why somebody should look at it today.
    pub fn alarm(&self, today: Date) -> Option<Alarm> {
        let patience = self.stage.patience_days()?;
        let days = |from: Date| u32::try_from(from.until(today).map_or(0, |span| span.get_days())).unwrap_or(0);
        if let Some((_, due)) = &self.next_step
            && *due < today
        {
            return Some(Alarm::Overdue { days: days(*due) });
        }
        let silent = days(self.touched);
        (silent > patience).then_some(Alarm::Stale { days: silent })
    }
}

/// Why somebody should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// The next step is past its day.
    Overdue {
        /// Days past.
        days: u32,
    },
    /// Nobody has written anything for longer than the stage allows.
    Stale {
        /// Days silent.
        days: u32,
    },
}

/// What both ends recorded: weighbridge or invoice, tonnes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Which month, or the first of them.
    pub month: Month,
    /// How many months it tells of: one, or more where an end reports less often.
    #[serde(default = "one")]
    pub months: u16,
    /// Tonnes by the giver's records; missing is missing.
    pub given: Option<Amount>,
    /// Tonnes by the taker's records.
    pub taken: Option<Amount>,
}

/// What a month is worth as evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Agreement {
    /// Both ends within 5 % of the larger: the smaller counts.
    Agreed(Amount),
    /// Both recorded, too far apart: nothing counts until somebody finds out.
    Disputed {
        /// The giver's tonnes.
        given: Amount,
        /// The taker's tonnes.
        taken: Amount,
    },
    /// Only one end has a record: nothing counts yet.
    OneSided,
    /// A record below zero: nothing counts.
    Impossible,
}

const fn one() -> u16 {
    1
}

impl Record {
    /// Nothing recorded yet of a month.
    pub const fn of(month: Month) -> Self {
        Self {
            month,
            months: 1,
            given: None,
            taken: None,
        }
    }

    /// Whether the two tell of the same time.
    pub fn overlaps(&self, other: &Self) -> bool {
        let end = |record: &Self| record.month.index() + i32::from(record.months);
        self.month.index() < end(other) && other.month.index() < end(self)
    }

    /// The last day that it tells of.
    pub fn last_day(&self) -> Date {
        let last = (1..self.months).fold(self.month, |month, _| month.next());
        last.period().to()
    }

    /// Whether the two ends agree within 5 % of the larger record.
    pub fn agreement(&self) -> Agreement {
        let (Some(given), Some(taken)) = (self.given, self.taken) else {
            return Agreement::OneSided;
        };
        if given.is_negative() || taken.is_negative() {
            return Agreement::Impossible;
        }
        let (low, high) = (given.min(taken), given.max(taken));
        // (high - low) / high <= 1/20, without a division.
        if (high - low).mantissa() * 20 <= high.mantissa() {
            Agreement::Agreed(low)
        } else {
            Agreement::Disputed { given, taken }
        }
    }
}

/// What really happened, against the promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Realised {
    /// Tonnes that both ends agree on.
    pub tonnes: Amount,
    /// Those times the promised gain per tonne, NOK.
    pub nok: Amount,
    /// Those times the promised saving per tonne, kg CO2e.
    pub co2e_kg: Amount,
    /// Months agreed on.
    pub agreed: usize,
    /// Months in dispute, one-sided, impossible or told twice.
    pub open: usize,
    /// Agreed tonnes over the promise for the agreed months (a twelfth of the year each); `None` where nothing was promised or
    /// agreed.
    pub of_promise: Option<Rate>,
}

/// Adds up what both ends agree on. A month recorded twice is a mistake of the caller and counts as open both times.
pub fn realised(promise: &Promise, records: &[Record]) -> Realised {
    let twice = |record: &Record| records.iter().filter(|other| other.overlaps(record)).count() > 1;
    let (mut tonnes, mut agreed, mut open) = (Amount::ZERO, 0, 0);
    for record in records {
        let months = usize::from(record.months);
        match record.agreement() {
            Agreement::Agreed(both) if !twice(record) => {
                tonnes += both;
                agreed += months;
            }
            _ => open += months,
        }
    }
    let per_tonne = |yearly: Amount| {
        let rate = tonnes.ratio(promise.tonnes);
        rate.and_then(|rate| yearly.times(rate, Rounding::HalfEven).ok())
            .unwrap_or(Amount::ZERO)
    };
    let due = Rate::from_mantissa(Rate::ONE_MANTISSA * i128::try_from(agreed).unwrap_or(0) / 12);
    let promised = promise.tonnes.times(due, Rounding::HalfEven).ok();
    Realised {
        tonnes,
        nok: per_tonne(promise.nok),
        co2e_kg: per_tonne(promise.co2e_kg),
        agreed,
        open,
        of_promise: promised.and_then(|promised| tonnes.ratio(promised)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::legal::{Answer, Route, Use};
    use crate::test_streams::residue;
    use greenheart_model::waste_list::Jurisdiction;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn idea() -> Match {
        let stream = residue("slagg", Some("100202"));
        let gate = Gate::new(&stream, Use::Material, Jurisdiction::Norway, false);
        let promise = Promise {
            tonnes: Amount::from_integer(1200),
            nok: Amount::from_integer(240_000),
            co2e_kg: Amount::from_integer(60_000),
        };
        let ends = (stream.id, MemberId::new("a"), MemberId::new("b"));
        Match::new("m1".into(), ends, "Kari".into(), promise, gate, day("2026-01-01"))
    }

    fn go(one: &mut Match, to: Stage, on: &str) -> Result<(), StageError> {
        one.go(to, day(on), "Kari".into(), String::new()).map(|_| ())
    }

    #[test]
    fn no_contract_without_a_legal_route_and_a_document() {
        let mut one = idea();
        assert!(matches!(
            go(&mut one, Stage::Contract, "2026-01-02"),
            Err(StageError::Skips { .. })
        ));
        for (stage, on) in [
            (Stage::Contacted, "2026-01-02"),
            (Stage::Tested, "2026-02-01"),
            (Stage::Permit, "2026-03-01"),
        ] {
            go(&mut one, stage, on).expect("forwards");
        }
        assert_eq!(go(&mut one, Stage::Contract, "2026-04-01"), Err(StageError::NoRoute));
        for condition in Route::StillWaste.conditions() {
            let answer = Answer {
                condition: *condition,
                holds: true,
                ground: "permit 2024.0001.T".into(),
                by: "Kari".into(),
                on: day("2026-03-15"),
            };
            one.gate.answer(answer).expect("an answer");
        }
        assert_eq!(go(&mut one, Stage::Contract, "2026-04-01"), Err(StageError::NoDocument));
        one.documents.push("vault:contract".into());
        go(&mut one, Stage::Contract, "2026-04-01").expect("a contract");
        assert!(one.binds_stream());
        assert_eq!(
            go(&mut one, Stage::Delivering, "2026-03-01"),
            Err(StageError::Backdated {
                on: day("2026-03-01"),
                last: day("2026-04-01")
            })
        );
        assert_eq!(go(&mut one, Stage::Tested, "2026-05-01"), Err(StageError::NoReason));
        one.go(
            Stage::Tested,
            day("2026-05-01"),
            "Kari".into(),
            "too much chloride".into(),
        )
        .expect("back");
        one.go(Stage::Ended, day("2026-05-02"), "Kari".into(), "found no use".into())
            .expect("ended");
        assert_eq!(go(&mut one, Stage::Idea, "2026-06-01"), Err(StageError::Ended));
        assert_eq!(one.changes().len(), 6);
    }

    #[test]
    fn silence_and_missed_steps_raise_an_alarm() {
        let mut one = idea();
        assert_eq!(one.alarm(day("2026-01-31")), None);
        assert_eq!(one.alarm(day("2026-02-01")), Some(Alarm::Stale { days: 31 }));
        one.plan("ring".into(), day("2026-02-10"), day("2026-02-01"));
        assert_eq!(one.alarm(day("2026-02-10")), None);
        assert_eq!(one.alarm(day("2026-02-12")), Some(Alarm::Overdue { days: 2 }));
        one.go(Stage::Ended, day("2026-02-13"), "Kari".into(), "no".into())
            .expect("ended");
        assert_eq!(one.alarm(day("2027-01-01")), None);
    }

    #[test]
    fn only_what_both_ends_agree_on_counts() {
        let amount = |text: &str| text.parse::<Amount>().expect("a number");
        let record = |month: i8, given: Option<&str>, taken: Option<&str>| Record {
            given: given.map(amount),
            taken: taken.map(amount),
            ..Record::of(Month::new(2026, month).expect("a month"))
        };
        let records = [
            record(1, Some("100"), Some("95")),
            record(2, Some("100"), Some("94.999999")),
            record(3, Some("100"), None),
            record(4, Some("-5"), Some("-5")),
            record(5, Some("0"), Some("0")),
            record(6, Some("55"), Some("55")),
            record(7, Some("90"), Some("90")),
            record(7, Some("90"), Some("90")),
        ];
        let done = realised(&idea().promise, &records);
        assert_eq!((done.tonnes, done.agreed, done.open), (amount("150"), 3, 5));
        // 150 t of 1200 t a year at 200 NOK and 50 kg a tonne; three months promised 300 t.
        assert_eq!((done.nok, done.co2e_kg), (amount("30000"), amount("7500")));
        assert_eq!(done.of_promise, "0.5".parse().ok());
        assert_eq!(realised(&idea().promise, &[]).of_promise, None);
        // A year told by both at once, and a month of it told again.
        let mut year = record(1, Some("600"), Some("590"));
        year.months = 12;
        let whole = realised(&idea().promise, &[year]);
        assert_eq!((whole.tonnes, whole.agreed, whole.open), (amount("590"), 12, 0));
        let twice = realised(&idea().promise, &[year, record(12, Some("50"), Some("50"))]);
        assert_eq!((twice.tonnes, twice.agreed, twice.open), (amount("0"), 0, 13));
        assert_eq!(year.last_day(), day("2026-12-31"));
    }
}
