//! Reading a request's body within its limits.
//!
//! The bytes are taken in first, by number, time and silence, while nothing scarce is held; reading what they mean is
//! work for the processor and belongs off the threads that answer requests.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_core::Stream as _;
use serde::de::DeserializeOwned;
use sync::wire::codec;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::error::ApiError;
use crate::app::App;
use crate::limits::{BODY_FREE_BYTES, BodyLimits, MessageLimits};
use crate::store::Store;

/// What one permit of the room for bodies stands for, in bytes.
const SHARE_BYTES: usize = 1024;

/// Room for the bodies of all requests together, beyond the first bytes of each.
pub(crate) fn make_body_room(limits: &BodyLimits) -> Arc<Semaphore> {
    Arc::new(Semaphore::new((limits.buffered_bytes / SHARE_BYTES).min(Semaphore::MAX_PERMITS)))
}

/// A body that has been taken in and not been read.
pub(super) struct PackedBody {
    bytes: Vec<u8>,
    limits: MessageLimits,
    /// Its share of the room for bodies.
    share: Option<OwnedSemaphorePermit>,
}

impl PackedBody {
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The message. Takes time in proportion to what it unpacks to: not for the threads that answer requests.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, codec::DecodeError> {
        codec::decode_within(&self.bytes, self.limits.unpacked)
    }
}

/// Takes in a body.
pub(super) async fn take_body<S: Store>(
    app: &App<S>,
    headers: &HeaderMap,
    body: Body,
    limits: MessageLimits,
) -> Result<PackedBody, ApiError> {
    let too_large = || {
        let error = ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large");
        error.with_detail(format!("packed {}", limits.packed_bytes))
    };
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > limits.packed_bytes) {
        return Err(too_large());
    }
    let BodyLimits { whole, silence, .. } = app.parts().limits.bodies;
    let mut taken = PackedBody { bytes: Vec::new(), limits, share: None };
    let taking = async {
        let mut pieces = pin!(body.into_data_stream());
        loop {
            let next = poll_fn(|context| pieces.as_mut().poll_next(context));
            match timeout(silence, next).await.map_err(|_| too_slow())? {
                Some(Ok(piece)) if taken.bytes.len() + piece.len() > limits.packed_bytes => return Err(too_large()),
                Some(Ok(piece)) => add_piece(app, &mut taken, &piece)?,
                Some(Err(_)) => return Err(ApiError::new(StatusCode::BAD_REQUEST, "cut_off")),
                None => return Ok(()),
            }
        }
    };
    timeout(whole, taking).await.map_err(|_| too_slow())??;
    Ok(taken)
}

fn too_slow() -> ApiError {
    ApiError::new(StatusCode::REQUEST_TIMEOUT, "too_slow")
}

/// Room is taken for what has come, never for what is announced: a slow body holds little.
fn add_piece<S: Store>(app: &App<S>, taken: &mut PackedBody, piece: &Bytes) -> Result<(), ApiError> {
    taken.bytes.extend_from_slice(piece);
    let needed = taken.bytes.len().saturating_sub(BODY_FREE_BYTES).div_ceil(SHARE_BYTES);
    let held = taken.share.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
    if needed > held {
        let more = u32::try_from(needed - held).map_err(|_| ApiError::busy())?;
        let share = Arc::clone(&app.parts().body_room).try_acquire_many_owned(more).map_err(|_| ApiError::busy())?;
        match &mut taken.share {
            Some(held) => held.merge(share),
            None => taken.share = Some(share),
        }
    }
    Ok(())
}
