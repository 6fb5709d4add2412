//! The pages: where the cluster sees its goals, and a company loads its files.
//!
//! For: routes, forms, cookies, HTML and its figures, in two languages. Every page works as a plain link or form.
//! Not for: rights (they are `app`'s), SQL, Parquet.
//! Start with [`routes::router`], which lists every address on one screen.
//!
//! A handler is a paragraph: extract, call one verb, build a view, render.

mod api;
mod assets;
mod chart;
mod error;
mod figure;
mod forms;
mod messages;
mod numbers;
mod pager;
mod pages;
mod places;
mod routes;
mod sankey;
mod serve;
mod sheet;
mod shown;
mod spoken;
mod visitor;
mod words;

use std::sync::Arc;

use greenheart_app::App;

pub use messages::Messages;
pub use routes::router;
pub use serve::serve;
pub use words::Tongue;

/// What the pages are made of.
pub struct Pages {
    /// The verbs.
    pub app: Arc<App>,
    /// Cookies travel over https only.
    pub secure: bool,
    /// Logins of a demonstration, offered on the login page.
    pub demo_logins: Vec<DemoLogin>,
}

/// An account of the demonstration.
#[derive(Debug, Clone)]
pub struct DemoLogin {
    /// Name of the account.
    pub name: String,
    /// Its password, which is no secret.
    pub password: String,
    /// Key of the message that says for whom it is, such as `demo-facilitator`.
    pub role: &'static str,
}
