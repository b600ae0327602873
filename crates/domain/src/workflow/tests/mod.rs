//! Stories of the machine, a walk through all of it, and chance.

mod model;
mod offers;
mod random;
mod retracting;
mod stories;
mod table;
mod targets;
mod time;
mod walk;

use std::collections::BTreeSet;

use super::*;
use crate::account::{Account, Role, Scope};
use crate::id::{IncidentId, TransitionId};
use crate::incident::Incident;
use crate::organisation::OrgCode;
use crate::sample::{TODAY, account, incident_by, noon};
use crate::time::UnixMillis;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = UnixMillis::DAY_MS;
/// A dispute: it may carry an appointment, and runs on the longest class.
const DISPUTE: &str = "02001";

/// Somebody who acts. All invented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Person {
    name: &'static str,
    n: u8,
    role: Role,
    org: Option<&'static str>,
}

const fn person(name: &'static str, n: u8, role: Role, org: Option<&'static str>) -> Person {
    Person { name, n, role, org }
}

/// Reports.
const CHEN: Person = person("chen", 1, Role::GridWorker, None);
/// The other worker of the grid.
const LI: Person = person("li", 2, Role::GridWorker, None);
/// Building lead.
const ZHOU: Person = person("zhou", 3, Role::BuildingLead, None);
/// Clerk of the community, which has an organisation of its own.
const HE: Person = person("he", 11, Role::CommunityClerk, Some("haitang-community"));
/// Clerk of a community without one.
const MA: Person = person("ma", 18, Role::CommunityClerk, None);
/// Dispatchers of the town.
const WANG: Person = person("wang", 12, Role::Dispatcher, None);
const HANG: Person = person("hang", 13, Role::Dispatcher, None);
/// Handlers of the property company; the second is named in person where somebody is.
const ZHAO: Person = person("zhao", 14, Role::Handler, Some("jingui-property"));
const QIAN: Person = person("qian", 19, Role::Handler, Some("jingui-property"));
/// Handler of another organisation.
const SUN: Person = person("sun", 15, Role::Handler, Some("city-management"));
/// Of the district.
const ZHENG: Person = person("zheng", 17, Role::Supervisor, None);
/// The server.
const SERVER: Person = person("server", 0, Role::System, None);

impl Person {
    fn id(self) -> crate::id::AccountId {
        if self.role == Role::System { SYSTEM_ACCOUNT } else { account(self.n) }
    }

    fn org(self) -> Option<OrgCode> {
        self.org.map(org)
    }

    fn account(self) -> Account {
        let scope = Scope { org: self.org(), ..Scope::default() };
        Account { id: self.id(), name: self.name.into(), role: self.role, scope }
    }

    fn step(self, kind: TransitionKind, payload: Payload, round: u32, at: UnixMillis) -> Transition {
        Transition { kind, by: self.id(), role: self.role, org: self.org(), at_device: at, round, payload }
    }
}

fn org(code: &str) -> OrgCode {
    code.parse().expect("a code")
}

fn nothing() -> Payload {
    Payload::default()
}

fn text(words: &str) -> Payload {
    Payload { text: words.into(), ..nothing() }
}

fn to(code: &str) -> Payload {
    Payload { to_org: Some(org(code)), ..nothing() }
}

fn until(at: UnixMillis) -> Payload {
    Payload { due_at: Some(at), ..text("材料还没到") }
}

fn passes() -> Payload {
    Payload { passes: Some(true), ..nothing() }
}

fn fails() -> Payload {
    Payload { passes: Some(false), ..text("水还在漏") }
}

fn said(answer: crate::codes::Satisfaction) -> Payload {
    Payload { satisfaction: Some(answer), ..nothing() }
}

fn visit_at(at: UnixMillis) -> Payload {
    let kind = crate::codes::BookingKind::OnSite;
    Payload { booking: Some(Booking { kind, place: "海棠花园1栋".into(), at, service: None }), ..nothing() }
}

fn of(step: TransitionId) -> Payload {
    Payload { of: Some(step), ..nothing() }
}

/// One incident, the server's clock, and what the server knows.
#[derive(Debug, Clone)]
struct Case {
    incident: Incident,
    desk: Desk,
    now: UnixMillis,
    steps: u64,
}

impl Case {
    /// An incident of this category that somebody writes at noon of a working day; nothing is sent yet.
    fn draft(by: Person, category: &str) -> Self {
        let incident = Incident { category: category.into(), role: by.role, ..incident_by(by.n) };
        Self { incident, desk: Desk::default(), now: noon(TODAY), steps: 0 }.with_sampling(true)
    }

    /// One that its reporter has sent.
    fn reported(by: Person, category: &str) -> Self {
        let mut case = Self::draft(by, category);
        case.take(by, TransitionKind::Submit, nothing()).expect("reported");
        case
    }

    /// One that the property company has.
    fn dispatched(category: &str) -> Self {
        let mut case = Self::reported(CHEN, category);
        case.take(WANG, TransitionKind::Accept, nothing()).expect("accepted");
        case.take(WANG, TransitionKind::Dispatch, to("jingui-property")).expect("dispatched");
        case
    }

    /// One that was handled and not verified.
    fn resolved() -> Self {
        let mut case = Self::dispatched("19001");
        case.take(ZHAO, TransitionKind::Start, nothing()).expect("begun");
        case.take(ZHAO, TransitionKind::SubmitResult, text("已修好")).expect("handed in");
        case
    }

    /// Whether it is one that a clerk looks at if it is settled on the spot.
    fn with_sampling(mut self, is_sampled: bool) -> Self {
        let id = |last: u8| IncidentId::new(noon(TODAY), [0, 0, 0, 0, 0, 0, 0, 0, 0, last]);
        self.incident.id = (1..=255)
            .map(id)
            .find(|id| {
                self.incident.id = *id;
                super::is_sampled(&self.incident) == is_sampled
            })
            .expect("one in ten");
        self
    }

    fn standing(&self) -> Standing {
        Standing::of(&self.incident)
    }

    fn state(&self) -> State {
        self.standing().state
    }

    /// A step is written on a device that sees this round and this time; the server does not have it yet.
    fn write_at(
        &mut self,
        who: Person,
        kind: TransitionKind,
        payload: Payload,
        (round, at): (u32, UnixMillis),
    ) -> TransitionId {
        self.steps += 1;
        let mut random = [0; 10];
        random[2..].copy_from_slice(&self.steps.to_be_bytes());
        let id = TransitionId::new(UnixMillis::new(1), random);
        self.incident.transitions.insert(id, who.step(kind, payload, round, at));
        id
    }

    /// The same on a device that is up to date.
    fn write(&mut self, who: Person, kind: TransitionKind, payload: Payload) -> TransitionId {
        let seen = (self.standing().round, self.now);
        self.write_at(who, kind, payload, seen)
    }

    /// The server takes in what was written, in this order.
    fn settle(&mut self, order: &[TransitionId]) -> bool {
        self.now = self.now.plus_ms(1_000);
        let has_written = settle(&mut self.incident, order, &self.desk, self.now);
        let (again, now) = (self.incident.clone(), self.now);
        assert!(!settle(&mut self.incident, order, &self.desk, now), "settling twice writes nothing");
        assert_eq!(self.incident, again);
        assert!(find_wake(&self.incident).is_none_or(|wake| wake > now), "the server wakes in time to come");
        has_written
    }

    /// What became of a step.
    fn ruling(&self, id: TransitionId) -> Result<(), Refusal> {
        let decision = self.incident.decisions.get(&id).expect("decided");
        assert_eq!(decision.effective, decision.reason.is_none());
        decision.reason.map_or(Ok(()), Err)
    }

    /// Somebody acts online.
    fn take(&mut self, who: Person, kind: TransitionKind, payload: Payload) -> Result<(), Refusal> {
        let id = self.write(who, kind, payload);
        self.settle(&[id]);
        self.ruling(id)
    }

    /// Several act online, one after the other, and all of it takes effect.
    fn take_all(&mut self, steps: impl IntoIterator<Item = (Person, TransitionKind, Payload)>) {
        for (who, kind, payload) in steps {
            assert_eq!(self.take(who, kind, payload), Ok(()), "{} {kind:?}", who.name);
        }
    }

    /// The server looks at the clock at a later moment.
    fn wait_until(&mut self, at: UnixMillis) -> bool {
        self.now = self.now.max(at).plus_ms(-1_000);
        self.settle(&[])
    }

    /// When a limit passes.
    fn due(&self, stage: crate::deadline::Stage) -> UnixMillis {
        self.standing().limits.get(&stage).expect("a limit").due_at
    }

    /// How often the server said that a stage is overdue.
    fn marks(&self, stage: crate::deadline::Stage) -> usize {
        let is_mark =
            |step: &&Transition| step.kind == TransitionKind::MarkOverdue && step.payload.stage == Some(stage);
        self.incident.transitions.values().filter(is_mark).count()
    }
}
