//! The demonstration: a fictional cluster, its files, the same import as anyone's, the three goals.

mod exchange;
mod fill;

use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use greenheart_app::{
    Actor, App, AppError, Capacity, ClusterSettings, GoalQuery, KeyRequest, MemberRequest, SiteRequest,
};
use greenheart_demo::{Cluster, Options, plan};
use greenheart_model::Visibility;

use super::figures::show_goals;
use super::{Here, serve};
use crate::arguments::DemoArguments;
use crate::output::Output;
use crate::world;

/// Where the generated files lie, beside the data they become.
const FILES: &str = "demo-files";

pub async fn run(here: &Here<'_>, arguments: &DemoArguments) -> Result<Output> {
    let data = &here.common.data;
    if arguments.fresh || fill::is_unfinished(&data.join(FILES)) {
        remove_demo(data)?;
    }
    let app = if data.join("format.json").exists() {
        let app = here.open().await?;
        if !app.settings().await?.fictional {
            return Err(AppError::Input {
                message: format!(
                    "`{}` holds an installation that is not the demonstration",
                    data.display()
                ),
                hint: "name another folder with `--data`".into(),
            }
            .into());
        }
        app
    } else {
        Box::pin(build(here, arguments)).await?
    };
    // Without somebody who looks on, and without an address asked for, printing is all there is to do.
    let watched = std::io::stdout().is_terminal() || arguments.listen.is_some();
    if arguments.no_serve || !watched {
        let view = app.goals(&here.actor, &GoalQuery::default()).await?;
        app.close().await;
        return show_goals(here, &view);
    }
    let listen = arguments.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080)));
    serve::serve_demo(here, app, listen, operator(here)).await
}

fn operator(here: &Here<'_>) -> Actor {
    Actor {
        name: here.actor.name.clone(),
        capacity: Capacity::Operator,
    }
}

/// Removes a demonstration, and nothing that is not one.
fn remove_demo(data: &Path) -> Result<()> {
    let marker = data.join(FILES);
    if data.exists() && marker.exists() {
        std::fs::remove_dir_all(data).with_context(|| format!("removing `{}`", data.display()))?;
    }
    Ok(())
}

async fn build(here: &Here<'_>, arguments: &DemoArguments) -> Result<App> {
    let last_year = world::this_year() - 1;
    // Five members hand in their first year for comparison only; everybody's first year is the base of the goals.
    let (options, years_before_base) = if arguments.small {
        (Options::small(arguments.seed, last_year), 1)
    } else {
        (Options::full(arguments.seed, last_year), 0)
    };
    let cluster = Arc::new(plan(&options));
    let settings = ClusterSettings {
        name: here.text("demo-name"),
        base_year: cluster.years().next().map(|year| year + years_before_base),
        targets: Default::default(),
        fictional: true,
    };
    let operator = operator(here);
    let (config, surroundings) = (world::config(here.common)?, world::surroundings(here.common)?);
    let app = App::create(&operator, &here.common.data, config, &settings, surroundings).await?;
    add_members(&app, &operator, &cluster).await?;
    Box::pin(fill::fill(
        here,
        &app,
        &operator,
        &cluster,
        &here.common.data.join(FILES),
    ))
    .await?;
    exchange::show(here, &app, &operator).await?;
    app.release_goals(&operator).await?;
    Ok(app)
}

async fn add_members(app: &App, operator: &Actor, cluster: &Cluster) -> Result<()> {
    for member in cluster.members() {
        let request = MemberRequest {
            org_no: member.org_no,
            name: member.name.clone(),
            role: member.role,
            nace: member.nace.clone(),
            employees: member.employees,
            joined: member.membership.joined,
            left: member.membership.left,
            fictional: true,
        };
        app.put_member(operator, &request).await?;
    }
    for site in cluster.sites() {
        let request = SiteRequest {
            member: site.member.clone(),
            id: site.id.clone(),
            name: site.name.clone(),
            sub_unit: site.sub_unit,
            coordinates: site.coordinates,
            municipality: site.municipality.clone(),
            in_boundary: site.in_boundary,
        };
        app.put_site(operator, &request).await?;
    }
    for key in cluster.boundary_keys() {
        let request = KeyRequest {
            member: key.member.clone(),
            valid_from: key.valid_from,
            share: key.share,
            evidence: key.evidence.clone(),
        };
        app.put_boundary_key(operator, &request).await?;
    }
    choose_visibility(app, operator, cluster).await
}

/// Some show their account to the cluster manager, one to all members, the rest to nobody: as anywhere.
async fn choose_visibility(app: &App, operator: &Actor, cluster: &Cluster) -> Result<()> {
    for (at, member) in cluster.members().enumerate() {
        let level = match at % 5 {
            1 | 3 => Visibility::Facilitator,
            2 => Visibility::Cluster,
            _ => continue,
        };
        app.set_visibility(operator, &member.id, level).await?;
    }
    Ok(())
}
