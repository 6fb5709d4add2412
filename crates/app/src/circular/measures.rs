//! Exchanges as measures of a roadmap: what each would bring or brings in a year, and how sure that is.

use greenheart_model::MemberId;
use greenheart_units::{Amount, Rate, Rounding};
use serde::{Deserialize, Serialize};

use super::board::{BoardLine, BoardRequest};
use super::{Stage, word_of};
use crate::{Actor, App, AppError};

/// An exchange of the board as a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangeMeasure {
    /// The exchange.
    pub id: String,
    /// What it is, in words.
    pub text: String,
    /// Who gives and who takes.
    pub members: [MemberId; 2],
    /// `planned` until it delivers, then `realised`.
    pub status: String,
    /// Its stage.
    pub stage: String,
    /// Tonnes a year: measured where both ends agree, promised otherwise.
    pub tonnes_year: Amount,
    /// NOK a year, likewise.
    pub nok_year: Amount,
    /// kg CO2e a year less, likewise.
    pub co2e_kg_year: Amount,
    /// Months that both ends' records agree on.
    pub measured_months: usize,
}

impl App {
    /// The exchanges that the actor may see, each as a measure; what has ended is none.
    ///
    /// # Errors
    /// Of rights and catalogue.
    pub async fn exchange_measures(&self, actor: &Actor) -> Result<Vec<ExchangeMeasure>, AppError> {
        let lines = self.board(actor, &BoardRequest::default()).await?;
        Ok(lines.iter().map(measure).collect())
    }
}

fn measure(line: &BoardLine) -> ExchangeMeasure {
    let done = &line.realised;
    let measured = line.stage == Stage::Delivering && done.agreed > 0;
    // What the agreed months come to, as a year of such months.
    let months = i128::try_from(done.agreed.max(1)).unwrap_or(1);
    let share = Rate::from_mantissa(Rounding::HalfEven.divide(Rate::ONE_MANTISSA * 12, months));
    let year = |realised: Amount, promised: Amount| {
        if measured {
            realised.times(share, Rounding::HalfEven).unwrap_or(promised)
        } else {
            promised
        }
    };
    ExchangeMeasure {
        id: line.id.clone(),
        text: line.offer_text.clone(),
        members: [line.giver.clone(), line.taker.clone()],
        status: if measured { "realised" } else { "planned" }.to_owned(),
        stage: word_of(&line.stage),
        tonnes_year: year(done.tonnes, line.promised.0),
        nok_year: year(done.nok, line.promised.1),
        co2e_kg_year: year(done.co2e_kg, line.promised.2),
        measured_months: done.agreed,
    }
}
