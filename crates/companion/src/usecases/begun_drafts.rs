//! Forms that are open and into which nothing was typed yet: they are known here, not in the store.
//!
//! Flow: opening a form begins a draft ([`begin_draft`]) and writes nothing; the first save or the submit finds it
//! ([`find_begun`]) with what it began with: its household, its checklist, when. A form that is emptied is one of these
//! again. Failure: an app that was killed has forgotten them while the page still stands; what is typed then makes its
//! draft from the form's own household and the moment in the draft's id, with the checklist of now. A draft that is
//! over stays over.

use std::collections::BTreeMap;

use contract::{DraftKind, ErrorCode, IncidentForm, VisitForm};
use domain::id::DraftId;
use domain::{Account, HouseholdId};
use serde::Serialize;

use super::open_visit_form::current_template;
use super::submit_incident::ADDRESS_LIMIT;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::closed_draft::is_closed;
use crate::store::draft::{Draft, find_draft};
use crate::store::household_list::find_place;

/// So many open forms are remembered; one window shows one.
const BEGUN_LIMIT: usize = 16;

/// What the forms that are open began with, by draft.
#[derive(Debug, Default)]
pub(crate) struct BegunDrafts(BTreeMap<DraftId, Draft>);

impl BegunDrafts {
    /// Remembers how a draft begins.
    pub(super) fn remember(&mut self, draft: Draft) {
        self.0.insert(draft.id, draft);
        if self.0.len() > BEGUN_LIMIT {
            self.0.pop_first();
        }
    }

    /// These drafts are over.
    pub(super) fn forget(&mut self, ids: &[DraftId]) {
        self.0.retain(|id, _| !ids.contains(id));
    }

    /// The form as it was opened, as far as it is remembered.
    pub(super) fn find(&self, id: DraftId) -> Option<&Draft> {
        self.0.get(&id)
    }
}

/// A form is opened: its draft begins, and nothing is written.
pub(super) fn begin_draft(
    companion: &mut Companion,
    household: Option<HouseholdId>,
    (kind, form): (DraftKind, &impl Serialize),
    template: String,
) -> Result<Draft, Failure> {
    let now = companion.now();
    let draft = Draft {
        id: DraftId::new(now, companion.surroundings.id_bytes()),
        kind,
        household,
        form: to_json(form)?,
        template,
        started_at: now,
        saved_at: now,
    };
    companion.begun_drafts.remember(draft.clone());
    Ok(draft)
}

/// The draft as it is stored, else as it was begun.
pub(super) fn find_begun(
    companion: &Companion,
    account: &Account,
    (id, kind): (DraftId, DraftKind),
    household: Option<HouseholdId>,
) -> Result<Draft, Failure> {
    let db = companion.store.read();
    if is_closed(db, id)? {
        return Err(ErrorCode::DraftGone.into());
    }
    let stored = find_draft(db, id)?;
    if let Some(draft) = stored.as_ref().or_else(|| companion.begun_drafts.find(id)) {
        return if draft.kind == kind { Ok(draft.clone()) } else { Err(ErrorCode::DraftGone.into()) };
    }
    if kind == DraftKind::Visit && household.is_none() {
        return Err(ErrorCode::DraftGone.into());
    }
    let now = companion.now();
    let started_at = id.begun_at().map_or(now, |at| at.min(now));
    let template = match kind {
        DraftKind::Visit => to_json(&current_template(db, account)?)?,
        DraftKind::Incident => String::new(),
    };
    Ok(Draft { id, kind, household, form: String::new(), template, started_at, saved_at: started_at })
}

/// A visit's form as it is opened.
pub(super) fn blank_visit(household: HouseholdId) -> VisitForm {
    VisitForm { household: Some(household), ..VisitForm::default() }
}

/// A report's form as it is opened: what is known of it is filled in.
pub(super) fn blank_incident(
    companion: &Companion,
    household: Option<HouseholdId>,
    category: String,
) -> Result<IncidentForm, StoreError> {
    let place = match household {
        Some(household) => find_place(companion.store.read(), household)?,
        None => None,
    };
    let address_text = place.map_or_else(String::new, |place| place.full().chars().take(ADDRESS_LIMIT).collect());
    Ok(IncidentForm { household, category, address_text, ..IncidentForm::default() })
}

pub(super) fn to_json(form: &impl Serialize) -> Result<String, StoreError> {
    serde_json::to_string(form).map_err(|_| StoreError::Value { table: "draft" })
}
