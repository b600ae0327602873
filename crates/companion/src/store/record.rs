//! Making and editing records: the change, the document's bytes, the tables for reading and search move together,
//! inside the caller's transaction.

use documents::{Author, RawChange, Reading, RecordDocument};
use domain::flat::Scalar;
use domain::{Kind, RecordId};
use rusqlite::Connection;

use super::change::{NewChange, append_change};
use super::clock::{note_time, read_horizon};
use super::document::{DocumentRow, Projection, find_document, put_document};
use super::project::Projected;
use super::{StoreError, Writing};

/// The record with this id as it stands; `None` when it is not here.
pub(crate) fn read_record<R: Projected>(db: &Connection, id: RecordId) -> Result<Option<Reading<R>>, StoreError> {
    match find_document(db, id)? {
        Some(row) if row.kind == R::KIND => {
            Ok(Some(RecordDocument::load(&row.bytes)?.read_until::<R>(read_horizon(db)?)?))
        }
        Some(_) | None => Ok(None),
    }
}

/// Makes a record.
pub(crate) fn create_record<R: Projected>(
    writing: &Writing<'_>,
    record: &R,
    author: &Author,
) -> Result<(), StoreError> {
    let (document, change) = RecordDocument::create(record, author)?;
    let row = DocumentRow {
        id: record.record_id(),
        kind: R::KIND,
        parent: record.parent(),
        heads: Vec::new(),
        server_heads: Vec::new(),
        bytes: Vec::new(),
        projection: Projection::Waiting,
        verified_at: None,
    };
    save::<R>(writing, row, &document, &change, author)
}

/// Edits a record: `edit` turns it into what it should be, only the difference is written. Returns whether anything
/// differed.
pub(crate) fn edit_record<R: Projected>(
    writing: &Writing<'_>,
    id: RecordId,
    author: &Author,
    edit: impl FnOnce(&mut R),
) -> Result<bool, StoreError> {
    let (row, mut document) = open_document(writing, id, R::KIND)?;
    note_time(writing, author.at)?;
    let horizon = read_horizon(writing)?;
    let mut record = document.read_until::<R>(horizon)?.record;
    edit(&mut record);
    match document.edit_until(&record, author, horizon)? {
        Some(change) => save::<R>(writing, row, &document, &change, author).map(|()| true),
        None => Ok(false),
    }
}

/// Settles a conflict of a record. Returns whether anything was written.
pub(crate) fn choose_value<R: Projected>(
    writing: &Writing<'_>,
    id: RecordId,
    author: &Author,
    path: &str,
    value: &Scalar,
) -> Result<bool, StoreError> {
    let (row, mut document) = open_document(writing, id, R::KIND)?;
    match document.choose(path, value, author)? {
        Some(change) => save::<R>(writing, row, &document, &change, author).map(|()| true),
        None => Ok(false),
    }
}

fn open_document(db: &Connection, id: RecordId, kind: Kind) -> Result<(DocumentRow, RecordDocument), StoreError> {
    let row = find_document(db, id)?.filter(|row| row.kind == kind).ok_or(StoreError::NoDocument(id))?;
    let document = RecordDocument::load(&row.bytes)?;
    Ok((row, document))
}

fn save<R: Projected>(
    writing: &Writing<'_>,
    mut row: DocumentRow,
    document: &RecordDocument,
    change: &RawChange,
    author: &Author,
) -> Result<(), StoreError> {
    let new = NewChange { document: row.id, kind: row.kind, actor: author.installation, change, made_at: author.at };
    append_change(writing, &new)?;
    note_time(writing, author.at)?;
    let reading = document.read_until::<R>(read_horizon(writing)?)?;
    row.parent = reading.record.parent();
    row.heads = document.heads();
    row.bytes = document.save();
    row.projection = Projection::Shown;
    put_document(writing, &row)?;
    R::project(writing, &reading)
}
