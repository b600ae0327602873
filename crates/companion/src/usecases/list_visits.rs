//! `list_visits`: a household's visits, newest first.

use contract::{ListVisits, PAGE_ROWS, VisitPage};

use super::UseCase;
use super::get_household::look_at_visits;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::visit::list_visits;

impl UseCase for ListVisits {
    fn run(self, companion: &mut Companion) -> Result<VisitPage, Failure> {
        companion.require_account()?;
        look_at_visits(companion, self.household)?;
        let mut rows = list_visits(companion.store.read(), self.household, self.after, PAGE_ROWS + 1)?;
        let has_more = rows.len() > PAGE_ROWS as usize;
        rows.truncate(PAGE_ROWS as usize);
        Ok(VisitPage { rows, has_more })
    }
}
