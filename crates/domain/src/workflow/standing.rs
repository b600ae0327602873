//! Where an incident stands: the fold of its effective transitions in the order of their decisions.

use std::collections::{BTreeMap, BTreeSet};

use crate::account::Role;
use crate::category::SlaClass;
use crate::codes::{CodeList as _, Satisfaction, code_list};
use crate::deadline::{Light, Limit, Stage};
use crate::id::{AccountId, IncidentId, TransitionId};
use crate::incident::Incident;
use crate::organisation::OrgCode;
use crate::time::UnixMillis;

use super::step::{Booking, Decision, Transition, TransitionKind};
use super::table::{Outcome, find_rule};

code_list! {
    /// State of an incident.
    State from "domain reference §7" {
        Draft = "draft", "草稿", "Draft";
        Reported = "reported", "待受理", "Reported";
        Returned = "returned", "退回补充", "Returned";
        Accepted = "accepted", "已受理", "Accepted";
        Dispatched = "dispatched", "已派单", "Dispatched";
        Handling = "handling", "处置中", "Handling";
        Resolved = "resolved", "待核查", "To be verified";
        Verified = "verified", "待回访", "To be called back";
        Closed = "closed", "已办结", "Closed";
        Withdrawn = "withdrawn", "已撤回", "Withdrawn";
        Voided = "voided", "作废/并案", "Voided";
    }
}

impl State {
    /// Whether nothing is left to do.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        matches!(self, Self::Closed | Self::Withdrawn | Self::Voided)
    }

    /// The limits that run in this state, the one that is met next first.
    #[must_use]
    pub const fn running_stages(self) -> &'static [Stage] {
        match self {
            Self::Reported => &[Stage::Accept, Stage::FirstAction, Stage::Resolve],
            Self::Accepted | Self::Dispatched => &[Stage::FirstAction, Stage::Resolve],
            Self::Handling => &[Stage::Resolve],
            Self::Resolved => &[Stage::Verify],
            Self::Verified => &[Stage::Feedback],
            _ => &[],
        }
    }
}

/// Who handles an incident.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Assignment {
    /// The organisation.
    pub org: OrgCode,
    /// The person, if one was named.
    pub person: Option<AccountId>,
    /// Who sent it there.
    pub by: AccountId,
}

/// A request that waits for the dispatcher's answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Request {
    /// The transition that asked.
    pub step: TransitionId,
    /// Until when more time is asked for.
    pub until: Option<UnixMillis>,
}

/// An appointment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appointment {
    /// What was proposed.
    pub booking: Booking,
    /// The transition that proposed it.
    pub step: TransitionId,
    /// Whether the handler confirmed it.
    pub is_confirmed: bool,
}

/// Where an incident stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// State.
    pub state: State,
    /// How often handling failed verification or was begun anew.
    pub round: u32,
    /// Position of the last decision; 0 before the first.
    pub position: u32,
    /// The last transition that moved the state.
    pub last_move: Option<TransitionId>,
    /// Class of time limits.
    pub class: Option<SlaClass>,
    /// Time limits as last set.
    pub limits: BTreeMap<Stage, Limit>,
    /// Running limits that the server found passed; those of before while it is returned.
    pub overdue: BTreeSet<Stage>,
    /// Who handles it.
    pub assigned: Option<Assignment>,
    /// Every organisation it was ever with.
    pub orgs_ever: BTreeSet<OrgCode>,
    /// Organisations asked to help.
    pub joint: BTreeSet<OrgCode>,
    /// Who handed in the result that stands, or settled it on the spot.
    pub handler: Option<AccountId>,
    /// Settled on the spot, and not taken up again since.
    pub is_self_handled: bool,
    /// A request to hand it back.
    pub refusal_asked: Option<Request>,
    /// A request for more time.
    pub extension_asked: Option<Request>,
    /// More time was granted; that happens once.
    pub is_extended: bool,
    /// How often it was urged.
    pub urged: u32,
    /// Supervised.
    pub is_supervised: bool,
    /// The appointment, if there is one.
    pub appointment: Option<Appointment>,
    /// Call-backs that reached nobody.
    pub tries: u32,
    /// What the resident said.
    pub satisfaction: Option<Satisfaction>,
    /// The incident it was merged into.
    pub duplicate_of: Option<IncidentId>,
    /// When the server first had it.
    pub reported_at: Option<UnixMillis>,
    /// Since when this round's time counts: the report, or the failed verification or reopening that began the round.
    pub begun_at: Option<UnixMillis>,
    /// When it was returned in this round, from and until: the clock stood still.
    pub pauses: Vec<(UnixMillis, UnixMillis)>,
    /// Since when the state is what it is, by the server's clock.
    pub since: Option<UnixMillis>,
}

impl Default for Standing {
    fn default() -> Self {
        Self {
            state: State::Draft,
            round: 0,
            position: 0,
            last_move: None,
            class: None,
            limits: BTreeMap::new(),
            overdue: BTreeSet::new(),
            assigned: None,
            orgs_ever: BTreeSet::new(),
            joint: BTreeSet::new(),
            handler: None,
            is_self_handled: false,
            refusal_asked: None,
            extension_asked: None,
            is_extended: false,
            urged: 0,
            is_supervised: false,
            appointment: None,
            tries: 0,
            satisfaction: None,
            duplicate_of: None,
            reported_at: None,
            begun_at: None,
            pauses: Vec::new(),
            since: None,
        }
    }
}

impl Standing {
    /// What the server has decided so far. Undecided transitions do not count.
    #[must_use]
    pub fn of(incident: &Incident) -> Self {
        let mut decided: Vec<_> = incident
            .decisions
            .iter()
            .filter_map(|(id, decision)| incident.transitions.get(id).map(|step| (*id, step, decision)))
            .collect();
        decided.sort_by_key(|(id, _, decision)| (decision.position, *id));
        let mut standing = Self::default();
        for (id, step, decision) in decided {
            standing.apply(id, step, decision);
        }
        // A decision whose transition is missing still holds its place.
        standing.position = incident.decisions.values().map(|decision| decision.position).max().unwrap_or_default();
        standing
    }

    /// Takes in one decision.
    pub fn apply(&mut self, id: TransitionId, step: &Transition, decision: &Decision) {
        self.position = self.position.max(decision.position);
        if !decision.effective {
            return;
        }
        let Some(rule) = find_rule(step.kind) else { return };
        let now = decision.at_server;
        let target = match rule.outcome {
            Outcome::Move(state) => Some(state),
            Outcome::Stay => None,
            Outcome::Answer => self.answered_state(step),
        };
        self.apply_kind(id, step, now);
        if let Some(class) = decision.class {
            self.class = Some(class);
        }
        for (stage, limit) in &decision.limits {
            self.limits.insert(*stage, *limit);
            self.overdue.remove(stage);
        }
        if let Some(state) = target {
            self.state = state;
            self.last_move = Some(id);
            self.since = Some(now);
            // While it is returned nothing runs, and what had passed has still passed when it comes back.
            if state != State::Returned {
                self.overdue.retain(|stage| state.running_stages().contains(stage));
            }
        }
    }

    /// The state after a verification or a call-back, which depends on what was found.
    fn answered_state(&self, step: &Transition) -> Option<State> {
        match step.kind {
            TransitionKind::Verify if step.payload.passes == Some(true) => Some(State::Verified),
            // What a worker settled alone and did not settle goes to the desk: nobody else has it.
            TransitionKind::Verify if self.assigned.is_none() => Some(State::Accepted),
            TransitionKind::Verify => Some(State::Handling),
            TransitionKind::Feedback => {
                let is_in_vain = step.payload.satisfaction == Some(Satisfaction::Unreachable);
                (!is_in_vain || self.tries + 1 >= super::MAX_TRIES).then_some(State::Closed)
            }
            _ => None,
        }
    }

    fn apply_kind(&mut self, id: TransitionId, step: &Transition, now: UnixMillis) {
        let payload = &step.payload;
        match step.kind {
            TransitionKind::Submit => {
                self.reported_at = Some(now);
                self.begin_round(now);
            }
            TransitionKind::Resubmit => self.pauses.extend(self.since.map(|returned| (returned, now))),
            TransitionKind::SelfHandle => {
                self.reported_at = self.reported_at.or(Some(now));
                self.begun_at = self.begun_at.or(Some(now));
                self.is_self_handled = true;
                self.handler = Some(step.by);
            }
            TransitionKind::Dispatch | TransitionKind::Route | TransitionKind::Transfer => self.assign(step),
            TransitionKind::AskRefusal => self.refusal_asked = Some(Request { step: id, until: None }),
            TransitionKind::GrantRefusal => self.unassign(),
            TransitionKind::DenyRefusal => self.refusal_asked = None,
            TransitionKind::Start => self.refusal_asked = None,
            TransitionKind::SubmitResult => {
                self.handler = Some(step.by);
                (self.refusal_asked, self.extension_asked) = (None, None);
            }
            TransitionKind::Verify if payload.passes == Some(false) => {
                self.round += 1;
                self.begin_round(now);
                self.is_self_handled = false;
            }
            TransitionKind::Feedback => {
                self.satisfaction = payload.satisfaction;
                if payload.satisfaction == Some(Satisfaction::Unreachable) {
                    self.tries += 1;
                }
            }
            TransitionKind::Merge => self.duplicate_of = payload.duplicate_of,
            TransitionKind::Reopen => {
                self.unassign();
                self.round += 1;
                self.begin_round(now);
                (self.is_self_handled, self.is_extended, self.tries) = (false, false, 0);
                (self.satisfaction, self.duplicate_of) = (None, None);
            }
            TransitionKind::Urge => self.urged += 1,
            TransitionKind::Supervise => self.is_supervised = true,
            TransitionKind::AskExtension => {
                self.extension_asked = Some(Request { step: id, until: payload.due_at });
            }
            TransitionKind::GrantExtension => (self.extension_asked, self.is_extended) = (None, true),
            TransitionKind::DenyExtension => self.extension_asked = None,
            TransitionKind::Join => {
                self.joint.extend(payload.joint.iter().cloned());
                self.orgs_ever.extend(payload.joint.iter().cloned());
            }
            TransitionKind::Book => {
                let proposed = payload.booking.clone();
                self.appointment = proposed.map(|booking| Appointment { booking, step: id, is_confirmed: false });
            }
            TransitionKind::ConfirmBooking => {
                if let Some(appointment) = &mut self.appointment {
                    appointment.is_confirmed = true;
                }
            }
            TransitionKind::CancelBooking => self.appointment = None,
            TransitionKind::MarkOverdue => self.overdue.extend(payload.stage),
            _ => {}
        }
    }

    fn begin_round(&mut self, now: UnixMillis) {
        self.begun_at = Some(now);
        self.pauses.clear();
    }

    fn assign(&mut self, step: &Transition) {
        let Some(org) = step.payload.to_org.clone() else { return };
        self.unassign();
        self.orgs_ever.insert(org.clone());
        self.joint = step.payload.joint.clone();
        self.orgs_ever.extend(self.joint.iter().cloned());
        self.assigned = Some(Assignment { org, person: step.payload.to_person, by: step.by });
    }

    fn unassign(&mut self) {
        (self.assigned, self.handler) = (None, None);
        (self.refusal_asked, self.extension_asked) = (None, None);
        self.joint.clear();
    }

    /// The organisations that have it now: the one that handles it and those asked to help.
    #[must_use]
    pub fn orgs_now(&self) -> BTreeSet<OrgCode> {
        self.assigned.iter().map(|assigned| assigned.org.clone()).chain(self.joint.iter().cloned()).collect()
    }

    /// The limits that run now.
    pub fn running_limits(&self) -> impl Iterator<Item = (Stage, Limit)> + '_ {
        self.state.running_stages().iter().filter_map(|stage| Some((*stage, *self.limits.get(stage)?)))
    }

    /// The running limit that passes next.
    #[must_use]
    pub fn next_limit(&self) -> Option<(Stage, Limit)> {
        self.running_limits().min_by_key(|(stage, limit)| (limit.due_at, *stage))
    }

    /// The colour of the nearest limit; none when no limit runs.
    #[must_use]
    pub fn light(&self, now: UnixMillis) -> Option<Light> {
        self.next_limit().map(|(_, limit)| limit.light(now))
    }

    /// Whether the district looks at it: overdue, supervised, or closed against the resident's wish.
    #[must_use]
    pub fn is_watched(&self) -> bool {
        let is_open = !self.state.is_ended();
        let is_unsatisfied = self.satisfaction == Some(Satisfaction::Dissatisfied);
        (is_open && (!self.overdue.is_empty() || self.is_supervised)) || is_unsatisfied
    }

    /// Whether an account of this organisation, by name if one was named, handles it.
    #[must_use]
    pub fn is_handled_by(&self, role: Role, org: Option<&OrgCode>, account: AccountId) -> bool {
        matches!(role, Role::Handler | Role::CommunityClerk)
            && self.assigned.as_ref().is_some_and(|assigned| {
                Some(&assigned.org) == org && assigned.person.is_none_or(|person| person == account)
            })
    }

    /// The code of the state, for tables.
    #[must_use]
    pub fn state_code(&self) -> &'static str {
        self.state.code()
    }
}
