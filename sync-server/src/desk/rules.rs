//! What the desk knows, from reference data: organisations, working days, office hours, time limits.

use std::collections::BTreeMap;

use domain::UnixMillis;
use domain::calendar::{Calendar, YearTable};
use domain::deadline::TimeRules;
use domain::organisation::ORGANISATIONS;
use domain::workflow::Desk;

/// Key of a year's working days begins with this; the year follows.
const CALENDAR: &str = "calendar/";
/// Key of the office hours.
const OFFICE_HOURS: &str = "office-hours";
/// Key of the time limits.
const TIME_LIMITS: &str = "time-limits";
/// Years around a moment whose calendars are read: what was given last year may be shifted, what is given now may run
/// into the year after next.
const YEARS: std::ops::RangeInclusive<i16> = -1..=2;

/// The keys from which a desk is read at a moment.
pub(super) fn list_keys(now: UnixMillis) -> Vec<String> {
    let fixed = [ORGANISATIONS, OFFICE_HOURS, TIME_LIMITS].map(str::to_owned);
    let this_year = now.local_date().year();
    let calendars = YEARS.map(|offset| format!("{CALENDAR}{}", this_year.saturating_add(offset)));
    fixed.into_iter().chain(calendars).collect()
}

/// The desk that these values make. What is missing is as this version has it; what cannot be read stays as it was in
/// `last`, and is logged.
pub(super) fn read_desk(values: &BTreeMap<String, String>, last: &Desk) -> Desk {
    let shipped = TimeRules::default();
    let limits = read_value(values, TIME_LIMITS, &last.rules.limits).unwrap_or(shipped.limits);
    let calendar = read_calendar(values, shipped.calendar, &last.rules.calendar);
    Desk {
        rules: TimeRules { calendar, limits, ..shipped },
        organisations: read_value(values, ORGANISATIONS, &last.organisations).unwrap_or_default(),
    }
}

/// The calendar that ships, with the years and hours that the office has published.
fn read_calendar(values: &BTreeMap<String, String>, shipped: Calendar, last: &Calendar) -> Calendar {
    let mut calendar = shipped;
    for key in values.keys() {
        let Some(year) = key.strip_prefix(CALENDAR).and_then(|year| year.parse::<i16>().ok()) else { continue };
        let known = last.years.get(&year).or_else(|| calendar.years.get(&year)).cloned();
        let table = match known {
            Some(known) => read_value(values, key, &known),
            // None was ever read: a table of no special days counts Monday to Friday, as having none does.
            None => read_value::<Option<YearTable>>(values, key, &None).flatten(),
        };
        calendar.years.extend(table.map(|table| (year, table)));
    }
    if let Some(hours) = read_value(values, OFFICE_HOURS, &last.hours) {
        calendar.hours = hours;
    }
    calendar
}

/// One value; `None` where there is none, the last good one where it cannot be read.
fn read_value<T>(values: &BTreeMap<String, String>, key: &str, last: &T) -> Option<T>
where
    T: serde::de::DeserializeOwned + Clone,
{
    let text = values.get(key)?;
    let read = serde_json::from_str(text).unwrap_or_else(|error| {
        // Where, not what: the text is the office's.
        tracing::error!(key, line = error.line(), column = error.column(), "reference data cannot be read");
        last.clone()
    });
    Some(read)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_363_200_000);

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_nobody_published_is_as_it_ships() {
        let desk = read_desk(&BTreeMap::new(), &Desk::default());
        assert_eq!(desk.rules, TimeRules::default());
        assert!(desk.organisations.is_empty());
    }

    #[test]
    fn what_the_office_published_counts_and_what_cannot_be_read_stays_as_it_was() {
        let table_2028 = YearTable { year: 2028, is_provisional: true, source: "试行".into(), days: BTreeMap::new() };
        let hours = r#"{"spans": [["08:00", "12:00"]]}"#;
        let orgs = r#"{"jingui-property":{"name":"金桂物业","kind":"property"}}"#;
        let year = serde_json::to_string(&table_2028).expect("JSON");
        let good = values(&[("calendar/2028", &year), (OFFICE_HOURS, hours), (ORGANISATIONS, orgs)]);
        let desk = read_desk(&good, &Desk::default());
        assert!(desk.rules.calendar.has_table(2028) && desk.rules.calendar.has_table(2026));
        assert_eq!((desk.organisations.len(), desk.rules.calendar.hours.minutes_per_day()), (1, 240));

        let bad = values(&[("calendar/2028", "{"), (OFFICE_HOURS, "{"), (ORGANISATIONS, "{"), (TIME_LIMITS, "[]")]);
        let after = read_desk(&bad, &desk);
        assert_eq!((after.rules, after.organisations), (desk.rules, desk.organisations));
    }

    #[test]
    fn the_years_around_are_asked_for() {
        let keys = list_keys(NOW);
        for key in ["organisations", "office-hours", "time-limits", "calendar/2025", "calendar/2028"] {
            assert!(keys.iter().any(|known| known == key), "{key}");
        }
    }
}
