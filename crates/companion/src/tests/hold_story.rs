//! A step at the desk waits a moment for being taken back; several are taken by one tap.

use contract::{ErrorCode, HistoryKind, Queue, RetractStep, RetractSteps, StepEffect, TakeSteps};
use domain::IncidentId;
use domain::workflow::{Payload, Refusal, State, TransitionKind};

use super::district::District;
use super::phone::{Phone, clerk, dispatcher, worker};
use super::workflow_story::{count, line, report, step, text, view};

const HOLD_MS: i64 = 6_000;

/// A desk whose steps wait, with so many reports on it.
fn desk_with(reports: usize) -> (District, Phone, Phone, Vec<IncidentId>) {
    let (mut district, mut reporter) = (District::new(), Phone::of(worker()));
    let mut desk = Phone::with_file_of(clerk(8));
    desk.companion.hold_steps_back(HOLD_MS);
    let ids = (0..reports).map(|_| report(&mut reporter)).collect();
    district.sync(&mut reporter);
    district.sync(&mut desk);
    (district, reporter, desk, ids)
}

fn wait_until_it_leaves(desk: &mut Phone) {
    desk.wait_minutes(1);
    assert!(desk.companion.release_due());
}

#[test]
fn a_step_that_was_taken_back_in_time_never_counted() {
    let (mut district, mut reporter, mut desk, ids) = desk_with(1);
    let id = ids[0];
    let returned = step(&mut desk, id, TransitionKind::Return, text("请补充楼号"));
    let taken = line(&returned, TransitionKind::Return).step.expect("a step");
    district.sync(&mut desk);
    assert_eq!(district.read(id).decisions.len(), 1, "nothing has left the desk but what was there before");
    let back = desk.run(RetractStep { incident: id, step: taken });
    assert_eq!(back.row.standing, State::Reported);
    district.sync(&mut desk);
    district.sync(&mut reporter);
    for phone in [&mut desk, &mut reporter] {
        let seen = view(phone, id);
        assert_eq!((seen.row.standing, seen.row.pending, seen.row.futile), (State::Reported, 0, 0));
        let effect = line(&seen, TransitionKind::Return).effect;
        assert!(matches!(effect, StepEffect::Futile { reason: Refusal::Retracted, .. }), "{effect:?}");
    }
    assert_eq!(count(&mut desk, Queue::Futile), 0, "it asks for nothing");
}

#[test]
fn a_step_that_nobody_takes_back_leaves_when_its_time_has_come() {
    let (mut district, _, mut desk, ids) = desk_with(1);
    step(&mut desk, ids[0], TransitionKind::Accept, Payload::default());
    district.sync(&mut desk);
    assert_eq!(view(&mut desk, ids[0]).row.standing, State::Reported);
    wait_until_it_leaves(&mut desk);
    district.sync(&mut desk);
    let accepted = view(&mut desk, ids[0]);
    assert_eq!((accepted.row.standing, accepted.row.pending), (State::Accepted, 0));
    let step = line(&accepted, TransitionKind::Accept).step.expect("a step");
    let error = desk.refuse(RetractStep { incident: ids[0], step });
    assert_eq!(error.code, ErrorCode::NotAllowed, "the server has it: there is no way back");
}

#[test]
fn an_app_that_is_killed_meanwhile_sends_the_step_at_its_next_start() {
    let (mut district, _, mut desk, ids) = desk_with(1);
    step(&mut desk, ids[0], TransitionKind::Return, text("请补充楼号"));
    let mut desk = desk.restart();
    desk.companion.hold_steps_back(HOLD_MS);
    let kept = view(&mut desk, ids[0]);
    assert_eq!(line(&kept, TransitionKind::Return).payload.text, "请补充楼号");
    district.sync(&mut desk);
    assert_eq!(view(&mut desk, ids[0]).row.standing, State::Returned);
}

#[test]
fn several_are_accepted_by_one_tap_and_what_cannot_be_is_named() {
    let (mut district, mut reporter, mut desk, ids) = desk_with(5);
    let mut other = Phone::of(dispatcher(5));
    district.sync(&mut other);
    // One was returned by somebody else, one was withdrawn and has not come here, one is unknown.
    step(&mut other, ids[0], TransitionKind::Return, text("重复"));
    district.sync(&mut other);
    district.sync(&mut desk);
    step(&mut reporter, ids[1], TransitionKind::Withdraw, Payload::default());
    district.sync(&mut reporter);
    let stranger = report(&mut reporter);
    let asked = ids.iter().copied().chain([stranger, ids[4]]).collect();
    let done = desk.run(TakeSteps { incidents: asked, kind: TransitionKind::Accept });
    assert_eq!(done.taken.iter().map(|step| step.incident).collect::<Vec<_>>(), ids[1..]);
    assert_eq!(done.refused, [(ids[0], Some(Refusal::WrongState)), (stranger, None)]);
    let again = desk.run(TakeSteps { incidents: ids[2..].to_vec(), kind: TransitionKind::Accept });
    assert!(again.taken.is_empty() && again.refused.iter().all(|(_, why)| *why == Some(Refusal::Repeated)));
    wait_until_it_leaves(&mut desk);
    district.sync(&mut desk);
    for id in &ids[2..] {
        let seen = view(&mut desk, *id);
        let accepts = seen.history.iter().filter(|line| line.kind == HistoryKind::Step(TransitionKind::Accept));
        assert_eq!((seen.row.standing, accepts.count()), (State::Accepted, 1));
    }
    assert_eq!(count(&mut desk, Queue::Futile), 1, "the one that was withdrawn is told");
}

#[test]
fn one_tap_takes_all_of_them_back() {
    let (mut district, _, mut desk, ids) = desk_with(3);
    let done = desk.run(TakeSteps { incidents: ids.clone(), kind: TransitionKind::Accept });
    district.sync(&mut desk);
    let back = desk.run(RetractSteps { steps: done.taken.clone() });
    assert_eq!((back.taken, back.refused), (done.taken.clone(), Vec::new()));
    assert_eq!(count(&mut desk, Queue::ToAccept), 3);
    district.sync(&mut desk);
    assert!(ids.iter().all(|id| view(&mut desk, *id).row.standing == State::Reported));
    assert_eq!((count(&mut desk, Queue::ToAccept), count(&mut desk, Queue::Futile)), (3, 0));

    let done = desk.run(TakeSteps { incidents: ids.clone(), kind: TransitionKind::Accept });
    wait_until_it_leaves(&mut desk);
    district.sync(&mut desk);
    let late = desk.run(RetractSteps { steps: done.taken });
    assert!(late.taken.is_empty(), "what is decided stays");
    assert_eq!(late.refused.len(), 3);
}

#[test]
fn only_what_nothing_goes_with_is_done_with_several() {
    let (_, _, mut desk, ids) = desk_with(1);
    for kind in [TransitionKind::Return, TransitionKind::Void, TransitionKind::Submit, TransitionKind::Dispatch] {
        assert_eq!(desk.refuse(TakeSteps { incidents: ids.clone(), kind }).code, ErrorCode::NotAllowed);
    }
}
