//! The numbers that every directory has, whatever an office publishes.

use jiff::civil::date;

use super::{Directory, ServiceEntry, ServiceKind};

/// Code, name and number of each; kinds beside them.
const PRESETS: [(&str, &str, &str, ServiceKind); 6] = [
    ("police-110", "报警", "110", ServiceKind::Emergency),
    ("fire-119", "火警", "119", ServiceKind::Emergency),
    ("ambulance-120", "急救", "120", ServiceKind::Emergency),
    ("traffic-122", "交通事故报警", "122", ServiceKind::Emergency),
    ("government-12345", "政务服务便民热线", "12345", ServiceKind::Other),
    ("legal-12348", "公共法律服务热线", "12348", ServiceKind::LegalAid),
];

/// The entries that every directory has.
#[must_use]
pub fn presets() -> Directory {
    let entries = PRESETS.iter().map(|(id, name, number, kind)| ServiceEntry {
        id: (*id).to_owned(),
        name: (*name).to_owned(),
        kind: *kind,
        phone: vec![(*number).to_owned()],
        address: String::new(),
        hours: "24 小时".to_owned(),
        areas: Vec::new(),
        guide: String::new(),
        desk: None,
        booking: [].into(),
        note: String::new(),
        updated: date(2026, 11, 1),
    });
    entries.collect()
}

/// The number that the entry with this id must keep, if it is a preset.
pub(super) fn preset_number(id: &str) -> Option<&'static str> {
    PRESETS.iter().find(|(preset, ..)| *preset == id).map(|(_, _, number, _)| *number)
}

/// A directory with the presets that it lacks in front of it. One that the office worded anew stays as it is.
#[must_use]
pub fn with_presets(directory: Directory) -> Directory {
    let mut whole: Directory =
        presets().into_iter().filter(|preset| directory.iter().all(|entry| entry.id != preset.id)).collect();
    whole.extend(directory);
    whole
}
