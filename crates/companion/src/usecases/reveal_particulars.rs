//! `reveal_particulars`: shows what is masked, and writes down that it was shown.

use contract::{ErrorCode, RevealParticulars, RevealedMember};
use domain::IdNumber;

use super::UseCase;
use super::get_household::require_card;
use super::particulars::{may_read_particulars, read_particulars};
use crate::companion::Companion;
use crate::error::Failure;
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
            let people = particulars.map(|particulars| particulars.members).unwrap_or_default();
            Ok(people
                .into_iter()
                .map(|(id, person)| RevealedMember {
                    id,
                    tels: person.tels.into_iter().collect(),
                    is_id_valid: IdNumber::parse(&person.id_no, today).is_ok(),
                    id_no: person.id_no,
                })
                .collect())
        })
    }
}
