//! Reads and commits that meet damage in one place.

use domain::UnixMillis;
use rusqlite::Connection;
use tempfile::TempDir;

use super::{old_documents, open, refused, write_something};
use crate::store::{Answer, BaseQuery, Batch, Committed, Fate, Store as _};

#[tokio::test]
async fn one_fate_that_cannot_be_read_leaves_the_others_their_answers() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let account = domain::AccountId::new(UnixMillis::new(1), [1; 10]);
    let asides = vec![refused(account, 1), refused(account, 2)];
    let asked: Vec<_> = asides.iter().map(|one| (one.document, one.hash)).collect();
    store.commit(Batch { aside: asides, ..Default::default() }).await.expect("kept");
    let first = asked[0].1.0;
    let hurt = move |db: &Connection| -> Answer<()> {
        db.execute("UPDATE aside SET detail = CAST(x'ff' AS TEXT) WHERE hash = ?1", [first])?;
        Ok(())
    };
    store.write(hurt).await.expect("hurt");
    let fates = store.find_fates(account, asked).await.expect("the round goes on");
    assert_eq!(fates[0], Fate::Held, "whose fate is unreadable goes on waiting");
    assert!(matches!(fates[1], Fate::Refused { .. }), "{fates:?}");
}

#[tokio::test]
async fn a_document_whose_row_is_gone_is_damage_and_not_a_document_that_never_was() {
    for leave in ["DELETE FROM entry", "DELETE FROM change"] {
        let folder = TempDir::new().expect("a folder");
        let store = open(&folder);
        let now = UnixMillis::new(1_795_363_200_000);
        let visit = old_documents::visit(now);
        let (id, installation) = (visit.after.id, visit.changes[0].actor);
        let batch = Batch { received_at: now, admissions: vec![visit], ..Default::default() };
        assert_eq!(store.commit(batch).await.expect("stored"), [Committed::Stored]);
        let hurt = move |db: &Connection| -> Answer<()> {
            db.execute_batch(&format!("{leave}; DELETE FROM document;"))?;
            Ok(())
        };
        store.write(hurt).await.expect("hurt");
        let query = BaseQuery { document: id, installation, hashes: Vec::new() };
        let base = store.read_bases(vec![query]).await.expect("read").remove(0);
        assert!(base.is_damaged && base.stored.is_none(), "{leave}: {base:?}");
        let items = store.read_snapshots(vec![id], Vec::new(), 1_000).await.expect("read");
        assert!(items.is_empty(), "{leave}: nobody hears that it is missing: {items:?}");
        let other = domain::RecordId::from_uuid(uuid::Uuid::from_bytes([1; 16]));
        let items = store.read_snapshots(vec![other], Vec::new(), 1_000).await.expect("read");
        assert!(matches!(items[..], [sync::wire::Item::Missing { .. }]), "{leave}: {items:?}");
    }
}

#[tokio::test]
async fn counts_that_cannot_be_written_keep_no_work_out_and_are_made_up_for() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let now = UnixMillis::new(1_795_363_200_000);
    let rename = async |sql: &'static str| {
        let work = move |db: &Connection| -> Answer<()> { Ok(db.execute_batch(sql)?) };
        store.write(work).await.expect("renamed");
    };
    rename("ALTER TABLE tally RENAME TO tally_lost").await;
    let batch = Batch { received_at: now, admissions: vec![old_documents::visit(now)], ..Default::default() };
    assert_eq!(store.commit(batch).await.expect("taken in"), [Committed::Stored]);
    assert!(store.count_totals().await.is_err(), "the counts are gone");
    rename("ALTER TABLE tally_lost RENAME TO tally").await;
    write_something(&store).await;
    let totals = store.count_totals().await.expect("read");
    assert_eq!((totals.documents, totals.changes), (1, 1));
}
