//! `GET /metrics`: counters as Prometheus text.

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use super::error::ApiError;
use crate::app::App;
use crate::store::Store;

pub(super) async fn metrics<S: Store>(State(app): State<App<S>>) -> Result<impl IntoResponse, ApiError> {
    let totals = app.store().count_totals().await?;
    app.parts().devices.forget_idle();
    let page = app.parts().metrics.render(totals, app.parts().hints.count_lines());
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page))
}
