//! Who asks: the bearer token of a device.

use axum::http::{HeaderMap, StatusCode, header};

use super::error::{ApiError, count_seconds};
use crate::app::App;
use crate::limits::TOKEN_LIMIT;
use crate::secret::hash_token;
use crate::store::{SecretHash, Session, Store, TokenUse, Trust};

pub(super) fn refuse(code: &'static str) -> ApiError {
    ApiError::new(StatusCode::UNAUTHORIZED, code)
}

/// What is kept of the token that a request shows.
pub(super) fn read_token(headers: &HeaderMap) -> Result<SecretHash, ApiError> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "))
        .filter(|token| token.len() <= TOKEN_LIMIT)
        .ok_or_else(|| refuse("token_missing"))?;
    Ok(hash_token(token))
}

/// The session of a trusted device.
pub(super) async fn authenticate<S: Store>(app: &App<S>, headers: &HeaderMap) -> Result<Session, ApiError> {
    let session = app.store().find_session(read_token(headers)?).await?.ok_or_else(|| refuse("token_unknown"))?;
    if session.trust == Trust::Revoked {
        return Err(refuse("token_revoked"));
    }
    if session.token_use == TokenUse::Unused
        && let Err(error) = app.store().note_token_used(session.device).await
    {
        // It is noted the next time. Until then the code could still be renewed, by the same installation only.
        tracing::warn!(error = &error as &dyn std::error::Error, "the first use of a token could not be noted");
    }
    Ok(session)
}

/// Counts a request of a device; one too many is refused with the time to wait.
pub(super) fn count_request<S: Store>(app: &App<S>, session: &Session) -> Result<(), ApiError> {
    app.parts()
        .devices
        .count_round(session.device)
        .map_err(|wait| ApiError::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited").with_retry(count_seconds(wait)))
}
