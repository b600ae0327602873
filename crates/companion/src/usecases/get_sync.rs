//! `get_sync`, `list_unsent`: honest states.

use contract::{GetSync, LastSync, ListUnsent, SyncView, UnsentPage};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::outline::{Unsent, count_open, count_put_away, list_unsent};

impl UseCase for GetSync {
    fn run(self, companion: &mut Companion) -> Result<SyncView, Failure> {
        companion.note_screen();
        let summary = companion.read_sync_summary()?;
        let status = companion.sync_status();
        let now = companion.now();
        // What was noted under a clock that ran ahead cannot have been later than now.
        let last = status.last.clone().map(|last| LastSync { at: last.at.min(now), ..last });
        let verified_at = status.verified_at.map(|at| at.min(now));
        let next_at = status.next_at.map(|at| now.plus_ms(at.since_ms(companion.elapsed())));
        Ok(SyncView { summary, last, verified_at, next_at })
    }
}

impl UseCase for ListUnsent {
    fn run(self, companion: &mut Companion) -> Result<UnsentPage, Failure> {
        let db = companion.store.read();
        let mut rows = list_unsent(db, Unsent::Open, self.offset)?;
        let now = companion.now();
        for row in &mut rows {
            row.at = row.at.min(now);
        }
        Ok(UnsentPage { rows, total: count_open(db)?, put_away: count_put_away(db)? })
    }
}
