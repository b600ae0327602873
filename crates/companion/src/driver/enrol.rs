//! Enrolment: a code becomes an account on this phone. What is only on this phone is looked at first: a code is good
//! for one time.
//!
//! A reply that is lost on the way does not burn the code: the server gives the same installation a fresh token for it,
//! for some minutes. So a request that broke off is made again at once, and by the person as often as they like; the
//! installation stays the same until one is bound.

use std::sync::Arc;

use ::sync::machine::Failure;
use ::sync::wire::{ENROL_PATH, EnrolReply, EnrolRequest, Mark, UNPACKED_LIMIT_BYTES, codec};
use contract::{Command as _, CommandError, ErrorCode, GetSession};
use domain::{AccountId, InstallationId};

use super::app::Shared;
use super::http::PostError;
use super::link::read_link;
use crate::store::replica::read_mark;

/// Binds this phone and answers with the session as JSON.
pub(super) async fn enrol(shared: &Arc<Shared>, text: &str) -> Result<String, CommandError> {
    let link = read_link(text)?;
    let (server, owner) = shared
        .with(move |companion| -> Result<_, CommandError> {
            let known = companion.server()?.map(|(server, _)| server);
            let server = link.server.or(known).ok_or_else(|| {
                CommandError::new(ErrorCode::CodeUnreadable).in_field("text").with_detail("no server is known yet")
            })?;
            companion.check_enrolment(&server)?;
            let mark = read_mark(companion.store.read())?;
            let former = companion.account().map(|account| account.id);
            Ok((server, Owner { installation: companion.installation()?, former, mark }))
        })
        .await??;
    let installation = owner.installation;
    let first = ask_again(shared, &server, &link.code, &owner).await;
    let (reply, installation) = match first {
        Err(error) if is_installation_taken(&error) => {
            // This phone was enrolled before: the new device needs an installation of its own.
            let fresh = renew_installation(shared).await?;
            let owner = Owner { installation: fresh, ..owner };
            (ask_again(shared, &server, &link.code, &owner).await, fresh)
        }
        reply => (reply, installation),
    };
    let EnrolReply { token, account } = reply.map_err(|error| read_refusal(&error))?;
    let (session, events) = shared
        .with(move |companion| {
            let session = companion
                .bind(account, &server, &token, installation)
                .and_then(|()| companion.handle(GetSession::NAME, "{}"));
            (session, companion.take_events())
        })
        .await?;
    shared.tell(events);
    session
}

/// Who enrols: the installation that will write, and what this phone was before.
struct Owner {
    installation: InstallationId,
    former: Option<AccountId>,
    mark: Option<Mark>,
}

/// How often a request that broke off is made.
const ATTEMPTS: usize = 3;

/// Asks, and asks again when the reply may have been lost on the way.
async fn ask_again(shared: &Arc<Shared>, server: &str, code: &str, owner: &Owner) -> Result<EnrolReply, PostError> {
    let mut reply = ask(shared, server, code, owner).await;
    for _ in 1..ATTEMPTS {
        let may_be_lost = |error: &PostError| {
            error.refusal.is_none() && matches!(error.failure, Failure::Broken | Failure::MalformedReply)
        };
        if !reply.as_ref().is_err_and(may_be_lost) {
            break;
        }
        tracing::warn!("an enrolment broke off; asking again");
        reply = ask(shared, server, code, owner).await;
    }
    reply
}

async fn ask(shared: &Arc<Shared>, server: &str, code: &str, owner: &Owner) -> Result<EnrolReply, PostError> {
    let request = EnrolRequest {
        code: code.to_owned(),
        installation: owner.installation,
        platform: shared.platform.clone(),
        former: owner.former,
        mark: owner.mark.clone(),
    };
    let body = codec::encode(&request).map_err(|_| Failure::StorageFailed)?;
    let reply = shared.http.post(server, ENROL_PATH, None, body).await?;
    Ok(codec::decode(&reply, UNPACKED_LIMIT_BYTES).map_err(|_| Failure::MalformedReply)?)
}

fn is_installation_taken(error: &PostError) -> bool {
    error.refusal.as_ref().is_some_and(|refusal| refusal.code == "installation_taken")
}

async fn renew_installation(shared: &Arc<Shared>) -> Result<InstallationId, CommandError> {
    shared
        .with(|companion| {
            let fresh = InstallationId::new(companion.now(), companion.surroundings.id_bytes());
            companion.renew_installation(fresh).map(|()| fresh)
        })
        .await?
}

/// The few codes that a person can be told.
fn read_refusal(error: &PostError) -> CommandError {
    let refusal = error.refusal.as_ref();
    let code = match (refusal.map(|refusal| refusal.code.as_str()), error.failure) {
        (Some("code_unknown"), _) => ErrorCode::CodeUnknown,
        (Some("code_expired"), _) => ErrorCode::CodeExpired,
        (Some("code_used"), _) => ErrorCode::CodeUsed,
        (_, Failure::Unreachable | Failure::Timeout | Failure::Broken) => ErrorCode::Unreachable,
        (_, Failure::Untrusted) => ErrorCode::Untrusted,
        (_, Failure::Unauthorized | Failure::TokenUnknown) => ErrorCode::Revoked,
        (_, Failure::StorageFull) => ErrorCode::StorageFull,
        (_, Failure::StorageFailed) => ErrorCode::StorageFailed,
        (_, Failure::Defect) => ErrorCode::Internal,
        (
            _,
            Failure::TooLarge | Failure::Rejected | Failure::Busy { .. } | Failure::Server | Failure::MalformedReply,
        ) => ErrorCode::ServerFailed,
    };
    let detail = refusal.map(|refusal| format!("{} {}", refusal.status, refusal.code)).unwrap_or_default();
    CommandError::new(code).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use contract::{Enrol, OpenVisitForm};
    use domain::codes::Outcome;

    use crate::Surroundings;
    use crate::driver::{App, AppOptions, STORE_FILE};
    use crate::tests::phone::Phone;

    use super::*;

    #[test]
    fn a_code_is_not_spent_while_work_is_only_on_this_phone() {
        let mut phone = Phone::with_file();
        let home = phone.receive_home("402", &[("王秀兰", "")]);
        phone.visit(home, |form| form.outcome = Some(Outcome::Met));
        phone.run(OpenVisitForm { household: home, draft: None });
        // Nobody answers there: a request would end as "unreachable".
        let server = unanswered_address();
        let (account, installation) =
            (phone.companion.account().cloned().expect("an owner"), phone.companion.installation().expect("an id"));
        phone.companion.bind(account, &server, "token", installation).expect("bound");
        let folder = tempfile::tempdir().expect("a folder");
        let _phone = phone.restart_after(|path| {
            std::fs::copy(path, folder.path().join(STORE_FILE)).expect("copied");
        });
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let options = AppOptions {
                data_dir: folder.path().to_owned(),
                surroundings: Surroundings::of_device("0.1.0"),
                site_ca: None,
                platform: "story".into(),
            };
            let app = App::start(options).await.expect("starts");
            let text = format!("gridcompanion://enrol?server={server}&code=0000-0000-0000-0000");
            assert_eq!(app.run(&Enrol { text }).await.expect_err("refused").code, ErrorCode::NotAllowed);
            let text = format!("gridcompanion://enrol?server={}&code=0000-0000-0000-0000", unanswered_address());
            assert_eq!(app.run(&Enrol { text }).await.expect_err("asked").code, ErrorCode::Unreachable);
            app.shutdown().await;
        });
    }

    fn unanswered_address() -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
        format!("http://{}", listener.local_addr().expect("an address"))
    }
}
