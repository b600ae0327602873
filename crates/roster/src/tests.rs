//! Rosters as offices send them. All people and numbers are invented; area codes begin with 9901.

mod errors;
mod layouts;
mod mishaps;
mod samples;

use jiff::civil::date;
use rust_xlsxwriter::{Format, Workbook, Worksheet};

use super::*;

pub(crate) const TODAY: LocalDate = date(2026, 11, 23);
pub(crate) const GRID: &str = "990102003007031";

/// Reads one file without a given grid.
pub(crate) fn read_one(name: &str, bytes: &[u8]) -> Result<Roster, RosterError> {
    read(&[TableFile { name, bytes }], &ReadOptions { today: TODAY, grid: None })
}

/// Reads a CSV text that must be a roster.
pub(crate) fn read_text(text: &str) -> Roster {
    read_one("台账.csv", text.as_bytes()).expect("a roster")
}

/// Reads a CSV text whose grid is given.
fn read_in_grid(text: &str) -> Roster {
    let options = ReadOptions { today: TODAY, grid: Some(GRID.parse().expect("a grid")) };
    read(&[TableFile { name: "台账.csv", bytes: text.as_bytes() }], &options).expect("a roster")
}

fn count(roster: &Roster, code: FindingCode) -> usize {
    roster.tally().get(&code).copied().unwrap_or(0)
}

fn rows_of(roster: &Roster, code: FindingCode) -> Vec<u32> {
    roster.findings.iter().filter(|finding| finding.code == code).map(|finding| finding.row).collect()
}

fn unplaced(roster: &Roster) -> Vec<u32> {
    roster.unplaced.iter().map(|one| one.source.row).collect()
}

/// `compound|building|unit|room: names`, one per household.
fn doors(roster: &Roster) -> Vec<String> {
    roster
        .households
        .iter()
        .map(|household| {
            let place = &household.place;
            let names: Vec<_> = household.persons.iter().map(|person| person.name.as_str()).collect();
            format!("{}|{}|{}|{}: {}", place.compound, place.building, place.unit, place.room, names.join(","))
        })
        .collect()
}

/// A workbook of one sheet.
fn book(fill: impl FnOnce(&mut Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(workbook.add_worksheet());
    workbook.save_to_buffer().expect("a workbook")
}

fn write_rows(sheet: &mut Worksheet, first: u32, rows: &[&[&str]]) {
    for (row, cells) in (first..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            if !cell.is_empty() {
                sheet.write_string(row, column, *cell).expect("in range");
            }
        }
    }
}

fn merge_down(sheet: &mut Worksheet, column: u16, first: u32, last: u32, text: &str) {
    sheet.merge_range(first, column, last, column, text, &Format::new()).expect("a free range");
}
