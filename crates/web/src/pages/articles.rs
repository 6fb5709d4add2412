//! The article register of a member: what still counts as nothing, by weight; what is confirmed; confirming by form.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use greenheart_app::{AppError, Article, ArticleJob, ArticleKey, JobState, OpenArticle, Use};
use greenheart_model::MemberId;
use greenheart_units::Rate;
use serde::Deserialize;

use super::change::whose;
use super::{Chrome, Page, render};
use crate::Pages;
use crate::error::PageError;
use crate::forms::Checked;
use crate::numbers;
use crate::pager::Pager;
use crate::sheet::{Choice, Field, Filters, Sheet, Table, Td, Tile};
use crate::shown::{encoded, line_name};
use crate::visitor::Visitor;
use crate::words::Words;

/// What is asked for.
#[derive(Deserialize)]
pub struct Asked {
    member: Option<String>,
    job: Option<String>,
    page: Option<String>,
}

/// The register of a member.
pub async fn show(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let (words, actor) = (visitor.words, &visitor.actor);
    let members = pages.app.members(actor).await?;
    let mut sheet = Sheet::new(
        Chrome::new(&visitor, "articles"),
        words.text("articles-title"),
        words.text("articles-lead"),
    );
    // For those who see many, one is chosen first: a register is read from the invoices of its member.
    let chosen = if actor.leads() {
        asked.member.filter(|member| !member.is_empty()).map(MemberId::new)
    } else {
        whose(&visitor, asked.member.as_deref(), &members)
    };
    if actor.member().is_none() {
        let none = chosen.is_none().then(|| words.text("choose-member"));
        sheet.filters = Some(Filters {
            action: "/articles".into(),
            fields: vec![Field::member(&members, actor, chosen.as_ref(), none, words)],
        });
    }
    let Some(member) = chosen else {
        if !actor.leads() {
            sheet.notes.push(words.text("no-member-open"));
        }
        return render(&sheet);
    };
    if let Some(job) = &asked.job {
        sheet.notes.push(said(&pages.app.article_job(actor, job).await?, words));
    }
    let register = pages.app.articles(actor, &member).await?;
    let open: Vec<OpenArticle> = pages.app.open_articles(actor, Some(&member)).await?;
    let may_write = actor.may_write(&member).is_ok();
    let tile = |key: &str, count: usize, place: &str| Tile {
        label: words.text(key),
        value: Td::Link(numbers::count(count as u64, words.tongue), place.into()),
    };
    sheet.tiles = vec![
        tile("articles-open-count", open.len(), "#open"),
        tile(
            "articles-confirmed-count",
            register.register.articles().len(),
            "#confirmed",
        ),
    ];
    sheet
        .tables
        .push(open_table(&member, &open, may_write, asked.page.as_deref(), words));
    sheet
        .tables
        .push(confirmed_table(&member, register.register.articles(), may_write, words));
    render(&sheet)
}

fn said(job: &ArticleJob, words: &Words) -> String {
    match &job.report {
        None => words.text("article-running"),
        Some(Ok(report)) if report.findings.is_empty() => {
            let count = numbers::count(report.batches, words.tongue);
            words.with("article-done", &[("count", &count)])
        }
        Some(Ok(_)) => words.text("article-unusable"),
        Some(Err(_)) if job.job.state == JobState::Cancelled => words.text("job-cancelled"),
        Some(Err(_)) => words.text("article-failed"),
    }
}

fn open_table(member: &MemberId, open: &[OpenArticle], may_write: bool, page: Option<&str>, words: &Words) -> Table {
    let columns = [
        "article",
        "proposed",
        ">invoice-lines",
        ">amount",
        ">share-of-open",
        "what-is-open",
        "do",
    ];
    let mut table = Table::new("open", words.text("articles-open"), &columns, words);
    table.about = words.text("articles-open-about");
    table.empty = words.text("articles-open-none");
    let address = format!("/articles?member={}&", encoded(member.as_str()));
    let pager = Pager::of(page, open.len(), &address, words);
    table.rows = pager.cut(open.iter().map(|line| {
        let (found, article) = (&line.suggestion, &line.suggestion.article);
        let share = line.share.map(|share| numbers::percent(share, words.tongue));
        let missing: Vec<String> = found.open.iter().map(|open| words.name("open", open.name())).collect();
        vec![
            Td::Under(named(article), seller(article)),
            Td::Under(
                line_name(&article.item, words),
                words.name("use", article.use_as.name()),
            ),
            Td::Text(numbers::count(found.lines, words.tongue)),
            Td::Text(numbers::readable(found.amount_nok, "NOK", words.tongue)),
            Td::Text(share.unwrap_or_default()),
            Td::Text(missing.join(", ")),
            to_form(member, article, may_write, "confirm", words),
        ]
    }));
    table.pager = Some(pager);
    table
}

fn confirmed_table(member: &MemberId, articles: &[Article], may_write: bool, words: &Words) -> Table {
    let columns = [
        "article",
        "material",
        "use",
        ">kg-per-unit",
        ">primary-percent",
        "holds-from",
        "evidence",
        "do",
    ];
    let mut table = Table::new("confirmed", words.text("articles-confirmed"), &columns, words);
    table.empty = words.text("articles-confirmed-none");
    table.rows = articles
        .iter()
        .map(|article| {
            let rate = article.kg_per_unit.map(|rate| spelled(&rate.to_string(), words));
            let primary = article.primary_permille.map(|share| spelled(&percent(share), words));
            vec![
                Td::Under(named(article), seller(article)),
                Td::Text(line_name(&article.item, words)),
                Td::Text(words.name("use", article.use_as.name())),
                Td::Text(rate.unwrap_or_default()),
                Td::Text(primary.unwrap_or_else(|| words.text("unknown"))),
                Td::Text(article.from.map(|day| day.to_string()).unwrap_or_default()),
                Td::Text(article.evidence.to_string()),
                to_form(member, article, may_write, "change-it", words),
            ]
        })
        .collect();
    table
}

fn named(article: &Article) -> String {
    let key = article.key.article.trim_start_matches("name:");
    let name = if article.name.is_empty() { key } else { &*article.name };
    name.to_owned()
}

fn seller(article: &Article) -> String {
    let unit = &article.key.unit;
    format!("{} · {unit}", article.key.seller)
}

fn spelled(number: &str, words: &Words) -> String {
    match words.tongue {
        crate::words::Tongue::Nb => number.replace('.', ","),
        crate::words::Tongue::En => number.to_owned(),
    }
}

fn percent(permille: u16) -> String {
    format!("{}.{}", permille / 10, permille % 10)
}

fn to_form(member: &MemberId, whole: &Article, may_write: bool, key: &str, words: &Words) -> Td {
    if !may_write {
        return Td::Text(String::new());
    }
    let part = |text: &str| encoded(text).replace('/', "%2F");
    let ArticleKey { seller, article, unit } = &whole.key;
    let (seller, number, unit) = (part(seller), part(article), part(unit));
    let member = part(member.as_str());
    let from = whole.from.map(|day| day.to_string()).unwrap_or_default();
    let address = format!("/articles/confirm?member={member}&seller={seller}&article={number}&unit={unit}&from={from}");
    Td::Link(words.text(key), address)
}

#[derive(Template)]
#[template(path = "article.html")]
struct ArticlePage {
    c: Chrome,
    member: String,
    article: Article,
    facts: Vec<(String, String)>,
    uses: Vec<Choice>,
    from: String,
    kg_per_unit: String,
    dry: String,
    primary: String,
}

/// Which article.
#[derive(Deserialize)]
pub struct Which {
    member: String,
    seller: String,
    article: String,
    unit: String,
    #[serde(default)]
    from: String,
}

/// The form of one article, filled with what is confirmed or proposed.
pub async fn form(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(which): Query<Which>) -> Page {
    let (words, actor) = (visitor.words, &visitor.actor);
    let member = MemberId::new(&which.member);
    actor.may_write(&member).map_err(AppError::from)?;
    let key = ArticleKey {
        seller: which.seller.as_str().into(),
        article: which.article.as_str().into(),
        unit: which.unit.as_str().into(),
    };
    let register = pages.app.articles(actor, &member).await?;
    let open = pages.app.open_articles(actor, Some(&member)).await?;
    let proposed = open.iter().find(|line| line.suggestion.article.key == key);
    let from = optional(&which.from, "form-date")?;
    let is_it = |article: &&Article| article.key == key && article.from == from;
    let confirmed = register.register.articles().iter().find(is_it).cloned();
    let article = confirmed.or_else(|| proposed.map(|line| line.suggestion.article.clone()));
    let article = article.ok_or(PageError::NoPage)?;
    let facts = proposed.map(|line| facts(line, words)).unwrap_or_default();
    let rate = article.kg_per_unit.map(|rate| spelled(&rate.to_string(), words));
    let share = |permille: Option<u16>| {
        permille
            .map(|share| spelled(&percent(share), words))
            .unwrap_or_default()
    };
    render(&ArticlePage {
        member: which.member,
        facts,
        uses: Use::ALL
            .iter()
            .map(|one| Choice {
                id: one.name().into(),
                name: words.name("use", one.name()),
                chosen: *one == article.use_as,
            })
            .collect(),
        from: article.from.map(|day| day.to_string()).unwrap_or_default(),
        kg_per_unit: rate.unwrap_or_default(),
        dry: share(article.dry_permille),
        primary: share(article.primary_permille),
        article,
        c: Chrome::new(&visitor, "articles"),
    })
}

fn facts(line: &OpenArticle, words: &Words) -> Vec<(String, String)> {
    let found = &line.suggestion;
    let unit = &found.article.key.unit;
    let quantity = found.quantity.map(|quantity| {
        let number = numbers::number(quantity, 1, words.tongue);
        (words.text("label-quantity"), format!("{number} {unit}"))
    });
    let count = numbers::count(found.lines, words.tongue);
    let amount = numbers::readable(found.amount_nok, "NOK", words.tongue);
    quantity
        .into_iter()
        .chain([(words.text("invoice-lines"), count), (words.text("amount"), amount)])
        .collect()
}

/// What a person says of an article.
#[derive(Deserialize)]
pub struct Said {
    member: String,
    seller: String,
    article: String,
    unit: String,
    name: String,
    item: String,
    #[serde(rename = "use")]
    use_as: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    kg_per_unit: String,
    #[serde(default)]
    dry: String,
    #[serde(default)]
    primary: String,
    #[serde(default)]
    evidence: String,
}

/// Confirms an article.
pub async fn confirm(State(pages): State<Arc<Pages>>, form: Checked<Said>) -> Result<Response, PageError> {
    let said = form.fields;
    let member = MemberId::new(&said.member);
    let kg_per_unit: Option<Rate> = optional(&said.kg_per_unit, "form-kg-per-unit")?;
    let use_as = Use::from_name(&said.use_as).ok_or(PageError::Form("error-form"))?;
    if said.item.trim().is_empty() {
        return Err(PageError::Form("form-name"));
    }
    if kg_per_unit.is_some_and(|rate| rate <= Rate::ZERO) {
        return Err(PageError::Form("form-kg-per-unit"));
    }
    if use_as.is_material() && said.unit != "kg" && kg_per_unit.is_none() {
        return Err(PageError::Form("form-kg-needed"));
    }
    let article = Article {
        from: optional(&said.from, "form-date")?,
        key: ArticleKey {
            seller: said.seller.into(),
            article: said.article.into(),
            unit: said.unit.into(),
        },
        name: said.name.into(),
        item: said.item.trim().into(),
        use_as,
        kg_per_unit,
        dry_permille: share(&said.dry)?,
        primary_permille: share(&said.primary)?,
        evidence: said.evidence.trim().into(),
    };
    let job = pages.app.confirm_article(&form.visitor.actor, &member, article).await?;
    let address = format!("/articles?member={}&job={job}", encoded(member.as_str()));
    Ok(Redirect::to(&address).into_response())
}

fn optional<T: std::str::FromStr>(text: &str, key: &'static str) -> Result<Option<T>, PageError> {
    match text.trim() {
        "" => Ok(None),
        text => text
            .replace(',', ".")
            .parse()
            .map(Some)
            .map_err(|_| PageError::Form(key)),
    }
}

/// A share in percent, as thousandths.
fn share(text: &str) -> Result<Option<u16>, PageError> {
    let percent: Option<Rate> = optional(text, "form-percent")?;
    let Some(percent) = percent else { return Ok(None) };
    let permille = percent.mantissa() / (Rate::ONE_MANTISSA / 10);
    match u16::try_from(permille) {
        Ok(permille) if permille <= 1_000 => Ok(Some(permille)),
        _ => Err(PageError::Form("form-percent")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_people_write_them() {
        assert_eq!(share("").unwrap(), None);
        assert_eq!(share("97,5").unwrap(), Some(975));
        assert_eq!(share("100").unwrap(), Some(1_000));
        for wrong in ["101", "-1", "x"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
        assert_eq!(percent(975), "97.5");
    }
}
