//! The table: who may do what from which state, where it leads, and whether it may be done without network.
//!
//! One row per kind of transition. Everything the machine knows of the trade is in here and in the checks that a row
//! names; [`super::decide()`] only reads it.

use super::standing::State;
use super::step::TransitionKind;

/// Where a transition leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// To this state.
    Move(State),
    /// Nowhere: a side flag.
    Stay,
    /// That depends on the answer it carries (verification, call-back).
    Answer,
}

/// How the person who acts has to stand to the incident.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Capacity {
    /// Reported it.
    Reporter,
    /// Reported it and is a grid worker.
    ReportingWorker,
    /// A worker of the grid.
    Worker,
    /// A clerk of the community.
    Clerk,
    /// A clerk of the community, while the matter counts as settled on the spot: clerks look at the sample.
    SamplingClerk,
    /// A dispatcher of the town.
    Dispatcher,
    /// Belongs to the organisation that handles it.
    Assignee,
    /// District supervisor.
    Supervisor,
    /// The server itself.
    System,
    /// Wrote the transition that this one is about.
    Author,
}

/// What a device may do with it while it has no network.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offline {
    /// It is shown as done, 待确认.
    Shown,
    /// It is kept as a request: nothing is shown as done before the server has ordered it.
    Requested,
    /// Only the server does it.
    Never,
}

/// What a transition has to carry or find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// A reason or result in words.
    Text,
    /// What was done on the spot: reported with the incident, or in words.
    Deed,
    /// An organisation; for a clerk the community's own and nobody to help.
    TargetOrg,
    /// Another organisation than the one that has it.
    OtherOrg,
    /// A limit, if one is given, in the future and not beyond what may be granted to a matter that begins now.
    SoundLimit,
    /// A limit for an extension, once: later than the one that runs, at most as long as the class allows.
    Extension,
    /// That an extension was asked for and not answered.
    ExtensionAsked,
    /// That handing back was asked for and not answered.
    RefusalAsked,
    /// That handing back was not asked for yet.
    RefusalNotAsked,
    /// Passed or not; by somebody else than the handler.
    ForeignVerdict,
    /// What the resident said.
    Answer,
    /// Another incident.
    OtherIncident,
    /// At most 30 days since it was closed.
    FreshlyClosed,
    /// Organisations to help.
    Joint,
    /// An appointment that this category may carry.
    Booking,
    /// An appointment that was proposed and not confirmed.
    ProposedBooking,
    /// An appointment.
    AnyBooking,
    /// A running limit that has passed.
    PassedLimit,
    /// End of the day of a matter settled on the spot that is not sampled.
    EndOfDay,
    /// An own transition that did not take effect.
    OwnFutileStep,
    /// Not supervised yet.
    Unsupervised,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The transition.
    pub kind: TransitionKind,
    /// From which states.
    pub from: &'static [State],
    /// Where it leads.
    pub outcome: Outcome,
    /// Who may do it.
    pub who: &'static [Capacity],
    /// Without network.
    pub offline: Offline,
    /// What it has to carry or find.
    pub needs: &'static [Need],
}

/// Every state in which something is left to do and the server knows of it.
const OPEN: &[State] = &[
    State::Reported,
    State::Returned,
    State::Accepted,
    State::Dispatched,
    State::Handling,
    State::Resolved,
    State::Verified,
];
/// Every state the server knows.
const ANY: &[State] = &[
    State::Reported,
    State::Returned,
    State::Accepted,
    State::Dispatched,
    State::Handling,
    State::Resolved,
    State::Verified,
    State::Closed,
    State::Withdrawn,
    State::Voided,
];
/// Where an appointment makes sense.
const BOOKABLE: &[State] = &[State::Reported, State::Accepted, State::Dispatched, State::Handling];

/// The table (domain reference §7).
pub const RULES: &[Rule] = {
    use Capacity::{
        Assignee, Author, Clerk, Dispatcher, Reporter, ReportingWorker, SamplingClerk, Supervisor, System, Worker,
    };
    use Offline::{Never, Requested, Shown};
    use Outcome::{Answer, Move, Stay};
    use State::{
        Accepted, Closed, Dispatched, Draft, Handling, Reported, Resolved, Returned, Verified, Voided, Withdrawn,
    };
    use TransitionKind as K;
    const fn rule(
        kind: TransitionKind,
        from: &'static [State],
        outcome: Outcome,
        who: &'static [Capacity],
        offline: Offline,
        needs: &'static [Need],
    ) -> Rule {
        Rule { kind, from, outcome, who, offline, needs }
    }
    &[
        rule(K::Submit, &[Draft], Move(Reported), &[Reporter], Shown, &[]),
        rule(K::SelfHandle, &[Draft, Reported], Move(Resolved), &[ReportingWorker], Shown, &[Need::Deed]),
        rule(K::Withdraw, &[Reported, Returned], Move(Withdrawn), &[Reporter], Shown, &[]),
        rule(K::Accept, &[Reported], Move(Accepted), &[Clerk, Dispatcher], Requested, &[]),
        rule(K::Return, &[Reported], Move(Returned), &[Clerk, Dispatcher], Requested, &[Need::Text]),
        rule(K::Resubmit, &[Returned], Move(Reported), &[Reporter], Shown, &[]),
        rule(
            K::Dispatch,
            &[Accepted],
            Move(Dispatched),
            &[Clerk, Dispatcher],
            Requested,
            &[Need::TargetOrg, Need::SoundLimit],
        ),
        rule(K::Route, &[Reported], Move(Dispatched), &[System], Never, &[Need::TargetOrg]),
        rule(
            K::Transfer,
            &[Dispatched, Handling],
            Move(Dispatched),
            &[Dispatcher],
            Requested,
            &[Need::TargetOrg, Need::OtherOrg, Need::SoundLimit],
        ),
        rule(K::AskRefusal, &[Dispatched], Stay, &[Assignee], Shown, &[Need::Text, Need::RefusalNotAsked]),
        rule(K::GrantRefusal, &[Dispatched], Move(Accepted), &[Dispatcher], Requested, &[Need::RefusalAsked]),
        rule(K::DenyRefusal, &[Dispatched], Stay, &[Dispatcher], Requested, &[Need::RefusalAsked]),
        rule(K::Start, &[Dispatched], Move(Handling), &[Assignee], Shown, &[]),
        rule(K::SubmitResult, &[Handling], Move(Resolved), &[Assignee], Shown, &[Need::Text]),
        rule(K::Verify, &[Resolved], Answer, &[Worker, SamplingClerk], Shown, &[Need::ForeignVerdict]),
        rule(K::Feedback, &[Verified], Answer, &[Worker], Shown, &[Need::Answer]),
        rule(K::AutoClose, &[Resolved], Move(Closed), &[System], Never, &[Need::EndOfDay]),
        rule(K::Void, &[Reported, Returned, Accepted], Move(Voided), &[Clerk, Dispatcher], Requested, &[Need::Text]),
        rule(K::Merge, &[Reported, Accepted], Move(Voided), &[Clerk, Dispatcher], Requested, &[Need::OtherIncident]),
        rule(
            K::Reopen,
            &[Closed, Voided],
            Move(Accepted),
            &[Dispatcher, Supervisor],
            Requested,
            &[Need::Text, Need::FreshlyClosed],
        ),
        rule(K::Urge, OPEN, Stay, &[Reporter, Worker], Shown, &[]),
        rule(K::Supervise, OPEN, Stay, &[Supervisor, Dispatcher], Shown, &[Need::Unsupervised]),
        rule(K::AskExtension, &[Dispatched, Handling], Stay, &[Assignee], Shown, &[Need::Text, Need::Extension]),
        rule(K::GrantExtension, &[Dispatched, Handling], Stay, &[Dispatcher], Requested, &[Need::ExtensionAsked]),
        rule(K::DenyExtension, &[Dispatched, Handling], Stay, &[Dispatcher], Requested, &[Need::ExtensionAsked]),
        rule(K::Join, &[Dispatched, Handling], Stay, &[Dispatcher], Requested, &[Need::Joint]),
        rule(K::Book, BOOKABLE, Stay, &[Reporter, Worker, Clerk, Dispatcher, Assignee], Shown, &[Need::Booking]),
        rule(K::ConfirmBooking, &[Dispatched, Handling], Stay, &[Assignee], Shown, &[Need::ProposedBooking]),
        rule(
            K::CancelBooking,
            BOOKABLE,
            Stay,
            &[Reporter, Worker, Clerk, Dispatcher, Assignee],
            Shown,
            &[Need::AnyBooking],
        ),
        rule(K::MarkOverdue, OPEN, Stay, &[System], Never, &[Need::PassedLimit]),
        rule(K::Retract, ANY, Stay, &[Author], Shown, &[Need::OwnFutileStep]),
    ]
};

/// The row of a kind; none for a kind of a newer version.
#[must_use]
pub fn find_rule(kind: TransitionKind) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.kind == kind)
}
