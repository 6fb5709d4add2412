//! The account in depth: consolidated, by product, why it changed, what a cut would do.

use std::collections::BTreeMap;

use anyhow::Result;
use greenheart_app::{
    AccountSpread, App, CarbonPrice, ChangeRequest, EffectLine, FigureView, PositiveRequest, ProductSpread,
    QualityLine, Simulation, SpreadLine, WhatIfRequest, YearQuery,
};
use greenheart_model::{MemberId, Ref, Scope2Basis, Status};
use greenheart_units::{Amount, Rate};

use super::Here;
use super::setup::parse;
use crate::arguments::{ChangeArguments, PositiveArguments, SpreadArguments, WhatIfArguments, YearArguments};
use crate::format;
use crate::output::{Output, Table};

pub async fn consolidate(here: &Here<'_>, arguments: &SpreadArguments) -> Result<Output> {
    let app = here.open().await?;
    let query = query(&arguments.year)?;
    let view = app.consolidate(&here.actor, &query).await?;
    let spread = app.account_spread(&here.actor, &query, run_of(arguments)).await?;
    let title = title(here, "consolidate-title", view.year, &view.snapshot);
    let mut totals = Table::new(title, &["total", ">co2e", ">p5", ">p95", "why"]);
    for FigureView {
        name, value, reference, ..
    } in &view.totals
    {
        let shown = value.map_or_else(|| here.text("missing"), |value| co2e(here, value));
        let key = format!("account-{}", name.trim_end_matches("_kg"));
        let found = spread.totals.iter().find(|total| total.name == *name);
        let [low, high] = bounds(here, found.map(|total| &total.spread));
        totals.row([here.text(&key), shown, low, high, reference.to_string()]);
    }
    let names = names(here, &app).await?;
    let columns = [
        "member",
        "name",
        ">own",
        ">reported-purchases",
        ">gross",
        ">exported",
        "why",
    ];
    let mut members = Table::new(here.text("consolidate-members"), &columns);
    for part in &view.members {
        members.row([
            part.member.to_string(),
            name_of(&names, &part.member),
            co2e(here, part.own_kg),
            co2e(here, part.reported_purchases_kg),
            co2e(here, part.gross_kg),
            co2e(here, part.exported_kg + part.after_sale_kg),
            part.reference.to_string(),
        ]);
    }
    let columns = ["seller", "buyer", ">quantity", "unit", ">carried", ">reported", "why"];
    let mut pairs = Table::new(here.text("consolidate-pairs"), &columns);
    for pair in &view.pairs {
        pairs.row([
            name_of(&names, &pair.seller),
            name_of(&names, &pair.buyer),
            format::number(pair.quantity, 0, here.language),
            pair.unit.clone(),
            co2e(here, pair.carried_kg),
            pair.reported_kg
                .map_or_else(|| here.text("missing"), |value| co2e(here, value)),
            pair.reference.to_string(),
        ]);
    }
    let mut findings = Table::new(here.text("consolidate-findings"), &["code", "member", "detail"]);
    for gap in &view.findings {
        let member = gap.member.as_ref().map(ToString::to_string).unwrap_or_default();
        findings.row([gap.code.clone(), member, gap.detail.clone()]);
    }
    let mut output = Output::of(&view)?
        .table(totals)
        .table(members)
        .table(pairs)
        .table(findings)
        .note(here.text("allocation-value"))
        .note(spread_note(here, &spread));
    output.json["spread"] = serde_json::to_value(&spread)?;
    if let Some(solution) = &view.solution {
        let steps = solution.steps.to_string();
        let about = [
            ("method", &*solution.method),
            ("steps", &*steps),
            ("residual", &*solution.residual),
            ("gain", &*solution.gain_at_most),
        ];
        output = output.note(here.language.with("consolidate-solution", &about));
    }
    if view.status != Status::Complete {
        output = output.note(here.text("account-partial"));
    }
    if view.fictional {
        output = output.note(here.text("fictional"));
    }
    Ok(output)
}

pub async fn products(here: &Here<'_>, arguments: &SpreadArguments) -> Result<Output> {
    let app = here.open().await?;
    let query = query(&arguments.year)?;
    let view = app.products(&here.actor, &query).await?;
    let spread = app.account_spread(&here.actor, &query, run_of(arguments)).await?;
    let names = names(here, &app).await?;
    let columns = [
        "member",
        "name",
        "allocation",
        ">quantity",
        ">intensity",
        ">total",
        ">p5",
        ">p95",
        ">from-members",
        ">share-activity",
        ">share-supplier",
        ">share-spend",
        ">share-primary",
        ">data-quality",
        "why",
    ];
    let mut table = Table::new(title(here, "products-title", view.year, &view.snapshot), &columns);
    let share = |share: Rate| format::percent(share, here.language);
    for product in &view.products {
        let is_it = |of: &&ProductSpread| (&of.member, &of.product) == (&product.member, &product.product);
        let found = spread.products.iter().find(is_it);
        let [low, high] = bounds(here, found.map(|found| &found.spread));
        table.row([
            product.member.to_string(),
            name_of(&names, &product.member),
            here.text(&format!("allocation-by-{}", product.allocation)),
            format!("{} {}", format::number(product.output, 0, here.language), product.unit),
            format::intensity(product.kg_per_unit, &product.unit, here.language),
            co2e(here, product.total_kg),
            low,
            high,
            co2e(here, product.from_members_kg),
            share(product.activity_share),
            share(product.supplier_share),
            share(product.spend_share),
            share(product.primary_share),
            quality(here, product.quality.as_ref()),
            product.reference.to_string(),
        ]);
    }
    let columns = ["name", "product", ">mass-made", ">intensity", ">total", "why"];
    let mut made = Table::new(here.text("products-by-mass"), &columns);
    for line in &view.products {
        for product in &line.made {
            made.row([
                name_of(&names, &line.member),
                product.name.clone(),
                format::readable(product.mass_kg, "kg", here.language),
                format::intensity(product.kg_per_kg, "kg", here.language),
                co2e(here, product.total_kg),
                product.reference.to_string(),
            ]);
        }
    }
    let mut output = Output::of(&view)?
        .table(table)
        .table(made)
        .note(here.text("allocation-value"))
        .note(here.text("products-quality"))
        .note(spread_note(here, &spread));
    output.json["spread"] = serde_json::to_value(&spread)?;
    if view.status != Status::Complete {
        output = output.note(here.text("account-partial"));
    }
    Ok(output)
}

pub async fn change(here: &Here<'_>, arguments: &ChangeArguments) -> Result<Output> {
    let app = here.open().await?;
    let request = ChangeRequest {
        from: arguments.from,
        to: arguments.to,
        member: arguments.member.as_deref().map(MemberId::new),
        gwp: Some(parse(&arguments.account.gwp, "GWP set")?),
        basis: Some(basis(&arguments.account.basis)?),
        at: snapshot(arguments.account.at.as_deref())?,
        published: snapshot(arguments.published.as_deref())?,
    };
    let view = app.change(&here.actor, &request).await?;
    let of = request
        .member
        .as_ref()
        .map_or_else(|| here.text("cluster"), ToString::to_string);
    let (from, to) = (view.from.to_string(), view.to.to_string());
    let named = [
        ("of", &*of),
        ("from", &*from),
        ("to", &*to),
        ("snapshot", &*view.snapshot),
    ];
    let mut whole = Table::new(
        here.language.with("change-title", &named),
        &["identity", "effect", ">co2e", "why"],
    );
    let year = |year: &str, kg, opens: &Ref| [String::new(), year.to_owned(), co2e(here, kg), opens.to_string()];
    whole.row(year(&from, view.before_kg, &view.before));
    for line in &view.effects {
        whole.row([
            identity(here, line),
            here.text(&format!("effect-{}", line.effect)),
            co2e(here, line.change_kg),
            line.reference.to_string(),
        ]);
    }
    whole.row(year(&to, view.after_kg, &view.after));
    let parts = |key: &str, heading: &'static str, lines: &[EffectLine]| {
        let mut table = Table::new(here.text(key), &[heading, "identity", "effect", ">co2e", "why"]);
        for line in lines {
            table.row([
                line.of.clone(),
                identity(here, line),
                here.text(&format!("effect-{}", line.effect)),
                co2e(here, line.change_kg),
                line.reference.to_string(),
            ]);
        }
        table
    };
    let mut moved = Table::new(here.text("change-methods"), &["member", "class"]);
    for change in &view.method_changes {
        moved.row([change.member.to_string(), change.class.to_string()]);
    }
    Ok(Output::of(&view)?
        .table(whole)
        .table(parts("change-sectors", "sector", &view.sectors))
        .table(parts("change-members", "member", &view.members))
        .table(moved))
}

pub async fn what_if(here: &Here<'_>, arguments: &WhatIfArguments) -> Result<Output> {
    let app = here.open().await?;
    let request = WhatIfRequest {
        query: query(&arguments.year)?,
        member: MemberId::new(&arguments.member),
        direct_kg: tonnes(&arguments.direct_t)?,
        upstream_kg: tonnes(&arguments.upstream_t)?,
    };
    let view = app.what_if(&here.actor, &request).await?;
    let columns = ["member", ">before", ">after"];
    let mut products = Table::new(title(here, "what-if-products", view.year, &view.snapshot), &columns);
    for line in &view.products {
        products.row([
            line.member.to_string(),
            format::intensity(line.before_kg_per_unit, &line.unit, here.language),
            format::intensity(line.after_kg_per_unit, &line.unit, here.language),
        ]);
    }
    let mut pairs = Table::new(here.text("what-if-pairs"), &["seller", "buyer", ">before", ">after"]);
    for pair in &view.pairs {
        pairs.row([
            pair.seller.to_string(),
            pair.buyer.to_string(),
            co2e(here, pair.before_kg),
            co2e(here, pair.after_kg),
        ]);
    }
    let cluster = co2e(here, view.cluster_change_kg);
    Ok(Output::of(&view)?
        .table(products)
        .table(pairs)
        .note(here.language.with("what-if-cluster", &[("change", &cluster)])))
}

pub async fn positive(here: &Here<'_>, arguments: &PositiveArguments) -> Result<Output> {
    let app = here.open().await?;
    let stated = arguments.value_added.as_deref();
    let value_added = stated.map(|text| parse(text, "amount of money")).transpose()?;
    let price = match (&arguments.carbon_price, &arguments.price_path) {
        (Some(price), Some(path)) => Some(CarbonPrice {
            path: path.clone(),
            nok_per_t: parse(price, "price")?,
            value_added_nok: value_added,
            paid_nok: parse(&arguments.carbon_paid, "amount of money")?,
        }),
        _ => None,
    };
    let request = PositiveRequest {
        query: query(&arguments.year)?,
        life_cycle_kg: tonnes(&arguments.life_cycle_t)?,
        leakage_kg: tonnes(&arguments.leakage_t)?,
        reversals_kg: tonnes(&arguments.reversals_t)?,
        claimed_elsewhere_kg: tonnes(&arguments.claimed_elsewhere_t)?,
        price,
    };
    let view = app.climate_positive(&here.actor, &request).await?;
    let columns = ["total", ">value", "why"];
    let mut table = Table::new(title(here, "positive-title", view.year, &view.snapshot), &columns);
    for figure in &view.figures {
        let name = figure.name.trim_end_matches("_kg").trim_end_matches("_nok");
        table.row([
            here.text(&format!("account-{name}")),
            format::readable(figure.value, &figure.unit, here.language),
            figure.reference.as_ref().map(ToString::to_string).unwrap_or_default(),
        ]);
    }
    let verdict = match view.climate_positive {
        Some(true) => "positive-yes",
        Some(false) => "positive-no",
        None => "positive-unknown",
    };
    let mut output = Output::of(&view)?
        .table(table)
        .note(here.text(verdict))
        .note(here.text("positive-warning"));
    if let (Some(pays), Some(price)) = (view.pays_its_way, &view.price) {
        let key = if pays { "pays-its-way" } else { "pays-not" };
        output = output.note(here.language.with(key, &[("path", &price.path)]));
    }
    Ok(output)
}

/// Tonnes as kilograms.
fn tonnes(text: &str) -> Result<Amount> {
    let tonnes: Amount = parse(text, "amount in tonnes")?;
    Ok(Amount::from_mantissa(tonnes.mantissa().saturating_mul(1000)))
}

fn query(arguments: &YearArguments) -> Result<YearQuery> {
    Ok(YearQuery {
        year: arguments.year,
        gwp: Some(parse(&arguments.account.gwp, "GWP set")?),
        basis: Some(basis(&arguments.account.basis)?),
        at: snapshot(arguments.account.at.as_deref())?,
    })
}

/// The account of bought energy by name.
pub(super) fn basis(text: &str) -> Result<Scope2Basis> {
    let basis: Scope2Basis = parse(text, "basis")?;
    if basis == Scope2Basis::Both {
        return Err(greenheart_app::AppError::Input {
            message: "`both` is no account".into(),
            hint: "use location or market".into(),
        }
        .into());
    }
    Ok(basis)
}

fn snapshot(text: Option<&str>) -> Result<Option<i64>> {
    let parsed = text.map(|text| parse(text.strip_prefix('s').unwrap_or(text), "snapshot"));
    Ok(parsed.transpose()?)
}

fn title(here: &Here<'_>, key: &str, year: i16, snapshot: &str) -> String {
    here.language
        .with(key, &[("year", &year.to_string()), ("snapshot", snapshot)])
}

fn co2e(here: &Here<'_>, kg: Amount) -> String {
    format::readable(kg, "kgCO2e", here.language)
}

fn identity(here: &Here<'_>, line: &EffectLine) -> String {
    if line.identity.is_empty() {
        String::new()
    } else {
        here.text(&format!("identity-{}", line.identity))
    }
}

/// Names of members, by identifier.
async fn names(here: &Here<'_>, app: &App) -> Result<BTreeMap<MemberId, String>> {
    let members = app.members(&here.actor).await?;
    Ok(members
        .into_iter()
        .map(|line| (line.member.id, line.member.name))
        .collect())
}

fn name_of(names: &BTreeMap<MemberId, String>, member: &MemberId) -> String {
    names.get(member).cloned().unwrap_or_else(|| member.to_string())
}

/// The samples that are asked for.
fn run_of(arguments: &SpreadArguments) -> Option<Simulation> {
    let seed = arguments.seed;
    arguments.samples.map(|samples| Simulation { seed, samples })
}

/// P5 and P95, empty where nothing is known of them.
fn bounds(here: &Here<'_>, spread: Option<&SpreadLine>) -> [String; 2] {
    spread.map_or_else(Default::default, |spread| {
        [co2e(here, spread.p5_kg), co2e(here, spread.p95_kg)]
    })
}

/// How the spread was found.
fn spread_note(here: &Here<'_>, spread: &AccountSpread) -> String {
    match spread.samples {
        Some((samples, seed)) => {
            let (samples, seed) = (samples.to_string(), seed.to_string());
            here.language
                .with("spread-sampled", &[("samples", &*samples), ("seed", &*seed)])
        }
        None => here.text("spread-first-order"),
    }
}

fn quality(here: &Here<'_>, quality: Option<&QualityLine>) -> String {
    quality.map_or_else(
        || here.text("missing"),
        |quality| format::rate(quality.rating, 1, here.language),
    )
}
