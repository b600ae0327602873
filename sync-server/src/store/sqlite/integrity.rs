//! Re-reading what only the store can judge: the file itself, positions, digests, the audit's seals.

use std::collections::BTreeMap;

use domain::UnixMillis;
use rusqlite::{Connection, named_params};
use sha2::{Digest as _, Sha256};
use sync::digest::document_term;
use sync::wire::Digest;

use super::convert::{read_count, read_heads, read_record, to_column};
use super::office_check;
use crate::store::{Answer, Damage, Totals};

pub(super) fn find_damage(db: &Connection) -> Answer<Vec<Damage>> {
    let mut damage = Vec::new();
    check_file(db, &mut damage)?;
    check_ordinals(db, &mut damage)?;
    check_positions(db, &mut damage)?;
    check_digests(db, &mut damage)?;
    check_seals(db, &mut damage)?;
    office_check::check_office(db, &mut damage)?;
    Ok(damage)
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

/// Each document's changes are numbered 1, 2, 3 … and as many as the document says.
fn check_ordinals(db: &Connection, damage: &mut Vec<Damage>) -> Answer<()> {
    let mut select = db.prepare(
        "SELECT d.id, d.change_count, COUNT(c.ordinal) AS count, COALESCE(MAX(c.ordinal), 0) AS last
         FROM document AS d LEFT JOIN change AS c ON c.document = d.id
         GROUP BY d.id, d.change_count HAVING count <> d.change_count OR last <> d.change_count ORDER BY d.id",
    )?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "change_count", subject: read_record(row, "id")?.to_string() });
    }
    let mut orphans = db.prepare(
        "SELECT DISTINCT document FROM change WHERE document NOT IN (SELECT id FROM document) ORDER BY document",
    )?;
    let mut rows = orphans.query([])?;
    while let Some(row) = rows.next()? {
        damage.push(Damage { code: "change_without_document", subject: read_record(row, "document")?.to_string() });
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
        let (position, count, last) =
            (read_count(row, "position")?, read_count(row, "count")?, read_count(row, "last")?);
        // A value of reference data keeps its newest position only: gaps are explained there.
        let has_gaps = count != position && name != "reference/district";
        if last != position || has_gaps {
            damage.push(Damage { code: "positions", subject: name });
        }
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
        let term = document_term(read_record(row, "document")?, &read_heads(row, "heads")?);
        let digest = found.entry(row.get("collection")?).or_insert(Digest::EMPTY);
        *digest = digest.with(term);
    }
    let mut select = db.prepare("SELECT name, count, sum FROM collection ORDER BY name")?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        let name: String = row.get("name")?;
        let sum: [u8; 16] = row.get("sum")?;
        let kept = Digest { count: read_count(row, "count")?, sum: u128::from_be_bytes(sum) };
        let is_right = name == "reference/district" || kept == found.remove(&name).unwrap_or(Digest::EMPTY);
        if !is_right {
            damage.push(Damage { code: "digest", subject: name });
        }
    }
    damage.extend(found.into_keys().map(|name| Damage { code: "digest", subject: name }));
    Ok(())
}

fn seal(before: &[u8; 32], position: u64, at: i64, act: &str, subject: &str) -> [u8; 32] {
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
    let (last, before) = match rows.next()? {
        Some(row) => (read_count(row, "position")?, row.get("seal")?),
        None => (0, [0; 32]),
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
    let (mut expected, mut before) = (1, [0; 32]);
    while let Some(row) = rows.next()? {
        let position = read_count(row, "position")?;
        let (at, act, subject): (i64, String, String) = (row.get("at")?, row.get("act")?, row.get("subject")?);
        let kept: [u8; 32] = row.get("seal")?;
        if position != expected || kept != seal(&before, position, at, &act, &subject) {
            damage.push(Damage { code: "audit_seal", subject: position.to_string() });
        }
        (expected, before) = (position + 1, kept);
    }
    Ok(())
}

pub(super) fn count_totals(db: &Connection) -> Answer<Totals> {
    let mut select = db.prepare_cached(
        "SELECT (SELECT COUNT(*) FROM document) AS documents,
                (SELECT COALESCE(SUM(change_count), 0) FROM document) AS changes,
                (SELECT COUNT(*) FROM aside WHERE state = 'refused') AS refused,
                (SELECT COUNT(*) FROM aside WHERE state = 'held') AS held,
                (SELECT COUNT(*) FROM device WHERE revoked_at IS NULL) AS devices",
    )?;
    let mut rows = select.query([])?;
    rows.next()?.map_or(Ok(Totals::default()), |row| {
        Ok(Totals {
            documents: read_count(row, "documents")?,
            changes: read_count(row, "changes")?,
            refused: read_count(row, "refused")?,
            held: read_count(row, "held")?,
            devices: read_count(row, "devices")?,
        })
    })
}
