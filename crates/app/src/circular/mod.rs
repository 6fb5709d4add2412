//! Exchanging what is left over: streams, suggestions, the best network, a fair split of its gain, the board, indicators.
//!
//! Who sees what of a stream is decided in `seen`, once: everything shown, ranked, added up or refused to an actor starts from
//! there, so that a stream that is hidden from somebody has no influence on any answer that this somebody gets.

mod board;
mod facts;
mod indicators;
mod infer;
mod introductions;
mod kept;
mod matching;
mod measured;
mod measures;
mod network;
mod seen;
mod split;
mod streams;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use greenheart_circular::matching::Reader;
use greenheart_circular::stream::Stream;
use greenheart_model::{MemberId, WasteCode};
use serde::Serialize;

pub use board::{
    BoardLine, BoardRequest, ExchangeAnswer, ExchangeChange, ExchangeRequest, RealisedLine, RecordLine, StageChange,
    TonnesRequest,
};
pub use greenheart_circular::board::Stage;
pub use greenheart_circular::legal::{Condition, Flag, Route};
pub use greenheart_circular::matching::Reason;
pub use greenheart_circular::stream::{Direction, Kind as StreamKind, Source};
pub use greenheart_circular::visible::Band;
pub use indicators::{IndicatorGroups, IndicatorLine, IndicatorRequest, IndicatorsView};
pub use infer::{Inferred, in_one_language};
pub use introductions::IntroductionLine;
pub use kept::Fate;
pub use matching::{GateView, LimitLine, LimitState, MatchRequest, SuggestionLine};
pub use measured::Filled;
pub use measures::ExchangeMeasure;
pub use network::{
    Assumption, EnergyPrices, IntakeEntry, NetworkLane, NetworkLeg, NetworkObjective, NetworkPlant, NetworkPoint,
    NetworkRequest, NetworkView, OutputEntry, PipeTerms, PlantBook, PlantEntry, PoolEntry, PumpTerms, TodayFlow,
};
pub use split::{ShareLine, SplitGroup, SplitView};
pub use streams::{StandingKind, StreamFinding, StreamLine, StreamQuery, StreamRequest};

pub(crate) use network::solve_in_worker;

use crate::{App, AppError};

/// Glossary, trades and rarity of words, read once.
pub(crate) static READER: LazyLock<Reader> = LazyLock::new(Reader::new);

/// The material of the glossary that a stream most clearly is; the first by name of equals.
pub(crate) fn material_of(stream: &Stream) -> Option<&'static str> {
    clearest(&stream.text, stream.codes.waste)
}

/// The material that words and a code most clearly mean: where words leave it open, the code decides, then the name.
fn clearest(text: &str, code: Option<WasteCode>) -> Option<&'static str> {
    let found = READER.concepts.of(&READER.analyzer.stem_set(text), code);
    let by_code = READER.concepts.of(&BTreeSet::new(), code);
    let mut best: Option<(&'static str, f64)> = None;
    for (name, weight) in found {
        let weight = weight + by_code.get(name).map_or(0.0, |_| 0.1);
        if best.is_none_or(|(_, most)| weight > most + 1e-9) {
            best = Some((name, weight));
        }
    }
    best.map(|(name, _)| name)
}

/// The stable name of a value that is one word on the wire.
pub fn word_of(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// The value that a word on the wire means.
///
/// # Errors
/// When it means none; the message names those there are.
pub fn of_word<T: serde::de::DeserializeOwned>(word: &str) -> Result<T, String> {
    serde_json::from_value(serde_json::Value::String(word.trim().to_owned())).map_err(|error| error.to_string())
}

impl App {
    /// Names of the members, by identifier.
    pub(crate) async fn names(&self) -> Result<BTreeMap<MemberId, String>, AppError> {
        let members = self.store.members().await?;
        Ok(members.into_iter().map(|member| (member.id, member.name)).collect())
    }
}
