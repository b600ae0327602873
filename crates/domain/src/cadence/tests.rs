use jiff::civil::date;

use super::*;
use crate::codes::Outcome;
use crate::sample::{TODAY, bare_household, visit_on};

/// Every date is believed.
fn apply_visit(household: &mut Household, visit: &Visit) {
    super::apply_visit(household, visit, UnixMillis::new(i64::MAX));
}

/// A class-C household that is due on the day.
fn due_on(day: LocalDate) -> Household {
    Household { first_due: Some(day), ..bare_household() }
}

#[test]
fn each_class_has_its_interval() {
    for (class, due) in [
        (Some(VisitClass::A), date(2026, 7, 1)),
        (Some(VisitClass::B), date(2026, 8, 30)),
        (Some(VisitClass::C), date(2026, 11, 30)),
        (Some(VisitClass::D), date(2027, 6, 1)),
        (Some(VisitClass::Unknown), date(2026, 11, 30)),
        (None, date(2026, 11, 30)),
    ] {
        let mut household = Household { visit_class: class, ..bare_household() };
        apply_visit(&mut household, &visit_on(1, date(2026, 6, 1), Outcome::Met));
        assert_eq!(next_due(&household), Some(due), "{class:?}");
    }
}

#[test]
fn the_state_counts_days_from_today() {
    for (due, state) in [
        (date(2026, 11, 20), DueState::Overdue { days: 3 }),
        (TODAY, DueState::DueToday),
        (date(2026, 12, 1), DueState::DueIn { days: 8 }),
        (date(2025, 11, 23), DueState::Overdue { days: 365 }),
    ] {
        assert_eq!(due_state(&due_on(due), TODAY), state);
    }
    assert_eq!(due_state(&bare_household(), TODAY), DueState::NotScheduled);
    assert!(DueState::DueToday.is_due() && !DueState::NotScheduled.is_due());
}

#[test]
fn each_outcome_moves_the_due_date_or_counts_as_an_attempt() {
    for (outcome, visited, attempts) in [
        (Outcome::Met, true, 0),
        (Outcome::Family, true, 0),
        (Outcome::Phone, true, 0),
        (Outcome::Vacant, true, 0),
        (Outcome::Moved, true, 0),
        (Outcome::Absent, false, 1),
        (Outcome::Refused, false, 1),
        (Outcome::Wrong, false, 1),
        (Outcome::Unknown, false, 0),
    ] {
        let mut household = due_on(TODAY);
        apply_visit(&mut household, &visit_on(1, TODAY, outcome));
        assert_eq!((household.last_visit.is_some(), household.attempts.len()), (visited, attempts), "{outcome:?}");
        assert_eq!(due_state(&household, TODAY) == DueState::DueToday, !visited, "{outcome:?}");
    }
}

#[test]
fn the_later_visit_stays_whatever_arrives_last() {
    let mut household = bare_household();
    let later = visit_on(1, date(2026, 11, 20), Outcome::Met);
    let earlier = visit_on(2, date(2026, 11, 1), Outcome::Phone);
    apply_visit(&mut household, &later);
    apply_visit(&mut household, &earlier);
    apply_visit(&mut household, &later);
    assert_eq!(household.last_visit.map(|mark| mark.outcome), Some(Outcome::Met));
    assert!(household.attempts.is_empty(), "an older completed visit is history, not an attempt");
}

#[test]
fn a_door_that_stays_shut_is_left_in_peace_until_the_next_cycle() {
    let mut household = due_on(date(2026, 11, 10));
    for (n, day) in [(1, date(2026, 11, 11)), (2, date(2026, 11, 14))] {
        apply_visit(&mut household, &visit_on(n, day, Outcome::Absent));
    }
    assert_eq!(due_state(&household, TODAY), DueState::Overdue { days: 13 });
    apply_visit(&mut household, &visit_on(3, date(2026, 11, 20), Outcome::Refused));
    let next_cycle = date(2027, 5, 11);
    assert_eq!(due_state(&household, TODAY), DueState::Rested { until: next_cycle });
    assert_eq!(next_due(&household), Some(next_cycle));
    assert_eq!(due_state(&household, next_cycle), DueState::DueToday);
    assert_eq!(due_state(&household, date(2027, 5, 13)), DueState::Overdue { days: 2 });

    for (n, day) in [(4, date(2027, 5, 12)), (5, date(2027, 5, 13)), (6, date(2027, 5, 14))] {
        apply_visit(&mut household, &visit_on(n, day, Outcome::Absent));
    }
    assert_eq!(due_state(&household, date(2027, 5, 15)), DueState::Rested { until: date(2027, 11, 9) });

    apply_visit(&mut household, &visit_on(7, date(2027, 6, 1), Outcome::Met));
    assert_eq!(due_state(&household, date(2027, 6, 1)), DueState::DueIn { days: 182 });
}

#[test]
fn a_campaign_long_before_the_due_date_does_not_cancel_the_regular_visit() {
    let mut household = due_on(date(2026, 10, 1));
    for n in 1..=3 {
        apply_visit(&mut household, &visit_on(n, date(2026, 5, 1), Outcome::Absent));
    }
    assert_eq!(due_state(&household, date(2026, 5, 2)), DueState::DueIn { days: 152 });
    for n in 4..=6 {
        apply_visit(&mut household, &visit_on(n, date(2026, 9, 20), Outcome::Absent));
    }
    assert_eq!(due_state(&household, date(2026, 9, 20)), DueState::Rested { until: date(2027, 4, 1) });
}

#[test]
fn three_attempts_far_too_late_rest_until_the_next_date_of_the_series() {
    let mut household = Household { visit_class: Some(VisitClass::A), ..due_on(date(2026, 1, 1)) };
    for n in 1..=3 {
        apply_visit(&mut household, &visit_on(n, TODAY, Outcome::Absent));
    }
    assert_eq!(due_state(&household, TODAY), DueState::Rested { until: date(2026, 11, 27) });
}

#[test]
fn a_mad_clock_neither_panics_nor_loops() {
    let mut household = due_on(TODAY);
    for n in 1..=9 {
        let mut visit = visit_on(n, TODAY, Outcome::Absent);
        visit.at_start = UnixMillis::new(i64::MAX);
        apply_visit(&mut household, &visit);
    }
    assert!(next_due(&household).is_some());
    let mut visit = visit_on(10, TODAY, Outcome::Met);
    visit.at_start = UnixMillis::new(i64::MAX);
    apply_visit(&mut household, &visit);
    assert!(next_due(&household).is_some());
}

#[test]
fn a_visit_of_2030_gives_way_to_the_next_one_and_counts_nowhere_before() {
    let mut household = due_on(date(2026, 11, 20));
    apply_visit(&mut household, &visit_on(1, date(2030, 9, 24), Outcome::Met));
    apply_visit(&mut household, &visit_on(2, date(2030, 9, 25), Outcome::Absent));
    let horizon = visit_on(9, TODAY, Outcome::Met).at_end.horizon();
    let counted = household.without_marks_after(horizon);
    assert_eq!(due_state(&counted, TODAY), DueState::Overdue { days: 3 }, "as if it had not been made");
    assert_eq!(counted.open_attempts(), 0);
    super::apply_visit(&mut household, &visit_on(3, TODAY, Outcome::Met), horizon);
    assert_eq!(due_state(&household.without_marks_after(horizon), TODAY), DueState::DueIn { days: 182 });
    super::apply_visit(&mut household, &visit_on(4, date(2026, 11, 1), Outcome::Met), horizon);
    assert_eq!(due_state(&household.without_marks_after(horizon), TODAY), DueState::DueIn { days: 182 });
}
