//! Re-reading every row by itself: does each column hold what it promises, and is what it names there.
//!
//! One entry of [`RULES`] for each table; what SQL cannot judge (codes, scopes, names of streams) is read by the same
//! functions that the server reads with. Rows of documents and changes are only looked at from outside here: whether
//! they follow from each other is judged by [`crate::admin::verify`].

use domain::account::Scope;
use domain::codes::CodeList as _;
use domain::{Collection, Kind, LocalDate, Role};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Row};
use sha2::{Digest as _, Sha256};
use sync::wire::RefusalCode;
use uuid::Uuid;

use super::convert::{read_json, read_parsed};
use super::integrity::contain;
use crate::store::{Answer, BrokenPromise, Damage};

/// One table: which rows are wrong, and how a row is named. The name is made of ids and codes.
struct Rule {
    table: &'static str,
    name: &'static str,
    /// Columns that `is_sound` reads.
    columns: &'static str,
    /// True for a row that is wrong.
    wrong: &'static str,
    /// What SQL cannot judge.
    is_sound: fn(&Row<'_>) -> Answer<bool>,
}

const RULES: &[Rule] = &[
    Rule { table: "meta", name: "key", columns: "key, value", wrong: "0", is_sound: is_meta_sound },
    Rule {
        table: "mark",
        name: "first",
        columns: "first",
        wrong: "last < first OR run < 0 OR epoch < 0",
        is_sound: nothing_more,
    },
    Rule { table: "own_installation", name: "id", columns: "id", wrong: "length(id) <> 16", is_sound: nothing_more },
    Rule {
        table: "claim",
        name: "device",
        columns: "device",
        wrong: "length(device) <> 16 OR length(account) <> 16 OR epoch < 0",
        is_sound: nothing_more,
    },
    Rule { table: "life", name: "epoch", columns: "cause", wrong: "epoch < 0", is_sound: is_life_sound },
    Rule {
        table: "account",
        name: "id",
        columns: "role, scope, past_scope",
        wrong: "length(id) <> 16",
        is_sound: is_account_sound,
    },
    Rule {
        table: "device",
        name: "id",
        columns: "id",
        wrong: "length(id) <> 16 OR length(token_sha256) <> 32 OR account NOT IN (SELECT id FROM account)",
        is_sound: nothing_more,
    },
    Rule {
        table: "installation",
        name: "id",
        columns: "id",
        wrong: "length(id) <> 16 OR device NOT IN (SELECT id FROM device)",
        is_sound: nothing_more,
    },
    Rule {
        table: "enrol_code",
        name: "account",
        columns: "account",
        wrong: "length(code_sha256) <> 32 OR account NOT IN (SELECT id FROM account)",
        is_sound: nothing_more,
    },
    Rule {
        table: "document",
        name: "id",
        columns: "kind",
        wrong: "length(id) <> 16 OR length(grid) <> 15 OR grid GLOB '*[^0-9]*' OR length(parent) <> 16
                OR length(heads) = 0 OR length(heads) % 32 <> 0 OR length(snapshot) = 0 OR change_count < 1",
        is_sound: is_document_sound,
    },
    Rule {
        table: "change",
        name: "document",
        columns: "document",
        wrong: "length(document) <> 16 OR ordinal < 1 OR length(hash) <> 32 OR length(actor) <> 16 OR seq < 1
                OR length(account) <> 16",
        is_sound: nothing_more,
    },
    Rule {
        table: "collection",
        name: "name",
        columns: "name",
        wrong: "position < 0 OR count < 0 OR length(sum) <> 16",
        is_sound: is_collection_sound,
    },
    Rule {
        table: "entry",
        name: "document",
        columns: "collection",
        wrong: "length(document) <> 16 OR present NOT IN (0, 1) OR first_position < 1 OR first_position > last_position
                OR document NOT IN (SELECT id FROM document)
                OR NOT EXISTS (SELECT 1 FROM log AS l WHERE l.collection = entry.collection
                               AND l.document = entry.document AND l.position = entry.last_position)",
        is_sound: nothing_more,
    },
    Rule {
        table: "log",
        name: "document",
        columns: "collection",
        wrong: "length(document) <> 16 OR position < 1 OR from_ordinal < 1
                OR from_ordinal > COALESCE((SELECT d.change_count FROM document AS d WHERE d.id = log.document), 0)
                OR NOT EXISTS (SELECT 1 FROM entry AS e WHERE e.collection = log.collection
                               AND e.document = log.document AND e.last_position >= log.position)",
        is_sound: nothing_more,
    },
    Rule {
        table: "reference",
        name: "key",
        columns: "key",
        wrong: "version < 1 OR position < 1",
        is_sound: nothing_more,
    },
    Rule {
        table: "aside",
        name: "hash",
        columns: "sha256, state, code, bytes",
        wrong: "length(account) <> 16 OR length(sha256) <> 32 OR length(document) <> 16 OR length(hash) <> 32
                OR length(installation) <> 16 OR times < 1 OR length(bytes) <> size_bytes
                OR account NOT IN (SELECT id FROM account)",
        is_sound: is_aside_sound,
    },
    Rule {
        table: "wake",
        name: "document",
        columns: "document",
        wrong: "length(document) <> 16 OR document NOT IN (SELECT id FROM document)",
        is_sound: nothing_more,
    },
    Rule {
        table: "serial",
        name: "area",
        columns: "day",
        wrong: "length(area) <> 6 OR area GLOB '*[^0-9]*' OR last < 0",
        is_sound: is_serial_sound,
    },
    Rule {
        table: "import",
        name: "CAST(number AS TEXT)",
        columns: "files",
        wrong: "number < 1 OR added < 0 OR edited < 0",
        is_sound: is_import_sound,
    },
    Rule {
        table: "import_home",
        name: "household",
        columns: "household",
        wrong: "length(household) <> 16 OR length(grid) <> 15 OR added NOT IN (0, 1) OR undone NOT IN (0, 1)
                OR import NOT IN (SELECT number FROM import)",
        is_sound: nothing_more,
    },
    Rule {
        table: "import_record",
        name: "document",
        columns: "document",
        wrong: "length(document) <> 16 OR length(household) <> 16 OR length(heads_after) = 0
                OR length(heads_after) % 32 <> 0 OR changes_before < 0
                OR document NOT IN (SELECT id FROM document)",
        is_sound: nothing_more,
    },
    Rule {
        table: "import_base",
        name: "household",
        columns: "household",
        wrong: "length(household) <> 16 OR length(grid) <> 15 OR length(after_sha256) <> 32",
        is_sound: nothing_more,
    },
    Rule {
        table: "withdrawn",
        name: "document",
        columns: "streams",
        wrong: "length(document) <> 16 OR length(household) <> 16 OR document NOT IN (SELECT id FROM document)",
        is_sound: is_withdrawn_sound,
    },
];

pub(super) fn check_rows(db: &Connection, damage: &mut Vec<Damage>) {
    for rule in RULES {
        contain(rule.table, damage, |damage| check_table(db, rule, damage));
    }
    contain("epoch", damage, |damage| {
        let has_epoch = db.prepare("SELECT 1 FROM meta WHERE key = 'epoch'")?.exists([])?;
        damage.extend((!has_epoch).then(|| Damage { code: "meta", subject: "epoch".to_owned() }));
        Ok(())
    });
}

fn check_table(db: &Connection, rule: &Rule, damage: &mut Vec<Damage>) -> Answer<()> {
    let Rule { table, name, columns, wrong, is_sound } = rule;
    let sql = format!("SELECT {name} AS row_name, COALESCE({wrong}, 0) AS is_wrong, {columns} FROM {table}");
    let mut select = db.prepare(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if row.get("is_wrong")? || !is_sound(row).unwrap_or(false) {
            damage.push(Damage { code: rule.table, subject: name_subject(row.get_ref("row_name")?) });
        }
    }
    Ok(())
}

/// An id or hash as text, a code as it stands.
fn name_subject(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Text(text) => String::from_utf8_lossy(text).chars().take(120).collect(),
        ValueRef::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => bytes.iter().take(32).map(|byte| format!("{byte:02x}")).collect(),
        },
        _ => String::new(),
    }
}

fn nothing_more(_: &Row<'_>) -> Answer<bool> {
    Ok(true)
}

/// Only what this version keeps there is known.
fn is_meta_sound(row: &Row<'_>) -> Answer<bool> {
    let key: String = row.get("key")?;
    Ok(if key == "epoch" {
        read_parsed::<u64>(row, "value").is_ok()
    } else if key == "secret" {
        let secret: String = row.get("value")?;
        secret.len() == 64 && secret.bytes().all(|digit| digit.is_ascii_hexdigit())
    } else {
        true
    })
}

fn is_life_sound(row: &Row<'_>) -> Answer<bool> {
    let cause: String = row.get("cause")?;
    Ok(matches!(cause.as_str(), "begun" | "lost") || BrokenPromise::from_code(&cause).is_some())
}

fn is_account_sound(row: &Row<'_>) -> Answer<bool> {
    let role: String = row.get("role")?;
    let is_known = Role::from_code(&role) != Role::Unknown;
    Ok(is_known && read_json::<Scope>(row, "scope").is_ok() && read_json::<Scope>(row, "past_scope").is_ok())
}

fn is_document_sound(row: &Row<'_>) -> Answer<bool> {
    let kind: String = row.get("kind")?;
    Ok(Kind::from_code(&kind).is_some())
}

fn is_collection_sound(row: &Row<'_>) -> Answer<bool> {
    Ok(read_parsed::<Collection>(row, "name").is_ok())
}

fn is_aside_sound(row: &Row<'_>) -> Answer<bool> {
    let (state, code): (String, String) = (row.get("state")?, row.get("code")?);
    let read: RefusalCode =
        serde_json::from_value(serde_json::Value::String(code.clone())).unwrap_or(RefusalCode::Other);
    let is_known = read != RefusalCode::Other || code == "other";
    let (sha256, bytes): (Vec<u8>, Option<Vec<u8>>) = (row.get("sha256")?, row.get("bytes")?);
    let is_whole = bytes.is_none_or(|bytes| Sha256::digest(&bytes)[..] == sha256[..]);
    Ok(matches!(state.as_str(), "refused" | "held") && is_known && is_whole)
}

fn is_import_sound(row: &Row<'_>) -> Answer<bool> {
    Ok(read_json::<Vec<String>>(row, "files").is_ok())
}

fn is_withdrawn_sound(row: &Row<'_>) -> Answer<bool> {
    let names: Vec<String> = read_json(row, "streams")?;
    Ok(!names.is_empty() && names.iter().all(|name| name.parse::<Collection>().is_ok()))
}

fn is_serial_sound(row: &Row<'_>) -> Answer<bool> {
    let day: String = row.get("day")?;
    Ok(day.parse::<LocalDate>().is_ok())
}
