//! Effects of a change, and the two years it lies between, opened to what they are made of.

use greenheart_footprint::decompose::Effect;
use greenheart_model::{Derivation, MemberId, Ref, Step};
use greenheart_units::Amount;

use super::{Answer, Part, hide, section, unknown};
use crate::change::{ChangeRequest, Explained, MEMBER_OF, SECTOR_OF, TOTAL};
use crate::{Actor, App, AppError};

const KG: &str = "kgCO2e";
/// Effects shown below a figure.
const SHOWN: usize = 20;

/// `2023/2024/OF/IDENTITY/EFFECT@s12/DIGEST` and, where an older snapshot was compared with, `/s5`. `OF` is `cluster` or a
/// member's own account; `cluster~MEMBER` and `sector~SECTOR` are parts of the cluster's.
struct ChangeRef<'a> {
    request: ChangeRequest,
    digest: &'a str,
    of: &'a str,
    identity: &'a str,
    effect: &'a str,
}

impl<'a> ChangeRef<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (what, at) = text.rsplit_once("@s")?;
        let [from, to, of, identity, effect] = what.split('/').collect::<Vec<_>>()[..] else {
            return None;
        };
        let mut at = at.split('/');
        let (seq, digest) = (at.next()?.parse().ok()?, at.next()?);
        let published = match at.next() {
            Some(text) => Some(text.strip_prefix('s')?.parse().ok()?),
            None => None,
        };
        let of_cluster = of == "cluster" || of.starts_with(MEMBER_OF) || of.starts_with(SECTOR_OF);
        let request = ChangeRequest {
            from: from.parse().ok()?,
            to: to.parse().ok()?,
            member: (!of_cluster).then(|| MemberId::new(of)),
            gwp: None,
            basis: None,
            at: Some(seq),
            published,
        };
        Some(Self {
            request,
            digest,
            of,
            identity,
            effect,
        })
    }

    /// Whether an effect is part of what is asked for.
    fn holds(&self, effect: &Effect, sector: impl Fn(&MemberId) -> String) -> bool {
        if let Some(member) = self.of.strip_prefix(MEMBER_OF) {
            return effect.member.as_str() == member;
        }
        self.of
            .strip_prefix(SECTOR_OF)
            .is_none_or(|wanted| sector(&effect.member) == wanted)
    }
}

impl App {
    /// A figure of a change.
    pub(super) async fn why_change(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let asked = ChangeRef::parse(text).ok_or_else(|| unknown(reference))?;
        let request = &asked.request;
        let readable = self.readable_members(actor).await?;
        match (&request.member, asked.of.strip_prefix(MEMBER_OF)) {
            (Some(member), _) => self
                .may_look(actor, member, "why")
                .await
                .map_err(|error| hide(error, reference))?,
            (None, Some(member)) if actor.leads() && readable.contains(&MemberId::new(member)) => {}
            (None, None) if actor.leads() => {}
            _ => return Err(unknown(reference)),
        }
        let config = self.config_of(asked.digest).await.map_err(|_| unknown(reference))?;
        let snapshot = self
            .snapshot(request.at)
            .await
            .map_err(|error| hide(error, reference))?;
        let explained = self.explain_change_of(request, snapshot, config).await?;
        if asked.identity == TOTAL {
            return year_answer(&explained, &asked, reference);
        }
        let hidden = explained.hidden_sectors(&readable);
        let sector = |member: &MemberId| explained.shown_sector(&hidden, member);
        let mut behind = explained.behind(asked.identity, asked.effect);
        behind.retain(|effect| asked.holds(effect, sector));
        if behind.is_empty() {
            return Err(unknown(reference));
        }
        let value: Amount = behind.iter().map(|part| part.change.amount()).sum();
        let shown: Vec<Part> = behind
            .iter()
            .filter(|part| readable.contains(&part.member))
            .take(SHOWN)
            .map(|part| {
                Part::new(
                    format!("{} · {}", part.member, part.item),
                    part.change.amount().to_string(),
                    KG,
                )
            })
            .collect();
        let looked: Vec<MemberId> = behind.iter().map(|part| part.member.clone()).collect();
        self.note_looks(actor, looked.iter().filter(|member| readable.contains(*member)), "why")
            .await?;
        let rule = match asked.identity {
            "data" => "change.data_and_method@1".to_owned(),
            identity => format!("change.{identity}@1"),
        };
        Ok(Answer {
            value: Some(value),
            derivation: Some(derivation(&explained, &asked, rule, Vec::new())),
            sections: vec![section("effects", shown)],
            ..titled(&asked, reference)
        })
    }
}

/// One of the two years: what it is, and how the other follows from it.
fn year_answer(explained: &Explained, asked: &ChangeRef<'_>, reference: &Ref) -> Result<Answer, AppError> {
    let (before, after) = (explained.found.before.amount(), explained.found.after.amount());
    let value = match asked.effect {
        "before" => before,
        "after" => after,
        _ => return Err(unknown(reference)),
    };
    let effects = explained.found.by_effect();
    let parts = effects.into_iter().map(|((identity, effect), change)| {
        let opens = explained.reference(&asked.request, asked.of, identity, effect);
        let name = identity.map_or(effect.to_owned(), |identity| format!("{} · {effect}", identity.name()));
        Part::new(name, change.amount().to_string(), KG).with(opens)
    });
    let steps = vec![
        step(&asked.request.from.to_string(), format!("{before} {KG}")),
        step("all effects", format!("{} {KG}", after - before)),
        step(&asked.request.to.to_string(), format!("{after} {KG}")),
        step("members complete in both years", explained.panel_size().to_string()),
    ];
    Ok(Answer {
        value: Some(value),
        derivation: Some(derivation(explained, asked, "change.year@1".into(), steps)),
        sections: vec![section("effects", parts.collect())],
        ..titled(asked, reference)
    })
}

fn titled(asked: &ChangeRef<'_>, reference: &Ref) -> Answer {
    let ChangeRef {
        request,
        of,
        identity,
        effect,
        ..
    } = asked;
    Answer {
        reference: reference.clone(),
        title: format!("{of} · {identity} · {effect} · {}-{}", request.from, request.to),
        value: None,
        unit: KG.into(),
        derivation: None,
        sections: Vec::new(),
    }
}

fn derivation(explained: &Explained, asked: &ChangeRef<'_>, rule: String, steps: Vec<Step>) -> Derivation {
    Derivation {
        rule,
        says: "additive LMDI-I over the lines of goal 2 on the panel that is complete in both years".into(),
        source: "docs/concepts/why-it-changed.md; B. W. Ang, Energy Policy 33 (2005) 867-871".into(),
        snapshot: explained.snapshot.name(),
        filter: vec![
            ("from".into(), asked.request.from.to_string()),
            ("to".into(), asked.request.to.to_string()),
            ("of".into(), asked.of.into()),
            ("basis".into(), explained.config.scope2.to_string()),
            ("gwp".into(), explained.config.gwp.to_string()),
        ],
        steps,
        rounding: "each effect to six decimals; what rounding leaves goes to the largest effect of its line".into(),
    }
}

fn step(label: &str, value: String) -> Step {
    Step {
        label: label.into(),
        value,
        refs: Vec::new(),
    }
}
