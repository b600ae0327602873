//! `list_incidents`: one page of a queue, and what waits in the others.

use contract::{IncidentPage, ListIncidents, PAGE_ROWS, Queue};
use domain::{Account, Role};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::incident_list::{Viewer, Which, count_incidents, count_queues, list_incidents};

impl UseCase for ListIncidents {
    fn run(self, companion: &mut Companion) -> Result<IncidentPage, Failure> {
        let account = companion.require_account()?;
        let viewer = Viewer { account: &account, now: companion.server_now()? };
        let db = companion.store.read();
        let which = Which::Queue(self.queue);
        let mut rows = list_incidents(db, &viewer, which, &self.query, self.after, PAGE_ROWS + 1)?;
        let has_more = rows.len() > PAGE_ROWS as usize;
        rows.truncate(PAGE_ROWS as usize);
        let queues = count_queues(db, &viewer, &queues_of(&account))?;
        let counted = queues.iter().find(|counted| counted.queue == self.queue && self.query.trim().is_empty());
        let total = match counted {
            Some(counted) => counted.count,
            None => count_incidents(db, &viewer, which, &self.query)?,
        };
        Ok(IncidentPage { rows, has_more, total, queues })
    }
}

/// The queues of an account's role, what waits for it first.
fn queues_of(account: &Account) -> Vec<Queue> {
    use Queue::{
        All, DueSoon, Ended, Futile, Mine, Open, Overdue, Requests, ToAccept, ToCallBack, ToDispatch, ToHandle,
        ToVerify, Unsatisfied,
    };
    match account.role {
        Role::GridWorker => vec![Open, Mine, ToVerify, ToCallBack, Futile, Ended],
        Role::CommunityClerk => {
            let mut queues = vec![ToAccept, Overdue, DueSoon, ToDispatch, ToVerify, Futile, Ended, All];
            // What a community keeps for itself is handled at its desk.
            if account.scope.org.is_some() {
                queues.insert(4, ToHandle);
            }
            queues
        }
        Role::Dispatcher => {
            vec![ToDispatch, ToAccept, DueSoon, Overdue, Requests, Unsatisfied, Futile, Open, Ended]
        }
        Role::Handler => vec![ToHandle, DueSoon, Overdue, Futile, Ended],
        Role::Supervisor => vec![Overdue, Unsatisfied, Open, Ended],
        Role::BuildingLead | Role::Office | Role::System | Role::Unknown => vec![Mine, Futile, Ended],
    }
}
