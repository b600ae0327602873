//! Re-reading what only the store can judge: the file and its schema, positions, digests, counts, the audit's seals; and,
//! by `row_check` and `office_check`, every row by itself.
//!
//! Failure: each check runs whatever the others met. One that cannot be finished (a damaged page lies in its way) is
//! named itself, as `unreadable`.

use std::collections::BTreeMap;

use domain::UnixMillis;
use rusqlite::{Connection, Row, named_params};
use sha2::{Digest as _, Sha256};
use sync::digest::document_term;
use sync::wire::Digest;

use super::convert::{name_row, read_count, read_heads, read_record, to_column};
use super::{aside, office_check, row_check, schema, tally};
use crate::store::{Answer, Damage};

type Check = fn(&Connection, &mut Vec<Damage>) -> Answer<()>;

const CHECKS: [(&str, Check); 9] = [
    ("file", check_file),
    ("schema", check_schema),
    ("ordinals", check_ordinals),
    ("positions", check_positions),
    ("digests", check_digests),
    ("tally", tally::check_counts),
    ("quarantine_room", aside::check_room),
    ("audit", check_seals),
    ("office", office_check::check_office),
];

pub(super) fn find_damage(db: &Connection) -> Vec<Damage> {
    let mut damage = Vec::new();
    row_check::check_rows(db, &mut damage);
    for (name, check) in CHECKS {
        contain(name, &mut damage, |damage| check(db, damage));
    }
    damage
}

/// Runs a check; one that breaks off is damage itself.
pub(super) fn contain(name: &str, damage: &mut Vec<Damage>, check: impl FnOnce(&mut Vec<Damage>) -> Answer<()>) {
    if let Err(error) = check(damage) {
        tracing::error!(check = name, error = &error as &dyn std::error::Error, "a check broke off");
        damage.push(Damage { code: "unreadable", subject: name.to_owned() });
    }
}

fn check_file(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut check = db.prepare("PRAGMA integrity_check")?;
    let mut rows = check.query([])?;
    while let Some(row) = rows.next()? {
        let line: String = row.get("integrity_check")?;
        if line != "ok" {
            damage.push(Damage { code: "file", subject: line });
        }
    }
    Ok(())
}

/// Tables, indexes and triggers are those that the migrations make: a lost index loses nothing, but what it forbids.
fn check_schema(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut fresh = Connection::open_in_memory()?;
    schema::upgrade(&mut fresh)?;
    let (mut expected, found) = (list_schema(&fresh)?, list_schema(db)?);
    for (name, sql) in found {
        if expected.remove(&name) != Some(sql) {
            damage.push(Damage { code: "schema", subject: name });
        }
    }
    damage.extend(expected.into_keys().map(|name| Damage { code: "schema", subject: name }));
    Ok(())
}

/// What a file is made of, by name, without what SQLite keeps for itself.
fn list_schema(db: &Connection) -> Answer<BTreeMap<String, String>> {
    let mut select =
        db.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT GLOB 'sqlite_*'")?;
    // A table that was renamed and renamed back is the same with quotation marks.
    let read = |row: &Row<'_>| Ok((row.get("name")?, row.get::<_, String>("sql")?.replace('"', "")));
    let rows = select.query_map([], read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Each document's changes are numbered 1, 2, 3 … and as many as the document says.
fn check_ordinals(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare(
        "SELECT d.id, d.change_count, COUNT(c.ordinal) AS count, COALESCE(MAX(c.ordinal), 0) AS last
         FROM document AS d LEFT JOIN change AS c ON c.document = d.id
         GROUP BY d.id, d.change_count HAVING count <> d.change_count OR last <> d.change_count ORDER BY d.id",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "change_count", subject: name_row(row, "id") });
    }
    let mut orphans = db.prepare(
        "SELECT DISTINCT document FROM change WHERE document NOT IN (SELECT id FROM document) ORDER BY document",
    )?;
    let mut rows = orphans.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "change_without_document", subject: name_row(row, "document") });
    }
    Ok(())
}

/// Every position of a stream brought news of a document or took one away; none is missing, none is beyond the
/// counter.
fn check_positions(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare(
        "WITH taken AS (
             SELECT collection, position FROM log
             UNION ALL SELECT 'reference/district' AS collection, position FROM reference
         )
         SELECT c.name, c.position, COUNT(t.position) AS count, COALESCE(MAX(t.position), 0) AS last
         FROM collection AS c LEFT JOIN taken AS t ON t.collection = c.name
         GROUP BY c.name, c.position ORDER BY c.name",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let (position, count, last): (i64, i64, i64) = (row.get("position")?, row.get("count")?, row.get("last")?);
        // A value of reference data keeps its newest position only: gaps are explained there.
        let has_gaps = count != position && name != "reference/district";
        if last != position || has_gaps {
            damage.push(Damage { code: "positions", subject: name });
        }
    }
    let mut select =
        db.prepare("SELECT collection FROM entry UNION SELECT collection FROM log EXCEPT SELECT name FROM collection")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "positions", subject: row.get("collection")? });
    }
    Ok(())
}

fn check_digests(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut found: BTreeMap<String, Digest> = BTreeMap::new();
    let mut select = db.prepare(
        "SELECT e.collection, e.document, d.heads FROM entry AS e JOIN document AS d ON d.id = e.document
         WHERE e.present = 1 ORDER BY e.collection, e.document",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let digest = found.entry(row.get("collection")?).or_insert(Digest::EMPTY);
        // A row that cannot be read is named by its own check, and the sum without it is not that of its stream.
        if let (Ok(document), Ok(heads)) = (read_record(row, "document"), read_heads(row, "heads")) {
            *digest = digest.with(document_term(document, &heads));
        }
    }
    let mut select = db.prepare("SELECT name, count, sum FROM collection ORDER BY name")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let counted = found.remove(&name).unwrap_or(Digest::EMPTY);
        let is_right = name == "reference/district" || read_digest(row).is_ok_and(|kept| kept == counted);
        if !is_right {
            damage.push(Damage { code: "digest", subject: name });
        }
    }
    damage.extend(found.into_keys().map(|name| Damage { code: "digest", subject: name }));
    Ok(())
}

fn read_digest(row: &Row<'_>) -> Answer<Digest> {
    let sum: [u8; 16] = row.get("sum")?;
    Ok(Digest { count: read_count(row, "count")?, sum: u128::from_be_bytes(sum) })
}

fn seal(before: &[u8], position: u64, at: i64, act: &str, subject: &str) -> [u8; 32] {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(position.to_be_bytes());
    hasher.update(at.to_be_bytes());
    hasher.update(act.as_bytes());
    hasher.update([0]);
    hasher.update(subject.as_bytes());
    hasher.finalize().into()
}

pub(super) fn append_audit(db: &Connection, at: UnixMillis, act: &str, subject: &str) -> Answer<()> {
    let mut select = db.prepare_cached("SELECT position, seal FROM audit ORDER BY position DESC LIMIT 1")?;
    let mut rows = select.query([])?;
    // A damaged seal is sealed as it stands: acts go on being kept, and `verify` names the row.
    let (last, before): (u64, Vec<u8>) = match rows.next()? {
        Some(row) => (read_count(row, "position")?, row.get("seal")?),
        None => (0, vec![0; 32]),
    };
    db.prepare_cached(
        "INSERT INTO audit (position, at, act, subject, seal) VALUES (:position, :at, :act, :subject, :seal)",
    )?
    .execute(named_params! {
        ":position": to_column(last + 1),
        ":at": at.as_i64(),
        ":act": act,
        ":subject": subject,
        ":seal": seal(&before, last + 1, at.as_i64(), act, subject),
    })?;
    Ok(())
}

fn check_seals(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare("SELECT position, at, act, subject, seal FROM audit ORDER BY position")?;
    let mut rows = select.query([])?;
    let (mut expected, mut before) = (1_i64, vec![0; 32]);
    while let Some(row) = rows.next()? {
        let position: i64 = row.get("position")?;
        let (at, act, subject): (i64, String, String) = (row.get("at")?, row.get("act")?, row.get("subject")?);
        let kept: Vec<u8> = row.get("seal")?;
        let is_sealed = u64::try_from(position).is_ok_and(|number| kept == seal(&before, number, at, &act, &subject));
        if position != expected || !is_sealed {
            damage.push(Damage { code: "audit_seal", subject: position.to_string() });
        }
        (expected, before) = (position.saturating_add(1), kept);
    }
    Ok(())
}
