//! The grid of classes: the eleven usual ones first, all twenty-two on a tap.

use contract::domain::category::{CategoryGroup, groups};

/// The usual classes in the order of the grid, with their icons.
const USUAL: [(&str, &str); 11] = [
    ("03", "fire"),
    ("04", "helmet"),
    ("01", "shield"),
    ("02", "dispute"),
    ("07", "heart"),
    ("08", "health"),
    ("05", "city"),
    ("19", "wrench"),
    ("10", "wave"),
    ("06", "crack"),
    ("20", "doc"),
];

/// The classes to show.
pub(super) fn shown_groups(shows_all: bool) -> Vec<&'static CategoryGroup> {
    let usual = USUAL.iter().filter_map(|(code, _)| groups().iter().find(|group| group.code == *code));
    let rest = groups().iter().filter(|group| shows_all && !is_usual(group.code));
    usual.chain(rest).collect()
}

/// Whether a category belongs to a usual class.
pub(super) fn is_usual(category: &str) -> bool {
    USUAL.iter().any(|(code, _)| category.starts_with(code))
}

/// The icon of a class.
pub(super) fn icon_of(group: &str) -> &'static str {
    USUAL.iter().find(|(code, _)| *code == group).map_or("all", |(_, icon)| icon)
}
