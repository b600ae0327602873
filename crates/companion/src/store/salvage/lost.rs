//! Counting the pages that could not be read and may have held something that was only on this phone.
//!
//! A page is accounted for when it reads as a page of a table or an index, when a long record goes on in it, or when
//! the file's list of free pages names it. What is left is lost; where the inner pages still say whose it was, and that
//! is a table for reading, nothing is lost with it: such tables follow from documents.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::types::Value;

use super::btree::{be_u32, read_page};
use super::image::Image;
use super::tables::{DOCUMENT, TABLES};

/// Number of pages of which nobody can say what stood on them.
pub(super) fn count_lost_pages(image: &Image) -> u64 {
    let lost = find_unaccounted(image);
    let strays = image.strays.len() as u64;
    if lost.is_empty() {
        return strays;
    }
    // Without the first page nothing says whose the others are.
    let Some(owners) = find_owners(image) else { return lost.len() as u64 + strays };
    let owned: Vec<_> = lost.iter().filter_map(|page| owners.get(page)).collect();
    let is_ours = |table: &str| TABLES.iter().any(|ours| ours.name == table && ours.name != DOCUMENT.name);
    let ours = owned.iter().filter(|table| is_ours(table)).count();
    let documents = owned.iter().filter(|table| table.as_str() == DOCUMENT.name).count();
    let unowned = lost.len() - owned.len();
    let counted = match (ours, owned.len()) {
        // Nothing says anything against a page without an owner.
        (0, 0) => unowned,
        // What has no owner belonged below a page that is lost; none of those was ours. Changes are all there, and
        // documents among them that cannot be read are counted one by one.
        (0, _) => 0,
        _ => ours + documents + unowned,
    };
    counted as u64 + strays
}

fn find_unaccounted(image: &Image) -> BTreeSet<u32> {
    let mut lost = BTreeSet::new();
    let mut accounted = list_free_pages(image);
    for number in 1..=image.last_page() {
        let page = image.newest(number).and_then(|bytes| read_page(image, bytes, number == 1));
        let is_first_without_header = number == 1 && !image.has_header();
        if let Some(page) = page {
            if page.is_sound && !is_first_without_header {
                accounted.insert(number);
            }
            accounted.extend(page.overflow);
        }
        lost.insert(number);
    }
    lost.retain(|page| !accounted.contains(page));
    lost
}

/// Free pages: trunks, each with the number of the next and of its leaves.
fn list_free_pages(image: &Image) -> BTreeSet<u32> {
    let mut free = BTreeSet::new();
    if !image.has_header() {
        return free;
    }
    let mut trunk = image.newest(1).and_then(|first| be_u32(first, 32)).unwrap_or_default();
    while trunk > 0 && free.insert(trunk) {
        let Some(bytes) = image.newest(trunk) else { break };
        let count = be_u32(bytes, 4).and_then(|count| usize::try_from(count).ok()).unwrap_or_default();
        if count > image.page_bytes / 4 {
            break;
        }
        free.extend((0..count).filter_map(|n| be_u32(bytes, 8 + 4 * n)).filter(|page| image.has_page(*page)));
        trunk = be_u32(bytes, 0).unwrap_or_default();
    }
    free
}

/// Whose each page is, as far as the schema leads to it; `None` when there is no schema. The index of a table with
/// row ids holds nothing that the table does not, so its pages are nobody's loss.
fn find_owners(image: &Image) -> Option<BTreeMap<u32, String>> {
    if !image.has_header() {
        return None;
    }
    let mut owners = BTreeMap::new();
    let mut roots = Vec::new();
    walk(image, 1, "sqlite_schema", &mut owners, &mut |values| {
        if let [Value::Text(kind), _, Value::Text(table), Value::Integer(root), ..] = values {
            let owner = if kind == "table" { table.clone() } else { format!("{kind} of {table}") };
            roots.push((u32::try_from(*root).unwrap_or_default(), owner));
        }
    });
    if !owners.contains_key(&1) || roots.is_empty() {
        return None;
    }
    for (root, owner) in roots {
        walk(image, root, &owner, &mut owners, &mut |_| ());
    }
    Some(owners)
}

fn walk(image: &Image, root: u32, owner: &str, owners: &mut BTreeMap<u32, String>, on_row: &mut dyn FnMut(&[Value])) {
    let mut waiting = vec![root];
    while let Some(number) = waiting.pop() {
        if !image.has_page(number) || owners.contains_key(&number) {
            continue;
        }
        owners.insert(number, owner.to_owned());
        if let Some(page) = image.newest(number).and_then(|bytes| read_page(image, bytes, number == 1)) {
            page.cells.iter().for_each(|cell| on_row(&cell.values));
            waiting.extend(page.children);
            for overflow in page.overflow {
                owners.entry(overflow).or_insert_with(|| owner.to_owned());
            }
        }
    }
}
