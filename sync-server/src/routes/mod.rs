//! What the server answers, one file per route.
//!
//! Around every route, from the outside in: a panic becomes 500, a request has an id and a log line without personal
//! data, a slow one ends after [`crate::Limits::timeout`] (until its head is answered: a stream of events lives on).
//! Authentication, rate and body limits belong to the routes themselves, in that order, so that a stranger's body is
//! never read.
//!
//! Counters are not for strangers: [`metrics_router`] is merged with the others behind a token, or has a listener of its
//! own.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use sync::wire::{CONTENT_TYPE, ENROL_PATH, EVENTS_PATH, SYNC_PATH};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use crate::app::App;
use crate::store::{SecretHash, Store};

mod body;
mod contacts;
mod enrol;
mod error;
mod events;
mod healthz;
mod metrics;
mod observe;
mod rulings;
mod session;
mod sync_round;

pub(crate) use body::make_body_room;

/// Path of the health check.
pub(crate) const HEALTH_PATH: &str = "/healthz";
/// Path of the counters.
pub(crate) const METRICS_PATH: &str = "/metrics";

/// The server's routes over an application.
pub fn router<S: Store>(app: App<S>) -> Router {
    let routes = Router::new()
        .route(SYNC_PATH, post(sync_round::sync_round::<S>))
        .route(EVENTS_PATH, get(events::events::<S>))
        .route(ENROL_PATH, post(enrol::enrol::<S>))
        .route(HEALTH_PATH, get(healthz::healthz::<S>))
        .fallback(no_such_route);
    wrap(routes, app)
}

/// The counters, for scrapes that show the token; without one, for everybody who reaches the listener.
pub(crate) fn metrics_router<S: Store>(app: App<S>, token: Option<SecretHash>) -> Router {
    let routes = Router::new().route(METRICS_PATH, get(metrics::metrics::<S>));
    wrap(routes.layer(Extension(metrics::MetricsToken(token))), app)
}

async fn no_such_route() -> error::ApiError {
    error::ApiError::new(StatusCode::NOT_FOUND, "no_such_route")
}

/// What stands around every route.
fn wrap<S: Store>(routes: Router<App<S>>, app: App<S>) -> Router {
    let timeout = app.parts().limits.timeout;
    routes
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        .layer(CatchPanicLayer::custom(|_| error::ApiError::internal().into_response()))
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe::observe::<S>))
        .with_state(app)
}

/// A message of the sync protocol as a response.
fn reply_with(message: &impl serde::Serialize) -> Result<Response, error::ApiError> {
    let body = sync::wire::codec::encode(message).map_err(|error| {
        tracing::error!(%error, "a reply could not be written");
        error::ApiError::internal()
    })?;
    Ok(([(header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE))], body).into_response())
}
