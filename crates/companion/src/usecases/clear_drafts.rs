//! `discard_drafts`, `restore_drafts`: clears forms in progress, and brings them back as they were. Doing either twice is
//! no error.

use contract::{DiscardDrafts, RestoreDrafts};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::closed_draft::{clear_drafts, restore_drafts};

impl UseCase for DiscardDrafts {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        let now = companion.device_now();
        companion.begun_drafts.forget(&self.drafts);
        companion.store.write::<_, Failure>(|writing| Ok(clear_drafts(writing, &self.drafts, now)?))
    }
}

impl UseCase for RestoreDrafts {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        let now = companion.device_now();
        companion.store.write::<_, Failure>(|writing| Ok(restore_drafts(writing, &self.drafts, now)?))
    }
}
