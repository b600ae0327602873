//! Streams: giving out positions and keeping each stream's digest.
//!
//! All of it happens in the transaction that stores the change. The writer holds SQLite's one write lock from the
//! first statement on, so positions are given out in the order of commits and none is skipped.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ChangeHash, Collection, RecordId};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use sync::digest::document_term;
use sync::wire::Digest;

use super::convert::{out_of_form, read_count, read_parsed, to_column};
use super::damage::DamageLog;
use crate::store::{Admission, Answer, StoreError};

/// The counter row of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counter {
    pub(super) position: u64,
    pub(super) digest: Digest,
}

fn read_counter_row(row: &Row<'_>) -> Answer<Counter> {
    let sum: [u8; 16] = row.get("sum")?;
    Ok(Counter {
        position: read_count(row, "position")?,
        digest: Digest { count: read_count(row, "count")?, sum: u128::from_be_bytes(sum) },
    })
}

pub(super) fn read_counter(db: &Connection, collection: &str) -> Answer<Counter> {
    let row = db
        .prepare_cached("SELECT position, count, sum FROM collection WHERE name = :name")?
        .query_row(named_params! {":name": collection}, |row| Ok(read_counter_row(row)))
        .optional()?;
    row.unwrap_or(Ok(Counter { position: 0, digest: Digest::EMPTY }))
}

pub(super) fn write_counter(db: &Connection, collection: &str, counter: Counter) -> Answer<()> {
    db.prepare_cached(
        "INSERT INTO collection (name, position, count, sum) VALUES (:name, :position, :count, :sum)
         ON CONFLICT (name) DO UPDATE SET position = :position, count = :count, sum = :sum",
    )?
    .execute(named_params! {
        ":name": collection,
        ":position": to_column(counter.position),
        ":count": to_column(counter.digest.count),
        ":sum": counter.digest.sum.to_be_bytes(),
    })?;
    Ok(())
}

/// The last positions of these streams, of those that have any.
pub(super) fn read_positions(
    db: &Connection,
    collections: &BTreeSet<Collection>,
    damage: &DamageLog,
) -> Answer<BTreeMap<Collection, u64>> {
    let mut select = db.prepare_cached("SELECT position FROM collection WHERE name = :name")?;
    let mut positions = BTreeMap::new();
    for collection in collections {
        let name = collection.to_string();
        let read = select.query_row(named_params! {":name": name}, |row| Ok(read_count(row, "position"))).optional();
        let position = read.map_err(StoreError::from).and_then(Option::transpose);
        if let Some(position) = damage.pass_over("collection", || name.clone(), position)?.flatten() {
            positions.insert(collection.clone(), position);
        }
    }
    Ok(positions)
}

/// The streams in which a document stands.
pub(super) fn list_present(db: &Connection, document: RecordId) -> Answer<BTreeSet<Collection>> {
    let mut select = db.prepare_cached(
        "SELECT collection FROM entry WHERE document = :document AND present = 1 ORDER BY collection",
    )?;
    let mut rows = select.query(named_params! {":document": document.as_uuid().into_bytes()})?;
    let mut names = BTreeSet::new();
    while let Some(row) = rows.next()? {
        names.insert(read_parsed(row, "collection")?);
    }
    Ok(names)
}

/// Moves a document to the end of each of its streams, joins new ones, leaves those it stands in no longer.
pub(super) fn advance(
    db: &Connection,
    admission: &Admission,
    heads_before: &[ChangeHash],
    from_ordinal: u64,
) -> Answer<()> {
    let membership =
        Membership { before: heads_before, after: &admission.after.heads, collections: &admission.collections };
    move_document(db, admission.after.id, &membership, from_ordinal)
}

/// How a document's heads and streams move.
pub(super) struct Membership<'a> {
    /// Its heads so far; empty for a new document.
    pub(super) before: &'a [ChangeHash],
    /// Its heads from now on.
    pub(super) after: &'a [ChangeHash],
    /// Its streams from now on.
    pub(super) collections: &'a BTreeSet<Collection>,
}

/// As [`advance`], for a document that brings no admission.
pub(super) fn move_document(
    db: &Connection,
    id: RecordId,
    membership: &Membership<'_>,
    from_ordinal: u64,
) -> Answer<()> {
    let Membership { before: heads_before, after, collections } = membership;
    let (old_term, new_term) = (document_term(id, heads_before), document_term(id, after));
    let before = if heads_before.is_empty() { BTreeSet::new() } else { list_present(db, id)? };
    for collection in before.union(collections) {
        let (was, is) = (before.contains(collection), collections.contains(collection));
        let name = collection.to_string();
        let mut counter = read_counter(db, &name)?;
        counter.position += 1;
        if was {
            counter.digest = counter.digest.without(old_term);
        }
        if is {
            counter.digest = counter.digest.with(new_term);
        }
        write_counter(db, &name, counter)?;
        put_entry(db, &name, id, counter.position, (was, is))?;
        insert_log(db, &name, id, counter.position, from_ordinal)?;
    }
    Ok(())
}

fn put_entry(
    db: &Connection,
    collection: &str,
    document: RecordId,
    position: u64,
    (was, is): (bool, bool),
) -> Answer<()> {
    let values = named_params! {
        ":collection": collection,
        ":document": document.as_uuid().into_bytes(),
        ":position": to_column(position),
        ":present": is,
        ":joins": is && !was,
    };
    db.prepare_cached(
        "INSERT INTO entry (collection, document, first_position, last_position, present)
         VALUES (:collection, :document, :position, :position, :present)
         ON CONFLICT (collection, document) DO UPDATE SET last_position = :position, present = :present,
             first_position = CASE WHEN :joins THEN :position ELSE first_position END",
    )?
    .execute(values)?;
    Ok(())
}

fn insert_log(db: &Connection, collection: &str, document: RecordId, position: u64, from_ordinal: u64) -> Answer<()> {
    db.prepare_cached(
        "INSERT INTO log (collection, document, position, from_ordinal)
         VALUES (:collection, :document, :position, :from_ordinal)",
    )?
    .execute(named_params! {
        ":collection": collection,
        ":document": document.as_uuid().into_bytes(),
        ":position": to_column(position),
        ":from_ordinal": to_column(from_ordinal),
    })?;
    Ok(())
}

/// From which of a document's changes on a device that stands at `after` has not read it in this stream.
pub(super) fn find_first_unread(db: &Connection, collection: &str, document: RecordId, after: u64) -> Answer<u64> {
    let mut select = db.prepare_cached(
        "SELECT MIN(from_ordinal) AS first FROM log
         WHERE collection = :collection AND document = :document AND position > :after",
    )?;
    let mut rows = select.query(named_params! {
        ":collection": collection,
        ":document": document.as_uuid().into_bytes(),
        ":after": to_column(after),
    })?;
    let row = rows.next()?.ok_or_else(|| out_of_form("from_ordinal"))?;
    let first: Option<i64> = row.get("first")?;
    u64::try_from(first.unwrap_or(1)).map_err(|_| out_of_form("from_ordinal"))
}
