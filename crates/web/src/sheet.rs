//! A page of filters, sums, figures and tables: what the account in depth is shown with. The pages fill it; one template
//! writes it.

use std::fmt;

use askama::Template;
use greenheart_app::{Actor, MemberLine};
use greenheart_model::{MemberId, Ref};

use crate::figure::{Figure, Take};
use crate::pager::Pager;
use crate::pages::Chrome;
use crate::shown::{Shown, escape, why};
use crate::words::Words;

/// The page.
#[derive(Template)]
#[template(path = "sheet.html")]
pub struct Sheet {
    /// Around it.
    pub c: Chrome,
    /// Heading.
    pub title: String,
    /// What the page is for.
    pub lead: String,
    /// What can be chosen.
    pub filters: Option<Filters>,
    /// Sums.
    pub tiles: Vec<Tile>,
    /// What must be known beside the sums.
    pub notes: Vec<String>,
    /// Figures.
    pub figures: Vec<Figure>,
    /// Tables.
    pub tables: Vec<Table>,
    /// Where else to go from here.
    pub links: Vec<(String, String)>,
    /// Small print.
    pub fine: Vec<String>,
}

impl Sheet {
    /// An empty page.
    pub fn new(c: Chrome, title: String, lead: String) -> Self {
        Self {
            c,
            title,
            lead,
            filters: None,
            tiles: Vec::new(),
            notes: Vec::new(),
            figures: Vec::new(),
            tables: Vec::new(),
            links: Vec::new(),
            fine: Vec::new(),
        }
    }
}

/// A form that asks for another view of the same page.
pub struct Filters {
    /// Address of the page.
    pub action: String,
    /// Its fields.
    pub fields: Vec<Field>,
}

/// A field of a form.
pub struct Field {
    /// Name in the address.
    pub name: &'static str,
    /// As people read it.
    pub label: String,
    /// What can be chosen; with none, anything can be typed.
    pub choices: Vec<Choice>,
    /// What stands in a field to type in.
    pub value: String,
}

/// Something to choose.
pub struct Choice {
    /// As the address says it.
    pub id: String,
    /// As people read it.
    pub name: String,
    /// It is chosen.
    pub chosen: bool,
}

impl Field {
    /// A choice.
    pub fn choice(name: &'static str, label: String, choices: Vec<Choice>) -> Self {
        Self {
            name,
            label,
            choices,
            value: String::new(),
        }
    }

    /// Something to type.
    pub fn typed(name: &'static str, label: String, value: String) -> Self {
        Self {
            name,
            label,
            choices: Vec::new(),
            value,
        }
    }

    /// A year.
    pub fn year(name: &'static str, label: String, years: &[i16], chosen: i16) -> Self {
        let choice = |year: &i16| Choice {
            id: year.to_string(),
            name: year.to_string(),
            chosen: *year == chosen,
        };
        Self::choice(name, label, years.iter().rev().map(choice).collect())
    }

    /// A member whose figures the actor may see; `whole` names what is shown when none is chosen.
    pub fn member(
        members: &[MemberLine],
        actor: &Actor,
        chosen: Option<&MemberId>,
        whole: Option<String>,
        words: &Words,
    ) -> Self {
        let all = whole.map(|name| Choice {
            id: String::new(),
            name,
            chosen: chosen.is_none(),
        });
        let readable = members
            .iter()
            .filter(|line| actor.may_read(&line.member.id, line.visibility).is_ok())
            .map(|line| Choice {
                id: line.member.id.to_string(),
                name: line.member.name.clone(),
                chosen: chosen == Some(&line.member.id),
            });
        Self::choice(
            "member",
            words.text("member"),
            all.into_iter().chain(readable).collect(),
        )
    }

    /// The account of bought energy.
    pub fn basis(market: bool, words: &Words) -> Self {
        let choice = |id: &str, chosen| Choice {
            id: id.to_owned(),
            name: words.text(&format!("basis-{id}")),
            chosen,
        };
        Self::choice(
            "basis",
            words.text("basis"),
            vec![choice("location", !market), choice("market", market)],
        )
    }
}

/// A sum.
pub struct Tile {
    /// What it is.
    pub label: String,
    /// How much, opening to its reason.
    pub value: Td,
}

/// A table.
pub struct Table {
    /// Its anchor on the page.
    pub id: &'static str,
    /// Heading.
    pub heading: String,
    /// How to read it.
    pub about: String,
    /// Columns.
    pub columns: Vec<Head>,
    /// Rows; the first cell heads its row.
    pub rows: Vec<Vec<Td>>,
    /// What is said when there are none.
    pub empty: String,
    /// Parts of a long one.
    pub pager: Option<Pager>,
    /// Where all of it is taken away.
    pub take: Option<Take>,
}

/// Head of a column.
pub struct Head {
    /// As people read it.
    pub label: String,
    /// Its cells are numbers.
    pub number: bool,
}

impl Table {
    /// A table without rows; columns whose name begins with `>` hold numbers.
    pub fn new(id: &'static str, heading: String, columns: &[&str], words: &Words) -> Self {
        let head = |name: &&str| Head {
            label: words.text(name.trim_start_matches('>')),
            number: name.starts_with('>'),
        };
        Self {
            id,
            heading,
            about: String::new(),
            columns: columns.iter().map(head).collect(),
            rows: Vec::new(),
            empty: words.text("table-empty"),
            pager: None,
            take: None,
        }
    }

    /// Whether the cells of a column are numbers.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "a template hands its counter over so")]
    pub fn is_number(&self, column: &usize) -> bool {
        self.columns.get(*column).is_some_and(|head| head.number)
    }
}

/// A cell. Renders as HTML, escaped.
pub enum Td {
    /// Words.
    Text(String),
    /// Words with smaller ones below.
    Under(String, String),
    /// Words that lead somewhere.
    Link(String, String),
    /// A figure that opens to its reason.
    Figure(Shown),
    /// How something stands: the class of its chip, and the words.
    Chip(&'static str, String),
}

impl Td {
    /// A figure by its text and reference.
    pub fn figure(text: String, reference: Option<&Ref>) -> Self {
        match reference {
            Some(reference) => Self::Figure(Shown {
                text,
                href: Some(why(reference)),
            }),
            None => Self::Text(text),
        }
    }
}

impl fmt::Display for Td {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(&escape(text)),
            Self::Under(text, small) => write!(f, "{}<small>{}</small>", escape(text), escape(small)),
            Self::Link(text, href) => write!(f, "<a href=\"{}\">{}</a>", escape(href), escape(text)),
            Self::Figure(shown) => shown.fmt(f),
            Self::Chip(class, text) => write!(f, "<span class=\"ds-tag chip {class}\">{}</span>", escape(text)),
        }
    }
}

// It escapes what it is made of.
impl askama::filters::HtmlSafe for Td {}

/// Name of a member, by identifier.
pub fn name_of(members: &[MemberLine], id: &MemberId) -> String {
    let known = members.binary_search_by(|line| line.member.id.cmp(id));
    known.map_or_else(|_| id.to_string(), |at| members[at].member.name.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out_of_a_cell() {
        for cell in [
            Td::Text("<b>".into()),
            Td::Under("<b>".into(), "<b>".into()),
            Td::Link("<b>".into(), "\"><b>".into()),
            Td::Chip("missing", "<b>".into()),
        ] {
            assert!(!cell.to_string().contains("<b>"), "{cell}");
        }
    }
}
