//! What can be wrong with a directory.

use std::collections::BTreeSet;

use super::presets::preset_number;
use super::{
    BookingKind, DESK_PLACES, Directory, GUIDE_LIMIT, LINE_LIMIT, NOTE_LIMIT, PHONES_LIMIT, ServiceEntry, ServiceKind,
};
use crate::codes::CodeList as _;
use crate::reference::{Inspection, Mistake, NAME_LIMIT, Wrong, report_twice};

/// Every mistake of a directory; empty when it may be published.
#[must_use]
pub fn find_directory_mistakes(directory: &Directory) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    let mut desks = BTreeSet::new();
    for (position, entry) in directory.iter().enumerate() {
        let mut inspection = Inspection { position, entry: &entry.id, mistakes: &mut mistakes };
        check_entry(entry, &mut inspection);
        check_preset(entry, &mut inspection);
        if let Some(place) = entry.desk {
            let areas: BTreeSet<&str> = entry.areas.iter().map(String::as_str).collect();
            if !desks.insert((place, areas)) {
                inspection.report("desk", Wrong::Twice(place.to_string()));
            }
        }
    }
    report_twice(directory.iter().map(|entry| (entry.id.as_str(), entry.id.as_str())), "id", &mut mistakes);
    mistakes.sort_by_key(|mistake| mistake.position);
    mistakes
}

fn check_entry(entry: &ServiceEntry, inspection: &mut Inspection<'_>) {
    inspection.check_code("id", &entry.id);
    inspection.require("name", &entry.name, NAME_LIMIT);
    if entry.kind == ServiceKind::Unknown {
        inspection.report("kind", Wrong::Unlisted(String::new()));
    }
    for phone in &entry.phone {
        inspection.check_phone("phone", phone);
    }
    if entry.phone.len() > PHONES_LIMIT {
        inspection.report("phone", Wrong::TooLong { limit: PHONES_LIMIT, found: entry.phone.len() });
    }
    inspection.limit("address", &entry.address, LINE_LIMIT);
    inspection.limit("hours", &entry.hours, LINE_LIMIT);
    inspection.check_areas("areas", &entry.areas);
    inspection.limit("guide", &entry.guide, GUIDE_LIMIT);
    inspection.limit("note", &entry.note, NOTE_LIMIT);
    if let Some(found) = entry.desk.filter(|place| !(1..=DESK_PLACES).contains(place)) {
        inspection.report("desk", Wrong::Range { found, least: 1, most: DESK_PLACES });
    }
    for code in entry.booking.iter().filter(|code| BookingKind::from_code(code) == BookingKind::Unknown) {
        inspection.report("booking", Wrong::Unlisted(code.clone()));
    }
}

/// A preset may be worded anew, but nobody loses its number.
fn check_preset(entry: &ServiceEntry, inspection: &mut Inspection<'_>) {
    let Some(number) = preset_number(&entry.id) else { return };
    if !entry.phone.iter().any(|phone| phone == number) {
        inspection.report("phone", Wrong::Preset(number));
    }
    if !entry.areas.is_empty() {
        inspection.report("areas", Wrong::Preset(number));
    }
}
