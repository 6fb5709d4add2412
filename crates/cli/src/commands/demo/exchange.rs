//! The demonstration's streams: guessed from the files, some of them answered, a network designed, two matches on the board.

use anyhow::Result;
use greenheart_app::circular::{
    Direction, ExchangeChange, ExchangeRequest, NetworkLane, NetworkRequest, Source, Stage, StreamLine, StreamQuery,
};
use greenheart_app::{Actor, App, Capacity};
use greenheart_model::Visibility;

use crate::commands::Here;

/// Days until the next step of the first match.
const DUE_IN: i64 = 14;

/// Looks for streams, lets members answer, and designs the network. Four members in five show what they have to the cluster manager, some
/// of them without showing their account.
pub(super) async fn show(here: &Here<'_>, app: &App, operator: &Actor) -> Result<()> {
    app.infer_streams(operator, None).await?;
    let sharing: Vec<_> = app
        .members(operator)
        .await?
        .into_iter()
        .enumerate()
        .filter(|(at, line)| line.visibility >= Visibility::Facilitator || at % 5 == 0)
        .map(|(_, line)| line.member.id)
        .collect();
    for line in app.streams(operator, &StreamQuery::default()).await? {
        let shares = line.member.as_ref().is_some_and(|member| sharing.contains(member));
        if let (true, true, Some(id)) = (shares, is_measured(&line), &line.id) {
            let seen = Some((Visibility::Facilitator, Vec::new()));
            app.confirm_stream(operator, id, seen).await?;
        }
    }
    let lead = Actor {
        name: here.text("demo-lead"),
        capacity: Capacity::Facilitator,
    };
    let view = app.network(&lead, &NetworkRequest::default(), &mut |_| {}).await?;
    for (at, lane) in view.lanes.iter().take(2).enumerate() {
        follow(here, app, &lead, lane, at == 0).await?;
    }
    Ok(())
}

/// What the ledger tells of with amounts, not what the trade usually has.
fn is_measured(line: &StreamLine) -> bool {
    let measured = matches!(line.source, Some(Source::WasteReports(_) | Source::Purchases(_)));
    // Residual waste is nobody's raw material.
    measured && !(line.direction == Direction::Offer && line.chapter.as_deref() == Some("20"))
}

async fn follow(here: &Here<'_>, app: &App, lead: &Actor, lane: &NetworkLane, contacted: bool) -> Result<()> {
    let request = ExchangeRequest {
        offer: lane.offer.clone(),
        want: Some(lane.want.clone()),
        taker: lane.taker.clone(),
        owner: lead.name.clone(),
        tonnes: lane.tonnes,
        nok: lane.net_value_nok,
        co2e_kg: lane.co2e_saved_kg,
    };
    let line = app.start_exchange(lead, &request).await?;
    if contacted {
        let go = ExchangeChange::Go {
            to: Stage::Contacted,
            note: here.text("demo-contacted"),
        };
        app.change_exchange(lead, &line.id, &go).await?;
        let plan = ExchangeChange::Plan {
            step: here.text("demo-next-step"),
            due: crate::world::in_days(DUE_IN),
        };
        app.change_exchange(lead, &line.id, &plan).await?;
    }
    Ok(())
}
