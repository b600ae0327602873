use jiff::civil::date;

use super::*;
use crate::calendar::tests::Chance;
use crate::calendar::{Calendar, OfficeHours};
use crate::category::SlaClass::{self, Difficult, General, SelfHandled, Urgent};
use crate::codes::CodeList;

const HOUR_MS: i64 = 3_600_000;

/// A moment of November 2026 in China; the 23rd is a Monday.
fn on(day: i8, hour: i64, minute: i64) -> UnixMillis {
    UnixMillis::start_of(date(2026, 11, day)).plus_ms(hour * HOUR_MS + minute * 60_000)
}

fn due(rules: &TimeRules, class: SlaClass, stage: Stage, from: UnixMillis) -> Option<UnixMillis> {
    rules.limit(class, stage, from).map(|limit| limit.due_at)
}

#[test]
fn a_general_matter_reported_on_friday_evening_is_due_after_the_weekend() {
    let rules = TimeRules::default();
    let friday = on(20, 17, 0);
    let accept = rules.limit(General, Stage::Accept, friday).expect("limit");
    // Half an hour on Friday, the morning of Monday.
    assert_eq!(accept, Limit { start_at: friday, yellow_at: on(23, 10, 48), due_at: on(23, 12, 0) });
    assert_eq!(due(&rules, General, Stage::FirstAction, friday), Some(on(23, 17, 0)));
    assert_eq!(due(&rules, General, Stage::Resolve, friday), Some(on(25, 17, 0)));
    assert_eq!(due(&rules, General, Stage::Accept, on(20, 17, 31)), Some(on(23, 15, 0)), "after lunch");
    assert_eq!(due(&rules, SlaClass::Unknown, Stage::Resolve, friday), Some(on(25, 17, 0)));
}

#[test]
fn a_difficult_matter_reported_before_national_day_counts_the_saturday_after_it() {
    let rules = TimeRules::default();
    let reported = UnixMillis::start_of(date(2026, 9, 30)).plus_ms(16 * HOUR_MS);
    let october = |day, hour| UnixMillis::start_of(date(2026, 10, day)).plus_ms(hour * HOUR_MS);
    assert_eq!(due(&rules, Difficult, Stage::Accept, reported), Some(october(8, 16)));
    assert_eq!(due(&rules, Difficult, Stage::FirstAction, reported), Some(october(10, 16)));
    assert_eq!(due(&rules, Difficult, Stage::Resolve, reported), Some(october(15, 16)));
    assert_eq!(rules.extended_resolve(Difficult, reported), Some(october(27, 16)));
}

#[test]
fn an_urgent_matter_runs_through_saturday_night() {
    let rules = TimeRules::default();
    let night = on(21, 23, 50);
    assert_eq!(due(&rules, Urgent, Stage::Accept, night), Some(on(22, 0, 5)));
    assert_eq!(due(&rules, Urgent, Stage::FirstAction, night), Some(on(22, 1, 50)));
    let resolve = rules.limit(Urgent, Stage::Resolve, night).expect("limit");
    assert_eq!((resolve.yellow_at, resolve.due_at), (on(22, 16, 38), on(22, 23, 50)));
    assert_eq!(rules.extended_resolve(Urgent, night), Some(on(24, 23, 50)));
}

#[test]
fn what_is_settled_on_the_spot_is_due_at_the_end_of_the_day() {
    let rules = TimeRules::default();
    assert_eq!(due(&rules, SelfHandled, Stage::Accept, on(21, 10, 0)), None);
    assert_eq!(due(&rules, SelfHandled, Stage::FirstAction, on(21, 10, 0)), None);
    let resolve = rules.limit(SelfHandled, Stage::Resolve, on(21, 14, 0)).expect("limit");
    assert_eq!((resolve.yellow_at, resolve.due_at), (on(21, 21, 0), on(22, 0, 0)));
    assert_eq!(rules.extended_resolve(SelfHandled, on(21, 10, 0)), None);
}

#[test]
fn the_emergency_period_runs_round_the_clock_but_calls_nobody_back_at_night() {
    let rules = TimeRules { is_round_the_clock: true, ..TimeRules::default() };
    let friday = on(20, 17, 0);
    assert_eq!(due(&rules, General, Stage::Accept, friday), Some(on(20, 21, 0)));
    assert_eq!(due(&rules, General, Stage::FirstAction, friday), Some(on(21, 17, 0)));
    assert_eq!(due(&rules, Difficult, Stage::Resolve, friday), Some(on(27, 17, 0)));
    assert_eq!(rules.extended_resolve(General, friday), Some(on(27, 17, 0)));
    assert_eq!(due(&rules, SelfHandled, Stage::Resolve, friday), Some(on(21, 0, 0)));
    for class in SlaClass::ALL {
        assert_eq!(due(&rules, *class, Stage::Verify, friday), Some(on(24, 17, 0)), "{class:?}");
        assert_eq!(due(&rules, *class, Stage::Feedback, friday), Some(on(24, 17, 0)), "{class:?}");
    }
}

#[test]
fn a_date_named_by_the_dispatcher_turns_yellow_on_the_clock_of_the_class() {
    let rules = TimeRules::default();
    let (monday, wednesday) = (on(23, 8, 30), on(25, 17, 30));
    let general = rules.limit_until(General, monday, wednesday);
    assert_eq!(general, Limit { start_at: monday, yellow_at: on(25, 9, 9), due_at: wednesday });
    let urgent = rules.limit_until(Urgent, monday, on(24, 8, 30));
    assert_eq!(urgent.yellow_at, on(24, 1, 18));
    // Over a Saturday no office is open: the wall clock decides.
    let saturday = rules.limit_until(General, on(21, 8, 0), on(21, 18, 0));
    assert_eq!(saturday.yellow_at, on(21, 15, 0));
    let past = rules.limit_until(General, wednesday, monday);
    assert_eq!(past, Limit { start_at: monday, yellow_at: monday, due_at: monday });
    assert_eq!(past.light(wednesday), Light::Red);
}

#[test]
fn the_clock_stands_still_while_it_is_returned() {
    let rules = TimeRules::default();
    let limit = rules.limit(General, Stage::Accept, on(23, 9, 0)).expect("limit");
    assert_eq!((limit.yellow_at, limit.due_at), (on(23, 11, 48), on(23, 15, 30)));
    // Returned at ten with three hours left, reported again the next day half an hour before closing.
    let resumed = rules.shift(&limit, General, on(23, 10, 0), on(24, 17, 0));
    assert_eq!(resumed, Limit { start_at: on(24, 16, 0), yellow_at: on(25, 9, 48), due_at: on(25, 11, 0) });

    // Yellow stays yellow.
    let resumed = rules.shift(&limit, General, on(23, 12, 0), on(27, 17, 0));
    assert_eq!(resumed.due_at, on(30, 9, 0), "half an hour on Friday, half on Monday");
    assert_eq!(resumed.light(on(27, 17, 0)), Light::Yellow);

    // A limit that was passed stays passed; a pause that is none changes nothing.
    assert_eq!(rules.shift(&limit, General, on(23, 16, 0), on(24, 9, 0)), limit);
    assert_eq!(rules.shift(&limit, General, on(23, 10, 0), on(23, 10, 0)), limit);
    assert_eq!(rules.shift(&limit, General, on(23, 11, 0), on(23, 10, 0)), limit);
    assert_eq!(rules.shift(&limit, General, on(20, 9, 0), on(22, 9, 0)), limit);
    // Pauses in which no office was open take nothing away.
    assert_eq!(rules.shift(&limit, General, on(23, 12, 0), on(23, 14, 30)).due_at, limit.due_at);
}

#[test]
fn an_urgent_clock_stands_still_by_the_minute() {
    let rules = TimeRules::default();
    let limit = rules.limit(Urgent, Stage::Resolve, on(21, 22, 0)).expect("limit");
    let resumed = rules.shift(&limit, Urgent, on(21, 23, 0), on(22, 1, 30));
    let moved = |at: UnixMillis| at.plus_ms(5 * HOUR_MS / 2);
    let expected =
        Limit { start_at: moved(limit.start_at), yellow_at: moved(limit.yellow_at), due_at: moved(limit.due_at) };
    assert_eq!(resumed, expected);
    assert_eq!(resumed.share_used(on(22, 1, 30)), limit.share_used(on(21, 23, 0)));
    // A date on a Sunday, named for a general matter: no office hours are left, the wall clock decides.
    let sunday = rules.limit_until(General, on(21, 9, 0), on(22, 9, 0));
    assert_eq!(rules.shift(&sunday, General, on(21, 10, 0), on(21, 12, 0)).due_at, on(22, 11, 0));
}

#[test]
fn the_bar_agrees_with_the_light() {
    let rules = TimeRules::default();
    let limit = rules.limit(General, Stage::Accept, on(20, 17, 0)).expect("limit");
    let mut last = 0.0_f32;
    for minute in -60..=4_500 {
        let now = limit.start_at.plus_ms(minute * 60_000);
        let (share, light) = (limit.share_used(now), limit.light(now));
        assert!(share >= last && (0.0..=1.0).contains(&share), "{share} at {}", now.local());
        assert_eq!((share >= YELLOW_SHARE, share >= 1.0), (light >= Light::Yellow, light == Light::Red));
        last = share;
    }
    for (now, light) in [
        (limit.yellow_at.plus_ms(-1), Light::Green),
        (limit.yellow_at, Light::Yellow),
        (limit.due_at.plus_ms(-1), Light::Yellow),
        (limit.due_at, Light::Red),
    ] {
        assert_eq!(limit.light(now), light);
        let share = limit.share_used(now);
        assert_eq!((share >= YELLOW_SHARE, share >= 1.0), (light >= Light::Yellow, light == Light::Red));
    }
    assert_eq!(limit.remaining_ms(on(23, 11, 0)), HOUR_MS);
    assert_eq!(limit.remaining_ms(on(23, 13, 0)), -HOUR_MS);
    let at_once = rules.limit_until(Urgent, on(23, 9, 0), on(23, 9, 0));
    assert_eq!((at_once.share_used(on(23, 8, 0)), at_once.share_used(on(23, 9, 0))), (0.0, 1.0));
}

#[test]
fn a_pause_neither_takes_nor_gives_time() {
    let mut chance = Chance::begin();
    let rules = [TimeRules::default(), TimeRules { is_round_the_clock: true, ..TimeRules::default() }];
    let day_ms = u64::try_from(UnixMillis::DAY_MS).expect("positive");
    for round in 0..2_000 {
        let rules = &rules[round % 2];
        let class = [Urgent, General, Difficult][round % 3];
        let stage = Stage::ALL[round % 5 % 3];
        let from = on(1, 0, 0).plus_ms(chance.below(400 * day_ms));
        let limit = rules.limit(class, stage, from).expect("limit");
        let paused_from = from.plus_ms(chance.below(20 * day_ms));
        let paused_to = paused_from.plus_ms(chance.below(20 * day_ms));
        let resumed = rules.shift(&limit, class, paused_from, paused_to);
        assert!(resumed.start_at <= resumed.yellow_at && resumed.yellow_at <= resumed.due_at, "{resumed:?}");
        assert_eq!(resumed.light(paused_to), limit.light(paused_from), "{limit:?} {resumed:?}");
        if limit.light(paused_from) == Light::Red {
            assert_eq!(resumed, limit);
            continue;
        }
        let left_ms = |limit: &Limit, now: UnixMillis| match (class, rules.is_round_the_clock) {
            (Urgent, _) | (_, true) => limit.remaining_ms(now),
            _ => rules.calendar.working_ms_between(now, limit.due_at),
        };
        assert_eq!(left_ms(&resumed, paused_to), left_ms(&limit, paused_from), "{limit:?} {resumed:?}");
    }
}

#[test]
fn a_mad_clock_still_has_limits_in_order() {
    let rules = TimeRules::default();
    for from in [i64::MIN, -1, 0, 253_402_000_000_000, i64::MAX].map(UnixMillis::new) {
        for class in SlaClass::ALL {
            for limit in Stage::ALL.iter().filter_map(|stage| rules.limit(*class, *stage, from)) {
                assert!(limit.start_at <= limit.yellow_at && limit.yellow_at <= limit.due_at, "{limit:?}");
                let far = UnixMillis::new(i64::MAX);
                for limit in [rules.shift(&limit, *class, from, far), rules.limit_until(*class, from, far)] {
                    assert!(limit.start_at <= limit.yellow_at && limit.yellow_at <= limit.due_at, "{limit:?}");
                    assert!((0.0..=1.0).contains(&limit.share_used(UnixMillis::new(0))));
                }
            }
        }
    }
}

#[test]
fn each_mistake_of_the_limits_names_class_and_stage() {
    let hours = OfficeHours::default();
    assert_eq!(TimeLimits::default().validate(&hours), []);
    let mut limits = TimeLimits::default();
    limits.urgent.accept = Some(Span::Minutes { minutes: 0 });
    limits.urgent.first_action = None;
    limits.urgent.extended_resolve = Some(Span::Minutes { minutes: 60 });
    limits.general.accept = Some(Span::WorkingMinutes { minutes: 8 * 60 });
    limits.general.resolve = Span::WorkingDays { days: 367 };
    limits.difficult.accept = Some(Span::Minutes { minutes: 30 });
    limits.difficult.extended_resolve = None;
    limits.verify = Span::Minutes { minutes: 30 };
    limits.feedback = Span::WorkingDays { days: 0 };
    let told: Vec<String> = limits.validate(&hours).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "U.accept: is zero",
            "U.first_action: is missing",
            "U.extended_resolve: is shorter than resolve",
            "B.first_action: is shorter than accept",
            "B.resolve: is longer than 366 days",
            "C.accept: mixes working time and plain time within one class",
            "verify: must be counted in working time",
            "feedback: is zero",
        ]
    );
}

#[test]
fn rules_and_limits_are_plain_json() {
    let limits = serde_json::json!({
        "S": {"resolve": {"type": "end_of_day"}},
        "U": {
            "accept": {"type": "minutes", "minutes": 15},
            "first_action": {"type": "minutes", "minutes": 120},
            "resolve": {"type": "minutes", "minutes": 1440},
            "extended_resolve": {"type": "minutes", "minutes": 4320},
        },
        "B": {
            "accept": {"type": "working_minutes", "minutes": 240},
            "first_action": {"type": "working_days", "days": 1},
            "resolve": {"type": "working_days", "days": 3},
            "extended_resolve": {"type": "working_days", "days": 7},
        },
        "C": {
            "accept": {"type": "working_days", "days": 1},
            "first_action": {"type": "working_days", "days": 3},
            "resolve": {"type": "working_days", "days": 7},
            "extended_resolve": {"type": "working_days", "days": 15},
        },
        "verify": {"type": "working_days", "days": 2},
        "feedback": {"type": "working_days", "days": 2},
    });
    assert_eq!(serde_json::to_value(TimeLimits::default()).expect("json"), limits);
    assert_eq!(serde_json::from_value::<TimeLimits>(limits).expect("limits"), TimeLimits::default());
    let limit = Limit { start_at: UnixMillis::new(1), yellow_at: UnixMillis::new(8), due_at: UnixMillis::new(11) };
    let json = r#"{"start_at":1,"yellow_at":8,"due_at":11}"#;
    assert_eq!(serde_json::to_string(&limit).expect("json"), json);
    assert_eq!(serde_json::from_str::<Limit>(json).expect("limit"), limit);
    for stage in Stage::ALL {
        assert_eq!(serde_json::to_value(stage).expect("json"), stage.code());
    }
    let rules = TimeRules { calendar: Calendar::preset(), limits: TimeLimits::default(), is_round_the_clock: true };
    let json = serde_json::to_string(&rules).expect("json");
    assert_eq!(serde_json::from_str::<TimeRules>(&json).expect("rules"), rules);
}
