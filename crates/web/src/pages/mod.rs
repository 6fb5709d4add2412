//! One file a page: its handlers, its view, its form.

pub mod account;
pub mod articles;
pub mod audit;
pub mod batches;
pub mod campaign;
pub mod change;
pub mod circular;
pub mod consolidated;
pub mod factor_use;
pub mod factors;
pub mod figures;
pub mod flows;
pub mod goals;
pub mod import;
pub mod inventory;
pub mod jobs;
pub mod language;
pub mod login;
pub mod mapping;
pub mod materials;
pub mod members;
mod open_goods;
pub mod overview;
pub mod people;
pub mod products;
pub mod releases;
pub mod what_if;
pub mod why;

use askama::Template;
use axum::response::Html;
use greenheart_app::{Actor, Capacity};

use crate::error::PageError;
use crate::figure::{Cell, Figure};
use crate::shown::Shown;
use crate::visitor::Visitor;
use crate::words::{Tongue, Words};
use crate::{assets, shown};

/// What a handler gives.
pub type Page = Result<Html<String>, PageError>;

/// Writes a page.
pub fn render(template: &impl Template) -> Page {
    Ok(Html(template.render()?))
}

/// What stands around every page, and what it is written with.
pub struct Chrome {
    words: &'static Words,
    actor: Actor,
    /// What forms carry.
    pub form_token: String,
    /// Name of the cluster.
    pub cluster: String,
    /// The cluster is invented, and every page says so.
    pub fictional: bool,
    address: String,
    here: &'static str,
}

/// A place in the navigation.
pub struct NavItem {
    /// Where it leads.
    pub href: String,
    /// What it is called.
    pub label: String,
    /// The page is shown now.
    pub current: bool,
}

impl Chrome {
    /// Around a page that stands in the navigation as `here`.
    pub fn new(visitor: &Visitor, here: &'static str) -> Self {
        Self {
            words: visitor.words,
            actor: visitor.actor.clone(),
            form_token: visitor.form_token.clone(),
            cluster: visitor.cluster.clone(),
            fictional: visitor.fictional,
            address: visitor.address.clone(),
            here,
        }
    }

    /// A message.
    pub fn t(&self, key: &str) -> String {
        self.words.text(key)
    }

    /// A message with one place.
    pub fn t1(&self, key: &str, name: &str, value: impl std::fmt::Display) -> String {
        self.words.with(key, &[(name, &value.to_string())])
    }

    /// What a code is called.
    pub fn name(&self, family: &str, code: impl std::fmt::Display) -> String {
        self.words.name(family, &code.to_string())
    }

    /// Language of the page.
    pub fn lang(&self) -> &'static str {
        self.words.tongue.code()
    }

    /// Text as part of an address.
    pub fn url(&self, text: impl std::fmt::Display) -> String {
        shown::encoded(&text.to_string()).replace('/', "%2F")
    }

    /// Where the language is changed, coming back here.
    pub fn other_language(&self) -> NavItem {
        let (code, label) = match self.words.tongue {
            Tongue::Nb => ("en", "English"),
            Tongue::En => ("nb", "Norsk"),
        };
        NavItem {
            href: format!("/language/{code}?to={}", self.url(&self.address)),
            label: label.into(),
            current: false,
        }
    }

    /// The style sheet.
    pub fn style(&self) -> String {
        assets::style()
    }

    /// The script.
    pub fn script(&self) -> String {
        assets::script()
    }

    /// A cell of a figure's table.
    pub fn cell(&self, figure: &Figure, cell: &Cell) -> Shown {
        figure.shown(cell, self.words)
    }

    /// The mark.
    pub fn mark(&self) -> String {
        assets::mark()
    }

    /// Whether nobody has logged in.
    pub fn is_public(&self) -> bool {
        self.actor.capacity == Capacity::Public
    }

    /// Name of the account.
    pub fn account(&self) -> &str {
        &self.actor.name
    }

    /// In which capacity.
    pub fn role(&self) -> String {
        self.t(role_key(&self.actor.capacity))
    }

    /// The places that this visitor may go to, by group.
    fn places(&self) -> [(&'static str, Vec<(&'static str, &'static str)>); 6] {
        let own = self.actor.member().is_some();
        let leads = self.actor.leads();
        let administers = leads || matches!(self.actor.capacity, Capacity::MemberAdmin(_));
        let exchanges = self.actor.may_exchange().is_ok();
        let belongs = !self.is_public();
        let open = |places: &[(&'static str, &'static str, bool)]| {
            let shown = places.iter().filter(|(_, _, may)| *may);
            shown.map(|(key, href, _)| (*key, *href)).collect()
        };
        [
            (
                "goals",
                open(&[
                    ("goals", "/", true),
                    ("change", "/change", belongs),
                    ("releases", "/releases", belongs),
                ]),
            ),
            (
                "account",
                open(&[
                    ("inventory", "/inventory", belongs),
                    ("consolidated", "/consolidated", belongs),
                    ("products", "/products", belongs),
                    ("flows", "/flows", leads || own),
                ]),
            ),
            (
                "data",
                open(&[
                    ("import", "/import", own),
                    ("batches", "/batches", belongs),
                    ("campaign", "/campaign", leads || own),
                    ("articles", "/articles", belongs),
                ]),
            ),
            ("circular", open(&[("circular", "/circular", exchanges)])),
            (
                "factors",
                open(&[("factors", "/factors", true), ("factor_use", "/factors/use", belongs)]),
            ),
            (
                "cluster",
                open(&[
                    ("members", "/members", belongs),
                    ("people", "/people", administers),
                    ("audit", "/audit", leads || own),
                ]),
            ),
        ]
    }

    /// The groups of places, each leading to its first place.
    pub fn groups(&self) -> Vec<NavItem> {
        let groups = self.places().into_iter().filter_map(|(group, places)| {
            let (_, href) = places.first()?;
            Some(NavItem {
                href: (*href).to_owned(),
                label: self.t(&format!("navgroup-{group}")),
                current: places.iter().any(|(key, _)| *key == self.here),
            })
        });
        groups.collect()
    }

    /// The places of the group that is shown now; none where the group has one place only.
    pub fn nav(&self) -> Vec<NavItem> {
        let here = |places: &Vec<(&str, &str)>| places.iter().any(|(key, _)| *key == self.here);
        let of_group = self.places().into_iter().map(|(_, places)| places).find(here);
        let places = of_group.filter(|places| places.len() > 1).unwrap_or_default();
        places
            .into_iter()
            .map(|(key, href)| NavItem {
                href: href.to_owned(),
                label: self.t(&format!("nav-{key}")),
                current: key == self.here,
            })
            .collect()
    }
}

/// The message that names a capacity.
pub const fn role_key(capacity: &Capacity) -> &'static str {
    match capacity {
        Capacity::Operator => "capacity-operator",
        Capacity::Facilitator => "capacity-facilitator",
        Capacity::MemberAdmin(_) => "capacity-admin",
        Capacity::Contributor(_) => "capacity-contributor",
        Capacity::Auditor => "capacity-auditor",
        Capacity::Public => "capacity-public",
    }
}

/// What went wrong.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// Around it.
    pub c: Chrome,
    /// Message of the heading.
    pub key: &'static str,
    /// Particulars.
    pub detail: Vec<String>,
}
