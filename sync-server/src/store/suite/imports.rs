//! Imports: what they wrote, and records that are taken back.

use std::collections::BTreeSet;

use domain::RecordId;
use sync::wire::Item;

use super::sample::{Draft, NOW, assert_sound, batch, commit_well, community, grid, households, read_page, record};
use crate::store::{
    Batch, Committed, Grouping, ImportPart, ImportedBase, ImportedHome, ImportedRecord, RosterBase, Store, Withdrawal,
};

const PLENTY: usize = 1_000_000;

fn home(card: &Draft) -> ImportedHome {
    ImportedHome {
        household: card.id,
        grid: grid(),
        is_added: true,
        is_undone: false,
        records: vec![ImportedRecord { document: card.id, heads_after: card.heads.clone(), changes_before: 0 }],
        bases: Vec::new(),
    }
}

fn part(number: u64, homes: Vec<ImportedHome>) -> ImportPart {
    ImportPart { number, homes, edited: 0, undone: Vec::new(), restored: Vec::new() }
}

fn withdraw(draft: &Draft, household: RecordId) -> Withdrawal {
    Withdrawal { document: draft.id, household, heads: draft.heads.clone() }
}

async fn withdraw_all<S: Store>(store: &S, withdrawals: Vec<Withdrawal>) -> Vec<Committed> {
    let taken_back = Batch { withdrawals, grouping: Grouping::Together, ..batch([]) };
    store.commit(taken_back).await.expect("answered")
}

pub(super) async fn what_an_import_wrote_is_noted_with_what_was_there_before<S: Store>(store: S) {
    let said = |text: &str| RosterBase { grid: grid(), row_key: "a".into(), imported: text.into() };
    store.commit(Batch { roster: vec![said("1")], ..batch([]) }).await.expect("committed");
    let number = store.begin_import(NOW, vec!["名单.csv".into()]).await.expect("begun");
    let mut card = Draft::new(1, [households()]);
    let change = card.change(1);
    let after = Some([7; 32]);
    let base = |key: &str, after| ImportedBase { grid: grid(), row_key: key.into(), before: None, after_sha256: after };
    let written = ImportedHome { bases: vec![base("a", None), base("b", after)], ..home(&card) };
    let first = Batch {
        roster: vec![RosterBase { row_key: "b".into(), ..said("2") }],
        dropped_roster: vec![(grid(), "a".into())],
        import: Some(part(number, vec![written.clone()])),
        ..batch([change])
    };
    store.commit(first).await.expect("committed");
    let bases = store.list_roster_bases([community()].into()).await.expect("read").rows;
    assert_eq!(bases.iter().map(|base| base.row_key.as_str()).collect::<Vec<_>>(), ["b"]);
    let noted = store.list_imported_homes(number).await.expect("read");
    let before = ImportedBase { before: Some("1".into()), ..base("a", None) };
    assert_eq!(noted.rows, [ImportedHome { bases: vec![before, base("b", after)], ..written }]);

    let listed = store.list_imports().await.expect("read");
    assert_eq!((listed[0].added, listed[0].ended_at, listed[0].undone_at), (1, None, None), "it still runs");
    store.end_import(number, NOW).await.expect("noted");
    store.end_undo(number, NOW).await.expect("noted");
    let taken_back = ImportPart { undone: vec![card.id], ..part(number, Vec::new()) };
    store.commit(Batch { import: Some(taken_back), ..batch([]) }).await.expect("committed");
    assert!(store.list_imported_homes(number).await.expect("read").rows[0].is_undone);
    let listed = store.list_imports().await.expect("read");
    assert_eq!((listed[0].ended_at, listed[0].undone_at), (Some(NOW), Some(NOW)));
    let next = store.begin_import(NOW, Vec::new()).await.expect("begun");
    assert!(next > number);
}

pub(super) async fn a_record_that_was_taken_back_stands_in_no_stream<S: Store>(store: S) {
    let mut cards: Vec<Draft> = (1..=2).map(|n| Draft::new(n, [households()])).collect();
    for card in &mut cards {
        commit_well(&store, card.change(1)).await;
    }
    let behind = withdraw(&Draft::new(1, []), record(1));
    assert_eq!(withdraw_all(&store, vec![behind]).await, [Committed::Moved], "somebody has edited it since");
    assert_eq!(withdraw_all(&store, vec![withdraw(&cards[0], cards[0].id)]).await, []);
    let page = read_page(&store, households(), 2, 99, PLENTY).await;
    assert_eq!(page.items, [Item::Leave { document: cards[0].id }]);
    assert_eq!(page.total, 1);
    assert_eq!(store.list_withdrawn().await.expect("read"), [cards[0].id].into());
    assert_eq!(store.list_collections(cards[0].id).await.expect("read"), BTreeSet::new());
    let homes = store.list_home_records([community()].into()).await.expect("read");
    assert_eq!(homes.rows.iter().map(|home| home.id).collect::<Vec<_>>(), [cards[1].id]);
    assert!(store.list_document_ids().await.expect("ids").contains(&cards[0].id), "nothing is deleted");
    assert_sound(&store).await;
}

pub(super) async fn an_edit_brings_back_what_was_taken_back_of_a_household<S: Store>(store: S) {
    let mut cards: Vec<Draft> = (1..=3).map(|n| Draft::new(n, [households()])).collect();
    for card in &mut cards {
        commit_well(&store, card.change(1)).await;
    }
    let household = cards[0].id;
    let both = vec![withdraw(&cards[0], household), withdraw(&cards[1], household), withdraw(&cards[2], cards[2].id)];
    withdraw_all(&store, both).await;
    let before = read_page(&store, households(), 0, 99, PLENTY).await;
    assert_eq!(before.total, 0);
    commit_well(&store, cards[0].change(2)).await;
    let page = read_page(&store, households(), before.next, 99, PLENTY).await;
    let whole = |item: &Item| match item {
        Item::Snapshot { document, .. } => *document,
        other => panic!("{other:?}"),
    };
    assert_eq!(page.items.iter().map(whole).collect::<BTreeSet<_>>(), [cards[0].id, cards[1].id].into());
    assert_eq!(store.list_withdrawn().await.expect("read"), [cards[2].id].into(), "another household is another's");
    assert_sound(&store).await;
}
