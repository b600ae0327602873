//! Reading and writing particulars, in one place because every right to them is asked here.

use std::collections::BTreeMap;

use documents::Author;
use domain::particulars::{Consent, ConsentState, PersonParticulars};
use domain::rights::{Act, RecordRef, may};
use domain::{Account, GridCode, HouseholdId, Kind, MemberId, Particulars};
use rusqlite::Connection;

use super::check::CheckedMember;
use crate::error::{Failure, refuse_breaches};
use crate::store::household_list::Card;
use crate::store::record::{create_record, edit_record, read_record};
use crate::store::{StoreError, Writing};

/// Version of the spoken notice that the app shows at the consent gate.
const NOTICE_VERSION: &str = "1";

/// Whether the account may see the particulars of this household.
pub(super) fn may_read_particulars(account: &Account, card: &Card) -> bool {
    may_read_particulars_of(account, &card.building.grid())
}

/// Whether the account may see particulars of this grid.
pub(super) fn may_read_particulars_of(account: &Account, grid: &GridCode) -> bool {
    may_on_particulars(account, Act::Read, grid)
}

/// Whether the account may write them.
pub(super) fn may_write_particulars(account: &Account, grid: &GridCode) -> bool {
    may_on_particulars(account, Act::Create, grid) && may_on_particulars(account, Act::Edit, grid)
}

fn may_on_particulars(account: &Account, act: Act, grid: &GridCode) -> bool {
    may(account, act, &RecordRef::plain(Kind::Particulars, grid, None, None))
}

/// The particulars of a household, if they are on this phone.
pub(super) fn read_particulars(db: &Connection, household: HouseholdId) -> Result<Option<Particulars>, StoreError> {
    Ok(read_record::<Particulars>(db, household.particulars())?.map(|reading| reading.record))
}

/// Whether consent to sensitive questions was given and not withdrawn.
pub(super) fn has_consent(particulars: Option<&Particulars>) -> bool {
    particulars
        .and_then(|particulars| particulars.consent.as_ref())
        .is_some_and(|consent| consent.state == ConsentState::Given)
}

/// What is to be written.
#[derive(Debug, Default)]
pub(super) struct ParticularsEdit {
    /// Numbers of people, by member.
    pub(super) people: BTreeMap<MemberId, CheckedMember>,
    /// Numbers that are corrected.
    pub(super) numbers: Vec<NumbersEdit>,
    /// Consent was given now.
    pub(super) consent_given: bool,
}

/// A correction of one person's numbers, checked.
#[derive(Debug)]
pub(super) struct NumbersEdit {
    /// The person's entries, the one that is written first.
    pub(super) entries: Vec<MemberId>,
    /// Phone numbers that are new.
    pub(super) add_tels: Vec<String>,
    /// Phone numbers that are wrong.
    pub(super) remove_tels: Vec<String>,
    /// The identity number; none: unchanged, empty: removed.
    pub(super) id_no: Option<String>,
}

impl NumbersEdit {
    /// A number that is wrong is wrong in every entry; what is new is written to the first.
    fn apply(&self, members: &mut BTreeMap<MemberId, PersonParticulars>) {
        for person in members.iter_mut().filter(|(id, _)| self.entries.contains(id)).map(|(_, person)| person) {
            person.tels.retain(|tel| !self.remove_tels.contains(tel));
            if self.id_no.as_deref() == Some("") {
                person.id_no.clear();
            }
        }
        let Some(first) = self.entries.first() else { return };
        let person = members.entry(*first).or_default();
        person.tels.extend(self.add_tels.iter().cloned());
        if let Some(id_no) = self.id_no.as_ref().filter(|id_no| !id_no.is_empty()) {
            person.id_no.clone_from(id_no);
        }
    }
}

impl ParticularsEdit {
    /// Notes someone's numbers, if there are any.
    pub(super) fn add(&mut self, id: MemberId, person: CheckedMember) {
        if person.tel.is_some() || person.id_no.is_some() {
            self.people.insert(id, person);
        }
    }

    fn is_empty(&self) -> bool {
        self.people.is_empty() && self.numbers.is_empty() && !self.consent_given
    }

    fn apply(&self, particulars: &mut Particulars, author: &Author) {
        for (id, person) in &self.people {
            let entry = particulars.members.entry(*id).or_default();
            entry.tels.extend(person.tel.clone());
            if let Some(id_no) = &person.id_no {
                entry.id_no.clone_from(id_no);
            }
        }
        for numbers in &self.numbers {
            numbers.apply(&mut particulars.members);
        }
        if self.consent_given && !has_consent(Some(particulars)) {
            particulars.consent = Some(Consent {
                state: ConsentState::Given,
                version: NOTICE_VERSION.to_owned(),
                by: author.account,
                at: author.at,
            });
        }
    }
}

/// Writes particulars, making the document if it is not here. Nothing is written for an account without the right.
pub(super) fn write_particulars(
    writing: &Writing<'_>,
    account: &Account,
    author: &Author,
    (household, grid): (HouseholdId, &GridCode),
    edit: &ParticularsEdit,
) -> Result<(), Failure> {
    if edit.is_empty() || !may_write_particulars(account, grid) {
        return Ok(());
    }
    match read_particulars(writing, household)? {
        Some(mut particulars) => {
            let before = particulars.clone();
            edit.apply(&mut particulars, author);
            refuse_breaches(Some(&before), &particulars)?;
            edit_record(writing, household.particulars(), author, |record: &mut Particulars| *record = particulars)?;
        }
        None => {
            let mut particulars = Particulars { household, grid: grid.clone(), members: [].into(), consent: None };
            edit.apply(&mut particulars, author);
            refuse_breaches(None, &particulars)?;
            create_record(writing, &particulars, author)?;
        }
    }
    Ok(())
}
