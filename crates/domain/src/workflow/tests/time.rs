//! Stories of the clock: limits, what is overdue, more time, and devices whose clock is wrong.

use super::*;
use crate::codes::Priority;
use crate::deadline::{Light, Stage};
use TransitionKind as K;

#[test]
fn what_is_settled_on_the_spot_closes_at_the_end_of_the_day() {
    let mut case = Case::draft(CHEN, "05003").with_sampling(false);
    case.take_all([(CHEN, K::SelfHandle, text("已清扫"))]);
    let midnight = UnixMillis::start_of(crate::time::add_days(TODAY, 1));
    assert_eq!(find_wake(&case.incident), Some(midnight));
    assert!(!case.wait_until(midnight.plus_ms(-1)), "the day is not over");
    assert!(case.wait_until(midnight));
    assert_eq!(case.state(), State::Closed);
    assert_eq!(case.take(MA, K::Verify, passes()), Err(Refusal::WrongState));
}

#[test]
fn a_passed_limit_is_marked_once_and_again_after_a_new_one() {
    let mut case = Case::reported(CHEN, "19001");
    case.wait_until(case.due(Stage::Accept).plus_ms(-1));
    assert_eq!(case.marks(Stage::Accept), 0);
    let due = case.due(Stage::Accept);
    case.wait_until(due);
    assert_eq!(case.standing().light(case.now), Some(Light::Red));
    assert!(case.standing().is_watched(), "the district looks at it");
    case.wait_until(due.plus_ms(HOUR_MS / 60));
    assert_eq!(case.marks(Stage::Accept), 1);
    case.take_all([(WANG, K::Accept, nothing())]);
    assert!(!case.standing().overdue.contains(&Stage::Accept), "that one is met, if late");
    case.take_all([(WANG, K::Dispatch, to("jingui-property")), (ZHAO, K::Start, nothing())]);
    case.wait_until(case.due(Stage::Resolve));
    assert_eq!((case.marks(Stage::Resolve), case.standing().overdue.len()), (1, 1));
    case.take_all([(ZHAO, K::SubmitResult, text("已修好")), (LI, K::Verify, fails())]);
    assert!(case.standing().overdue.is_empty(), "a new round, a new limit");
    case.wait_until(case.due(Stage::Resolve));
    assert_eq!(case.marks(Stage::Resolve), 2);
    assert_eq!(find_wake(&case.incident), None, "there is nothing more to say");
}

#[test]
fn a_step_that_comes_before_the_server_has_looked_at_the_clock_is_late_all_the_same() {
    let mut case = Case::dispatched("19001");
    let due = case.due(Stage::Resolve);
    let result = [case.write(ZHAO, K::Start, nothing()), case.write(ZHAO, K::SubmitResult, text("已修好"))];
    case.now = due.plus_ms(HOUR_MS / 60);
    case.settle(&result);
    assert_eq!((case.ruling(result[1]), case.state()), (Ok(()), State::Resolved));
    assert_eq!((case.marks(Stage::FirstAction), case.marks(Stage::Resolve)), (1, 1), "both had passed by then");
    assert!(case.standing().overdue.is_empty(), "and nothing of it runs any more");
    // The other way round: whoever looks the day after finds it closed.
    let mut case = Case::draft(CHEN, "05003").with_sampling(false);
    case.take_all([(CHEN, K::SelfHandle, text("已清扫"))]);
    let late = case.write(MA, K::Verify, fails());
    case.now = UnixMillis::start_of(crate::time::add_days(TODAY, 1));
    case.settle(&[late]);
    assert_eq!((case.ruling(late), case.state()), (Err(Refusal::WrongState), State::Closed));
}

#[test]
fn whoever_gets_it_after_somebody_began_is_not_late_for_what_the_other_did() {
    let mut case = Case::dispatched("19001");
    case.take_all([(ZHAO, K::Start, nothing())]);
    case.wait_until(case.due(Stage::FirstAction).plus_ms(HOUR_MS / 60));
    case.take_all([(WANG, K::Transfer, to("city-management"))]);
    assert!(case.due(Stage::FirstAction) > case.now);
    assert_eq!(case.marks(Stage::FirstAction), 0);
    // Where nobody had begun the resident's clock goes on.
    let mut case = Case::dispatched("19001");
    let due = case.due(Stage::FirstAction);
    case.take_all([(WANG, K::Transfer, to("city-management"))]);
    assert_eq!(case.due(Stage::FirstAction), due);
}

#[test]
fn more_time_is_granted_once_and_within_bounds() {
    let mut case = Case::dispatched(DISPUTE);
    let due = case.due(Stage::Resolve);
    let class = case.standing().class.expect("a class");
    let reported = case.standing().reported_at.expect("reported");
    let latest = case.desk.rules.extended_resolve(class, reported).expect("this class can be extended");
    assert!(latest > due);
    assert_eq!(case.take(WANG, K::GrantExtension, nothing()), Err(Refusal::NothingAsked));
    assert_eq!(case.take(ZHAO, K::AskExtension, text("等材料")), Err(Refusal::BadLimit), "until when?");
    assert_eq!(case.take(ZHAO, K::AskExtension, until(due)), Err(Refusal::BadLimit), "that is no more time");
    assert_eq!(case.take(ZHAO, K::AskExtension, until(latest.plus_ms(1))), Err(Refusal::BadLimit));
    let first = case.write(ZHAO, K::AskExtension, until(latest));
    case.settle(&[first]);
    assert_eq!(case.due(Stage::Resolve), due, "asking gives nothing");
    assert_eq!(case.take(QIAN, K::AskExtension, until(latest)), Err(Refusal::AskedAlready));
    case.take_all([(WANG, K::DenyExtension, nothing()), (ZHAO, K::AskExtension, until(latest))]);
    assert_eq!(case.take(WANG, K::GrantExtension, of(first)), Err(Refusal::NothingAsked));
    let shorter = Payload { due_at: Some(due.plus_ms(1)), ..nothing() };
    case.take_all([(WANG, K::GrantExtension, shorter)]);
    assert_eq!(case.due(Stage::Resolve), due.plus_ms(1), "the dispatcher may grant less than was asked for");
    assert_eq!(case.take(ZHAO, K::AskExtension, until(latest)), Err(Refusal::ExtensionUsed));
}

#[test]
fn a_class_without_an_extension_gets_none_and_no_longer_dispatch_either() {
    let mut case = Case::dispatched("19001");
    let class = case.standing().class.expect("a class");
    case.desk.rules.limits.general.extended_resolve = None;
    assert_eq!(case.desk.rules.extended_resolve(class, case.now), None);
    let more = case.due(Stage::Resolve).plus_ms(HOUR_MS);
    assert_eq!(case.take(ZHAO, K::AskExtension, until(more)), Err(Refusal::BadLimit));
    let latest = case.desk.rules.limit(class, Stage::Resolve, case.now).expect("a limit").due_at;
    let by = |at| Payload { due_at: Some(at), ..to("city-management") };
    assert_eq!(case.take(WANG, K::Transfer, by(latest.plus_ms(DAY_MS))), Err(Refusal::BadLimit));
    case.take_all([(WANG, K::Transfer, by(latest))]);
}

#[test]
fn more_time_for_what_is_late_is_a_new_limit() {
    let mut case = Case::dispatched(DISPUTE);
    case.take_all([(ZHAO, K::Start, nothing())]);
    let due = case.due(Stage::Resolve);
    case.wait_until(due);
    assert!(case.standing().overdue.contains(&Stage::Resolve));
    let more = due.plus_ms(DAY_MS);
    case.take_all([(ZHAO, K::AskExtension, until(more)), (WANG, K::GrantExtension, nothing())]);
    assert!(case.standing().overdue.is_empty() && case.due(Stage::Resolve) == more);
    case.wait_until(more);
    assert_eq!((case.marks(Stage::Resolve), case.standing().overdue.len()), (2, 1));
}

#[test]
fn what_was_late_before_it_was_returned_is_late_after_and_not_marked_twice() {
    let mut case = Case::reported(CHEN, "19001");
    case.wait_until(case.due(Stage::Accept));
    case.take_all([(HE, K::Return, text("哪一栋？"))]);
    case.wait_until(case.now.plus_ms(DAY_MS));
    case.take_all([(CHEN, K::Resubmit, text("3栋"))]);
    let standing = case.standing();
    assert_eq!((standing.overdue.contains(&Stage::Accept), case.marks(Stage::Accept)), (true, 1));
    assert!(case.due(Stage::Resolve) > case.now, "what had not passed got its time back");
}

#[test]
fn more_time_can_still_be_asked_for_in_a_later_round() {
    let mut case = Case::dispatched(DISPUTE);
    case.take_all([(ZHAO, K::Start, nothing()), (ZHAO, K::SubmitResult, text("谈妥"))]);
    // Verified long after the time that counted from the report was over.
    case.wait_until(case.now.plus_ms(60 * DAY_MS));
    case.take_all([(CHEN, K::Verify, fails())]);
    let later = case.due(Stage::Resolve).plus_ms(1);
    case.take_all([(ZHAO, K::AskExtension, until(later)), (WANG, K::GrantExtension, nothing())]);
    assert_eq!(case.due(Stage::Resolve), later);
}

#[test]
fn a_dispatch_sets_a_limit_that_lies_ahead_and_within_bounds() {
    let mut case = Case::reported(CHEN, DISPUTE);
    case.take_all([(WANG, K::Accept, nothing())]);
    let by = |at| Payload { due_at: Some(at), ..to("jingui-property") };
    let class = case.standing().class.expect("a class");
    let latest = case.desk.rules.extended_resolve(class, case.now).expect("bounded");
    assert_eq!(case.take(WANG, K::Dispatch, by(case.now.plus_ms(-1))), Err(Refusal::BadLimit));
    assert_eq!(case.take(WANG, K::Dispatch, by(latest.plus_ms(400 * DAY_MS))), Err(Refusal::BadLimit));
    let soon = case.now.plus_ms(HOUR_MS / 60);
    case.take_all([(WANG, K::Dispatch, by(soon))]);
    assert_eq!(case.due(Stage::Resolve), soon);
}

#[test]
fn while_it_is_returned_the_clock_stands_still_and_then_goes_on() {
    let mut case = Case::reported(CHEN, "19001");
    assert_eq!(case.take(HE, K::Return, nothing()), Err(Refusal::TextMissing));
    let before = case.standing().limits;
    case.take_all([(HE, K::Return, text("哪一栋？"))]);
    assert_eq!((case.standing().next_limit(), find_wake(&case.incident)), (None, None), "nothing runs");
    assert!(!case.wait_until(case.now.plus_ms(14 * DAY_MS)), "and nothing gets late");
    case.take_all([(CHEN, K::Resubmit, text("3栋"))]);
    let standing = case.standing();
    assert_eq!(standing.state, State::Reported);
    for (stage, limit) in &before {
        assert!(standing.limits.get(stage).is_some_and(|now| now.due_at > limit.due_at), "{stage:?} moved");
    }
    assert!(standing.overdue.is_empty() && case.due(Stage::Accept) > case.now);
    // Put right by the clerk: its new limits do not count the days that it was returned either.
    case.incident.priority = Some(Priority::Urgent);
    case.take_all([(HE, K::Accept, nothing())]);
    assert_eq!(case.standing().class, Some(crate::category::SlaClass::Urgent));
    assert!(case.due(Stage::Resolve) > case.now);
}

#[test]
fn a_pause_over_the_weekend_gives_no_working_hours_back() {
    let at = |day: i32, hour: i64| UnixMillis::start_of(crate::time::add_days(TODAY, day)).plus_ms(hour * HOUR_MS / 2);
    // Friday 10:00, returned at 16:00, reported again on Monday at 8:30. Half hours.
    let (friday_10, friday_16, monday_8_30) = (at(4, 20), at(4, 32), at(7, 17));
    let report_at = |case: &mut Case, at: UnixMillis| {
        case.now = at.plus_ms(-1_000);
        case.take_all([(CHEN, K::Submit, nothing())]);
    };
    let mut paused = Case::draft(CHEN, DISPUTE);
    report_at(&mut paused, friday_10);
    let class = paused.standing().class.expect("a class");
    let rules = paused.desk.rules.clone();
    let whole = rules.extended_resolve(class, friday_10).expect("can be extended");
    paused.now = friday_16.plus_ms(-1_000);
    paused.take_all([(HE, K::Return, text("哪一栋？"))]);
    paused.now = monday_8_30.plus_ms(-1_000);
    paused.take_all([(CHEN, K::Resubmit, text("3栋"))]);
    let latest = |case: &Case| latest_extension(&case.incident, &case.standing(), &rules, case.now).expect("a limit");
    let lost_ms = rules.calendar.working_ms_between(friday_16, monday_8_30);
    let gained_ms = rules.calendar.working_ms_between(whole, latest(&paused));
    assert_eq!(gained_ms, lost_ms, "as many working hours as lay in the pause, and no more");
    // The limits that were given and those given anew, of whatever class, go by the same count.
    let resolve = rules.limit(class, Stage::Resolve, friday_10).expect("a limit");
    let moved = rules.shift(&resolve, class, friday_16, monday_8_30).due_at;
    assert_eq!(paused.due(Stage::Resolve), moved);
    paused.incident.category = "19001".into();
    paused.take_all([(HE, K::Accept, nothing())]);
    let other = paused.standing().class.expect("a class");
    assert_ne!(other, class);
    let resolve = rules.limit(other, Stage::Resolve, friday_10).expect("a limit");
    assert_eq!(paused.due(Stage::Resolve), rules.shift(&resolve, other, friday_16, monday_8_30).due_at);
}

#[test]
fn clocks_that_are_wrong_by_hours_or_days_change_nothing_about_the_order() {
    let ends = [-3 * HOUR_MS, 0, 2 * DAY_MS].map(|skew| {
        let mut case = Case::reported(CHEN, "19001");
        case.take_all([(WANG, K::Accept, nothing()), (WANG, K::Dispatch, to("jingui-property"))]);
        let start = case.write_at(ZHAO, K::Start, nothing(), (0, case.now.plus_ms(skew)));
        let done = case.write_at(ZHAO, K::SubmitResult, text("已修好"), (0, case.now.plus_ms(-skew)));
        let transfer = case.write(WANG, K::Transfer, to("city-management"));
        case.settle(&[start, done, transfer]);
        assert_eq!(case.ruling(transfer), Err(Refusal::WrongState));
        case.standing()
    });
    assert_eq!(ends[0].state, State::Resolved);
    assert!(ends.iter().all(|end| *end == ends[0]), "the same with every clock");
}
