//! `articles`: the register of what bought articles weigh, are made of and are for.

use std::path::Path;

use anyhow::{Context, Result};
use greenheart_app::{Article, ArticlesReport, NotMaterial, OpenArticle, Suggestion};
use greenheart_model::MemberId;

use super::Here;
use super::import::finding_rows;
use crate::arguments::ArticleCommand;
use crate::format;
use crate::output::{Output, Table};
use crate::progress::Bar;

pub async fn run(here: &Here<'_>, command: &ArticleCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        ArticleCommand::Suggest { member } => {
            let found = app.suggest_articles(&here.actor, &MemberId::new(member)).await?;
            Ok(Output::of(&found)?.table(suggestions(here, &found)).note(count(
                here,
                "articles-suggested",
                found.len(),
            )))
        }
        ArticleCommand::List { member } => {
            let register = app.articles(&here.actor, &MemberId::new(member)).await?;
            let articles = register.register.articles();
            let places = [
                ("count", &*articles.len().to_string()),
                ("version", &*register.version.to_string()),
            ];
            Ok(Output::of(&register)?
                .table(confirmed(here, articles))
                .note(here.language.with("articles-confirmed", &places)))
        }
        ArticleCommand::Export { member, file } => {
            let table = app.export_articles(&here.actor, &MemberId::new(member)).await?;
            std::fs::write(file, &table).with_context(|| format!("writing `{}`", file.display()))?;
            let rows = table.lines().count().saturating_sub(1);
            let places = [("count", &*rows.to_string()), ("file", &*file.display().to_string())];
            Ok(Output::of(&rows)?.note(here.language.with("articles-written", &places)))
        }
        ArticleCommand::Import { member, file, dry_run } => import(here, member, file, *dry_run).await,
        ArticleCommand::NotMaterial {
            member,
            seller,
            word,
            article,
            dry_run,
        } => {
            let chosen = NotMaterial {
                sellers: seller.clone(),
                words: word.clone(),
                articles: article.clone(),
            };
            let mut bar = Bar::new(here.language);
            let mut tell = |progress: &greenheart_app::Progress| bar.tell(progress);
            let report = app
                .mark_not_material(&here.actor, &MemberId::new(member), &chosen, *dry_run, &mut tell)
                .await;
            bar.finish();
            show(here, &report?)
        }
        ArticleCommand::Unresolved { member } => {
            let member = member.as_ref().map(MemberId::new);
            let open = app.open_articles(&here.actor, member.as_ref()).await?;
            Ok(Output::of(&open)?
                .table(unresolved(here, &open))
                .note(count(here, "articles-open", open.len())))
        }
    }
}

async fn import(here: &Here<'_>, member: &str, file: &Path, dry_run: bool) -> Result<Output> {
    let app = here.open().await?;
    let file = std::path::absolute(file)?;
    let mut bar = Bar::new(here.language);
    let report = app
        .import_articles(&here.actor, &MemberId::new(member), &file, dry_run, &mut |progress| {
            bar.tell(progress);
        })
        .await;
    bar.finish();
    show(here, &report?)
}

fn show(here: &Here<'_>, report: &ArticlesReport) -> Result<Output> {
    let mut effects = Table::new(
        here.text("articles-effects"),
        &[
            ">year",
            ">material-before",
            ">material-after",
            ">co2e-before",
            ">co2e-after",
        ],
    );
    for effect in &report.effects {
        effects.row([
            effect.year.to_string(),
            format::readable(effect.before_material_kg, "kg", here.language),
            format::readable(effect.after_material_kg, "kg", here.language),
            format::readable(effect.before_co2e_kg, "kgCO2e", here.language),
            format::readable(effect.after_co2e_kg, "kgCO2e", here.language),
        ]);
    }
    let mut findings = Table::new(
        here.text("why-findings"),
        &["severity", "code", ">count", "first", "meaning"],
    );
    finding_rows(here, &report.findings, &mut findings);
    let changes = report.changes;
    let [added, changed, unchanged, removed, batches] = [
        changes.added,
        changes.changed,
        changes.unchanged,
        changes.removed,
        report.batches,
    ]
    .map(|count| count.to_string());
    let places = [
        ("added", &*added),
        ("changed", &*changed),
        ("unchanged", &*unchanged),
        ("removed", &*removed),
        ("batches", &*batches),
    ];
    let mut output = Output::of(report)?
        .table(effects)
        .table(findings)
        .note(here.language.with("articles-taken-in", &places));
    if report.dry_run {
        output = output.note(here.text("import-dry-run"));
    }
    Ok(output)
}

fn count(here: &Here<'_>, key: &str, count: usize) -> String {
    here.language.with(key, &[("count", &count.to_string())])
}

fn suggestions(here: &Here<'_>, found: &[Suggestion]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "seller",
            "article",
            "name",
            "item",
            "use",
            ">kg-per-unit",
            ">lines",
            ">nok",
            "open",
        ],
    );
    for one in found {
        let article = &one.article;
        table.row([
            article.key.seller.to_string(),
            article.key.article.to_string(),
            article.name.to_string(),
            article.item.to_string(),
            here.text(&format!("use-{}", article.use_as)),
            rate(article),
            one.lines.to_string(),
            format::number(one.amount_nok, 0, here.language),
            opens(here, one),
        ]);
    }
    table
}

fn confirmed(here: &Here<'_>, articles: &[Article]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "seller",
            "article",
            "holds-from",
            "name",
            "item",
            "use",
            ">kg-per-unit",
            ">dry",
            ">primary",
            "evidence",
        ],
    );
    let percent = |permille: Option<u16>| {
        permille
            .map(|share| format!("{},{} %", share / 10, share % 10).replace(",0", ""))
            .unwrap_or_default()
    };
    for article in articles {
        table.row([
            article.key.seller.to_string(),
            article.key.article.to_string(),
            article.from.map(|day| day.to_string()).unwrap_or_default(),
            article.name.to_string(),
            article.item.to_string(),
            here.text(&format!("use-{}", article.use_as)),
            rate(article),
            percent(article.dry_permille),
            percent(article.primary_permille),
            article.evidence.to_string(),
        ]);
    }
    table
}

fn unresolved(here: &Here<'_>, open: &[OpenArticle]) -> Table {
    let mut table = Table::new(
        "",
        &[
            "member", "seller", "article", "name", ">lines", ">nok", ">share", "open",
        ],
    );
    for line in open {
        let one = &line.suggestion;
        let mut waits = opens(here, one);
        if !one.confirmed {
            waits = format!("{} {waits}", here.text("open-confirm"));
            waits.truncate(waits.trim_end().len());
        }
        table.row([
            line.member.to_string(),
            one.article.key.seller.to_string(),
            one.article.key.article.to_string(),
            one.article.name.to_string(),
            one.lines.to_string(),
            format::number(one.amount_nok, 0, here.language),
            line.share
                .map(|share| format::percent(share, here.language))
                .unwrap_or_default(),
            waits,
        ]);
    }
    table
}

fn rate(article: &Article) -> String {
    article.kg_per_unit.map(|rate| rate.to_string()).unwrap_or_default()
}

fn opens(here: &Here<'_>, one: &Suggestion) -> String {
    let open: Vec<String> = one
        .open
        .iter()
        .map(|open| here.text(&format!("open-{}", open.name())))
        .collect();
    open.join(" ")
}
