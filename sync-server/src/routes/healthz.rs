//! `GET /healthz`: 200 when the ledger can be read and a push would be stored, 503 with a code otherwise.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::error::ApiError;
use crate::app::App;
use crate::store::Store;

pub(super) async fn healthz<S: Store>(State(app): State<App<S>>) -> Result<Json<Value>, ApiError> {
    match app.parts().health.look(app.store(), app.now()).await {
        Ok(epoch) => Ok(Json(json!({"status": "ok", "epoch": epoch.0.to_string()}))),
        Err(code) => Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code)),
    }
}
