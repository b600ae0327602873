//! Refusals of whole requests: a status, a stable code, a detail; as JSON `{"code", "detail"}`.

use std::time::Duration;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sync::wire::codec::DecodeError;

use crate::http::turns::Refused;
use crate::store::StoreError;

/// How long a device waits when the server is busy, in seconds.
const BUSY_RETRY_S: u32 = 5;
/// How long a device waits for a round of its own that is under way, in seconds.
const OWN_RETRY_S: u32 = 2;
/// How long a device waits when the disk is full: until somebody has looked.
const FULL_RETRY_S: u32 = 300;

/// Why a request is not answered.
#[derive(Debug)]
pub(super) struct ApiError {
    status: StatusCode,
    code: &'static str,
    detail: String,
    retry_after_s: Option<u32>,
}

impl ApiError {
    pub(super) fn new(status: StatusCode, code: &'static str) -> Self {
        Self { status, code, detail: String::new(), retry_after_s: None }
    }

    pub(super) fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal")
    }

    /// Too much is under way: come back soon.
    pub(super) fn busy() -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy").with_retry(BUSY_RETRY_S)
    }

    pub(super) fn with_detail(self, detail: impl Into<String>) -> Self {
        Self { detail: detail.into(), ..self }
    }

    pub(super) fn with_retry(self, after_s: u32) -> Self {
        Self { retry_after_s: Some(after_s), ..self }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Json(serde_json::json!({"code": self.code, "detail": self.detail}));
        let mut response = (self.status, body).into_response();
        if let Some(after_s) = self.retry_after_s {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(after_s));
        }
        response
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Full => {
                tracing::error!("the ledger has no room left");
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage_full").with_retry(FULL_RETRY_S)
            }
            StoreError::Busy | StoreError::Closed => Self::busy(),
            StoreError::Value(_) | StoreError::Other(_) => {
                tracing::error!(error = &error as &dyn std::error::Error, "the ledger failed");
                Self::internal()
            }
        }
    }
}

impl From<DecodeError> for ApiError {
    fn from(error: DecodeError) -> Self {
        match error {
            DecodeError::TooLarge { limit_bytes } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").with_detail(format!("unpacked {limit_bytes}"))
            }
            DecodeError::Frame(_) => Self::new(StatusCode::BAD_REQUEST, "not_a_frame"),
            DecodeError::Structure(_) | DecodeError::Message(_) => Self::new(StatusCode::BAD_REQUEST, "not_a_message"),
        }
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        let too_many = |code, after_s| Self::new(StatusCode::TOO_MANY_REQUESTS, code).with_retry(after_s);
        match refused {
            Refused::Superseded => too_many("superseded", OWN_RETRY_S),
            Refused::UnderWay => too_many("round_under_way", OWN_RETRY_S),
            Refused::Paused(wait) => too_many("paused", count_seconds(wait)),
            Refused::Busy => Self::busy(),
        }
    }
}

/// Whole seconds, upwards.
pub(super) fn count_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)
}

impl From<getrandom::Error> for ApiError {
    fn from(error: getrandom::Error) -> Self {
        tracing::error!(%error, "the system gives no random bytes");
        Self::internal()
    }
}
