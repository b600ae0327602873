//! `POST /enrol/v1`: a single-use code becomes a device's token.
//!
//! Order: a small body → read, off the threads that answer requests → the code's beginning → the code itself. A code
//! that was never given out, and a body that is no message, count against the address that showed it and are answered
//! later and later; of a genuine one the owner is told at once that it is too old or used, and that is no failure.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use domain::UnixMillis;
use domain::workflow::SYSTEM_ACCOUNT;
use sync::wire::{EnrolReply, EnrolRequest};
use uuid::Uuid;

use super::body::take_body;
use super::error::ApiError;
use super::reply_with;
use crate::admin::office_account;
use crate::app::App;
use crate::http::accept::NO_ADDRESS;
use crate::http::proxy::ClientAddress;
use crate::ingest::run_blocking;
use crate::limits::{CODE_LIMIT, ENROLMENT_BODY, PLATFORM_LIMIT};
use crate::secret::{CodeBeginning, Secret, hash_code, hash_token, random};
use crate::store::{DeviceId, EnrolOutcome, Enrolment, Store};

pub(super) async fn enrol<S: Store>(State(app): State<App<S>>, request: Request) -> Result<Response, ApiError> {
    let attempt = Attempt { app: &app, address: address_of(&request), now: app.now() };
    let (parts, body) = request.into_parts();
    let body = take_body(&app, &parts.headers, body, ENROLMENT_BODY).await?;
    let place = app.parts().enrolments.acquire().await.map_err(|_| ApiError::internal())?;
    let message = match run_blocking(move || body.read::<EnrolRequest>()).await? {
        Ok(message) if message.code.len() <= CODE_LIMIT => message,
        Ok(_) => {
            drop(place);
            return attempt.refuse(None, ApiError::new(StatusCode::NOT_FOUND, "code_unknown")).await;
        }
        Err(error) => {
            drop(place);
            return attempt.refuse(None, error.into()).await;
        }
    };
    let beginning = CodeBeginning::of(&message.code);
    if let Some(wait_ms) = app.parts().attempts.wait_of(beginning, attempt.now) {
        let wait_s = u32::try_from(wait_ms / 1_000 + 1).unwrap_or(u32::MAX);
        let error = ApiError::new(StatusCode::TOO_MANY_REQUESTS, "too_many_attempts").with_retry(wait_s);
        drop(place);
        return attempt.refuse(None, error).await;
    }
    let token = Secret::make_token()?;
    let former = message.former.filter(|id| ![SYSTEM_ACCOUNT, office_account().id].contains(id));
    let outcome = app.store().enrol(Enrolment {
        code: hash_code(&message.code),
        device: DeviceId(Uuid::from_bytes(random()?)),
        token: hash_token(token.reveal()),
        installation: message.installation,
        former,
        mark: message.mark.clone(),
        platform: message.platform.chars().filter(|c| !c.is_control()).take(PLATFORM_LIMIT).collect(),
        now: attempt.now,
        renewal: app.parts().limits.enrolment.renewal,
    });
    let outcome = outcome.await?;
    drop(place);
    let (act, account) = match outcome {
        EnrolOutcome::Bound(account) => ("device_enrol", account),
        EnrolOutcome::Renewed(account) => ("device_token_renew", account),
        EnrolOutcome::Unknown => {
            let error = ApiError::new(StatusCode::NOT_FOUND, "code_unknown");
            return attempt.refuse(Some(beginning), error).await;
        }
        EnrolOutcome::Expired => return Err(ApiError::new(StatusCode::GONE, "code_expired")),
        EnrolOutcome::Used => return Err(ApiError::new(StatusCode::GONE, "code_used")),
        EnrolOutcome::InstallationTaken => return Err(ApiError::new(StatusCode::CONFLICT, "installation_taken")),
    };
    app.store().append_audit(attempt.now, act, account.id.to_string()).await?;
    if former == Some(account.id) {
        // Its name goes out to everybody again, should the account have just got its former id back.
        crate::reference::refresh(app.store()).await?;
    }
    tracing::info!(account = %account.id, act, "a device was enrolled");
    reply_with(&EnrolReply { token: token.reveal().to_owned(), account })
}

/// Somebody who shows a code.
struct Attempt<'a, S> {
    app: &'a App<S>,
    address: std::net::IpAddr,
    now: UnixMillis,
}

impl<S: Store> Attempt<'_, S> {
    /// Counts a failure and answers it, after a while if there were many.
    async fn refuse(&self, beginning: Option<CodeBeginning>, error: ApiError) -> Result<Response, ApiError> {
        let parts = self.app.parts();
        let delay = parts.attempts.count_failure(self.address, beginning, self.now);
        if !delay.is_zero()
            && let Ok(_held_back) = parts.delayed_refusals.try_acquire()
        {
            tokio::time::sleep(delay).await;
        }
        Err(error)
    }
}

fn address_of(request: &Request) -> std::net::IpAddr {
    request.extensions().get().map_or(NO_ADDRESS, |ClientAddress(address)| *address)
}
