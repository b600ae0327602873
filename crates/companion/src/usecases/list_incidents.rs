//! `list_incidents`: one page of a queue, and what waits in the others.

use contract::{INCIDENT_ROWS_LIMIT, IncidentPage, ListIncidents, PAGE_ROWS, Queue};
use domain::{Account, Role};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::incident_list::{Viewer, Which, count_incidents, count_queues, list_incidents};

impl UseCase for ListIncidents {
    fn run(self, companion: &mut Companion) -> Result<IncidentPage, Failure> {
        let account = companion.require_account()?;
        let viewer = Viewer { account: &account, now: companion.now() };
        let db = companion.store.read();
        let queue = searched_queue(self.queue, &self.query);
        let which = Which::Queue(queue);
        let limit = self.rows.unwrap_or(PAGE_ROWS).clamp(1, INCIDENT_ROWS_LIMIT);
        let mut rows = list_incidents(db, &viewer, which, &self.query, self.after, limit + 1)?;
        let has_more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        // What waits in the queues is counted once, with the first page.
        let queues = match self.after {
            None => count_queues(db, &viewer, &queues_of(&account))?,
            Some(_) => Vec::new(),
        };
        let counted = queues.iter().find(|counted| counted.queue == queue && self.query.trim().is_empty());
        let total = match counted {
            Some(counted) => counted.count,
            None => count_incidents(db, &viewer, which, &self.query)?,
        };
        Ok(IncidentPage { rows, has_more, total, queues })
    }
}

/// Where something is looked for: whoever asks for a number asks for the incident, wherever it stands. Only one's own
/// are searched by themselves.
fn searched_queue(chosen: Queue, query: &str) -> Queue {
    if query.trim().is_empty() || chosen == Queue::Mine { chosen } else { Queue::All }
}

/// The queues of an account's role, what waits for it first.
fn queues_of(account: &Account) -> Vec<Queue> {
    use Queue::{
        All, DueSoon, Ended, Futile, Mine, Open, Overdue, Requests, ToAccept, ToCallBack, ToDispatch, ToHandle,
        ToVerify, Unsatisfied,
    };
    match account.role {
        Role::GridWorker => vec![Open, Mine, ToVerify, ToCallBack, Futile, Ended],
        // What a community keeps for itself is handled at its desk; without an organisation it has nowhere to send what
        // is accepted, and sees it among what is open.
        Role::CommunityClerk if account.scope.org.is_some() => {
            vec![ToAccept, Overdue, DueSoon, ToDispatch, ToHandle, ToVerify, Futile, Open, Ended, All]
        }
        Role::CommunityClerk => vec![ToAccept, Overdue, DueSoon, ToVerify, Futile, Open, Ended, All],
        Role::Dispatcher => {
            vec![ToDispatch, ToAccept, DueSoon, Overdue, Requests, Unsatisfied, Futile, Open, Ended]
        }
        Role::Handler => vec![ToHandle, DueSoon, Overdue, Open, Futile, Ended],
        Role::Supervisor => vec![Overdue, Unsatisfied, Futile, Open, Ended],
        Role::BuildingLead | Role::Office | Role::System | Role::Unknown => vec![Mine, Futile, Ended],
    }
}
