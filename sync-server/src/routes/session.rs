//! Who asks: the bearer token of a device.

use axum::http::{HeaderMap, StatusCode, header};

use super::error::ApiError;
use crate::app::App;
use crate::secret::hash_token;
use crate::store::{Session, Store, Trust};

/// Longest token that is looked at.
const TOKEN_LIMIT: usize = 200;

/// The session of a trusted device.
pub(super) async fn authenticate<S: Store>(app: &App<S>, headers: &HeaderMap) -> Result<Session, ApiError> {
    let refuse = |code| ApiError::new(StatusCode::UNAUTHORIZED, code);
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .filter(|token| token.len() <= TOKEN_LIMIT)
        .ok_or_else(|| refuse("token_missing"))?;
    let session = app.store().find_session(hash_token(token)).await?.ok_or_else(|| refuse("token_unknown"))?;
    match session.trust {
        Trust::Trusted => Ok(session),
        Trust::Revoked => Err(refuse("token_revoked")),
    }
}
