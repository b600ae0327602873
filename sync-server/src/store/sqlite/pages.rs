//! Reading streams: pages, lists of heads, whole documents.
//!
//! A document stands in a stream at its last position only, so a page holds each document once, as it is now. A
//! device that is halfway when a document changes meets it again further on; nothing can slip behind its cursor. What
//! it can be taken to have already follows from where it last stood with everything read ([`Standing`]).
//!
//! Failure: a document that cannot be read is left out of its page, which says that it has gaps; the page's digest is
//! still that of the whole stream, so a device that lacks the document knows it. Where a stream itself cannot be read
//! on, its page ends there, incomplete. A list of heads never leaves out a document that is there: a device would take
//! it for one that has gone.

use std::collections::BTreeSet;

use domain::{ChangeHash, Collection, InstallationId, RecordId};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use sync::wire::{Blob, Cursor, HeadsList, Item, Page};

use super::convert::{name_row, out_of_form, read_count, read_heads, read_record, to_column};
use super::damage::DamageLog;
use super::ledger::{find_document, find_whole_document, list_changes};
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

pub(super) fn read_pages(db: &Connection, query: &PageQuery, damage: &DamageLog) -> Answer<Vec<Page>> {
    let mut sent = BTreeSet::new();
    let mut budget = Budget { left_bytes: query.limit_bytes, is_untouched: true };
    let mut pages = Vec::with_capacity(query.cursors.len());
    for cursor in &query.cursors {
        let mut page = Page::unread(cursor);
        let read = match cursor.collection {
            Collection::Reference => read_reference_page(db, cursor, query, &mut budget, &mut page, damage),
            _ => read_page(db, cursor, query.installation, &mut budget, &mut sent, (&mut page, damage)),
        };
        // What was read before the damage is as good as it would be on a page that is full.
        page.has_gaps |= damage.pass_over("entry", || cursor.collection.to_string(), read)?.is_none();
        pages.push(page);
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
    (page, damage): (&mut Page, &DamageLog),
) -> Answer<()> {
    let name = cursor.collection.to_string();
    let standing = Standing::read(cursor.after);
    let counter = damage.pass_over("collection", || name.clone(), read_counter(db, &name))?;
    page.has_gaps = counter.is_none();
    page.total = counter.map_or(0, |counter| counter.digest.count);
    let mut reached = standing.reached;
    let mut select = db.prepare_cached(
        "SELECT document, first_position, last_position, present FROM entry
         WHERE collection = :collection AND last_position > :after ORDER BY last_position",
    )?;
    let mut rows = select.query(named_params! {":collection": name, ":after": to_column(standing.reached)})?;
    while let Some(row) = rows.next()? {
        let subject = || name_row(row, "document");
        let Some(entry) = damage.pass_over("entry", subject, read_entry(row))? else {
            page.has_gaps = true;
            continue;
        };
        let made = if entry.is_present && sent.contains(&entry.document) {
            name_item(db, entry.document).map(Some)
        } else {
            make_item(db, &name, standing, &entry, reader)
        };
        let made = damage.pass_over("document", subject, made)?;
        page.has_gaps |= made.is_none();
        if let Some((item, bytes)) = made.flatten() {
            if !budget.takes(bytes + ITEM_BYTES) {
                return Ok(());
            }
            if let Item::Snapshot { document, .. } = &item {
                sent.insert(*document);
            }
            page.items.push(item);
        }
        reached = entry.last_position;
        page.next = standing.write_reading(reached);
    }
    // A cursor beyond the counter is one of another life of the server; it is brought back.
    page.next = counter.map_or(reached, |counter| counter.position);
    page.complete = true;
    page.digest = counter.map(|counter| counter.digest);
    Ok(())
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

fn read_reference_page(
    db: &Connection,
    cursor: &Cursor,
    query: &PageQuery,
    budget: &mut Budget,
    page: &mut Page,
    damage: &DamageLog,
) -> Answer<()> {
    let name = Collection::Reference.to_string();
    let counter = damage.pass_over("collection", || name.clone(), read_counter(db, &name))?;
    page.has_gaps = counter.is_none();
    page.total = counter.map_or(0, |counter| counter.digest.count);
    let standing = Standing::read(cursor.after);
    let mut reached = standing.reached;
    for entry in office::list_reference_after(db, standing.reached, damage)? {
        let Some(entry) = entry else {
            page.has_gaps = true;
            continue;
        };
        if entry.unit.is_none_or(|unit| query.grids.contains(&unit)) {
            if !budget.takes(entry.size_bytes + ITEM_BYTES) {
                return Ok(());
            }
            page.items.push(entry.item);
        }
        reached = entry.position;
        page.next = standing.write_reading(reached);
    }
    page.next = counter.map_or(reached, |counter| counter.position);
    page.complete = true;
    Ok(())
}

/// Heads of every document present in a stream, by id. One whose own row cannot be read stands there without heads: it
/// differs from what any device has, and nobody takes it for gone.
pub(super) fn list_heads(db: &Connection, collection: &Collection, damage: &DamageLog) -> Answer<HeadsList> {
    let mut select = db.prepare_cached(
        "SELECT document FROM entry WHERE collection = :collection AND present = 1 ORDER BY document",
    )?;
    let mut rows = select.query(named_params! {":collection": collection.to_string()})?;
    let mut heads: HeadsList = Vec::new();
    while let Some(row) = rows.next()? {
        let document = read_record(row, "document")?;
        let found = damage.pass_over("document", || document.to_string(), find_heads(db, document))?;
        heads.push((document, found.unwrap_or_default()));
    }
    Ok(heads)
}

fn find_heads(db: &Connection, document: RecordId) -> Answer<Vec<ChangeHash>> {
    let mut select = db.prepare_cached("SELECT heads FROM document WHERE id = :id")?;
    let mut rows = select.query(named_params! {":id": document.as_uuid().into_bytes()})?;
    rows.next()?.map_or_else(|| Err(out_of_form("entry.document")), |row| read_heads(row, "heads"))
}

pub(super) fn read_snapshots(
    db: &Connection,
    documents: &[RecordId],
    allowed: &[Collection],
    limit_bytes: usize,
    damage: &DamageLog,
) -> Answer<Vec<Item>> {
    let mut budget = Budget { left_bytes: limit_bytes, is_untouched: true };
    let mut items = Vec::new();
    for document in documents {
        let found = find_snapshot(db, *document, allowed);
        let Some((item, bytes)) = damage.pass_over("document", || document.to_string(), found)? else {
            continue;
        };
        if !budget.takes(bytes + ITEM_BYTES) {
            break;
        }
        items.push(item);
    }
    Ok(items)
}

fn find_snapshot(db: &Connection, document: RecordId, allowed: &[Collection]) -> Answer<(Item, usize)> {
    Ok(match find_whole_document(db, document)? {
        None => (Item::Missing { document }, 0),
        Some(_) if !stands_in_one(db, document, allowed)? => (Item::Leave { document }, 0),
        Some(stored) => make_snapshot(stored, &list_changes(db, document, 1)?),
    })
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
