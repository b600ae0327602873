use jiff::civil::date;

use super::*;
use crate::codes::CodeList;

/// A moment in China: `at(2026, 10, 10, 8, 30)`.
fn at(year: i16, month: i8, day: i8, hour: i64, minute: i64) -> UnixMillis {
    UnixMillis::start_of(date(year, month, day)).plus_ms((hour * 60 + minute) * MINUTE_MS)
}

fn hours(spans: &[(&str, &str)]) -> Result<OfficeHours, HoursMistake> {
    let parse = |text: &str| text.parse().expect("a time of day");
    OfficeHours::new(spans.iter().map(|(open, close)| (parse(open), parse(close))).collect())
}

#[test]
fn the_year_2026_is_as_the_state_council_published_it() {
    let calendar = Calendar::preset();
    let rests = [
        (date(2026, 1, 1), 3),
        (date(2026, 2, 15), 9),
        (date(2026, 4, 4), 3),
        (date(2026, 5, 1), 5),
        (date(2026, 6, 19), 3),
        (date(2026, 9, 25), 3),
        (date(2026, 10, 1), 7),
    ];
    for (first, count) in rests {
        for day in 0..count {
            assert!(!calendar.is_working_day(add_days(first, day)), "day {day} from {first}");
        }
        let is_weekend_around = |day: LocalDate| is_weekend(day) && !calendar.years[&2026].days.contains_key(&day);
        for neighbour in [add_days(first, -1), add_days(first, count)] {
            assert!(calendar.is_working_day(neighbour) || is_weekend_around(neighbour), "{neighbour}");
        }
    }
    for (month, day) in [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)] {
        let shifted = date(2026, month, day);
        assert!(is_weekend(shifted) && calendar.is_working_day(shifted), "{shifted}");
    }
    assert_eq!(calendar.years[&2026].days.len(), 33 + 6);
    assert!(!calendar.years[&2026].is_provisional);
}

#[test]
fn the_year_2027_has_the_thirteen_days_of_the_law_and_nothing_invented() {
    let calendar = Calendar::preset();
    let table = &calendar.years[&2027];
    assert!(table.is_provisional);
    assert_eq!(table.days.len(), 13);
    assert!(table.days.values().all(|kind| *kind == DayKind::Rest));
    for (month, day) in [(1, 1), (2, 5), (2, 8), (4, 5), (5, 1), (6, 9), (9, 15), (10, 3)] {
        assert!(!calendar.is_working_day(date(2027, month, day)));
    }
    assert!(calendar.is_working_day(date(2027, 2, 4)) && calendar.is_working_day(date(2027, 2, 9)));
    assert!(calendar.is_working_day(date(2027, 10, 4)));
}

#[test]
fn what_ships_has_no_mistakes() {
    assert_eq!(Calendar::preset().validate(), []);
}

#[test]
fn lunch_does_not_count_and_closing_time_is_still_today() {
    let calendar = Calendar::preset();
    let monday = |hour, minute| at(2026, 11, 23, hour, minute);
    for (from, minutes, to) in [
        (monday(11, 50), 10, monday(12, 0)),
        (monday(11, 50), 20, monday(14, 40)),
        (monday(12, 0), 1, monday(14, 31)),
        (monday(13, 0), 5, monday(14, 35)),
        (monday(6, 0), 30, monday(9, 0)),
        (monday(17, 0), 30, monday(17, 30)),
        (monday(17, 30), 1, at(2026, 11, 24, 8, 31)),
        (monday(23, 59), 210, at(2026, 11, 24, 12, 0)),
        (monday(3, 0), 0, monday(3, 0)),
    ] {
        assert_eq!(calendar.add_working_minutes(from, minutes), to, "{minutes} from {}", from.local());
    }
    assert_eq!(calendar.working_minutes_between(monday(11, 0), monday(15, 0)), 90);
    assert_eq!(calendar.working_minutes_between(monday(12, 0), monday(14, 30)), 0);
    assert_eq!(calendar.working_minutes_between(monday(15, 0), monday(11, 0)), 0);
    assert_eq!(calendar.working_ms_between(monday(8, 0), monday(8, 30).plus_ms(1_999)), 1_999);
    assert_eq!(calendar.working_minutes_between(monday(8, 30), monday(8, 30).plus_ms(59_999)), 0);
}

#[test]
fn national_day_is_skipped_and_the_saturday_after_it_is_worked() {
    let calendar = Calendar::preset();
    let reported = at(2026, 9, 30, 16, 0);
    assert_eq!(calendar.add_working_days(reported, 1), at(2026, 10, 8, 16, 0));
    assert_eq!(calendar.add_working_days(reported, 3), at(2026, 10, 10, 16, 0), "a Saturday");
    assert_eq!(calendar.add_working_days(reported, 4), at(2026, 10, 12, 16, 0));
    assert_eq!(calendar.working_minutes_between(reported, at(2026, 10, 12, 0, 0)), 90 + 3 * 390);
}

#[test]
fn the_saturday_before_spring_festival_is_worked() {
    let calendar = Calendar::preset();
    let friday_closing = at(2026, 2, 13, 17, 30);
    assert_eq!(calendar.add_working_minutes(friday_closing, 240), at(2026, 2, 14, 15, 0));
    assert_eq!(calendar.add_working_days(at(2026, 2, 14, 15, 0), 1), at(2026, 2, 24, 15, 0));
}

#[test]
fn a_year_without_a_table_counts_monday_to_friday_and_is_named() {
    let calendar = Calendar::preset();
    assert!(calendar.is_working_day(date(2030, 5, 1)), "a Wednesday");
    assert!(!calendar.is_working_day(date(2030, 5, 4)), "a Saturday");
    assert!(calendar.has_table(2027) && !calendar.has_table(2028));
    assert_eq!(calendar.missing_years(date(2025, 12, 1), date(2028, 1, 1)), [2025, 2028]);
    assert!(calendar.missing_years(date(2026, 12, 31), date(2027, 1, 1)).is_empty());
    assert!(calendar.missing_years(date(2029, 1, 1), date(2028, 1, 1)).is_empty());
}

#[test]
fn a_mad_clock_or_a_calendar_without_work_ends_somewhere() {
    let mut calendar = Calendar::preset();
    for from in [i64::MIN, i64::MIN / 2, -1, 0, 253_402_000_000_000, i64::MAX / 2, i64::MAX].map(UnixMillis::new) {
        for minutes in [0, 1, 390, u32::MAX] {
            assert!(calendar.add_working_minutes(from, minutes) >= from);
        }
        assert!(calendar.working_ms_between(from, UnixMillis::new(i64::MAX)) >= 0);
        assert_eq!(calendar.working_ms_between(from, UnixMillis::new(i64::MIN)), 0);
    }
    let from = at(2026, 11, 23, 9, 0);
    let horizon = from.plus_ms(i64::from(HORIZON_DAYS) * UnixMillis::DAY_MS);
    assert_eq!(calendar.add_working_days(from, u32::MAX), horizon);
    for year in 2026..2040 {
        let days = (0..366).map(|day| (add_days(date(year, 1, 1), day), DayKind::Rest)).collect();
        calendar.years.insert(year, YearTable { year, is_provisional: false, source: "无".into(), days });
    }
    assert_eq!(calendar.add_working_minutes(from, 1), horizon);
    assert_eq!(calendar.working_ms_between(from, horizon), 0);
}

#[test]
fn each_mistake_of_a_table_is_named_with_its_date() {
    let mut calendar = Calendar::preset();
    let mut table = calendar.years[&2026].clone();
    table.source = " ".into();
    table.days.insert(date(2025, 12, 31), DayKind::Rest);
    table.days.insert(date(2026, 3, 2), DayKind::Shifted);
    table.days.insert(date(2026, 3, 3), DayKind::Unknown);
    table.days.insert(date(2026, 3, 7), DayKind::Working);
    calendar.years.insert(2028, table);
    calendar.years.insert(1926, YearTable { year: 1926, is_provisional: false, source: "x".into(), days: [].into() });
    let told: Vec<String> = calendar.validate().iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "calendar 2028: the table says that it is for 2026",
            "calendar 1926: the year is not plausible",
            "calendar 2026: the source is missing",
            "calendar 2026, 2025-12-31: the date lies in another year",
            "calendar 2026, 2026-03-02: a shifted working day can only be a Saturday or Sunday",
            "calendar 2026, 2026-03-03: the kind of day is unknown",
            "calendar 2026, 2026-03-07: a Saturday or Sunday that is worked is a shifted one",
        ]
    );
    let days = (0..100).map(|day| (add_days(date(2026, 1, 1), day), DayKind::Rest)).collect();
    let holiday = YearTable { year: 2026, is_provisional: false, source: "x".into(), days };
    let faults: Vec<_> = holiday.validate().into_iter().map(|mistake| mistake.fault).collect();
    assert_eq!(faults, [CalendarFault::TooFewWorkingDays(189)]);
}

#[test]
fn office_hours_are_ordered_and_never_empty() {
    assert_eq!(OfficeHours::default().minutes_per_day(), 390);
    assert_eq!(hours(&[("08:30", "12:00"), ("14:30", "17:30")]), Ok(OfficeHours::default()));
    assert_eq!(hours(&[("00:00", "24:00")]).map(|hours| hours.minutes_per_day()), Ok(1_440));
    assert!(hours(&[("09:00", "12:00"), ("12:00", "15:00")]).is_ok());
    assert_eq!(hours(&[]), Err(HoursMistake::Empty));
    assert!(matches!(hours(&[("12:00", "12:00")]), Err(HoursMistake::Backwards { .. })));
    assert!(matches!(hours(&[("14:30", "17:30"), ("08:30", "12:00")]), Err(HoursMistake::Overlapping { .. })));
    assert!(matches!(hours(&[("08:30", "12:00"), ("11:59", "17:30")]), Err(HoursMistake::Overlapping { .. })));
    for text in ["8:30", "08:60", "24:01", "0830", "08:3", "+8:30", "", "八点", "08:30:00"] {
        assert_eq!(text.parse::<ClockTime>(), Err(InvalidClockTime(text.into())));
    }
}

#[test]
fn the_reference_data_is_plain_json() {
    let hours = r#"{"spans":[["08:30","12:00"],["14:30","17:30"]]}"#;
    assert_eq!(serde_json::to_string(&OfficeHours::default()).expect("json"), hours);
    assert_eq!(serde_json::from_str::<OfficeHours>(hours).expect("hours"), OfficeHours::default());
    let wrong = serde_json::from_str::<OfficeHours>(r#"{"spans":[["12:00","08:30"]]}"#).expect_err("backwards");
    assert!(wrong.to_string().starts_with("the span from 12:00 closes at 08:30"), "{wrong}");

    let table =
        r#"{"year":2028,"source":"通知","days":{"2028-01-03":"rest","2028-01-08":"shifted","2028-01-09":"half"}}"#;
    let table: YearTable = serde_json::from_str(table).expect("table");
    assert!(!table.is_provisional);
    assert_eq!(table.days[&date(2028, 1, 9)], DayKind::Unknown);
    assert!(serde_json::from_str::<YearTable>(r#"{"year":2028,"source":"","days":{"3 January":"rest"}}"#).is_err());

    let calendar = Calendar::preset();
    let json = serde_json::to_value(&calendar).expect("json");
    assert_eq!(json["years"]["2026"]["days"]["2026-10-10"], "shifted");
    assert_eq!(json["years"]["2027"]["is_provisional"], true);
    assert_eq!(serde_json::from_value::<Calendar>(json).expect("calendar"), calendar);
    assert_eq!(DayKind::ALL.len(), 3);
}

/// Splitmix64: repeats from its seed.
pub(crate) struct Chance(u64);

impl Chance {
    /// From `GRID_SEED`, else always the same; prints the seed.
    pub(crate) fn begin() -> Self {
        let seed = std::env::var("GRID_SEED").map_or(20_261_123, |seed| seed.parse().expect("GRID_SEED is a number"));
        println!("seed {seed} (set GRID_SEED to choose another)");
        Self(seed)
    }

    /// A number from 0 to before `end`.
    pub(crate) fn below(&mut self, end: u64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((bits ^ (bits >> 31)) % end).expect("small")
    }
}

#[test]
fn what_was_added_lies_between_and_more_is_never_earlier() {
    let mut chance = Chance::begin();
    let calendars = [
        Calendar::preset(),
        Calendar { hours: hours(&[("00:00", "24:00")]).expect("hours"), ..Calendar::preset() },
        Calendar { hours: hours(&[("09:00", "09:01"), ("23:00", "24:00")]).expect("hours"), ..Calendar::preset() },
    ];
    let first = at(2025, 12, 1, 0, 0);
    for round in 0..3_000 {
        let calendar = &calendars[round % calendars.len()];
        let mut moment = || first.plus_ms(chance.below(1_000 * 86_400_000));
        let (a, b) = (moment(), moment());
        let (from, later) = (a.min(b), a.max(b));
        let minutes = u32::try_from(chance.below(20 * 390)).expect("small");
        let due = calendar.add_working_minutes(from, minutes);
        assert_eq!(calendar.working_minutes_between(from, due), minutes, "{} + {minutes}", from.local());
        assert_eq!(calendar.working_ms_between(from, due), i64::from(minutes) * MINUTE_MS);
        assert!(calendar.add_working_minutes(from, minutes + 1) > due);
        assert!(calendar.add_working_minutes(later, minutes) >= due);
        let middle = from.plus_ms(chance.below(u64::try_from(later.since_ms(from)).expect("later") + 1));
        assert_eq!(
            calendar.working_ms_between(from, later),
            calendar.working_ms_between(from, middle) + calendar.working_ms_between(middle, later),
        );
        let half = minutes / 2;
        let in_two = calendar.add_working_minutes(calendar.add_working_minutes(from, half), minutes - half);
        assert_eq!(in_two, due, "in two steps");
    }
}
