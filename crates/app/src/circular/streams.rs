//! Streams: what a member has to spare or needs, entered, guessed, confirmed, corrected, refused, withdrawn.

use greenheart_circular::stream::{
    Codes, Direction, FINDINGS, HeatProfile, Kind, Medium, Price, Property, Quantities, Source, Standing,
    StandingError, Stream, StreamId, check,
};
use greenheart_circular::visible::{Band, View};
use greenheart_model::waste_list::{Hazard, Jurisdiction, hazard};
use greenheart_model::{MemberId, Severity, SiteId, Visibility, WasteCode};
use greenheart_units::{Amount, Basis, Dimension, Rounding, parse_reading};
use serde::{Deserialize, Serialize};

use super::kept::{Fate, Kept, no_stream, stream_id};
use super::seen::{Sight, streams_of};
use crate::{Actor, App, AppError};

/// Characters of a text at most.
const TEXT: usize = 400;

/// Which streams.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StreamQuery {
    /// Only of this member.
    pub member: Option<MemberId>,
    /// Also what was refused or withdrawn, of those that show it.
    pub closed: bool,
}

/// A stream to add, or what a stream is after a correction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamRequest {
    /// Whose.
    pub member: MemberId,
    /// At which site; the member's first one when absent.
    pub site: Option<SiteId>,
    /// Offer or want.
    pub direction: Direction,
    /// What it is.
    pub kind: Kind,
    /// Code of the list of waste.
    pub waste_code: Option<WasteCode>,
    /// Code of the Combined Nomenclature.
    pub cn: Option<String>,
    /// In words, Norwegian or English.
    pub text: String,
    /// In a year, with its unit: `120 t`, `800 MWh`.
    pub yearly: Option<String>,
    /// By calendar month in base units, instead of `yearly`.
    pub months: Option<[Option<Amount>; 12]>,
    /// NOK per tonne, MWh or thousand m³ that the taker pays; below zero the giver pays.
    pub price_nok: Option<Amount>,
    /// Farthest it may go or come from, km.
    pub max_distance_km: Option<u32>,
    /// Measured range or limit: `chloride 0..0.1 %`.
    pub properties: Vec<String>,
    /// Of heat: °C on the way out.
    pub supply_c: Option<Amount>,
    /// Who may see it.
    pub visibility: Visibility,
    /// The partners meant by [`Visibility::NamedPartners`].
    pub partners: Vec<MemberId>,
}

/// How a stream stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StandingKind {
    /// Guessed, and not answered.
    Inferred,
    /// The holder says so.
    Confirmed,
    /// The holder says no.
    Denied,
    /// No longer there.
    Withdrawn,
}

impl StandingKind {
    pub(crate) const fn of(standing: &Standing) -> Self {
        match standing {
            Standing::Inferred(_) => Self::Inferred,
            Standing::Confirmed { .. } => Self::Confirmed,
            Standing::Denied { .. } => Self::Denied,
            Standing::Withdrawn { .. } => Self::Withdrawn,
        }
    }
}

/// Something to look at in a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamFinding {
    /// Stable code.
    pub code: String,
    /// How bad.
    pub severity: Severity,
    /// Meaning and remedy in Norwegian.
    pub norwegian: String,
    /// Meaning and remedy in English.
    pub english: String,
}

/// A stream as whoever asks may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StreamLine {
    /// Its identifier; `None` in a band.
    pub id: Option<String>,
    /// Whose; `None` in a band.
    pub member: Option<MemberId>,
    /// Its name.
    pub member_name: Option<String>,
    /// Where.
    pub site: Option<SiteId>,
    /// Offer or want.
    pub direction: Direction,
    /// What it is.
    pub kind: Kind,
    /// In words.
    pub text: String,
    /// Its waste code.
    pub waste_code: Option<WasteCode>,
    /// Chapter of the list of waste.
    pub chapter: Option<String>,
    /// The Norwegian list has it as hazardous.
    pub hazardous: bool,
    /// Sum of the months that are known, base units; only where the whole is shown.
    pub yearly: Option<Amount>,
    /// How many months are known.
    pub months_known: usize,
    /// Base unit.
    pub unit: Option<String>,
    /// How much, roughly.
    pub band: Band,
    /// NOK per base unit.
    pub price_nok_per_unit: Option<Amount>,
    /// Farthest it may go, km.
    pub max_distance_km: Option<u32>,
    /// Who may see it; only to the holder and those who lead.
    pub visibility: Option<Visibility>,
    /// Named partners; likewise.
    pub partners: Vec<MemberId>,
    /// Confirmed or guessed; only where the whole is shown.
    pub standing: Option<StandingKind>,
    /// What a guess rests on; only where the whole is shown.
    pub source: Option<Source>,
    /// Where it goes today; only where the whole is shown.
    pub today: Vec<Fate>,
    /// What to look at.
    pub findings: Vec<StreamFinding>,
    /// Whether the actor may answer for it.
    pub may_answer: bool,
}

impl App {
    /// The streams that the actor may see, each cut down to what its holder shows it.
    pub async fn streams(&self, actor: &Actor, query: &StreamQuery) -> Result<Vec<StreamLine>, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.streams", query.member.as_ref())
            .await?;
        let names = self.names().await?;
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let mut lines = Vec::new();
        for one in &kept {
            let mine = query.member.as_ref().is_none_or(|member| *member == one.stream.member);
            if !(query.closed || one.stream.is_open()) {
                continue;
            }
            match sight.view(&one.stream, &all) {
                View::Whole(_) if mine => lines.push(whole_line(actor, one, &names)),
                View::Named { .. } if mine => lines.push(named_line(&one.stream, &names)),
                // A band is nobody's, so that asking by member would tell whose it is.
                View::Band(band) if query.member.is_none() => lines.push(StreamLine {
                    id: None,
                    member: None,
                    member_name: None,
                    chapter: band.chapter,
                    band: band.yearly,
                    ..bare(band.direction, band.kind)
                }),
                _ => {}
            }
        }
        // Everything that is shown is part of the order, so that nothing that is hidden can be: not how the catalogue keeps it.
        lines.sort_by_cached_key(|line| {
            (
                line.id.is_none(),
                line.member_name.clone(),
                line.direction,
                line.standing,
                line.text.clone(),
                line.id.clone(),
                (line.kind, line.chapter.clone(), line.band),
            )
        });
        // Streams of one band look the same, and one line says it: how many there are is nobody's to count.
        lines.dedup_by(|a, b| a.id.is_none() && a == b);
        let looked = lines.iter().filter_map(|line| line.member.as_ref());
        self.note_looks(actor, looked, "circular.streams").await?;
        Ok(lines)
    }

    /// One stream, as the actor may see it.
    pub async fn stream(&self, actor: &Actor, id: &str) -> Result<StreamLine, AppError> {
        self.allowed(actor, actor.may_exchange(), "circular.streams", None)
            .await?;
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let names = self.names().await?;
        let found = kept.iter().find(|one| &*one.stream.id.0 == id);
        let line = found.and_then(|one| match Sight::of(actor).view(&one.stream, &all) {
            View::Whole(_) => Some(whole_line(actor, one, &names)),
            View::Named { .. } => Some(named_line(&one.stream, &names)),
            // A band has no identifier to ask for.
            View::Band(_) | View::Nothing => None,
        });
        let line = line.ok_or_else(|| no_stream(id))?;
        self.note_looks(actor, line.member.iter(), "circular.streams").await?;
        Ok(line)
    }

    /// Adds a stream that a person enters; it counts as confirmed.
    pub async fn add_stream(&self, actor: &Actor, request: &StreamRequest) -> Result<StreamLine, AppError> {
        self.allowed(
            actor,
            actor.may_write(&request.member),
            "circular.add",
            Some(&request.member),
        )
        .await?;
        let id = self.fresh_identifier("st")?;
        let stream = self.requested(actor, stream_id(id), request).await?;
        let kept = Kept::entered(stream);
        self.add_kept(&kept).await?;
        self.note(actor, "circular.add", Some(&request.member), &kept.stream.id.0, "done")
            .await?;
        Ok(whole_line(actor, &kept, &self.names().await?))
    }

    /// The holder says that a stream is right, and who may see it from now on.
    pub async fn confirm_stream(
        &self,
        actor: &Actor,
        id: &str,
        visibility: Option<(Visibility, Vec<MemberId>)>,
    ) -> Result<StreamLine, AppError> {
        let mut kept = self.own_stream(actor, id, "circular.confirm").await?;
        let today = self.surroundings.clock.today();
        kept.stream.confirm(actor.name.clone(), today).map_err(standing_error)?;
        if let Some((visibility, partners)) = visibility {
            kept.stream.visibility = visibility;
            kept.stream.partners = self.known_partners(partners).await?;
        }
        self.answered(actor, kept, "circular.confirm").await
    }

    /// What a stream is after a correction; with it the holder says that it is right.
    pub async fn correct_stream(
        &self,
        actor: &Actor,
        id: &str,
        request: &StreamRequest,
    ) -> Result<StreamLine, AppError> {
        let mut kept = self.own_stream(actor, id, "circular.correct").await?;
        if request.member != kept.stream.member {
            return Err(AppError::input(
                "a stream stays its member's",
                "add a stream for the other member",
            ));
        }
        if matches!(kept.stream.standing, Standing::Withdrawn { .. }) {
            return Err(standing_error(StandingError::Withdrawn(kept.stream.id.clone())));
        }
        let mut stream = self.requested(actor, kept.stream.id.clone(), request).await?;
        if request.yearly.is_none() && request.months.is_none() {
            stream.quantities.clone_from(&kept.stream.quantities);
        }
        stream.documents = std::mem::take(&mut kept.stream.documents);
        kept.stream = stream;
        self.answered(actor, kept, "circular.correct").await
    }

    /// The holder says that it has no such stream; it is not guessed again.
    pub async fn deny_stream(&self, actor: &Actor, id: &str) -> Result<StreamLine, AppError> {
        let mut kept = self.own_stream(actor, id, "circular.deny").await?;
        self.not_in_contract(&kept.stream).await?;
        kept.stream
            .deny(actor.name.clone(), self.surroundings.clock.today())
            .map_err(standing_error)?;
        self.answered(actor, kept, "circular.deny").await
    }

    /// Takes a stream back, unless a contract counts on it.
    pub async fn withdraw_stream(&self, actor: &Actor, id: &str) -> Result<StreamLine, AppError> {
        let mut kept = self.own_stream(actor, id, "circular.withdraw").await?;
        let contracts = self.contracts().await?;
        kept.stream
            .withdraw(self.surroundings.clock.today(), &contracts)
            .map_err(standing_error)?;
        self.answered(actor, kept, "circular.withdraw").await
    }

    async fn not_in_contract(&self, stream: &Stream) -> Result<(), AppError> {
        let contracts = self.contracts().await?;
        match contracts.into_iter().find(|(_, bound)| *bound == stream.id) {
            None => Ok(()),
            Some((contract, stream)) => Err(standing_error(StandingError::InContract { stream, contract })),
        }
    }

    async fn answered(&self, actor: &Actor, kept: Kept, verb: &str) -> Result<StreamLine, AppError> {
        self.put_kept(&kept).await?;
        self.note(actor, verb, Some(&kept.stream.member), &kept.stream.id.0, "done")
            .await?;
        Ok(whole_line(actor, &kept, &self.names().await?))
    }

    /// A stream that the actor may change. What it may not see is answered as what is not there.
    pub(crate) async fn own_stream(&self, actor: &Actor, id: &str, verb: &str) -> Result<Kept, AppError> {
        let kept = self.kept_streams(None).await?;
        let all = streams_of(&kept);
        let sight = Sight::of(actor);
        let found = kept.into_iter().find(|one| &*one.stream.id.0 == id);
        let shown = found.filter(|one| matches!(sight.view(&one.stream, &all), View::Whole(_) | View::Named { .. }));
        let Some(one) = shown else {
            self.note(actor, verb, None, "", "denied").await?;
            return Err(no_stream(id));
        };
        self.allowed(
            actor,
            actor.may_write(&one.stream.member),
            verb,
            Some(&one.stream.member),
        )
        .await?;
        Ok(one)
    }

    async fn known_partners(&self, partners: Vec<MemberId>) -> Result<Vec<MemberId>, AppError> {
        let names = self.names().await?;
        match partners.iter().find(|partner| !names.contains_key(*partner)) {
            None => Ok(partners),
            Some(unknown) => Err(AppError::NotFound {
                what: "member",
                id: unknown.to_string(),
            }),
        }
    }

    /// The stream that a request means, checked.
    async fn requested(&self, actor: &Actor, id: StreamId, request: &StreamRequest) -> Result<Stream, AppError> {
        let member = self.member(&request.member).await?;
        let sites = self.store.sites().await?;
        let mut own = sites.iter().filter(|site| site.member == member.id);
        let site = match &request.site {
            Some(asked) => own
                .find(|site| site.id == *asked)
                .map(Some)
                .ok_or_else(|| AppError::NotFound {
                    what: "site",
                    id: asked.to_string(),
                })?,
            None => own.next(),
        };
        let text = request.text.trim();
        if text.chars().count() > TEXT {
            return Err(AppError::input(
                format!("the text is longer than {TEXT} characters"),
                "say it shorter",
            ));
        }
        let quantities = quantities(request)?;
        let dimension = quantities.as_ref().map(|quantities| quantities.dimension);
        let stream = Stream {
            id,
            member: member.id.clone(),
            site: site.map_or_else(|| SiteId::new(member.id.as_str()), |site| site.id.clone()),
            place: site.and_then(|site| site.coordinates),
            direction: request.direction,
            kind: request.kind,
            codes: Codes {
                waste: request.waste_code,
                jurisdiction: Jurisdiction::Norway,
                cn: match request.cn.as_deref().map(str::trim).filter(|code| !code.is_empty()) {
                    None => None,
                    Some(code) => Some(
                        code.parse()
                            .map_err(|error| AppError::input(format!("{error}"), "look the code up"))?,
                    ),
                },
                nace: member.nace.clone(),
            },
            text: text.to_owned(),
            properties: request
                .properties
                .iter()
                .map(|text| property(text))
                .collect::<Result<_, _>>()?,
            heat: request.supply_c.map(|supply_c| HeatProfile {
                medium: Medium::Water,
                supply_c,
                return_c: None,
                power_kw: [None; 12],
            }),
            quantities,
            price: request.price_nok.map(|nok| Price {
                nok_per_unit: per_base_unit(nok, dimension),
            }),
            max_distance_km: request.max_distance_km,
            documents: Vec::new(),
            visibility: request.visibility,
            partners: self.known_partners(request.partners.clone()).await?,
            standing: Standing::Confirmed {
                by: actor.name.clone(),
                on: self.surroundings.clock.today(),
            },
        };
        let wrong = check(&stream, &[]);
        let first = wrong.kept().find(|finding| finding.severity == Severity::Error);
        if let Some(finding) = first {
            let (_, english) = meaning(&finding.code);
            return Err(AppError::input(
                format!("this stream cannot be right: {} ({})", finding.detail, finding.code),
                english,
            ));
        }
        if stream.text.is_empty() && stream.codes.waste.is_none() {
            return Err(AppError::input(
                "a stream needs words or a code",
                "say what it is in a few words",
            ));
        }
        Ok(stream)
    }
}

/// NOK for a tonne, MWh or thousand m³ as NOK for a base unit; pieces are counted as they are.
fn per_base_unit(nok: Amount, dimension: Option<Dimension>) -> Amount {
    match dimension {
        Some(Dimension::Count) => nok,
        _ => Amount::from_mantissa(Rounding::HalfEven.divide(nok.mantissa(), 1_000)),
    }
}

fn quantities(request: &StreamRequest) -> Result<Option<Quantities>, AppError> {
    let basis = |dimension| {
        if dimension == Dimension::Mass {
            Basis::Wet
        } else {
            Basis::Plain
        }
    };
    if let Some(text) = request.yearly.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        let reading = parse_reading(text, None).map_err(|error| {
            AppError::input(
                format!("`{text}`: {error}"),
                "write an amount and a unit, such as `120 t`",
            )
        })?;
        let monthly = Amount::from_mantissa(Rounding::HalfEven.divide(reading.value.mantissa(), 12));
        return Ok(Some(Quantities::steady(
            reading.dimension,
            basis(reading.dimension),
            monthly,
        )));
    }
    let dimension = *request.kind.dimensions().first().unwrap_or(&Dimension::Mass);
    Ok(request.months.map(|months| Quantities {
        dimension,
        basis: basis(dimension),
        months,
    }))
}

/// `chloride 0..0.1 %`, `moisture ..20 %`, `pH 6..8`.
fn property(text: &str) -> Result<Property, AppError> {
    let wrong = || {
        AppError::input(
            format!("`{text}` is no property"),
            "write name, range and unit, such as `chloride 0..0.1 %`",
        )
    };
    let mut words = text.split_whitespace();
    let (name, range) = (words.next().ok_or_else(wrong)?, words.next().ok_or_else(wrong)?);
    let unit: Vec<&str> = words.collect();
    let (low, high) = range.split_once("..").ok_or_else(wrong)?;
    let end = |text: &str| match text.trim() {
        "" => Ok(None),
        number => number
            .replace(',', ".")
            .parse::<Amount>()
            .map(Some)
            .map_err(|_| wrong()),
    };
    let name = name.to_lowercase();
    Ok(Property {
        blends: !matches!(name.as_str(), "ph" | "grain_size" | "particle_size"),
        unit: unit.join(" "),
        lower: end(low)?,
        upper: end(high)?,
        name,
    })
}

fn standing_error(error: StandingError) -> AppError {
    let hint = match &error {
        StandingError::Withdrawn(_) => "enter it anew",
        StandingError::InContract { .. } => "end the exchange on the board with a reason first",
    };
    AppError::input(error.to_string(), hint)
}

/// Meaning and remedy of a finding in Norwegian and English.
fn meaning(code: &str) -> (&'static str, &'static str) {
    FINDINGS
        .iter()
        .find(|(known, ..)| *known == code)
        .map_or(("", ""), |(_, _, norwegian, english)| (norwegian, english))
}

fn bare(direction: Direction, kind: Kind) -> StreamLine {
    StreamLine {
        id: None,
        member: None,
        member_name: None,
        site: None,
        direction,
        kind,
        text: String::new(),
        waste_code: None,
        chapter: None,
        hazardous: false,
        yearly: None,
        months_known: 0,
        unit: None,
        band: Band::Unknown,
        price_nok_per_unit: None,
        max_distance_km: None,
        visibility: None,
        partners: Vec::new(),
        standing: None,
        source: None,
        today: Vec::new(),
        findings: Vec::new(),
        may_answer: false,
    }
}

type Names = std::collections::BTreeMap<MemberId, String>;

fn named_line(stream: &Stream, names: &Names) -> StreamLine {
    StreamLine {
        id: Some(stream.id.to_string()),
        member: Some(stream.member.clone()),
        member_name: names.get(&stream.member).cloned(),
        text: stream.text.clone(),
        waste_code: stream.codes.waste,
        chapter: stream.codes.waste.map(|code| code.chapter().to_owned()),
        hazardous: is_hazardous(stream),
        band: greenheart_circular::visible::yearly_band(stream),
        ..bare(stream.direction, stream.kind)
    }
}

fn whole_line(actor: &Actor, kept: &Kept, names: &Names) -> StreamLine {
    let stream = &kept.stream;
    let known = stream.quantities.as_ref().map(Quantities::known);
    let findings = check(stream, &[]);
    // A named partner sees the stream, not who else does nor what the holder's reports say of today.
    let inside = actor.leads() || actor.member() == Some(&stream.member);
    StreamLine {
        site: Some(stream.site.clone()),
        yearly: known.filter(|(_, months)| *months > 0).map(|(sum, _)| sum),
        months_known: known.map_or(0, |(_, months)| months),
        unit: stream
            .quantities
            .as_ref()
            .map(|quantities| quantities.dimension.base_unit().to_owned()),
        price_nok_per_unit: stream.price.map(|price| price.nok_per_unit),
        max_distance_km: stream.max_distance_km,
        visibility: inside.then_some(stream.visibility),
        partners: if inside { stream.partners.clone() } else { Vec::new() },
        standing: Some(StandingKind::of(&stream.standing)),
        source: match &stream.standing {
            Standing::Inferred(source) if inside => Some(source.clone()),
            _ => None,
        },
        today: if inside { kept.today.clone() } else { Vec::new() },
        findings: findings
            .kept()
            .map(|finding| {
                let (norwegian, english) = meaning(&finding.code);
                StreamFinding {
                    code: finding.code.to_string(),
                    severity: finding.severity,
                    norwegian: norwegian.to_owned(),
                    english: english.to_owned(),
                }
            })
            .collect(),
        may_answer: actor.may_write(&stream.member).is_ok(),
        ..named_line(stream, names)
    }
}

fn is_hazardous(stream: &Stream) -> bool {
    let code = stream.codes.waste;
    code.and_then(|code| hazard(code, stream.codes.jurisdiction))
        .is_some_and(Hazard::is_hazardous)
}
