//! `discard_draft`: throws a form in progress away. Doing it twice is no error.

use contract::DiscardDraft;

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::draft::remove_draft;

impl UseCase for DiscardDraft {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        companion.store.write::<_, Failure>(|writing| Ok(remove_draft(writing, self.draft)?))?;
        Ok(())
    }
}
