//! What holds while the office has published nothing.

use std::collections::BTreeMap;

use domain::calendar::{Calendar, DayKind, YearTable};
use domain::codes::{CodeList as _, Language};
use domain::deadline::{CALENDARS, OFFICE_HOURS, TIME_LIMITS, TimeLimits};
use serde_json::Value;

use super::to_json;
use crate::store::{Answer, StoreError};

/// The calendars, office hours and limits that this version comes with, by key.
///
/// # Errors
/// Never in practice: plain data is always written.
pub(crate) fn builtin_values() -> Answer<BTreeMap<String, Value>> {
    let preset = Calendar::preset();
    let mut texts = vec![
        (OFFICE_HOURS.to_owned(), to_json(&preset.hours)?),
        (TIME_LIMITS.to_owned(), to_json(&TimeLimits::default())?),
    ];
    for (year, table) in &preset.years {
        texts.push((format!("{CALENDARS}{year}"), to_json(table)?));
    }
    let read = |(key, text): (String, String)| Ok((key, serde_json::from_str(&text).map_err(to_error)?));
    texts.into_iter().map(read).collect()
}

fn to_error(error: serde_json::Error) -> StoreError {
    StoreError::Other(Box::new(error))
}

/// Days that the built-in calendar of the key's year has and a new table has not: most likely an office sent only its
/// own additions. `None` when there are none.
pub(super) fn find_lost_days(key: &str, after: &Value) -> Option<String> {
    let year: i16 = key.strip_prefix(CALENDARS)?.parse().ok()?;
    let preset = Calendar::preset().years.remove(&year)?;
    let table: YearTable = serde_json::from_value(after.clone()).ok()?;
    let show = |kind: &DayKind| kind.label(Language::ZhCn);
    let lost = preset.days.iter().filter(|(date, _)| !table.days.contains_key(date));
    let lost: Vec<String> = lost.map(|(date, kind)| format!("{date} {}", show(kind))).collect();
    (!lost.is_empty()).then(|| format!("新表替换整年，内置工作日历里的 {} 天不再有：{}", lost.len(), lost.join("、")))
}
