//! `GET /metrics`: counters as Prometheus text, for whoever shows the token, or who reaches the listener that is kept for
//! it. Counts of the ledger are rows: a scrape costs some microseconds.

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::IntoResponse;
use subtle::ConstantTimeEq as _;

use super::error::ApiError;
use super::session::{read_token, refuse};
use crate::app::App;
use crate::store::{SecretHash, Store};

/// What a scrape has to show; nothing when absent.
#[derive(Debug, Clone, Copy)]
pub(super) struct MetricsToken(pub(super) Option<SecretHash>);

pub(super) async fn metrics<S: Store>(
    State(app): State<App<S>>,
    Extension(MetricsToken(token)): Extension<MetricsToken>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, ApiError> {
    if let Some(token) = token {
        let shown = read_token(&headers)?;
        if !bool::from(shown.0.ct_eq(&token.0)) {
            return Err(refuse("token_unknown"));
        }
    }
    let totals = app.store().count_totals().await?;
    app.parts().devices.forget_idle();
    let damaged = app.store().list_met_damage().len();
    let page = app.parts().metrics.render(totals, app.parts().hints.count_lines(), damaged);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], page))
}
