//! Members of a household with what is masked, entries that are one person joined.

use contract::MemberView;
use domain::text::{mask_id_no, mask_tel};
use domain::{Account, Household, HouseholdId, Particulars};
use rusqlite::Connection;

use super::particulars::{may_read_particulars, read_particulars};
use crate::store::StoreError;
use crate::store::household::list_members;
use crate::store::household_list::Card;
use crate::store::record::read_record;

/// The members of a card; masks of their numbers where the account may see particulars.
pub(super) fn read_members(
    db: &Connection,
    account: &Account,
    card: &Card,
) -> Result<(Vec<MemberView>, Option<Particulars>), StoreError> {
    let household: HouseholdId = card.row.id;
    let mut members = list_members(db, household)?;
    let particulars = if may_read_particulars(account, card) { read_particulars(db, household)? } else { None };
    let Some(record) = read_record::<Household>(db, household.into())?.map(|reading| reading.record) else {
        return Ok((members, particulars));
    };
    for member in &mut members {
        let Some(person) = record.find_person(member.id) else { continue };
        let names = person.aliases.iter().filter_map(|id| Some((*id, record.members.get(id)?.name.clone())));
        member.aliases = names.collect();
        if let Some(known) = particulars.as_ref().and_then(|particulars| person.particulars(particulars)) {
            member.tel_masked = known.tels.first().map(|tel| mask_tel(tel));
            member.id_no_masked = (!known.id_no.is_empty()).then(|| mask_id_no(&known.id_no));
        }
    }
    Ok((members, particulars))
}
