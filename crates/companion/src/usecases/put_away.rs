//! `put_away`, `bring_back`, `list_put_away`: what the server did not accept, out of the way and back.

use contract::{BringBack, CommandError, ErrorCode, ListPutAway, PutAway, Topic, UnsentPage};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::outline::{Unsent, count_put_away, list_unsent};
use crate::store::put_away::{bring_back, hide_record, note_put_away};
use crate::sync::drop_put_away;

const SHOWN_IN: [Topic; 3] = [Topic::Outbox, Topic::Households, Topic::Incidents];

impl UseCase for PutAway {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        let account = companion.require_account()?;
        let installation = companion.read_installation()?;
        companion.store.write::<_, Failure>(|writing| {
            let hashes = note_put_away(writing, self.record)?;
            if hashes.is_empty() {
                return Err(CommandError::new(ErrorCode::NotFound).into());
            }
            drop_put_away(writing, self.record, &hashes, (installation, &account))?;
            Ok(hide_record(writing, self.record)?)
        })?;
        companion.mark_changed(SHOWN_IN);
        Ok(())
    }
}

impl UseCase for BringBack {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        companion.require_account()?;
        if !companion.store.write::<_, Failure>(|writing| Ok(bring_back(writing, self.record)?))? {
            return Err(CommandError::new(ErrorCode::NotFound).into());
        }
        companion.mark_changed(SHOWN_IN);
        Ok(())
    }
}

impl UseCase for ListPutAway {
    fn run(self, companion: &mut Companion) -> Result<UnsentPage, Failure> {
        let db = companion.store.read();
        let total = count_put_away(db)?;
        let rows = list_unsent(db, Unsent::PutAway, self.offset)?;
        Ok(UnsentPage { rows, total, put_away: total })
    }
}
