//! `open_incident_form`: the report that was begun, or a new one. One that cannot be read is left as it is.

use contract::{DraftKind, ErrorCode, IncidentForm, IncidentFormView, OpenIncidentForm};
use domain::id::DraftId;

use super::UseCase;
use super::submit_incident::ADDRESS_LIMIT;
use super::units::{list_grid_choices, may_report};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::draft::{Draft, find_draft, find_draft_for, list_drafts, put_draft};
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
        let is_resumed = found.is_some();
        let draft = match found {
            Some(draft) => draft,
            None => begin_draft(companion, &self)?,
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

fn begin_draft(companion: &mut Companion, request: &OpenIncidentForm) -> Result<Draft, Failure> {
    let category = request.category.clone().unwrap_or_default();
    let mut form = IncidentForm { household: request.household, category, ..IncidentForm::default() };
    if let Some(household) = request.household {
        let place = find_place(companion.store.read(), household)?.ok_or(Failure::from(ErrorCode::NotFound))?;
        form.address_text = place.full().chars().take(ADDRESS_LIMIT).collect();
    }
    let now = companion.now();
    let draft = Draft {
        id: DraftId::new(now, companion.surroundings.id_bytes()),
        kind: DraftKind::Incident,
        household: request.household,
        form: serde_json::to_string(&form).map_err(|_| StoreError::Value { table: "draft" })?,
        template: String::new(),
        started_at: now,
        saved_at: now,
    };
    companion.store.write::<_, Failure>(|writing| Ok(put_draft(writing, &draft)?))?;
    Ok(draft)
}
