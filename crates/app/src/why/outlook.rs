//! Figures of the outlook and of circularity, opened to what they rest on.

use greenheart_account::Goal;
use greenheart_model::{MemberId, Ref};

use super::{Answer, Part, hide, section, unknown};
use crate::circularity;
use crate::outlook;
use crate::{Actor, App, AppError, GoalQuery};

/// `WHAT/.../NAME@s12/DIGEST`.
fn parse(text: &str) -> Option<(Vec<&str>, i64, &str)> {
    let (what, at) = text.rsplit_once("@s")?;
    let (seq, digest) = at.split_once('/')?;
    Some((what.split('/').collect(), seq.parse().ok()?, digest))
}

impl App {
    /// `co2e/forecast_p50_kg@s12/1a2b3c`: for those who lead, as the outlook is.
    pub(super) async fn why_outlook(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let (what, seq, digest) = parse(text).ok_or_else(|| unknown(reference))?;
        let [goal, name] = what[..] else {
            return Err(unknown(reference));
        };
        if !actor.leads() {
            return Err(unknown(reference));
        }
        let goal = Goal::ALL.into_iter().find(|known| known.name() == goal);
        let goal = goal.ok_or_else(|| unknown(reference))?;
        let config = self.config_of(digest).await.map_err(|_| unknown(reference))?;
        let snapshot = self.snapshot(Some(seq)).await.map_err(|error| hide(error, reference))?;
        let report = self.goal_report(&snapshot, &config).await?;
        let series = report.goals.iter().find(|series| series.goal == goal);
        let series = series.ok_or_else(|| unknown(reference))?;
        let found = outlook::reason(series, name, (seq, digest));
        let (figure, derivation) = found.ok_or_else(|| unknown(reference))?;
        // Each year's figure opens to its own lines.
        let years = series.years.iter().filter(|year| year.value.value.is_some());
        let parts = years
            .map(|year| {
                let name = format!("goal/{}/{}/{}@s{seq}/{digest}", goal.name(), year.year, year.value.name);
                let value = year.value.value.unwrap_or_default().to_string();
                Part::new(year.year.to_string(), value, &series.unit).with(Ref::Figure(name))
            })
            .collect();
        self.note(actor, "why", None, &reference.to_string(), "done").await?;
        Ok(Answer {
            reference: reference.clone(),
            title: format!("{} · {name}", goal.name()),
            value: figure.value,
            unit: figure.unit,
            derivation: Some(derivation),
            sections: vec![section("years", parts)],
        })
    }

    /// `2024/MEMBER/circular_use_share@s12/1a2b3c`, with `cluster` for all.
    pub(super) async fn why_circularity(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let (what, seq, digest) = parse(text).ok_or_else(|| unknown(reference))?;
        let [year, who, name] = what[..] else {
            return Err(unknown(reference));
        };
        let year: i16 = year.parse().map_err(|_| unknown(reference))?;
        let member = (who != "cluster").then(|| MemberId::new(who));
        match &member {
            Some(member) => self
                .may_look(actor, member, "why")
                .await
                .map_err(|error| hide(error, reference))?,
            None if actor.leads() => {}
            None => return Err(unknown(reference)),
        }
        let config = self.config_of(digest).await.map_err(|_| unknown(reference))?;
        let query = GoalQuery {
            base_year: Some(config.base_year),
            gwp: Some(config.gwp),
            at: Some(seq),
        };
        let view = self
            .circularity(actor, &query, Some(year))
            .await
            .map_err(|error| hide(error, reference))?;
        let line = view.lines.iter().find(|line| line.member == member);
        let line = line.ok_or_else(|| unknown(reference))?;
        let figure = line.figures().into_iter().find(|figure| figure.name == name);
        let figure = figure.ok_or_else(|| unknown(reference))?;
        let derivation = circularity::reason(line, figure, year, &view.snapshot);
        // The cluster is made of its members.
        let members = view
            .lines
            .iter()
            .filter(|other| member.is_none() && other.member.is_some());
        let parts = members
            .filter_map(|other| {
                let own = other.figures().into_iter().find(|own| own.name == name)?;
                let value = own.value.map_or_else(String::new, |value| value.to_string());
                let label = other.member.as_ref().map(ToString::to_string).unwrap_or_default();
                Some(Part::new(label, value, &own.unit).with(own.reference.clone()))
            })
            .collect();
        Ok(Answer {
            reference: reference.clone(),
            title: format!("{who} · {name} · {year}"),
            value: figure.value,
            unit: figure.unit.clone(),
            derivation: Some(derivation),
            sections: vec![section("members", parts)],
        })
    }
}
