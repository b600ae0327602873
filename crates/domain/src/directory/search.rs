//! Finding a service: by words, and by its place on the health desk.

use std::cmp::Reverse;

use super::{DESK_PLACES, Directory, ServiceEntry, ServiceKind};
use crate::area::GridCode;
use crate::codes::{CodeList as _, Language};
use crate::reference::nearness;
use crate::text::to_half_width;

/// The entries that serve a grid and hold every word of the query in name, kind, telephone or address; emergency
/// numbers first, then the nearest, then in the office's order. An empty query finds all of them.
#[must_use]
pub fn search_services<'a>(directory: &'a Directory, grid: Option<&GridCode>, query: &str) -> Vec<&'a ServiceEntry> {
    let query = fold(query);
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<&ServiceEntry> =
        directory.iter().filter(|entry| entry.serves(grid) && holds_all(entry, &words)).collect();
    found.sort_by_key(|entry| (entry.kind != ServiceKind::Emergency, Reverse(nearness(&entry.areas, grid))));
    found
}

/// The entries on the health desk of a grid, by place; of several with one place the nearest.
#[must_use]
pub fn find_desk<'a>(directory: &'a Directory, grid: Option<&GridCode>) -> Vec<(u8, &'a ServiceEntry)> {
    let at = |place: u8| {
        let here = directory.iter().filter(|entry| entry.desk == Some(place) && entry.serves(grid));
        // Of equals the first in the office's order: `max_by_key` would take the last.
        here.min_by_key(|entry| Reverse(nearness(&entry.areas, grid))).map(|entry| (place, entry))
    };
    (1..=DESK_PLACES).filter_map(at).collect()
}

fn holds_all(entry: &ServiceEntry, words: &[&str]) -> bool {
    let kind = [Language::ZhCn, Language::En].map(|language| entry.kind.label(language));
    let text = fold(&format!("{} {} {} {}", entry.name, kind[0], kind[1], entry.address));
    let numbers: Vec<String> = entry.phone.iter().map(|phone| without_hyphens(&fold(phone))).collect();
    words.iter().all(|word| {
        let number = without_hyphens(word);
        text.contains(word) || !number.is_empty() && numbers.iter().any(|own| own.contains(&number))
    })
}

fn fold(text: &str) -> String {
    to_half_width(text).to_lowercase()
}

fn without_hyphens(text: &str) -> String {
    text.replace('-', "")
}
