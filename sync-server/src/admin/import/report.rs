//! The report as a workbook: the office's own rows that need a look, as they are, with one more column that says why.
//!
//! Why: whoever keeps the list corrects it there and imports the same file again; a list of row numbers beside the list
//! is worked off by nobody. Flow: findings and unplaced rows by file, sheet and row → for each sheet one of the same
//! name, with its header and those rows, every cell a text as it was shown → the column 原因, which an import passes over;
//! a sheet 汇总 with counts, and what concerns no single row.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};
use spreadsheet::{Row, Sheet};

use super::{ImportOutcome, Sources};
use crate::files::write_private;

/// Title of the column with the reasons; a list with it is read as if it were not there.
const REASON: &str = "原因";
/// Name of the sheet with the counts.
const SUMMARY: &str = "汇总";
/// Most characters of a sheet's name.
const NAME_LIMIT: usize = 31;
/// Most characters of a cell.
const CELL_LIMIT: usize = 32_767;
/// How far below the top a header is looked for.
const HEADER_ROWS: u32 = 30;

/// Why the report cannot be written. The import stands as it is.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// The writer refused.
    #[error("工作簿写不出来")]
    Workbook(#[from] XlsxError),
    /// The file cannot be written.
    #[error("{}：无法写入", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The operating system's word.
        #[source]
        source: std::io::Error,
    },
}

/// Reasons by file and sheet, then by row; row 0 concerns none.
type Reasons<'a> = BTreeMap<(&'a str, &'a str), BTreeMap<u32, Vec<&'a str>>>;

/// Writes the workbook.
///
/// # Errors
/// When the writer refuses or the file cannot be written.
pub fn write_report(outcome: &ImportOutcome, sources: &Sources, path: &Path) -> Result<(), ReportError> {
    let bytes = make_report(outcome, sources)?;
    write_private(path, &bytes).map_err(|source| ReportError::Io { path: path.to_owned(), source })
}

fn make_report(outcome: &ImportOutcome, sources: &Sources) -> Result<Vec<u8>, XlsxError> {
    let reasons = gather_reasons(outcome);
    let homes = gather_homes(outcome);
    let mut workbook = Workbook::new();
    let mut names = BTreeSet::from([SUMMARY.to_owned()]);
    for file in &sources.files {
        for sheet in &file.sheets {
            let Some(rows) = reasons.get(&(file.name.as_str(), sheet.name.as_str())) else { continue };
            if rows.keys().all(|row| *row == 0) {
                continue;
            }
            let name = name_sheet(&file.name, &sheet.name, &mut names);
            let homes = homes.get(&(file.name.as_str(), sheet.name.as_str())).map(Vec::as_slice).unwrap_or_default();
            write_rows(workbook.add_worksheet().set_name(name)?, sheet, rows, homes)?;
        }
    }
    write_summary(workbook.add_worksheet().set_name(SUMMARY)?, outcome)?;
    workbook.save_to_buffer()
}

fn gather_reasons(outcome: &ImportOutcome) -> Reasons<'_> {
    let findings = outcome.findings.iter().map(|one| (&one.file, &one.sheet, one.row, &one.text));
    let unplaced = outcome.unplaced.iter().map(|one| (&one.source.file, &one.source.sheet, one.source.row, &one.text));
    let mut reasons: Reasons<'_> = BTreeMap::new();
    for (file, sheet, row, text) in findings.chain(unplaced) {
        let said = reasons.entry((file, sheet)).or_default().entry(row).or_default();
        if !said.contains(&text.as_str()) {
            said.push(text);
        }
    }
    reasons
}

/// The rows of each home, by file and sheet.
fn gather_homes(outcome: &ImportOutcome) -> BTreeMap<(&str, &str), Vec<BTreeSet<u32>>> {
    let mut homes: BTreeMap<(&str, &str), Vec<BTreeSet<u32>>> = BTreeMap::new();
    for household in &outcome.roster.households {
        let mut rows: BTreeMap<(&str, &str), BTreeSet<u32>> = BTreeMap::new();
        let sources = household.persons.iter().map(|person| &person.source).chain([&household.source]);
        for source in sources {
            rows.entry((&source.file, &source.sheet)).or_default().insert(source.row);
        }
        for (place, rows) in rows {
            homes.entry(place).or_default().push(rows);
        }
    }
    homes
}

/// A name that Excel takes and no other sheet has: the sheet's own, or the file's; with a number where it is taken.
fn name_sheet(file: &str, sheet: &str, taken: &mut BTreeSet<String>) -> String {
    let stem = file.rsplit('/').next().unwrap_or(file);
    let stem = stem.rsplit_once('.').map_or(stem, |(stem, _)| stem);
    let wanted = if sheet.is_empty() { stem } else { sheet };
    let plain: String =
        wanted.chars().filter(|c| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'')).collect();
    let plain = if plain.trim().is_empty() { "名单".to_owned() } else { plain };
    for number in 1.. {
        let ending = if number == 1 { String::new() } else { format!("（{number}）") };
        let room = NAME_LIMIT - ending.chars().count();
        let name = plain.chars().take(room).collect::<String>() + &ending;
        // Excel does not tell capital letters from small ones.
        if taken.insert(name.to_lowercase()) {
            return name;
        }
    }
    plain
}

/// The header of a sheet and everything above it, then the rows that need a look, with the other rows of their homes: a
/// row that leaves its door to the row above it means nothing alone.
fn write_rows(
    out: &mut Worksheet,
    sheet: &Sheet,
    reasons: &BTreeMap<u32, Vec<&str>>,
    homes: &[BTreeSet<u32>],
) -> Result<(), XlsxError> {
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let header = find_header(sheet, reasons);
    let wanted = choose_rows(sheet, reasons, homes, header);
    let chosen: Vec<&Row> = sheet.rows.iter().filter(|row| wanted.contains(&row.number)).collect();
    // A column of reasons from the last time is replaced.
    let titles = chosen.iter().find(|row| header == Some(row.number));
    let former = titles.and_then(|row| row.filled().find(|(_, cell)| cell.text.trim() == REASON)).map(|(at, _)| at);
    let width = chosen.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let reason_column = to_column(former.unwrap_or(width));
    for (at, row) in (0_u32..).zip(&chosen) {
        let is_header = header == Some(row.number);
        let format = if is_header { &bold } else { &text };
        for (column, cell) in row.cells.iter().enumerate().filter(|(column, _)| Some(*column) != former) {
            if !cell.text.is_empty() {
                out.write_string_with_format(at, to_column(column), cut(&cell.text), format)?;
            }
        }
        let said = match reasons.get(&row.number) {
            _ if is_header => REASON.to_owned(),
            Some(said) if header.is_none_or(|header| row.number > header) => said.join("；"),
            _ => continue,
        };
        out.write_string_with_format(at, reason_column, cut(&said), format)?;
    }
    keep_merges(out, sheet, &chosen, header, &text)?;
    if let Some(rows) = header.and_then(|header| chosen.iter().position(|row| row.number == header)) {
        out.set_freeze_panes(u32::try_from(rows + 1).unwrap_or(1), 0)?;
    }
    out.set_column_width(reason_column, 60)?;
    Ok(())
}

fn to_column(column: usize) -> u16 {
    u16::try_from(column).unwrap_or(u16::MAX)
}

/// The rows of the sheet that are taken over.
fn choose_rows(
    sheet: &Sheet,
    reasons: &BTreeMap<u32, Vec<&str>>,
    homes: &[BTreeSet<u32>],
    header: Option<u32>,
) -> BTreeSet<u32> {
    let mut wanted: BTreeSet<u32> = reasons.keys().copied().filter(|row| *row > 0).collect();
    for home in homes.iter().filter(|home| home.iter().any(|row| reasons.contains_key(row))) {
        wanted.extend(home);
    }
    for merge in sheet.merges.iter().filter(|merge| merge.bottom > merge.top) {
        if wanted.range(merge.top..=merge.bottom).next().is_some() {
            wanted.extend(merge.top..=merge.bottom);
        }
    }
    wanted.extend(header.into_iter().flat_map(|header| 1..=header));
    wanted
}

/// Cells that are merged over several rows stay merged: what they say holds for all of these.
fn keep_merges(
    out: &mut Worksheet,
    sheet: &Sheet,
    chosen: &[&Row],
    header: Option<u32>,
    format: &Format,
) -> Result<(), XlsxError> {
    let places: BTreeMap<u32, u32> = chosen.iter().map(|row| row.number).zip(0_u32..).collect();
    for merge in &sheet.merges {
        let is_below = header.is_none_or(|header| merge.top > header);
        let rows: Vec<u32> = places.range(merge.top..=merge.bottom).map(|(_, at)| *at).collect();
        let (Some(first), Some(last)) = (rows.first(), rows.last()) else { continue };
        let is_whole = places.contains_key(&merge.top) && last > first;
        if !is_below || !is_whole {
            continue;
        }
        let top = chosen.get(usize::try_from(*first).unwrap_or(0)).and_then(|row| row.cell(merge.left));
        let value = top.map(|cell| cut(&cell.text)).unwrap_or_default();
        let merged = out.merge_range(*first, to_column(merge.left), *last, to_column(merge.right), value, format);
        // Ranges of a damaged file that lie over each other: the first of them stays.
        if !matches!(merged, Err(XlsxError::MergeRangeOverlaps(..))) {
            merged?;
        }
    }
    Ok(())
}

/// The row of the titles: of those near the top, and above the first row that needs a look, the one with most titles.
fn find_header(sheet: &Sheet, reasons: &BTreeMap<u32, Vec<&str>>) -> Option<u32> {
    let titles = |row: &&Row| {
        let known = |text: &str| TITLES.iter().any(|title| text.contains(title));
        row.filled().filter(|(_, cell)| cell.text.chars().count() <= 12 && known(&cell.text)).count()
    };
    let near = sheet.rows.iter().take_while(|row| row.number <= HEADER_ROWS);
    let best = near.map(|row| (titles(&row), row.number)).filter(|(count, _)| *count >= 2);
    let best = best.max_by_key(|(count, number)| (*count, std::cmp::Reverse(*number)));
    best.map(|(_, number)| number).or_else(|| {
        let first = sheet.rows.first()?.number;
        (!reasons.contains_key(&first)).then_some(first)
    })
}

/// Words of which a header of a roster has at least two.
const TITLES: &[&str] = &[
    "姓名",
    "房号",
    "室号",
    "门牌",
    "地址",
    "住址",
    "楼栋",
    "楼号",
    "栋",
    "单元",
    "小区",
    "网格",
    "证件",
    "身份证",
    "电话",
    "手机",
    "关系",
    "性别",
    "出生",
    "户主",
    "成员",
    "备注",
    "房间",
    "楼层",
    "状态",
    "序号",
];

fn write_summary(out: &mut Worksheet, outcome: &ImportOutcome) -> Result<(), XlsxError> {
    let (bold, text) = (Format::new().set_bold(), Format::new().set_num_format("@"));
    let mut at = 0;
    for (column, title) in (0_u16..).zip(["类别代码", "数量", "例（文件、工作表、行）", "说明"]) {
        out.write_string_with_format(at, column, title, &bold)?;
    }
    for (code, findings) in outcome.group_findings() {
        at += 1;
        let first = findings[0];
        out.write_string_with_format(at, 0, code.code(), &text)?;
        out.write_number(at, 1, u32::try_from(findings.len()).unwrap_or(u32::MAX))?;
        out.write_string_with_format(at, 2, show_place(&first.file, &first.sheet, first.row), &text)?;
        out.write_string_with_format(at, 3, cut(&first.text), &text)?;
    }
    at += 1;
    out.write_string_with_format(at, 0, "没有放进任何一户的行", &text)?;
    out.write_number(at, 1, u32::try_from(outcome.unplaced.len()).unwrap_or(u32::MAX))?;
    // What stands in no row of a file is in no other sheet.
    at += 1;
    for finding in outcome.findings.iter().filter(|finding| finding.row == 0) {
        at += 1;
        out.write_string_with_format(at, 0, finding.code.code(), &text)?;
        out.write_string_with_format(at, 2, show_place(&finding.file, &finding.sheet, 0), &text)?;
        out.write_string_with_format(at, 3, cut(&finding.text), &text)?;
    }
    for (column, width) in [(0, 24), (1, 8), (2, 40), (3, 80)] {
        out.set_column_width(column, width)?;
    }
    Ok(())
}

/// Where something stands, as people say it.
#[must_use]
pub fn show_place(file: &str, sheet: &str, row: u32) -> String {
    let sheet = if sheet.is_empty() { String::new() } else { format!("〔{sheet}〕") };
    let row = if row == 0 { String::new() } else { format!(" 第{row}行") };
    format!("{file}{sheet}{row}")
}

fn cut(text: &str) -> &str {
    let end = text.char_indices().nth(CELL_LIMIT).map_or(text.len(), |(at, _)| at);
    &text[..end]
}
