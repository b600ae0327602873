//! What must hold of the whole machine, checked on everything that can be reached.

use std::collections::{BTreeMap, BTreeSet};

use super::walk::{EVERYBODY, Setting, Walk, walk};
use super::*;
use crate::codes::CodeList as _;

/// Everybody without these, as far as the second round, with no appointments.
fn without(absent: impl Fn(&Person) -> bool, reporter: Person, is_sampled: bool) -> Walk {
    let people = EVERYBODY.into_iter().filter(|who| !absent(who)).collect();
    walk(&Setting { reporter, people, is_sampled, category: "19001", last_round: 1 })
}

/// Reported by a worker and by a lead; sampled and not.
fn walks() -> [Walk; 3] {
    let settings = [(CHEN, true, DISPUTE, 2), (CHEN, false, "19001", 2), (ZHOU, true, DISPUTE, 1)];
    settings.map(|(reporter, is_sampled, category, last_round)| {
        walk(&Setting { reporter, people: EVERYBODY.into(), is_sampled, category, last_round })
    })
}

#[test]
fn whatever_happens_it_can_end_and_every_state_step_and_refusal_occurs() {
    let walks = walks();
    let mut kinds = BTreeSet::new();
    let mut refusals = BTreeSet::from([Refusal::Retracted]); // that one is `settle`'s alone
    for walk in &walks {
        assert!(walk.places.len() > 50, "the walk went somewhere");
        let dead = walk.find_dead_ends();
        assert!(dead.is_empty(), "{} dead ends, such as {:?}", dead.len(), dead.first());
        let states: Vec<_> = walk.states().into_iter().collect();
        assert_eq!(states, State::ALL, "every state");
        kinds.extend(walk.edges.iter().map(|edge| edge.kind));
        refusals.extend(walk.refusals.iter().map(|(refusal, _)| *refusal));
    }
    assert!(walks[0].places.iter().any(|place| place.round == 2), "as far as the third round");
    let missing = |all: &[TransitionKind]| all.iter().filter(|kind| !kinds.contains(kind)).copied().collect::<Vec<_>>();
    assert_eq!(missing(TransitionKind::ALL), [], "every kind takes effect somewhere");
    let untold: Vec<_> = Refusal::ALL.iter().filter(|refusal| !refusals.contains(refusal)).collect();
    assert_eq!(untold, Vec::<&Refusal>::new(), "every refusal is told to somebody");
    assert_eq!(told(&walks), EXPECTED.trim(), "who gets what through");
    for edge in walks.iter().flat_map(|walk| &walk.edges) {
        use TransitionKind::{AutoClose, MarkOverdue, Route};
        let is_servers = matches!(edge.kind, MarkOverdue | AutoClose | Route);
        assert_eq!(is_servers, edge.who.role == Role::System, "{edge:?}");
    }
}

/// One line a kind: everybody who gets it through somewhere, and to which states.
fn told(walks: &[Walk]) -> String {
    let mut lines: BTreeMap<TransitionKind, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for walk in walks {
        for edge in &walk.edges {
            let (who, states) = lines.entry(edge.kind).or_default();
            who.insert(edge.who.name);
            states.insert(walk.places[edge.to].state.code());
        }
    }
    let line = |(kind, (who, states)): (TransitionKind, (BTreeSet<&str>, BTreeSet<&str>))| {
        let list = |names: BTreeSet<&str>| names.into_iter().collect::<Vec<_>>().join(" ");
        format!("{}: {} → {}", kind.code(), list(who), list(states))
    };
    lines.into_iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Chen and Zhou report, Li is the other worker, He and Ma are clerks (He's community has an organisation), Wang
/// dispatches, Zhao and Qian are of one organisation, Sun of another, Zheng is of the district.
const EXPECTED: &str = "
submit: chen zhou → reported
withdraw: chen zhou → withdrawn
self_handle: chen → resolved
accept: he ma wang → accepted
return: he ma wang → returned
resubmit: chen zhou → reported
dispatch: he wang → dispatched
route: server → dispatched
transfer: wang → dispatched
ask_refusal: he qian sun zhao → dispatched
grant_refusal: wang → accepted
deny_refusal: wang → dispatched
start: he qian sun zhao → handling
submit_result: he qian sun zhao → resolved
verify: chen he li ma → accepted handling verified
feedback: chen li → closed verified
auto_close: server → closed
void: he ma wang → voided
merge: he ma wang → voided
reopen: wang zheng → accepted
urge: chen li zhou → accepted dispatched handling reported resolved returned verified
supervise: wang zheng → accepted dispatched handling reported resolved returned verified
ask_extension: he qian sun zhao → dispatched handling
grant_extension: wang → dispatched handling
deny_extension: wang → dispatched handling
join: wang → dispatched handling
book: chen he li ma qian sun wang zhao zhou → accepted dispatched handling reported
confirm_booking: he qian sun zhao → dispatched handling
cancel_booking: chen he li ma qian sun wang zhao zhou → accepted dispatched handling reported
mark_overdue: server → accepted dispatched handling reported resolved verified
retract: chen he li ma qian sun wang zhao zheng zhou → accepted closed dispatched handling reported resolved returned \
verified voided withdrawn
";

#[test]
fn without_the_desk_nothing_is_taken_on_or_sent_anywhere() {
    let is_desk = |who: &Person| matches!(who.role, Role::CommunityClerk | Role::Dispatcher);
    for walk in [(CHEN, true), (CHEN, false), (ZHOU, true)].map(|(by, sampled)| without(is_desk, by, sampled)) {
        let states = walk.states();
        assert!(!states.contains(&State::Returned) && !states.contains(&State::Voided));
        for edge in &walk.edges {
            let (kind, after) = (edge.kind, walk.places[edge.to].state);
            let is_moved = walk.places[edge.from].state != after;
            match after {
                State::Dispatched if is_moved => assert_eq!(kind, TransitionKind::Route),
                State::Accepted if is_moved => {
                    let is_answered_by_others = matches!(kind, TransitionKind::Verify | TransitionKind::Reopen);
                    assert!(is_answered_by_others, "{kind:?} accepts without the desk");
                }
                _ => {}
            }
        }
    }
    let is_absent = |who: &Person| is_desk(who) || matches!(who.role, Role::System | Role::Supervisor);
    let states = without(is_absent, ZHOU, true).states();
    assert_eq!(states, BTreeSet::from([State::Draft, State::Reported, State::Withdrawn]), "only words remain");
}

#[test]
fn without_handlers_only_what_was_settled_on_the_spot_is_resolved() {
    let is_handler =
        |who: &Person| who.role == Role::Handler || (who.role == Role::CommunityClerk && who.org.is_some());
    for sampled in [true, false] {
        let walk = without(is_handler, CHEN, sampled);
        for place in &walk.places {
            assert!(place.state != State::Handling);
            let is_resolved = matches!(place.state, State::Resolved | State::Verified);
            assert!(!is_resolved || place.is_self_handled, "{place:?}");
        }
    }
    let walk = without(is_handler, ZHOU, true);
    let beyond = [State::Handling, State::Resolved, State::Verified, State::Closed];
    assert!(beyond.iter().all(|state| !walk.states().contains(state)), "a lead settles nothing on the spot");
}

#[test]
fn without_workers_nothing_is_closed_but_by_the_clock() {
    let is_worker = |who: &Person| who.role == Role::GridWorker;
    let walk = without(is_worker, ZHOU, true);
    let states = walk.states();
    assert!(
        states.contains(&State::Resolved) && !states.contains(&State::Verified) && !states.contains(&State::Closed)
    );
    let is_other = |who: &Person| *who == LI || who.role == Role::CommunityClerk;
    for edge in &without(is_other, CHEN, false).edges {
        assert!(edge.kind != TransitionKind::Feedback || edge.who == CHEN);
    }
}

#[test]
fn nobody_verifies_alone_what_they_did_alone() {
    for sampled in [true, false] {
        let others = |who: &Person| matches!(who.role, Role::CommunityClerk) || *who == LI;
        let walk = without(others, CHEN, sampled);
        for edge in walk.edges.iter().filter(|edge| edge.kind == TransitionKind::Verify) {
            assert!(!walk.places[edge.from].is_self_handled, "{edge:?}");
        }
    }
}

#[test]
fn without_its_reporter_nothing_begins() {
    let walk = without(|who| *who == CHEN, CHEN, true);
    assert_eq!(walk.states(), BTreeSet::from([State::Draft]));
}

#[test]
fn without_dispatcher_and_district_nothing_is_reopened_or_granted() {
    use TransitionKind as K;
    let walk = without(|who| matches!(who.role, Role::Dispatcher | Role::Supervisor), CHEN, false);
    let kinds: BTreeSet<_> = walk.edges.iter().map(|edge| edge.kind).collect();
    for kind in [K::Reopen, K::Transfer, K::GrantExtension, K::GrantRefusal, K::DenyRefusal, K::Join, K::Supervise] {
        assert!(!kinds.contains(&kind), "{kind:?}");
    }
}
