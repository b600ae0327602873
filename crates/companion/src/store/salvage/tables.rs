//! The tables that hold what is only on this phone, and how a row of theirs is known without a schema.
//!
//! A row is a list of columns; the types, a few code lists and a checksum say whose it is. The forms are told here once
//! and kept in step with the migrations: a column that a later one adds stands at the end and is not asked for.

use domain::Kind;
use rusqlite::types::Value;

use super::btree::Cell;

/// One table to carry over.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its columns, the key first.
    pub(super) columns: &'static [&'static str],
    pub(super) key_columns: usize,
    /// Which rows are asked for.
    pub(super) condition: &'static str,
    /// The columns of a row as it lies in its page, if it is one of this table.
    recognise: fn(&Cell) -> Option<Vec<Value>>,
    has_row_ids: bool,
}

/// What this phone knows about itself.
pub(super) const SETTING: Table = Table {
    name: "setting",
    columns: &["key", "value"],
    key_columns: 1,
    condition: "1",
    recognise: |cell| match cell.values.as_slice() {
        [key @ Value::Text(name), value @ Value::Text(json)] if is_setting_key(name) && is_json(json) => {
            Some(vec![key.clone(), value.clone()])
        }
        _ => None,
    },
    has_row_ids: false,
};
/// Forms in progress.
pub(super) const DRAFT: Table = Table {
    name: "draft",
    columns: &["id", "kind", "household", "form", "template", "started_at", "saved_at"],
    key_columns: 1,
    condition: "1",
    recognise: |cell| match cell.values.get(..7)? {
        row @ [
            id,
            Value::Text(kind),
            household,
            Value::Text(_),
            Value::Text(_),
            Value::Integer(_),
            Value::Integer(_),
        ] if is_id(id) && is_id_or_null(household) && matches!(kind.as_str(), "visit" | "incident") => {
            Some(row.to_vec())
        }
        _ => None,
    },
    has_row_ids: true,
};
/// Changes; the confirmed ones are read too, to know which are.
pub(super) const CHANGE: Table = Table {
    name: "change",
    columns: &["document", "hash", "actor", "seq", "kind", "bytes", "state", "code", "detail", "made_at"],
    key_columns: 2,
    condition: "1",
    recognise: |cell| match cell.values.get(..10)? {
        row @ [
            document,
            Value::Blob(hash),
            actor,
            Value::Integer(_),
            Value::Text(kind),
            Value::Blob(_),
            Value::Text(state),
            Value::Text(_),
            Value::Text(_),
            Value::Integer(_),
        ] if is_id(document)
            && is_id(actor)
            && hash.len() == 32
            && Kind::from_code(kind).is_some()
            && STATES.contains(&state.as_str()) =>
        {
            Some(row.to_vec())
        }
        _ => None,
    },
    has_row_ids: true,
};
/// Own steps in incidents that have left.
pub(super) const DEPARTED_STEP: Table = Table {
    name: "departed_step",
    columns: &[
        "step",
        "incident",
        "number",
        "category",
        "kind",
        "words",
        "at",
        "reason",
        "is_dismissed",
        "is_effective",
        "is_unsent",
    ],
    key_columns: 1,
    condition: "1",
    recognise: |cell| match cell.values.get(..10)? {
        row @ [
            step,
            incident,
            Value::Text(_),
            Value::Text(_),
            Value::Text(_),
            Value::Text(_),
            Value::Integer(_),
            Value::Null | Value::Text(_),
            Value::Integer(_),
            Value::Integer(_),
        ] if is_id(step) && is_id(incident) => {
            let is_unsent = match cell.values.get(10) {
                Some(Value::Integer(is_unsent)) => *is_unsent,
                _ => 0,
            };
            Some(row.iter().cloned().chain([Value::Integer(is_unsent)]).collect())
        }
        _ => None,
    },
    has_row_ids: false,
};
/// Forms of steps in progress.
pub(super) const STEP_DRAFT: Table = Table {
    name: "step_draft",
    columns: &["incident", "kind", "id", "payload", "saved_at"],
    key_columns: 2,
    condition: "1",
    recognise: |cell| match cell.values.get(..5)? {
        row @ [incident, Value::Text(_), id, Value::Text(_), Value::Integer(_)]
            if is_id(incident) && is_id(id) && cell.values.len() == 5 =>
        {
            Some(row.to_vec())
        }
        _ => None,
    },
    has_row_ids: false,
};
/// Who looked at what is masked.
pub(super) const UNMASKING: Table = Table {
    name: "unmasking",
    columns: &["id", "household", "account", "at"],
    key_columns: 1,
    condition: "1",
    recognise: |cell| match cell.values.as_slice() {
        [Value::Null, household, account, at @ Value::Integer(_)] if is_id(household) && is_id(account) => {
            Some(vec![Value::Integer(cell.row_id?), household.clone(), account.clone(), at.clone()])
        }
        _ => None,
    },
    has_row_ids: true,
};
/// Documents with something that the server does not have.
pub(super) const DOCUMENT: Table = Table {
    name: "document",
    columns: &["id", "kind", "parent", "heads", "server_heads", "bytes", "is_projected", "verified_at"],
    key_columns: 1,
    condition: "heads <> server_heads",
    recognise: |cell| match cell.values.get(..8)? {
        row @ [
            id,
            Value::Text(kind),
            parent,
            Value::Blob(heads),
            Value::Blob(server_heads),
            Value::Blob(_),
            Value::Integer(_),
            Value::Null | Value::Integer(_),
        ] if is_id(id)
            && is_id_or_null(parent)
            && Kind::from_code(kind).is_some()
            && heads.len().is_multiple_of(32)
            && server_heads.len().is_multiple_of(32)
            && heads != server_heads =>
        {
            Some(row.to_vec())
        }
        _ => None,
    },
    has_row_ids: true,
};

/// All of them.
pub(super) const TABLES: [&Table; 7] = [&SETTING, &DRAFT, &STEP_DRAFT, &DEPARTED_STEP, &UNMASKING, &CHANGE, &DOCUMENT];

/// States of a change.
const STATES: [&str; 5] = ["pending", "confirmed", "refused", "held", "set_aside"];

impl Table {
    /// The row that a cell is, if it is one of this table.
    pub(super) fn read_cell(&self, cell: &Cell) -> Option<Vec<Value>> {
        if cell.row_id.is_some() == self.has_row_ids { (self.recognise)(cell) } else { None }
    }

    /// What tells a row from the others.
    pub(super) fn key_of(&self, row: &[Value]) -> Vec<u8> {
        let bytes = |value: &Value| match value {
            Value::Blob(bytes) => bytes.clone(),
            Value::Text(text) => text.clone().into_bytes(),
            Value::Integer(n) => n.to_be_bytes().to_vec(),
            Value::Null | Value::Real(_) => Vec::new(),
        };
        row[..self.key_columns].iter().flat_map(bytes).collect()
    }
}

/// Short, small letters and underscores.
fn is_setting_key(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_json(text: &str) -> bool {
    serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

fn is_id(value: &Value) -> bool {
    matches!(value, Value::Blob(bytes) if bytes.len() == 16)
}

fn is_id_or_null(value: &Value) -> bool {
    is_id(value) || *value == Value::Null
}
