//! Carrying over from a damaged file what was only on this phone.
//!
//! Taken: account and installation, changes that the server has not confirmed with the documents they belong to,
//! forms in progress, and own steps in incidents that have left. All else comes back from the server. The damaged file
//! is only read. Each table is read from both ends, so that one bad page costs what stands on it and not all that
//! stands behind it; and each document alone.

use std::collections::BTreeMap;
use std::path::Path;

use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, params_from_iter};

use super::document::read_id;
use super::project::project_document;
use super::{Store, StoreError, Writing};

/// What was carried over.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Salvaged {
    /// Unsent changes.
    pub(crate) changes: u64,
    /// Documents with unsent changes whose own contents could not be read.
    pub(crate) unreadable: u64,
}

/// One table to carry over: its columns, the key first, and which rows.
struct Table {
    name: &'static str,
    columns: &'static [&'static str],
    key_columns: usize,
    condition: &'static str,
}

const SETTING: Table = Table { name: "setting", columns: &["key", "value"], key_columns: 1, condition: "1" };
const DRAFT: Table = Table {
    name: "draft",
    columns: &["id", "kind", "household", "form", "template", "started_at", "saved_at"],
    key_columns: 1,
    condition: "1",
};
const CHANGE: Table = Table {
    name: "change",
    columns: &["document", "hash", "actor", "seq", "kind", "bytes", "state", "code", "detail", "made_at"],
    key_columns: 2,
    condition: "state <> 'confirmed'",
};
const DEPARTED_STEP: Table = Table {
    name: "departed_step",
    columns: &["step", "incident", "number", "category", "kind", "words", "at", "reason", "is_effective", "is_unsent"],
    key_columns: 1,
    condition: "1",
};
const STEP_DRAFT: Table = Table {
    name: "step_draft",
    columns: &["incident", "kind", "id", "payload", "saved_at"],
    key_columns: 2,
    condition: "1",
};
const UNMASKING: Table =
    Table { name: "unmasking", columns: &["id", "household", "account", "at"], key_columns: 1, condition: "1" };
const DOCUMENT_COLUMNS: &[&str] =
    &["id", "kind", "parent", "heads", "server_heads", "bytes", "is_projected", "verified_at"];

/// Carries over what can be read.
pub(crate) fn carry_over(damaged: &Path, store: &mut Store) -> Result<Salvaged, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let Ok(old) = Connection::open_with_flags(damaged, flags) else {
        return Ok(Salvaged::default());
    };
    // Lets SQLite read a file that is shorter than its header says. Nothing is written: the file is open for reading.
    let _ = old.pragma_update(None, "writable_schema", true);
    store.write(|writing| {
        for table in [&SETTING, &DRAFT, &STEP_DRAFT, &DEPARTED_STEP, &UNMASKING] {
            insert_rows(writing, table.name, table.columns, read_table(&old, table).values())?;
        }
        let changes = read_table(&old, &CHANGE);
        let changes: Vec<_> = changes.into_values().filter(|row| has_whole_bytes(row)).collect();
        insert_rows(writing, CHANGE.name, CHANGE.columns, changes.iter())?;
        let mut salvaged = Salvaged { changes: changes.len() as u64, unreadable: 0 };
        let mut documents: Vec<[u8; 16]> = changes.iter().filter_map(|row| id_of(&row[0])).collect();
        documents.dedup();
        for id in documents {
            if !carry_over_document(&old, writing, id)? {
                salvaged.unreadable += 1;
            }
        }
        Ok(salvaged)
    })
}

/// A change is worth carrying only if its bytes are what its hash says.
fn has_whole_bytes(row: &[Value]) -> bool {
    let (Value::Blob(hash), Value::Blob(bytes)) = (&row[1], &row[5]) else {
        return false;
    };
    documents::inspect(bytes).is_ok_and(|header| header.hash.0.as_slice() == hash.as_slice())
}

fn carry_over_document(old: &Connection, writing: &Writing<'_>, id: [u8; 16]) -> Result<bool, StoreError> {
    let sql = format!("SELECT {} FROM document WHERE id = ?1", DOCUMENT_COLUMNS.join(", "));
    let found = old.query_row(&sql, [id], |row| read_values(row, DOCUMENT_COLUMNS));
    let Ok(row) = found else {
        return Ok(false);
    };
    let Value::Blob(bytes) = &row[5] else { return Ok(false) };
    if documents::RecordDocument::from_history(bytes).is_err() {
        return Ok(false);
    }
    insert_rows(writing, "document", DOCUMENT_COLUMNS, std::iter::once(&row))?;
    project_document(writing, read_id(id))?;
    Ok(true)
}

/// The rows that can be read, by key, from either end of the table.
fn read_table(old: &Connection, table: &Table) -> BTreeMap<Vec<u8>, Vec<Value>> {
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
                rows.insert(key_of(&values[..table.key_columns]), values);
            }
        }
    }
    rows
}

fn read_values(row: &Row<'_>, columns: &[&str]) -> rusqlite::Result<Vec<Value>> {
    columns.iter().map(|column| row.get::<_, Value>(*column)).collect()
}

fn key_of(values: &[Value]) -> Vec<u8> {
    values
        .iter()
        .flat_map(|value| match value {
            Value::Blob(bytes) => bytes.clone(),
            Value::Text(text) => text.clone().into_bytes(),
            Value::Integer(n) => n.to_be_bytes().to_vec(),
            Value::Null | Value::Real(_) => Vec::new(),
        })
        .collect()
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
