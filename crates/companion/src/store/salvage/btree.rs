//! Reading pages of a database without SQLite (SQLite file format §1.6, §2.1): cells and records, each checked alone,
//! so that a bad byte costs the cell it stands in.

use rusqlite::types::Value;

use super::image::Image;

/// One page of a table or an index.
#[derive(Debug, Default)]
pub(super) struct Page {
    /// Its records; an inner page of a table without row ids has some too.
    pub(super) cells: Vec<Cell>,
    /// The pages below it.
    pub(super) children: Vec<u32>,
    /// The pages on which its long records go on.
    pub(super) overflow: Vec<u32>,
    /// Whether nothing in it is out of order.
    pub(super) is_sound: bool,
}

/// One record.
#[derive(Debug)]
pub(super) struct Cell {
    /// Its row id, where it has one.
    pub(super) row_id: Option<i64>,
    /// Its columns.
    pub(super) values: Vec<Value>,
}

/// Reads one page; `None` when it is none of a table or an index. `is_first`: it begins with the file's header.
pub(super) fn read_page(image: &Image, bytes: &[u8], is_first: bool) -> Option<Page> {
    let start = if is_first { 100 } else { 0 };
    let kind = *bytes.get(start)?;
    let is_leaf = matches!(kind, 0x0a | 0x0d);
    if !is_leaf && !matches!(kind, 0x02 | 0x05) {
        return None;
    }
    let count = usize::from(be_u16(bytes, start + 3)?);
    let pointers = start + if is_leaf { 8 } else { 12 };
    if pointers + 2 * count > bytes.len() {
        return None;
    }
    let mut page = Page { is_sound: true, ..Page::default() };
    for n in 0..count {
        let at = usize::from(be_u16(bytes, pointers + 2 * n)?);
        let is_inside = at >= pointers + 2 * count && at < bytes.len();
        if !is_inside || read_cell(image, bytes, at, kind, &mut page).is_none() {
            page.is_sound = false;
        }
    }
    if !is_leaf {
        page.children.push(be_u32(bytes, start + 8)?);
    }
    page.is_sound &= page.children.iter().chain(&page.overflow).all(|page| image.has_page(*page));
    Some(page)
}

fn read_cell(image: &Image, bytes: &[u8], mut at: usize, kind: u8, page: &mut Page) -> Option<()> {
    if matches!(kind, 0x02 | 0x05) {
        page.children.push(be_u32(bytes, at)?);
        at += 4;
    }
    if kind == 0x05 {
        return read_varint(bytes, &mut at).map(drop);
    }
    // A record is not longer than all that is there.
    let length = usize::try_from(read_varint(bytes, &mut at)?).ok().filter(|length| *length <= image.total_bytes())?;
    let row_id = if kind == 0x0d { Some(read_varint(bytes, &mut at)?.cast_signed()) } else { None };
    let local = local_bytes(length, bytes.len(), kind == 0x0d);
    let mut payload = bytes.get(at..at + local)?.to_vec();
    if local < length {
        let mut next = be_u32(bytes, at + local)?;
        while payload.len() < length {
            let Some(more) = image.newest(next) else { break };
            page.overflow.push(next);
            let take = (length - payload.len()).min(more.len() - 4);
            payload.extend_from_slice(&more[4..4 + take]);
            next = be_u32(more, 0)?;
        }
        // A record whose end is lost has a beginning that may be worth having: the words of a form, for one.
        page.is_sound &= payload.len() == length;
        payload.resize(length, 0);
    }
    page.cells.push(Cell { row_id, values: read_record(&payload)? });
    Some(())
}

/// How much of a record stands in its page; the rest overflows.
fn local_bytes(length: usize, usable: usize, is_table: bool) -> usize {
    let most = if is_table { usable - 35 } else { (usable - 12) * 64 / 255 - 23 };
    if length <= most {
        return length;
    }
    let least = (usable - 12) * 32 / 255 - 23;
    let fitting = least + (length - least) % (usable - 4);
    if fitting <= most { fitting } else { least }
}

/// The columns of a record; `None` when its header and its length do not agree.
fn read_record(payload: &[u8]) -> Option<Vec<Value>> {
    let mut at = 0;
    let header_bytes = usize::try_from(read_varint(payload, &mut at)?).ok()?;
    if header_bytes > payload.len() {
        return None;
    }
    let mut body = header_bytes;
    let mut values = Vec::new();
    while at < header_bytes {
        let (value, length) = read_value(payload, body, read_varint(payload, &mut at)?)?;
        values.push(value);
        body += length;
    }
    (at == header_bytes && body == payload.len()).then_some(values)
}

fn read_value(payload: &[u8], at: usize, serial: u64) -> Option<(Value, usize)> {
    let whole = |length: usize| {
        let bytes = payload.get(at..at + length)?;
        let sign = if bytes.first().is_some_and(|byte| *byte > 0x7f) { -1_i64 } else { 0 };
        Some(bytes.iter().fold(sign, |value, byte| (value << 8) | i64::from(*byte)))
    };
    Some(match serial {
        0 => (Value::Null, 0),
        1..=4 => (Value::Integer(whole(usize::try_from(serial).ok()?)?), usize::try_from(serial).ok()?),
        5 => (Value::Integer(whole(6)?), 6),
        6 => (Value::Integer(whole(8)?), 8),
        7 => (Value::Real(f64::from_be_bytes(payload.get(at..at + 8)?.try_into().ok()?)), 8),
        8 => (Value::Integer(0), 0),
        9 => (Value::Integer(1), 0),
        10 | 11 => return None,
        _ => {
            let length = usize::try_from((serial - 12) / 2).ok()?;
            let bytes = payload.get(at..at.checked_add(length)?)?;
            let value = if serial.is_multiple_of(2) {
                Value::Blob(bytes.to_vec())
            } else {
                // What was typed is worth having even where a byte of it is not.
                Value::Text(String::from_utf8_lossy(bytes).into_owned())
            };
            (value, length)
        }
    })
}

/// SQLite's numbers of one to nine bytes.
fn read_varint(bytes: &[u8], at: &mut usize) -> Option<u64> {
    let mut value = 0_u64;
    for n in 0..9 {
        let byte = *bytes.get(*at)?;
        *at += 1;
        if n == 8 {
            return Some((value << 8) | u64::from(byte));
        }
        value = (value << 7) | u64::from(byte & 0x7f);
        if byte < 0x80 {
            break;
        }
    }
    Some(value)
}

fn be_u16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

pub(super) fn be_u32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
