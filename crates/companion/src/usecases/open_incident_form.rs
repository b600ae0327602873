//! `open_incident_form`: the report that was begun, or a new one, which is not written yet. One that cannot be read is
//! left as it is.

use contract::{DraftKind, ErrorCode, IncidentForm, IncidentFormView, OpenIncidentForm};

use super::UseCase;
use super::begun_drafts::{begin_draft, blank_incident};
use super::units::{list_grid_choices, may_report};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::draft::{Draft, find_draft, find_draft_for, list_drafts};
use crate::store::household_list::find_place;

impl UseCase for OpenIncidentForm {
    fn run(self, companion: &mut Companion) -> Result<IncidentFormView, Failure> {
        let account = companion.require_account()?;
        if !may_report(companion.store.read(), &account)? {
            return Err(ErrorCode::NotAllowed.into());
        }
        let db = companion.store.read();
        let found = match (self.draft, self.household) {
            (Some(id), _) => Some(
                find_draft(db, id)?
                    .or_else(|| companion.begun_drafts.find(id).cloned())
                    .filter(|draft| draft.kind == DraftKind::Incident && draft.is_readable())
                    .ok_or(Failure::from(ErrorCode::DraftGone))?,
            ),
            (None, Some(household)) => find_draft_for(db, DraftKind::Incident, household)?,
            (None, None) => list_drafts(db)?
                .into_iter()
                .find(|draft| draft.kind == DraftKind::Incident && draft.household.is_none() && draft.is_readable()),
        };
        // A form that was asked for with a category does not go on with one that is about something else.
        let asked = self.category.as_deref().unwrap_or_default();
        let is_other = |draft: &Draft| {
            let begun = read_form(draft).category;
            self.draft.is_none() && !asked.is_empty() && !begun.is_empty() && begun != asked
        };
        let found = found.filter(|draft| !is_other(draft));
        let is_resumed = match &found {
            // One that was emptied has no row.
            Some(draft) => find_draft(db, draft.id)?.is_some(),
            None => false,
        };
        let draft = match found {
            Some(draft) => draft,
            None => {
                if let Some(household) = self.household {
                    find_place(companion.store.read(), household)?.ok_or(Failure::from(ErrorCode::NotFound))?;
                }
                let blank = blank_incident(companion, self.household, asked.to_owned())?;
                begin_draft(companion, self.household, (DraftKind::Incident, &blank), String::new())?
            }
        };
        let place = match draft.household {
            Some(household) => find_place(companion.store.read(), household)?,
            None => None,
        };
        let mut form = read_form(&draft);
        if form.category.is_empty() {
            asked.clone_into(&mut form.category);
        }
        let grids = match draft.household {
            Some(_) => Vec::new(),
            None => list_grid_choices(companion.store.read(), &account)?,
        };
        Ok(IncidentFormView { draft: draft.id, form, place, is_resumed, grids })
    }
}

fn read_form(draft: &Draft) -> IncidentForm {
    draft.read_incident().unwrap_or_default()
}
