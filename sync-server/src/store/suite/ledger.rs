//! Documents, changes, and what is kept beside them.

use domain::ChangeHash;
use sync::wire::RefusalCode;

use super::sample::{
    Draft, NOW, assert_sound, batch, commit_well, grid, households, installation, other_grid, record, worker,
};
use crate::store::{Aside, AsideState, BaseQuery, Batch, Building, Committed, Grouping, RosterBase, Store};

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
    assert_eq!(store.scan_documents(None, 10).await.expect("read"), [second.after]);
    assert_eq!(store.scan_documents(Some(draft.id), 10).await.expect("read"), []);
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
    assert_eq!(store.scan_documents(None, 10).await.expect("read").len(), 1);
    assert_eq!(store.list_roster_bases([grid()].into()).await.expect("read"), []);
    assert_sound(&store).await;
}

pub(super) async fn the_office_finds_what_it_said_last_time<S: Store>(store: S) {
    let said = |key: &str, imported: &str| RosterBase { grid: grid(), row_key: key.into(), imported: imported.into() };
    let first = Batch { roster: vec![said("b", "1"), said("a", "1")], ..batch([]) };
    store.commit(first).await.expect("committed");
    let second = Batch { roster: vec![said("b", "2")], ..batch([]) };
    store.commit(second).await.expect("committed");
    let found = store.list_roster_bases([grid(), other_grid()].into()).await.expect("read");
    assert_eq!(found, [said("a", "1"), said("b", "2")]);
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
    assert!(store.commit(batch([repeated])).await.is_err());
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
    assert_eq!(store.list_buildings().await.expect("read"), [building(1, "1", "1栋"), building(2, "2", "2栋")]);
    assert!(store.put_buildings(vec![building(1, "9", "9栋")]).await.is_err(), "a code never changes hands");
}

pub(super) async fn the_import_keeps_its_installation<S: Store>(store: S) {
    let first = store.claim_import_installation(installation(1)).await.expect("claimed");
    assert_eq!(first, installation(1));
    assert_eq!(store.claim_import_installation(installation(2)).await.expect("claimed"), first);
    for act in ["import", "export"] {
        store.append_audit(NOW, act, "x".into()).await.expect("kept");
    }
    assert_sound(&store).await;
}
