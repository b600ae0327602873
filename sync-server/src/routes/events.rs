//! `GET /sync/v1/events`: a device listens.
//!
//! Order: token → rate → line. The head is answered at once and counts as the request; the stream then lives until
//! the device hangs up, opens another, loses its right, or the server stops.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::rights::subscriptions;
use futures_core::Stream;
use sync::wire::{ADVANCED_EVENT, SILENCE_HEADER};

use super::error::ApiError;
use super::session::{authenticate, count_request, read_token};
use crate::app::App;
use crate::hints::{Ear, Listener, Refused, listen};
use crate::store::Store;

/// How long a device waits when too many listen, in seconds.
const FULL_RETRY_S: u32 = 120;
/// How long a device waits when the server is stopping, in seconds.
const STOPPING_RETRY_S: u32 = 2;
/// Tells a proxy in between to pass on what comes as it comes.
const UNBUFFERED: (HeaderName, HeaderValue) =
    (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no"));

pub(super) async fn events<S: Store>(State(app): State<App<S>>, headers: HeaderMap) -> Result<Response, ApiError> {
    let session = authenticate(&app, &headers).await?;
    count_request(&app, &session)?;
    let epoch = app.store().read_epoch().await?;
    let (token, subscriptions) = (read_token(&headers)?, subscriptions(&session.account));
    let ear = Ear { device: session.device, token, epoch, subscriptions };
    let listener = listen(&app, ear).map_err(|refused| {
        let (code, retry_s) = match refused {
            Refused::Full => ("too_many_streams", FULL_RETRY_S),
            Refused::Closed => ("busy", STOPPING_RETRY_S),
        };
        ApiError::new(StatusCode::SERVICE_UNAVAILABLE, code).with_retry(retry_s)
    })?;
    let limits = app.parts().limits.streams;
    let keep_alive = KeepAlive::new().interval(limits.keep_alive);
    let mut response = Sse::new(Events(listener)).keep_alive(keep_alive).into_response();
    let silence_ms = u64::try_from(limits.silence_limit().as_millis()).unwrap_or(u64::MAX);
    response.headers_mut().extend([UNBUFFERED, (HeaderName::from_static(SILENCE_HEADER), silence_ms.into())]);
    Ok(response)
}

/// A line as server-sent events.
struct Events(Listener);

impl Stream for Events {
    type Item = Result<Event, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let hint = self.0.poll_hint(context);
        hint.map(|hint| hint.map(|advanced| Event::default().event(ADVANCED_EVENT).json_data(advanced)))
    }
}
