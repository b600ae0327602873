//! `submit_visit`: makes the visit, its incidents and its changes to the household in one transaction.
//!
//! Everything is checked and put together before the transaction begins ([`super::submit_visit_plan`]); the
//! transaction writes it and throws the draft away. A phone that dies in between finds the draft again.

use contract::{DraftKind, ErrorCode, GetVisitReceipt, SubmitVisit, Topic, VisitReceipt};
use domain::rights::{Act, RecordRef, may};
use domain::{Household, HouseholdId};

use super::UseCase;
use super::begun_drafts::find_begun;
use super::get_household::require_card;
use super::open_visit_form::{may_visit, read_template};
use super::particulars::{has_consent, may_read_particulars, read_particulars, write_particulars};
use super::submit_visit_plan::{Plan, Setting, plan_visit};
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::closed_draft::close_draft;
use crate::store::record::{create_record, edit_record, read_record};

impl UseCase for SubmitVisit {
    fn run(self, companion: &mut Companion) -> Result<VisitReceipt, Failure> {
        let account = companion.require_account()?;
        let draft = find_begun(companion, &account, (self.draft, DraftKind::Visit), self.form.household)?;
        let household_id: HouseholdId = draft.household.ok_or(Failure::from(ErrorCode::DraftGone))?;
        let card = require_card(companion, household_id)?;
        if !may_visit(&account, &card) {
            return Err(ErrorCode::NotAllowed.into());
        }
        let author = companion.author(&account)?;
        let db = companion.store.read();
        let household =
            read_record::<Household>(db, household_id.into())?.ok_or(Failure::from(ErrorCode::NotFound))?.record;
        let template = read_template(db, &account, &draft)?;
        let had_consent =
            may_read_particulars(&account, &card) && has_consent(read_particulars(db, household_id)?.as_ref());
        let setting = Setting {
            account: &account,
            household: &household,
            template: &template,
            started_at: draft.started_at.min(author.at),
            now: author.at,
            at_device: companion.device_now(),
            had_consent,
        };
        let plan = plan_visit(&setting, &self.form, &mut companion.surroundings)?;
        check_rights(&account, &household, &plan)?;
        let Plan { visit, household: changed, particulars, incidents } = plan;
        let closed_at = companion.device_now();
        companion.store.write::<_, Failure>(|writing| {
            create_record(writing, &visit, &author)?;
            edit_record(writing, household_id.into(), &author, |record: &mut Household| *record = changed)?;
            write_particulars(writing, &account, &author, (household_id, &household.grid), &particulars)?;
            for incident in &incidents {
                create_record(writing, incident, &author)?;
            }
            close_draft(writing, self.draft, closed_at)?;
            Ok(())
        })?;
        companion.begun_drafts.forget(&[self.draft]);
        companion.mark_changed([Topic::Households, Topic::Outbox]);
        if !incidents.is_empty() {
            companion.mark_changed([Topic::Incidents]);
        }
        GetVisitReceipt { visit: visit.id }.run(companion)
    }
}

fn check_rights(account: &domain::Account, household: &Household, plan: &Plan) -> Result<(), Failure> {
    let is_allowed = may(account, Act::Create, &RecordRef::from(&plan.visit))
        && may(account, Act::Edit, &RecordRef::from(household))
        && plan.incidents.iter().all(|incident| may(account, Act::Create, &RecordRef::from(incident)));
    if is_allowed { Ok(()) } else { Err(ErrorCode::NotAllowed.into()) }
}
