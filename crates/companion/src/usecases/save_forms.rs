//! `save_visit_form`, `save_incident_form`: what is typed is on the phone's storage before the next key is pressed.

use contract::{DraftKind, DraftSaved, ErrorCode, SaveIncidentForm, SaveVisitForm};
use domain::id::DraftId;
use serde::Serialize;

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::draft::save_form;

impl UseCase for SaveVisitForm {
    fn run(self, companion: &mut Companion) -> Result<DraftSaved, Failure> {
        save(companion, self.draft, DraftKind::Visit, &self.form)
    }
}

impl UseCase for SaveIncidentForm {
    fn run(self, companion: &mut Companion) -> Result<DraftSaved, Failure> {
        save(companion, self.draft, DraftKind::Incident, &self.form)
    }
}

fn save(companion: &mut Companion, id: DraftId, kind: DraftKind, form: &impl Serialize) -> Result<DraftSaved, Failure> {
    let at = companion.now();
    let json = serde_json::to_string(form).map_err(|_| StoreError::Value { table: "draft" })?;
    let is_there = companion.store.write::<_, Failure>(|writing| Ok(save_form(writing, id, kind, &json, at)?))?;
    if is_there { Ok(DraftSaved { at }) } else { Err(ErrorCode::DraftGone.into()) }
}
