//! Every address, on one screen.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::pages::{
    account, articles, audit, batches, campaign, change, circular, consolidated, factor_use, factors, figures, flows,
    goals, import, inventory, jobs, language, login, mapping, members, people, products, releases, what_if, why,
};
use crate::{Pages, api, assets, error, visitor};

/// A form without files is small.
const FORM_BYTES: usize = 64 << 10;
/// Files handed in at once.
pub const UPLOAD_BYTES: usize = 2 << 30;
/// A request that does not hand in files is answered within this time, or given up.
pub const PATIENCE: Duration = Duration::from_secs(60);
/// Handing in files over a slow line takes longer.
pub const UPLOAD_PATIENCE: Duration = Duration::from_secs(30 * 60);

/// The pages.
pub fn router(pages: Arc<Pages>) -> Router {
    let quick = Router::new()
        .route("/", get(goals::front))
        .route("/public", get(goals::public))
        .route("/goals/{goal}", get(goals::detail))
        .route("/goals/release", post(goals::release))
        .route("/releases", get(releases::last).post(releases::compute))
        .route("/releases/{number}", get(releases::one))
        .route("/figures/{file}", get(figures::serve))
        .route("/change", get(change::show))
        .route("/inventory", get(inventory::show))
        .route("/consolidated", get(consolidated::show))
        .route("/products", get(products::show))
        .route("/what-if", get(what_if::show))
        .route("/flows", get(flows::show))
        .route("/campaign", get(campaign::show))
        .route("/articles", get(articles::show).post(articles::confirm))
        .route("/articles/confirm", get(articles::form))
        .route("/why/{*reference}", get(why::show))
        .route("/import", get(import::form))
        .route("/import/templates/{file}", get(import::template))
        .route("/import/jobs/{job}", get(import::job))
        .route("/import/jobs/{job}/confirm", post(import::confirm))
        .route("/import/jobs/{job}/mapping", get(mapping::form).post(mapping::read))
        .route("/import/jobs/{job}/discard", post(import::discard))
        .route("/jobs/{job}", get(jobs::show))
        .route("/jobs/{job}/cancel", post(jobs::cancel))
        .route("/batches", get(batches::list))
        .route("/batches/{batch}/withdraw", get(batches::ask).post(batches::withdraw))
        .route("/circular", get(circular::front))
        .route("/circular/network", post(circular::design))
        .route("/circular/infer", post(circular::infer))
        .route("/circular/plants", post(circular::plants))
        .route("/circular/board/fill", post(circular::board::fill))
        .route(
            "/circular/streams",
            get(circular::streams::list).post(circular::streams::add),
        )
        .route(
            "/circular/streams/{stream}",
            get(circular::streams::show).post(circular::streams::correct),
        )
        .route("/circular/streams/{stream}/answer", post(circular::streams::answer))
        .route(
            "/circular/board",
            get(circular::board::list).post(circular::board::start),
        )
        .route(
            "/circular/board/{exchange}",
            get(circular::board::show).post(circular::board::change),
        )
        .route("/members", get(members::list).post(members::add))
        .route("/members/{member}", get(members::show))
        .route("/members/{member}/visibility", post(members::visibility))
        .route("/members/{member}/sites", post(members::add_site))
        .route("/people", get(people::list).post(people::invite))
        .route("/people/{name}/invite", post(people::invite_again))
        .route("/people/{name}/disable", post(people::disable))
        .route("/invitation/{secret}", get(people::invitation).post(people::accept))
        .route("/people/{name}/codes", post(people::reset_codes))
        .route("/account", get(account::show).post(account::change_password))
        .route("/account/codes", post(account::begin_codes))
        .route("/account/codes/confirm", post(account::confirm_codes))
        .route("/account/codes/off", post(account::codes_off))
        .route("/account/link", post(account::link))
        .route("/account/unlink", post(account::unlink))
        .route("/account/tokens", post(account::make_token))
        .route("/account/tokens/{id}/revoke", post(account::revoke_token))
        .route("/audit", get(audit::show))
        .route("/factors", get(factors::search))
        .route("/factors/use", get(factor_use::show).post(factor_use::choose))
        .route("/factors/seal", post(factor_use::seal))
        .route("/factors/rebind", post(factor_use::compare))
        .route("/factors/accept", post(factor_use::accept))
        .route("/factors/discard", post(factor_use::discard))
        .route("/login", get(login::form).post(login::log_in))
        .route("/login/code", get(login::code_form).post(login::code))
        .route("/login/provider", get(login::to_provider))
        .route(greenheart_app::PROVIDER_BACK, get(login::from_provider))
        .route("/logout", post(login::log_out))
        .route("/language/{tongue}", get(language::switch))
        .fallback(error::no_such_page)
        .layer(DefaultBodyLimit::max(FORM_BYTES))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::REQUEST_TIMEOUT,
            PATIENCE,
        ));
    let uploads = Router::new()
        .route("/import/files", post(import::hand_in))
        .layer(DefaultBodyLimit::max(UPLOAD_BYTES))
        .layer(TimeoutLayer::with_status_code(
            axum::http::StatusCode::REQUEST_TIMEOUT,
            UPLOAD_PATIENCE,
        ));
    let people = quick
        .merge(uploads)
        .layer(from_fn_with_state(Arc::clone(&pages), visitor::welcome));
    Router::new()
        .merge(people)
        .nest("/api/v1", api::router(Arc::clone(&pages)))
        .route("/assets/{file}", get(assets::serve))
        .route("/healthz", get(|| async { "ok" }))
        .layer(CompressionLayer::new())
        .layer(axum::middleware::from_fn(visitor::protect))
        .with_state(pages)
}
