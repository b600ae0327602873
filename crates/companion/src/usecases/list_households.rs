//! `list_households`: find a door in two seconds.

use contract::{CommandError, ErrorCode, HouseholdPage, ListHouseholds};
use domain::HouseholdId;

use super::UseCase;
use super::check::check_length;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::household_list;

/// Nobody types more to find a door.
const QUERY_LIMIT: usize = 100;

impl UseCase for ListHouseholds {
    fn run(self, companion: &mut Companion) -> Result<HouseholdPage, Failure> {
        companion.require_account()?;
        check_length("query", &self.query, QUERY_LIMIT)?;
        if self.after.as_ref().is_some_and(|key| key.id.parse::<HouseholdId>().is_err()) {
            return Err(CommandError::new(ErrorCode::BadRequest).in_field("after").into());
        }
        Ok(household_list::list_households(companion.store.read(), &self, companion.today())?)
    }
}
