//! `GET /healthz`: 200 when the ledger can be read and a push would be stored, 503 with a code otherwise.
//!
//! Damage that was met since the start is counted in the reply and does not change the status: it costs what it holds
//! (ADR 0020), and a balancer that took the server away would cost the district.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::error::ApiError;
use crate::app::App;
use crate::store::Store;

pub(super) async fn healthz<S: Store>(State(app): State<App<S>>) -> Result<Json<Value>, ApiError> {
    match app.parts().health.look(app.store(), app.now()).await {
        Ok(epoch) => {
            let damaged = app.store().list_met_damage().len();
            let status = if damaged == 0 { "ok" } else { "damaged" };
            Ok(Json(json!({"status": status, "epoch": epoch.0.to_string(), "damaged": damaged})))
        }
        Err(code) => Err(ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code)),
    }
}
