//! `amend_visit`: a correction or an addition below a visit that was submitted. The original stays; so does the entry.

use contract::{AmendVisit, ErrorCode, Topic, VisitView};
use domain::id::NoteId;
use domain::rights::{Act, RecordRef, may, may_edit_field};
use domain::visit::{Amendment, TEXT_LIMIT};
use domain::{Account, Kind, Visit};

use super::UseCase;
use super::check::check_required;
use super::get_visit::read_visit;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::closed_draft::{close_draft, is_closed};
use crate::store::record::edit_record;

impl UseCase for AmendVisit {
    fn run(self, companion: &mut Companion) -> Result<VisitView, Failure> {
        let account = companion.require_account()?;
        let visit = read_visit(companion.store.read(), self.visit)?;
        if !may_amend(&account, &visit) {
            return Err(ErrorCode::NotAllowed.into());
        }
        // Sent twice is written once.
        if is_closed(companion.store.read(), self.draft)? {
            return Err(ErrorCode::DraftGone.into());
        }
        check_required("text", &self.text, TEXT_LIMIT)?;
        let author = companion.author(&account)?;
        let id = NoteId::new(author.at, companion.surroundings.id_bytes());
        let amendment = Amendment { by: account.id, at: author.at, text: self.text.trim().to_owned() };
        let closed_at = companion.device_now();
        companion.store.write::<_, Failure>(|writing| {
            edit_record(writing, self.visit.into(), &author, |visit: &mut Visit| {
                visit.amendments.insert(id, amendment);
            })?;
            Ok(close_draft(writing, self.draft, closed_at)?)
        })?;
        companion.begun_drafts.forget(&[self.draft]);
        companion.mark_changed([Topic::Households, Topic::Outbox]);
        contract::GetVisit { id: self.visit }.run(companion)
    }
}

/// Whether the account may write corrections of this visit.
pub(super) fn may_amend(account: &Account, visit: &Visit) -> bool {
    may(account, Act::Edit, &RecordRef::from(visit)) && may_edit_field(account.role, Kind::Visit, "amendments")
}
