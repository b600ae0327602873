//! Carrying over from a damaged file what was only on this phone.
//!
//! Taken: account, token, server and installation, changes that the server has not confirmed with the documents they
//! belong to, forms in progress, and own steps in incidents that have left. All else comes back from the server. The
//! damaged file is only read.
//!
//! Flow: the pages of file and log are read as bytes ([`image`]) and searched for rows by their form ([`carve`],
//! [`tables`]), which needs neither a schema nor a way that leads to them; then SQLite is asked for what it can read,
//! each table from both ends. A change whose row is lost is taken from its document, which has its whole history; a
//! document whose row is lost is made again from its changes.
//!
//! Failure: what is lost is counted and never called nothing: rows that are there and not whole, and pages of which
//! nobody can say what stood on them ([`lost`]).
//!
//! Missing: a form of which a part is lost is carried over as its text is, whole or not; opening it says so.

mod btree;
mod carve;
mod image;
mod lost;
mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use documents::RecordDocument;
use domain::{ChangeHash, InstallationId, Kind};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};
use uuid::Uuid;

use self::carve::{Rows, carve};
use self::image::Image;
use self::lost::count_lost_pages;
use self::tables::{CHANGE, DEPARTED_STEP, DOCUMENT, DRAFT, SETTING, STEP_DRAFT, Table, UNMASKING};
use super::document::{DocumentRow, Projection, decode_heads, put_document, read_id};
use super::project::{project_document, read_parent};
use super::setting::{INSTALLATION, put_setting, read_setting};
use super::{Store, StoreError, Writing};

/// What was carried over, and what was not.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salvaged {
    /// Unsent changes.
    pub(crate) changes: u64,
    /// Forms in progress.
    pub(crate) drafts: u64,
    /// Unsent changes that are not whole, and documents with unsent changes whose own contents could not be read.
    pub(crate) unreadable: u64,
    /// Pages that could not be read and of which nobody can say whether something unsent stood on them.
    pub(crate) lost_pages: u64,
}

/// Carries over what can be read. No connection of this process may be open to the damaged file.
pub(crate) fn carry_over(damaged: &Path, store: &mut Store) -> Result<Salvaged, StoreError> {
    let image = Image::read(damaged);
    let mut carved = carve(&image);
    let lost_pages = count_lost_pages(&image);
    // SQLite removes the log of a file that is empty.
    let old = if image.has_file() { open_for_reading(damaged) } else { None };
    drop(image);
    let mut take = |table: &Table| {
        let read = old.as_ref().map(|old| read_table(old, table)).unwrap_or_default();
        carved.complete(table, read)
    };
    let plain = [&SETTING, &DRAFT, &STEP_DRAFT, &DEPARTED_STEP, &UNMASKING].map(|table| (table, take(table)));
    let work = Work { changes: take(&CHANGE), documents: take(&DOCUMENT), old };
    let drafts =
        plain.iter().filter(|(table, _)| matches!(table.name, "draft" | "step_draft")).map(|(_, rows)| rows.len());
    let drafts = drafts.sum::<usize>() as u64;
    store.write(|writing| {
        for (table, rows) in &plain {
            insert_rows(writing, table.name, table.columns, rows.values())?;
        }
        let (changes, unreadable) = work.carry_over(writing)?;
        Ok(Salvaged { changes, drafts, unreadable, lost_pages })
    })
}

fn open_for_reading(damaged: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let old = Connection::open_with_flags(damaged, flags).ok()?;
    // Lets SQLite read a file that is shorter than its header says. Nothing is written: the file is open for reading.
    let _ = old.pragma_update(None, "writable_schema", true);
    Some(old)
}

/// Changes and documents as they were found.
struct Work {
    changes: Rows,
    documents: Rows,
    old: Option<Connection>,
}

impl Work {
    /// Answers how many changes were carried over, and how many changes and documents are not whole.
    fn carry_over(&self, writing: &Writing<'_>) -> Result<(u64, u64), StoreError> {
        let is_open = |row: &&Vec<Value>| row[6] != Value::Text("confirmed".into());
        let mut changes: Rows = BTreeMap::new();
        let mut broken = BTreeSet::new();
        for (key, row) in self.changes.iter().filter(|(_, row)| is_open(row)) {
            if has_whole_bytes(row) {
                changes.insert(key.clone(), row.clone());
            } else {
                broken.insert(key.clone());
            }
        }
        if read_setting::<InstallationId>(writing, INSTALLATION)?.is_none()
            && let Some(installation) = self.find_installation()
        {
            put_setting(writing, INSTALLATION, &installation)?;
        }
        for (key, row) in self.find_changes_in_documents(read_setting(writing, INSTALLATION)?) {
            broken.remove(&key);
            changes.entry(key).or_insert(row);
        }
        insert_rows(writing, CHANGE.name, CHANGE.columns, changes.values())?;
        let documents: BTreeSet<[u8; 16]> = changes.values().filter_map(|row| id_of(&row[0])).collect();
        let mut unreadable = broken.len() as u64;
        for id in documents {
            if !self.carry_over_document(writing, id)? {
                unreadable += 1;
            }
        }
        Ok((changes.len() as u64, unreadable))
    }

    /// The installation that made the newest change: when the settings are lost.
    fn find_installation(&self) -> Option<InstallationId> {
        let made_at = |row: &&Vec<Value>| if let Value::Integer(at) = row[9] { at } else { 0 };
        let newest = self.changes.values().max_by_key(made_at)?;
        id_of(&newest[2]).map(|actor| InstallationId::from_uuid(Uuid::from_bytes(actor)))
    }

    /// Changes of this phone that a document holds and no row tells of: the server does not have them.
    fn find_changes_in_documents(&self, installation: Option<InstallationId>) -> Rows {
        let mut ours: BTreeSet<[u8; 16]> = self.changes.values().filter_map(|row| id_of(&row[2])).collect();
        ours.extend(installation.map(|installation| installation.as_uuid().into_bytes()));
        let mut found = Rows::new();
        for row in self.documents.values() {
            let (Some(id), Value::Blob(server_heads), Value::Blob(bytes)) = (id_of(&row[0]), &row[4], &row[5]) else {
                continue;
            };
            let Ok(document) = RecordDocument::from_history(bytes) else { continue };
            for change in document.changes_since(&decode_heads(server_heads)) {
                let Ok(header) = documents::inspect(&change.bytes) else { continue };
                let actor = header.actor.as_uuid().into_bytes();
                let change_row = vec![
                    Value::Blob(id.to_vec()),
                    Value::Blob(change.hash.0.to_vec()),
                    Value::Blob(actor.to_vec()),
                    Value::Integer(header.seq.cast_signed()),
                    row[1].clone(),
                    Value::Blob(change.bytes),
                    Value::Text("pending".into()),
                    Value::Text(String::new()),
                    Value::Text(String::new()),
                    Value::Integer(header.at.as_i64()),
                ];
                let key = CHANGE.key_of(&change_row);
                let is_told = self.changes.get(&key).is_some_and(|row| has_whole_bytes(row));
                // Without any row and without settings nobody knows which installation was this phone's.
                if !is_told && (ours.is_empty() || ours.contains(&actor)) {
                    found.insert(key, change_row);
                }
            }
        }
        found
    }

    fn carry_over_document(&self, writing: &Writing<'_>, id: [u8; 16]) -> Result<bool, StoreError> {
        let found = self.documents.get(id.as_slice()).cloned().or_else(|| self.read_document(id));
        let Some((mut row, mut document)) = found.and_then(|row| read_row(&row)).or_else(|| self.rebuild_document(id))
        else {
            return Ok(false);
        };
        // An earlier version of it may be all that was found: what is on its way to the server is shown as well.
        let is_missing = |change: &&Vec<Value>| {
            let is_refused = change[6] == Value::Text("refused".into());
            !is_refused && hash_of(change).is_some_and(|hash| !document.has_change(hash))
        };
        let missing: Vec<Vec<u8>> =
            self.list_changes_of(id).into_iter().filter(is_missing).map(|row| bytes_of(row)).collect();
        let missing: Vec<&[u8]> = missing.iter().map(Vec::as_slice).collect();
        if !missing.is_empty() && document.apply(&missing).is_ok() {
            row.heads = document.heads();
            row.bytes = document.save();
        }
        put_document(writing, &row)?;
        project_document(writing, read_id(id))?;
        Ok(true)
    }

    /// The whole changes of a document in order of their numbers, confirmed ones included.
    fn list_changes_of(&self, id: [u8; 16]) -> Vec<&Vec<Value>> {
        let is_of = |row: &&Vec<Value>| id_of(&row[0]) == Some(id) && has_whole_bytes(row);
        let mut rows: Vec<_> = self.changes.values().filter(is_of).collect();
        rows.sort_by_key(|row| if let Value::Integer(seq) = row[3] { seq } else { 0 });
        rows
    }

    fn read_document(&self, id: [u8; 16]) -> Option<Vec<Value>> {
        let sql = format!("SELECT {} FROM document WHERE id = ?1", DOCUMENT.columns.join(", "));
        self.old.as_ref()?.query_row(&sql, [id], |row| read_values(row, DOCUMENT.columns)).ok()
    }

    /// A document that was made on this phone, from its changes.
    fn rebuild_document(&self, id: [u8; 16]) -> Option<(DocumentRow, RecordDocument)> {
        let rows = self.list_changes_of(id);
        let history: Vec<u8> = rows.iter().flat_map(|row| bytes_of(row)).collect();
        let document = RecordDocument::from_history(&history).ok()?;
        let Value::Text(kind) = &rows.first()?[4] else { return None };
        let kind = Kind::from_code(kind)?;
        let row = DocumentRow {
            id: read_id(id),
            kind,
            parent: read_parent(&document, kind),
            heads: document.heads(),
            server_heads: Vec::new(),
            bytes: document.save(),
            projection: Projection::Waiting,
            verified_at: None,
        };
        Some((row, document))
    }
}

/// A document as its row has it; `None` when it is not whole.
fn read_row(row: &[Value]) -> Option<(DocumentRow, RecordDocument)> {
    let (Value::Text(kind), Value::Blob(server_heads), Value::Blob(bytes)) = (&row[1], &row[4], &row[5]) else {
        return None;
    };
    let document = RecordDocument::from_history(bytes).ok()?;
    let row = DocumentRow {
        id: read_id(id_of(&row[0])?),
        kind: Kind::from_code(kind)?,
        parent: id_of(&row[2]).map(read_id),
        heads: document.heads(),
        server_heads: decode_heads(server_heads),
        bytes: bytes.clone(),
        projection: Projection::Waiting,
        verified_at: None,
    };
    Some((row, document))
}

fn hash_of(change: &[Value]) -> Option<ChangeHash> {
    if let Value::Blob(hash) = &change[1] { ChangeHash::try_from(hash.as_slice()).ok() } else { None }
}

fn bytes_of(change: &[Value]) -> Vec<u8> {
    if let Value::Blob(bytes) = &change[5] { bytes.clone() } else { Vec::new() }
}

/// A change is worth carrying only if its bytes are what its hash says.
fn has_whole_bytes(row: &[Value]) -> bool {
    let (Value::Blob(hash), Value::Blob(bytes)) = (&row[1], &row[5]) else {
        return false;
    };
    documents::inspect(bytes).is_ok_and(|header| header.hash.0.as_slice() == hash.as_slice())
}

/// The rows that SQLite can read, by key, from either end of the table.
fn read_table(old: &Connection, table: &Table) -> Rows {
    let mut rows = BTreeMap::new();
    for direction in ["ASC", "DESC"] {
        let order: Vec<_> = table.columns[..table.key_columns].iter().map(|key| format!("{key} {direction}")).collect();
        let sql = format!(
            "SELECT {} FROM {} WHERE {} ORDER BY {}",
            table.columns.join(", "),
            table.name,
            table.condition,
            order.join(", ")
        );
        let Ok(mut statement) = old.prepare(&sql) else { continue };
        let Ok(mut found) = statement.query([]) else { continue };
        while let Ok(Some(row)) = found.next() {
            if let Ok(values) = read_values(row, table.columns) {
                rows.insert(table.key_of(&values), values);
            }
        }
    }
    rows
}

fn read_values(row: &Row<'_>, columns: &[&str]) -> rusqlite::Result<Vec<Value>> {
    columns.iter().map(|column| row.get::<_, Value>(*column)).collect()
}

fn id_of(value: &Value) -> Option<[u8; 16]> {
    match value {
        Value::Blob(bytes) => bytes.as_slice().try_into().ok(),
        Value::Null | Value::Integer(_) | Value::Real(_) | Value::Text(_) => None,
    }
}

fn insert_rows<'a>(
    writing: &Writing<'_>,
    table: &str,
    columns: &[&str],
    rows: impl Iterator<Item = &'a Vec<Value>>,
) -> Result<(), StoreError> {
    let marks: Vec<_> = (1..=columns.len()).map(|n| format!("?{n}")).collect();
    let sql = format!("INSERT OR IGNORE INTO {table} ({}) VALUES ({})", columns.join(", "), marks.join(", "));
    let mut statement = writing.prepare(&sql)?;
    for row in rows {
        statement.execute(params_from_iter(row))?;
    }
    Ok(())
}
