//! What the server's own work needs: wakes, serials, its installation.

use std::collections::BTreeSet;

use domain::{LocalDate, UnixMillis};

use super::sample::{
    Draft, NOW, add_account_with_code, assert_sound, batch, commit_well, enrol_well, enrolment, households,
    installation, worker,
};
use crate::store::{Admission, Binding, Committed, EnrolOutcome, ReferenceValue, Store};

fn waking(admission: Admission, in_ms: i64) -> Admission {
    Admission { wake_at: Some(NOW.plus_ms(in_ms)), ..admission }
}

pub(super) async fn what_is_due_is_listed_the_longest_due_first<S: Store>(store: S) {
    let mut drafts: Vec<Draft> = (1..=4).map(|n| Draft::new(n, [households()])).collect();
    for (draft, in_ms) in drafts.iter_mut().zip([30, 10, 20]) {
        commit_well(&store, waking(draft.change(1), in_ms)).await;
    }
    commit_well(&store, drafts[3].change(1)).await;
    let due = async |ms, limit| store.list_waking(NOW.plus_ms(ms), limit).await.expect("read");
    assert_eq!(due(9, 9).await, []);
    assert_eq!(due(20, 9).await, [drafts[1].id, drafts[2].id]);
    assert_eq!(due(20, 1).await, [drafts[1].id]);
    assert_eq!(due(i64::MAX / 2, 9).await, [drafts[1].id, drafts[2].id, drafts[0].id], "one has no wake");
    assert_sound(&store).await;
}

pub(super) async fn a_wake_stands_and_falls_with_its_document<S: Store>(store: S) {
    let due = async || store.list_waking(NOW, 9).await.expect("read");
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, waking(draft.change(1), 0)).await;
    let (seen, mut stale) = (draft.heads.clone(), draft.clone());
    commit_well(&store, waking(draft.change(1), 60_000)).await;
    assert_eq!(due().await, [], "the newest change says when");
    let moved = store.commit(batch([waking(stale.change(2), 0)])).await.expect("committed");
    assert_eq!((moved, due().await), (vec![Committed::Moved], vec![]), "what is not stored wakes nobody");

    let put = async |heads, at| store.put_wake(draft.id, heads, at).await.expect("answered");
    assert_eq!(put(seen, Some(NOW)).await, Committed::Moved);
    assert_eq!(due().await, []);
    assert_eq!(put(draft.heads.clone(), Some(NOW)).await, Committed::Stored);
    assert_eq!(due().await, [draft.id]);
    assert_eq!(put(draft.heads.clone(), None).await, Committed::Stored);
    assert_eq!(due().await, []);

    commit_well(&store, waking(draft.change(1), 0)).await;
    commit_well(&store, draft.change(1)).await;
    assert_eq!(due().await, [], "a change after which nothing is due takes the wake away");
}

pub(super) async fn a_document_in_trouble_is_left_alone_for_a_while<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, waking(draft.change(1), 0)).await;
    store.postpone_wake(draft.id, NOW.plus_ms(100)).await.expect("kept");
    store.postpone_wake(draft.id, NOW.plus_ms(50)).await.expect("kept");
    assert_eq!(store.list_waking(NOW.plus_ms(99), 9).await.expect("read"), []);
    assert_eq!(store.list_waking(NOW.plus_ms(100), 9).await.expect("read"), [draft.id]);
    // One that was not to be looked at stays so.
    let mut other = Draft::new(2, [households()]);
    commit_well(&store, other.change(1)).await;
    store.postpone_wake(other.id, NOW).await.expect("kept");
    assert_eq!(store.list_waking(NOW, 9).await.expect("read"), []);
}

pub(super) async fn serials_are_given_once_however_many_ask<S: Store>(store: S) {
    let day = UnixMillis::local_date(NOW);
    let asking: Vec<_> = (0..40_u32)
        .map(|n| {
            let (store, count) = (store.clone(), 1 + n % 3);
            tokio::spawn(async move {
                let first = store.claim_serials("990101".into(), day, count).await.expect("claimed");
                first..first + count
            })
        })
        .collect();
    let mut given = Vec::new();
    for one in asking {
        given.extend(one.await.expect("no panic"));
    }
    let distinct: BTreeSet<u32> = given.iter().copied().collect();
    let expected: u32 = (0..40).map(|n| 1 + n % 3).sum();
    assert_eq!((given.len(), distinct), (expected as usize, (1..=expected).collect()));
    // Another area and another day begin again.
    let tomorrow: LocalDate = domain::time::add_days(day, 1);
    assert_eq!(store.claim_serials("990102".into(), day, 1).await.expect("claimed"), 1);
    assert_eq!(store.claim_serials("990101".into(), tomorrow, 5).await.expect("claimed"), 1);
    assert_eq!(store.claim_serials("990101".into(), tomorrow, 1).await.expect("claimed"), 6);
}

pub(super) async fn serials_go_on_behind_those_that_devices_bring_back<S: Store>(store: S) {
    let day: LocalDate = jiff::civil::date(2026, 11, 23);
    let raise = |serial| store.raise_serial("990101".into(), day, serial);
    assert_eq!(store.claim_serials("990101".into(), day, 3).await.expect("claimed"), 1);
    assert_eq!(raise(2).await.expect("raised"), 3, "that one is known");
    assert_eq!(raise(41).await.expect("raised"), 41);
    assert_eq!(store.claim_serials("990101".into(), day, 1).await.expect("claimed"), 42);
    // A device that lies cannot use up the day.
    let last = raise(99_999).await.expect("raised");
    assert!(last < 5_000, "{last}");
    assert_eq!(raise(99_999).await.expect("raised"), last);
    assert_eq!(store.claim_serials("990101".into(), day, 1).await.expect("claimed"), last + 1);
    assert!(store.raise_serial("990102".into(), day, u32::MAX).await.expect("raised") < 5_000);
}

pub(super) async fn no_device_speaks_with_the_servers_voice<S: Store>(store: S) {
    for own in [1, 3] {
        store.add_own_installation(installation(own)).await.expect("kept");
    }
    for n in [1, 2] {
        add_account_with_code(&store, worker(n), n).await;
    }
    for taken in [1, 3] {
        let outcome = store.enrol(enrolment(1, 1, taken)).await.expect("answered");
        assert!(matches!(outcome, EnrolOutcome::InstallationTaken), "{outcome:?}");
    }
    enrol_well(&store, enrolment(2, 2, 4)).await;
    for taken in [1, 3] {
        let binding = store.bind_installation(enrolment(2, 2, 4).device, installation(taken), NOW).await;
        assert_eq!(binding.expect("answered"), Binding::Foreign);
    }
}

pub(super) async fn reference_data_is_read_by_key<S: Store>(store: S) {
    let value = |key: &str| ReferenceValue { key: key.into(), unit: None, value: format!("\"{key}\"") };
    store.put_reference(vec![value("a"), value("b"), value("c")]).await.expect("stored");
    let read = store.read_reference(vec!["c".into(), "a".into(), "x".into()]).await.expect("read");
    assert_eq!(read, [("a".to_owned(), "\"a\"".to_owned()), ("c".to_owned(), "\"c\"".to_owned())].into());
}
