//! `get_visit_receipt`: what a visit made, where it stands, and which door is next.

use contract::{GetVisitReceipt, VisitReceipt};
use domain::Incident;

use super::UseCase;
use super::get_visit::read_visit;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::change::read_state;
use crate::store::household_list::{find_next_due, name_door};
use crate::store::record::read_record;

impl UseCase for GetVisitReceipt {
    fn run(self, companion: &mut Companion) -> Result<VisitReceipt, Failure> {
        companion.require_account()?;
        let db = companion.store.read();
        let visit = read_visit(db, self.visit)?;
        let mut incidents = Vec::new();
        for id in visit.incidents {
            if let Some(incident) = read_record::<Incident>(db, id.into())? {
                incidents.push((id, incident.record.category));
            }
        }
        Ok(VisitReceipt {
            visit: visit.id,
            household: visit.household,
            door: name_door(db, visit.household)?.unwrap_or_default(),
            incidents,
            at: visit.at_end,
            state: read_state(db, &[visit.id.into()])?,
            next: find_next_due(db, visit.household, companion.today())?,
        })
    }
}
