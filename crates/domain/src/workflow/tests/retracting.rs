//! Stories of taking back: a step that is on its way, one that did not take effect, and what stays as it is.

use super::*;
use crate::deadline::TimeRules;
use TransitionKind as K;

#[test]
fn a_step_on_its_way_is_taken_back() {
    let mut case = Case::reported(CHEN, "19001");
    let accept = case.write(WANG, K::Accept, nothing());
    let retract = case.write(WANG, K::Retract, of(accept));
    case.settle(&[accept, retract]);
    assert_eq!(case.ruling(accept), Err(Refusal::Retracted));
    assert_eq!((case.ruling(retract), case.state()), (Ok(()), State::Reported));
    let accept = case.write(WANG, K::Accept, nothing());
    let foreign = case.write(HANG, K::Retract, of(accept));
    case.settle(&[accept, foreign]);
    assert_eq!((case.ruling(accept), case.ruling(foreign)), (Ok(()), Err(Refusal::WrongRole)));
}

#[test]
fn what_took_effect_stays_and_what_did_not_is_put_away() {
    let mut case = Case::reported(CHEN, "19001");
    let accept = case.write(WANG, K::Accept, nothing());
    case.settle(&[accept]);
    assert_eq!(case.take(WANG, K::Retract, of(accept)), Err(Refusal::WrongState));
    let late = case.write(HANG, K::Accept, nothing());
    case.settle(&[late]);
    assert_eq!(case.ruling(late), Err(Refusal::WrongState));
    assert_eq!(case.take(HANG, K::Retract, of(late)), Ok(()));
    assert_eq!(case.state(), State::Accepted);
}

#[test]
fn a_step_that_came_too_late_is_sent_again() {
    let mut case = Case::resolved();
    let late = case.write(CHEN, K::Verify, passes());
    case.take_all([(LI, K::Verify, fails()), (ZHAO, K::SubmitResult, text("再修好"))]);
    case.settle(&[late]);
    assert!(case.ruling(late).is_err());
    let again = case.incident.transitions[&late].payload.clone();
    assert_eq!(case.take(CHEN, K::Verify, again), Ok(()));
    assert_eq!(case.state(), State::Verified);
}

#[test]
fn a_report_is_withdrawn_not_taken_back() {
    let mut case = Case::draft(CHEN, "19001");
    let submit = case.write(CHEN, K::Submit, nothing());
    let retract = case.write(CHEN, K::Retract, of(submit));
    case.settle(&[submit, retract]);
    assert_eq!((case.ruling(submit), case.ruling(retract)), (Ok(()), Err(Refusal::WrongState)));
    assert_eq!(case.take(CHEN, K::Withdraw, nothing()), Ok(()), "there is a way on");
    let mut case = Case::draft(CHEN, "19001").with_sampling(true);
    let settled = case.write(CHEN, K::SelfHandle, text("已清扫"));
    let retract = case.write(CHEN, K::Retract, of(settled));
    case.settle(&[settled, retract]);
    assert_eq!(case.state(), State::Resolved);
    // Settled after it was reported: that step can be taken back, the report stands.
    let mut case = Case::reported(CHEN, "19001");
    let settled = case.write(CHEN, K::SelfHandle, text("已清扫"));
    let retract = case.write(CHEN, K::Retract, of(settled));
    case.settle(&[settled, retract]);
    assert_eq!(case.state(), State::Reported);
}

#[test]
fn taking_back_is_not_taken_back() {
    let mut case = Case::reported(CHEN, "19001");
    let accept = case.write(WANG, K::Accept, nothing());
    let retract = case.write(WANG, K::Retract, of(accept));
    let again = case.write(WANG, K::Retract, of(retract));
    case.settle(&[accept, retract, again]);
    assert_eq!((case.ruling(accept), case.ruling(retract)), (Err(Refusal::Retracted), Ok(())));
    assert_eq!(case.ruling(again), Err(Refusal::WrongState), "it takes effect like any other");
    let own = case.write(WANG, K::Retract, nothing());
    case.incident.transitions.get_mut(&own).expect("written").payload.of = Some(own);
    case.settle(&[own]);
    assert_eq!(case.state(), State::Reported);
}

#[test]
fn a_device_shows_its_own_steps_as_done_and_its_requests_as_requests() {
    let mut case = Case::dispatched("19001");
    let start = case.write(ZHAO, K::Start, nothing());
    let transfer = case.write(WANG, K::Transfer, to("city-management"));
    let withdraw = case.write(CHEN, K::Withdraw, nothing());
    let seen = look(&case.incident, &TimeRules::default(), case.now);
    assert_eq!((seen.confirmed.state, seen.shown.state), (State::Dispatched, State::Handling));
    assert_eq!(seen.shown.orgs_now(), seen.confirmed.orgs_now(), "a transfer waits for the server");
    let pending = |id| *seen.pending.iter().find(|pending| pending.id == id).expect("pending");
    assert_eq!((pending(start).offline, pending(start).is_likely), (Offline::Shown, true));
    assert_eq!((pending(transfer).offline, pending(transfer).is_likely), (Offline::Requested, true));
    assert!(!pending(withdraw).is_likely, "too late already, as far as this device knows");
    case.settle(&[start, transfer, withdraw]);
    let seen = look(&case.incident, &TimeRules::default(), case.now);
    assert_eq!((seen.pending.len(), seen.shown), (0, seen.confirmed));
}

#[test]
fn a_device_no_longer_shows_what_it_took_back() {
    let mut case = Case::dispatched("19001");
    let start = case.write(ZHAO, K::Start, nothing());
    case.write(ZHAO, K::Retract, of(start));
    let seen = look(&case.incident, &TimeRules::default(), case.now);
    assert_eq!(seen.shown.state, State::Dispatched);
}

#[test]
fn a_whole_day_without_network_is_shown_and_then_settled_the_same() {
    let mut case = Case::draft(CHEN, "19001");
    let submit = case.write(CHEN, K::Submit, nothing());
    let urge = case.write_at(CHEN, K::Urge, nothing(), (0, case.now.plus_ms(HOUR_MS)));
    let seen = look(&case.incident, &TimeRules::default(), case.now);
    assert_eq!((seen.confirmed.state, seen.shown.state, seen.shown.urged), (State::Draft, State::Reported, 1));
    assert!(!seen.shown.limits.is_empty(), "its limits are estimates");
    case.settle(&[submit, urge]);
    assert_eq!((case.state(), case.standing().urged), (State::Reported, 1));
}

#[test]
fn a_clock_that_is_put_right_in_between_hides_nothing_that_was_done() {
    let mut case = Case::dispatched("19001");
    let fast = case.now.plus_ms(3 * HOUR_MS);
    let start = case.write_at(ZHAO, K::Start, nothing(), (0, fast));
    let done = case.write_at(ZHAO, K::SubmitResult, text("已修好"), (0, case.now.plus_ms(HOUR_MS)));
    let seen = look(&case.incident, &TimeRules::default(), case.now);
    assert_eq!(seen.shown.state, State::Resolved);
    assert!(seen.pending.iter().all(|pending| pending.is_likely));
    let order: Vec<_> = seen.pending.iter().map(|pending| pending.id).collect();
    assert_eq!(order, [done, start], "listed by their device times");
}

#[test]
fn what_a_newer_app_did_is_kept_and_has_no_effect() {
    let mut case = Case::reported(CHEN, "19001");
    assert_eq!(case.take(CHEN, K::Unknown, nothing()), Err(Refusal::Newer));
    let stranger = Person { role: Role::Unknown, ..LI };
    assert_eq!(case.take(stranger, K::Urge, nothing()), Err(Refusal::NotReporter));
    assert_eq!(case.state(), State::Reported);
}

#[test]
fn nobody_but_the_server_routes_closes_or_marks() {
    for who in [CHEN, LI, ZHOU, HE, WANG, ZHAO, SUN, ZHENG] {
        let mut case = Case::dispatched("19001");
        for kind in [K::Route, K::AutoClose, K::MarkOverdue] {
            assert!(case.take(who, kind, to("city-management")).is_err(), "{} {kind:?}", who.name);
        }
        assert_eq!(case.standing().orgs_now(), [org("jingui-property")].into());
    }
}
