//! `reveal_particulars`: shows what is masked, and writes down that it was shown.

use contract::{ErrorCode, RevealParticulars, RevealedMember};
use domain::member_pair::Person;
use domain::{Household, IdNumber};

use super::UseCase;
use super::get_household::require_card;
use super::particulars::{may_read_particulars, read_particulars};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::record::read_record;
use crate::store::unmasking::append_unmasking;

impl UseCase for RevealParticulars {
    fn run(self, companion: &mut Companion) -> Result<Vec<RevealedMember>, Failure> {
        let account = companion.require_account()?;
        let card = require_card(companion, self.household)?;
        if !may_read_particulars(&account, &card) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let (now, today) = (companion.now(), companion.today());
        // First the log, then the numbers: what cannot be written down is not shown.
        companion.store.write::<_, Failure>(|writing| {
            append_unmasking(writing, self.household, account.id, now)?;
            let particulars = read_particulars(writing, self.household)?;
            let household = read_record::<Household>(writing, self.household.into())?;
            let (Some(particulars), Some(household)) = (particulars, household) else { return Ok(Vec::new()) };
            let revealed = |person: Person| {
                let known = person.particulars(&particulars)?;
                Some(RevealedMember {
                    id: person.id,
                    tels: known.tels.into_iter().collect(),
                    is_id_valid: IdNumber::parse(&known.id_no, today).is_ok(),
                    id_no: known.id_no,
                })
            };
            Ok(household.record.people().into_iter().filter_map(revealed).collect())
        })
    }
}
