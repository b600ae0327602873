//! What the desk knows, from reference data: organisations, working days, office hours, time limits.

use std::collections::BTreeMap;

use domain::UnixMillis;
use domain::deadline::{TimeRules, list_rule_keys};
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::workflow::Desk;

/// The keys from which a desk is read at a moment.
pub(super) fn list_keys(now: UnixMillis) -> Vec<String> {
    list_rule_keys(now).into_iter().chain([ORGANISATIONS.to_owned()]).collect()
}

/// The desk that these values make, with the people of `last`. What is missing is as this version has it; what cannot
/// be read stays as it was in `last`, and is logged.
pub(super) fn read_desk(values: &BTreeMap<String, String>, last: &Desk, now: UnixMillis) -> Desk {
    let (rules, unread) = TimeRules::from_published(|key| values.get(key).cloned(), now, &last.rules);
    for key in unread {
        tracing::error!(key, "reference data cannot be read");
    }
    let organisations = read_organisations(values, &last.organisations);
    Desk { rules, organisations, people: last.people.clone() }
}

/// Says in the log for which years Monday to Friday counts, because nobody has published their working days, and for
/// which a provisional table does.
pub(super) fn warn_of_gaps(desk: &Desk, now: UnixMillis) {
    let today = now.local_date();
    let next_year = today.saturating_add(jiff::Span::new().years(1));
    for year in desk.rules.calendar.missing_years(today, next_year) {
        tracing::warn!(year, "no working-day calendar: Monday to Friday counts");
    }
    for year in [today.year(), next_year.year()] {
        if desk.rules.calendar.years.get(&year).is_some_and(|table| table.is_provisional) {
            tracing::warn!(year, "the working-day calendar is provisional: publish the State Council's notice");
        }
    }
}

fn read_organisations(values: &BTreeMap<String, String>, last: &Organisations) -> Organisations {
    let Some(text) = values.get(ORGANISATIONS) else { return Organisations::default() };
    serde_json::from_str(text).unwrap_or_else(|error| {
        // Where, not what: the text is the office's.
        let (line, column) = (error.line(), error.column());
        tracing::error!(key = ORGANISATIONS, line, column, "reference data cannot be read");
        last.clone()
    })
}

#[cfg(test)]
mod tests {
    use domain::calendar::YearTable;
    use domain::deadline::{OFFICE_HOURS, TIME_LIMITS};

    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_363_200_000);

    fn values(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_nobody_published_is_as_it_ships() {
        let desk = read_desk(&BTreeMap::new(), &Desk::default(), NOW);
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
        let desk = read_desk(&good, &Desk::default(), NOW);
        assert!(desk.rules.calendar.has_table(2028) && desk.rules.calendar.has_table(2026));
        assert_eq!((desk.organisations.len(), desk.rules.calendar.hours.minutes_per_day()), (1, 240));

        let bad = values(&[("calendar/2028", "{"), (OFFICE_HOURS, "{"), (ORGANISATIONS, "{"), (TIME_LIMITS, "[]")]);
        let after = read_desk(&bad, &desk, NOW);
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
