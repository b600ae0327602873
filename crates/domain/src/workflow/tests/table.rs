//! The table of the domain reference (§7), written down a second time: a change of the rules must be meant.

use super::*;
use crate::codes::{CodeList as _, Language};
use crate::workflow::table::RULES;

/// One line a rule: kind: from → outcome | who | offline.
fn describe(rule: &Rule) -> String {
    let from = match rule.from.len() {
        7 => "open".to_owned(),
        10 => "any".to_owned(),
        _ => rule.from.iter().map(|state| state.code()).collect::<Vec<_>>().join(", "),
    };
    let outcome = match rule.outcome {
        Outcome::Move(state) => state.code(),
        Outcome::Stay => "-",
        Outcome::Answer => "?",
    };
    let who: Vec<_> = rule.who.iter().map(|who| format!("{who:?}")).collect();
    let offline = match rule.offline {
        Offline::Shown => "yes",
        Offline::Requested => "request",
        Offline::Never => "server",
    };
    format!("{}: {from} → {outcome} | {} | {offline}", rule.kind.code(), who.join(" "))
}

#[test]
fn the_rules_are_those_of_the_reference() {
    let told: Vec<_> = RULES.iter().map(describe).collect();
    assert_eq!(told.join("\n"), EXPECTED.trim());
}

const EXPECTED: &str = "
submit: draft → reported | Reporter | yes
self_handle: draft, reported → resolved | ReportingWorker | yes
withdraw: reported, returned → withdrawn | Reporter | yes
accept: reported → accepted | Clerk Dispatcher | request
return: reported → returned | Clerk Dispatcher | request
resubmit: returned → reported | Reporter | yes
dispatch: accepted → dispatched | Clerk Dispatcher | request
route: reported → dispatched | System | server
transfer: dispatched, handling → dispatched | Dispatcher | request
ask_refusal: dispatched → - | Assignee | yes
grant_refusal: dispatched → accepted | Dispatcher | request
deny_refusal: dispatched → - | Dispatcher | request
start: dispatched → handling | Assignee | yes
submit_result: handling → resolved | Assignee | yes
verify: resolved → ? | Worker SamplingClerk | yes
feedback: verified → ? | Worker | yes
auto_close: resolved → closed | System | server
void: reported, returned, accepted → voided | Clerk Dispatcher | request
merge: reported, accepted → voided | Clerk Dispatcher | request
reopen: closed, voided → accepted | Dispatcher Supervisor | request
urge: open → - | Reporter Worker | yes
supervise: open → - | Supervisor Dispatcher | yes
ask_extension: dispatched, handling → - | Assignee | yes
grant_extension: dispatched, handling → - | Dispatcher | request
deny_extension: dispatched, handling → - | Dispatcher | request
join: dispatched, handling → - | Dispatcher | request
book: reported, accepted, dispatched, handling → - | Reporter Worker Clerk Dispatcher Assignee | yes
confirm_booking: dispatched, handling → - | Assignee | yes
cancel_booking: reported, accepted, dispatched, handling → - | Reporter Worker Clerk Dispatcher Assignee | yes
mark_overdue: open → - | System | server
retract: any → - | Author | yes
";

#[test]
fn every_kind_has_one_row_and_no_row_does_what_it_cannot() {
    for kind in TransitionKind::ALL {
        assert_eq!(RULES.iter().filter(|rule| rule.kind == *kind).count(), 1, "{kind:?}");
    }
    assert!(find_rule(TransitionKind::Unknown).is_none());
    for rule in RULES {
        let is_servers = rule.who == [Capacity::System];
        assert_eq!(is_servers, rule.offline == Offline::Never, "{:?}", rule.kind);
        assert!(!rule.from.is_empty() && !rule.who.is_empty());
        let ended: Vec<_> = rule.from.iter().filter(|state| state.is_ended()).collect();
        let is_for_the_ended = matches!(rule.kind, TransitionKind::Reopen | TransitionKind::Retract);
        assert!(ended.is_empty() || is_for_the_ended, "{:?} from {ended:?}", rule.kind);
    }
}

#[test]
fn every_refusal_says_why_in_both_languages() {
    for language in [Language::ZhCn, Language::En] {
        let told: BTreeSet<_> = Refusal::ALL.iter().map(|refusal| refusal.label(language)).collect();
        assert_eq!(told.len(), Refusal::ALL.len(), "each in its own words");
        assert!(told.iter().all(|words| !words.trim().is_empty()));
        for kind in TransitionKind::ALL {
            assert!(!kind.label(language).is_empty());
        }
        for state in State::ALL {
            assert!(!state.label(language).is_empty());
        }
    }
}
