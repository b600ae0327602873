//! Files of reference data: JSON, or a spreadsheet with a sheet for each list.

use std::collections::{BTreeMap, BTreeSet};

use domain::LocalDate;
use domain::calendar::OfficeHours;
use domain::deadline::{CALENDARS, OFFICE_HOURS};
use serde_json::Value;

use super::entries::Published;
use super::kinds::{KINDS, KeyPattern, ReferenceKind, Shape, find_kind, known_keys};
use super::problem::{At, Problem};
use super::workbook::GUIDE_SHEET;
use super::{json, sheet, time};
use spreadsheet::text::tight;
use spreadsheet::{OpenError, TableFile};

/// Most bytes of one value: a phone pulls it in one piece, on whatever network there is.
const VALUE_LIMIT_BYTES: usize = 1024 * 1024;

/// What holds now, by key, published or built in, and the day.
#[derive(Debug, Clone)]
pub(crate) struct Present {
    /// Values by key.
    pub(crate) values: BTreeMap<String, Value>,
    /// The day of publishing.
    pub(crate) today: LocalDate,
}

/// Why a file is not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FileError {
    /// No spreadsheet that can be opened.
    #[error(transparent)]
    Unreadable(#[from] OpenError),
    /// Something is wrong in it.
    #[error("{0:?}")]
    Refused(Vec<Problem>),
}

/// The values of a file as they are to be published, all of them or none.
pub(crate) fn read_file(file: &TableFile<'_>, present: &Present) -> Result<BTreeMap<String, Value>, FileError> {
    let is_json = file.name.to_ascii_lowercase().ends_with(".json")
        || matches!(file.bytes.trim_ascii_start().first(), Some(b'{' | b'['));
    let mut problems = Vec::new();
    let values = if is_json {
        read_values(file.bytes, present, &mut problems)
    } else {
        read_sheets(file, present, &mut problems)?
    };
    for (key, value) in &values {
        let size = value.to_string().len();
        if size > VALUE_LIMIT_BYTES {
            let wrong = format!("内容太多（{} KB），手机在弱网下取不动", size / 1024);
            let expected = format!("最多 {} KB；请删减条目或缩短指南", VALUE_LIMIT_BYTES / 1024);
            problems.push(Problem::new(At::Key(key.clone()), wrong, expected));
        }
    }
    if problems.is_empty() { Ok(values) } else { Err(FileError::Refused(problems)) }
}

fn read_values(bytes: &[u8], present: &Present, problems: &mut Vec<Problem>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    let listed = json::read_json(bytes).unwrap_or_else(|problem| {
        problems.push(problem);
        Vec::new()
    });
    let hours = find_hours(&listed, present);
    for (key, value) in listed {
        let read = match find_kind(&key).map(|kind| &kind.shape) {
            None => {
                problems.push(Problem::new(At::Key(key.clone()), "不是可以发布的键", known_keys()));
                None
            }
            Some(Shape::Entries(form)) => {
                let raw = form.list_raw(&key, &value, problems);
                form.read(raw, &published(present, &key), problems)
            }
            Some(Shape::Whole(read)) => read(&key, &value, &hours)
                .map_err(|mistakes| {
                    problems.extend(mistakes.into_iter().map(|wrong| Problem::new(At::Key(key.clone()), wrong, "")));
                })
                .ok(),
        };
        values.extend(read.map(|read| (key, read)));
    }
    values
}

fn read_sheets(
    file: &TableFile<'_>,
    present: &Present,
    problems: &mut Vec<Problem>,
) -> Result<BTreeMap<String, Value>, OpenError> {
    let (mut values, mut seen) = (BTreeMap::new(), BTreeSet::new());
    for mut found in spreadsheet::open(file)?.into_iter().filter(|sheet| !sheet.rows.is_empty()) {
        if found.name.is_empty() {
            // A CSV file is one sheet, named like the file.
            found.name = file.name.rsplit_once('.').map_or(file.name, |(stem, _)| stem).to_owned();
        }
        let name = tight(&found.name);
        if let Some(year) = name.strip_prefix(time::CALENDAR_SHEET) {
            let at = |wrong| Problem::new(At::Sheet(name.clone()), wrong, "");
            let year = match time::read_year(year) {
                Ok(year) => year,
                Err(wrong) => {
                    problems.push(at(wrong));
                    continue;
                }
            };
            let key = format!("{CALENDARS}{year}");
            if !seen.insert(key.clone()) {
                problems.push(at(format!("{year} 年的工作日历有两张")));
                continue;
            }
            let raw = sheet::read_sheet(found, &time::CALENDAR, problems);
            let Some(days) = time::CALENDAR.read(raw, &published(present, &key), problems) else { continue };
            match time::make_calendar(year, &days, file.name, present.values.get(&key)) {
                Ok(value) => _ = values.insert(key, value),
                Err(wrong) => problems.extend(wrong.into_iter().map(at)),
            }
            continue;
        }
        let kind = KINDS.iter().find_map(|kind| Some((kind, kind.entries().filter(|form| form.sheet == name)?)));
        match kind {
            Some((_, form)) if !seen.insert(form.sheet.to_owned()) => {
                problems.push(Problem::new(At::Sheet(found.name), "这张工作表有两张", ""));
            }
            Some((ReferenceKind { key: KeyPattern::Exact(key), .. }, form)) => {
                let raw = sheet::read_sheet(found, form, problems);
                if let Some(value) = form.read(raw, &published(present, key), problems) {
                    values.insert((*key).to_owned(), value);
                }
            }
            _ if name == GUIDE_SHEET || found.hidden => {}
            _ => problems.push(Problem::new(At::Sheet(found.name), "不认识这张工作表", known_sheets())),
        }
    }
    if values.is_empty() && problems.is_empty() {
        problems.push(Problem::new(At::File, "里面没有可以发布的工作表", known_sheets()));
    }
    Ok(values)
}

/// The office hours that hold once the file is published: its own, or those of now.
fn find_hours(listed: &[(String, Value)], present: &Present) -> OfficeHours {
    let own = listed.iter().find(|(key, _)| key == OFFICE_HOURS).map(|(_, value)| value);
    let read = |value: &Value| serde_json::from_value(value.clone()).ok();
    own.and_then(read).or_else(|| present.values.get(OFFICE_HOURS).and_then(read)).unwrap_or_default()
}

fn known_sheets() -> String {
    let sheets: Vec<&str> = KINDS.iter().filter_map(ReferenceKind::entries).map(|form| form.sheet).collect();
    format!("{}、{}2027（后面写年份）", sheets.join("、"), time::CALENDAR_SHEET)
}

fn published<'a>(present: &'a Present, key: &str) -> Published<'a> {
    Published { value: present.values.get(key), today: present.today }
}
