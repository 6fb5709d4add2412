//! Suggestions: who might take what somebody has, and who might have what somebody needs, each with the reasons.
//!
//! A suggestion is made of nothing but what the actor may see: the own streams, the streams of others as their holders show them, and
//! what everybody in the cluster knows of a member, its name, its industry and where it works.

use std::collections::BTreeMap;
use std::sync::{LazyLock, OnceLock};

use greenheart_circular::legal::{Condition, Flag, Gate, Route, Standing as LegalStanding, Use};
use greenheart_circular::matching::{
    DistanceFit, Firm, Matcher, QuantityFit, ReadTaker, Reason, Suggestion, Taker, Weights,
};
use greenheart_circular::stream::{Direction, Kind, LimitOutcome, Stream};
use greenheart_circular::substitutes::substitute;
use greenheart_model::waste_list::Jurisdiction;
use greenheart_model::{Coordinates, Member, MemberId, Nace, Site};
use greenheart_units::Amount;
use serde::{Deserialize, Serialize};

use super::kept::{Kept, no_stream};
use super::seen::{Sight, streams_of};
use super::{READER, material_of};
use crate::{Actor, App, AppError};

static MATCHER: LazyLock<Matcher<'static>> =
    LazyLock::new(|| Matcher::new(&READER, greenheart_circular::cases::published()));

/// Suggestions kept for a stream.
const PER_STREAM: usize = 5;
/// What a process that mainly takes a material adds at least: a reason of its own. What it may take is told where one stream is asked for.
const SURELY: f64 = 2.0;
const PERHAPS: f64 = 1.0;

/// What to look for partners of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MatchRequest {
    /// Only streams of this member.
    pub member: Option<MemberId>,
    /// Only this stream.
    pub stream: Option<String>,
    /// At most so many suggestions for a stream; five when absent.
    pub most: Option<usize>,
}

/// How an offer stands to a limit of a want.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitState {
    /// It keeps it.
    Pass,
    /// It does not.
    Fail,
    /// Nobody has measured it.
    Unknown,
}

/// One limit with its result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LimitLine {
    /// Which property.
    pub property: String,
    /// The result.
    pub state: LimitState,
    /// Why it fails, or which test is missing.
    pub detail: String,
}

/// The question of waste law that a suggestion carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateView {
    /// Whether waste law applies at all.
    pub applies: bool,
    /// Rules to look into.
    pub flags: Vec<Flag>,
    /// The route that is open, when every condition of one is answered with yes and a ground.
    pub open: Option<Route>,
    /// For each route that is not open: the conditions that nobody has answered, and those that do not hold.
    pub missing: Vec<(Route, Vec<Condition>, Vec<Condition>)>,
}

impl GateView {
    pub(crate) fn of(gate: &Gate) -> Self {
        let (open, missing) = match gate.standing() {
            LegalStanding::NotWaste => (None, Vec::new()),
            LegalStanding::Open(route) => (Some(route), Vec::new()),
            LegalStanding::Closed(missing) => {
                let routes = missing.into_iter().map(|one| (one.route, one.unanswered, one.refused));
                (None, routes.collect())
            }
        };
        Self {
            applies: gate.applies,
            flags: gate.flags.iter().copied().collect(),
            open,
            missing,
        }
    }
}

/// A partner suggested for a stream.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SuggestionLine {
    /// The offer; `None` where its holder shows itself as a band only.
    pub offer: Option<String>,
    /// What it is, in words.
    pub offer_text: String,
    /// Who gives; `None` in a band.
    pub giver: Option<MemberId>,
    /// Its name.
    pub giver_name: Option<String>,
    /// Who might take it.
    pub taker: MemberId,
    /// Its name.
    pub taker_name: String,
    /// The want that it could meet.
    pub want: Option<String>,
    /// What that is, in words.
    pub want_text: Option<String>,
    /// Place in the order for its stream, from 1.
    pub rank: usize,
    /// Log-odds up to a constant of the question: for ordering, not a probability.
    pub score: f64,
    /// What each kind of evidence adds, largest first.
    pub reasons: Vec<(Reason, f64)>,
    /// The known case that it resembles, where that is described, and how like it is, 0 to 1.
    pub resembles: Option<(String, String, f64)>,
    /// Each limit of the want.
    pub limits: Vec<LimitLine>,
    /// km as the crow flies, where both places may be known.
    pub distance_km: Option<f64>,
    /// Farther than one of the two accepts.
    pub too_far: bool,
    /// Shares of the offer taken up and of the want covered, 0 to 1, and over how many months.
    pub quantity: Option<(f64, f64, usize)>,
    /// In a year, kg, where that may be known.
    pub yearly_kg: Option<Amount>,
    /// The offer is a guess that nobody has confirmed.
    pub inferred: bool,
    /// Something known rules it out.
    pub ruled_out: bool,
    /// Part of it goes there already.
    pub already: bool,
    /// The question of waste law.
    pub gate: GateView,
}

impl App {
    /// Who might take the offers that the actor answers for, and who might have what it needs; for those who lead, of all
    /// streams that they see.
    pub async fn matches(&self, actor: &Actor, request: &MatchRequest) -> Result<Vec<SuggestionLine>, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.match", request.member.as_ref())
            .await?;
        let table = self.table(actor).await?;
        let mut lines = Vec::new();
        let most = request.most.unwrap_or(PER_STREAM).clamp(1, 50);
        let mut found = false;
        for shown in &table.shown {
            let stream = &table.kept[shown.at].stream;
            let asked = request.stream.as_ref().is_none_or(|id| **id == *stream.id.0)
                && request.member.as_ref().is_none_or(|member| *member == stream.member);
            if !asked || !table.sight.whole(stream, &table.all) {
                continue;
            }
            found = true;
            match stream.direction {
                Direction::Offer => {
                    let least = if request.stream.is_some() { PERHAPS } else { SURELY };
                    lines.extend(table.takers_of(shown.at, most, least));
                }
                // Offers that the actor answers for are ranked above; for a want, those of others.
                Direction::Want if request.stream.is_some() || actor.member() == Some(&stream.member) => {
                    lines.extend(table.givers_of(shown.at, most));
                }
                Direction::Want => {}
            }
        }
        if let (false, Some(id)) = (found, &request.stream) {
            return Err(no_stream(id));
        }
        let looked = lines.iter().flat_map(|line| line.giver.iter());
        self.note_looks(actor, looked, "circular.match").await?;
        Ok(lines)
    }

    /// Everything that suggestions for this actor are made of.
    pub(crate) async fn table(&self, actor: &Actor) -> Result<MatchTable, AppError> {
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let shown = sight.cut(&kept, &all).into_iter().map(|(at, stream)| Shown {
            at,
            material: material_of(&stream),
            stream,
            as_taker: OnceLock::new(),
        });
        let shown = shown.collect();
        let today = self.surroundings.clock.today();
        let members = self.store.members().await?;
        let sites = self.store.sites().await?;
        let here = |member: &&Member| member.membership.left.is_none_or(|left| left >= today);
        let firms: Vec<Firm> = members.iter().filter(here).map(|member| firm(member, &sites)).collect();
        let alone = |firm| MATCHER.read_taker(&Taker { firm, want: None });
        let read = firms.iter().map(alone).collect();
        Ok(MatchTable {
            names: members.into_iter().map(|member| (member.id, member.name)).collect(),
            kept,
            all,
            shown,
            sight,
            firms,
            read,
        })
    }
}

/// What everybody in the cluster knows of a member.
fn firm(member: &Member, sites: &[Site]) -> Firm {
    let mut own = sites.iter().filter(|site| site.member == member.id);
    Firm {
        member: member.id.clone(),
        nace: member.nace.clone(),
        text: member.name.clone(),
        place: own.find_map(|site| site.coordinates),
    }
}

/// Streams, firms and what of them an actor may see.
pub(crate) struct MatchTable {
    pub names: BTreeMap<MemberId, String>,
    pub kept: Vec<Kept>,
    pub all: Vec<Stream>,
    /// What the actor may see of them.
    pub shown: Vec<Shown>,
    pub sight: Sight,
    pub firms: Vec<Firm>,
    /// The firms without a want, read.
    read: Vec<ReadTaker>,
}

/// A stream cut down to what the actor may see.
pub(crate) struct Shown {
    /// Position among the streams.
    pub at: usize,
    pub stream: Stream,
    /// The material that it is by what is shown.
    pub material: Option<&'static str>,
    /// Its holder with this want, read when it is first asked for.
    as_taker: OnceLock<ReadTaker>,
}

impl MatchTable {
    /// Takers of an offer of which the actor sees the whole.
    fn takers_of(&self, at: usize, most: usize, least: f64) -> Vec<SuggestionLine> {
        let offer = &self.kept[at];
        let material = material_of(&offer.stream);
        let wants = self.wants(material);
        let takers: Vec<(Taker<'_>, &ReadTaker)> = self
            .firms
            .iter()
            .zip(&self.read)
            .map(|(firm, read)| {
                let want = wants.get(&firm.member);
                let taker = Taker {
                    firm,
                    want: want.map(|want| &want.stream),
                };
                let read = want.map_or(read, |want| want.as_taker.get_or_init(|| MATCHER.read_taker(&taker)));
                (taker, read)
            })
            .collect();
        let ranked = MATCHER.rank_read(&offer.stream, &takers, &Weights::default());
        let likely = ranked.iter().filter(|suggestion| is_likely(suggestion, &wants, least));
        likely
            .take(most)
            .enumerate()
            .map(|(place, suggestion)| {
                let want = wants.get(&suggestion.member).map(|want| &want.stream);
                let line = self.line(&offer.stream, suggestion, want, place + 1);
                SuggestionLine {
                    already: offer.today.iter().any(|fate| {
                        !fate.treatment.is_lost() && fate.receiver_member.as_ref() == Some(&suggestion.member)
                    }),
                    ..line
                }
            })
            .collect()
    }

    /// The wants for a material that may be used, one for each member.
    fn wants(&self, material: Option<&'static str>) -> BTreeMap<MemberId, &Shown> {
        let Some(material) = material else {
            return BTreeMap::new();
        };
        let named = self.shown.iter().filter(|shown| {
            let kept = &self.kept[shown.at];
            let true_holder = kept.stream.member == shown.stream.member;
            shown.stream.direction == Direction::Want && true_holder && could_use(kept, shown, material)
        });
        named.map(|shown| (shown.stream.member.clone(), shown)).collect()
    }

    /// Offers of others for a want of which the actor sees the whole.
    fn givers_of(&self, at: usize, most: usize) -> Vec<SuggestionLine> {
        let want = &self.kept[at].stream;
        let Some(firm) = self.firms.iter().find(|firm| firm.member == want.member) else {
            return Vec::new();
        };
        let Some(wanted) = self.shown.iter().find(|shown| shown.at == at) else {
            return Vec::new();
        };
        let taker = Taker { firm, want: Some(want) };
        let read = MATCHER.read_taker(&taker);
        let mut lines: Vec<SuggestionLine> = Vec::new();
        for shown in &self.shown {
            let offer = &shown.stream;
            let fits = shown
                .material
                .is_some_and(|material| could_use(&self.kept[at], wanted, material));
            if offer.direction != Direction::Offer || !fits || offer.member == want.member {
                continue;
            }
            let ranked = MATCHER.rank_read(offer, &[(taker, &read)], &Weights::default());
            // It asks for this material, and that is reason enough.
            lines.extend(
                ranked
                    .first()
                    .map(|suggestion| self.line(offer, suggestion, Some(want), 0)),
            );
        }
        lines.sort_by(|a, b| {
            a.ruled_out
                .cmp(&b.ruled_out)
                .then(b.score.total_cmp(&a.score))
                .then(a.offer.cmp(&b.offer))
        });
        // Streams of one band look the same, and one line says it.
        lines.dedup_by(|a, b| a.offer.is_none() && b.offer.is_none() && a.offer_text == b.offer_text);
        lines.truncate(most);
        for (place, line) in lines.iter_mut().enumerate() {
            line.rank = place + 1;
        }
        lines
    }

    fn line(&self, offer: &Stream, suggestion: &Suggestion<'_>, want: Option<&Stream>, rank: usize) -> SuggestionLine {
        let giver = self
            .names
            .get(&offer.member)
            .map(|name| (offer.member.clone(), name.clone()));
        let nace = self
            .firms
            .iter()
            .find(|firm| firm.member == suggestion.member)
            .and_then(|firm| firm.nace.as_ref());
        let gate = Gate::new(offer, purpose(offer, nace), Jurisdiction::Norway, false);
        let (distance_km, too_far) = match suggestion.distance {
            DistanceFit::Within(km) => (Some(km), false),
            DistanceFit::TooFar { km, .. } => (Some(km), true),
            DistanceFit::Unknown => (None, false),
        };
        SuggestionLine {
            offer: giver.as_ref().map(|_| offer.id.to_string()),
            offer_text: offer.text.clone(),
            giver: giver.as_ref().map(|(member, _)| member.clone()),
            giver_name: giver.map(|(_, name)| name),
            taker_name: self.names.get(&suggestion.member).cloned().unwrap_or_default(),
            taker: suggestion.member.clone(),
            want: want.map(|want| want.id.to_string()),
            want_text: want.map(|want| want.text.clone()),
            rank,
            score: suggestion.score,
            reasons: suggestion.reasons.clone(),
            resembles: suggestion
                .resembles
                .as_ref()
                .map(|known| (known.case.name.clone(), known.case.source.clone(), known.likeness)),
            limits: suggestion.limits.iter().map(limit).collect(),
            distance_km,
            too_far,
            quantity: match suggestion.quantity {
                QuantityFit::Overlap {
                    of_offer,
                    of_want,
                    months,
                } => Some((of_offer, of_want, months)),
                QuantityFit::Incomparable | QuantityFit::Unknown => None,
            },
            yearly_kg: offer
                .quantities
                .as_ref()
                .filter(|quantities| quantities.dimension == greenheart_units::Dimension::Mass)
                .map(|quantities| quantities.known().0),
            inferred: suggestion.inferred,
            ruled_out: suggestion.is_ruled_out(),
            already: false,
            gate: GateView::of(&gate),
        }
    }
}

fn limit(result: &greenheart_circular::stream::LimitResult) -> LimitLine {
    let (state, detail) = match &result.outcome {
        LimitOutcome::Pass => (LimitState::Pass, String::new()),
        LimitOutcome::Fail { why } => (LimitState::Fail, why.clone()),
        LimitOutcome::Unknown { test } => (LimitState::Unknown, (*test).to_owned()),
    };
    LimitLine {
        property: result.property.clone(),
        state,
        detail,
    }
}

/// Whether a want is one for this material: a person entered it in these words, or what is bought can be replaced by it in this trade.
/// A mason who buys paper sacks does not ask for waste paper.
fn could_use(kept: &Kept, shown: &Shown, material: &str) -> bool {
    match (&kept.item, &kept.stream.codes.nace) {
        (Some(item), Some(nace)) => substitute(material, item, nace).is_some(),
        (Some(_), None) => false,
        (None, _) => shown.material == Some(material),
    }
}

/// Whether there is a reason that a person would accept: the process takes it, a want asks for it, or a known case is like it.
fn is_likely(suggestion: &Suggestion<'_>, wants: &BTreeMap<MemberId, &Shown>, least: f64) -> bool {
    let adds = |reason: Reason| {
        suggestion
            .reasons
            .iter()
            .find(|(one, _)| *one == reason)
            .map_or(0.0, |(_, adds)| *adds)
    };
    adds(Reason::Process) > least
        || wants.contains_key(&suggestion.member)
        || suggestion.resembles.as_ref().is_some_and(|known| known.likeness > 0.3)
}

/// What a taker of this trade would most likely do with it, as far as the law cares.
pub(crate) fn purpose(offer: &Stream, taker: Option<&Nace>) -> Use {
    if matches!(offer.kind, Kind::Heat | Kind::Electricity | Kind::Water) {
        return Use::Utility;
    }
    let Some(nace) = taker else { return Use::Unknown };
    let starts = |prefixes: &[&str]| prefixes.iter().any(|prefix| nace.as_str().starts_with(prefix));
    match () {
        () if starts(&["01.4", "10.9"]) => Use::Feed,
        () if starts(&["01", "81.3"]) => Use::OnLand,
        () if starts(&["35"]) => Use::Fuel,
        () if nace.division() >= "10" && nace.division() <= "33" => Use::Material,
        () if starts(&["08", "41", "42", "43"]) => Use::Material,
        () => Use::Unknown,
    }
}

/// km between two places as the crow flies.
pub(crate) fn crow_km(from: Option<Coordinates>, to: Option<Coordinates>) -> Option<f64> {
    from.zip(to)
        .map(|(from, to)| greenheart_circular::matching::distance_km(from, to))
}
