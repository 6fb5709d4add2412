//! Consolidated totals, pairs and products, opened to what they are made of.

use greenheart_footprint::consolidate::{Pair, ProductId};
use greenheart_model::{Derivation, MemberId, Ref, Scope, Step};
use greenheart_units::Amount;

use super::{Answer, Part, WhySection, hide, section, unknown};
use crate::consolidate::{Account, ENERGY, PRODUCT, Sight, kg, product_name};
use crate::positive::{DURABLE_KG, NOT_DURABLE_KG, is_durable, removed};
use crate::{Actor, App, AppError, ProductLine, QualityLine};

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
                ["member", member] | ["product", member, ..] => sees.member(&MemberId::new(member)),
                ["pair", seller, buyer, ..] => sees.leads || party(&seller) || party(&buyer),
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
            ["member", member] => whole_member(&account, &MemberId::new(member), &sees),
            ["product", member, ref named @ ..] => {
                let id = ProductId::new(member, if named == [ENERGY] { ENERGY } else { PRODUCT });
                let lines = self.product_lines(&account).await?;
                let qualities = self.qualities(&account).await?;
                let line = lines.iter().find(|line| line.id() == id);
                line.and_then(|line| match named {
                    [] | [ENERGY] => product_answer(&account, line, qualities.get(&id), &sees),
                    ["made", name @ ..] => made_answer(&account, line, &name.join("/")),
                    _ => None,
                })
            }
            ["pair", seller, buyer] => pair_answer(&account, (seller, buyer, PRODUCT), &sees),
            ["pair", seller, buyer, product] => pair_answer(&account, (seller, buyer, product), &sees),
            _ => None,
        };
        let (title, value, steps, sections) = answer.ok_or_else(|| unknown(reference))?;
        if let ["member" | "product", member, ..] = asked.what[..] {
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
            derivation: Some(derivation(&account, &asked.what, steps)),
            sections,
        })
    }
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

/// All products of a member together.
fn whole_member(account: &Account, member: &MemberId, sees: &Sight<'_>) -> Option<Opened> {
    let part = account.made.members.iter().find(|part| part.member == *member)?;
    let products = account
        .made
        .products
        .iter()
        .filter(|product| product.id.member == *member);
    let products: Vec<Part> = products
        .map(|product| {
            Part::new(product.id.name.to_string(), kg(product.total).to_string(), KG)
                .with(account.reference(&product_name(&product.id)))
        })
        .collect();
    let steps = vec![
        step("scope 1 and bought from outside", part.own.amount()),
        step("booked for purchases from members", part.reported_purchases.amount()),
        step("carried by its whole output", part.gross.amount()),
        step("left the cluster", part.exported.amount()),
        step("after sale", part.after_sale.amount()),
    ];
    Some((
        format!("what the output of {member} carries · {}", account.year),
        part.gross.amount(),
        steps,
        vec![
            section("products", products),
            section("pairs", pairs_of(account, member, sees)),
        ],
    ))
}

/// Reading a member's own figures does not open its deals: a pair is for its parties and those who lead.
fn pairs_of(account: &Account, member: &MemberId, sees: &Sight<'_>) -> Vec<Part> {
    pair_parts(account, sees, |pair| {
        pair.product.member == *member || pair.into.member == *member
    })
}

fn product_answer(
    account: &Account,
    line: &ProductLine,
    quality: Option<&QualityLine>,
    sees: &Sight<'_>,
) -> Option<Opened> {
    let product = account.made.product(&line.id())?;
    let mut steps = vec![
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
    if let Some(quality) = quality {
        steps.extend([
            text_step("data quality, 1 good to 5 poor", quality.rating.to_string()),
            text_step("of it technology", quality.technology.to_string()),
            text_step("of it geography", quality.geography.to_string()),
            text_step("of it time", quality.time.to_string()),
            text_step("share that is rated", quality.rated_share.to_string()),
        ]);
    }
    let made = line
        .made
        .iter()
        .map(|made| Part::new(made.name.clone(), made.total_kg.to_string(), KG).with(made.reference.clone()));
    Some((
        format!("what the output of {} carries · {}", line.member, account.year),
        line.total_kg,
        steps,
        vec![
            section("products", made.collect()),
            section("pairs", pairs_of(account, &line.member, sees)),
        ],
    ))
}

/// A named product by its share of the mass made.
fn made_answer(account: &Account, line: &ProductLine, name: &str) -> Option<Opened> {
    let made = line.made.iter().find(|made| made.name == name)?;
    let all: Amount = line.made.iter().map(|made| made.mass_kg).sum();
    let steps = vec![
        step("carried by the whole output", line.total_kg),
        text_step("made of all products", format!("{all} kg")),
        text_step("made of this one", format!("{} kg", made.mass_kg)),
        text_step("kg CO2e per kg", made.kg_per_kg.to_string()),
    ];
    let whole = Part::new("the whole output", line.total_kg.to_string(), KG).with(line.reference.clone());
    Some((
        format!("{name} of {} · {}", line.member, account.year),
        made.total_kg,
        steps,
        vec![section("products", vec![whole])],
    ))
}

fn pair_answer(account: &Account, (seller, buyer, product): (&str, &str, &str), sees: &Sight<'_>) -> Option<Opened> {
    let is_it = |pair: &&Pair| {
        let named = &*pair.product.name == product;
        named && pair.product.member.as_str() == seller && pair.into.member.as_str() == buyer
    };
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
                .with(account.pair_reference(pair))
        })
        .collect()
}

fn derivation(account: &Account, what: &[&str], steps: Vec<Step>) -> Derivation {
    let solution = account.solution();
    let allocation = match what {
        ["product", _, "made", ..] => {
            "what the member's year carries, shared over its named products by mass: allocation by mass, since kilograms made are \
             stated for each and its sales are not; "
        }
        ["product" | "pair", .., ENERGY] => {
            "what a plant burns travels with the kilowatt hours it sells: allocation by energy; "
        }
        _ => "one product a member, its year, and a plant's energy apart: allocation by value; ",
    };
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
        says: format!(
            "footprints p = d + u + A'p; {allocation}cut-off for recycled content, surplus heat burden-free, no negative \
             entries"
        ),
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
