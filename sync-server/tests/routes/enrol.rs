//! `POST /enrol/v1`

use domain::account::Scope;
use domain::{InstallationId, Role};
use sync::wire::{ENROL_PATH, EnrolReply};
use sync_server::store::Store as _;

use crate::http::post;
use crate::support::{DAY_MS, District, grid, unique};

#[tokio::test]
async fn a_code_makes_one_device_and_no_second() {
    let district = District::open().await;
    let scope = Scope { grids: [grid()].into(), ..Scope::default() };
    let account = district.add_account("林晓芸", Role::GridWorker, scope).await;
    let code = district.make_code(account.id).await;
    let (first, second) =
        (InstallationId::new(district.now(), unique()), InstallationId::new(district.now(), unique()));

    let reply: EnrolReply = district.show_code(&code, first).await.message();
    assert_eq!(reply.account, account);
    assert_eq!(reply.token.len(), 64);

    let again = district.show_code(&code, second).await;
    assert_eq!((again.status, again.code().as_str()), (410, "code_used"));
}

#[tokio::test]
async fn a_code_may_be_typed_as_it_was_heard() {
    let district = District::open().await;
    let account = district.add_account("陈国栋", Role::Dispatcher, Scope::default()).await;
    let code = district.make_code(account.id).await;
    let heard = code.to_lowercase().replace('-', " ").replace('1', "l").replace('0', "o");
    let response = district.show_code(&heard, InstallationId::new(district.now(), unique())).await;
    assert_eq!(response.status, 200, "{}", response.text());
}

#[tokio::test]
async fn an_old_code_and_a_forged_one_are_refused_for_different_reasons() {
    let district = District::open().await;
    let account = district.add_account("林晓芸", Role::GridWorker, Scope::default()).await;
    let code = district.make_code(account.id).await;
    let installation = InstallationId::new(district.now(), unique());

    let forged = district.show_code("7K2M-Q9XA-0DFP-3TRV", installation).await;
    assert_eq!((forged.status, forged.code().as_str()), (404, "code_unknown"));
    district.pass_ms(DAY_MS);
    let expired = district.show_code(&code, installation).await;
    assert_eq!((expired.status, expired.code().as_str()), (410, "code_expired"));
    assert!(district.server.app().store().list_devices(account.id).await.expect("devices").is_empty());
}

#[tokio::test]
async fn an_installation_never_changes_hands() {
    let district = District::open().await;
    let phone = district.worker("林晓芸", &[grid()]).await;
    let colleague = district.add_account("吴小燕", Role::GridWorker, Scope::default()).await;
    let code = district.make_code(colleague.id).await;
    let response = district.show_code(&code, phone.installation).await;
    assert_eq!((response.status, response.code().as_str()), (409, "installation_taken"));
    // The code is not used up by it.
    assert_eq!(district.show_code(&code, InstallationId::new(district.now(), unique())).await.status, 200);
}

#[tokio::test]
async fn rubbish_is_answered() {
    let district = District::open().await;
    let response = post(district.server.addr, ENROL_PATH, None, b"hello").await;
    assert_eq!((response.status, response.code().as_str()), (400, "not_a_frame"));
}
