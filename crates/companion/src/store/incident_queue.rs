//! Which incidents a list shows: the conditions of queues.
//!
//! Conditions compare stored limits with the hour of the server as far as this device knows it ([`Viewer::now`]): a
//! device whose clock is wrong shows the same colours as the others.

use contract::Queue;
use domain::{Account, HouseholdId, Role, UnixMillis};

/// Who looks, and when.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Viewer<'a> {
    /// Whose device it is.
    pub(crate) account: &'a Account,
    /// The moment now, by the server's clock as far as it is known.
    pub(crate) now: UnixMillis,
}

/// Which incidents are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Which {
    /// Those of a queue.
    Queue(Queue),
    /// Those that wait for somebody of the viewer's role, and the viewer's own open ones.
    Waiting,
    /// Those of a household.
    OfHousehold(HouseholdId),
}

impl Which {
    /// Whether the nearest limit comes first, and not the newest report.
    pub(super) const fn is_by_limit(self) -> bool {
        !matches!(
            self,
            Self::OfHousehold(_)
                | Self::Queue(Queue::Mine | Queue::Unsatisfied | Queue::Futile | Queue::Ended | Queue::All)
        )
    }

    /// The condition. `:me`, `:org` and `:now` are the viewer's.
    pub(super) const fn condition(self, role: Role) -> &'static str {
        match self {
            Self::OfHousehold(_) => "household = :household",
            Self::Waiting => waiting_condition(role),
            Self::Queue(queue) => queue_condition(queue, role),
        }
    }
}

/// The condition of a queue as somebody with this role sees it.
pub(super) const fn queue_condition(queue: Queue, role: Role) -> &'static str {
    match queue {
        Queue::Open => "is_ended = 0",
        Queue::Mine => "account = :me",
        Queue::ToAccept => "is_ended = 0 AND state = 'reported'",
        Queue::ToDispatch => "is_ended = 0 AND state = 'accepted'",
        Queue::Requests => "is_ended = 0 AND asks IS NOT NULL",
        // What was sent to one person by name waits for nobody else.
        Queue::ToHandle => {
            "is_ended = 0 AND org = :org AND state IN ('dispatched', 'handling') AND (person IS NULL OR person = :me)"
        }
        Queue::ToVerify => match role {
            Role::CommunityClerk => "is_ended = 0 AND verifier = 'clerk' AND handler IS NOT :me",
            _ => "is_ended = 0 AND verifier = 'worker' AND handler IS NOT :me",
        },
        Queue::ToCallBack => "is_ended = 0 AND state = 'verified'",
        // Who handles has no part in the limits that come after the result.
        Queue::DueSoon if matches!(role, Role::Handler) => {
            "is_ended = 0 AND state IN ('dispatched', 'handling') AND yellow_at <= :now AND due_at > :now AND is_marked = 0"
        }
        Queue::Overdue if matches!(role, Role::Handler) => {
            "is_ended = 0 AND state IN ('dispatched', 'handling') AND (due_at <= :now OR is_marked = 1)"
        }
        Queue::DueSoon => "is_ended = 0 AND yellow_at <= :now AND due_at > :now AND is_marked = 0",
        Queue::Overdue => "is_ended = 0 AND (due_at <= :now OR is_marked = 1)",
        Queue::Unsatisfied => "is_unsatisfied = 1",
        Queue::Futile => "futile > 0",
        Queue::Ended => "is_ended = 1",
        Queue::All => "1",
    }
}

const fn waiting_condition(role: Role) -> &'static str {
    match role {
        Role::GridWorker => {
            "is_ended = 0 AND ((verifier = 'worker' AND handler IS NOT :me) OR state = 'verified'
                 OR (account = :me AND NOT (is_self_handled = 1 AND state = 'resolved')))"
        }
        Role::CommunityClerk => {
            // Without an organisation of its own a desk has nowhere to send what is accepted.
            "is_ended = 0 AND (state = 'reported' OR (state = 'accepted' AND :org IS NOT NULL)
                 OR (verifier = 'clerk' AND handler IS NOT :me)
                 OR (org = :org AND state IN ('dispatched', 'handling') AND (person IS NULL OR person = :me)))"
        }
        Role::Dispatcher => {
            "is_ended = 0 AND (state IN ('reported', 'accepted') OR asks IS NOT NULL OR due_at <= :now
                 OR is_marked = 1)"
        }
        Role::Handler => queue_condition(Queue::ToHandle, role),
        Role::Supervisor => queue_condition(Queue::Overdue, role),
        _ => "is_ended = 0 AND account = :me",
    }
}
