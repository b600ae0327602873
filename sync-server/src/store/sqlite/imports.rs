//! Imports: which there were, and what each wrote, so that it can be taken back.
//!
//! Flow: an import begins with a row of its own ([`begin`]) → every batch of it notes its homes in the transaction that
//! writes them ([`note`]) → the row says that it has ended. One that was broken off has no end, and all that it wrote.

use std::collections::BTreeMap;

use domain::{GridCode, RecordId, UnixMillis};
use rusqlite::{Connection, Row, named_params};

use super::convert::{
    name_row, out_of_form, pack_heads, read_count, read_heads, read_json, read_parsed, read_record, to_column, to_json,
};
use super::damage::DamageLog;
use super::office;
use crate::store::{Answer, ImportPart, ImportRun, ImportedBase, ImportedHome, ImportedRecord, ReadRows};

pub(super) fn begin(db: &Connection, at: UnixMillis, files: &[String]) -> Answer<u64> {
    let mut insert = db.prepare_cached(
        "INSERT INTO import (began_at, files, added, edited) VALUES (:at, :files, 0, 0) RETURNING number",
    )?;
    let values = named_params! {":at": at.as_i64(), ":files": to_json(&files)?};
    insert.query_row(values, |row| Ok(read_count(row, "number")))?
}

pub(super) fn end(db: &Connection, number: u64, at: UnixMillis) -> Answer<()> {
    db.prepare_cached("UPDATE import SET ended_at = :at WHERE number = :number")?
        .execute(named_params! {":at": at.as_i64(), ":number": to_column(number)})?;
    Ok(())
}

pub(super) fn end_undo(db: &Connection, number: u64, at: UnixMillis) -> Answer<()> {
    db.prepare_cached("UPDATE import SET undone_at = :at WHERE number = :number")?
        .execute(named_params! {":at": at.as_i64(), ":number": to_column(number)})?;
    Ok(())
}

/// Notes what a batch writes for an import, before it is written: what stood there is read here.
pub(super) fn note(db: &Connection, part: &ImportPart) -> Answer<()> {
    let number = to_column(part.number);
    for home in &part.homes {
        note_home(db, number, home)?;
    }
    for household in &part.undone {
        db.prepare_cached("UPDATE import_home SET undone = 1 WHERE import = :import AND household = :household")?
            .execute(named_params! {":import": number, ":household": household.as_uuid().into_bytes()})?;
    }
    for restored in &part.restored {
        db.prepare_cached(
            "UPDATE import_record SET heads_after = :now
             WHERE document = :document AND heads_after = :before AND import <> :import",
        )?
        .execute(named_params! {
            ":now": pack_heads(&restored.heads_now),
            ":document": restored.document.as_uuid().into_bytes(),
            ":before": pack_heads(&restored.heads_before),
            ":import": number,
        })?;
    }
    let added = part.homes.iter().filter(|home| home.is_added).count();
    db.prepare_cached("UPDATE import SET added = added + :added, edited = edited + :edited WHERE number = :number")?
        .execute(named_params! {
            ":added": i64::try_from(added).unwrap_or(i64::MAX),
            ":edited": to_column(part.edited),
            ":number": number,
        })?;
    Ok(())
}

fn note_home(db: &Connection, number: i64, home: &ImportedHome) -> Answer<()> {
    let household = home.household.as_uuid().into_bytes();
    db.prepare_cached(
        "INSERT INTO import_home (import, household, grid, added) VALUES (:import, :household, :grid, :added)
         ON CONFLICT (import, household) DO NOTHING",
    )?
    .execute(named_params! {
        ":import": number,
        ":household": household,
        ":grid": home.grid.as_str(),
        ":added": home.is_added,
    })?;
    for record in &home.records {
        // Written twice by one import: it was as it was before the first time, and is as the last left it.
        db.prepare_cached(
            "INSERT INTO import_record (import, household, document, heads_after, changes_before)
             VALUES (:import, :household, :document, :heads_after, :changes_before)
             ON CONFLICT (import, household, document) DO UPDATE SET heads_after = :heads_after",
        )?
        .execute(named_params! {
            ":import": number,
            ":household": household,
            ":document": record.document.as_uuid().into_bytes(),
            ":heads_after": pack_heads(&record.heads_after),
            ":changes_before": to_column(record.changes_before),
        })?;
    }
    for base in &home.bases {
        let before = office::find_roster_base(db, &base.grid, &base.row_key)?;
        db.prepare_cached(
            "INSERT INTO import_base (import, household, grid, row_key, before, after_sha256)
             VALUES (:import, :household, :grid, :row_key, :before, :after)
             ON CONFLICT (import, household, grid, row_key) DO UPDATE SET after_sha256 = :after",
        )?
        .execute(named_params! {
            ":import": number,
            ":household": household,
            ":grid": base.grid.as_str(),
            ":row_key": base.row_key,
            ":before": before,
            ":after": base.after_sha256,
        })?;
    }
    Ok(())
}

pub(super) fn list(db: &Connection, damage: &DamageLog) -> Answer<Vec<ImportRun>> {
    let mut select = db.prepare_cached(
        "SELECT number, began_at, ended_at, undone_at, files, added, edited FROM import ORDER BY number",
    )?;
    let mut rows = select.query([])?;
    let mut imports = Vec::new();
    while let Some(row) = rows.next()? {
        let name = || row.get::<_, i64>("number").map_or_else(|_| "number".to_owned(), |number| number.to_string());
        imports.extend(damage.pass_over("import", name, read_import(row))?);
    }
    Ok(imports)
}

fn read_import(row: &Row<'_>) -> Answer<ImportRun> {
    let moment =
        |column: &str| -> Answer<Option<UnixMillis>> { Ok(row.get::<_, Option<i64>>(column)?.map(UnixMillis::new)) };
    Ok(ImportRun {
        number: read_count(row, "number")?,
        began_at: moment("began_at")?.ok_or_else(|| out_of_form("began_at"))?,
        ended_at: moment("ended_at")?,
        undone_at: moment("undone_at")?,
        files: read_json(row, "files")?,
        added: read_count(row, "added")?,
        edited: read_count(row, "edited")?,
    })
}

pub(super) fn list_homes(db: &Connection, number: u64, damage: &DamageLog) -> Answer<ReadRows<ImportedHome>> {
    let import = to_column(number);
    let mut homes: BTreeMap<RecordId, ImportedHome> = BTreeMap::new();
    let mut unreadable = 0;
    let mut select = db.prepare_cached(
        "SELECT household, grid, added, undone FROM import_home WHERE import = :import ORDER BY household",
    )?;
    let mut rows = select.query(named_params! {":import": import})?;
    while let Some(row) = rows.next()? {
        match damage.pass_over("import_home", || name_row(row, "household"), read_home(row))? {
            Some(home) => drop(homes.insert(home.household, home)),
            None => unreadable += 1,
        }
    }
    let mut select = db.prepare_cached(
        "SELECT household, document, heads_after, changes_before FROM import_record
         WHERE import = :import ORDER BY household, document",
    )?;
    let mut rows = select.query(named_params! {":import": import})?;
    while let Some(row) = rows.next()? {
        let read = read_record(row, "household").and_then(|home| Ok((home, read_written(row)?)));
        match damage.pass_over("import_record", || name_row(row, "document"), read)? {
            Some((household, record)) => {
                homes.get_mut(&household).into_iter().for_each(|home| home.records.push(record.clone()));
            }
            None => unreadable += drop_home(&mut homes, row),
        }
    }
    let mut select = db.prepare_cached(
        "SELECT household, grid, row_key, before, after_sha256 FROM import_base
         WHERE import = :import ORDER BY household, grid, row_key",
    )?;
    let mut rows = select.query(named_params! {":import": import})?;
    while let Some(row) = rows.next()? {
        let read = read_record(row, "household").and_then(|home| Ok((home, read_base(row)?)));
        match damage.pass_over("import_base", || name_row(row, "household"), read)? {
            Some((household, base)) => {
                homes.get_mut(&household).into_iter().for_each(|home| home.bases.push(base.clone()));
            }
            None => unreadable += drop_home(&mut homes, row),
        }
    }
    Ok(ReadRows { rows: homes.into_values().collect(), unreadable })
}

/// A home of which a part cannot be read is not known as a whole.
fn drop_home(homes: &mut BTreeMap<RecordId, ImportedHome>, row: &Row<'_>) -> usize {
    let household = read_record(row, "household").ok();
    household.map_or(1, |household| usize::from(homes.remove(&household).is_some()))
}

fn read_home(row: &Row<'_>) -> Answer<ImportedHome> {
    let grid: GridCode = read_parsed(row, "grid")?;
    Ok(ImportedHome {
        household: read_record(row, "household")?,
        grid,
        is_added: row.get("added")?,
        is_undone: row.get("undone")?,
        records: Vec::new(),
        bases: Vec::new(),
    })
}

fn read_written(row: &Row<'_>) -> Answer<ImportedRecord> {
    Ok(ImportedRecord {
        document: read_record(row, "document")?,
        heads_after: read_heads(row, "heads_after")?,
        changes_before: read_count(row, "changes_before")?,
    })
}

fn read_base(row: &Row<'_>) -> Answer<ImportedBase> {
    Ok(ImportedBase {
        grid: read_parsed(row, "grid")?,
        row_key: row.get("row_key")?,
        before: row.get("before")?,
        after_sha256: row.get("after_sha256")?,
    })
}
