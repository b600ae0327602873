//! `POST /enrol/v1`: a single-use code becomes a device's token.
//!
//! A code that was never given out is "unknown" and counts against the address that showed it; of a genuine one the
//! owner is told that it is too old or used.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use sync::wire::{EnrolReply, EnrolRequest};
use uuid::Uuid;

use super::body::read_message;
use super::error::ApiError;
use super::reply_with;
use crate::app::App;
use crate::secret::{Secret, hash_code, hash_token, random};
use crate::store::{DeviceId, EnrolOutcome, Enrolment, Store};

/// Longest code that is looked at.
const CODE_LIMIT: usize = 100;
/// Most characters kept of a platform's name.
const PLATFORM_LIMIT: usize = 40;

pub(super) async fn enrol<S: Store>(State(app): State<App<S>>, request: Request) -> Result<Response, ApiError> {
    let address = address_of(&request);
    let now = app.now();
    if let Some(wait_ms) = app.parts().attempts.wait_of(address, now) {
        let wait_s = u32::try_from(wait_ms / 1_000 + 1).unwrap_or(u32::MAX);
        return Err(ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts").with_retry(wait_s));
    }
    let (parts, body) = request.into_parts();
    let (message, _): (EnrolRequest, usize) = read_message(&parts.headers, body).await?;
    let refuse = |status, code| {
        app.parts().attempts.count_failure(address, now);
        Err(ApiError::new(status, code))
    };
    if message.code.len() > CODE_LIMIT {
        return refuse(StatusCode::NOT_FOUND, "code_unknown");
    }
    let token = Secret::make_token()?;
    let outcome = app.store().enrol(Enrolment {
        code: hash_code(&message.code),
        device: DeviceId(Uuid::from_bytes(random()?)),
        token: hash_token(token.reveal()),
        installation: message.installation,
        platform: message.platform.chars().filter(|c| !c.is_control()).take(PLATFORM_LIMIT).collect(),
        now,
    });
    match outcome.await? {
        EnrolOutcome::Bound(account) => {
            app.store().append_audit(now, "device_enrol", account.id.to_string()).await?;
            tracing::info!(account = %account.id, "a device was enrolled");
            reply_with(&EnrolReply { token: token.reveal().to_owned(), account })
        }
        EnrolOutcome::Unknown => refuse(StatusCode::NOT_FOUND, "code_unknown"),
        EnrolOutcome::Expired => refuse(StatusCode::GONE, "code_expired"),
        EnrolOutcome::Used => refuse(StatusCode::GONE, "code_used"),
        EnrolOutcome::InstallationTaken => Err(ApiError::new(StatusCode::CONFLICT, "installation_taken")),
    }
}

/// The address of the other end. Headers that name another are not believed; behind a proxy the proxy limits.
fn address_of(request: &Request) -> IpAddr {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip())
}
