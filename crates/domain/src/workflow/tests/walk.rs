//! A walk through every incident that can be: from a draft, every kind of step × everybody × what the step may carry ×
//! three times, until nothing new is found.
//!
//! Incidents are abstracted to what the machine looks at ([`Place`]): who has it and who handled it, the round up to
//! a last one, open requests, the appointment, tries. Ids, texts and exact times are not part of it; of each place
//! the first incident that came there stands for all.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::*;
use crate::category::SlaClass;
use crate::codes::{CodeList as _, Satisfaction};
use crate::deadline::{Stage, TimeRules};
use crate::id::AccountId;
use crate::workflow::Effect;

/// What the machine distinguishes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) state: State,
    pub(super) round: u32,
    class: Option<SlaClass>,
    assigned: Option<(OrgCode, Option<AccountId>)>,
    handler: Option<AccountId>,
    pub(super) is_self_handled: bool,
    asks: (bool, bool),
    is_extended: bool,
    is_confirmed: Option<bool>,
    tries: u32,
}

impl Place {
    fn of(standing: &Standing) -> Self {
        Self {
            state: standing.state,
            round: standing.round,
            class: standing.class,
            assigned: standing.assigned.as_ref().map(|assigned| (assigned.org.clone(), assigned.person)),
            handler: standing.handler,
            is_self_handled: standing.is_self_handled,
            asks: (standing.refusal_asked.is_some(), standing.extension_asked.is_some()),
            is_extended: standing.is_extended,
            is_confirmed: standing.appointment.as_ref().map(|appointment| appointment.is_confirmed),
            tries: standing.tries,
        }
    }
}

/// A step that took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Edge {
    pub(super) from: usize,
    pub(super) kind: TransitionKind,
    pub(super) who: Person,
    pub(super) to: usize,
}

/// What was found.
pub(super) struct Walk {
    pub(super) places: Vec<Place>,
    pub(super) edges: BTreeSet<Edge>,
    /// Who was refused what, and why.
    pub(super) refusals: BTreeSet<(Refusal, TransitionKind)>,
}

/// Who may be there, and what kind of incident it is.
pub(super) struct Setting {
    pub(super) reporter: Person,
    pub(super) people: Vec<Person>,
    pub(super) is_sampled: bool,
    pub(super) category: &'static str,
    /// Rounds after this one are not walked.
    pub(super) last_round: u32,
}

/// Everybody who may stand to an incident in some way.
pub(super) const EVERYBODY: [Person; 12] = [CHEN, LI, ZHOU, HE, MA, WANG, ZHAO, QIAN, SUN, ZHENG, SERVER, ROBOT];
/// Somebody of a version that this one does not know.
const ROBOT: Person = person("unknown", 99, Role::Unknown, None);

/// Walks.
pub(super) fn walk(setting: &Setting) -> Walk {
    let incident = prepare_incident(setting);
    let rules = TimeRules::default();
    let start = Standing::default();
    let mut known = BTreeMap::from([(Place::of(&start), 0)]);
    let mut walk = Walk { places: vec![Place::of(&start)], edges: BTreeSet::new(), refusals: BTreeSet::new() };
    let mut queue = VecDeque::from([(0, start, noon(TODAY))]);
    while let Some((from, standing, since)) = queue.pop_front() {
        for now in times(&incident, &standing, since) {
            for (who, step) in possible_steps(&incident, setting, &standing, now) {
                let ruling = decide(&incident, &standing, &step, &rules, now);
                if from % 10 == 0 {
                    let again = decide(&incident, &standing, &step, &rules, now);
                    assert_eq!(ruling, again, "deciding twice is deciding once");
                }
                let effect = match ruling {
                    Ok(effect) => effect,
                    Err(refusal) => {
                        walk.refusals.insert((refusal, step.kind));
                        continue;
                    }
                };
                let next = apply(&standing, &step, effect, now);
                if next.round > setting.last_round {
                    continue;
                }
                let place = Place::of(&next);
                let to = *known.entry(place).or_insert_with_key(|place| {
                    walk.places.push(place.clone());
                    queue.push_back((walk.places.len() - 1, next, now));
                    walk.places.len() - 1
                });
                walk.edges.insert(Edge { from, kind: step.kind, who, to });
            }
        }
    }
    walk
}

impl Walk {
    /// The states that were reached.
    pub(super) fn states(&self) -> BTreeSet<State> {
        self.places.iter().map(|place| place.state).collect()
    }

    /// The places from which no sequence of steps ends the incident.
    pub(super) fn find_dead_ends(&self) -> Vec<&Place> {
        let mut before: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for edge in &self.edges {
            before.entry(edge.to).or_default().push(edge.from);
        }
        let mut open: Vec<usize> = (0..self.places.len()).filter(|at| self.places[*at].state.is_ended()).collect();
        let mut can_end: BTreeSet<usize> = open.iter().copied().collect();
        while let Some(at) = open.pop() {
            let earlier = before.get(&at).into_iter().flatten().copied();
            open.extend(earlier.filter(|from| can_end.insert(*from)));
        }
        (0..self.places.len()).filter(|at| !can_end.contains(at)).map(|at| &self.places[at]).collect()
    }
}

/// Now, when the limits have passed and the day is over, and when it is too late to reopen.
fn times(incident: &Incident, standing: &Standing, since: UnixMillis) -> BTreeSet<UnixMillis> {
    let limits = standing.running_limits().map(|(_, limit)| limit.due_at).max();
    let day_end = find_auto_close(incident, standing);
    let later = [limits, day_end].into_iter().flatten().max().filter(|at| *at > since);
    [Some(since), later, Some(since.plus_ms(31 * DAY_MS))].into_iter().flatten().collect()
}

fn apply(standing: &Standing, step: &Transition, effect: Effect, now: UnixMillis) -> Standing {
    let position = standing.position + 1;
    let Effect { class, limits } = effect;
    let decision = Decision { position, effective: true, reason: None, at_server: now, class, limits };
    let mut next = standing.clone();
    next.apply(step_id(step.kind), step, &decision);
    next
}

/// The id that steps of a kind have in the walk.
fn step_id(kind: TransitionKind) -> TransitionId {
    TransitionId::new(UnixMillis::new(5), [kind as u8; 10])
}

/// A step that everybody has made once before: to no effect, or with one.
fn earlier_step(who: Person, is_effective: bool) -> TransitionId {
    TransitionId::new(UnixMillis::new(6), [0, 0, 0, 0, 0, 0, 0, u8::from(is_effective), 1, who.n])
}

fn prepare_incident(setting: &Setting) -> Incident {
    let mut incident = Case::draft(setting.reporter, setting.category).with_sampling(setting.is_sampled).incident;
    for who in setting.people.iter().filter(|who| !matches!(who.role, Role::System | Role::Unknown)) {
        for effective in [true, false] {
            let id = earlier_step(*who, effective);
            let reason = (!effective).then_some(Refusal::WrongState);
            let at_server = noon(TODAY);
            incident.transitions.insert(id, who.step(TransitionKind::Urge, nothing(), 0, at_server));
            let decision = Decision { position: 0, effective, reason, at_server, class: None, limits: [].into() };
            incident.decisions.insert(id, decision);
        }
    }
    incident
}

/// Every step that somebody might try.
fn possible_steps(
    incident: &Incident,
    setting: &Setting,
    standing: &Standing,
    now: UnixMillis,
) -> Vec<(Person, Transition)> {
    let mut steps = Vec::new();
    let kinds = TransitionKind::ALL.iter().copied().chain([TransitionKind::Unknown]);
    for kind in kinds {
        for who in &setting.people {
            for payload in possible_payloads(incident.id, (kind, *who), standing, now) {
                steps.push((*who, who.step(kind, payload, standing.round, now)));
            }
            if standing.round > 0 {
                steps.push((*who, who.step(kind, text("上一轮"), standing.round - 1, now)));
            }
        }
    }
    steps
}

fn possible_payloads(
    own_id: IncidentId,
    (kind, who): (TransitionKind, Person),
    standing: &Standing,
    now: UnixMillis,
) -> Vec<Payload> {
    use TransitionKind as K;
    let resolve = standing.limits.get(&Stage::Resolve).map_or(now, |limit| limit.due_at.max(now));
    let (late, soon) = (now.plus_ms(-HOUR_MS), resolve.plus_ms(HOUR_MS / 60));
    let mut payloads = vec![nothing()];
    payloads.extend(match kind {
        K::Dispatch | K::Transfer | K::Route => vec![
            to("jingui-property"),
            Payload { to_person: Some(QIAN.id()), ..to("jingui-property") },
            to("city-management"),
            to("haitang-community"),
            Payload { due_at: Some(late), ..to("haitang-community") },
        ],
        K::Verify => vec![passes(), fails(), Payload { passes: Some(false), ..nothing() }],
        K::Feedback => Satisfaction::ALL.iter().copied().chain([Satisfaction::Unknown]).map(said).collect(),
        K::Merge => {
            [own_id, incident_by(LI.n).id].map(|other| Payload { duplicate_of: Some(other), ..nothing() }).into()
        }
        K::AskExtension => vec![until(soon), until(late), until(now.plus_ms(4000 * DAY_MS))],
        K::GrantExtension => vec![until(soon), until(late), of(step_id(K::Urge))],
        K::Join => vec![Payload { joint: [org("city-management")].into(), ..nothing() }],
        K::Book => vec![visit_at(now.plus_ms(DAY_MS))],
        K::ConfirmBooking | K::CancelBooking => vec![of(step_id(K::Book)), of(step_id(K::Urge))],
        K::MarkOverdue => [Stage::Accept, Stage::FirstAction, Stage::Resolve, Stage::Verify, Stage::Feedback]
            .map(|stage| Payload { stage: Some(stage), ..nothing() })
            .into(),
        K::Retract => vec![of(earlier_step(who, true)), of(earlier_step(who, false)), of(earlier_step(ZHENG, false))],
        _ => vec![text("写明了原因")],
    });
    payloads
}
