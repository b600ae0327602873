//! Documents, changes, and what is kept beside them.

use std::collections::BTreeSet;

use domain::ChangeHash;
use sync::wire::{Blob, Epoch, Mark, RefusalCode};

use super::sample::{
    Draft, NOW, assert_sound, batch, commit_well, community, grid, households, installation, record, worker,
};
use crate::store::{
    Aside, AsideState, BaseQuery, Batch, BrokenPromise, Building, Claimant, Committed, DeviceId, Grouping, Judgement,
    Renewal, RosterBase, Scan, Shown, Store,
};

pub(super) async fn what_was_committed_is_known_and_read_back<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    let first = draft.change(1);
    commit_well(&store, first.clone()).await;
    let second = draft.change(1);
    commit_well(&store, second.clone()).await;

    let (known, unknown) = (first.changes[0].hash, ChangeHash([9; 32]));
    let asked = vec![(draft.id, known), (draft.id, unknown), (record(2), known)];
    assert_eq!(store.find_known(asked).await.expect("read"), [known].into());
    let query = BaseQuery { document: draft.id, installation: installation(1), hashes: vec![known, unknown] };
    let base = store.read_bases(vec![query]).await.expect("read").remove(0);
    assert_eq!(base.stored.as_ref(), Some(&second.after));
    assert_eq!((base.last_seq, base.known), (2, [known].into()));
    let changes = store.list_changes(draft.id).await.expect("read");
    assert_eq!(changes, [first.changes, second.changes].concat());
    assert_eq!(store.scan_documents(None, 10).await.expect("read").documents, [second.after]);
    assert_eq!(store.scan_documents(Some(draft.id), 10).await.expect("read"), Scan::default());
    assert_eq!(store.list_collections(draft.id).await.expect("read"), draft.collections);
    assert_sound(&store).await;
}

pub(super) async fn a_document_that_moved_is_not_overwritten<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, draft.change(1)).await;
    let mut other = draft.clone();
    commit_well(&store, draft.change(1)).await;
    let mut beside = Draft::new(2, [households()]);
    let outcomes = store.commit(batch([other.change(2), beside.change(2)])).await.expect("committed");
    assert_eq!(outcomes, [Committed::Moved, Committed::Stored]);
    assert_eq!(store.list_changes(draft.id).await.expect("read").len(), 2);
    // A document that was thought new and is not.
    let again = Draft::new(1, [households()]).change(3);
    assert_eq!(store.commit(batch([again])).await.expect("committed"), [Committed::Moved]);
    assert_sound(&store).await;
}

pub(super) async fn a_batch_that_stands_together_falls_together<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, draft.change(1)).await;
    let mut stale = draft.clone();
    commit_well(&store, draft.change(1)).await;
    let said = RosterBase { grid: grid(), row_key: "a".into(), imported: "{}".into() };
    let together = Batch {
        grouping: Grouping::Together,
        roster: vec![said],
        ..batch([Draft::new(2, [households()]).change(2), stale.change(2)])
    };
    assert_eq!(store.commit(together).await.expect("answered"), [Committed::Moved; 2]);
    assert_eq!(store.scan_documents(None, 10).await.expect("read").documents.len(), 1);
    assert_eq!(store.list_roster_bases([community()].into()).await.expect("read").rows, []);
    assert_sound(&store).await;
}

pub(super) async fn the_office_finds_what_it_said_last_time<S: Store>(store: S) {
    let said = |key: &str, imported: &str| RosterBase { grid: grid(), row_key: key.into(), imported: imported.into() };
    let first = Batch { roster: vec![said("b", "1"), said("a", "1")], ..batch([]) };
    store.commit(first).await.expect("committed");
    let second = Batch { roster: vec![said("b", "2")], ..batch([]) };
    store.commit(second).await.expect("committed");
    let found = store.list_roster_bases([community()].into()).await.expect("read");
    assert_eq!(found.rows, [said("a", "1"), said("b", "2")]);
}

pub(super) async fn refused_and_held_work_is_kept_once<S: Store>(store: S) {
    let aside = |state, byte: u8| Aside {
        state,
        code: RefusalCode::RightEnded,
        detail: String::new(),
        account: worker(1).id,
        installation: installation(1),
        document: record(1),
        hash: ChangeHash([byte; 32]),
        bytes: vec![byte; 100],
    };
    let work = vec![aside(AsideState::Refused, 1), aside(AsideState::Held, 2)];
    for _ in 0..3 {
        store.commit(Batch { aside: work.clone(), ..batch([]) }).await.expect("committed");
    }
    let totals = store.count_totals().await.expect("read");
    assert_eq!((totals.refused, totals.held, totals.documents), (1, 1, 0));
    let hashes = work.iter().map(|one| one.hash).collect();
    let query = BaseQuery { document: record(1), installation: installation(1), hashes };
    let base = store.read_bases(vec![query]).await.expect("read").remove(0);
    assert_eq!(base.held, [(ChangeHash([2; 32]), RefusalCode::RightEnded)].into());
    // What was refused and is held when it comes again is held, with its bytes.
    let again = Batch { aside: vec![aside(AsideState::Held, 1)], ..batch([]) };
    store.put_account(worker(1), NOW).await.expect("stored");
    store.commit(again).await.expect("committed");
    let held = store.list_held().await.expect("read");
    assert_eq!(held.iter().map(|one| one.bytes.clone()).collect::<Vec<_>>(), [Some(vec![1; 100]), Some(vec![2; 100])]);
    assert_eq!(store.count_totals().await.expect("read").refused, 0);
}

pub(super) async fn a_sequence_number_is_given_once<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, draft.change(1)).await;
    let mut repeated = draft.change(1);
    repeated.changes[0].seq = 1;
    assert_eq!(store.commit(batch([repeated.clone()])).await.expect("answered"), [Committed::Damaged]);
    let together = Batch { grouping: Grouping::Together, ..batch([repeated]) };
    assert!(store.commit(together).await.is_err());
    assert_eq!(store.list_changes(draft.id).await.expect("read").len(), 1);
    assert_sound(&store).await;
}

pub(super) async fn buildings_keep_their_codes<S: Store>(store: S) {
    let building = |serial, key: &str, name: &str| Building {
        code: grid().building(serial).expect("in range"),
        compound_key: "海棠花园".into(),
        name_key: key.into(),
        compound: "海棠花园".into(),
        name: name.into(),
    };
    store.put_buildings(vec![building(1, "1", "1栋"), building(2, "2", "2栋")]).await.expect("stored");
    // The same building under another spelling and another code: the first stays.
    store.put_buildings(vec![building(3, "1", "1幢")]).await.expect("stored");
    assert_eq!(store.list_buildings().await.expect("read").rows, [building(1, "1", "1栋"), building(2, "2", "2栋")]);
    assert!(store.put_buildings(vec![building(1, "9", "9栋")]).await.is_err(), "a code never changes hands");
}

pub(super) async fn administrative_acts_are_sealed<S: Store>(store: S) {
    for act in ["import", "export"] {
        store.append_audit(NOW, act, "x".into()).await.expect("kept");
    }
    assert_sound(&store).await;
}

pub(super) async fn every_mark_that_was_given_is_known<S: Store>(store: S) {
    let mut marks = Vec::new();
    for _ in 0..5 {
        store.append_audit(NOW, "export", String::new()).await.expect("kept");
        marks.push(store.read_mark().await.expect("read").expect("something was committed"));
        store.probe_writer(NOW).await.expect("it writes");
    }
    let distinct: BTreeSet<&[u8]> = marks.iter().map(|mark| mark.0.0.as_slice()).collect();
    assert_eq!(distinct.len(), marks.len(), "every commit moves it on");
    let epoch = store.read_epoch().await.expect("read");
    let judge = |mark: &Mark| {
        let shown = Shown { epoch: None, mark: Some(mark.clone()), ..Shown::default() };
        store.judge_shown(shown, NOW)
    };
    for mark in &marks {
        assert_eq!(judge(mark).await.expect("judged"), Judgement { epoch, broken: None, lost: None });
    }
    // What a device makes up itself carries no seal of ours. It counts once.
    let forge = |mark: &Mark| {
        Mark(Blob(mark.0.0.iter().enumerate().map(|(n, byte)| if n == 12 { 1 } else { *byte }).collect()))
    };
    let forged = forge(&marks[0]);
    assert_eq!(judge(&forged).await.expect("judged").broken, Some(BrokenPromise::SealUnknown));
    let says = |n| {
        let device = DeviceId(uuid::Uuid::from_bytes([n; 16]));
        Some(Claimant { device, account: domain::AccountId::new(NOW, [n; 10]) })
    };
    let cause = BrokenPromise::SealUnknown;
    let renewal = Renewal { from: epoch, fresh: Epoch(99), lost: None, cause, by: says(1), at: NOW };
    for _ in 0..2 {
        assert_eq!(store.renew_epoch(renewal).await.expect("answered"), epoch, "one account alone moves nobody");
    }
    let shown = Shown { mark: Some(forged.clone()), by: says(1), ..Shown::default() };
    assert_eq!(store.judge_shown(shown, NOW).await.expect("judged").broken, None, "its claim is kept already");
    let unnamed = Renewal { by: None, ..renewal };
    assert_eq!(store.renew_epoch(unnamed).await.expect("answered"), epoch, "nobody's word counts nothing");
    let renewal = Renewal { by: says(2), ..renewal };
    assert_eq!(store.renew_epoch(renewal).await.expect("renewed"), Epoch(99));
    let again = Renewal { fresh: Epoch(100), ..renewal };
    assert_eq!(store.renew_epoch(again).await.expect("answered"), Epoch(99), "another has done it");
    store.append_audit(NOW, "export", String::new()).await.expect("kept");
    let mark = store.read_mark().await.expect("read").expect("a mark");
    for known in marks.iter().chain([&mark]) {
        assert_eq!(judge(known).await.expect("judged"), Judgement { epoch: Epoch(99), broken: None, lost: None });
    }
    let forged = forge(&mark);
    assert_eq!(judge(&forged).await.expect("judged").broken, None, "not again on the same day");
    let lives = store.list_renewals().await.expect("read");
    assert_eq!(
        lives.iter().map(|life| (life.epoch, life.cause.as_str())).collect::<Vec<_>>(),
        [(Epoch(99), "seal_unknown")]
    );
    assert_sound(&store).await;
}
