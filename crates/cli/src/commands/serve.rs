//! The pages, until somebody stops them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use greenheart_app::{Actor, App, AppError, Capacity, GoalQuery};
use greenheart_web::{DemoLogin, Pages};
use tokio::net::TcpListener;
use tokio::runtime::Handle;

use super::Here;
use super::figures::show_goals;
use crate::output::Output;

/// The password of every account of the demonstration; its cluster is invented, so it protects nothing.
const DEMO_PASSWORD: &str = "greenheart-demo";

/// Serves an installation.
pub async fn run(here: &Here<'_>, listen: SocketAddr, secure: bool) -> Result<Output> {
    let app = here.open().await?;
    here.actor.may_operate().map_err(AppError::from)?;
    let (listener, app) = (listening(here, listen).await?, Arc::new(app));
    serve(app, listener, secure, Vec::new()).await
}

/// Serves the demonstration. It listens at once; the logins are renewed and the goals printed beside the requests.
pub async fn serve_demo(here: &Here<'_>, app: App, listen: SocketAddr, operator: Actor) -> Result<Output> {
    let app = Arc::new(app);
    let accounts = demo_accounts(&app, &operator).await?;
    let logins = make_logins(&app, &operator, &accounts).await?;
    let listener = listening(here, listen).await?;
    for login in &logins {
        let places = [
            ("role", &*here.text(login.role)),
            ("name", &*login.name),
            ("password", &*login.password),
        ];
        eprintln!("  {}", here.language.with("demo-login", &places));
    }
    let first = first_words(here, Arc::clone(&app), operator, logins.clone());
    let (served, told) = tokio::join!(serve(app, listener, false, logins), first);
    told?;
    served
}

/// Where to look, said as soon as there is something to see.
async fn listening(here: &Here<'_>, listen: SocketAddr) -> Result<TcpListener> {
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening at {listen}"))?;
    let address = listener.local_addr().context("asking for the own address")?;
    let shown = format!("http://{address}");
    eprintln!("{}", here.language.with("serving", &[("address", &shown)]));
    if !address.ip().is_loopback() {
        eprintln!("{}", here.text("serving-open"));
    }
    Ok(listener)
}

/// Serves until the program is told to stop, then lets open requests end.
async fn serve(app: Arc<App>, listener: TcpListener, secure: bool, demo_logins: Vec<DemoLogin>) -> Result<Output> {
    app.resume_jobs().await?;
    app.gather_looks();
    app.keep_ready();
    let pages = Pages {
        app: Arc::clone(&app),
        secure,
        demo_logins,
    };
    greenheart_web::serve(listener, pages, stop())
        .await
        .context("serving the pages")?;
    app.write_looks().await?;
    Ok(Output::default())
}

/// What the demonstration does beside the first requests: every password is again what the terminal says, and the three
/// goals are printed. A thread of its own does it, so that requests have the others.
async fn first_words(here: &Here<'_>, app: Arc<App>, operator: Actor, logins: Vec<DemoLogin>) -> Result<()> {
    let (actor, threads) = (here.actor.clone(), Handle::current());
    let work = tokio::task::spawn_blocking(move || {
        threads.block_on(async {
            for login in &logins {
                app.renew_password(&operator, &login.name, &login.password).await?;
            }
            app.goals(&actor, &GoalQuery::default()).await
        })
    });
    let view = work.await.context("computing the goals")??;
    let output = show_goals(here, &view)?;
    output.print(here.common.format, here.language, &mut std::io::stdout().lock())?;
    Ok(())
}

/// Ready when the program is interrupted or asked to end.
async fn stop() {
    let mut ended = match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        Ok(ended) => ended,
        Err(error) => {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "only an interrupt ends the pages"
            );
            let _ = tokio::signal::ctrl_c().await;
            return;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = ended.recv() => {}
    }
}

/// One account for each role, all with the password that is no secret. Those that are not there are made.
async fn make_logins(
    app: &App,
    operator: &Actor,
    accounts: &[(&'static str, &'static str, Capacity); 4],
) -> Result<Vec<DemoLogin>> {
    let known = app.accounts(operator).await?;
    let mut logins = Vec::new();
    for (name, role, capacity) in accounts {
        if !known.iter().any(|account| account.name == *name) {
            app.create_account(operator, name, capacity).await?;
            app.reset_password(operator, name, DEMO_PASSWORD).await?;
        }
        logins.push(DemoLogin {
            name: (*name).into(),
            password: DEMO_PASSWORD.into(),
            role,
        });
    }
    Ok(logins)
}

async fn demo_accounts(app: &App, operator: &Actor) -> Result<[(&'static str, &'static str, Capacity); 4]> {
    let members = app.members(operator).await?;
    let first = members.first().context("the demonstration has no members")?;
    let member = &first.member.id;
    Ok([
        ("leder", "demo-facilitator", Capacity::Facilitator),
        ("medlem", "demo-admin", Capacity::MemberAdmin(member.clone())),
        ("bidrag", "demo-contributor", Capacity::Contributor(member.clone())),
        ("revisor", "demo-auditor", Capacity::Auditor),
    ])
}
