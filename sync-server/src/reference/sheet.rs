//! Sheets of reference data: a header row with Chinese titles, below it an entry in each row.
//!
//! As offices keep them: a heading above the header, merged cells (their value holds for every row they span, except
//! the code, which belongs to one entry), full-width digits, numbers where text was meant. What cannot be understood
//! is a problem with its row and column; nothing is left out in silence.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::entries::{EntryForm, RawEntry, Source};
use super::field::{Field, Given};
use super::problem::{At, Problem};
use spreadsheet::formula::unguard_formula;
use spreadsheet::text::tight;
use spreadsheet::{Row, Sheet};

/// Rows in which a header is looked for.
const HEADER_ROWS: usize = 10;
/// Stands for the column of running numbers, which is no field.
const SERIAL: &str = "";

/// The entries of a sheet.
pub(crate) fn read_sheet(mut sheet: Sheet, form: &EntryForm, problems: &mut Vec<Problem>) -> Vec<RawEntry> {
    let Some(header) = find_header(&sheet, form) else {
        let titles: Vec<&str> = form.fields.iter().map(|field| field.title).collect();
        let at = At::Sheet(form.sheet.into());
        problems.push(Problem::new(at, "没有找到表头", format!("一行列名：{}", titles.join("、"))));
        return Vec::new();
    };
    let number = sheet.rows[header].number;
    let columns = Rc::new(read_header(&sheet.rows[header], form, problems));
    let missing = form.fields.iter().filter(|field| field.is_needed && !columns.contains_key(field.name));
    let missing: Vec<&str> = missing.map(|field| field.title).collect();
    if !missing.is_empty() {
        let at = At::Row { sheet: form.sheet.into(), row: number, column: None };
        problems.push(Problem::new(at, format!("表头缺少列：{}", missing.join("、")), ""));
        return Vec::new();
    }
    let id_column = columns.get(form.id).copied();
    sheet.fill_merged(number + 1, |column| Some(column) != id_column);
    let name: Rc<str> = form.sheet.into();
    // A form that is numbered in advance has rows with nothing but a number.
    let serial = columns.get(SERIAL).copied();
    let says_something = |row: &&Row| row.filled().any(|(column, cell)| !cell.copied && Some(column) != serial);
    let rows = sheet.rows.iter().skip(header + 1).filter(says_something);
    rows.map(|row| read_row(row, &name, &columns, problems)).collect()
}

fn read_row(
    row: &Row,
    sheet: &Rc<str>,
    columns: &Rc<BTreeMap<&'static str, usize>>,
    problems: &mut Vec<Problem>,
) -> RawEntry {
    for (column, cell) in row.filled() {
        if !columns.values().any(|known| *known == column) {
            let at = At::Row { sheet: sheet.to_string(), row: row.number, column: Some(column) };
            problems.push(Problem::new(at, format!("这一列没有列名，不知道“{}”是什么", cell.text.trim()), ""));
        }
    }
    let given = columns.iter().filter_map(|(field, column)| {
        let cell = row.cell(*column).filter(|cell| !cell.is_blank())?;
        Some((*field, Given::Cell { text: unguard_formula(&cell.text).to_owned(), is_rounded: cell.rounded }))
    });
    RawEntry {
        given: given.collect(),
        source: Source::Row { sheet: Rc::clone(sheet), row: row.number, columns: Rc::clone(columns) },
    }
}

/// The first row that names at least two columns, or all that are needed.
fn find_header(sheet: &Sheet, form: &EntryForm) -> Option<usize> {
    let known = |row: &Row| row.filled().filter(|(_, cell)| find_field(form, &cell.text).is_some()).count();
    sheet.rows.iter().take(HEADER_ROWS).position(|row| known(row) >= 2)
}

/// Column of each field; titles that say nothing or the same twice are problems.
fn read_header(row: &Row, form: &EntryForm, problems: &mut Vec<Problem>) -> BTreeMap<&'static str, usize> {
    let mut columns = BTreeMap::new();
    for (column, cell) in row.filled() {
        let at = At::Row { sheet: form.sheet.into(), row: row.number, column: Some(column) };
        let title = clean_title(&cell.text);
        match find_field(form, &cell.text) {
            Some(field) if columns.contains_key(field.name) => {
                problems.push(Problem::new(at, format!("“{title}”列重复"), ""));
            }
            Some(field) => {
                columns.insert(field.name, column);
            }
            // A running number says nothing.
            None if matches!(title.as_str(), "序号" | "序") => {
                columns.insert(SERIAL, column);
            }
            None => {
                let titles: Vec<&str> = form.fields.iter().map(|field| field.title).collect();
                problems.push(Problem::new(at, format!("不认识“{title}”列"), titles.join("、")));
            }
        }
    }
    columns
}

fn find_field(form: &EntryForm, title: &str) -> Option<&'static Field> {
    let title = clean_title(title);
    form.fields.iter().find(|field| field.title == title || field.aliases.contains(&title.as_str()))
}

/// A title without blanks, stars, colons and what stands in brackets behind it.
fn clean_title(title: &str) -> String {
    let title = tight(title);
    let title = title.split(['(', '[', '【', '〔']).next().unwrap_or_default();
    title.trim_matches(['*', ':']).to_owned()
}
