//! Accounts, codes, devices.

use domain::Account;
use domain::account::Scope;

use super::sample::{
    NOW, add_account_with_code, enrol_well, enrolment, grid, installation, other_grid, secret, worker,
};
use crate::store::{Binding, EnrolOutcome, Enrolment, Store, TokenUse, Trust};

pub(super) async fn an_accounts_former_places_are_remembered<S: Store>(store: S) {
    add_account_with_code(&store, worker(1), 1).await;
    enrol_well(&store, enrolment(1, 1, 1)).await;
    let scope = Scope { grids: [other_grid()].into(), ..Scope::default() };
    let moved = Account { scope, name: "改名".into(), ..worker(1) };
    store.put_account(moved.clone(), NOW).await.expect("stored");
    let session = store.find_session(enrolment(1, 1, 1).token).await.expect("read").expect("a session");
    assert_eq!(session.account, moved);
    assert_eq!(session.past.grids, [grid(), other_grid()].into());
    assert_eq!(store.list_accounts().await.expect("read"), [moved]);
}

pub(super) async fn a_number_stays_with_its_account_until_it_is_taken_away<S: Store>(store: S) {
    for n in 1..=3 {
        store.put_account(worker(n), NOW).await.expect("stored");
    }
    let [one, two, three] = [1, 2, 3].map(|n| worker(n).id);
    store.put_tel(one, "19900000301".into()).await.expect("noted");
    store.put_tel(two, "19900000302".into()).await.expect("noted");
    store.put_account(Account { name: "改名".into(), ..worker(1) }, NOW).await.expect("stored");
    let list = async || store.list_tels([one, three].into()).await.expect("read");
    assert_eq!(
        list().await,
        [(one, "19900000301".to_owned())].into(),
        "those that were asked for, of those that have one"
    );
    store.put_tel(one, String::new()).await.expect("noted");
    assert!(list().await.is_empty());
}

pub(super) async fn a_code_is_used_up_by_the_first_device<S: Store>(store: S) {
    add_account_with_code(&store, worker(1), 1).await;
    let unknown = store.enrol(enrolment(9, 1, 1)).await.expect("answered");
    assert!(matches!(unknown, EnrolOutcome::Unknown));
    let mut late = enrolment(1, 1, 1);
    late.now = NOW.plus_ms(60_000);
    assert!(matches!(store.enrol(late).await.expect("answered"), EnrolOutcome::Expired));
    enrol_well(&store, enrolment(1, 1, 1)).await;
    assert!(matches!(store.enrol(enrolment(1, 2, 2)).await.expect("answered"), EnrolOutcome::Used));
    assert_eq!(store.list_devices(worker(1).id).await.expect("read").len(), 1);
}

pub(super) async fn a_code_gives_its_installation_another_token_until_the_first_is_used<S: Store>(store: S) {
    add_account_with_code(&store, worker(1), 1).await;
    enrol_well(&store, enrolment(1, 1, 1)).await;
    let again = |device, ms| Enrolment { now: NOW.plus_ms(ms), ..enrolment(1, device, 1) };
    assert!(matches!(store.enrol(again(2, 59_999)).await.expect("answered"), EnrolOutcome::Renewed(_)));
    assert_eq!(store.list_devices(worker(1).id).await.expect("read").len(), 1, "it is the same device");
    let find = async |n| store.find_session(enrolment(1, n, 1).token).await.expect("read");
    assert!(find(1).await.is_none(), "the token that was lost opens nothing");
    let session = find(2).await.expect("the fresh one does");
    assert_eq!((session.device, session.token_use), (enrolment(1, 1, 1).device, TokenUse::Unused));
    assert!(matches!(store.enrol(again(3, 60_000)).await.expect("answered"), EnrolOutcome::Used), "not for ever");
    assert!(matches!(store.enrol(enrolment(1, 3, 2)).await.expect("answered"), EnrolOutcome::Used), "not another's");
    store.note_token_used(session.device).await.expect("noted");
    assert!(matches!(store.enrol(again(3, 1)).await.expect("answered"), EnrolOutcome::Used), "it has arrived");
    assert_eq!(find(2).await.expect("it counts").token_use, TokenUse::Used);
}

pub(super) async fn two_devices_with_one_code_are_not_both_bound<S: Store>(store: S) {
    add_account_with_code(&store, worker(1), 1).await;
    let devices = (1_u32..=8).map(|n| {
        let store = store.clone();
        tokio::spawn(async move { store.enrol(enrolment(1, u128::from(n), n)).await.expect("answered") })
    });
    let mut bound = 0;
    for device in devices.collect::<Vec<_>>() {
        bound += usize::from(matches!(device.await.expect("no panic"), EnrolOutcome::Bound(_)));
    }
    assert_eq!(bound, 1);
}

pub(super) async fn an_installation_belongs_to_one_device<S: Store>(store: S) {
    for n in [1, 2] {
        add_account_with_code(&store, worker(n), n).await;
        enrol_well(&store, enrolment(n, n.into(), n)).await;
    }
    let [one, two] = [1, 2].map(|n| enrolment(n, n.into(), n).device);
    let bind = |device, n| store.bind_installation(device, installation(n), NOW);
    assert_eq!(bind(one, 1).await.expect("answered"), Binding::Own);
    assert_eq!(bind(two, 1).await.expect("answered"), Binding::Foreign);
    assert_eq!(bind(two, 3).await.expect("answered"), Binding::Own);
    assert_eq!(bind(one, 3).await.expect("answered"), Binding::Foreign);
    add_account_with_code(&store, worker(4), 4).await;
    let taken = store.enrol(enrolment(4, 4, 1)).await.expect("answered");
    assert!(matches!(taken, EnrolOutcome::InstallationTaken));
    enrol_well(&store, enrolment(4, 4, 4)).await;
}

pub(super) async fn a_revoked_device_is_known_but_not_trusted<S: Store>(store: S) {
    for code in [1, 2] {
        add_account_with_code(&store, worker(1), code).await;
        enrol_well(&store, enrolment(code, code.into(), code)).await;
    }
    let [one, two] = [1, 2].map(|n| enrolment(n, n.into(), n));
    assert!(store.find_session(secret(77)).await.expect("read").is_none());
    assert_eq!(store.revoke_devices(worker(1).id, Some(one.device), NOW).await.expect("done"), 1);
    assert_eq!(store.revoke_devices(worker(1).id, Some(one.device), NOW).await.expect("done"), 0);
    let trust = async |token| store.find_session(token).await.expect("read").expect("known").trust;
    assert_eq!((trust(one.token).await, trust(two.token).await), (Trust::Revoked, Trust::Trusted));
    assert_eq!(store.count_totals().await.expect("read").devices, 1);
}
