//! The factor library.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Query, State};
use greenheart_app::FactorLine;
use greenheart_model::Ref;
use serde::Deserialize;

use super::{Chrome, Page, render};
use crate::Pages;
use crate::shown::why;
use crate::visitor::Visitor;
use crate::words::Tongue;

#[derive(Template)]
#[template(path = "factors.html")]
struct FactorsPage {
    c: Chrome,
    search: String,
    lines: Vec<Line>,
}

struct Line {
    href: String,
    name: String,
    aspect: String,
    gases: Vec<String>,
    per: String,
    region: String,
    year: i16,
    citation: String,
    licence: String,
}

/// What is searched for.
#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    search: String,
}

/// The library, or what is found in it.
pub async fn search(State(pages): State<Arc<Pages>>, visitor: Visitor, Query(asked): Query<Asked>) -> Page {
    let search = asked.search.trim();
    let found = pages.app.factors(&visitor.actor, Some(search)).await?;
    render(&FactorsPage {
        lines: found.into_iter().map(|factor| line(factor, &visitor)).collect(),
        search: search.to_owned(),
        c: Chrome::new(&visitor, "factors"),
    })
}

fn line(factor: FactorLine, visitor: &Visitor) -> Line {
    let spelled = |rate: String| match visitor.words.tongue {
        Tongue::Nb => rate.replace('.', ","),
        Tongue::En => rate,
    };
    Line {
        href: why(&Ref::Factor(factor.id.clone())),
        name: match visitor.words.tongue {
            Tongue::Nb => factor.name_nb,
            Tongue::En => factor.name_en,
        },
        aspect: visitor.words.name("aspect", &factor.aspect),
        gases: factor
            .gases
            .iter()
            .map(|(gas, rate)| format!("{} {}", gas.name(), spelled(rate.to_string())))
            .collect(),
        per: factor.per,
        region: factor.region,
        year: factor.data_year,
        citation: factor.citation,
        licence: factor.licence,
    }
}
