//! `save_visit_form`, `save_incident_form`: what is typed is on the phone's storage before the next key is pressed.
//!
//! The first save makes the draft; a form that is empty again leaves none.

use contract::{DraftKind, DraftSaved, IncidentForm, SaveIncidentForm, SaveVisitForm};
use domain::id::DraftId;
use serde::Serialize;

use super::UseCase;
use super::begun_drafts::{blank_incident, find_begun, to_json};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::draft::{Draft, remove_draft, save_form};

impl UseCase for SaveVisitForm {
    fn run(self, companion: &mut Companion) -> Result<DraftSaved, Failure> {
        let account = companion.require_account()?;
        let draft = find_begun(companion, &account, (self.draft, DraftKind::Visit), self.form.household)?;
        save(companion, draft, &self.form, self.form.is_empty())
    }
}

impl UseCase for SaveIncidentForm {
    fn run(self, companion: &mut Companion) -> Result<DraftSaved, Failure> {
        let account = companion.require_account()?;
        let draft = find_begun(companion, &account, (self.draft, DraftKind::Incident), self.form.household)?;
        let opened = find_opened(companion, self.draft, &draft)?;
        save(companion, draft, &self.form, self.form.is_empty(&opened))
    }
}

/// The report's form as it was opened; after a start of the app, without the category that it was asked for with.
fn find_opened(companion: &Companion, id: DraftId, draft: &Draft) -> Result<IncidentForm, Failure> {
    match companion.begun_drafts.find(id).and_then(Draft::read_incident) {
        Some(opened) => Ok(opened),
        None => Ok(blank_incident(companion, draft.household, String::new())?),
    }
}

fn save(companion: &mut Companion, draft: Draft, form: &impl Serialize, is_empty: bool) -> Result<DraftSaved, Failure> {
    let at = companion.now();
    let json = to_json(form)?;
    if is_empty {
        companion.store.write::<_, Failure>(|writing| Ok(remove_draft(writing, draft.id)?))?;
        if companion.begun_drafts.find(draft.id).is_none() {
            companion.begun_drafts.remember(Draft { form: json, ..draft });
        }
    } else {
        companion.store.write::<_, Failure>(|writing| Ok(save_form(writing, draft, json, at)?))?;
    }
    Ok(DraftSaved { at })
}
