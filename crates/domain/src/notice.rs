//! Notices (通知) of the district, for a time and for places; published as reference data (key [`NOTICES`]).

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use crate::area::GridCode;
use crate::reference::{Inspection, Mistake, NAME_LIMIT, Wrong, covers, report_twice};
use crate::time::LocalDate;

/// Key of the notices in reference data: [`Notices`] as JSON. Read them with [`crate::reference::read_list`]: a
/// server's first versions kept plain texts here.
pub const NOTICES: &str = "notices";
/// Most characters of a notice's text.
pub const TEXT_LIMIT: usize = 2_000;

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Plain code (small letters, digits, hyphens).
    pub id: String,
    /// Title, at most 60 characters.
    pub title: String,
    /// Text, at most [`TEXT_LIMIT`] characters.
    pub text: String,
    /// First day it is shown.
    pub from: LocalDate,
    /// Last day it is shown; `None`: until it is taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<LocalDate>,
    /// Places it is for: beginnings of grid codes, 6 to 15 digits. Empty: the whole district.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
    /// Whether it stands above the others.
    #[serde(default)]
    pub is_urgent: bool,
}

/// Every notice, in the office's order.
pub type Notices = Vec<Notice>;

/// The notices of a day in a grid (without a grid: everywhere): urgent ones first, then the newest.
#[must_use]
pub fn list_current<'a>(notices: &'a Notices, grid: Option<&GridCode>, today: LocalDate) -> Vec<&'a Notice> {
    let is_current = |notice: &&Notice| {
        notice.from <= today && notice.until.is_none_or(|until| today <= until) && covers(&notice.areas, grid)
    };
    let mut current: Vec<&Notice> = notices.iter().filter(is_current).collect();
    current.sort_by_key(|notice| (!notice.is_urgent, Reverse(notice.from)));
    current
}

/// Every mistake of the notices; empty when they may be published.
#[must_use]
pub fn find_notice_mistakes(notices: &Notices) -> Vec<Mistake> {
    let mut mistakes = Vec::new();
    for (position, notice) in notices.iter().enumerate() {
        let mut inspection = Inspection { position, entry: &notice.id, mistakes: &mut mistakes };
        inspection.check_code("id", &notice.id);
        inspection.require("title", &notice.title, NAME_LIMIT);
        inspection.require("text", &notice.text, TEXT_LIMIT);
        inspection.check_areas("areas", &notice.areas);
        if notice.until.is_some_and(|until| until < notice.from) {
            inspection.report("until", Wrong::EndsEarly);
        }
    }
    report_twice(notices.iter().map(|notice| (notice.id.as_str(), notice.id.as_str())), "id", &mut mistakes);
    mistakes.sort_by_key(|mistake| mistake.position);
    mistakes
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::reference::read_list;

    fn notice(id: &str, from: LocalDate, until: Option<LocalDate>, areas: &[&str], is_urgent: bool) -> Notice {
        let areas = areas.iter().map(|&area| area.to_owned()).collect();
        Notice {
            id: id.into(), title: "停水通知".into(), text: "周三停水。".into(), from, until, areas, is_urgent
        }
    }

    #[test]
    fn a_notice_is_shown_on_its_days_in_its_places() {
        let (monday, tuesday) = (date(2026, 11, 23), date(2026, 11, 24));
        let all = vec![
            notice("old", date(2026, 11, 1), Some(date(2026, 11, 22)), &[], true),
            notice("long", date(2026, 11, 1), None, &[], false),
            notice("today", monday, Some(monday), &["990101001001"], false),
            notice("elsewhere", monday, None, &["990101001002"], false),
            notice("urgent", date(2026, 11, 20), None, &["990101"], true),
            notice("tomorrow", tuesday, None, &[], true),
        ];
        let grid: GridCode = "990101001001003".parse().expect("a grid");
        let shown = |grid, day| -> Vec<&str> { list_current(&all, grid, day).iter().map(|n| n.id.as_str()).collect() };
        assert_eq!(shown(Some(&grid), monday), ["urgent", "today", "long"]);
        assert_eq!(shown(Some(&grid), tuesday), ["tomorrow", "urgent", "long"]);
        assert_eq!(shown(None, monday), ["urgent", "today", "elsewhere", "long"]);
    }

    #[test]
    fn mistakes_name_notice_and_field() {
        let day = date(2026, 11, 23);
        let bad = Notice {
            title: "长".repeat(61),
            text: String::new(),
            until: Some(date(2026, 11, 22)),
            ..notice("停水", day, None, &["99"], false)
        };
        let good = notice("water-1", day, None, &[], false);
        let found: Vec<_> = find_notice_mistakes(&vec![good.clone(), bad, good])
            .into_iter()
            .map(|mistake| (mistake.position, mistake.field, mistake.wrong))
            .collect();
        let expected = [
            (1, "id", Wrong::Code("停水".into())),
            (1, "title", Wrong::TooLong { limit: 60, found: 61 }),
            (1, "text", Wrong::Missing),
            (1, "areas", Wrong::Area("99".into())),
            (1, "until", Wrong::EndsEarly),
            (2, "id", Wrong::Twice("water-1".into())),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn the_plain_texts_of_a_first_server_are_no_notices() {
        assert_eq!(read_list::<Notice>("[]"), []);
        assert_eq!(read_list::<Notice>("[\"周三停水\"]"), []);
    }
}
