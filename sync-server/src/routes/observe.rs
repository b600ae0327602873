//! A request id, a log line and a count for every request. No address, token, name or body is logged. The id stays in
//! the log: nobody quotes it, and an idle reply would be a tenth larger by it.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use sync::wire::{ENROL_PATH, EVENTS_PATH, SYNC_PATH};
use tracing::Instrument as _;

use super::{HEALTH_PATH, METRICS_PATH};
use crate::app::App;
use crate::secret::random;
use crate::store::Store;

/// The route's name among those that are counted; anything else is one.
fn name_route(path: Option<&MatchedPath>) -> &'static str {
    let known = [SYNC_PATH, EVENTS_PATH, ENROL_PATH, HEALTH_PATH, METRICS_PATH];
    known.into_iter().find(|known| path.is_some_and(|path| path.as_str() == *known)).unwrap_or("other")
}

pub(super) async fn observe<S: Store>(State(app): State<App<S>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id: u64 = random().map_or(0, u64::from_be_bytes);
    let route = name_route(request.extensions().get::<MatchedPath>());
    let span = tracing::info_span!("request", id = format_args!("{id:016x}"), route);
    let response = next.run(request).instrument(span.clone()).await;
    let elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    let status = response.status().as_u16();
    span.in_scope(|| tracing::info!(status, elapsed_ms, "answered"));
    app.parts().metrics.count_request(route, status, elapsed_ms);
    response
}
