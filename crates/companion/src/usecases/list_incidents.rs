//! `list_incidents`: incidents on this phone, newest first.

use contract::{IncidentPage, ListIncidents, PAGE_ROWS};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::incident::{Which, count_incidents, list_incidents};

impl UseCase for ListIncidents {
    fn run(self, companion: &mut Companion) -> Result<IncidentPage, Failure> {
        let me = companion.require_account()?.id;
        let db = companion.store.read();
        let which = if self.is_mine { Which::ReportedBy(me) } else { Which::All };
        let mut rows = list_incidents(db, which, me, self.after, PAGE_ROWS + 1)?;
        let has_more = rows.len() > PAGE_ROWS as usize;
        rows.truncate(PAGE_ROWS as usize);
        Ok(IncidentPage { rows, has_more, total: count_incidents(db, which)? })
    }
}
