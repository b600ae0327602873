//! `edit_household`: changes the card. All edits of one request are one change.

use contract::{EditHousehold, ErrorCode, GetHousehold, HouseholdView, Topic};
use domain::rights::{Act, RecordRef, may};
use domain::{Household, MemberId};

use super::UseCase;
use super::household_edits::{CheckedEdit, check_edit};
use super::particulars::{ParticularsEdit, write_particulars};
use crate::companion::Companion;
use crate::error::{Failure, refuse_breaches};
use crate::store::record::{edit_record, read_record};

impl UseCase for EditHousehold {
    fn run(self, companion: &mut Companion) -> Result<HouseholdView, Failure> {
        let account = companion.require_account()?;
        let mut household = read_record::<Household>(companion.store.read(), self.id.into())?
            .ok_or(Failure::from(ErrorCode::NotFound))?
            .record;
        if !may(&account, Act::Edit, &RecordRef::from(&household)) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let before = household.clone();
        let now = companion.now();
        let mut particulars = ParticularsEdit::default();
        for (index, edit) in self.edits.iter().enumerate() {
            let surroundings = &mut companion.surroundings;
            let edit = check_edit(edit, index, &household, now, || MemberId::new(now, surroundings.id_bytes()))?;
            if !edit.is_allowed(&account, &household.grid) {
                return Err(ErrorCode::NotAllowed.into());
            }
            edit.apply(&mut household);
            match edit {
                CheckedEdit::AddMember(id, person) => particulars.add(id, person),
                CheckedEdit::Numbers(numbers) => particulars.numbers.push(numbers),
                _ => {}
            }
        }
        refuse_breaches(Some(&before), &household)?;
        let author = companion.author(&account)?;
        let grid = household.grid.clone();
        companion.store.write::<_, Failure>(|writing| {
            edit_record(writing, self.id.into(), &author, |record: &mut Household| *record = household)?;
            write_particulars(writing, &account, &author, (self.id, &grid), &particulars)
        })?;
        companion.mark_changed([Topic::Households, Topic::Outbox]);
        GetHousehold { id: self.id }.run(companion)
    }
}
