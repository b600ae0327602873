//! Finding rows in the pages of a damaged file, whether or not anything still leads to them.
//!
//! Each page is read in its newest version; where that cannot be read, in the version before. A page that is damaged
//! in part is also searched for change chunks, which begin with a magic number and carry a checksum: what stands before
//! such a chunk in its row says whose it is.

use std::collections::BTreeMap;

use documents::ChangeHeader;
use domain::Kind;
use rusqlite::types::Value;

use super::btree::{Page, read_page};
use super::image::Image;
use super::tables::{CHANGE, TABLES, Table};

/// First bytes of a change chunk that is not deflated: magic number, four bytes of checksum, type.
const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];

/// The rows of one table, by key.
pub(super) type Rows = BTreeMap<Vec<u8>, Vec<Value>>;

/// Rows by the name of their table.
#[derive(Debug, Default)]
pub(super) struct Carved {
    /// From newest versions of pages.
    newest: BTreeMap<&'static str, Rows>,
    /// From earlier ones, of pages whose newest cannot be read.
    older: BTreeMap<&'static str, Rows>,
}

impl Carved {
    /// The rows of a table: first those of newest versions, then what SQLite could read, then earlier ones.
    pub(super) fn complete(&mut self, table: &Table, read: Rows) -> Rows {
        let mut rows = self.older.remove(table.name).unwrap_or_default();
        rows.extend(read);
        rows.extend(self.newest.remove(table.name).unwrap_or_default());
        rows
    }
}

/// Looks through every page.
pub(super) fn carve(image: &Image) -> Carved {
    let mut carved = Carved::default();
    for number in 1..=image.last_page() {
        for (age, bytes) in image.versions(number).enumerate() {
            let page = read_page(image, bytes, number == 1);
            let rows = if age == 0 { &mut carved.newest } else { &mut carved.older };
            take_rows(page.as_ref(), rows);
            if page.is_some_and(|page| page.is_sound) {
                break;
            }
            search_chunks(bytes, rows);
        }
    }
    for bytes in &image.strays {
        take_rows(read_page(image, bytes, false).as_ref(), &mut carved.older);
        search_chunks(bytes, &mut carved.older);
    }
    carved
}

fn take_rows(page: Option<&Page>, rows: &mut BTreeMap<&'static str, Rows>) {
    for cell in page.into_iter().flat_map(|page| &page.cells) {
        for table in TABLES {
            if let Some(row) = table.read_cell(cell) {
                rows.entry(table.name).or_default().entry(table.key_of(&row)).or_insert(row);
            }
        }
    }
}

/// Changes that stand whole in a page of which nothing else may be whole.
fn search_chunks(bytes: &[u8], rows: &mut BTreeMap<&'static str, Rows>) {
    for at in (0..bytes.len().saturating_sub(MAGIC.len())).filter(|at| bytes[*at..].starts_with(&MAGIC)) {
        let Some((chunk, header)) = read_chunk(&bytes[at..]) else { continue };
        let Some(row) = row_around(bytes, at, chunk, &header) else { continue };
        rows.entry(CHANGE.name).or_default().entry(CHANGE.key_of(&row)).or_insert(row);
    }
}

/// The change that begins here: its length follows the type as an unsigned LEB128 number.
fn read_chunk(bytes: &[u8]) -> Option<(&[u8], ChangeHeader)> {
    let mut length = 0_usize;
    let mut at = 9;
    for n in 0..4 {
        let byte = *bytes.get(at)?;
        at += 1;
        length |= usize::from(byte & 0x7f) << (7 * n);
        if byte < 0x80 {
            let chunk = bytes.get(..at.checked_add(length)?)?;
            return Some((chunk, documents::inspect(chunk).ok()?));
        }
    }
    None
}

/// The row of a change from what stands around its bytes: document, hash, actor, number and kind before, the state
/// behind.
fn row_around(bytes: &[u8], at: usize, chunk: &[u8], header: &ChangeHeader) -> Option<Vec<Value>> {
    let before = &bytes[..at];
    let kind = Kind::ALL.into_iter().find(|kind| before.ends_with(kind.code().as_bytes()))?;
    let hash_at = before.windows(32).rposition(|window| window == header.hash.0)?;
    let document = before.get(hash_at.checked_sub(16)?..hash_at)?;
    let behind = &bytes[at + chunk.len()..];
    let state =
        ["confirmed", "refused", "held", "set_aside"].into_iter().find(|state| behind.starts_with(state.as_bytes()));
    let text = |text: &str| Value::Text(text.to_owned());
    Some(vec![
        Value::Blob(document.to_vec()),
        Value::Blob(header.hash.0.to_vec()),
        Value::Blob(header.actor.as_uuid().as_bytes().to_vec()),
        Value::Integer(header.seq.cast_signed()),
        text(kind.code()),
        Value::Blob(chunk.to_vec()),
        text(state.unwrap_or("pending")),
        text(""),
        text(""),
        Value::Integer(header.at.as_i64()),
    ])
}
