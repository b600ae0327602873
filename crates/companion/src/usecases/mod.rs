//! What one can ask of the companion: one file per command (or per pair that shares its rules), in the order of a
//! working day. Each reads top to bottom: rights, fields, one transaction, the view.

mod add_note;
mod amend_visit;
mod begun_drafts;
mod check;
mod choose_value;
mod clear_drafts;
mod departed_steps;
mod edit_household;
mod get_about;
mod get_draft;
mod get_household;
mod get_incident;
mod get_sync;
mod get_today;
mod get_visit;
mod get_visit_receipt;
mod household_edits;
mod incident_choices;
mod incident_history;
mod incident_steps;
mod list_households;
mod list_incidents;
mod list_notices;
mod list_services;
mod list_visits;
mod members;
mod open_incident_form;
mod open_visit_form;
mod particulars;
mod put_away;
mod reveal_particulars;
mod save_forms;
mod save_step_form;
mod session;
mod submit_incident;
mod submit_visit;
mod submit_visit_plan;
mod take_step;
mod take_steps;
mod units;

use contract::{
    AcknowledgeStore, AddNote, AmendVisit, BringBack, ChooseValue, Command, CommandError, DiscardDrafts,
    DismissDepartedStep, EditHousehold, ErrorCode, GetAbout, GetDraft, GetHousehold, GetIncident, GetSession, GetSync,
    GetToday, GetVisit, GetVisitReceipt, ListDepartedSteps, ListHouseholds, ListIncidents, ListNotices, ListPutAway,
    ListServices, ListUnsent, ListVisits, NoteClock, OpenIncidentForm, OpenVisitForm, PutAway, ReadNotice,
    RestoreDrafts, RetractStep, RetractSteps, RevealParticulars, SaveIncidentForm, SaveSettings, SaveStepForm,
    SaveVisitForm, SendAgain, SubmitIncident, SubmitVisit, TakeStep, TakeSteps,
};

pub(crate) use self::begun_drafts::BegunDrafts;
use crate::companion::Companion;
use crate::error::Failure;

/// A command that the companion answers without the network.
pub trait UseCase: Command {
    /// Does what is asked.
    ///
    /// # Errors
    /// When a rule, a right, a field or the store speaks against it.
    fn run(self, companion: &mut Companion) -> Result<Self::Reply, Failure>;
}

/// Ties names to use-cases.
macro_rules! dispatch {
    ($($request:ty),+ $(,)?) => {
        /// Reads the request of this name, runs it and writes its reply.
        pub(crate) fn dispatch(companion: &mut Companion, name: &str, json: &str) -> Result<String, CommandError> {
            match name {
                $(<$request as Command>::NAME => answer::<$request>(companion, json),)+
                _ => Err(CommandError::new(ErrorCode::BadRequest).with_detail("no such command")),
            }
        }

        /// The names that [`dispatch`] knows.
        #[cfg(test)]
        pub(crate) const NAMES: &[&str] = &[$(<$request as Command>::NAME),+];
    };
}

dispatch! {
    GetSession, SaveSettings, NoteClock, AcknowledgeStore, GetAbout, GetToday, ListHouseholds, GetHousehold, EditHousehold, ChooseValue,
    RevealParticulars, OpenVisitForm, SaveVisitForm, SubmitVisit, GetVisitReceipt, GetDraft, DiscardDrafts, RestoreDrafts, ListVisits, GetVisit, AmendVisit,
    OpenIncidentForm, SaveIncidentForm, SubmitIncident, ListIncidents, GetIncident, SaveStepForm, TakeStep,
    TakeSteps, RetractStep, RetractSteps, SendAgain, AddNote, ListDepartedSteps, DismissDepartedStep, ListServices, ListNotices, ReadNotice, GetSync, ListUnsent, PutAway, BringBack, ListPutAway,
}

fn answer<U: UseCase>(companion: &mut Companion, json: &str) -> Result<String, CommandError> {
    // serde's messages may quote the input: only where it stumbled is passed on.
    let request: U = serde_json::from_str(json).map_err(|error| {
        let place = format!("request, line {} column {}", error.line(), error.column());
        CommandError::new(ErrorCode::BadRequest).with_detail(place)
    })?;
    let reply = companion.run(request)?;
    serde_json::to_string(&reply).map_err(|_| CommandError::new(ErrorCode::Internal).with_detail("reply"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::companion::DRIVER_COMMANDS;

    #[test]
    fn every_command_of_the_contract_has_an_answer() {
        let mut answered: Vec<_> = NAMES.iter().chain(&DRIVER_COMMANDS).collect();
        answered.sort_unstable();
        let mut asked: Vec<_> = contract::COMMANDS.iter().collect();
        asked.sort_unstable();
        assert_eq!(answered, asked);
    }
}
