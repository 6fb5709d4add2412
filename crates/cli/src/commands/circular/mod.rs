//! `circular`: streams, suggestions, the best network, a fair split, the board, indicators.

mod arguments;
mod plants;
mod show;

use anyhow::Result;
use greenheart_app::App;
use greenheart_app::circular::{
    BoardRequest, ExchangeAnswer, ExchangeChange, ExchangeRequest, IndicatorRequest, MatchRequest, NetworkRequest,
    StreamQuery, StreamRequest, TonnesRequest, of_word,
};
use greenheart_model::{MemberId, SiteId, Visibility};
use greenheart_units::Amount;

pub use arguments::CircularCommand;

use super::Here;
use super::setup::parse;
use crate::output::Output;
use crate::progress::Bar;
use arguments::{BoardCommand, NetworkArguments, StreamArguments, StreamCommand, Visible};

pub async fn run(here: &Here<'_>, command: &CircularCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        CircularCommand::Streams(command) => streams(here, &app, command).await,
        CircularCommand::Match { member, stream, most } => {
            let request = MatchRequest {
                member: member.as_ref().map(MemberId::new),
                stream: stream.clone(),
                most: *most,
            };
            let found = app.matches(&here.actor, &request).await?;
            Ok(Output::of(&found)?
                .table(show::suggestions(here, &found))
                .note(here.count("circular-suggested", found.len())))
        }
        CircularCommand::Today => {
            let flows = app.today_flows(&here.actor).await?;
            Ok(Output::of(&flows)?.table(show::today(here, &flows)))
        }
        CircularCommand::Network(arguments) => network(here, &app, arguments).await,
        CircularCommand::Split(arguments) => {
            let split = app.split(&here.actor, &request(arguments)?).await?;
            Ok(show::split(here, &split)?)
        }
        CircularCommand::Plants(command) => plants::run(here, &app, command).await,
        CircularCommand::Introductions { most } => {
            let found = app.introductions(&here.actor, *most).await?;
            Ok(Output::of(&found)?.table(plants::introductions(here, &found)))
        }
        CircularCommand::Board(command) => board(here, &app, command).await,
        CircularCommand::Indicators { by, year, member } => {
            let request = IndicatorRequest {
                by: (*by).into(),
                year: *year,
                member: member.as_ref().map(MemberId::new),
            };
            let view = app.circular_indicators(&here.actor, &request).await?;
            let mut output = Output::of(&view)?.table(show::indicators(here, &view));
            if !view.groups.is_empty() {
                output = output.table(plants::indicator_groups(here, &view));
            }
            Ok(output.note(here.with(
                "circular-indicators-of",
                &[
                    ("year", &view.year.to_string()),
                    ("members", &view.members.len().to_string()),
                    ("without", &view.without_mass.to_string()),
                ],
            )))
        }
    }
}

impl Here<'_> {
    fn with(&self, key: &str, places: &[(&str, &str)]) -> String {
        self.language.with(key, places)
    }

    fn count(&self, key: &str, count: usize) -> String {
        self.with(key, &[("count", &count.to_string())])
    }
}

async fn streams(here: &Here<'_>, app: &App, command: &StreamCommand) -> Result<Output> {
    let actor = &here.actor;
    match command {
        StreamCommand::List { member, closed } => {
            let query = StreamQuery {
                member: member.as_ref().map(MemberId::new),
                closed: *closed,
            };
            let lines = app.streams(actor, &query).await?;
            Ok(Output::of(&lines)?
                .table(show::streams(here, &lines))
                .note(here.count("circular-streams", lines.len())))
        }
        StreamCommand::Infer { member } => {
            let member = member.as_ref().map(MemberId::new);
            let found = app.infer_streams(actor, member.as_ref()).await?;
            let [added, changed, dropped, answered] =
                [found.added, found.changed, found.dropped, found.answered].map(|count| count.to_string());
            Ok(Output::of(&found)?.note(here.with(
                "circular-inferred",
                &[
                    ("added", &added),
                    ("changed", &changed),
                    ("dropped", &dropped),
                    ("answered", &answered),
                ],
            )))
        }
        StreamCommand::Add { member, stream } => {
            let request = stream_request(member, stream)?;
            one(here, &app.add_stream(actor, &request).await?)
        }
        StreamCommand::Confirm { id, visible, partner } => {
            let shown = visible.map(|visible| (visible.into(), partner.iter().map(MemberId::new).collect()));
            one(here, &app.confirm_stream(actor, id, shown).await?)
        }
        StreamCommand::Correct { id, stream } => {
            let before = app.stream(actor, id).await?;
            let member = before.member.map(|member| member.to_string()).unwrap_or_default();
            let request = stream_request(&member, stream)?;
            one(here, &app.correct_stream(actor, id, &request).await?)
        }
        StreamCommand::Deny { id } => one(here, &app.deny_stream(actor, id).await?),
        StreamCommand::Withdraw { id } => one(here, &app.withdraw_stream(actor, id).await?),
    }
}

fn one(here: &Here<'_>, line: &greenheart_app::circular::StreamLine) -> Result<Output> {
    Ok(Output::of(line)?.table(show::streams(here, std::slice::from_ref(line))))
}

fn stream_request(member: &str, stream: &StreamArguments) -> Result<StreamRequest> {
    let amount = |text: &Option<String>| text.as_deref().map(amount).transpose();
    Ok(StreamRequest {
        member: MemberId::new(member),
        site: stream.site.as_ref().map(SiteId::new),
        direction: word(&stream.direction, "direction")?,
        kind: word(&stream.kind, "kind")?,
        waste_code: stream
            .waste_code
            .as_deref()
            .map(|code| parse(code, "--waste-code"))
            .transpose()?,
        cn: stream.cn.clone(),
        text: stream.text.clone(),
        yearly: stream.yearly.clone(),
        months: None,
        price_nok: amount(&stream.price)?,
        max_distance_km: stream.max_km,
        properties: stream.property.clone(),
        supply_c: amount(&stream.supply_c)?,
        visibility: stream.visible.into(),
        partners: stream.partner.iter().map(MemberId::new).collect(),
    })
}

fn word<T: serde::de::DeserializeOwned>(text: &str, option: &str) -> Result<T> {
    of_word(text).map_err(|message| {
        greenheart_app::AppError::Input {
            message: format!("`--{option} {text}`: {message}"),
            hint: "use one of the words named".into(),
        }
        .into()
    })
}

fn amount(text: &str) -> Result<Amount> {
    text.replace(',', ".").parse().map_err(|error| {
        greenheart_app::AppError::Input {
            message: format!("`{text}` is no amount: {error}"),
            hint: "write a number such as 12.5".into(),
        }
        .into()
    })
}

impl From<Visible> for Visibility {
    fn from(visible: Visible) -> Self {
        match visible {
            Visible::Own => Self::Own,
            Visible::Facilitator => Self::Facilitator,
            Visible::Band => Self::AnonymisedBand,
            Visible::Partners => Self::NamedPartners,
            Visible::Cluster => Self::Cluster,
            Visible::Public => Self::Public,
        }
    }
}

fn request(arguments: &NetworkArguments) -> Result<NetworkRequest> {
    let defaults = NetworkRequest::default();
    let or = |text: &Option<String>, other: Amount| text.as_deref().map_or(Ok(other), amount);
    Ok(NetworkRequest {
        objective: arguments.objective.into(),
        road_factor: match &arguments.road_factor {
            None => defaults.road_factor,
            Some(text) => amount(text)?.to_rate()?,
        },
        transport_nok_per_tkm: or(&arguments.transport_nok, defaults.transport_nok_per_tkm)?,
        fixed_nok: or(&arguments.fixed_nok, defaults.fixed_nok)?,
        budget_nok: arguments.budget_nok.as_deref().map(amount).transpose()?,
        minimum_lot_t: or(&arguments.lot_t, defaults.minimum_lot_t)?,
        max_km: arguments.max_km,
        include_inferred: arguments.include_inferred,
        seconds: arguments.seconds,
    })
}

async fn network(here: &Here<'_>, app: &App, arguments: &NetworkArguments) -> Result<Output> {
    if arguments.last {
        return match app.last_network(&here.actor).await? {
            Some(view) => show::network(here, &view),
            None => Ok(Output::default().note(here.text("circular-no-network"))),
        };
    }
    let mut bar = Bar::new(here.language);
    let view = app
        .network(&here.actor, &request(arguments)?, &mut |progress| bar.tell(progress))
        .await;
    bar.finish();
    show::network(here, &view?)
}

async fn board(here: &Here<'_>, app: &App, command: &BoardCommand) -> Result<Output> {
    let actor = &here.actor;
    let (id, change) = match command {
        BoardCommand::List { member, ended } => {
            let request = BoardRequest {
                member: member.as_ref().map(MemberId::new),
                ended: *ended,
            };
            let lines = app.board(actor, &request).await?;
            return Ok(Output::of(&lines)?
                .table(show::board(here, &lines))
                .note(here.count("circular-board", lines.len())));
        }
        BoardCommand::Fill { member } => {
            let filled = app
                .fill_board(actor, member.as_ref().map(MemberId::new).as_ref())
                .await?;
            let [exchanges, changed, rows, ambiguous] =
                [filled.exchanges, filled.changed, filled.rows, filled.ambiguous].map(|count| count.to_string());
            return Ok(Output::of(&filled)?.note(here.with(
                "circular-filled",
                &[
                    ("exchanges", &exchanges),
                    ("changed", &changed),
                    ("rows", &rows),
                    ("ambiguous", &ambiguous),
                ],
            )));
        }
        BoardCommand::Start {
            offer,
            taker,
            want,
            owner,
            tonnes,
            nok,
            co2e_kg,
        } => {
            let request = ExchangeRequest {
                offer: offer.clone(),
                want: want.clone(),
                taker: MemberId::new(taker),
                owner: owner.clone(),
                tonnes: amount(tonnes)?,
                nok: amount(nok)?,
                co2e_kg: amount(co2e_kg)?,
            };
            let line = app.start_exchange(actor, &request).await?;
            return Ok(Output::of(&line)?.table(show::board(here, std::slice::from_ref(&line))));
        }
        BoardCommand::Go { id, stage, note } => {
            let to = word(stage, "stage")?;
            (id, ExchangeChange::Go { to, note: note.clone() })
        }
        BoardCommand::Plan { id, step, due } => {
            let due = parse(due, "--due")?;
            (
                id,
                ExchangeChange::Plan {
                    step: step.clone(),
                    due,
                },
            )
        }
        BoardCommand::Owner { id, name } => (id, ExchangeChange::Owner(name.clone())),
        BoardCommand::Document { id, reference } => (id, ExchangeChange::Document(reference.clone())),
        BoardCommand::Answer {
            id,
            condition,
            no,
            ground,
        } => {
            let answer = ExchangeAnswer {
                condition: word(condition, "condition")?,
                holds: !no,
                ground: ground.clone(),
            };
            (id, ExchangeChange::Answer(answer))
        }
        BoardCommand::Since { id, month } => (id, ExchangeChange::Since(parse(month, "month")?)),
        BoardCommand::Tonnes {
            id,
            month,
            given,
            taken,
        } => {
            let told = TonnesRequest {
                month: parse(month, "month")?,
                given: given.as_deref().map(amount).transpose()?,
                taken: taken.as_deref().map(amount).transpose()?,
            };
            (id, ExchangeChange::Tonnes(told))
        }
    };
    let line = app.change_exchange(actor, id, &change).await?;
    show::exchange(here, &line)
}
