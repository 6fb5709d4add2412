//! Consolidated totals, pairs, products and effects of a change, opened to what they are made of.

use greenheart_footprint::consolidate::{Pair, ProductFootprint};
use greenheart_model::{Derivation, MemberId, Ref, Scope, Step};
use greenheart_units::Amount;

use super::{Answer, Part, WhySection, hide, section, unknown};
use crate::ProductLine;
use crate::change::ChangeRequest;
use crate::consolidate::{Account, Sight, kg};
use crate::positive::{DURABLE_KG, NOT_DURABLE_KG, is_durable, removed};
use crate::{Actor, App, AppError};

const KG: &str = "kgCO2e";
/// Effects shown below a figure.
const SHOWN: usize = 20;

/// `2024/total/NAME@s12/DIGEST`, `2024/member/ID`, `2024/pair/SELLER/BUYER`, `2024/product/ID`.
struct AccountRef<'a> {
    year: i16,
    what: Vec<&'a str>,
    seq: i64,
    digest: &'a str,
}

impl<'a> AccountRef<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (what, at) = text.rsplit_once("@s")?;
        let (seq, digest) = at.split_once('/')?;
        let (year, what) = what.split_once('/')?;
        Some(Self {
            year: year.parse().ok()?,
            what: what.split('/').collect(),
            seq: seq.parse().ok()?,
            digest,
        })
    }
}

impl App {
    /// A part of the consolidated account.
    pub(super) async fn why_account(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let asked = AccountRef::parse(text).ok_or_else(|| unknown(reference))?;
        let readable = self.readable_members(actor).await?;
        let sees = Sight::of(actor, &readable);
        // Whether it may be seen is decided before anything is computed, so that no error tells.
        let party = |member: &&str| actor.member().is_some_and(|own| own.as_str() == *member);
        let may = actor.is_of_the_cluster().is_ok()
            && match asked.what[..] {
                ["total", _] => sees.leads,
                ["member" | "product", member] => sees.member(&MemberId::new(member)),
                ["pair", seller, buyer] => sees.leads || party(&seller) || party(&buyer),
                _ => false,
            };
        if !may {
            return Err(unknown(reference));
        }
        let config = self.config_of(asked.digest).await.map_err(|_| unknown(reference))?;
        let snapshot = self
            .snapshot(Some(asked.seq))
            .await
            .map_err(|error| hide(error, reference))?;
        let account = self
            .account_of(snapshot, config, asked.year)
            .await
            .map_err(|error| match error {
                AppError::Input { .. } if !sees.leads => unknown(reference),
                other => other,
            })?;
        let answer = match asked.what[..] {
            ["total", name @ (DURABLE_KG | NOT_DURABLE_KG)] => Some(removals(&account, name, &sees)?),
            ["total", name] => total(&account, name, &sees),
            ["member" | "product", member] => {
                let lines = self.product_lines(&account).await?;
                member_answer(&account, &lines, &MemberId::new(member), &sees)
            }
            ["pair", seller, buyer] => pair_answer(&account, seller, buyer, &sees),
            _ => None,
        };
        let (title, value, steps, sections) = answer.ok_or_else(|| unknown(reference))?;
        if let ["member" | "product", member] = asked.what[..] {
            let member = MemberId::new(member);
            if actor.is_stranger_to(&member) {
                self.note(actor, "why", Some(&member), &reference.to_string(), "done")
                    .await?;
            }
        }
        Ok(Answer {
            reference: reference.clone(),
            title,
            value: Some(value),
            unit: KG.into(),
            derivation: Some(derivation(&account, steps)),
            sections,
        })
    }

    /// `2023/2024/OF/IDENTITY/EFFECT@s12/DIGEST` and, where an older snapshot was compared with, `/s5`.
    pub(super) async fn why_change(&self, actor: &Actor, reference: &Ref, text: &str) -> Result<Answer, AppError> {
        let (request, digest, of, identity, effect) = parse_change(text).ok_or_else(|| unknown(reference))?;
        match &request.member {
            Some(member) => self
                .may_look(actor, member, "why")
                .await
                .map_err(|error| hide(error, reference))?,
            None if actor.leads() => {}
            None => return Err(unknown(reference)),
        }
        let config = self.config_of(digest).await.map_err(|_| unknown(reference))?;
        let snapshot = self
            .snapshot(request.at)
            .await
            .map_err(|error| hide(error, reference))?;
        let explained = self.explain_change_of(&request, snapshot, config).await?;
        let readable = self.readable_members(actor).await?;
        let behind = explained.behind(identity, effect);
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
        let rule = format!(
            "change.{}@1",
            if identity == "data" {
                "data_and_method"
            } else {
                identity
            }
        );
        Ok(Answer {
            reference: reference.clone(),
            title: format!("{of} · {identity} · {effect} · {}-{}", request.from, request.to),
            value: Some(value),
            unit: KG.into(),
            derivation: Some(Derivation {
                rule,
                says: "additive LMDI-I over the lines of goal 2 on the panel that is complete in both years".into(),
                source: "docs/concepts/why-it-changed.md; B. W. Ang, Energy Policy 33 (2005) 867-871".into(),
                snapshot: explained.snapshot.name(),
                filter: vec![
                    ("from".into(), request.from.to_string()),
                    ("to".into(), request.to.to_string()),
                    ("of".into(), of.into()),
                    ("basis".into(), explained.config.scope2.to_string()),
                    ("gwp".into(), explained.config.gwp.to_string()),
                ],
                steps: Vec::new(),
                rounding: "each effect to six decimals; what rounding leaves goes to the largest effect of its line"
                    .into(),
            }),
            sections: vec![section("effects", shown)],
        })
    }
}

fn parse_change(text: &str) -> Option<(ChangeRequest, &str, &str, &str, &str)> {
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
    let request = ChangeRequest {
        from: from.parse().ok()?,
        to: to.parse().ok()?,
        member: (of != "cluster").then(|| MemberId::new(of)),
        gwp: None,
        basis: None,
        at: Some(seq),
        published,
    };
    Some((request, digest, of, identity, effect))
}

/// Title, value, steps, sections.
type Opened = (String, Amount, Vec<Step>, Vec<WhySection>);

fn total(account: &Account, name: &str, sees: &Sight<'_>) -> Option<Opened> {
    let totals = account.totals();
    let figure = totals.iter().find(|figure| figure.name == name)?;
    let steps = totals
        .iter()
        .filter_map(|total| Some(step(total.name.trim_end_matches("_kg"), total.value?)))
        .collect();
    let members = account
        .made
        .members
        .iter()
        .filter(|part| sees.member(&part.member))
        .map(|part| {
            let label = format!("{} · left the cluster", part.member);
            Part::new(label, (part.exported + part.after_sale).amount().to_string(), KG)
                .with(account.reference(&format!("member/{}", part.member)))
        })
        .collect();
    let pairs = pair_parts(account, sees, |_| true);
    Some((
        format!("{name} · {}", account.year),
        figure.value?,
        steps,
        vec![section("members", members), section("pairs", pairs)],
    ))
}

/// Lines of the removals ledger, of readable members by name.
fn removals(account: &Account, name: &str, sees: &Sight<'_>) -> Result<Opened, AppError> {
    let (durable, not_durable) = removed(account)?;
    let wanted = name == DURABLE_KG;
    let lines = account.lines.years.iter().flatten();
    let parts = lines
        .filter(|line| line.scope == Scope::Removal && is_durable(&line.line) == wanted && sees.member(&line.member))
        .map(|line| {
            Part::new(
                format!("{} · {}", line.member, line.line),
                line.co2e_kg.to_string(),
                "kg CO2",
            )
        })
        .collect();
    Ok((
        format!("{name} · {}", account.year),
        if wanted { durable } else { not_durable },
        Vec::new(),
        vec![section("lines", parts)],
    ))
}

fn member_answer(account: &Account, lines: &[ProductLine], member: &MemberId, sees: &Sight<'_>) -> Option<Opened> {
    let is_own = |product: &&ProductFootprint| product.id.member == *member;
    let product = account.made.products.iter().find(is_own)?;
    let line = lines.iter().find(|line| line.member == *member)?;
    let steps = vec![
        step("scope 1 and bought from outside", line.own_kg),
        step("carried by deliveries from members", line.from_members_kg),
        text_step("output", format!("{} {}", line.output, line.unit)),
        text_step("kg CO2e per unit", line.kg_per_unit.to_string()),
        text_step("tolerance", format!("{} {KG}", product.total.tolerance.amount())),
        step("left the cluster", kg(product.exported)),
        text_step("share from activities", line.activity_share.to_string()),
        text_step("share of suppliers' figures", line.supplier_share.to_string()),
        text_step("share of spend", line.spend_share.to_string()),
        text_step("primary data share", line.primary_share.to_string()),
    ];
    // Reading a member's own figures does not open its deals: a pair is for its parties and those who lead.
    let pairs = pair_parts(account, sees, |pair| {
        pair.product.member == *member || pair.into.member == *member
    });
    Some((
        format!("what the output of {member} carries · {}", account.year),
        line.total_kg,
        steps,
        vec![section("pairs", pairs)],
    ))
}

fn pair_answer(account: &Account, seller: &str, buyer: &str, sees: &Sight<'_>) -> Option<Opened> {
    let is_it = |pair: &&Pair| pair.product.member.as_str() == seller && pair.into.member.as_str() == buyer;
    let pair = account.made.pairs.iter().find(is_it).filter(|pair| sees.pair(pair))?;
    let unit = pair.quantity.dimension.base_unit();
    let mut steps = vec![
        text_step("delivered", format!("{} {unit}", pair.quantity.value)),
        text_step("tolerance", format!("{} {KG}", pair.carried.tolerance.amount())),
    ];
    if let Some(reported) = pair.reported {
        steps.push(step("what the buyer's account says", reported.amount()));
    }
    Some((
        format!("{seller} to {buyer} · {}", account.year),
        kg(pair.carried),
        steps,
        Vec::new(),
    ))
}

fn pair_parts(account: &Account, sees: &Sight<'_>, wanted: impl Fn(&Pair) -> bool) -> Vec<Part> {
    let mut pairs: Vec<&Pair> = account
        .made
        .pairs
        .iter()
        .filter(|pair| sees.pair(pair) && wanted(pair))
        .collect();
    pairs.sort_by_key(|pair| std::cmp::Reverse(pair.carried.value));
    pairs
        .iter()
        .take(SHOWN)
        .map(|pair| {
            let (seller, buyer) = (&pair.product.member, &pair.into.member);
            Part::new(format!("{seller} to {buyer}"), kg(pair.carried).to_string(), KG)
                .with(account.reference(&format!("pair/{seller}/{buyer}")))
        })
        .collect()
}

fn derivation(account: &Account, steps: Vec<Step>) -> Derivation {
    let solution = account.solution();
    let mut steps = steps;
    steps.push(text_step(
        "solved by",
        format!(
            "{}, {} passes, residual {}, gain at most {}",
            solution.method, solution.steps, solution.residual, solution.gain_at_most
        ),
    ));
    Derivation {
        rule: "consolidate@1".into(),
        says:
            "footprints p = d + u + A'p of one product a member, its year; allocation by value, cut-off for recycled \
               content, no negative entries"
                .into(),
        source: "docs/concepts/double-counting.md; R. Heijungs, S. Suh, The Computational Structure of Life Cycle \
                 Assessment (2002), ch. 2"
            .into(),
        snapshot: account.snapshot.name(),
        filter: vec![
            ("year".into(), account.year.to_string()),
            ("basis".into(), account.config.scope2.to_string()),
            ("gwp".into(), account.config.gwp.to_string()),
        ],
        steps,
        rounding: "solved in floats, rounded to the place of the proved error; totals are sums of those decimals"
            .into(),
    }
}

fn step(label: &str, value: Amount) -> Step {
    text_step(label, format!("{value} {KG}"))
}

fn text_step(label: &str, value: String) -> Step {
    Step {
        label: label.into(),
        value,
        refs: Vec::new(),
    }
}
