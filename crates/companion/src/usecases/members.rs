//! Members of a household with what is masked.

use contract::MemberView;
use domain::text::{mask_id_no, mask_tel};
use domain::{Account, HouseholdId, Particulars};
use rusqlite::Connection;

use super::particulars::{may_read_particulars, read_particulars};
use crate::store::StoreError;
use crate::store::household::list_members;
use crate::store::household_list::Card;

/// The members of a card; masks of their numbers where the account may see particulars.
pub(super) fn read_members(
    db: &Connection,
    account: &Account,
    card: &Card,
) -> Result<(Vec<MemberView>, Option<Particulars>), StoreError> {
    let household: HouseholdId = card.row.id;
    let mut members = list_members(db, household)?;
    let particulars = if may_read_particulars(account, card) { read_particulars(db, household)? } else { None };
    if let Some(particulars) = &particulars {
        for member in &mut members {
            if let Some(person) = particulars.members.get(&member.id) {
                member.tel_masked = person.tels.first().map(|tel| mask_tel(tel));
                member.id_no_masked = (!person.id_no.is_empty()).then(|| mask_id_no(&person.id_no));
            }
        }
    }
    Ok((members, particulars))
}
