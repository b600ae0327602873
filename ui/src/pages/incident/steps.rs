//! Which of the steps on offer stand in the bar: the likely one, and what is most often done instead of it.

use contract::IncidentView;
use contract::domain::workflow::{StepOffer, TransitionKind as Kind};

/// Steps that one opens an incident for, the most urgent first.
const LIKELY: &[Kind] = &[
    Kind::GrantRefusal,
    Kind::GrantExtension,
    Kind::Accept,
    Kind::Dispatch,
    Kind::Start,
    Kind::SubmitResult,
    Kind::Verify,
    Kind::Feedback,
    Kind::Resubmit,
];

/// What is done instead.
const fn partner_of(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::GrantRefusal => Some(Kind::DenyRefusal),
        Kind::GrantExtension => Some(Kind::DenyExtension),
        Kind::Accept => Some(Kind::Return),
        Kind::Dispatch => Some(Kind::Merge),
        Kind::Start => Some(Kind::AskRefusal),
        Kind::SubmitResult => Some(Kind::AskExtension),
        Kind::Resubmit => Some(Kind::Withdraw),
        _ => None,
    }
}

/// The steps on offer, sorted for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Steps {
    /// The step that the bar ends with.
    pub(super) likely: Option<StepOffer>,
    /// What stands beside it.
    pub(super) partner: Option<StepOffer>,
    /// Everything else.
    pub(super) rest: Vec<StepOffer>,
}

/// Sorts what is on offer. Appointments are confirmed and cancelled on their card; nothing is merged with nothing.
pub(super) fn sort_steps(view: &IncidentView) -> Steps {
    let is_listed = |offer: &StepOffer| match offer.kind {
        Kind::ConfirmBooking | Kind::CancelBooking => false,
        Kind::Merge => !view.like.is_empty(),
        _ => true,
    };
    let mut rest: Vec<StepOffer> = view.steps.iter().copied().filter(is_listed).collect();
    let mut take = |kind: Kind| rest.iter().position(|offer| offer.kind == kind).map(|index| rest.remove(index));
    let likely = LIKELY.iter().find_map(|kind| take(*kind));
    let partner = match likely {
        Some(likely) => partner_of(likely.kind).and_then(&mut take),
        None => take(Kind::Urge).or_else(|| take(Kind::Supervise)),
    };
    Steps { likely, partner, rest }
}
