//! The rules of time as the office published them, from reference data.

use serde::de::DeserializeOwned;

use super::TimeRules;
use crate::time::UnixMillis;

/// Head of the keys of working-day calendars: `calendar/2026`, a [`YearTable`](crate::calendar::YearTable) each.
pub const CALENDARS: &str = "calendar/";
/// Key of the office hours, [`OfficeHours`](crate::calendar::OfficeHours).
pub const OFFICE_HOURS: &str = "office-hours";
/// Key of the limits, [`TimeLimits`](super::TimeLimits).
pub const TIME_LIMITS: &str = "time-limits";

/// The keys that matter at a moment: hours, limits, and the calendars of the years around it.
#[must_use]
pub fn list_rule_keys(now: UnixMillis) -> Vec<String> {
    let year = now.local_date().year();
    let years = (year.saturating_sub(1)..=year.saturating_add(2)).map(|year| format!("{CALENDARS}{year}"));
    years.chain([OFFICE_HOURS, TIME_LIMITS].map(str::to_owned)).collect()
}

impl TimeRules {
    /// The rules that published values make, and the keys whose values cannot be read. What is not published is as
    /// this version has it; what cannot be read is as it was in `last`.
    #[must_use]
    pub fn from_published(
        mut find: impl FnMut(&str) -> Option<String>,
        now: UnixMillis,
        last: &Self,
    ) -> (Self, Vec<String>) {
        let mut rules = Self { is_round_the_clock: last.is_round_the_clock, ..Self::default() };
        let mut unread = Vec::new();
        for key in list_rule_keys(now) {
            let Some(text) = find(&key) else { continue };
            let is_read = match key.as_str() {
                OFFICE_HOURS => read_or(&text, &mut rules.calendar.hours, || last.calendar.hours.clone()),
                TIME_LIMITS => read_or(&text, &mut rules.limits, || last.limits),
                _ => match serde_json::from_str::<crate::calendar::YearTable>(&text) {
                    Ok(table) => {
                        rules.calendar.years.insert(table.year, table);
                        true
                    }
                    Err(_) => {
                        let year: i16 = key[CALENDARS.len()..].parse().unwrap_or_default();
                        rules.calendar.years.extend(last.calendar.years.get(&year).cloned().map(|table| (year, table)));
                        false
                    }
                },
            };
            if !is_read {
                unread.push(key);
            }
        }
        (rules, unread)
    }
}

fn read_or<T: DeserializeOwned>(text: &str, place: &mut T, last: impl FnOnce() -> T) -> bool {
    match serde_json::from_str(text) {
        Ok(read) => {
            *place = read;
            true
        }
        Err(_) => {
            *place = last();
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn an_office_publishes_a_rest_day_and_a_broken_value_keeps_the_last_good_one() {
        let now = UnixMillis::start_of(date(2026, 11, 23));
        assert!(list_rule_keys(now).contains(&"calendar/2027".to_owned()));
        let table = r#"{"year":2026,"source":"本区通知","days":{"2026-11-24":"rest"}}"#;
        let find = |key: &str| (key == "calendar/2026").then(|| table.to_owned());
        let (rules, unread) = TimeRules::from_published(find, now, &TimeRules::default());
        assert!(!rules.calendar.is_working_day(date(2026, 11, 24)) && unread.is_empty());
        assert!(rules.calendar.has_table(2027), "what is not published stays as it came");
        let broken = |key: &str| (key == "calendar/2026" || key == TIME_LIMITS).then(|| "{".to_owned());
        let (kept, unread) = TimeRules::from_published(broken, now, &rules);
        assert_eq!(unread, ["calendar/2026", TIME_LIMITS]);
        assert!(!kept.calendar.is_working_day(date(2026, 11, 24)), "the last good one");
    }
}
