//! XLSX, read part by part: workbook, strings, styles, then sheet after sheet as a stream.
//!
//! Why not through calamine, which reads the other workbooks. It gives values; an office means what it sees: rows that
//! are not filtered out, formats that show `0101` for 101, cells that are struck out, formulas without a result.
//!
//! Flow: [`parts`](parts) opens the zip within limits → workbook and relations name the sheets → [`strings`](strings) and
//! [`styles`](styles) → [`cells`](cells) for each sheet.
//!
//! Decisions
//! - A text of which a part is struck out shows what is left; all of it is in `stored`, and the cell says so.
//! - A formula whose result the file does not hold (files written by programs that compute nothing) is an error cell.
//! - A very hidden sheet is hidden.
//!
//! Failure. A part that is missing, cut off or too large fails the file as a whole: half a list looks like a whole one.
//!
//! Missing: strike-out by a conditional format, white text, and rows that only a saved filter hides without a mark.

mod cells;
mod parts;
mod strings;
mod styles;
#[cfg(test)]
pub(crate) mod tests;

use std::collections::BTreeMap;
use std::io::BufRead;

use crate::Sheet;
use crate::gather::Budget;
use crate::open::Unread;
use crate::xml::{Token, XmlPull};
pub(crate) use cells::NO_RESULT;
pub(crate) use parts::Parts;

/// More sheets than a workbook of lists has.
const SHEET_LIMIT: usize = 2_000;

struct Workbook {
    sheets: Vec<SheetEntry>,
    is_1904: bool,
}

struct SheetEntry {
    name: String,
    hidden: bool,
    relation: String,
}

/// A relation of a part: what kind of part it leads to, and where that is.
struct Relation {
    kind: String,
    target: String,
}

/// Reads all sheets of cells.
pub(crate) fn read(parts: &mut Parts<'_>) -> Result<Vec<Sheet>, Unread> {
    let root = relations(parts, "", "_rels/.rels")?;
    let book = root
        .values()
        .find(|relation| relation.kind == "officeDocument")
        .map_or_else(|| "xl/workbook.xml".to_owned(), |relation| relation.target.clone());
    let (folder, file) = book.rsplit_once('/').unwrap_or(("", &book));
    let links = relations(parts, folder, &format!("{folder}/_rels/{file}.rels"))?;
    let workbook = match parts.open(&book)? {
        Some(part) => read_workbook(part)?,
        None => return Err(Unread::Damaged("缺少工作簿内容".to_owned())),
    };
    let target = |kind: &str| links.values().find(|link| link.kind == kind).map(|link| link.target.clone());
    let mut budget = Budget::default();
    let strings = match target("sharedStrings").map(|at| parts.open(&at)).transpose()?.flatten() {
        Some(part) => strings::read(part, &mut budget)?,
        None => Vec::new(),
    };
    let styles = match target("styles").map(|at| parts.open(&at)).transpose()?.flatten() {
        Some(part) => styles::read(part)?,
        None => Vec::new(),
    };
    let mut reader = cells::Reader { strings: &strings, styles: &styles, is_1904: workbook.is_1904, budget };
    let mut sheets = Vec::new();
    let has_sheets = !workbook.sheets.is_empty();
    for entry in workbook.sheets {
        let link = links.get(&entry.relation);
        // Sheets of charts, macros and dialogs hold no cells.
        if link.is_some_and(|link| link.kind != "worksheet") {
            continue;
        }
        let Some(part) = link.map(|link| parts.open(&link.target)).transpose()?.flatten() else {
            return Err(Unread::Damaged(format!("缺少工作表“{}”的内容", entry.name)));
        };
        sheets.push(reader.read(part)?.finish(entry.name, entry.hidden));
    }
    if sheets.is_empty() && has_sheets {
        return Err(Unread::NoTable("里面只有图表，没有表格；请导出或打开含有名单的表格文件"));
    }
    Ok(sheets)
}

fn read_workbook(part: impl BufRead) -> Result<Workbook, Unread> {
    let mut xml = XmlPull::new(part);
    let mut workbook = Workbook { sheets: Vec::new(), is_1904: false };
    while let Some(token) = xml.next()? {
        let Token::Start(tag) = token else { continue };
        match tag.name() {
            "workbookPr" => workbook.is_1904 = tag.says_yes("date1904"),
            "sheet" => workbook.sheets.push(SheetEntry {
                name: tag.get("name").unwrap_or_default().into_owned(),
                hidden: tag.get("state").is_some_and(|state| state != "visible"),
                relation: tag.get("id").unwrap_or_default().into_owned(),
            }),
            _ => {}
        }
        if workbook.sheets.len() > SHEET_LIMIT {
            return Err(Unread::TooLarge("超过 2000 张工作表"));
        }
    }
    Ok(workbook)
}

/// The relations of a part by their ids; none if the part has no file of relations.
fn relations(parts: &mut Parts<'_>, folder: &str, file: &str) -> Result<BTreeMap<String, Relation>, Unread> {
    let mut found = BTreeMap::new();
    let Some(part) = parts.open(file.trim_start_matches('/'))? else { return Ok(found) };
    let mut xml = XmlPull::new(part);
    while let Some(token) = xml.next()? {
        let Token::Start(tag) = token else { continue };
        if tag.name() != "Relationship" || tag.get("TargetMode").is_some_and(|mode| mode == "External") {
            continue;
        }
        let kind = tag.get("Type").unwrap_or_default();
        let relation = Relation {
            kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
            target: resolve(folder, &tag.get("Target").unwrap_or_default()),
        };
        found.insert(tag.get("Id").unwrap_or_default().into_owned(), relation);
    }
    Ok(found)
}

/// A target as seen from the folder of the part that names it.
fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut path: Vec<&str> = Vec::new();
    let whole = if target.starts_with('/') { target.clone() } else { format!("{folder}/{target}") };
    for step in whole.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    path.join("/")
}
