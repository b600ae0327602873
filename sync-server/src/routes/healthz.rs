//! `GET /healthz`: 200 when the ledger answers, to readers and to writers.

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::error::ApiError;
use crate::app::App;
use crate::store::Store;

pub(super) async fn healthz<S: Store>(State(app): State<App<S>>) -> Result<Json<Value>, ApiError> {
    let epoch = app.store().read_epoch().await?;
    app.store().probe_writer().await?;
    Ok(Json(json!({"status": "ok", "epoch": epoch.0.to_string()})))
}
