//! One file for each family of commands; each turns arguments into one call of a verb and its answer into an output.

mod account;
mod articles;
mod books;
mod campaign;
mod circular;
mod demo;
mod extract;
mod figures;
mod flows;
mod import;
mod invoice;
mod keep;
mod library;
mod outlook;
mod people;
mod rebinding;
mod release;
mod route;
mod serve;
mod setup;
mod why;

use anyhow::{Context, Result};
use greenheart_app::{Actor, App};

use crate::arguments::{Arguments, Command, Common};
use crate::language::Language;
use crate::output::Output;
use crate::world;

pub use circular::CircularCommand;
pub use people::PeopleCommand;

/// What every command has at hand.
pub struct Here<'a> {
    /// Options of every command.
    pub common: &'a Common,
    /// Messages.
    pub language: &'a Language,
    /// Who asks.
    pub actor: Actor,
}

impl Here<'_> {
    /// Opens the installation.
    pub async fn open(&self) -> Result<App> {
        world::open(self.common).await
    }

    /// A message.
    pub fn text(&self, key: &str) -> String {
        self.language.text(key)
    }
}

/// Runs the command.
pub async fn run(arguments: &Arguments, language: &Language) -> Result<Output> {
    let common = &arguments.common;
    let config = world::config(common)?;
    world::start_logs(&config.log)?;
    let actor = Actor {
        name: common.actor.clone(),
        capacity: common.capacity.clone(),
    };
    let here = Here {
        common,
        language,
        actor,
    };
    match &arguments.command {
        Command::Demo(arguments) => Box::pin(demo::run(&here, arguments)).await,
        Command::Serve { listen, https } => serve::run(&here, *listen, *https).await,
        Command::Init { name, base_year } => setup::init(&here, name, *base_year).await,
        Command::Cluster { name, base_year } => setup::cluster(&here, name.as_deref(), *base_year).await,
        Command::Member(command) => setup::member(&here, command).await,
        Command::Site(command) => setup::site(&here, command).await,
        Command::Import(arguments) => import::run(&here, arguments).await,
        Command::Extract { files, members, out } => {
            extract::run(&here, files, members.as_deref(), out.as_deref()).await
        }
        Command::InvoiceCo2 { files, factors, out } => invoice::co2(&here, files, factors, out),
        Command::Campaign(arguments) => campaign::run(&here, arguments).await,
        Command::Enter(arguments) => campaign::enter(&here, arguments).await,
        Command::Flows { year } => flows::run(&here, *year).await,
        Command::Sniff { file } => import::sniff(&here, file),
        Command::Templates { folder } => import::templates(&here, folder),
        Command::Batches { member, all } => books::batches(&here, member.as_deref(), *all).await,
        Command::Withdraw { batch, reason } => books::withdraw(&here, batch, reason).await,
        Command::Repost { dry_run } => books::repost(&here, *dry_run).await,
        Command::Jobs { limit } => books::jobs(&here, *limit).await,
        Command::Audit { member, limit } => books::audit(&here, member.as_deref(), *limit).await,
        Command::Inventory(arguments) => figures::inventory(&here, arguments).await,
        Command::Release(command) => release::run(&here, command).await,
        Command::People(command) => people::run(&here, command).await,
        Command::Goals(arguments) => figures::goals(&here, arguments).await,
        Command::Consolidate(arguments) => account::consolidate(&here, arguments).await,
        Command::Products(arguments) => account::products(&here, arguments).await,
        Command::Change(arguments) => account::change(&here, arguments).await,
        Command::Positive(arguments) => account::positive(&here, arguments).await,
        Command::WhatIf(arguments) => account::what_if(&here, arguments).await,
        Command::Factors(command) => library::factors(&here, command).await,
        Command::Seal { year } => rebinding::seal(&here, *year).await,
        Command::Route(command) => route::run(&here, command),
        Command::Why { reference } => why::run(&here, reference).await,
        Command::Articles(command) => Box::pin(articles::run(&here, command)).await,
        Command::Circular(command) => Box::pin(circular::run(&here, command)).await,
        Command::Ledger(command) => keep::ledger(&here, command).await,
        Command::Backup { folder } => keep::backup(&here, folder).await,
        Command::Restore { folder, verify } => keep::restore(&here, folder, *verify).await,
        Command::Upgrade { dry_run } => keep::upgrade(&here, *dry_run).await,
        Command::Doctor { fix } => keep::doctor(&here, *fix).await,
        Command::Worker { job } => worker(&here, job).await,
    }
}

/// Does one job under limits; its result lies in the catalogue.
async fn worker(here: &Here<'_>, job: &str) -> Result<Output> {
    let config = world::config(here.common)?;
    world::limit_worker(&config)?;
    let app = App::open(&here.common.data, config, world::plain_surroundings()).await?;
    app.work(job).await.with_context(|| format!("job `{job}`"))?;
    app.close().await;
    Ok(Output::default())
}
