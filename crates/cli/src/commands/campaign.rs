//! `campaign` and `enter`: who owes what, reminders, and figures typed by hand.

use std::collections::BTreeMap;

use anyhow::Result;
use greenheart_app::{Campaign, Entry, EntryRequest, OnOverlap, Owed, OwedState};
use greenheart_model::{MemberId, Period};

use super::Here;
use super::import::show;
use super::setup::parse;
use crate::arguments::{CampaignArguments, EnterArguments};
use crate::output::{Output, Table};
use crate::progress::Bar;

pub async fn run(here: &Here<'_>, arguments: &CampaignArguments) -> Result<Output> {
    let app = here.open().await?;
    let campaign = app.campaign(&here.actor, arguments.year).await?;
    let mut output = Output::of(&campaign)?;
    if arguments.reminders {
        for letter in reminders(here, &campaign, arguments.due.as_deref()) {
            output = output.note(letter);
        }
        return Ok(output);
    }
    let mut table = Table::new(
        "",
        &[
            "member",
            "name",
            "owes",
            "period",
            "state",
            "until",
            "goals",
            "who-has-it",
        ],
    );
    for owed in &campaign.owed {
        table.row([
            owed.member.to_string(),
            owed.name.clone(),
            here.text(&format!("covers-{}", owed.kind)),
            owed.periods
                .iter()
                .map(Period::to_string)
                .collect::<Vec<_>>()
                .join("\n"),
            here.text(state(owed.state)),
            owed.until.map(|until| until.to_string()).unwrap_or_default(),
            goals(here, owed),
            here.text(&format!("source-{}", owed.kind)),
        ]);
    }
    let places = [
        ("year", &*campaign.year.to_string()),
        ("complete", &*campaign.complete.len().to_string()),
        ("owing", &*by_member(&campaign).len().to_string()),
    ];
    Ok(output.table(table).note(here.language.with("campaign-stands", &places)))
}

fn goals(here: &Here<'_>, owed: &Owed) -> String {
    let names: Vec<String> = owed
        .goals
        .iter()
        .map(|goal| here.text(&format!("goal-{}", goal.name())))
        .collect();
    names.join(", ")
}

const fn state(state: OwedState) -> &'static str {
    match state {
        OwedState::Missing => "owed-missing",
        OwedState::Expired => "owed-expired",
        OwedState::Estimated => "owed-estimated",
    }
}

/// What each member owes today, without what still may stand on an estimate.
fn by_member(campaign: &Campaign) -> BTreeMap<&MemberId, Vec<&Owed>> {
    let mut by_member: BTreeMap<&MemberId, Vec<&Owed>> = BTreeMap::new();
    for owed in campaign.owed.iter().filter(|owed| owed.state != OwedState::Estimated) {
        by_member.entry(&owed.member).or_default().push(owed);
    }
    by_member
}

/// One letter for each member that owes something.
fn reminders(here: &Here<'_>, campaign: &Campaign, due: Option<&str>) -> Vec<String> {
    let mut letters = Vec::new();
    for (member, owed) in by_member(campaign) {
        let name = owed.first().map(|owed| owed.name.clone()).unwrap_or_default();
        let year = campaign.year.to_string();
        let places = [("member", member.as_str()), ("name", &*name), ("year", &*year)];
        let mut lines = vec![here.language.with("reminder-begins", &places)];
        for one in owed {
            let periods: Vec<String> = one.periods.iter().map(Period::to_string).collect();
            let places = [
                ("what", &*here.text(&format!("covers-{}", one.kind))),
                ("period", &*periods.join(", ")),
                ("source", &*here.text(&format!("source-{}", one.kind))),
                ("goals", &*goals(here, one)),
            ];
            lines.push(here.language.with("reminder-line", &places));
            if one.state == OwedState::Expired {
                let until = one.until.map(|until| until.to_string()).unwrap_or_default();
                lines.push(here.language.with("reminder-expired", &[("until", &until)]));
            }
        }
        if let Some(due) = due {
            lines.push(here.language.with("reminder-due", &[("due", due)]));
        }
        lines.push(here.text("reminder-ends"));
        letters.push(lines.join("\n") + "\n");
    }
    if letters.is_empty() {
        letters.push(here.text("reminder-nobody"));
    }
    letters
}

pub async fn enter(here: &Here<'_>, arguments: &EnterArguments) -> Result<Output> {
    let app = here.open().await?;
    let request = EntryRequest {
        member: MemberId::new(&arguments.member),
        kind: parse(&arguments.kind, "kind")?,
        period: parse(&arguments.period, "period")?,
        entry: Entry {
            item: arguments.item.clone(),
            quantity: arguments.quantity.clone(),
            unit: arguments.unit.clone(),
            amount: arguments.amount.clone(),
            counterparty: arguments
                .counterparty
                .as_deref()
                .map(|number| parse(number, "counterparty"))
                .transpose()?,
            site: arguments.site.clone(),
            waste_code: arguments.waste_code.clone(),
            treatment: arguments.treatment.clone(),
            primary_share: arguments.primary_share.clone(),
            evidence: arguments.evidence.clone(),
        },
        complete: arguments.complete,
        estimate_until: arguments
            .estimate_until
            .as_deref()
            .map(|day| parse(day, "estimate-until"))
            .transpose()?,
        on_overlap: match (arguments.supersede, arguments.add) {
            (true, _) => OnOverlap::Supersede,
            (_, true) => OnOverlap::Add,
            _ => OnOverlap::Ask,
        },
    };
    let mut bar = Bar::new(here.language);
    let report = app
        .enter(&here.actor, &request, &mut |progress| bar.tell(progress))
        .await;
    bar.finish();
    show(here, &report?)
}
