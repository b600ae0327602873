//! Whoever handles an incident can call whoever reported it, while it is open: before and after, and for everybody else,
//! the number is not on the device.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ::sync::machine::Event;
use domain::IncidentId;
use domain::codes::Satisfaction;
use domain::workflow::{Payload, State, TransitionKind as Step};

use crate::people::{CHEN_LI, LI_MIN, ORGANISATIONS, SUN_YAN, WANG_MIN, ZHAO_LEI};
use crate::world::{Who, World};

const TEL: &str = "19900000301";

/// The number stands in this phone's file or its journals.
fn has_number(world: &World, who: Who) -> bool {
    world.phones[who].raw_bytes().windows(TEL.len()).any(|window| window == TEL.as_bytes())
}

fn shown(world: &mut World, who: Who, id: IncidentId) -> Option<String> {
    world.phones[who].incident(id).reporter_tel
}

fn take(world: &mut World, who: Who, id: IncidentId, kind: Step, payload: Payload) {
    world.work(who, |phone| phone.take(id, kind, payload)).unwrap();
    world.pass(5_000);
    world.come_together();
}

fn to(org: &str) -> Payload {
    Payload { to_org: Some(org.parse().unwrap()), ..Payload::default() }
}

/// 陈立 has reported something, and 王敏 has dispatched it to 金桂物业, whose 赵磊 has it.
fn dispatched(seed: u64) -> (World, [Who; 5], IncidentId) {
    let mut world = World::begin_empty(seed);
    world.district.publish("organisations", ORGANISATIONS);
    let people = [CHEN_LI, LI_MIN, WANG_MIN, ZHAO_LEI, SUN_YAN].map(|person| world.give_phone(person));
    let [chen, _, wang, zhao, _] = people;
    world.district.save_tel(world.phones[chen].owner.id, TEL);
    world.load_all();
    let id = world.work(chen, |phone| phone.report_in_street("03001", "楼道堆物"));
    world.come_together();
    take(&mut world, wang, id, Step::Accept, Payload::default());
    assert!((0..people.len()).all(|who| !has_number(&world, who)), "nobody handles it yet");
    take(&mut world, wang, id, Step::Dispatch, to("jingui-property"));
    assert_eq!(shown(&mut world, zhao, id).as_deref(), Some(TEL));
    (world, people, id)
}

#[test]
fn the_handler_has_the_number_while_the_incident_is_open_and_not_a_byte_of_it_afterwards() {
    let (mut world, people, id) = dispatched(71);
    let [chen, li, _, zhao, _] = people;
    for who in people {
        assert_eq!(has_number(&world, who), who == zhao, "only where it is handled");
    }
    world.restart(zhao);
    world.settle();
    assert_eq!(shown(&mut world, zhao, id).as_deref(), Some(TEL), "without asking again");
    let text = |text: &str| Payload { text: text.into(), ..Payload::default() };
    take(&mut world, zhao, id, Step::Start, Payload::default());
    take(&mut world, zhao, id, Step::SubmitResult, text("已经搬空"));
    assert_eq!(shown(&mut world, zhao, id).as_deref(), Some(TEL), "until it is over");
    take(&mut world, li, id, Step::Verify, Payload { passes: Some(true), ..Payload::default() });
    let answer = Payload { satisfaction: Some(Satisfaction::Satisfied), ..Payload::default() };
    take(&mut world, chen, id, Step::Feedback, answer);
    assert_eq!(world.phones[zhao].incident(id).row.standing, State::Closed, "the incident stays");
    assert_eq!(shown(&mut world, zhao, id), None);
    assert!(people.iter().all(|who| !has_number(&world, *who)), "the number does not");

    // A second phone of his reads everything from the beginning: the number is in none of the replies.
    let told = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&told);
    world.tamper = Some(Box::new(move |reply| {
        count.fetch_add(reply.contacts.as_ref().map_or(0, Vec::len), Ordering::Relaxed);
        false
    }));
    let second = world.give_phone(ZHAO_LEI);
    world.load_all();
    assert!(world.phones[second].has_incident(id) && !has_number(&world, second));
    assert_eq!(told.load(Ordering::Relaxed), 0);
    world.expect_one_truth();
}

#[test]
fn the_number_goes_with_the_incident_to_whoever_handles_it_next() {
    let (mut world, people, id) = dispatched(72);
    let [chen, _, wang, zhao, sun] = people;
    take(&mut world, wang, id, Step::Transfer, to("city-management"));
    assert!(!world.phones[zhao].has_incident(id));
    assert!(!has_number(&world, zhao) && has_number(&world, sun));
    // Another number takes the place of the first when the incident moves on.
    world.district.save_tel(world.phones[chen].owner.id, "0000-5550101");
    take(&mut world, sun, id, Step::Start, Payload::default());
    assert_eq!(shown(&mut world, sun, id).as_deref(), Some("0000-5550101"));
    assert!(!has_number(&world, sun));
    world.expect_one_truth();
}

#[test]
fn a_device_without_its_right_keeps_no_number() {
    let (mut world, [_, _, _, zhao, _], id) = dispatched(73);
    world.district.revoke(world.phones[zhao].owner.id);
    world.say(zhao, Event::SyncRequested);
    world.settle();
    assert!(world.phones[zhao].has_incident(id), "what he has read stays until he is enrolled again");
    assert_eq!(shown(&mut world, zhao, id), None);
    assert!(!has_number(&world, zhao));
}
