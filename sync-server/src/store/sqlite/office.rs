//! What the office side writes: reference data, buildings, the base of the last roster import.

use std::collections::BTreeSet;

use domain::{AreaCode, Collection, GridCode};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use serde::de::IgnoredAny;
use sync::wire::Item;

use super::convert::{out_of_form, read_count, read_parsed, to_column};
use super::damage::DamageLog;
use super::streams::{Counter, read_counter, write_counter};
use crate::store::{Answer, Building, PublishedValue, ReadRows, ReferenceValue, RosterBase};

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

/// Every building that can be read.
pub(super) fn list_buildings(db: &Connection, damage: &DamageLog) -> Answer<ReadRows<Building>> {
    let mut select = db.prepare_cached(
        "SELECT grid, serial, compound_key, name_key, compound, name FROM building ORDER BY grid, serial",
    )?;
    let mut rows = select.query([])?;
    let mut buildings = ReadRows { rows: Vec::new(), unreadable: 0 };
    while let Some(row) = rows.next()? {
        match damage.pass_over("building", || name_building(row), read_building(row))? {
            Some(building) => buildings.rows.push(building),
            None => buildings.unreadable += 1,
        }
    }
    Ok(buildings)
}

fn read_building(row: &Row<'_>) -> Answer<Building> {
    let grid: GridCode = read_parsed(row, "grid")?;
    // Names that are no text take nobody's code: it is given out.
    let text = |column: &str| -> Answer<String> {
        let bytes = row.get_ref(column)?.as_bytes().map_err(|_| out_of_form(column))?;
        Ok(String::from_utf8_lossy(bytes).into_owned())
    };
    Ok(Building {
        code: grid.building(row.get("serial")?).ok_or_else(|| out_of_form("serial"))?,
        compound_key: text("compound_key")?,
        name_key: text("name_key")?,
        compound: text("compound")?,
        name: text("name")?,
    })
}

fn name_building(row: &Row<'_>) -> String {
    let grid: String = row.get("grid").unwrap_or_else(|_| "grid".to_owned());
    let serial: String = row.get::<_, i64>("serial").map_or_else(|_| "serial".to_owned(), |serial| serial.to_string());
    format!("{grid}/{serial}")
}

/// Every grid that a document or a building names: each is found by one step in the index.
pub(super) fn list_grids(db: &Connection, damage: &DamageLog) -> Answer<BTreeSet<GridCode>> {
    let mut grids = BTreeSet::new();
    for table in ["document", "building"] {
        let sql = format!("SELECT MIN(grid) AS grid FROM {table} WHERE grid > :after");
        let mut select = db.prepare_cached(&sql)?;
        let mut after = String::new();
        while let Some(found) =
            select.query_row(named_params! {":after": after}, |row| row.get::<_, Option<String>>("grid"))?
        {
            let parsed = found.parse().map_err(|_| out_of_form("grid"));
            grids.extend(damage.pass_over(table, || "grid".to_owned(), parsed)?);
            after = found;
        }
    }
    Ok(grids)
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

/// What a row says; `None`: there is none.
pub(super) fn find_roster_base(db: &Connection, grid: &GridCode, row_key: &str) -> Answer<Option<String>> {
    let mut select = db.prepare_cached("SELECT imported FROM roster_base WHERE grid = :grid AND row_key = :row_key")?;
    let values = named_params! {":grid": grid.as_str(), ":row_key": row_key};
    Ok(select.query_row(values, |row| row.get("imported")).optional()?)
}

pub(super) fn drop_roster_base(db: &Connection, grid: &GridCode, row_key: &str) -> Answer<()> {
    db.prepare_cached("DELETE FROM roster_base WHERE grid = :grid AND row_key = :row_key")?
        .execute(named_params! {":grid": grid.as_str(), ":row_key": row_key})?;
    Ok(())
}

/// The rows of these communities; one statement for each.
pub(super) fn list_roster_bases(
    db: &Connection,
    communities: &BTreeSet<AreaCode>,
    damage: &DamageLog,
) -> Answer<ReadRows<RosterBase>> {
    let mut select = db.prepare_cached(
        "SELECT grid, row_key, imported FROM roster_base WHERE grid >= :first AND grid < :beyond
         ORDER BY grid, row_key",
    )?;
    let mut bases = ReadRows { rows: Vec::new(), unreadable: 0 };
    for community in communities {
        let (first, beyond) = grids_of(community);
        let mut rows = select.query(named_params! {":first": first, ":beyond": beyond})?;
        while let Some(row) = rows.next()? {
            // The row's key is made of an address: only its grid names it.
            let name = || row.get("grid").unwrap_or_else(|_| "grid".to_owned());
            match damage.pass_over("roster_base", name, read_roster_base(row))? {
                Some(base) => bases.rows.push(base),
                None => bases.unreadable += 1,
            }
        }
    }
    Ok(bases)
}

fn read_roster_base(row: &Row<'_>) -> Answer<RosterBase> {
    Ok(RosterBase { grid: read_parsed(row, "grid")?, row_key: row.get("row_key")?, imported: row.get("imported")? })
}

/// The first grid of a community, and what follows its last: fifteen digits that begin with its twelve.
pub(super) fn grids_of(community: &AreaCode) -> (String, String) {
    // `:` is the character behind the digits.
    (community.as_str().to_owned(), format!("{}:", community.as_str()))
}
