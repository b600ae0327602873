//! Lists as files, and what may be said of them after they were read: who lives with whom, whose number is whose, and
//! that every row is accounted for.

use std::collections::BTreeSet;
use std::path::Path;

use domain::LocalDate;
use domain::household::Place;
use domain::text::to_half_width;
use jiff::civil::date;
use roster::{FindingCode, ReadOptions, Roster, RosterError, RosterHousehold, RosterPerson, read};
use rust_xlsxwriter::{Format, Workbook, Worksheet};
use spreadsheet::TableFile;

/// The day on which all lists of these tests are read.
pub(crate) const TODAY: LocalDate = date(2026, 11, 23);
/// The grid of all lists that name only one.
pub(crate) const GRID: &str = "990102003007041";

/// Files of one import, and the grid that was given with them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lists {
    files: Vec<(String, Vec<u8>)>,
    grid: Option<String>,
}

impl Lists {
    /// No file yet.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One more file.
    pub(crate) fn file(mut self, name: &str, bytes: impl Into<Vec<u8>>) -> Self {
        self.files.push((name.to_owned(), bytes.into()));
        self
    }

    /// The grid of rows that name none.
    pub(crate) fn in_grid(mut self, grid: &str) -> Self {
        self.grid = Some(grid.to_owned());
        self
    }

    /// The files of a trial case, by name.
    pub(crate) fn trial(case: &str, names: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/trials").join(case);
        names
            .iter()
            .fold(Self::new(), |lists, name| lists.file(name, std::fs::read(folder.join(name)).expect("a file")))
    }

    /// What the reader makes of them.
    pub(crate) fn read(&self) -> Seen {
        let files: Vec<_> = self.files.iter().map(|(name, bytes)| TableFile { name, bytes }).collect();
        let grid = self.grid.as_deref().map(|grid| grid.parse().expect("a grid"));
        Seen(read(&files, &ReadOptions { today: TODAY, grid }))
    }
}

/// Reads a CSV text whose lines may be indented; rows without a grid belong to [`GRID`].
pub(crate) fn read_text(text: &str) -> Seen {
    Lists::new().file("台账.csv", unindent(text)).in_grid(GRID).read()
}

/// A text without the blanks before its lines.
pub(crate) fn unindent(text: &str) -> String {
    text.lines().map(|line| format!("{}\n", line.trim_start_matches(' '))).collect()
}

/// Reads a workbook; rows without a grid belong to [`GRID`].
pub(crate) fn read_book(fill: impl FnOnce(&mut Workbook)) -> Seen {
    Lists::new().file("台账.xlsx", book(fill)).in_grid(GRID).read()
}

/// A workbook as bytes.
pub(crate) fn book(fill: impl FnOnce(&mut Workbook)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    fill(&mut workbook);
    workbook.save_to_buffer().expect("a workbook")
}

/// Writes rows of text cells, parted by `,`, from a row on (from 1).
pub(crate) fn write_rows(sheet: &mut Worksheet, first: u32, rows: &str) {
    for (row, line) in (first - 1..).zip(rows.lines()) {
        for (column, cell) in (0..).zip(line.trim_start().split(',')) {
            if !cell.is_empty() {
                sheet.write_string(row, column, cell).expect("in range");
            }
        }
    }
}

/// Merges cells over rows (from 1) and columns (from 0), ends included.
pub(crate) fn merge(sheet: &mut Worksheet, rows: (u32, u32), columns: (u16, u16), text: &str) {
    sheet.merge_range(rows.0 - 1, columns.0, rows.1 - 1, columns.1, text, &Format::new()).expect("a free range");
}

/// A valid identity number of a person born in 1950 or later; each serial its own.
pub(crate) fn id_no(serial: u32) -> String {
    let body = format!("990101{}{:02}{:02}{:03}", 1950 + serial % 55, 1 + serial % 12, 1 + serial % 28, serial % 1000);
    let weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.bytes().zip(weights).map(|(digit, weight)| u32::from(digit - b'0') * weight).sum();
    format!("{body}{}", char::from(b"10X98765432"[sum as usize % 11]))
}

/// A phone number; each serial its own.
pub(crate) fn tel(serial: u32) -> String {
    format!("199{serial:08}")
}

/// What was read, or why not.
pub(crate) struct Seen(pub(crate) Result<Roster, RosterError>);

impl Seen {
    /// The roster.
    ///
    /// # Panics
    /// With the sentence of the error, when there is none.
    pub(crate) fn roster(&self) -> &Roster {
        match &self.0 {
            Ok(roster) => roster,
            Err(error) => panic!("the list was refused: {error}"),
        }
    }

    /// The sentence of the error, when the list was refused.
    pub(crate) fn refusal(&self) -> Option<String> {
        self.0.as_ref().err().map(ToString::to_string)
    }

    /// Everything, for the message of a failed test.
    pub(crate) fn describe(&self) -> String {
        let roster = self.roster();
        let mut lines = vec!["homes:".to_owned()];
        lines.extend(roster.households.iter().map(describe_home));
        lines.push("unplaced:".to_owned());
        lines.extend(roster.unplaced.iter().map(|row| {
            let at = &row.source;
            format!("  {}〔{}〕{} {}: {}", at.file, at.sheet, at.row, row.code, row.text)
        }));
        lines.push("findings:".to_owned());
        lines.extend(roster.findings.iter().map(|finding| {
            format!("  {}〔{}〕{} {}: {}", finding.file, finding.sheet, finding.row, finding.code, finding.text)
        }));
        lines.join("\n")
    }

    /// `compound|building|unit|room: names`, one per home, sorted; widths, Chinese numerals and 栋, 单元, 室 and their like aside.
    pub(crate) fn homes(&self) -> Vec<String> {
        let mut homes: Vec<_> = self.roster().households.iter().map(name_home).collect();
        homes.sort_unstable();
        homes
    }

    /// That these are the homes and their people, and no others.
    #[track_caller]
    pub(crate) fn assert_homes(&self, expected: &[&str]) {
        let mut expected: Vec<_> = expected.iter().map(|home| (*home).to_owned()).collect();
        expected.sort_unstable();
        assert_eq!(self.homes(), expected, "\n{}", self.describe());
    }

    /// How many homes and people there are.
    #[track_caller]
    pub(crate) fn assert_counts(&self, homes: usize, persons: usize) {
        let counts = &self.roster().counts;
        assert_eq!((counts.households, counts.persons), (homes, persons), "\n{}", self.describe());
        assert_eq!(self.roster().households.len(), homes, "the count says what is there");
        assert_eq!(self.people().count(), persons, "the count says who is there");
    }

    /// Everybody, with their home.
    pub(crate) fn people(&self) -> impl Iterator<Item = (&RosterHousehold, &RosterPerson)> {
        let homes = self.roster().households.iter();
        homes.flat_map(|home| home.persons.iter().map(move |person| (home, person))).filter(|(_, who)| !who.repeats)
    }

    /// All homes and entries of a name, blanks aside.
    pub(crate) fn find_all(&self, name: &str) -> Vec<(&RosterHousehold, &RosterPerson)> {
        self.people().filter(|(_, person)| squeeze(&person.name) == name).collect()
    }

    /// The one person of a name.
    #[track_caller]
    pub(crate) fn find(&self, name: &str) -> (&RosterHousehold, &RosterPerson) {
        let all = self.find_all(name);
        assert_eq!(all.len(), 1, "{name} stands once\n{}", self.describe());
        all[0]
    }

    /// That nobody of the first group shares a home with anybody of the second.
    #[track_caller]
    pub(crate) fn assert_apart(&self, some: &[&str], others: &[&str]) {
        for home in &self.roster().households {
            let has =
                |names: &[&str]| home.persons.iter().any(|person| names.contains(&squeeze(&person.name).as_str()));
            assert!(!(has(some) && has(others)), "{some:?} and {others:?} are strangers\n{}", self.describe());
        }
    }

    /// That a person is read once and has this number, or none.
    #[track_caller]
    pub(crate) fn assert_number(&self, name: &str, number: &str) {
        assert_eq!(self.find(name).1.id_no, number, "the number of {name}\n{}", self.describe());
    }

    /// That a person is read once and has these phones.
    #[track_caller]
    pub(crate) fn assert_tels(&self, name: &str, tels: &[&str]) {
        let expected: BTreeSet<_> = tels.iter().map(|tel| (*tel).to_owned()).collect();
        assert_eq!(self.find(name).1.tels, expected, "the phones of {name}\n{}", self.describe());
    }

    /// That no number has changed its bearer: whoever of these is read has this number or none.
    #[track_caller]
    pub(crate) fn assert_no_number_moved(&self, truth: &[(&str, &str)]) {
        for (_, person) in self.people().filter(|(_, person)| !person.id_no.is_empty()) {
            let bearer = truth.iter().find(|(_, number)| *number == person.id_no);
            let Some((name, _)) = bearer else { continue };
            assert_eq!(&squeeze(&person.name), name, "the bearer of a number\n{}", self.describe());
        }
    }

    /// Whether a finding or an unplaced row names the row.
    pub(crate) fn is_told(&self, row: u32) -> bool {
        let roster = self.roster();
        roster.findings.iter().any(|finding| finding.row == row)
            || roster.unplaced.iter().any(|unplaced| unplaced.source.row == row)
    }

    /// That the rows are named by a finding or unplaced.
    #[track_caller]
    pub(crate) fn assert_told(&self, rows: &[u32]) {
        for row in rows {
            assert!(self.is_told(*row), "row {row} is told\n{}", self.describe());
        }
    }

    /// That these rows are unplaced, and no others.
    #[track_caller]
    pub(crate) fn assert_unplaced(&self, rows: &[u32]) {
        let unplaced: Vec<_> = self.roster().unplaced.iter().map(|unplaced| unplaced.source.row).collect();
        assert_eq!(unplaced, rows, "the unplaced rows\n{}", self.describe());
    }

    /// That every one of these rows is in a home, unplaced, or named by a finding. Headers and section rows need not be.
    #[track_caller]
    pub(crate) fn assert_accounted(&self, rows: impl IntoIterator<Item = u32>) {
        let homes = &self.roster().households;
        let read: BTreeSet<_> = homes
            .iter()
            .flat_map(|home| home.persons.iter().map(|person| person.source.row).chain([home.source.row]))
            .collect();
        for row in rows {
            assert!(read.contains(&row) || self.is_told(row), "row {row} is accounted for\n{}", self.describe());
        }
    }

    /// How many findings of a kind there are.
    pub(crate) fn count(&self, code: FindingCode) -> usize {
        self.roster().tally().get(&code).copied().unwrap_or(0)
    }
}

/// A name without its blanks.
pub(crate) fn squeeze(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `compound|building|unit|room`; widths, Chinese numerals and 栋, 单元, 室 and their like aside.
pub(crate) fn name_door(place: &Place) -> String {
    let parts = [&place.building, &place.unit, &place.room].map(|part| plain(part));
    format!("{}|{}", squeeze(&place.compound), parts.join("|"))
}

fn name_home(home: &RosterHousehold) -> String {
    let names: Vec<_> =
        home.persons.iter().filter(|person| !person.repeats).map(|person| squeeze(&person.name)).collect();
    format!("{}: {}", name_door(&home.place), names.join(","))
}

/// `一单元` → `1`, `３栋` → `3`, `301室` → `301`.
pub(crate) fn plain(part: &str) -> String {
    let mut text = squeeze(&to_half_width(part));
    for ending in ["号楼", "单元", "栋", "幢", "座", "楼", "#", "室", "号", "户", "房"] {
        if let Some(stem) = text.strip_suffix(ending) {
            text = stem.to_owned();
            break;
        }
    }
    match text.as_str() {
        "一" => "1".to_owned(),
        "二" => "2".to_owned(),
        "三" => "3".to_owned(),
        _ => text,
    }
}

fn describe_home(home: &RosterHousehold) -> String {
    let people: Vec<_> = home
        .persons
        .iter()
        .map(|person| {
            let tels: Vec<_> = person.tels.iter().map(String::as_str).collect();
            let mut text = format!("{}({}", person.name, person.source.row);
            for part in [person.id_no.as_str(), &tels.join("/"), &person.remark] {
                if !part.is_empty() {
                    text = format!("{text} {part}");
                }
            }
            let state = person.residence.map(|state| format!(" {state:?}")).unwrap_or_default();
            format!("{text}{state}{})", if person.repeats { " repeats" } else { "" })
        })
        .collect();
    let place = &home.place;
    let door = format!("{}|{}|{}|{}", place.compound, place.building, place.unit, place.room);
    format!("  {} {door} {:?}: {}", home.grid, home.house_status, people.join(" "))
}
