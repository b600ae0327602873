//! `choose_value`: settles a conflict. An ordinary edit; the other entry stays in the history.

use contract::{ChooseValue, ErrorCode, GetHousehold, HouseholdView, Topic};
use domain::rights::may_edit_field;
use domain::{Household, Kind};

use super::UseCase;
use super::get_household::{may_edit_card, require_card};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::record::choose_value;

impl UseCase for ChooseValue {
    fn run(self, companion: &mut Companion) -> Result<HouseholdView, Failure> {
        let account = companion.require_account()?;
        let card = require_card(companion, self.household)?;
        if !may_edit_card(&account, &card) || !may_edit_field(account.role, Kind::Household, &self.field) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let author = companion.author(&account)?;
        companion.store.write::<_, Failure>(|writing| {
            Ok(choose_value::<Household>(writing, self.household.into(), &author, &self.field, &self.value)?)
        })?;
        companion.mark_changed([Topic::Households, Topic::Outbox]);
        GetHousehold { id: self.household }.run(companion)
    }
}
