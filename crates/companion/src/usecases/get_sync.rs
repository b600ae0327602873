//! `get_sync`, `list_unsent`: honest states.

use contract::{GetSync, ListUnsent, SyncView, UnsentPage};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::outline::{count_open, list_unsent};

impl UseCase for GetSync {
    fn run(self, companion: &mut Companion) -> Result<SyncView, Failure> {
        companion.note_screen();
        let summary = companion.read_sync_summary()?;
        let status = companion.sync_status();
        Ok(SyncView { summary, last: status.last.clone(), verified_at: status.verified_at, next_at: status.next_at })
    }
}

impl UseCase for ListUnsent {
    fn run(self, companion: &mut Companion) -> Result<UnsentPage, Failure> {
        let db = companion.store.read();
        Ok(UnsentPage { rows: list_unsent(db, self.offset)?, total: count_open(db)? })
    }
}
