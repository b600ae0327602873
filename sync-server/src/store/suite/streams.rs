//! Streams: positions, pages, digests.

use std::collections::{BTreeMap, BTreeSet};

use domain::{Collection, RecordId};
use sync::digest::document_term;
use sync::wire::{Digest, Item, Page};

use super::sample::{
    Draft, assert_sound, commit_well, grid, households, other_grid, other_households, read_page, record,
};
use crate::store::{ReferenceValue, Store};

/// Enough for everything a case stores.
const PLENTY: usize = 1_000_000;

fn document_of(item: &Item) -> RecordId {
    match item {
        Item::Snapshot { document, .. } | Item::Changes { document, .. } | Item::Leave { document } => *document,
        other => panic!("not of a document: {other:?}"),
    }
}

fn is_whole(item: &Item) -> bool {
    matches!(item, Item::Snapshot { .. })
}

fn digest_of(drafts: &[Draft]) -> Digest {
    drafts.iter().map(|draft| document_term(draft.id, &draft.heads)).fold(Digest::EMPTY, Digest::with)
}

pub(super) async fn positions_have_no_gaps_however_many_write<S: Store>(store: S) {
    let writers: Vec<_> = (1..=20)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut draft = Draft::new(n, [households(), Collection::Mine(super::sample::worker(n).id)]);
                for _ in 0..5 {
                    commit_well(&store, draft.change(n)).await;
                }
                draft
            })
        })
        .collect();
    let mut drafts = Vec::new();
    for writer in writers {
        drafts.push(writer.await.expect("no panic"));
    }
    let page = read_page(&store, households(), 0, 99, PLENTY).await;
    assert_eq!((page.next, page.complete, page.total), (100, true, 20));
    assert_eq!(page.digest, Some(digest_of(&drafts)));
    let found: BTreeSet<RecordId> = page.items.iter().map(document_of).collect();
    assert_eq!(found, drafts.iter().map(|draft| draft.id).collect());
    assert_sound(&store).await;
}

pub(super) async fn the_last_positions_are_those_of_the_pages<S: Store>(store: S) {
    let asked: BTreeSet<Collection> = [households(), other_households(), Collection::Reference].into();
    assert_eq!(store.read_positions(asked.clone()).await.expect("read"), [].into());
    let mut draft = Draft::new(1, [households(), other_households()]);
    commit_well(&store, draft.change(1)).await;
    draft.collections = [other_households()].into();
    commit_well(&store, draft.change(1)).await;
    commit_well(&store, Draft::new(2, [households(), Collection::Mine(super::sample::worker(1).id)]).change(1)).await;
    let notices = ReferenceValue { key: "notices".into(), unit: None, value: "[]".into() };
    assert_eq!(store.put_reference(vec![notices]).await.expect("stored"), 1);
    let positions = store.read_positions(asked).await.expect("read");
    let expected = [(Collection::Reference, 1), (households(), 3), (other_households(), 2)];
    assert_eq!(positions, expected.into(), "leaving a stream moves it too; a stream nobody asked for is not told");
    for (collection, position) in positions {
        assert_eq!(read_page(&store, collection, 0, 99, PLENTY).await.next, position);
    }
}

pub(super) async fn pages_within_a_limit_lose_nothing<S: Store>(store: S) {
    for n in 1..=30 {
        commit_well(&store, Draft::new(n, [households()]).change(1)).await;
    }
    let (mut after, mut found, mut pages) = (0, Vec::new(), 0);
    loop {
        let page = read_page(&store, households(), after, 99, 500).await;
        assert!(!page.items.is_empty(), "a reader gets on");
        found.extend(page.items.iter().map(document_of));
        (after, pages) = (page.next, pages + 1);
        assert_eq!(page.digest.is_some(), page.complete);
        if page.complete {
            break;
        }
    }
    assert_eq!(found, (1..=30).map(record).collect::<Vec<_>>());
    assert!(pages > 5 && after == 30, "{pages} pages up to {after}");
    // A cursor of another life is brought back.
    assert_eq!(read_page(&store, households(), 4_000, 99, 500).await.next, 30);
}

pub(super) async fn a_document_that_moved_ahead_of_a_reader_arrives_whole<S: Store>(store: S) {
    let mut drafts: Vec<Draft> = (1..=10).map(|n| Draft::new(n, [households()])).collect();
    for draft in &mut drafts {
        commit_well(&store, draft.change(1)).await;
    }
    let first = read_page(&store, households(), 0, 99, 800).await;
    let read: BTreeSet<RecordId> = first.items.iter().map(document_of).collect();
    assert!(!first.complete && read.len() < 8);
    // The one that would have come next moves beyond the reader's next pages.
    let ahead = drafts.iter_mut().find(|draft| !read.contains(&draft.id)).expect("one is left");
    commit_well(&store, ahead.change(2)).await;
    let moved = ahead.id;
    let mut after = first.next;
    let mut kinds = BTreeMap::new();
    loop {
        let page = read_page(&store, households(), after, 99, 800).await;
        kinds.extend(page.items.iter().map(|item| (document_of(item), is_whole(item))));
        after = page.next;
        if page.complete {
            break;
        }
    }
    assert_eq!(kinds.get(&moved), Some(&true), "the reader never had it");
    assert_eq!(read.len() + kinds.len(), 10);
}

pub(super) async fn what_the_reader_wrote_is_left_out<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households()]);
    commit_well(&store, draft.change(1)).await;
    let own = read_page(&store, households(), 0, 1, PLENTY).await;
    assert_eq!((own.items.len(), own.next, own.complete), (0, 1, true));
    let foreign = draft.change(2);
    let bytes = foreign.changes[0].bytes.clone();
    commit_well(&store, foreign).await;
    commit_well(&store, draft.change(1)).await;
    let news = read_page(&store, households(), 1, 1, PLENTY).await;
    match &news.items[..] {
        [Item::Changes { changes, heads, .. }] => {
            assert_eq!((changes.len(), &changes[0].0, heads), (1, &bytes, &draft.heads));
        }
        other => panic!("only the colleague's change: {other:?}"),
    }
    let [item] = &read_page(&store, households(), 0, 2, PLENTY).await.items[..] else { panic!("one document") };
    assert!(is_whole(item), "the colleague's phone had nothing of it");
}

pub(super) async fn a_document_that_leaves_is_taken_leave_of<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households(), other_households()]);
    commit_well(&store, draft.change(1)).await;
    draft.collections = [other_households()].into();
    commit_well(&store, draft.change(1)).await;
    let page = read_page(&store, households(), 1, 99, PLENTY).await;
    assert_eq!(page.items, [Item::Leave { document: draft.id }]);
    assert_eq!((page.next, page.digest, page.total), (2, Some(Digest::EMPTY), 0));
    // Who never had it hears no more than that.
    let page = read_page(&store, households(), 0, 99, PLENTY).await;
    assert_eq!((page.items, page.next), (vec![Item::Leave { document: draft.id }], 2));
    assert_eq!(read_page(&store, other_households(), 0, 99, PLENTY).await.digest, Some(digest_of(&[draft])));
    assert_sound(&store).await;
}

pub(super) async fn a_document_that_left_twice_is_taken_leave_of<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households(), other_households()]);
    // Joined, left, joined again, left again, while a phone that read position 1 was away.
    for is_here in [true, false, true, false] {
        draft.collections =
            if is_here { [households(), other_households()].into() } else { [other_households()].into() };
        commit_well(&store, draft.change(1)).await;
    }
    for after in [1, 2, 3] {
        let page = read_page(&store, households(), after, 99, PLENTY).await;
        assert_eq!((page.items, page.next), (vec![Item::Leave { document: draft.id }], 4), "after {after}");
    }
    assert_eq!(read_page(&store, households(), 4, 99, PLENTY).await.items, []);
    assert_sound(&store).await;
}

pub(super) async fn a_document_that_comes_back_arrives_whole<S: Store>(store: S) {
    let mut draft = Draft::new(1, [households(), other_households()]);
    for collections in [&[households(), other_households()][..], &[other_households()], &[households()]] {
        draft.collections = collections.iter().cloned().collect();
        commit_well(&store, draft.change(1)).await;
    }
    for after in [1, 2] {
        let [item] = &read_page(&store, households(), after, 99, PLENTY).await.items[..] else {
            panic!("one document")
        };
        assert!(is_whole(item), "it may have been let go of meanwhile");
    }
    assert_sound(&store).await;
}

pub(super) async fn heads_and_snapshots_come_from_streams_that_are_allowed<S: Store>(store: S) {
    let mut drafts = [Draft::new(2, [households()]), Draft::new(1, [households()])];
    for draft in &mut drafts {
        commit_well(&store, draft.change(1)).await;
    }
    let heads = store.list_heads(households()).await.expect("read");
    assert_eq!(heads, [(record(1), drafts[1].heads.clone()), (record(2), drafts[0].heads.clone())]);
    let wanted = vec![record(1), record(2), record(3)];
    let found = store.read_snapshots(wanted.clone(), vec![households()], PLENTY).await.expect("read");
    assert!(is_whole(&found[0]) && is_whole(&found[1]), "{found:?}");
    assert_eq!(found[2..], [Item::Missing { document: record(3) }], "nobody has it");
    let few = store.read_snapshots(wanted.clone(), vec![households()], 1).await.expect("read");
    assert_eq!(few.len(), 1);
    let others = store.read_snapshots(wanted, vec![other_households()], PLENTY).await.expect("read");
    let left = |n| Item::Leave { document: record(n) };
    assert_eq!(others, [left(1), left(2), Item::Missing { document: record(3) }]);
}

pub(super) async fn reference_data_has_versions_and_units<S: Store>(store: S) {
    let value = |key: &str, unit, value: &str| ReferenceValue { key: key.into(), unit, value: value.into() };
    let everybody = value("notices", None, "[]");
    let (near_key, far_key) = (format!("buildings/{}", grid()), format!("buildings/{}", other_grid()));
    let near = value(&near_key, Some(grid()), "{}");
    let far = value(&far_key, Some(other_grid()), "{}");
    assert_eq!(store.put_reference(vec![everybody.clone(), near, far]).await.expect("stored"), 3);
    assert_eq!(store.put_reference(vec![everybody]).await.expect("stored"), 0);
    let keys = |page: &Page| -> Vec<(String, u64)> {
        let named = page.items.iter().map(|item| match item {
            Item::Reference { key, version, .. } => (key.clone(), *version),
            other => panic!("reference data only: {other:?}"),
        });
        named.collect()
    };
    let page = read_page(&store, Collection::Reference, 0, 1, PLENTY).await;
    assert_eq!(keys(&page), [("notices".into(), 1), (near_key, 1)]);
    assert_eq!((page.next, page.complete), (3, true));
    assert_eq!(store.put_reference(vec![value("notices", None, "[1]")]).await.expect("stored"), 1);
    let page = read_page(&store, Collection::Reference, page.next, 1, PLENTY).await;
    assert_eq!(keys(&page), [("notices".into(), 2)]);
    assert_sound(&store).await;
}

pub(super) async fn what_is_seeded_replaces_nothing<S: Store>(store: S) {
    let value = |key: &str, value: &str| ReferenceValue { key: key.into(), unit: None, value: value.into() };
    assert_eq!(store.put_reference(vec![value("notices", "[1]")]).await.expect("stored"), 1);
    let seeds = vec![value("notices", "[]"), value("directory", "[]")];
    assert_eq!(store.seed_reference(seeds.clone()).await.expect("stored"), 1);
    assert_eq!(store.seed_reference(seeds).await.expect("stored"), 0);
    assert_eq!(store.put_reference(vec![value("notices", "[1,2]")]).await.expect("stored"), 1);
    let listed: Vec<_> = store
        .list_reference()
        .await
        .expect("read")
        .into_iter()
        .map(|published| (published.version, published.reference))
        .collect();
    assert_eq!(listed, [(1, value("directory", "[]")), (2, value("notices", "[1,2]"))]);
    assert_sound(&store).await;
}
