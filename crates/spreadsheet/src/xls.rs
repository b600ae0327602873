//! What calamine does not tell of an old XLS file: hidden rows and columns, number formats and struck-out fonts.
//!
//! Flow: compound file → the stream of the workbook → records of all sheets (MS-XLS 2.4) → a [`SheetLook`] for each.
//! Whatever is odd ends in `None` or in less: the values still come from calamine.
//!
//! Missing: runs that are struck out inside a text.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::format::NumberFormat;

/// How the cells of a sheet look. Rows and columns are counted from 0.
#[derive(Debug, Default)]
pub(crate) struct SheetLook {
    pub(crate) hidden_rows: BTreeSet<u32>,
    pub(crate) hidden_columns: Vec<(u32, u32)>,
    /// Only of cells that do not look as usual.
    styles: BTreeMap<(u32, u32), usize>,
}

/// How the sheets of a workbook look, in the order of the workbook.
#[derive(Debug, Default)]
pub(crate) struct BookLook {
    pub(crate) sheets: Vec<SheetLook>,
    pub(crate) is_1904: bool,
    styles: Vec<Style>,
}

#[derive(Debug, Clone, Default)]
struct Style {
    format: Option<Rc<NumberFormat>>,
    is_struck: bool,
}

impl BookLook {
    /// The number format of a cell, and whether it is struck out.
    pub(crate) fn style(&self, sheet: &SheetLook, row: u32, column: u32) -> (Option<&NumberFormat>, bool) {
        match sheet.styles.get(&(row, column)).and_then(|at| self.styles.get(*at)) {
            Some(style) => (style.format.as_deref(), style.is_struck),
            None => (None, false),
        }
    }
}

/// Reads the look of a workbook from a compound file.
pub(crate) fn read_look(bytes: &[u8]) -> Option<BookLook> {
    let stream = workbook_stream(bytes)?;
    Some(look_of(&stream))
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The records of a stream from a place on: kind and contents.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at + 2)?);
        let body = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some((kind, body))
    })
}

const END_OF_PART: u16 = 0x000a;

fn look_of(stream: &[u8]) -> BookLook {
    let mut book = BookLook::default();
    let mut codes: BTreeMap<u16, String> = BTreeMap::new();
    let mut fonts: Vec<bool> = Vec::new();
    let mut extended: Vec<(u16, u16)> = Vec::new();
    let mut places = Vec::new();
    for (kind, body) in records(stream, 0) {
        match kind {
            0x0022 => book.is_1904 = u16_at(body, 0) == Some(1),
            0x0031 => fonts.push(u16_at(body, 2).is_some_and(|flags| flags & 0x0008 != 0)),
            0x041e => {
                if let (Some(id), Some(code)) = (u16_at(body, 0), read_code(body)) {
                    codes.insert(id, code);
                }
            }
            0x00e0 => extended.push((u16_at(body, 0).unwrap_or(0), u16_at(body, 2).unwrap_or(0))),
            0x0085 => places.extend(u32_at(body, 0)),
            END_OF_PART => break,
            _ => {}
        }
    }
    let mut formats: BTreeMap<u16, Option<Rc<NumberFormat>>> = BTreeMap::new();
    for (font, id) in extended {
        let format = formats.entry(id).or_insert_with(|| {
            let own = codes.get(&id).map(|code| NumberFormat::parse(code));
            own.or_else(|| NumberFormat::builtin(u32::from(id))).map(Rc::new)
        });
        // There is no font of the number 4.
        let font = usize::from(font) - usize::from(font > 4);
        let is_struck = fonts.get(font).copied().unwrap_or_default();
        book.styles.push(Style { format: format.clone(), is_struck });
    }
    book.sheets = places.into_iter().map(|place| look_of_sheet(stream, place as usize, &book.styles)).collect();
    book
}

fn look_of_sheet(stream: &[u8], place: usize, styles: &[Style]) -> SheetLook {
    let mut look = SheetLook::default();
    let mut depth = 0;
    for (kind, body) in records(stream, place) {
        let (Some(first), second) = (u16_at(body, 0).or(Some(0)), u16_at(body, 2).unwrap_or(0)) else { continue };
        match kind {
            // Charts inside a sheet are parts inside a part.
            0x0809 => depth += 1,
            END_OF_PART => {
                depth -= 1;
                if depth <= 0 {
                    break;
                }
            }
            _ if depth > 1 => {}
            0x0208 if u16_at(body, 12).is_some_and(|flags| flags & 0x0020 != 0) || u16_at(body, 6) == Some(0) => {
                look.hidden_rows.insert(u32::from(first));
            }
            0x007d if u16_at(body, 8).is_some_and(|flags| flags & 1 != 0) || u16_at(body, 4) == Some(0) => {
                look.hidden_columns.push((u32::from(first), u32::from(second)));
            }
            0x0006 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x027e => {
                note_style(&mut look, styles, first, second, u16_at(body, 4));
            }
            0x00bd => {
                for (at, item) in
                    body.get(4..body.len().saturating_sub(2)).unwrap_or_default().chunks_exact(6).enumerate()
                {
                    note_style(&mut look, styles, first, second.saturating_add(at as u16), u16_at(item, 0));
                }
            }
            _ => {}
        }
    }
    look
}

fn note_style(look: &mut SheetLook, styles: &[Style], row: u16, column: u16, style: Option<u16>) {
    let Some(at) = style.map(usize::from) else { return };
    if styles.get(at).is_some_and(|style| style.format.is_some() || style.is_struck) {
        look.styles.insert((u32::from(row), u32::from(column)), at);
    }
}

/// The text of a format: its length, a flag for two bytes a character, the characters.
fn read_code(body: &[u8]) -> Option<String> {
    let length = usize::from(u16_at(body, 2)?);
    let is_wide = body.get(4)? & 1 != 0;
    let text = body.get(5..)?;
    if is_wide {
        let units: Vec<u16> =
            text.chunks_exact(2).take(length).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        return Some(String::from_utf16_lossy(&units));
    }
    Some(text.iter().take(length).map(|b| char::from(*b)).collect())
}

/// Sector numbers from here on are marks, not places (MS-CFB 2.1).
const LAST_SECTOR: u32 = 0xffff_fffa;

/// The stream `Workbook` (or `Book`) of a compound file.
fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let shift = u16_at(bytes, 30).filter(|shift| (7..=16).contains(shift))?;
    let size = 1_usize << shift;
    let sector = |number: u32| {
        let start = (number as usize).checked_add(1)?.checked_mul(size)?;
        // The last sector may be cut short.
        bytes.get(start..start.checked_add(size)?.min(bytes.len()))
    };
    let limit = bytes.len() / size + 1;
    let mut table_sectors: Vec<u32> = (0..109).filter_map(|at| u32_at(bytes, 76 + at * 4)).collect();
    let mut next = u32_at(bytes, 68)?;
    for _ in 0..limit {
        let Some(body) = (next < LAST_SECTOR).then(|| sector(next)).flatten() else { break };
        table_sectors.extend((0..size / 4 - 1).filter_map(|at| u32_at(body, at * 4)));
        next = u32_at(body, size - 4).unwrap_or(LAST_SECTOR);
    }
    let mut table: Vec<u32> = Vec::new();
    for number in table_sectors.into_iter().filter(|number| *number < LAST_SECTOR).take(limit) {
        table.extend(
            sector(number)?.chunks_exact(4).map(|next| u32::from_le_bytes([next[0], next[1], next[2], next[3]])),
        );
    }
    let chain = |start: u32| -> Vec<u8> {
        let (mut out, mut next) = (Vec::new(), start);
        for _ in 0..limit {
            let Some(body) = (next < LAST_SECTOR).then(|| sector(next)).flatten() else { break };
            out.extend_from_slice(body);
            next = table.get(next as usize).copied().unwrap_or(LAST_SECTOR);
        }
        out
    };
    let directory = chain(u32_at(bytes, 48)?);
    let named = |wanted: &str| {
        let wide: Vec<u8> = wanted.encode_utf16().flat_map(u16::to_le_bytes).chain([0, 0]).collect();
        directory.chunks_exact(128).find(|entry| entry.starts_with(&wide))
    };
    let entry = named("Workbook").or_else(|| named("Book"))?;
    let (start, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
    if length >= u32_at(bytes, 56)? as usize {
        let mut stream = chain(start);
        stream.truncate(length);
        return Some(stream);
    }
    // Short streams lie in small sectors of one stream that belongs to the root.
    let small_size = 1_usize << u16_at(bytes, 32).filter(|shift| (4..=12).contains(shift))?;
    let small = chain(u32_at(&directory, 116)?);
    let small_table = chain(u32_at(bytes, 60)?);
    let (mut stream, mut next) = (Vec::new(), start);
    while stream.len() < length && next < LAST_SECTOR {
        let at = next as usize * small_size;
        stream.extend_from_slice(small.get(at..at + small_size)?);
        next = u32_at(&small_table, next as usize * 4)?;
    }
    stream.truncate(length);
    Some(stream)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, body: &[u16]) -> Vec<u8> {
        let body: Vec<u8> = body.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        [kind.to_le_bytes().to_vec(), (body.len() as u16).to_le_bytes().to_vec(), body].concat()
    }

    #[test]
    fn records_tell_what_is_hidden_struck_out_and_formatted() {
        let mut code = vec![200_u16, 4];
        // One byte a character: the flag, then `0000`.
        code.extend([0x3000, 0x3030, 0x0030]);
        let mut globals = record(0x0809, &[0x0600, 5]);
        globals.extend([0, 8].iter().flat_map(|flags| record(0x0031, &[200, *flags])).collect::<Vec<_>>());
        globals.extend(record(0x041e, &code));
        globals.extend(record(0x00e0, &[0, 0]));
        globals.extend(record(0x00e0, &[1, 200]));
        let place = (globals.len() + 8 + 4 + 4) as u16;
        globals.extend(record(0x0085, &[place, 0, 0, 0]));
        globals.extend(record(END_OF_PART, &[]));
        assert_eq!(globals.len(), usize::from(place));
        globals.extend(record(0x0809, &[0x0600, 0x10]));
        globals.extend(record(0x007d, &[2, 3, 100, 0, 1, 0]));
        globals.extend(record(0x0208, &[4, 0, 1, 255, 0, 0, 0x20, 0]));
        globals.extend(record(0x0208, &[5, 0, 1, 255, 0, 0, 0, 0]));
        globals.extend(record(0x00bd, &[5, 1, 0, 0, 0, 1, 0, 0, 2]));
        globals.extend(record(END_OF_PART, &[]));
        let book = look_of(&globals);
        let sheet = &book.sheets[0];
        assert_eq!(sheet.hidden_rows.iter().copied().collect::<Vec<_>>(), [4]);
        assert_eq!(sheet.hidden_columns, [(2, 3)]);
        let (format, is_struck) = book.style(sheet, 5, 2);
        assert_eq!(format.expect("a format").cell_of_number(101.0, false).text, "0101");
        assert!(is_struck && book.style(sheet, 5, 1).0.is_none());
    }

    #[test]
    fn the_stream_of_a_real_file_is_found() {
        let book = read_look(include_bytes!("../../roster/testdata/odd-dates.xls")).expect("a workbook");
        assert!(!book.sheets.is_empty() && !book.styles.is_empty());
    }
}
