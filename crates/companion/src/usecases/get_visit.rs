//! `get_visit`: one visit, whole.

use contract::{ErrorCode, GetVisit, VisitView};
use domain::Visit;
use domain::checklist::{Template, find_preset, read_answers};
use rusqlite::Connection;

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::household_list::name_door;
use crate::store::project::project_document;
use crate::store::record::read_record;
use crate::store::reference::find_template;
use crate::store::visit::find_visit;

impl UseCase for GetVisit {
    fn run(self, companion: &mut Companion) -> Result<VisitView, Failure> {
        companion.require_account()?;
        if find_visit(companion.store.read(), self.id)?.is_none() {
            companion.store.write::<_, Failure>(|writing| Ok(project_document(writing, self.id.into())?))?;
        }
        let db = companion.store.read();
        let row = find_visit(db, self.id)?.ok_or(Failure::from(ErrorCode::NotFound))?;
        let visit: Visit = read_record(db, self.id.into())?.ok_or(Failure::from(ErrorCode::NotFound))?.record;
        let template = find_version(db, &visit.template)?;
        let answers = match &template {
            Some(template) => read_answers(template, &visit),
            None => visit.answers.clone(),
        };
        Ok(VisitView {
            row,
            household: visit.household,
            door: name_door(db, visit.household)?.unwrap_or_default(),
            template,
            channel: visit.channel,
            answers,
            improvements: visit.improvements.into_values().collect(),
            advice: visit.advice.into_iter().collect(),
            leaflets: visit.leaflets,
            follow_up: visit.follow_up,
            note: visit.note,
        })
    }
}

/// The checklist `key@version`, if this phone has just that version.
fn find_version(db: &Connection, reference: &str) -> Result<Option<Template>, StoreError> {
    let key = reference.split('@').next().unwrap_or_default();
    let candidates = [find_template(db, key)?, find_preset(key)];
    Ok(candidates.into_iter().flatten().find(|template| template.reference() == reference))
}
