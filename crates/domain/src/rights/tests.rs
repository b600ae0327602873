use std::collections::BTreeSet;

use super::*;
use crate::account::Scope;
use crate::codes::{CodeList as _, Outcome};
use crate::collection::Collection;
use crate::deadline::Stage;
use crate::flat::Scalar;
use crate::id::TransitionId;
use crate::sample::{TODAY, account, bare_household, building, grid, incident_by, visit_on};
use crate::workflow::{Decision, Payload, Transition, TransitionKind};

fn org() -> crate::OrgCode {
    "jingui-property".parse().expect("a code")
}

/// The account with this number, in the sample grid, building and town as its role has it.
fn person(n: u8, role: Role) -> Account {
    let scope = match role {
        Role::GridWorker => Scope { grids: [grid()].into(), ..Scope::default() },
        Role::BuildingLead => Scope { buildings: [building()].into(), ..Scope::default() },
        Role::Dispatcher => Scope { town: Some(grid().town()), ..Scope::default() },
        Role::CommunityClerk => Scope { community: Some(grid().community()), ..Scope::default() },
        Role::Handler => Scope { org: Some(org()), ..Scope::default() },
        Role::Office | Role::Supervisor | Role::System | Role::Unknown => Scope::default(),
    };
    Account { id: account(n), name: "测试".into(), role, scope }
}

#[test]
fn the_table_is_what_the_trade_expects() {
    use Reach::{Building, Community, District, Grid, Inbox, None, Own, Town, Watched};
    // role, kind, [read, create, edit]
    let expected = [
        (Role::GridWorker, Kind::Household, [Grid, Grid, Grid]),
        (Role::GridWorker, Kind::Particulars, [Grid, Grid, Grid]),
        (Role::GridWorker, Kind::Visit, [Grid, Grid, Own]),
        (Role::GridWorker, Kind::Incident, [Grid, Grid, Grid]),
        (Role::BuildingLead, Kind::Household, [Building, None, Building]),
        (Role::BuildingLead, Kind::Particulars, [None, None, None]),
        (Role::BuildingLead, Kind::Visit, [Own, Building, Own]),
        (Role::BuildingLead, Kind::Incident, [Own, Building, Own]),
        (Role::Dispatcher, Kind::Household, [None, None, None]),
        (Role::Dispatcher, Kind::Particulars, [None, None, None]),
        (Role::Dispatcher, Kind::Visit, [None, None, None]),
        (Role::Dispatcher, Kind::Incident, [Town, Town, Town]),
        (Role::Office, Kind::Household, [District, District, District]),
        (Role::Office, Kind::Particulars, [District, District, District]),
        (Role::Office, Kind::Visit, [District, District, District]),
        (Role::Office, Kind::Incident, [District, District, District]),
        (Role::CommunityClerk, Kind::Household, [None, None, None]),
        (Role::CommunityClerk, Kind::Particulars, [None, None, None]),
        (Role::CommunityClerk, Kind::Visit, [None, None, None]),
        (Role::CommunityClerk, Kind::Incident, [Community, Community, Community]),
        (Role::Handler, Kind::Household, [None, None, None]),
        (Role::Handler, Kind::Particulars, [None, None, None]),
        (Role::Handler, Kind::Visit, [None, None, None]),
        (Role::Handler, Kind::Incident, [Inbox, None, Inbox]),
        (Role::Supervisor, Kind::Household, [None, None, None]),
        (Role::Supervisor, Kind::Particulars, [None, None, None]),
        (Role::Supervisor, Kind::Visit, [None, None, None]),
        (Role::Supervisor, Kind::Incident, [Watched, None, Watched]),
        (Role::System, Kind::Household, [None, None, None]),
        (Role::System, Kind::Particulars, [None, None, None]),
        (Role::System, Kind::Visit, [None, None, None]),
        (Role::System, Kind::Incident, [None, None, None]),
    ];
    assert_eq!(expected.len(), Role::ALL.len() * Kind::ALL.len(), "every role and kind is listed");
    for (role, kind, reaches) in expected {
        assert_eq!(Act::ALL.map(|act| reach(role, kind, act)), reaches, "{role:?} {kind:?}");
        assert_eq!(Act::ALL.map(|act| reach(Role::Unknown, kind, act)), [None; 3]);
    }
}

#[test]
fn each_account_receives_its_streams_in_order() {
    let texts = |account: &Account| subscriptions(account).iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut worker = person(1, Role::GridWorker);
    worker.scope.grids.insert("990101001001004".parse().expect("a grid"));
    let mine = format!("mine/{}", worker.id);
    assert_eq!(
        texts(&worker),
        [
            "reference/district",
            mine.as_str(),
            "households/990101001001003",
            "households/990101001001004",
            "particulars/990101001001003",
            "particulars/990101001001004",
            "incidents/990101001001003",
            "incidents/990101001001004",
            "visits/990101001001003",
            "visits/990101001001004",
        ]
    );
    let lead = person(2, Role::BuildingLead);
    let mine = format!("mine/{}", lead.id);
    assert_eq!(texts(&lead), ["reference/district", &mine, "building-households/99010100100100300001"]);
    let dispatcher = person(3, Role::Dispatcher);
    let mine = format!("mine/{}", dispatcher.id);
    assert_eq!(texts(&dispatcher), ["reference/district", &mine, "town-incidents/990101001000"]);
    let clerk = person(3, Role::CommunityClerk);
    assert_eq!(texts(&clerk), ["reference/district", &mine, "community-incidents/990101001001"]);
    assert_eq!(texts(&person(6, Role::Handler)), ["reference/district", "inbox/jingui-property"]);
    assert_eq!(texts(&person(7, Role::Supervisor)), ["reference/district", "supervision/district"]);
    assert_eq!(texts(&person(4, Role::Office)), ["reference/district"]);
    assert_eq!(texts(&person(5, Role::Unknown)), ["reference/district"]);
}

#[test]
fn what_reaches_a_phone_is_exactly_what_its_account_may_read() {
    let household = bare_household();
    let particulars = crate::sample::bare_particulars();
    let incident = dispatched_incident();
    for &role in Role::ALL.iter().filter(|role| **role != Role::Office).chain(&[Role::Unknown]) {
        let mut visit = visit_on(1, TODAY, Outcome::Met);
        visit.role = role;
        let records: [(RecordRef<'_>, BTreeSet<Collection>); 4] = [
            ((&household).into(), collections_of_household(&household)),
            ((&particulars).into(), collections_of_particulars(&particulars)),
            ((&visit).into(), collections_of_visit(&visit)),
            ((&incident).into(), collections_of_incident(&incident)),
        ];
        for n in [1, 2, 3] {
            for own_place in [true, false] {
                let mut who = person(n, role);
                if !own_place {
                    who.scope = Scope::default();
                }
                let streams: BTreeSet<_> = subscriptions(&who).into_iter().collect();
                for (record, collections) in &records {
                    let may_create = reach(role, record.kind, Act::Create) != Reach::None;
                    if !may_create && record.author == Some(who.id) {
                        continue; // cannot exist: a dispatcher creates no visit, a handler no incident
                    }
                    let has_moved_on = role == Role::GridWorker && !own_place;
                    if has_moved_on && record.kind == Kind::Visit && record.author == Some(who.id) {
                        // A worker's visits stay with the grid; an amendment in transit is still taken in.
                        assert!(streams.is_disjoint(collections) && may(&who, Act::Edit, record));
                        continue;
                    }
                    let arrives = !streams.is_disjoint(collections);
                    assert_eq!(arrives, may(&who, Act::Read, record), "{role:?} {n} {own_place} {:?}", record.kind);
                }
            }
        }
    }
}

/// An incident of account 2 that the server dispatched to the organisation of the samples and found overdue.
fn dispatched_incident() -> Incident {
    let mut incident = incident_by(2);
    let steps = [
        (TransitionKind::Submit, Payload::default()),
        (TransitionKind::Dispatch, Payload { to_org: Some(org()), ..Payload::default() }),
        (TransitionKind::MarkOverdue, Payload { stage: Some(Stage::Resolve), ..Payload::default() }),
    ];
    for (position, (kind, payload)) in (1..).zip(steps) {
        let id = TransitionId::of_system(incident.id, position);
        let at = incident.reported_at;
        let step = Transition { kind, by: account(2), role: Role::System, org: None, at_device: at, round: 0, payload };
        incident.transitions.insert(id, step);
        let (reason, class, limits) = (None, None, [].into());
        incident.decisions.insert(id, Decision { position, effective: true, reason, at_server: at, class, limits });
    }
    incident
}

#[test]
fn what_left_an_organisation_is_not_read_there_but_its_late_steps_are_taken_in() {
    let handler = person(5, Role::Handler);
    let mut incident = dispatched_incident();
    assert!(may(&handler, Act::Read, &(&incident).into()));
    let elsewhere = Payload { to_org: Some("city-police".parse().expect("a code")), ..Payload::default() };
    let id = TransitionId::of_system(incident.id, 9);
    let transfer = Transition { payload: elsewhere, ..incident.transitions.values().next().expect("one").clone() };
    incident.transitions.insert(id, Transition { kind: TransitionKind::Transfer, ..transfer });
    let decision = incident.decisions.values().next().expect("one").clone();
    incident.decisions.insert(id, Decision { position: 9, ..decision });
    assert!(!may(&handler, Act::Read, &(&incident).into()));
    assert!(may(&handler, Act::Edit, &(&incident).into()));
    let stranger = Account { scope: Scope { org: "others".parse().ok(), ..Scope::default() }, ..handler };
    assert!(!may(&stranger, Act::Edit, &(&incident).into()), "never had it");
}

#[test]
fn a_lead_writes_in_their_own_building_and_in_their_own_name() {
    let lead = person(1, Role::BuildingLead);
    let other = grid().building(2).expect("in range");
    let mut visit = visit_on(1, TODAY, Outcome::Absent);
    assert!(may(&lead, Act::Create, &(&visit).into()));
    visit.building = other.clone();
    assert!(!may(&lead, Act::Create, &(&visit).into()), "another building");
    assert!(may(&lead, Act::Edit, &(&visit).into()), "but what one wrote stays one's own");
    assert!(!may(&lead, Act::Create, &(&visit_of(2)).into()), "in a colleague's name");

    let mut incident = incident_by(1);
    incident.building = None;
    assert!(may(&lead, Act::Create, &(&incident).into()), "litter in the street has no house number");
    incident.grid = "990101001001004".parse().expect("a grid");
    assert!(!may(&lead, Act::Create, &(&incident).into()), "another grid");
    assert!(!may(&lead, Act::Read, &(&incident_by(2)).into()), "a colleague's report");
    assert!(!may(&lead, Act::Create, &(&bare_household()).into()));
}

fn visit_of(n: u8) -> Visit {
    Visit { by: account(n), ..visit_on(9, TODAY, Outcome::Met) }
}

#[test]
fn a_worker_keeps_own_work_after_moving_to_another_grid() {
    let mut worker = person(1, Role::GridWorker);
    worker.scope.grids = ["990101001001009".parse().expect("a grid")].into();
    assert!(may(&worker, Act::Read, &(&visit_of(1)).into()));
    assert!(may(&worker, Act::Edit, &(&visit_of(1)).into()));
    assert!(!may(&worker, Act::Create, &(&visit_of(1)).into()));
    assert!(!may(&worker, Act::Read, &(&visit_of(2)).into()));
    assert!(!may(&worker, Act::Read, &(&bare_household()).into()));
}

#[test]
fn a_dispatcher_sees_the_incidents_of_the_town_and_no_household() {
    let mut dispatcher = person(3, Role::Dispatcher);
    assert!(may(&dispatcher, Act::Edit, &(&incident_by(1)).into()));
    assert!(!may(&dispatcher, Act::Read, &(&bare_household()).into()));
    dispatcher.scope.town = Some("990101002000".parse().expect("another town"));
    assert!(!may(&dispatcher, Act::Read, &(&incident_by(1)).into()));
}

#[test]
fn within_a_record_each_field_has_its_writers() {
    use Kind::{Household, Incident, Particulars, Visit};
    use Role::{BuildingLead, CommunityClerk, Dispatcher, GridWorker, Handler, Office, Supervisor};
    // kind, path, who may edit it, who may set it at creation
    let table: &[(Kind, &str, &[Role], &[Role])] = &[
        (Household, "contact_name", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "needs.02", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "members.x.name", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "note", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "last_visit", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "attempts.x", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "house_status", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
        (Household, "visit_class", &[Office], &[Office]),
        (Household, "first_due", &[Office], &[Office]),
        (Household, "place.room", &[Office], &[GridWorker, Office]),
        (Household, "building", &[Office], &[GridWorker, Office]),
        (Household, "grid", &[Office], &[GridWorker, Office]),
        (Household, "id", &[], &[GridWorker, Office]),
        (Particulars, "members.x.id_no", &[GridWorker, Office], &[GridWorker, Office]),
        (Particulars, "grid", &[Office], &[GridWorker, Office]),
        (Visit, "outcome", &[Office], &[GridWorker, BuildingLead, Office]),
        (Visit, "amendments.x.text", &[GridWorker, BuildingLead, Office], &[GridWorker, BuildingLead, Office]),
        (
            Incident,
            "text",
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk],
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk],
        ),
        (
            Incident,
            "notes.x.text",
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk, Handler, Supervisor],
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk],
        ),
        (Incident, "reported_at", &[Office], &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk]),
        (Incident, "self_handled.after", &[Office], &[GridWorker, Office]),
        (
            Incident,
            "transitions.x.kind",
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk, Handler, Supervisor],
            &[GridWorker, BuildingLead, Dispatcher, Office, CommunityClerk],
        ),
        (Incident, "decisions.x.effective", &[], &[]),
        (Incident, "human_no", &[], &[]),
        (Household, "a_newer_field", &[GridWorker, BuildingLead, Office], &[GridWorker, Office]),
    ];
    for (kind, path, editors, creators) in table {
        for &role in Role::ALL.iter().chain(&[Role::Unknown]) {
            assert_eq!(may_edit_field(role, *kind, path), editors.contains(&role), "edit {role:?} {path}");
            assert_eq!(may_set_field_at_creation(role, *kind, path), creators.contains(&role), "new {role:?} {path}");
        }
    }
}

#[test]
fn nobody_signs_with_a_colleagues_name() {
    let lead = person(1, Role::BuildingLead);
    let text = |text: &str| Scalar::Text(text.to_owned());
    for (path, value, is_honest) in [
        ("by", text(&account(1).to_string()), true),
        ("by", text(&account(2).to_string()), false),
        ("notes.x.by", text(&account(2).to_string()), false),
        ("transitions.x.role", text("building_lead"), true),
        ("transitions.x.role", text("dispatcher"), false),
        ("by", Scalar::Int(1), false),
        ("note", text("by 2"), true),
    ] {
        assert_eq!(is_honest_authorship(&lead, path, &value), is_honest, "{path} {value:?}");
    }
    let office = person(4, Role::Office);
    assert!(is_honest_authorship(&office, "by", &text(&account(2).to_string())), "an import names the authors");
    assert!(!is_honest_authorship(&office, "transitions.x.role", &text("system")), "but not the server itself");
}

/// An incident that was reported, accepted and dispatched to the sample organisation, and what came after.
fn dispatched(then: &[TransitionKind]) -> crate::Incident {
    let mut incident = incident_by(1);
    let kinds = [TransitionKind::Submit, TransitionKind::Accept, TransitionKind::Dispatch];
    for (n, kind) in (1_u8..).zip(kinds.iter().chain(then)) {
        let to_org = (*kind == TransitionKind::Dispatch).then(org);
        let passes = (*kind == TransitionKind::Verify).then_some(true);
        let step = Transition {
            kind: *kind,
            by: account(1),
            role: Role::GridWorker,
            org: None,
            at_device: crate::UnixMillis::new(i64::from(n)),
            round: 0,
            payload: Payload { to_org, passes, ..Payload::default() },
        };
        let decision = Decision {
            position: u32::from(n),
            effective: true,
            reason: None,
            at_server: crate::UnixMillis::new(i64::from(n)),
            class: None,
            limits: [].into(),
        };
        let id = TransitionId::new(crate::UnixMillis::new(i64::from(n)), [n; 10]);
        incident.transitions.insert(id, step);
        incident.decisions.insert(id, decision);
    }
    incident
}

#[test]
fn only_who_handles_an_open_incident_may_reach_its_reporter() {
    use TransitionKind::{Feedback, Start, SubmitResult, Verify, Void};
    let handler = person(7, Role::Handler);
    let mut elsewhere = person(8, Role::Handler);
    elsewhere.scope.org = "city-management".parse().ok();
    let mut clerk = person(9, Role::CommunityClerk);
    let open: [&[TransitionKind]; 4] = [&[], &[Start], &[Start, SubmitResult], &[Start, SubmitResult, Verify]];
    for steps in open {
        let incident = dispatched(steps);
        assert!(may_reach_reporter(&handler, &incident), "{steps:?}");
        let others = [&elsewhere, &clerk, &person(1, Role::GridWorker), &person(2, Role::Dispatcher)];
        assert!(others.iter().all(|other| !may_reach_reporter(other, &incident)), "{steps:?}");
    }
    clerk.scope.org = Some(org());
    assert!(may_reach_reporter(&clerk, &dispatched(&[])), "a community that keeps a matter for itself handles it");
    for ended in [&[Start, SubmitResult, Verify, Feedback][..], &[Void]] {
        assert!(!may_reach_reporter(&handler, &dispatched(ended)), "{ended:?}");
    }
    assert!(!may_reach_reporter(&handler, &incident_by(1)), "it is with nobody");
}
