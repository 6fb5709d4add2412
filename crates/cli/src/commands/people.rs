//! `people`: who logs in to the pages. The first account of an installation is invited here; the others on the pages.

use anyhow::Result;
use clap::Subcommand;
use greenheart_app::Capacity;
use serde_json::json;

use super::Here;
use crate::output::{Output, Table};

/// `people`.
#[derive(Debug, Subcommand)]
pub enum PeopleCommand {
    /// Invite somebody; the link that is printed holds two weeks, and once.
    Invite {
        /// Name of the account, such as an e-mail address.
        name: String,
        /// `operator`, `facilitator`, `auditor`, `admin:MEMBER` or `contributor:MEMBER`.
        #[arg(long)]
        role: Capacity,
    },
    /// Every account.
    List,
}

/// Runs `people`.
pub async fn run(here: &Here<'_>, command: &PeopleCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        PeopleCommand::Invite { name, role } => {
            let secret = app.create_account(&here.actor, name, role).await?;
            let link = format!("/invitation/{secret}");
            let places = [("name", name.as_str()), ("link", link.as_str())];
            Ok(Output::of(&json!({ "name": name, "link": link }))?.note(here.language.with("people-invited", &places)))
        }
        PeopleCommand::List => {
            let accounts = app.accounts(&here.actor).await?;
            let mut table = Table::new("", &["account", "capacity", "state"]);
            for account in &accounts {
                let state = match (account.disabled, account.active) {
                    (true, _) => "people-disabled",
                    (false, true) => "people-active",
                    (false, false) => "people-waits",
                };
                table.row([account.name.clone(), account.capacity.to_string(), here.text(state)]);
            }
            Ok(Output::of(&accounts)?.table(table))
        }
    }
}
