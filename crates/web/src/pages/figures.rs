//! Figures: what each is made of, and their data as JSON, CSV and XLSX.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use greenheart_app::{
    Actor, AppError, Capacity, FigureView, GoalQuery, GoalView, GoalYearView, GoalsView, InventoryAnswer,
    InventoryRequest, Outlook, OutlookBand,
};
use greenheart_model::{CoverageKind, GwpSet, MemberId, Scope2Basis};
use greenheart_units::{Amount, Rate, Rounding};
use serde::Deserialize;

use super::{change, consolidated, flows, materials, products};
use crate::Pages;
use crate::chart::trajectory;
use crate::error::PageError;
use crate::figure::{Cell, Column, Figure, Kind, Row, percent, tonnes};
use crate::shown::{encoded, line_name, why};
use crate::visitor::Visitor;
use crate::words::Words;
use crate::{numbers, places};

/// Years that a member's own account is drawn over.
const YEARS: i16 = 6;

/// What a figure is asked with.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Asked {
    year: Option<i16>,
    member: Option<String>,
    basis: Option<String>,
    /// As everybody sees it.
    released: Option<String>,
    from: Option<String>,
    to: Option<String>,
}

impl Asked {
    /// Of one year.
    pub fn in_year(year: i16) -> Self {
        Self {
            year: Some(year),
            ..Self::default()
        }
    }

    fn of_account(&self) -> consolidated::Asked {
        consolidated::Asked {
            year: self.year.map(|year| year.to_string()),
            basis: self.basis.clone(),
            page: None,
        }
    }

    /// Of one member.
    pub fn of(member: &str) -> Self {
        Self {
            member: Some(member.to_owned()),
            ..Self::default()
        }
    }
}

/// The data of a figure.
pub async fn serve(
    State(pages): State<Arc<Pages>>,
    visitor: Visitor,
    Path(file): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let (name, ending) = file.rsplit_once('.').ok_or(PageError::NoPage)?;
    let kind = match ending {
        "json" => "application/json",
        "csv" => "text/csv; charset=utf-8",
        "xlsx" => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        _ => return Err(PageError::NoPage),
    };
    let figure = find(&pages, &visitor, name, &asked).await?;
    let content = match ending {
        "json" => figure.json().to_string().into_bytes(),
        "csv" => figure
            .csv(visitor.words)
            .map_err(|error| PageError::File(error.into()))?,
        _ => figure
            .xlsx(visitor.words)
            .map_err(|error| PageError::File(error.into()))?,
    };
    if ending == "json" {
        return Ok(([(header::CONTENT_TYPE, kind)], content).into_response());
    }
    let name = format!("attachment; filename=\"{name}.{ending}\"");
    Ok((
        [
            (header::CONTENT_TYPE, kind.to_owned()),
            (header::CONTENT_DISPOSITION, name),
        ],
        content,
    )
        .into_response())
}

async fn find(pages: &Pages, visitor: &Visitor, name: &str, asked: &Asked) -> Result<Figure, PageError> {
    let found = match name {
        "scopes" => scopes(pages, visitor, asked).await?,
        "completeness" => completeness(pages, visitor, asked).await?,
        "sites" => Some(sites(pages, visitor).await?),
        "lines" => lines(pages, visitor, asked).await?,
        "circular-today" => {
            let flows = pages.app.today_flows(&visitor.actor).await?;
            super::circular::today::figure(&flows, visitor.words)
        }
        "waterfall" => {
            let asked = change::Asked::of(
                asked.from.as_deref(),
                asked.to.as_deref(),
                asked.member.as_deref(),
                asked.basis.as_deref(),
            );
            change::figure(pages, visitor, &asked).await?
        }
        "bridge" => consolidated::figure(pages, visitor, &asked.of_account()).await?,
        "products" => products::figure(pages, visitor, &asked.of_account()).await?,
        "flows" => flows::figure(pages, visitor, asked.year).await?,
        "materials" => {
            let view = pages.app.goals(&visitor.actor, &GoalQuery::default()).await?;
            materials::figure(&view, visitor.words)
        }
        name => {
            let goal = name.strip_prefix("change-").ok_or(PageError::NoPage)?;
            let everybody = Actor {
                name: visitor.actor.name.clone(),
                capacity: Capacity::Public,
            };
            let actor = if asked.released.is_some() {
                &everybody
            } else {
                &visitor.actor
            };
            let view = pages.app.goals(actor, &GoalQuery::default()).await?;
            let found = view.goals.iter().find(|one| one.goal.name() == goal);
            found.map(|goal| trajectory_of(&view, goal, asked.released.is_some(), visitor.words))
        }
    };
    found.ok_or(PageError::NoPage)
}

/// The change of a goal since its base year beside the line to its target, by year.
pub fn trajectory_of(view: &GoalsView, goal: &GoalView, released: bool, words: &Words) -> Figure {
    let rows = goal.years.iter().map(|year| {
        let line = line_to(view, goal, year.year);
        let reason = year.value.value.map(|_| why(&year.value.reference));
        let mut cells = vec![
            Cell::of(year.change.map(percent), reason),
            Cell::of(Some(percent(line)), None),
        ];
        cells.extend(forecast_cells(goal, year));
        Row {
            label: year.year.to_string(),
            group: 1,
            why: None,
            cells,
        }
    });
    let mut columns = vec![
        Column::new("change", words.text("legend-found")),
        Column {
            dashed: true,
            ..Column::new("target", words.text("legend-target"))
        },
    ];
    if forecast(goal).is_some() {
        columns.extend(["p5", "p50", "p95"].map(|key| Column {
            band: true,
            legend: (key == "p50").then(|| words.text("legend-band")),
            ..Column::new(key, words.text(&format!("legend-{key}")))
        }));
    }
    let name = words.name("goal", goal.goal.name());
    Figure {
        name: format!(
            "change-{}{}",
            goal.goal.name(),
            if released { "?released=1" } else { "" }
        ),
        kind: Kind::Lines,
        title: format!("{name}: {}", words.text("chart-trajectory")),
        about: words.with("figure-about-change", &[("year", &view.base_year.to_string())]),
        unit: "%".into(),
        decimals: 1,
        rows_are: words.text("year"),
        source: words.with("figure-source", &[("snapshot", &view.snapshot)]),
        columns,
        rows: rows.collect(),
        plain: trajectory(goal, words),
    }
}

/// The change that the straight line to the goal asks for in a year.
pub(super) fn line_to(view: &GoalsView, goal: &GoalView, year: i16) -> Rate {
    let span = i128::from((view.goal_year - view.base_year).max(1));
    let so_far = i128::from(year - view.base_year);
    Rate::from_mantissa(Rounding::HalfEven.divide(goal.target_change.mantissa() * so_far, span))
}

/// Where a goal is heading, when that is known: the last year with a figure, the band in the goal year, and what it is held against.
pub(crate) fn forecast(goal: &GoalView) -> Option<(&Outlook, &OutlookBand, Amount)> {
    let outlook = goal.outlook.as_ref()?;
    let base = goal.years.last()?.base.value?;
    Some((outlook, outlook.forecast.as_ref()?, base))
}

/// The ends of the forecast's lines: where they begin, and the band in the goal year as change since the base year.
fn forecast_cells(goal: &GoalView, year: &GoalYearView) -> Vec<Cell> {
    let Some((outlook, band, base)) = forecast(goal) else {
        return Vec::new();
    };
    let of = |figure: &FigureView| {
        let share = figure.value.and_then(|value| value.ratio(base));
        let change = share.and_then(|share| share.checked_add(-Rate::ONE).ok());
        Cell::of(change.map(percent), Some(why(&figure.reference)))
    };
    if year.year == outlook.goal_year {
        vec![of(&band.p5), of(&band.p50), of(&band.p95)]
    } else if year.year == outlook.last_year {
        vec![Cell::of(year.change.map(percent), None); 3]
    } else {
        let nothing = Cell {
            text: Some("–".into()),
            ..Cell::default()
        };
        vec![nothing; 3]
    }
}

/// Emissions by scope and year: of the panel for those who lead, of one member for those who may read it.
pub async fn scopes(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    let member = asked.member.clone().filter(|member| !member.is_empty());
    let member = member.or_else(|| visitor.actor.member().map(ToString::to_string));
    match member {
        Some(member) => scopes_of_member(pages, visitor, &MemberId::new(member)).await,
        None if visitor.actor.leads() => match pages.app.goals(&visitor.actor, &GoalQuery::default()).await {
            Ok(view) => Ok(scopes_of_panel(&view, visitor.words)),
            Err(AppError::Input { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        },
        None => Ok(None),
    }
}

/// From a view of the goals that is at hand.
pub fn scopes_of_panel(view: &GoalsView, words: &Words) -> Option<Figure> {
    let goal = view.goals.iter().find(|goal| goal.goal.name() == "co2e")?;
    let parts = ["co2e_scope1_kg", "co2e_scope2_location_kg", "co2e_scope3_kg"];
    let cell = |year: &GoalYearView, part: &str| {
        let found = year.beside.iter().find(|figure| figure.name == part);
        found.map_or_else(Cell::default, |figure| {
            Cell::of(figure.value.map(tonnes), figure.value.map(|_| why(&figure.reference)))
        })
    };
    let rows: Vec<Row> = goal
        .years
        .iter()
        .map(|year| row(year.year.to_string(), parts.map(|part| cell(year, part)).to_vec()))
        .filter(|row| row.cells.iter().any(|cell| cell.value.is_some()))
        .collect();
    stack(rows, "scopes".into(), words.text("scopes-panel"), &view.snapshot, words)
}

async fn scopes_of_member(pages: &Pages, visitor: &Visitor, member: &MemberId) -> Result<Option<Figure>, PageError> {
    let request = |year| InventoryRequest {
        year,
        member: Some(member.clone()),
        basis: Scope2Basis::Location,
        gwp: GwpSet::Ar6,
    };
    let last = match pages.app.inventory(&visitor.actor, &request(None)).await {
        Ok(answer) => answer,
        Err(AppError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let (year, snapshot) = (last.totals.year, last.snapshot.clone());
    let mut rows = Vec::new();
    for year in (year.saturating_sub(YEARS - 1)..year).map(Some) {
        let answer = pages.app.inventory(&visitor.actor, &request(year)).await?;
        rows.extend(scope_row(&answer, member));
    }
    rows.extend(scope_row(&last, member));
    let name = format!("scopes?member={}", encoded(member.as_str()));
    Ok(stack(
        rows,
        name,
        visitor.words.text("scopes-member"),
        &snapshot,
        visitor.words,
    ))
}

fn scope_row(answer: &InventoryAnswer, member: &MemberId) -> Option<Row> {
    if answer.lines.is_empty() {
        return None;
    }
    let totals = &answer.totals;
    let link = format!("/inventory?member={}&year={}", encoded(member.as_str()), totals.year);
    let cells = [totals.scope1_co2e_kg, totals.scope2_co2e_kg, totals.scope3_co2e_kg]
        .map(|kg| Cell::of(Some(tonnes(kg)), Some(link.clone())));
    Some(row(totals.year.to_string(), cells.to_vec()))
}

fn stack(rows: Vec<Row>, name: String, about: String, snapshot: &str, words: &Words) -> Option<Figure> {
    let columns = ["scope-1", "scope-2", "scope-3"].map(|scope| Column::new(scope, words.text(scope)));
    (!rows.is_empty()).then(|| Figure {
        name,
        kind: Kind::Stacked,
        title: words.text("scopes-title"),
        about,
        unit: "t CO₂e".into(),
        decimals: 0,
        rows_are: words.text("year"),
        source: words.with("figure-source", &[("snapshot", snapshot)]),
        columns: columns.to_vec(),
        rows,
        plain: None,
    })
}

/// How many months of a year the files of each member cover, by kind of data; for one member, by year.
pub async fn completeness(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    let words = visitor.words;
    let asked_member = asked
        .member
        .clone()
        .filter(|member| !member.is_empty())
        .map(MemberId::new);
    let member = asked_member.or_else(|| visitor.actor.member().cloned());
    let members = pages.app.members(&visitor.actor).await?;
    let told = pages.app.completeness(&visitor.actor, member.as_ref()).await?;
    let months: BTreeMap<(&str, CoverageKind, i16), u32> = told
        .told
        .iter()
        .map(|line| ((line.member.as_str(), line.kind, line.year), line.months))
        .collect();
    let Some(last) = months.keys().map(|(_, _, year)| *year).max() else {
        return Ok(None);
    };
    let year = asked.year.unwrap_or(last);
    let kinds: std::collections::BTreeSet<CoverageKind> = months.keys().map(|(_, kind, _)| *kind).collect();
    let cell = |member: &str, kind: CoverageKind, year: i16| {
        let found = months.get(&(member, kind, year));
        let count = found.map(|months| Amount::from_integer(i64::from(*months)));
        Cell::of(count, Some(format!("/batches?member={}", encoded(member))))
    };
    let cells = |member: &str, year: i16| kinds.iter().map(|kind| cell(member, *kind, year)).collect();
    let rows = match &member {
        Some(member) => {
            let first = months.keys().map(|(_, _, year)| *year).min().unwrap_or(last);
            (first..=last)
                .map(|year| row(year.to_string(), cells(member.as_str(), year)))
                .collect()
        }
        None => members
            .iter()
            .filter(|line| visitor.actor.may_read(&line.member.id, line.visibility).is_ok())
            .map(|line| row(line.member.name.clone(), cells(line.member.id.as_str(), year)))
            .collect(),
    };
    let name = match &member {
        Some(member) => format!("completeness?member={}", encoded(member.as_str())),
        None => format!("completeness?year={year}"),
    };
    Ok(Some(Figure {
        name,
        kind: Kind::Heat,
        title: match &member {
            Some(_) => words.text("completeness-own"),
            None => words.with("completeness-title", &[("year", &year.to_string())]),
        },
        about: words.text("completeness-about"),
        unit: words.text("months"),
        decimals: 0,
        rows_are: words.text(if member.is_some() { "year" } else { "member" }),
        source: words.with(
            "completeness-source",
            &[("count", &numbers::count(told.batches, words.tongue))],
        ),
        columns: kinds
            .iter()
            .map(|kind| Column::new(&kind.to_string(), words.name("coverage", &kind.to_string())))
            .collect(),
        rows,
        plain: None,
    }))
}

/// Sites on a map.
pub async fn sites(pages: &Pages, visitor: &Visitor) -> Result<Figure, PageError> {
    let words = visitor.words;
    let members = pages.app.members(&visitor.actor).await?;
    let sites = pages.app.sites(&visitor.actor).await?;
    let rows = sites.iter().map(|site| {
        let member = members.iter().find(|line| line.member.id == site.member);
        let degrees = |micro: i32| Cell::of(Some(Amount::from_mantissa(micro.into())), None);
        let (latitude, longitude) = match &site.coordinates {
            Some(at) => (degrees(at.latitude_microdegrees), degrees(at.longitude_microdegrees)),
            None => (Cell::default(), Cell::default()),
        };
        let name = member.map_or_else(|| site.member.to_string(), |line| line.member.name.clone());
        let role = member.map_or_else(String::new, |line| words.text(&format!("role-{}", line.member.role)));
        let inside = if site.in_boundary { "inside" } else { "outside" };
        Row {
            label: if name == site.name {
                name
            } else {
                format!("{name} · {}", site.name)
            },
            group: if site.in_boundary { 1 } else { 2 },
            why: Some(format!("/members/{}", encoded(site.member.as_str()))),
            cells: vec![
                Cell::words(role),
                Cell::words(site.municipality.as_deref().map(places::numbered).unwrap_or_default()),
                latitude,
                longitude,
                Cell::words(words.text(inside)),
            ],
        }
    });
    Ok(Figure {
        name: "sites".into(),
        kind: Kind::Map,
        title: words.text("map-title"),
        about: words.text("map-about"),
        unit: String::new(),
        decimals: 4,
        rows_are: words.text("site"),
        source: words.text("map-source"),
        columns: ["role", "municipality", "latitude", "longitude", "boundary"]
            .map(|key| Column::new(key, words.text(key)))
            .to_vec(),
        rows: rows.collect(),
        plain: None,
    })
}

/// The lines of an inventory.
async fn lines(pages: &Pages, visitor: &Visitor, asked: &Asked) -> Result<Option<Figure>, PageError> {
    let market = asked.basis.as_deref() == Some("market");
    let request = InventoryRequest {
        year: asked.year,
        member: asked
            .member
            .clone()
            .filter(|member| !member.is_empty())
            .map(MemberId::new),
        basis: if market {
            Scope2Basis::Market
        } else {
            Scope2Basis::Location
        },
        gwp: GwpSet::Ar6,
    };
    let members = pages.app.members(&visitor.actor).await?;
    let answer = match pages.app.inventory(&visitor.actor, &request).await {
        Ok(answer) => answer,
        Err(AppError::Input { .. }) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    Ok(Some(inventory(&answer, &request, &members, visitor.words)))
}

/// The lines of an answer that is at hand.
fn inventory(
    answer: &InventoryAnswer,
    request: &InventoryRequest,
    members: &[greenheart_app::MemberLine],
    words: &Words,
) -> Figure {
    let rows = answer.lines.iter().map(|line| {
        let found = members.iter().find(|one| one.member.id == line.row.member);
        let member = found.map_or_else(|| line.row.member.to_string(), |one| one.member.name.clone());
        let category = match line.row.category {
            0 => String::new(),
            category => words.text(&format!("category-{category}")),
        };
        Row {
            label: line_name(&line.row.line, words),
            group: 1,
            why: None,
            cells: vec![
                Cell::of(line.row.co2e_kg, Some(why(&line.reference))),
                Cell::words(member),
                Cell::words(words.text(&format!("scope-{}", line.row.scope))),
                Cell::words(category),
                Cell::words(words.text(&format!("method-{}", line.row.method))),
                Cell::of(Some(line.row.amount_nok), None),
                Cell::of(Some(line.row.energy_kwh), None),
            ],
        }
    });
    let year = answer.totals.year;
    let basis = basis_name(request.basis);
    let columns = [
        ("co2e_kg", "CO₂e (kg)".to_owned()),
        ("member", words.text("member")),
        ("scope", words.text("scope")),
        ("category", words.text("category")),
        ("method", words.text("method")),
        ("amount_nok", format!("{} (NOK)", words.text("amount"))),
        ("energy_kwh", format!("{} (kWh)", words.text("energy"))),
    ];
    Figure {
        name: inventory_name(year, request),
        kind: Kind::Bars,
        title: format!("{} {year}", words.text("lines-title")),
        about: words.text(&format!("basis-{basis}")),
        unit: String::new(),
        decimals: 1,
        rows_are: words.text("line"),
        source: words.with("figure-source", &[("snapshot", &answer.snapshot)]),
        columns: columns.map(|(key, label)| Column::new(key, label)).to_vec(),
        rows: rows.collect(),
        plain: None,
    }
}

/// Name of the figure with the lines of an inventory.
pub fn inventory_name(year: i16, request: &InventoryRequest) -> String {
    let member = request.member.as_ref().map_or("", MemberId::as_str);
    format!(
        "lines?year={year}&member={}&basis={}",
        encoded(member),
        basis_name(request.basis)
    )
}

fn basis_name(basis: Scope2Basis) -> &'static str {
    if basis == Scope2Basis::Market {
        "market"
    } else {
        "location"
    }
}

fn row(label: String, cells: Vec<Cell>) -> Row {
    Row {
        label,
        group: 1,
        why: None,
        cells,
    }
}
