//! `add_note`: a note under an incident, for everybody who reads it.

use contract::{AddNote, CommandError, ErrorCode, GetIncident, IncidentView};
use domain::id::NoteId;
use domain::incident::{Note, TEXT_LIMIT};

use super::UseCase;
use super::check::check_required;
use super::get_incident::require_incident;
use super::take_step::{append_to, may_append};
use crate::companion::Companion;
use crate::error::Failure;

impl UseCase for AddNote {
    fn run(self, companion: &mut Companion) -> Result<IncidentView, Failure> {
        let account = companion.require_account()?;
        let incident = require_incident(companion.store.read(), self.incident)?;
        if !may_append(&account, &incident, "notes") {
            return Err(CommandError::new(ErrorCode::NotAllowed).into());
        }
        check_required("text", &self.text, TEXT_LIMIT)?;
        let at = companion.now();
        let id = NoteId::new(at, companion.surroundings.id_bytes());
        let note = Note { by: account.id, at, text: self.text.trim().to_owned() };
        append_to(companion, &account, self.incident, Some(None), |record| _ = record.notes.insert(id, note))?;
        // Somebody waits for it; a step of the same incident that could still be taken back goes with it.
        companion.release(self.incident.into());
        GetIncident { id: self.incident }.run(companion)
    }
}
