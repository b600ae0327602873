//! Reading a request's body within its limits.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, StatusCode, header};
use serde::de::DeserializeOwned;
use sync::wire::{REQUEST_LIMIT_BYTES, UNPACKED_LIMIT_BYTES, codec};

use super::error::ApiError;

/// Reads a message of the sync protocol; answers it with the size of its body.
pub(super) async fn read_message<T: DeserializeOwned>(headers: &HeaderMap, body: Body) -> Result<(T, usize), ApiError> {
    let too_large = || {
        ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large").with_detail(format!("packed {REQUEST_LIMIT_BYTES}"))
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > REQUEST_LIMIT_BYTES) {
        return Err(too_large());
    }
    // A body that is cut off ends here as well; whether it was too long shows in how much was read.
    let bytes = match to_bytes(body, REQUEST_LIMIT_BYTES).await {
        Ok(bytes) => bytes,
        Err(error) if is_length_limit(&error) => return Err(too_large()),
        Err(_) => return Err(ApiError::new(StatusCode::BAD_REQUEST, "cut_off")),
    };
    Ok((codec::decode(&bytes, UNPACKED_LIMIT_BYTES)?, bytes.len()))
}

fn is_length_limit(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string() == "length limit exceeded" {
            return true;
        }
        cause = error.source();
    }
    false
}
