//! Reading streams: pages, lists of heads, whole documents.
//!
//! A document stands in a stream at its last position only, so a page holds each document once, as it is now. A
//! device that is halfway when a document changes meets it again further on; nothing can slip behind its cursor. What
//! it can be taken to have already follows from where it last stood with everything read ([`Standing`]).

use std::collections::BTreeSet;

use domain::{ChangeHash, Collection, InstallationId, RecordId};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use sync::wire::{Blob, Cursor, HeadsList, Item, Page};

use super::convert::{out_of_form, read_count, read_heads, read_record, to_column};
use super::ledger::{find_document, list_changes};
use super::office;
use super::streams::{find_first_unread, read_counter};
use crate::store::cursor::Standing;
use crate::store::{Answer, PageQuery, StoredChange, StoredDocument};

/// What an item costs besides its changes: ids, heads, names of fields.
const ITEM_BYTES: usize = 120;

/// How many bytes of items may still be read.
struct Budget {
    left_bytes: usize,
    is_untouched: bool,
}

impl Budget {
    /// Whether an item of this size goes in. The first always does: a reader must get on.
    fn takes(&mut self, bytes: usize) -> bool {
        let fits = self.is_untouched || bytes <= self.left_bytes;
        if fits {
            self.is_untouched = false;
            self.left_bytes = self.left_bytes.saturating_sub(bytes);
        }
        fits
    }
}

pub(super) fn read_pages(db: &Connection, query: &PageQuery) -> Answer<Vec<Page>> {
    let mut sent = BTreeSet::new();
    let mut budget = Budget { left_bytes: query.limit_bytes, is_untouched: true };
    let mut pages = Vec::with_capacity(query.cursors.len());
    for cursor in &query.cursors {
        pages.push(match cursor.collection {
            Collection::Reference => read_reference_page(db, cursor, query, &mut budget)?,
            _ => read_page(db, cursor, query.installation, &mut budget, &mut sent)?,
        });
    }
    Ok(pages)
}

/// One row of a stream.
struct Entry {
    document: RecordId,
    first_position: u64,
    last_position: u64,
    is_present: bool,
}

fn read_entry(row: &Row<'_>) -> Answer<Entry> {
    Ok(Entry {
        document: read_record(row, "document")?,
        first_position: read_count(row, "first_position")?,
        last_position: read_count(row, "last_position")?,
        is_present: row.get("present")?,
    })
}

/// `sent`: documents that stand whole in an earlier page of the same reply; here they are only named.
fn read_page(
    db: &Connection,
    cursor: &Cursor,
    reader: InstallationId,
    budget: &mut Budget,
    sent: &mut BTreeSet<RecordId>,
) -> Answer<Page> {
    let name = cursor.collection.to_string();
    let standing = Standing::read(cursor.after);
    let counter = read_counter(db, &name)?;
    let mut page = Page {
        collection: cursor.collection.clone(),
        items: Vec::new(),
        next: cursor.after,
        complete: false,
        digest: None,
        total: counter.digest.count,
    };
    let mut select = db.prepare_cached(
        "SELECT document, first_position, last_position, present FROM entry
         WHERE collection = :collection AND last_position > :after ORDER BY last_position",
    )?;
    let mut rows = select.query(named_params! {":collection": name, ":after": to_column(standing.reached)})?;
    while let Some(row) = rows.next()? {
        let entry = read_entry(row)?;
        let made = if entry.is_present && sent.contains(&entry.document) {
            Some(name_item(db, entry.document)?)
        } else {
            make_item(db, &name, standing, &entry, reader)?
        };
        if let Some((item, bytes)) = made {
            if !budget.takes(bytes + ITEM_BYTES) {
                return Ok(page);
            }
            if let Item::Snapshot { document, .. } = &item {
                sent.insert(*document);
            }
            page.items.push(item);
        }
        page.next = standing.write_reading(entry.last_position);
    }
    // A cursor beyond the counter is one of another life of the server; it is brought back.
    page.next = counter.position;
    page.complete = true;
    page.digest = Some(counter.digest);
    Ok(page)
}

/// A document that the reader got whole a moment ago: that it stands in this stream too.
fn name_item(db: &Connection, document: RecordId) -> Answer<(Item, usize)> {
    let stored = find_document(db, document)?.ok_or_else(|| out_of_form("entry.document"))?;
    let StoredDocument { id, kind, parent, heads, .. } = stored;
    Ok((Item::Changes { document: id, kind: kind.into(), parent, heads, changes: Vec::new() }, 0))
}

/// What a reader has to learn of an entry, and its size; `None` when there is nothing, or it wrote all of it itself.
fn make_item(
    db: &Connection,
    collection: &str,
    standing: Standing,
    entry: &Entry,
    reader: InstallationId,
) -> Answer<Option<(Item, usize)>> {
    let document = entry.document;
    if !entry.is_present {
        // One that came, went, came and went again may be there from the first time; to a reader that never had it a
        // leave says nothing.
        return Ok(Some((Item::Leave { document }, 0)));
    }
    let has_it = standing.complete >= entry.first_position;
    let from = if has_it { find_first_unread(db, collection, document, standing.complete)? } else { 1 };
    let news = list_changes(db, document, from)?;
    if news.iter().all(|change| change.actor == reader) {
        return Ok(None);
    }
    let stored = find_document(db, document)?.ok_or_else(|| out_of_form("entry.document"))?;
    let foreign = || news.iter().filter(|change| change.actor != reader);
    let news_bytes: usize = foreign().map(|change| change.bytes.len()).sum();
    if has_it && (news_bytes <= stored.snapshot.len() || from == 1) {
        let changes = foreign().map(|change| Blob(change.bytes.clone())).collect();
        let StoredDocument { id, kind, parent, heads, .. } = stored;
        return Ok(Some((Item::Changes { document: id, kind: kind.into(), parent, heads, changes }, news_bytes)));
    }
    let history = if from == 1 { news } else { list_changes(db, document, 1)? };
    Ok(Some(make_snapshot(stored, &history)))
}

/// One change travels as it is; a document of many as one saved whole, which holds each column once. Neither is
/// deflated, so the body as a whole shrinks best.
fn make_snapshot(stored: StoredDocument, history: &[StoredChange]) -> (Item, usize) {
    let raw_bytes: usize = history.iter().map(|change| change.bytes.len()).sum();
    let bytes = if raw_bytes <= stored.snapshot.len() {
        history.iter().flat_map(|change| change.bytes.iter().copied()).collect()
    } else {
        stored.snapshot
    };
    let size = bytes.len();
    let StoredDocument { id, kind, parent, heads, .. } = stored;
    (Item::Snapshot { document: id, kind: kind.into(), parent, heads, bytes: Blob(bytes) }, size)
}

fn read_reference_page(db: &Connection, cursor: &Cursor, query: &PageQuery, budget: &mut Budget) -> Answer<Page> {
    let counter = read_counter(db, &Collection::Reference.to_string())?;
    let mut page = Page {
        collection: Collection::Reference,
        items: Vec::new(),
        next: cursor.after,
        complete: false,
        digest: None,
        total: counter.digest.count,
    };
    let standing = Standing::read(cursor.after);
    for entry in office::list_reference_after(db, standing.reached)? {
        if entry.unit.is_none_or(|unit| query.grids.contains(&unit)) {
            if !budget.takes(entry.size_bytes + ITEM_BYTES) {
                return Ok(page);
            }
            page.items.push(entry.item);
        }
        page.next = standing.write_reading(entry.position);
    }
    page.next = counter.position;
    page.complete = true;
    Ok(page)
}

pub(super) fn list_heads(db: &Connection, collection: &Collection) -> Answer<HeadsList> {
    let mut select = db.prepare_cached(
        "SELECT d.id, d.heads FROM entry AS e JOIN document AS d ON d.id = e.document
         WHERE e.collection = :collection AND e.present = 1 ORDER BY e.document",
    )?;
    let mut rows = select.query(named_params! {":collection": collection.to_string()})?;
    let mut heads: Vec<(RecordId, Vec<ChangeHash>)> = Vec::new();
    while let Some(row) = rows.next()? {
        heads.push((read_record(row, "id")?, read_heads(row, "heads")?));
    }
    Ok(heads)
}

pub(super) fn read_snapshots(
    db: &Connection,
    documents: &[RecordId],
    allowed: &[Collection],
    limit_bytes: usize,
) -> Answer<Vec<Item>> {
    let mut budget = Budget { left_bytes: limit_bytes, is_untouched: true };
    let mut items = Vec::new();
    for document in documents {
        let document = *document;
        let (item, bytes) = match find_document(db, document)? {
            None => (Item::Missing { document }, 0),
            Some(_) if !stands_in_one(db, document, allowed)? => (Item::Leave { document }, 0),
            Some(stored) => make_snapshot(stored, &list_changes(db, document, 1)?),
        };
        if !budget.takes(bytes + ITEM_BYTES) {
            break;
        }
        items.push(item);
    }
    Ok(items)
}

fn stands_in_one(db: &Connection, document: RecordId, allowed: &[Collection]) -> Answer<bool> {
    let mut select = db.prepare_cached(
        "SELECT 1 AS yes FROM entry WHERE collection = :collection AND document = :document AND present = 1",
    )?;
    for collection in allowed {
        let values = named_params! {
            ":collection": collection.to_string(),
            ":document": document.as_uuid().into_bytes(),
        };
        if select.query_row(values, |row| row.get::<_, i64>("yes")).optional()?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}
