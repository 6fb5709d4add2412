//! Making an installation, its members and sites.

use std::path::Path;

use anyhow::{Context, Result};
use greenheart_app::{App, AppError, CarbonPath, ClusterSettings, KeyRequest, MemberRequest, SiteRequest};
use greenheart_model::{Coordinates, MemberId, SiteId, Visibility};

use super::Here;
use crate::arguments::{ClusterArguments, MemberCommand, SiteCommand};
use crate::output::{Output, Table};
use crate::world;

pub async fn init(here: &Here<'_>, name: &str, base_year: Option<i16>) -> Result<Output> {
    let settings = ClusterSettings {
        name: name.to_owned(),
        base_year,
        targets: Default::default(),
        carbon_price: None,
        fictional: false,
    };
    let (config, surroundings) = (world::config(here.common)?, world::surroundings(here.common)?);
    let app = App::create(&here.actor, &here.common.data, config, &settings, surroundings).await?;
    app.close().await;
    let made = here
        .language
        .with("init-done", &[("folder", &here.common.data.display().to_string())]);
    Ok(Output::of(&settings)?.note(made))
}

pub async fn cluster(here: &Here<'_>, arguments: &ClusterArguments) -> Result<Output> {
    let app = here.open().await?;
    let before = app.settings().await?;
    let mut settings = before.clone();
    if let Some(name) = &arguments.name {
        settings.name.clone_from(name);
    }
    settings.base_year = arguments.base_year.or(settings.base_year);
    if let Some(table) = &arguments.carbon_prices {
        settings.carbon_price = Some(carbon_prices(table, arguments)?);
    }
    if settings != before {
        app.change_settings(&here.actor, &settings).await?;
    }
    let mut table = Table::new("", &["name", ">base-year", "price-path"]);
    table.row([
        settings.name.clone(),
        settings
            .base_year
            .map_or_else(|| "–".to_owned(), |year| year.to_string()),
        settings
            .carbon_price
            .as_ref()
            .map_or_else(|| "–".to_owned(), |path| path.name.clone()),
    ]);
    Ok(Output::of(&settings)?.table(table))
}

fn carbon_prices(table: &Path, arguments: &ClusterArguments) -> Result<CarbonPath> {
    let file = std::fs::File::open(table).with_context(|| table.display().to_string())?;
    let (name, source) = (arguments.price_path.as_deref(), arguments.price_source.as_deref());
    let path = CarbonPath::parse(name.unwrap_or_default(), source.unwrap_or_default(), file);
    Ok(path.map_err(|error| AppError::Input {
        message: format!("`{}`: {error}", table.display()),
        hint: "give the columns year and nok_per_t".into(),
    })?)
}

pub async fn member(here: &Here<'_>, command: &MemberCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        MemberCommand::Add {
            org_no,
            name,
            role,
            nace,
            employees,
            joined,
            left,
        } => {
            let request = MemberRequest {
                org_no: parse(org_no, "organisation number")?,
                name: name.clone(),
                role: parse(role, "role")?,
                nace: nace.as_deref().map(|text| parse(text, "industry code")).transpose()?,
                employees: *employees,
                joined: parse(joined, "date")?,
                left: left.as_deref().map(|text| parse(text, "date")).transpose()?,
                fictional: app.settings().await?.fictional,
            };
            let member = app.put_member(&here.actor, &request).await?;
            let done = here
                .language
                .with("member-added", &[("name", &member.name), ("id", member.id.as_str())]);
            Ok(Output::of(&member)?.note(done))
        }
        MemberCommand::List => {
            let members = app.members(&here.actor).await?;
            let mut table = Table::new(
                "",
                &["member", "name", "role", "nace", ">employees", "since", "visibility"],
            );
            for line in &members {
                let member = &line.member;
                table.row([
                    member.id.to_string(),
                    member.name.clone(),
                    here.text(&format!("role-{}", member.role)),
                    member.nace.as_ref().map(ToString::to_string).unwrap_or_default(),
                    member.employees.map(|count| count.to_string()).unwrap_or_default(),
                    member.membership.joined.to_string(),
                    here.text(&format!("visibility-{}", visibility_name(line.visibility))),
                ]);
            }
            Ok(Output::of(&members)?.table(table))
        }
        MemberCommand::Key {
            member,
            share,
            from,
            evidence,
        } => {
            let request = KeyRequest {
                member: MemberId::new(member),
                valid_from: parse(from, "date")?,
                share: parse(share, "share")?,
                evidence: evidence.clone(),
            };
            app.put_boundary_key(&here.actor, &request).await?;
            Ok(Output::of(&request)?.note(here.text("done")))
        }
        MemberCommand::Visibility { member, level } => {
            let visibility = match level.as_str() {
                "own" => Visibility::Own,
                "facilitator" => Visibility::Facilitator,
                "cluster" => Visibility::Cluster,
                "public" => Visibility::Public,
                other => return Err(wrong(other, "visibility", "own, facilitator, cluster or public").into()),
            };
            app.set_visibility(&here.actor, &MemberId::new(member), visibility)
                .await?;
            Ok(Output::of(&serde_json::json!({ "member": member, "visibility": level }))?.note(here.text("done")))
        }
        MemberCommand::Erase { member, confirm } => {
            let erased = app.erase(&here.actor, &MemberId::new(member), confirm).await?;
            let files = erased.files.to_string();
            let done = here
                .language
                .with("member-erased", &[("member", member), ("files", &files)]);
            Ok(Output::of(&erased)?.note(done))
        }
    }
}

pub async fn site(here: &Here<'_>, command: &SiteCommand) -> Result<Output> {
    let app = here.open().await?;
    match command {
        SiteCommand::Add {
            member,
            id,
            name,
            sub_unit,
            latitude,
            longitude,
            municipality,
            outside,
        } => {
            let coordinates = match (latitude, longitude) {
                (Some(latitude), Some(longitude)) => Some(coordinates(latitude, longitude)?),
                _ => None,
            };
            let request = SiteRequest {
                member: MemberId::new(member),
                id: SiteId::new(id),
                name: name.clone(),
                sub_unit: sub_unit
                    .as_deref()
                    .map(|text| parse(text, "sub-unit number"))
                    .transpose()?,
                coordinates,
                municipality: municipality.clone(),
                in_boundary: !outside,
            };
            let site = app.put_site(&here.actor, &request).await?;
            let done = here
                .language
                .with("site-added", &[("name", &site.name), ("id", site.id.as_str())]);
            Ok(Output::of(&site)?.note(done))
        }
        SiteCommand::List => {
            let sites = app.sites(&here.actor).await?;
            let mut table = Table::new("", &["site", "member", "name", "municipality", "boundary"]);
            for site in &sites {
                table.row([
                    site.id.to_string(),
                    site.member.to_string(),
                    site.name.clone(),
                    site.municipality.clone().unwrap_or_default(),
                    here.text(if site.in_boundary { "inside" } else { "outside" }),
                ]);
            }
            Ok(Output::of(&sites)?.table(table))
        }
    }
}

fn coordinates(latitude: &str, longitude: &str) -> Result<Coordinates, AppError> {
    Coordinates::parse(latitude, longitude).map_err(|error| AppError::Input {
        message: error.to_string(),
        hint: "write decimal degrees, such as `--latitude 60.19 --longitude 12.0`".into(),
    })
}

/// The stable name of a visibility.
pub fn visibility_name(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Own => "own",
        Visibility::Facilitator => "facilitator",
        Visibility::AnonymisedBand => "anonymised-band",
        Visibility::NamedPartners => "named-partners",
        Visibility::Cluster => "cluster",
        Visibility::Public => "public",
    }
}

/// Reads a text of the command line.
pub fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(text: &str, what: &str) -> Result<T, AppError> {
    text.parse().map_err(|error: T::Err| AppError::Input {
        message: format!("{what}: {error}"),
        hint: "see `--help`".into(),
    })
}

fn wrong(text: &str, what: &str, known: &str) -> AppError {
    AppError::Input {
        message: format!("`{text}` is no {what}"),
        hint: format!("use {known}"),
    }
}
