//! `save_step_form`: what is typed into the form of a step is on the device's storage before the next key is pressed.
//!
//! Nothing is checked: half of a form is half. Words that come in when the incident has just left go to the line that
//! they left behind.

use contract::{ErrorCode, SaveStepForm, Topic};
use domain::id::TransitionId;

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::departed_step::update_unsent;
use crate::store::document::find_document;
use crate::store::step_draft::{put_step_draft, remove_step_draft};

impl UseCase for SaveStepForm {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        companion.require_account()?;
        let Self { incident, kind, payload } = self;
        let at = companion.now();
        if find_document(companion.store.read(), incident.into())?.is_some() {
            let id = TransitionId::new(at, companion.surroundings.id_bytes());
            return companion.store.write::<_, Failure>(|writing| {
                if payload.is_empty() {
                    remove_step_draft(writing, incident, kind)?;
                } else {
                    put_step_draft(writing, incident, kind, &payload, id, at)?;
                }
                Ok(())
            });
        }
        let is_kept =
            companion.store.write::<_, Failure>(|writing| Ok(update_unsent(writing, incident, kind, &payload, at)?))?;
        companion.mark_changed([Topic::Incidents]);
        if is_kept { Ok(()) } else { Err(ErrorCode::NotFound.into()) }
    }
}
