//! What the office side writes: reference data, buildings, the base of the last roster import.

use std::collections::BTreeSet;

use domain::{Collection, GridCode};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::de::IgnoredAny;
use sync::wire::Item;

use super::convert::{out_of_form, read_count, read_parsed, to_column};
use super::damage::DamageLog;
use super::streams::{Counter, read_counter, write_counter};
use crate::store::{Answer, Building, PublishedValue, ReferenceValue, RosterBase};

/// The next position of the reference stream; its digest counts keys, its sum stays 0.
fn take_position(db: &Connection, is_new: bool) -> Answer<u64> {
    let name = Collection::Reference.to_string();
    let mut counter: Counter = read_counter(db, &name)?;
    counter.position += 1;
    counter.digest.count += u64::from(is_new);
    write_counter(db, &name, counter)?;
    Ok(counter.position)
}

pub(super) fn put_reference(db: &Connection, value: &ReferenceValue) -> Answer<bool> {
    let before: Option<String> = db
        .prepare_cached("SELECT value FROM reference WHERE key = :key")?
        .query_row(named_params! {":key": value.key}, |row| row.get("value"))
        .optional()?;
    if before.as_deref() == Some(value.value.as_str()) {
        return Ok(false);
    }
    let position = take_position(db, before.is_none())?;
    db.prepare_cached(
        "INSERT INTO reference (key, unit, version, position, value) VALUES (:key, :unit, 1, :position, :value)
         ON CONFLICT (key) DO UPDATE SET unit = :unit, version = version + 1, position = :position, value = :value",
    )?
    .execute(named_params! {
        ":key": value.key,
        ":unit": value.unit.as_ref().map_or("", GridCode::as_str),
        ":position": to_column(position),
        ":value": value.value,
    })?;
    Ok(true)
}

/// Puts a value unless its key has one: what an office published meanwhile stays.
pub(super) fn seed_reference(db: &Connection, value: &ReferenceValue) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT 1 FROM reference WHERE key = :key")?;
    if select.exists(named_params! {":key": value.key})? { Ok(false) } else { put_reference(db, value) }
}

/// Sends a grid's reference data again: somebody whose cursor is past it has just been given the grid.
pub(super) fn touch_unit_reference(db: &Connection, grid: &GridCode) -> Answer<()> {
    let keys: Vec<String> = db
        .prepare_cached("SELECT key FROM reference WHERE unit = :unit ORDER BY key")?
        .query_map(named_params! {":unit": grid.as_str()}, |row| row.get("key"))?
        .collect::<Result<_, _>>()?;
    for key in keys {
        let position = take_position(db, false)?;
        db.prepare_cached("UPDATE reference SET position = :position WHERE key = :key")?
            .execute(named_params! {":position": to_column(position), ":key": key})?;
    }
    Ok(())
}

/// One value of the reference stream.
pub(super) struct ReferenceEntry {
    pub(super) position: u64,
    /// Grid whose people need it; `None` for everybody.
    pub(super) unit: Option<GridCode>,
    pub(super) item: Item,
    pub(super) size_bytes: usize,
}

/// The values after a position. One that cannot be read is `None`: phones keep the value that they have.
pub(super) fn list_reference_after(
    db: &Connection,
    after: u64,
    damage: &DamageLog,
) -> Answer<Vec<Option<ReferenceEntry>>> {
    let mut select = db.prepare_cached(
        "SELECT key, unit, version, position, value FROM reference WHERE position > :after ORDER BY position",
    )?;
    let mut rows = select.query(named_params! {":after": to_column(after)})?;
    let mut entries = Vec::new();
    while let Some(row) = rows.next()? {
        entries.push(damage.pass_over("reference", || name_value(row), read_entry(row))?);
    }
    Ok(entries)
}

fn read_entry(row: &Row<'_>) -> Answer<ReferenceEntry> {
    let (key, value): (String, String) = (row.get("key")?, row.get("value")?);
    if serde_json::from_str::<IgnoredAny>(&value).is_err() {
        return Err(out_of_form("value"));
    }
    Ok(ReferenceEntry {
        position: read_count(row, "position")?,
        unit: read_unit(row)?,
        size_bytes: key.len() + value.len(),
        item: Item::Reference { key, version: read_count(row, "version")?, value },
    })
}

fn name_value(row: &Row<'_>) -> String {
    row.get("key").unwrap_or_else(|_| "key".to_owned())
}

fn read_unit(row: &Row<'_>) -> Answer<Option<GridCode>> {
    let unit: String = row.get("unit")?;
    if unit.is_empty() { Ok(None) } else { unit.parse().map(Some).map_err(|_| out_of_form("unit")) }
}

pub(super) fn list_reference(db: &Connection, damage: &DamageLog) -> Answer<Vec<PublishedValue>> {
    let mut select = db.prepare_cached("SELECT key, unit, version, value FROM reference ORDER BY key")?;
    let mut rows = select.query([])?;
    let mut values = Vec::new();
    while let Some(row) = rows.next()? {
        values.extend(damage.pass_over("reference", || name_value(row), read_published(row))?);
    }
    Ok(values)
}

fn read_published(row: &Row<'_>) -> Answer<PublishedValue> {
    let reference = ReferenceValue { key: row.get("key")?, unit: read_unit(row)?, value: row.get("value")? };
    Ok(PublishedValue { version: read_count(row, "version")?, reference })
}

pub(super) fn put_building(db: &Connection, building: &Building) -> Answer<()> {
    db.prepare_cached(
        "INSERT INTO building (grid, serial, compound_key, name_key, compound, name)
         VALUES (:grid, :serial, :compound_key, :name_key, :compound, :name)
         ON CONFLICT (grid, compound_key, name_key) DO NOTHING",
    )?
    .execute(named_params! {
        ":grid": building.code.grid().as_str(),
        ":serial": building.code.serial(),
        ":compound_key": building.compound_key,
        ":name_key": building.name_key,
        ":compound": building.compound,
        ":name": building.name,
    })?;
    Ok(())
}

/// Every building, or none: an import that missed one would give out another code for it.
pub(super) fn list_buildings(db: &Connection) -> Answer<Vec<Building>> {
    let mut select = db.prepare_cached(
        "SELECT grid, serial, compound_key, name_key, compound, name FROM building ORDER BY grid, serial",
    )?;
    let mut rows = select.query([])?;
    let mut buildings = Vec::new();
    while let Some(row) = rows.next()? {
        let grid: GridCode = read_parsed(row, "grid")?;
        buildings.push(Building {
            code: grid.building(row.get("serial")?).ok_or_else(|| out_of_form("serial"))?,
            compound_key: row.get("compound_key")?,
            name_key: row.get("name_key")?,
            compound: row.get("compound")?,
            name: row.get("name")?,
        });
    }
    Ok(buildings)
}

pub(super) fn put_roster_base(db: &Connection, base: &RosterBase) -> Answer<()> {
    db.prepare_cached(
        "INSERT INTO roster_base (grid, row_key, imported) VALUES (:grid, :row_key, :imported)
         ON CONFLICT (grid, row_key) DO UPDATE SET imported = :imported",
    )?
    .execute(named_params! {
        ":grid": base.grid.as_str(),
        ":row_key": base.row_key,
        ":imported": base.imported,
    })?;
    Ok(())
}

pub(super) fn list_roster_bases(db: &Connection, grids: &BTreeSet<GridCode>) -> Answer<Vec<RosterBase>> {
    let mut select =
        db.prepare_cached("SELECT row_key, imported FROM roster_base WHERE grid = :grid ORDER BY row_key")?;
    let mut bases = Vec::new();
    for grid in grids {
        let mut rows = select.query(named_params! {":grid": grid.as_str()})?;
        while let Some(row) = rows.next()? {
            let (row_key, imported) = (row.get("row_key")?, row.get("imported")?);
            bases.push(RosterBase { grid: grid.clone(), row_key, imported });
        }
    }
    Ok(bases)
}
