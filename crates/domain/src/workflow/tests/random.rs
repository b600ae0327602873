//! Chance: random people do random things, allowed or not. What must hold whatever they do. Each run prints its seed.

use super::*;
use crate::codes::{CodeList as _, Satisfaction, SettlingWay};
use crate::deadline::Stage;
use crate::flat::{flatten, unflatten};
use crate::organisation::{OrgKind, Organisation};

const SEEDS: u64 = 150;
const STEPS: usize = 30;
const PEOPLE: [Person; 10] = [CHEN, LI, ZHOU, HE, MA, WANG, HANG, ZHAO, SUN, ZHENG];

/// A small generator (xorshift64*), so that a seed says everything.
struct Chance(u64);

impl Chance {
    fn begin(seed: u64) -> Self {
        eprintln!("seed {seed}");
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).expect("31 bits") % n
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn pick_org(&mut self) -> OrgCode {
        org(self.pick(&["jingui-property", "city-management", "haitang-community", "nowhere"]))
    }

    fn time(&mut self, near: UnixMillis) -> UnixMillis {
        let hours = i64::try_from(self.below(400)).expect("small") - 80;
        near.plus_ms(hours * HOUR_MS / 4)
    }
}

/// Any payload at all: most parts belong to another kind.
fn any_payload(chance: &mut Chance, case: &Case) -> Payload {
    let ids: Vec<_> = case.incident.transitions.keys().copied().collect();
    let booking = visit_at(chance.time(case.now)).booking;
    Payload {
        text: if chance.is(70) { "说明。带点.和 空格".into() } else { String::new() },
        to_org: chance.is(70).then(|| chance.pick_org()),
        to_person: chance.is(15).then(|| chance.pick(&[ZHAO, QIAN, SUN]).id()),
        due_at: chance.is(30).then(|| chance.time(case.now)),
        joint: if chance.is(25) { [chance.pick_org(), chance.pick_org()].into() } else { [].into() },
        passes: chance.is(80).then(|| chance.is(60)),
        satisfaction: chance.is(80).then(|| chance.pick(Satisfaction::ALL)),
        way: chance.is(20).then(|| chance.pick(SettlingWay::ALL)),
        duplicate_of: chance.is(30).then(|| if chance.is(50) { case.incident.id } else { incident_by(9).id }),
        of: (!ids.is_empty() && chance.is(40)).then(|| chance.pick(&ids)),
        booking: booking.filter(|_| chance.is(60)),
        stage: chance.is(30).then(|| chance.pick(&[Stage::Accept, Stage::FirstAction, Stage::Resolve, Stage::Verify])),
    }
}

/// Something that somebody might do next: mostly what is offered, sometimes anything.
fn any_step(chance: &mut Chance, case: &Case) -> Transition {
    let standing = case.standing();
    let who = chance.pick(&PEOPLE);
    let offers = offer_steps(&case.incident, &standing, &who.account(), case.now);
    let kinds: Vec<_> = offers.iter().map(|offer| offer.kind).collect();
    let kind = match () {
        () if standing.state == State::Draft => chance.pick(&[TransitionKind::Submit, TransitionKind::SelfHandle]),
        () if kinds.is_empty() || chance.is(30) => chance.pick(TransitionKind::ALL),
        () => chance.pick(&kinds),
    };
    let round = if chance.is(90) { standing.round } else { standing.round.saturating_sub(1) };
    let at = chance.time(case.now);
    who.step(kind, any_payload(chance, case), round, at)
}

fn begin(chance: &mut Chance) -> Case {
    let category = chance.pick(&["02001", "19001", "08001", "03001", "77777"]);
    let is_sampled = chance.is(50);
    let reporter = chance.pick(&[CHEN, ZHOU]);
    let mut case = Case::draft(reporter, category).with_sampling(is_sampled);
    let doctors = Organisation {
        name: "家医三组".into(),
        kind: OrgKind::DoctorTeam,
        areas: [].into(),
        categories: ["08001".to_owned()].into(),
        takes_direct: true,
        phone: String::new(),
    };
    let others = Organisation { categories: [].into(), takes_direct: false, ..doctors.clone() };
    case.desk.organisations = [
        (org("jingui-property"), doctors),
        (org("city-management"), others.clone()),
        (org("haitang-community"), others),
    ]
    .into();
    case.desk.people = [ZHAO, QIAN, SUN, HE].iter().filter_map(|who| Some((who.id(), who.org()?))).collect();
    case
}

/// A story of random steps, each settled when it arrives.
fn live(chance: &mut Chance) -> Case {
    let mut case = begin(chance);
    for _ in 0..STEPS {
        let step = any_step(chance, &case);
        let before = case.standing();
        let id = case.write_at(LI, step.kind, nothing(), (0, case.now));
        case.incident.transitions.insert(id, step);
        case.settle(&[id]);
        let decision = &case.incident.decisions[&id];
        if !decision.effective {
            let count = case.standing().position - before.position;
            let has_acted = count > 1; // the server itself, for the clock: before the step or after it
            let unmoved = Standing { position: case.standing().position, ..before };
            assert!(has_acted || case.standing() == unmoved, "what has no effect changes nothing");
        }
        if chance.is(20) {
            let later = case.now.plus_ms(i64::try_from(chance.below(200)).expect("small") * HOUR_MS / 8);
            case.wait_until(later);
        }
    }
    case
}

#[test]
fn the_fold_goes_on_from_any_point_and_counts_every_decision() {
    for seed in 0..SEEDS {
        let case = live(&mut Chance::begin(seed));
        let mut order: Vec<_> = case.incident.decisions.iter().collect();
        order.sort_by_key(|(_, decision)| decision.position);
        let positions: Vec<_> = order.iter().map(|(_, decision)| decision.position).collect();
        assert_eq!(positions, (1..).take(order.len()).collect::<Vec<_>>(), "1, 2, 3 … without a gap");
        assert!(order.is_sorted_by_key(|(_, decision)| decision.at_server));
        let mut prefix = Incident { decisions: [].into(), ..case.incident.clone() };
        let mut standing = Standing::default();
        for (id, decision) in order {
            standing.apply(*id, &case.incident.transitions[id], decision);
            prefix.decisions.insert(*id, decision.clone());
            assert_eq!(Standing::of(&prefix), standing, "after decision {}", decision.position);
        }
        assert_eq!(standing, case.standing());
    }
}

#[test]
fn one_by_one_comes_to_the_same_as_all_at_once() {
    for seed in 0..SEEDS {
        let lived = live(&mut Chance::begin(seed));
        // What people did, in the order of arrival. Taking back depends on what is still on its way.
        let mut arrived: Vec<_> = lived.incident.decisions.iter().map(|(id, d)| (d.position, *id)).collect();
        arrived.sort_unstable();
        let steps: Vec<_> = arrived
            .into_iter()
            .map(|(_, id)| (id, lived.incident.transitions[&id].clone()))
            .filter(|(_, step)| step.role != Role::System && step.kind != TransitionKind::Retract)
            .collect();
        let order: Vec<_> = steps.iter().map(|(id, _)| *id).collect();
        let empty = Incident { transitions: [].into(), decisions: [].into(), ..lived.incident.clone() };
        let (mut singly, mut at_once) = (empty.clone(), empty);
        let now = noon(TODAY);
        for (id, step) in &steps {
            singly.transitions.insert(*id, step.clone());
            settle(&mut singly, &[*id], &lived.desk, now);
        }
        at_once.transitions.extend(steps);
        settle(&mut at_once, &order, &lived.desk, now);
        assert_eq!(singly, at_once);
    }
}

#[test]
fn two_servers_that_see_the_same_write_the_same() {
    for seed in 0..SEEDS {
        let mut chance = Chance::begin(seed);
        let mut case = live(&mut chance);
        let order: Vec<_> = (0..4)
            .map(|_| {
                let step = any_step(&mut chance, &case);
                let id = case.write_at(LI, step.kind, nothing(), (0, case.now));
                case.incident.transitions.insert(id, step);
                id
            })
            .collect();
        let mut other = case.clone();
        case.settle(&order);
        other.settle(&order);
        assert_eq!(case.incident, other.incident);
        assert_eq!(turn_round(&case.incident), turned(case.standing()), "ids do not order anything");
    }
}

/// The same incident with ids that sort the other way round, folded.
fn turn_round(incident: &Incident) -> Standing {
    let mut turned = Incident { transitions: [].into(), decisions: [].into(), ..incident.clone() };
    turned.transitions.extend(incident.transitions.iter().map(|(id, step)| (turn(*id), step.clone())));
    turned.decisions.extend(incident.decisions.iter().map(|(id, decision)| (turn(*id), decision.clone())));
    Standing::of(&turned)
}

fn turn(id: TransitionId) -> TransitionId {
    TransitionId::from_uuid(uuid::Uuid::from_u128(!id.as_uuid().as_u128()))
}

/// A standing with every id in it turned.
fn turned(mut standing: Standing) -> Standing {
    standing.last_move = standing.last_move.map(turn);
    for request in [&mut standing.refusal_asked, &mut standing.extension_asked].into_iter().flatten() {
        request.step = turn(request.step);
    }
    if let Some(appointment) = &mut standing.appointment {
        appointment.step = turn(appointment.step);
    }
    standing
}

#[test]
fn what_was_written_survives_its_flat_form() {
    let mut limits = 0;
    for seed in 0..SEEDS {
        let case = live(&mut Chance::begin(seed));
        let flat = flatten(&case.incident).expect("flat");
        assert_eq!(unflatten::<Incident>(&flat).expect("an incident"), case.incident);
        for decision in case.incident.decisions.values() {
            let flat = flatten(decision).expect("flat");
            limits += flat.keys().filter(|path| path.starts_with("limits.") && path.ends_with(".due_at")).count();
            assert_eq!(unflatten::<Decision>(&flat).expect("a decision"), *decision);
        }
        for step in case.incident.transitions.values() {
            let flat = flatten(&step.payload).expect("flat");
            assert_eq!(unflatten::<Payload>(&flat).expect("a payload"), step.payload);
            assert_eq!(flat.keys().filter(|path| path.starts_with("joint.")).count(), step.payload.joint.len());
        }
    }
    assert!(limits > 0, "some had limits");
}
