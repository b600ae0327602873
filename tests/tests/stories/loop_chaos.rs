//! Days of people doing with incidents what they may and what they may not, on a network that breaks: every
//! device and the server tell the same story afterwards, and every step that was ever made is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use contract::{GetSession, ListDepartedSteps, Queue, RetractStep, SendAgain, StepEffect};
use domain::codes::{BookingKind, CodeList as _, Satisfaction};
use domain::id::TransitionId;
use domain::workflow::{Booking, Payload, Refusal, Standing, TransitionKind as Step};
use domain::{Incident, IncidentId, Kind};
use sync::machine::Event;

use crate::chance::Chance;
use crate::chaos::{Seeds, play_seeds};
use crate::network::Weather;
use crate::people::{
    CHEN_LI, DR_WU, HE_JING, LI_HANG, LI_MIN, ORGANISATIONS, SUN_YAN, WANG_MIN, ZHAO_LEI, ZHENG, ZHOU_GUIFANG,
};
use crate::telling::tell_incident;
use crate::world::{Who, World};

/// How many days are played.
const SEEDS: Seeds = Seeds { ordinary: 150, long: 1_000 };
/// With so many days every kind of step takes effect on one of them, but for [`RARE`].
const DAYS_WITH_EVERY_STEP: u64 = 900;
/// With so many days the way from report to result, and every common refusal, is on one of them.
const DAYS_WITH_COMMON_STEPS: u64 = 100;
/// Steps that take effect in an ordinary run.
const COMMON: &[Step] = &[Step::Submit, Step::Accept, Step::Dispatch, Step::Start, Step::SubmitResult, Step::Verify];
/// Answers to requests that few people make; a long run may have none of them. The machine's own stories tell them.
const RARE: &[Step] = &[Step::GrantRefusal, Step::DenyRefusal, Step::GrantExtension, Step::DenyExtension];
/// Steps that bring an incident further, and answers, which are rare because somebody has to ask first.
const ONWARD: &[Step] = &[
    Step::GrantExtension,
    Step::DenyExtension,
    Step::GrantRefusal,
    Step::DenyRefusal,
    Step::ConfirmBooking,
    Step::Accept,
    Step::Dispatch,
    Step::Start,
    Step::SubmitResult,
    Step::Verify,
    Step::Feedback,
    Step::Reopen,
];
/// What people do on one day.
const ACTS: usize = 30;

/// What took effect, and why other things did not, over all days.
#[derive(Default)]
struct Tally {
    days: u64,
    effective: BTreeSet<&'static str>,
    refused: BTreeSet<&'static str>,
}

static TALLY: Mutex<Tally> = Mutex::new(Tally { days: 0, effective: BTreeSet::new(), refused: BTreeSet::new() });

#[test]
fn days_of_allowed_and_forbidden_steps_end_in_one_story() {
    play_seeds(SEEDS, play);
    let tally = TALLY.lock().unwrap();
    if tally.days < DAYS_WITH_COMMON_STEPS {
        return; // a replay, or a short run: not everything happens on one day
    }
    // A machine that refused everything would have one story, too.
    let expected = if tally.days < DAYS_WITH_EVERY_STEP { COMMON } else { Step::ALL };
    let is_missing = |kind: &&Step| !RARE.contains(kind) && !tally.effective.contains(kind.code());
    let missing: Vec<_> = expected.iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "never took effect on {} days: {missing:?}", tally.days);
    for refusal in [Refusal::WrongState, Refusal::WrongRole, Refusal::NotReporter] {
        assert!(tally.refused.contains(refusal.code()), "{refusal:?} never happened on {} days", tally.days);
    }
}

fn play(seed: u64) {
    let mut world = World::begin_empty(seed);
    world.district.publish("organisations", ORGANISATIONS);
    // A reporter, a dispatcher and a handler are always there; of the others about half.
    let people = [
        (CHEN_LI, 0),
        (WANG_MIN, 48 * 3_600_000),
        (ZHAO_LEI, -90_000),
        (LI_MIN, 7 * 60_000),
        (ZHOU_GUIFANG, -3 * 3_600_000),
        (HE_JING, 0),
        (LI_HANG, 0),
        (SUN_YAN, 0),
        (DR_WU, 0),
        (ZHENG, 0),
    ];
    let mut everybody: Vec<Who> = Vec::new();
    for (n, ((number, name, role), wrong_by_ms)) in people.into_iter().enumerate() {
        if n < 3 || world.chance.is_in_100(45) {
            everybody.push(world.enrol(number, name, role, wrong_by_ms));
        }
    }
    world.weather = Weather { trouble_percent: world.chance.below(50) };
    for &who in &everybody {
        world.restart(who);
    }
    world.pass(20_000);
    let mut made = BTreeMap::new();
    for act in 0..ACTS {
        let who = *world.chance.clone().pick(&everybody);
        do_something(&mut world, who, act, &mut made);
        let pause = i64::try_from(world.chance.below(20_000)).unwrap();
        world.pass(pause);
        if world.chance.is_in_100(25) {
            // Up to half a day: limits pass, working days end.
            let night = i64::try_from(world.chance.below(12 * 3_600_000)).unwrap();
            world.sleep(night);
        }
        if world.chance.is_in_100(30) {
            world.district.tick();
        }
        if world.chance.is_in_100(3) {
            world.district.restart_with(|_| {});
        }
    }
    world.come_together();
    world.district.tick();
    world.come_together();
    world.expect_one_truth();
    expect_one_story(&mut world, &everybody, &made);
    note_what_happened(&world);
}

fn note_what_happened(world: &World) {
    let mut tally = TALLY.lock().unwrap();
    tally.days += 1;
    for record in world.district.records().iter().filter(|record| record.kind == Kind::Incident) {
        let incident: Incident = serde_json::from_str(&record.projection).unwrap();
        for (id, decision) in &incident.decisions {
            if decision.effective {
                tally.effective.insert(incident.transitions[id].kind.code());
            }
            tally.refused.extend(decision.reason.map(|reason| reason.code()));
        }
    }
}

/// What somebody did, by the step's id.
type Made = BTreeMap<TransitionId, (IncidentId, Step)>;

fn do_something(world: &mut World, who: Who, act: usize, made: &mut Made) {
    let chance = world.chance.clone();
    match chance.below(12) {
        0 => world.restart(who),
        1 => world.say(who, Event::SyncRequested),
        2 => world.say(who, Event::Hint),
        // A desk that has not synced yet knows no grid to report from.
        3..=4 if world.phones[who].ask(GetSession {}).unwrap().account.is_some_and(|account| account.may_report) => {
            let category = *chance.pick(&["03001", "05003", "02001", "08001", "20001"]);
            let id = world.work(who, |phone| phone.report_in_street(category, &format!("第{act}件")));
            note_steps(world, who, id, made);
        }
        _ => step_somewhere(world, who, act, made),
    }
}

fn step_somewhere(world: &mut World, who: Who, act: usize, made: &mut Made) {
    let chance = world.chance.clone();
    let rows = world.phones[who].queue(Queue::All);
    if rows.is_empty() {
        return world.say(who, Event::SyncRequested);
    }
    let id = chance.pick(&rows).id;
    let view = world.phones[who].incident(id);
    let futile = view
        .history
        .iter()
        .find(|entry| matches!(entry.effect, StepEffect::Futile { can_dismiss: true, .. }) && entry.step.is_some());
    if let (Some(entry), true) = (futile, chance.is_in_100(30)) {
        let step = entry.step.unwrap();
        if chance.is_in_100(50) {
            _ = world.work(who, |phone| phone.ask(SendAgain { incident: id, step }));
        } else {
            _ = world.work(who, |phone| phone.ask(RetractStep { incident: id, step }));
        }
    } else {
        // Mostly what the app offers; now and then whatever comes to mind, as a changed app would.
        let offered: Vec<Step> = view.steps.iter().map(|offer| offer.kind).collect();
        let kind = if offered.is_empty() || chance.is_in_100(20) {
            *chance.pick(Step::ALL)
        } else {
            // Left to chance alone hardly anything would come to its end.
            let onward = offered.iter().find(|kind| ONWARD.contains(kind) && chance.is_in_100(40));
            *onward.unwrap_or_else(|| chance.pick(&offered))
        };
        let mut payload = make_payload(&chance, act, &rows.iter().map(|row| row.id).collect::<Vec<_>>(), world.now());
        match kind {
            Step::AskExtension if chance.is_in_100(60) => payload.due_at = view.choices.latest_extension,
            Step::GrantExtension => payload.due_at = None, // as it was asked for
            Step::Dispatch if chance.is_in_100(60) => payload.due_at = None,
            _ => {}
        }
        world.work(who, |phone| phone.force(id, kind, payload));
    }
    note_steps(world, who, id, made);
}

/// A payload with about everything, right or wrong.
fn make_payload(chance: &Chance, act: usize, incidents: &[IncidentId], now: i64) -> Payload {
    let org = |chance: &Chance| chance.pick(&["jingui-property", "city-management", "doctors-three"]).parse().unwrap();
    let hours =
        |chance: &Chance| domain::UnixMillis::new(now + (i64::try_from(chance.below(80)).unwrap() - 5) * 3_600_000);
    let is = |percent| chance.is_in_100(percent);
    Payload {
        text: if is(85) { format!("说明{act}") } else { String::new() },
        to_org: is(90).then(|| org(chance)),
        to_person: None,
        due_at: is(40).then(|| hours(chance)),
        joint: if is(20) { [org(chance)].into() } else { [].into() },
        passes: is(90).then(|| is(70)),
        satisfaction: is(90).then(|| *chance.pick(Satisfaction::ALL)),
        way: None,
        duplicate_of: is(60).then(|| *chance.pick(incidents)),
        of: None,
        booking: is(80).then(|| Booking {
            kind: *chance.pick(BookingKind::ALL),
            place: "社区调解室".into(),
            at: hours(chance),
            service: None,
        }),
        stage: None,
    }
}

/// Writes down the own steps that are on the phone now.
fn note_steps(world: &mut World, who: Who, id: IncidentId, made: &mut Made) {
    let me = world.phones[who].owner.id;
    for (step, transition) in world.phones[who].read_incident(id).map(|i| i.transitions).unwrap_or_default() {
        if transition.by == me {
            made.insert(step, (id, transition.kind));
        }
    }
}

fn expect_one_story(world: &mut World, everybody: &[Who], made: &Made) {
    let incidents: BTreeMap<IncidentId, Incident> = world
        .district
        .records()
        .iter()
        .filter(|record| record.kind == Kind::Incident)
        .map(|record| (record.id.into(), serde_json::from_str(&record.projection).unwrap()))
        .collect();
    for (step, (id, kind)) in made {
        let incident = &incidents[id];
        assert!(incident.transitions.contains_key(step), "{kind:?} {step} was made and is gone");
    }
    let mut numbers = BTreeSet::new();
    for (id, incident) in &incidents {
        let undecided: Vec<_> =
            incident.transitions.keys().filter(|step| !incident.decisions.contains_key(*step)).collect();
        assert!(undecided.is_empty(), "{id}: {undecided:?} are neither effective nor 未生效");
        let mut positions: Vec<u32> = incident.decisions.values().map(|decision| decision.position).collect();
        positions.sort_unstable();
        assert!(positions.iter().copied().eq(1..=u32::try_from(positions.len()).unwrap()), "{id}: {positions:?}");
        assert!(numbers.insert(incident.human_no.clone().expect("a number")), "a number was given twice");
        // Everybody who has it reads the same, as the server stands.
        let standing = Standing::of(incident);
        let mut told: Option<String> = None;
        for &who in everybody {
            if !world.phones[who].has_incident(*id) {
                continue;
            }
            let view = world.phones[who].incident(*id);
            assert_eq!((view.row.standing, view.row.pending), (standing.state, 0), "{id}");
            let limits: Vec<_> = view.limits.iter().map(|limit| (limit.stage, limit.limit.due_at)).collect();
            let mut expected: Vec<_> = standing.running_limits().map(|(stage, limit)| (stage, limit.due_at)).collect();
            expected.sort_by_key(|(stage, due_at)| (*due_at, *stage));
            assert_eq!(limits, expected, "{id}");
            let text = tell_incident(&view);
            assert_eq!(*told.get_or_insert_with(|| text.clone()), text, "{}", world.phones[who].owner.name);
        }
    }
    for &who in everybody {
        let owner = world.phones[who].owner.clone();
        if let Some(org) = &owner.scope.org {
            // Exactly the incidents of the organisation, and its own steps in those that left.
            for row in world.phones[who].queue(Queue::All) {
                assert!(Standing::of(&incidents[&row.id]).orgs_now().contains(org), "{} has {}", owner.name, row.id);
            }
            for step in world.phones[who].ask(ListDepartedSteps {}).unwrap() {
                assert!(step.reason.is_some(), "{}: {:?} was never told what became of it", owner.name, step);
            }
        }
        for state in ["pending", "refused", "held", "set_aside"] {
            assert_eq!(world.phones[who].count_changes(state), 0, "{}: {state}", owner.name);
        }
    }
}
