//! Rosters: what a community office keeps in Excel, read as homes and people and laid over the ledger.
//!
//! Why. Every office writes its list in its own way, and what is missing on a row may mean "as above" or "not known".
//! Taking one for the other joins homes of strangers. So reading a list is three visible decisions, each with its
//! certainty, and **a home is never joined, a number never moved to another person, a full value never overwritten on a
//! guess** (ADR 0024). The program adapts to the list, never the list to the program.
//!
//! Flow: bytes → `spreadsheet` (sheets of cells) →
//! 1. **structure** (`structure`, `rows`): which rows are headers, sections, sums, data; which table, column and person a
//!    cell belongs to; what names and titles say of the place;
//! 2. **place** (`place`): the door of a row in its one normal form, and what the row may take from around and above;
//!    `people` reads who lives there; `gather` collects rows into homes → [`Roster`];
//! 3. **match** ([`plan`]): homes and people are matched with the ledger by number before spelling; [`diff`] compares what
//!    the list says with what the last one said and what the ledger holds now.
//!
//! What a list has no column for, or leaves blank, it says nothing about: the known value stays (`columns`).
//!
//! Failure. A row whose home is not certain is [`Unplaced`], with its reason; every row is in a home, unplaced, or named
//! by a [`Finding`]. A file that is no roster, or lacks what a household cannot do without, is a [`RosterError`] and
//! nothing is imported. Findings name row and column but never a resident's name or number, so that a report may be
//! passed on.
//!
//! Rejected: a mapping file per office (somebody has to write it, and it rots); guessing a grid from its name (codes
//! come from tables, see `domain::area`).
//!
//! Not done: owners and landlords have no field in the record, so their columns are told and not taken.

mod columns;
pub mod diff;
mod finding;
mod gather;
mod name_key;
mod people;
mod place;
pub mod plan;
mod rows;
mod structure;
mod tables;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use domain::codes::{CareTag, HouseStatus, PopulationType, Relation, Residence, Sex};
use domain::household::Place;
use domain::{GridCode, HouseholdId, LocalDate, MemberId};
use serde::Serialize;
use spreadsheet::{OpenError, Sheet, TableFile};

pub use columns::{Column, Columns};
pub use finding::{Finding, FindingCode};
pub(crate) use name_key::name_key;

/// What the reader has to be told.
#[derive(Debug, Clone)]
pub struct ReadOptions {
    /// The date against which births are checked.
    pub today: LocalDate,
    /// The grid of rows that name none (`--grid`).
    pub grid: Option<GridCode>,
}

/// Where something stands: file, sheet and 1-based row as the spreadsheet program shows it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowRef {
    /// File name.
    pub file: String,
    /// Sheet name; empty for CSV.
    pub sheet: String,
    /// Row, from 1.
    pub row: u32,
}

/// One dwelling of a roster.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterHousehold {
    /// The record that the list names by its id (住户标识 of our own export).
    pub id: Option<HouseholdId>,
    /// Its grid.
    pub grid: GridCode,
    /// Where the door is, as the office writes it, in plain (half-width) characters.
    pub place: Place,
    /// How it is used.
    pub house_status: Option<HouseStatus>,
    /// Name of the head, as far as the roster says; not necessarily one of `persons`.
    pub head_name: String,
    /// Remark on the dwelling.
    pub note: String,
    /// Who lives here, in the roster's order. Empty: nobody is listed (a vacant dwelling).
    pub persons: Vec<RosterPerson>,
    /// What the lists that mention this household have columns for.
    pub columns: Columns,
    /// The first row of this household.
    pub source: RowRef,
}

/// One person of a roster.
#[derive(Debug, Clone, PartialEq)]
pub struct RosterPerson {
    /// The person that the list names by id (人员标识 of our own export).
    pub id: Option<MemberId>,
    /// Name without surrounding blanks.
    pub name: String,
    /// Relation to the head.
    pub relation: Option<Relation>,
    /// Sex, from its column or else from a valid identity number.
    pub sex: Option<Sex>,
    /// Identity number in capital letters, kept also when its check digit is wrong; empty when there is none.
    pub id_no: String,
    /// The number as it stands where digits are hidden (`990101********0016`): no value, but it may fit a known one.
    pub masked_id: String,
    /// Phone numbers, digits only.
    pub tels: BTreeSet<String>,
    /// Whether they live here, as a state column or a mark on the name says.
    pub residence: Option<Residence>,
    /// Population type.
    pub population_type: Option<PopulationType>,
    /// Care tags.
    pub care_tags: BTreeSet<CareTag>,
    /// `YYYY-MM`, from its column or else from a valid identity number; empty when unknown.
    pub birth_month: String,
    /// Work or school.
    pub work_or_school: String,
    /// What has no field of its own, in the office's words.
    pub remark: String,
    /// What the lists that mention this person have columns for.
    pub columns: Columns,
    /// The row that lists this person.
    pub source: RowRef,
    /// The same person (name and identity number) stands in this household already: the row is reported, its extra
    /// values were added to the first one, and it makes no second record.
    pub repeats: bool,
}

/// A row that names somebody or some dwelling and whose home is not certain. It makes no record; it is counted and
/// worked off later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Unplaced {
    /// The row.
    #[serde(flatten)]
    pub source: RowRef,
    /// Why, as a code; a finding of the same row and code says it as well.
    pub code: FindingCode,
    /// Why, for the person at the office.
    pub text: String,
    /// How many people the row names.
    pub persons: usize,
}

/// How much a roster holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Grids, in code order.
    pub grids: BTreeSet<GridCode>,
    /// Dwellings.
    pub households: usize,
    /// Persons; one that repeats a row of the same household is not counted again.
    pub persons: usize,
    /// Dwellings without a person.
    pub vacant: usize,
}

/// All that was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Roster {
    /// Dwellings in order of first appearance.
    pub households: Vec<RosterHousehold>,
    /// Rows whose home is not certain, in order of file, sheet and row.
    pub unplaced: Vec<Unplaced>,
    /// Everything odd, in order of file, sheet and row.
    pub findings: Vec<Finding>,
    /// Totals.
    pub counts: Counts,
}

/// Why nothing can be imported. The texts are for the person at the office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// No file was given.
    #[error("没有给出任何文件")]
    NoFile,
    /// A file cannot be read.
    #[error(transparent)]
    File(#[from] OpenError),
    /// Nothing stands below the headers.
    #[error("{file}：表头下面没有内容")]
    Empty {
        /// The file.
        file: String,
    },
    /// No row looks like the header of a roster.
    #[error("{file}：没有找到表头，看起来不是人口或住户台账（至少要有“姓名”和“房号”或“地址”两类列）")]
    NotARoster {
        /// The file.
        file: String,
    },
    /// Headers were found, but a column that every household needs is not among them.
    #[error("{file}{}：缺少{}列", sheet_suffix(.sheet), .missing.join("、"))]
    MissingColumns {
        /// The file.
        file: String,
        /// The sheet; empty for CSV.
        sheet: String,
        /// Names of what is missing, in the office's words.
        missing: Vec<&'static str>,
    },
    /// No row says its grid, and no grid was given.
    #[error(
        "{file}{} 第{row}行：没有网格编码（15 位数字）。请加一列“网格编码”，或导入时用 --grid 指定网格",
        sheet_suffix(.sheet)
    )]
    GridMissing {
        /// The file.
        file: String,
        /// The sheet; empty for CSV.
        sheet: String,
        /// The first row without a grid.
        row: u32,
    },
}

fn sheet_suffix(sheet: &str) -> String {
    if sheet.is_empty() { String::new() } else { format!("〔{sheet}〕") }
}

/// Reads rosters that belong together: a household that stands in two files is one household.
///
/// # Errors
/// When any of the files cannot be read as a roster; see [`RosterError`].
pub fn read(files: &[TableFile<'_>], options: &ReadOptions) -> Result<Roster, RosterError> {
    if files.is_empty() {
        return Err(RosterError::NoFile);
    }
    let opened =
        files.iter().map(|file| Ok((file.name, spreadsheet::open(file)?))).collect::<Result<Vec<_>, OpenError>>()?;
    read_opened(opened.iter().map(|(name, sheets)| (*name, sheets.as_slice())), options)
}

/// As [`read`], of files that are open already: their names and sheets.
///
/// # Errors
/// When any of them is no roster.
pub fn read_opened<'s>(
    files: impl IntoIterator<Item = (&'s str, &'s [Sheet])>,
    options: &ReadOptions,
) -> Result<Roster, RosterError> {
    let mut reading = gather::Reading::new(options);
    for (name, sheets) in files {
        rows::read_file(&mut reading, name, sheets)?;
    }
    reading.finish().map_err(|RowRef { file, sheet, row }| RosterError::GridMissing { file, sheet, row })
}

impl Roster {
    /// How many findings there are of each code.
    #[must_use]
    pub fn tally(&self) -> BTreeMap<FindingCode, usize> {
        let mut tally = BTreeMap::new();
        for finding in &self.findings {
            *tally.entry(finding.code).or_default() += 1;
        }
        tally
    }
}
