//! `get_draft`: what was typed into a form, to read it; also where the form itself cannot be opened any more.

use contract::{DraftKind, DraftRow, DraftStanding, DraftView, ErrorCode, GetDraft};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::document::find_document;
use crate::store::draft::{Draft, find_draft};
use crate::store::household_list::name_door;

impl UseCase for GetDraft {
    fn run(self, companion: &mut Companion) -> Result<DraftView, Failure> {
        companion.require_account()?;
        let db = companion.store.read();
        let draft = find_draft(db, self.draft)?.ok_or(Failure::from(ErrorCode::DraftGone))?;
        Ok(DraftView {
            row: draft_row(companion, &draft)?,
            visit: draft.read_visit(),
            template: serde_json::from_str(&draft.template).ok(),
            incident: draft.read_incident(),
            raw: if draft.is_readable() { String::new() } else { draft.form },
        })
    }
}

/// A draft as lists show it.
pub(super) fn draft_row(companion: &Companion, draft: &Draft) -> Result<DraftRow, StoreError> {
    let db = companion.store.read();
    let door = match (draft.kind, draft.household) {
        (DraftKind::Visit, Some(household)) => name_door(db, household)?,
        (DraftKind::Visit, None) | (DraftKind::Incident, _) => None,
    };
    let amends = draft.amends();
    let has_left = match amends {
        Some(visit) => find_document(db, visit.into())?.is_none(),
        None => false,
    };
    let standing = match draft.kind {
        _ if !draft.is_readable() => DraftStanding::Unreadable,
        _ if has_left => DraftStanding::Departed,
        DraftKind::Visit if door.is_none() => DraftStanding::Departed,
        DraftKind::Visit | DraftKind::Incident => DraftStanding::Open,
    };
    let title = match draft.kind {
        DraftKind::Visit => door.unwrap_or_default(),
        DraftKind::Incident => draft.read_incident().map(|form| form.category).unwrap_or_default(),
    };
    let at = draft.saved_at.min(companion.now());
    Ok(DraftRow { id: draft.id, kind: draft.kind, household: draft.household, title, amends, at, standing })
}
