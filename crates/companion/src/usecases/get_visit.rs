//! `get_visit`: one visit, whole.

use contract::{Amending, AmendmentView, ErrorCode, GetVisit, VisitView};
use domain::checklist::{Template, find_preset, read_answers};
use domain::id::DraftId;
use domain::{Account, Visit, VisitId};
use rusqlite::Connection;

use super::UseCase;
use super::amend_visit::may_amend;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::draft::find_amendment_draft;
use crate::store::household_list::name_door;
use crate::store::project::project_document;
use crate::store::record::read_record;
use crate::store::reference::{find_account_name, find_template};
use crate::store::visit::find_visit;

impl UseCase for GetVisit {
    fn run(self, companion: &mut Companion) -> Result<VisitView, Failure> {
        let account = companion.require_account()?;
        if find_visit(companion.store.read(), self.id)?.is_none() {
            companion.store.write::<_, Failure>(|writing| Ok(project_document(writing, self.id.into())?))?;
        }
        let db = companion.store.read();
        let row = find_visit(db, self.id)?.ok_or(Failure::from(ErrorCode::NotFound))?;
        let visit = read_visit(db, self.id)?;
        let template = find_version(db, &visit.template)?;
        let answers = match &template {
            Some(template) => read_answers(template, &visit),
            None => visit.answers.clone(),
        };
        let mut amendments = Vec::new();
        for amendment in visit.amendments.values() {
            let named = find_account_name(db, amendment.by)?.map(|named| named.name);
            let by = if amendment.by == account.id { Some(account.name.clone()) } else { named };
            amendments.push(AmendmentView { by, at: amendment.at, text: amendment.text.clone() });
        }
        let door = name_door(db, visit.household)?.unwrap_or_default();
        let amending = find_amending(companion, &account, &visit)?;
        Ok(VisitView {
            row,
            household: visit.household,
            door,
            template,
            channel: visit.channel,
            answers,
            improvements: visit.improvements.into_values().collect(),
            advice: visit.advice.into_iter().collect(),
            leaflets: visit.leaflets,
            follow_up: visit.follow_up,
            note: visit.note,
            amendments,
            amending,
        })
    }
}

/// The visit with this id.
pub(super) fn read_visit(db: &Connection, id: VisitId) -> Result<Visit, Failure> {
    let reading = read_record(db, id.into())?.ok_or(Failure::from(ErrorCode::NotFound))?;
    Ok(reading.record)
}

/// The correction that was begun, or a new one, which is not written yet.
fn find_amending(companion: &mut Companion, account: &Account, visit: &Visit) -> Result<Option<Amending>, Failure> {
    if !may_amend(account, visit) {
        return Ok(None);
    }
    let found = find_amendment_draft(companion.store.read(), visit.household, visit.id)?;
    Ok(Some(match found {
        Some(draft) => {
            let text = draft.read_visit().unwrap_or_default().note;
            Amending { draft: draft.id, text, is_resumed: true }
        }
        None => {
            let draft = DraftId::new(companion.now(), companion.surroundings.id_bytes());
            Amending { draft, text: String::new(), is_resumed: false }
        }
    }))
}

/// The checklist `key@version`, if this phone has just that version.
fn find_version(db: &Connection, reference: &str) -> Result<Option<Template>, StoreError> {
    let key = reference.split('@').next().unwrap_or_default();
    let candidates = [find_template(db, key)?, find_preset(key)];
    Ok(candidates.into_iter().flatten().find(|template| template.reference() == reference))
}
