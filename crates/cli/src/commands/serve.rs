//! The pages, until somebody stops them.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Result};
use greenheart_app::{Actor, App, AppError, Capacity};
use greenheart_model::MemberId;
use greenheart_web::{DemoLogin, Pages};

use super::Here;
use crate::output::Output;

/// The password of every account of the demonstration; its cluster is invented, so it protects nothing.
const DEMO_PASSWORD: &str = "greenheart-demo";

/// Serves an installation.
pub async fn run(here: &Here<'_>, listen: SocketAddr, secure: bool) -> Result<Output> {
    let app = here.open().await?;
    here.actor.may_operate().map_err(AppError::from)?;
    serve(here, app, listen, secure, Vec::new()).await
}

/// Serves until the program is told to stop, then lets open requests end.
pub async fn serve(
    here: &Here<'_>,
    app: App,
    listen: SocketAddr,
    secure: bool,
    demo_logins: Vec<DemoLogin>,
) -> Result<Output> {
    let listener = tokio::net::TcpListener::bind(listen)
        .await
        .with_context(|| format!("listening at {listen}"))?;
    let address = format!(
        "http://{}",
        listener.local_addr().context("asking for the own address")?
    );
    eprintln!("{}", here.language.with("serving", &[("address", &address)]));
    for login in &demo_logins {
        let places = [
            ("role", &*here.text(login.role)),
            ("name", &*login.name),
            ("password", &*login.password),
        ];
        eprintln!("  {}", here.language.with("demo-login", &places));
    }
    if !listener.local_addr().is_ok_and(|address| address.ip().is_loopback()) {
        eprintln!("{}", here.text("serving-open"));
    }
    let app = Arc::new(app);
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

/// One account for each role, all with the password that is no secret.
pub async fn demo_logins(app: &App, operator: &Actor) -> Result<Vec<DemoLogin>> {
    let members = app.members(operator).await?;
    let member = members
        .first()
        .context("the demonstration has no members")?
        .member
        .id
        .clone();
    let mut logins = Vec::new();
    for (name, role, capacity) in demo_accounts(&member) {
        let known = app.accounts(operator).await?.iter().any(|account| account.name == name);
        if !known {
            app.create_account(operator, name, &capacity).await?;
        }
        app.reset_password(operator, name, DEMO_PASSWORD).await?;
        logins.push(DemoLogin {
            name: name.into(),
            password: DEMO_PASSWORD.into(),
            role,
        });
    }
    Ok(logins)
}

fn demo_accounts(member: &MemberId) -> [(&'static str, &'static str, Capacity); 4] {
    [
        ("leder", "demo-facilitator", Capacity::Facilitator),
        ("medlem", "demo-admin", Capacity::MemberAdmin(member.clone())),
        ("bidrag", "demo-contributor", Capacity::Contributor(member.clone())),
        ("revisor", "demo-auditor", Capacity::Auditor),
    ]
}
