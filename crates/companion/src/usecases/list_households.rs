//! `list_households`: find a door in two seconds.

use std::collections::BTreeSet;

use contract::{CommandError, ErrorCode, HouseholdPage, ListHouseholds};
use domain::{Account, HouseholdId, MemberId};
use rusqlite::Connection;

use super::UseCase;
use super::check::check_length;
use super::particulars::{may_read_particulars_of, read_particulars};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::household_list;

/// Nobody types more to find a door.
const QUERY_LIMIT: usize = 100;

impl UseCase for ListHouseholds {
    fn run(self, companion: &mut Companion) -> Result<HouseholdPage, Failure> {
        let account = companion.require_account()?;
        check_length("query", &self.query, QUERY_LIMIT)?;
        if self.after.as_ref().is_some_and(|key| key.id.parse::<HouseholdId>().is_err()) {
            return Err(CommandError::new(ErrorCode::BadRequest).in_field("after").into());
        }
        let db = companion.store.read();
        let mut page = household_list::list_households(db, &self, companion.today())?;
        household_list::name_matches(db, &self.query, &mut page.rows, |household| read_tels(db, &account, household))?;
        Ok(page)
    }
}

/// The phone numbers of a household's members, where the account may see them.
fn read_tels(
    db: &Connection,
    account: &Account,
    household: HouseholdId,
) -> Result<Vec<(MemberId, BTreeSet<String>)>, Failure> {
    let Some(particulars) = read_particulars(db, household)? else { return Ok(Vec::new()) };
    if !may_read_particulars_of(account, &particulars.grid) {
        return Ok(Vec::new());
    }
    Ok(particulars.members.into_iter().map(|(id, person)| (id, person.tels)).collect())
}
