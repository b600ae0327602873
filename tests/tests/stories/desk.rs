//! A clerk at her desk: steps wait a moment for being taken back, several are accepted by one tap.

use contract::{Queue, RetractStep, RetractSteps, TakeSteps};
use domain::workflow::{Payload, Refusal, State, TransitionKind as Step};
use domain::{IncidentId, Role};

use crate::people::{CHEN_LI, HE_JING};
use crate::world::{Who, World};

/// As the app holds steps back.
const HOLD_MS: i64 = 6_000;

/// 陈立 has reported so much; 何静 has it on her desk.
fn with_reports(seed: u64, reports: usize) -> (World, Who, Who, Vec<IncidentId>) {
    let mut world = World::begin_empty(seed);
    let [chen, he] = [CHEN_LI, HE_JING].map(|person| world.give_phone(person));
    world.load_all();
    let ids = (0..reports).map(|n| world.phones[chen].report_in_street("05003", &format!("垃圾{n}"))).collect();
    world.come_together();
    world.phones[he].companion().hold_steps_back(HOLD_MS);
    (world, chen, he, ids)
}

#[test]
fn what_was_taken_back_in_time_was_never_in_effect_anywhere() {
    let (mut world, chen, he, ids) = with_reports(61, 1);
    let id = ids[0];
    let text = Payload { text: "请补充楼号".into(), ..Payload::default() };
    let view = world.work(he, |phone| phone.take(id, Step::Return, text)).unwrap();
    let step = view.history[0].step.unwrap();
    world.pass(HOLD_MS / 2);
    assert_eq!(world.district.incident(id).transitions.len(), 1, "it has not left her desk");
    world.work(he, |phone| phone.ask(RetractStep { incident: id, step })).unwrap();
    world.settle();
    world.come_together();
    let incident = world.district.incident(id);
    assert_eq!(incident.decisions[&step].reason, Some(Refusal::Retracted));
    assert_eq!(world.phones[chen].incident(id).row.standing, State::Reported);
    assert!(world.phones[he].queue(Queue::Futile).is_empty(), "it asks nobody for anything");
    world.expect_one_truth();
}

#[test]
fn a_step_leaves_by_itself_and_after_a_kill_too() {
    let (mut world, chen, he, ids) = with_reports(62, 2);
    world.work(he, |phone| phone.take(ids[0], Step::Accept, Payload::default())).unwrap();
    world.pass(HOLD_MS + 5_000);
    assert_eq!(world.phones[he].incident(ids[0]).row.standing, State::Accepted, "nobody touched anything");

    world.work(he, |phone| phone.take(ids[1], Step::Accept, Payload::default())).unwrap();
    world.pass(HOLD_MS / 2);
    world.restart(he);
    world.settle();
    world.come_together();
    assert_eq!(world.phones[chen].incident(ids[1]).row.standing, State::Accepted, "the kill lost nothing");
    world.expect_one_truth();
}

#[test]
fn five_are_accepted_by_one_tap_and_taken_back_by_one() {
    let (mut world, chen, he, ids) = with_reports(63, 6);
    // One is withdrawn meanwhile, and she does not know it.
    world.work(chen, |phone| phone.take(ids[0], Step::Withdraw, Payload::default())).unwrap();
    let request = TakeSteps { incidents: ids.clone(), kind: Step::Accept };
    let done = world.work(he, |phone| phone.ask(request.clone())).unwrap();
    assert_eq!((done.taken.len(), done.refused.len()), (6, 0));
    world.pass(HOLD_MS / 2);
    let back = world.work(he, |phone| phone.ask(RetractSteps { steps: done.taken })).unwrap();
    assert_eq!(back.taken.len(), 6);
    world.settle();
    world.come_together();
    assert_eq!(world.phones[he].queue(Queue::ToAccept).len(), 5);

    let done = world.work(he, |phone| phone.ask(request)).unwrap();
    assert_eq!(done.refused, [(ids[0], Some(Refusal::WrongState))], "by now she knows");
    world.pass(HOLD_MS + 5_000);
    world.come_together();
    assert!(ids[1..].iter().all(|id| world.phones[chen].incident(*id).row.standing == State::Accepted));
    assert_eq!(world.phones[he].owner.role, Role::CommunityClerk);
    world.expect_one_truth();
}
