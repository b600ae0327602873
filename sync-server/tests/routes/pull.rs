//! `POST /sync/v1`: reading.

use std::collections::BTreeMap;

use documents::RecordDocument;
use domain::account::Scope;
use domain::{Collection, Household, RecordId, Role, Visit};
use sync::digest::document_term;
use sync::wire::{ChangeHash, Digest, Epoch, Item, Page, SyncRequest, capability};
use sync_server::admin;

use crate::support::{District, building, grid, household, other_grid, visit};

/// What a phone holds of one stream.
#[derive(Default)]
struct Shelf {
    documents: BTreeMap<RecordId, RecordDocument>,
    after: u64,
}

impl Shelf {
    fn store(&mut self, page: &Page) {
        for item in &page.items {
            match item {
                Item::Snapshot { document, heads, bytes, .. } => {
                    let read = RecordDocument::from_history(&bytes.0).expect("a history");
                    assert_eq!(read.heads(), sorted(heads));
                    self.documents.insert(*document, read);
                }
                Item::Changes { document, heads, changes, .. } => {
                    let held = self.documents.get_mut(document).expect("changes only of what it has");
                    let changes: Vec<&[u8]> = changes.iter().map(|blob| blob.0.as_slice()).collect();
                    held.apply(&changes).expect("applies");
                    assert_eq!(held.heads(), sorted(heads));
                }
                Item::Leave { document } => {
                    self.documents.remove(document);
                }
                other => panic!("{other:?}"),
            }
        }
        self.after = page.next;
        if page.complete {
            assert_eq!(page.digest, Some(self.digest()));
            assert_eq!(page.total, self.digest().count);
        }
    }

    fn digest(&self) -> Digest {
        let terms = self.documents.iter().map(|(id, document)| document_term(*id, &document.heads()));
        terms.fold(Digest::EMPTY, Digest::with)
    }
}

fn sorted(heads: &[ChangeHash]) -> Vec<ChangeHash> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    heads
}

fn households() -> Collection {
    Collection::GridHouseholds(grid())
}

#[tokio::test]
async fn a_fresh_phone_learns_what_there_is_and_gets_the_beginning_of_it() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (_, card) = lin.create(&household(&grid(), "402"));
    district.push_well(&lin, vec![card]).await;

    let wu = district.worker("吴小燕", &[grid()]).await;
    let reply = district.round(&wu, &SyncRequest { limit_bytes: 100_000, ..wu.request(district.now()) }).await;
    assert_eq!(reply.subscriptions, domain::rights::subscriptions(&wu.account));
    assert_eq!(reply.pages.len(), reply.subscriptions.len());
    assert!(reply.pages.iter().all(|page| page.complete));
    let mut shelf = Shelf::default();
    shelf.store(reply.pages.iter().find(|page| page.collection == households()).expect("households"));
    assert_eq!(shelf.documents.len(), 1);

    let reference = reply.pages.iter().find(|page| page.collection == Collection::Reference).expect("reference");
    let keys: Vec<&str> = reference.items.iter().map(reference_key).collect();
    for key in ["account-names", "grids", "notices", "template/three-inquiries-peacetime"] {
        assert!(keys.contains(&key), "{key} in {keys:?}");
    }
}

fn reference_key(item: &Item) -> &str {
    match item {
        Item::Reference { key, .. } => key,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn pages_are_small_and_lose_nothing_while_somebody_writes() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let mut cards = Vec::new();
    for room in 0..30 {
        let (document, push) = lin.create(&household(&grid(), &format!("{room}")));
        district.push_well(&lin, vec![push]).await;
        cards.push(document);
    }
    let (mut shelf, mut rounds) = (Shelf::default(), 0);
    loop {
        let reply = district.pull(&wu, households(), shelf.after, 2_000).await;
        shelf.store(&reply.pages[0]);
        rounds += 1;
        if reply.pages[0].complete {
            break;
        }
        if rounds <= 3 {
            // One that was read already, one that was not yet.
            for card in [rounds, 29 - rounds] {
                let edit = lin.edit::<Household>(&mut cards[card], |h| h.note = format!("第{rounds}次"));
                district.push_well(&lin, vec![edit]).await;
            }
        }
    }
    assert!(rounds > 5, "the limit makes pages: {rounds}");
    assert_eq!(shelf.documents.len(), 30);
    for card in cards {
        let id = card.read::<Household>().expect("a card").record.id;
        assert_eq!(shelf.documents[&RecordId::from(id)].heads(), card.heads());
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn what_a_phone_wrote_does_not_come_back_to_it() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (mut card, push) = lin.create(&household(&grid(), "402"));
    district.push_well(&lin, vec![push]).await;
    let reply = district.pull(&lin, households(), 0, 100_000).await;
    assert_eq!(reply.pages[0].items, []);
    assert_eq!((reply.pages[0].next, reply.pages[0].complete), (1, true));
    let own =
        Digest::EMPTY.with(document_term(card.read::<Household>().expect("card").record.id.into(), &card.heads()));
    assert_eq!(reply.pages[0].digest, Some(own));

    // A colleague's edit does, without what the phone has.
    let wu = district.worker("吴小燕", &[grid()]).await;
    let edit = wu.edit::<Household>(&mut card, |h| h.contact_name = "周敏敏".into());
    district.push_well(&wu, vec![edit.clone()]).await;
    let reply = district.pull(&lin, households(), 1, 100_000).await;
    match &reply.pages[0].items[..] {
        [Item::Changes { changes, .. }] => assert_eq!(*changes, edit.changes),
        other => panic!("{other:?}"),
    }
    let reply = district.pull(&wu, households(), 0, 100_000).await;
    assert!(matches!(&reply.pages[0].items[..], [Item::Snapshot { .. }]), "the colleague's phone has none of it yet");
}

#[tokio::test]
async fn a_visit_stands_in_the_grid_and_among_ones_own() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let lead = district.lead("马春生", &[building(&grid())]).await;
    let home = household(&grid(), "402");
    district.push_well(&lin, vec![lin.create(&home).1]).await;
    district.push_well(&lead, vec![lead.create(&visit(&lead, &home)).1]).await;

    let seen = district.pull(&lin, Collection::GridVisits(grid()), 0, 100_000).await;
    let [Item::Snapshot { parent, bytes, .. }] = &seen.pages[0].items[..] else { panic!("{seen:?}") };
    assert_eq!(*parent, Some(home.id.into()));
    let read = RecordDocument::from_history(&bytes.0).expect("a history").read::<Visit>().expect("a visit");
    assert_eq!(read.record.by, lead.account.id);

    // A new phone of the lead finds the visit again.
    let second = district.enrol(lead.account.id).await;
    let mine = district.pull(&second, Collection::Mine(lead.account.id), 0, 100_000).await;
    assert_eq!(mine.pages[0].items.len(), 1);
}

#[tokio::test]
async fn another_grids_stream_is_silently_absent() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let stranger = district.worker("何志远", &[other_grid()]).await;
    let home = household(&grid(), "402");
    district.push_well(&lin, vec![lin.create(&home).1]).await;

    for collection in [households(), Collection::Particulars(grid()), Collection::Mine(lin.account.id)] {
        let reply = district.pull(&stranger, collection.clone(), 0, 100_000).await;
        assert_eq!(reply.pages, [], "{collection}");
        let asks =
            SyncRequest { audit: vec![collection], fetch: vec![home.id.into()], ..stranger.request(district.now()) };
        let reply =
            district.round(&stranger, &SyncRequest { limit_bytes: 100_000, epoch: Some(reply.epoch), ..asks }).await;
        assert_eq!((reply.audits.len(), reply.fetched), (0, vec![Item::Leave { document: home.id.into() }]));
    }
    let metrics = district.read_metrics().await;
    assert!(metrics.contains("gridcompanion_strayed_reads_total 6"), "{metrics}");
}

#[tokio::test]
async fn a_lead_reads_cards_of_the_building_and_no_particulars() {
    let district = District::open().await;
    let lead = district.lead("马春生", &[building(&grid())]).await;
    let asked = district.pull(&lead, Collection::Particulars(grid()), 0, 100_000).await;
    assert_eq!(asked.pages, []);
    assert!(!asked.subscriptions.contains(&Collection::Particulars(grid())));
    assert!(asked.subscriptions.contains(&Collection::BuildingHouseholds(building(&grid()))));
}

#[tokio::test]
async fn heads_and_whole_documents_repair_a_difference() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    let (card, push) = lin.create(&home);
    district.push_well(&lin, vec![push]).await;
    let asks = SyncRequest {
        capabilities: vec![capability::ASKS_FIRST.into()],
        audit: vec![households()],
        fetch: vec![home.id.into()],
        limit_bytes: 100_000,
        epoch: Some(district.round(&lin, &lin.request(district.now())).await.epoch),
        ..lin.request(district.now())
    };
    let reply = district.round(&lin, &asks).await;
    assert_eq!(reply.audits, [(households(), vec![(home.id.into(), card.heads())])]);
    let [Item::Snapshot { bytes, .. }] = &reply.fetched[..] else { panic!("{reply:?}") };
    assert_eq!(RecordDocument::from_history(&bytes.0).expect("a history").heads(), card.heads());
}

#[tokio::test]
async fn a_phone_of_another_epoch_is_told_and_nothing_else_happens() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (_, push) = lin.create(&household(&grid(), "402"));
    let stale = SyncRequest { epoch: Some(Epoch(1)), push: vec![push], ..lin.request(district.now()) };
    let reply = district.round(&lin, &stale).await;
    assert_ne!(reply.epoch, Epoch(1));
    assert_eq!((reply.outcomes.len(), reply.pages.len()), (0, 0));
    let again = SyncRequest { epoch: Some(reply.epoch), ..stale };
    assert_eq!(district.round(&lin, &again).await.outcomes.len(), 1);
}

#[tokio::test]
async fn who_is_given_a_grid_later_gets_its_buildings_too() {
    let district = District::open().await;
    let store = district.server.app().store();
    let named = sync_server::store::Building {
        code: building(&other_grid()),
        compound_key: "桂花苑".into(),
        name_key: "1".into(),
        compound: "桂花苑".into(),
        name: "1栋".into(),
    };
    sync_server::store::Store::put_buildings(store, vec![named]).await.expect("kept");
    sync_server::reference::refresh(store).await.expect("refreshed");
    let wu = district.worker("吴小燕", &[grid()]).await;
    let key = format!("buildings/{}", other_grid());
    let before = district.pull(&wu, Collection::Reference, 0, 1_000_000).await;
    assert!(before.pages[0].items.iter().all(|item| reference_key(item) != key));

    let scope = Scope { grids: [grid(), other_grid()].into(), ..Scope::default() };
    let moved = domain::Account { scope, role: Role::GridWorker, ..wu.account.clone() };
    admin::save_account(store, moved, district.now()).await.expect("saved");
    let after = district.pull(&wu, Collection::Reference, before.pages[0].next, 1_000_000).await;
    assert!(after.pages[0].items.iter().any(|item| reference_key(item) == key));
}
