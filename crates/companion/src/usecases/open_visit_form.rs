//! `open_visit_form`: the draft that was begun, or a new one, which is not written yet. One that cannot be read is left
//! as it is.

use contract::{DraftKind, ErrorCode, OpenVisitForm, VisitForm, VisitFormView};
use domain::checklist::{Answers, Template, preset_for, read_answers, remove_sensitive};
use domain::rights::{Act, RecordRef, may};
use domain::{Account, HouseholdId, Kind, UnixMillis, Visit};
use rusqlite::Connection;

use super::UseCase;
use super::begun_drafts::{begin_draft, blank_visit, to_json};
use super::get_household::{look_at_visits, require_card};
use super::members::read_members;
use super::particulars::has_consent;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::draft::{Draft, find_draft, find_draft_for};
use crate::store::household_list::Card;
use crate::store::record::read_record;
use crate::store::reference::find_template;
use crate::store::visit::find_last_with;

impl UseCase for OpenVisitForm {
    fn run(self, companion: &mut Companion) -> Result<VisitFormView, Failure> {
        let account = companion.require_account()?;
        look_at_visits(companion, self.household)?;
        let card = require_card(companion, self.household)?;
        if !may_visit(&account, &card) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let db = companion.store.read();
        let named = self.draft.map_or(Ok(None), |id| find_draft(db, id))?;
        let is_fit = |draft: &Draft| draft.household == Some(self.household) && draft.is_form_of_visit();
        let found = match named.filter(is_fit) {
            Some(draft) => Some(draft),
            None => find_draft_for(db, DraftKind::Visit, self.household)?,
        };
        let is_resumed = found.is_some();
        let draft = match found {
            Some(draft) => draft,
            None => {
                let template = current_template(companion.store.read(), &account)?;
                let blank = blank_visit(self.household);
                begin_draft(companion, Some(self.household), (DraftKind::Visit, &blank), to_json(&template)?)?
            }
        };
        let db = companion.store.read();
        let template = read_template(db, &account, &draft)?;
        let (members, particulars) = read_members(db, &account, &card)?;
        let has_consent = has_consent(particulars.as_ref());
        let (last_answers, last_at) = read_last(db, self.household, &template, has_consent)?;
        Ok(VisitFormView {
            draft: draft.id,
            form: VisitForm { household: Some(self.household), ..draft.read_visit().unwrap_or_default() },
            household: card.row,
            members,
            template,
            last_answers,
            last_at,
            has_consent,
            is_resumed,
        })
    }
}

/// Whether the account may write visits of this household.
pub(super) fn may_visit(account: &Account, card: &Card) -> bool {
    let grid = card.building.grid();
    may(account, Act::Create, &RecordRef::plain(Kind::Visit, &grid, Some(&card.building), Some(account.id)))
}

/// The checklist of the account's role: as the server side last published it, else the built-in one.
pub(super) fn current_template(db: &Connection, account: &Account) -> Result<Template, Failure> {
    let preset = preset_for(account.role).ok_or(Failure::from(ErrorCode::NotAllowed))?;
    Ok(find_template(db, &preset.key)?.unwrap_or(preset))
}

/// The checklist that a draft began with.
pub(super) fn read_template(db: &Connection, account: &Account, draft: &Draft) -> Result<Template, Failure> {
    match serde_json::from_str(&draft.template) {
        Ok(template) => Ok(template),
        Err(_) => current_template(db, account),
    }
}

/// Answers of the last visit with this checklist, and when it was. What lies behind the consent gate comes back only
/// with consent.
fn read_last(
    db: &Connection,
    household: HouseholdId,
    template: &Template,
    has_consent: bool,
) -> Result<(Answers, Option<UnixMillis>), StoreError> {
    let Some((id, at)) = find_last_with(db, household, &template.key)? else {
        return Ok((Answers::new(), None));
    };
    let Some(visit) = read_record::<Visit>(db, id.into())? else {
        return Ok((Answers::new(), None));
    };
    let mut answers = read_answers(template, &visit.record);
    if !has_consent {
        remove_sensitive(template, &mut answers);
    }
    Ok((answers, Some(at)))
}
