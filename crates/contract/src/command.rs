//! The tie between a command's request, its name and its reply.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A request with a name and a reply. Requests and replies cross the bridge as JSON texts (binary bodies do not
/// survive every platform's bridge).
pub trait Command: Serialize + DeserializeOwned {
    /// The name under which the shell registers it, in snake case.
    const NAME: &'static str;
    /// What it answers.
    type Reply: Serialize + DeserializeOwned;
}

/// Implements [`Command`] for every request type and lists the names once.
macro_rules! commands {
    ($($request:ty => $name:literal -> $reply:ty;)+) => {
        $(impl Command for $request {
            const NAME: &'static str = $name;
            type Reply = $reply;
        })+

        /// Every command by name, in the order of a working day. The shell and the companion are tested against it.
        pub const COMMANDS: &[&str] = &[$($name),+];
    };
}

commands! {
    crate::GetSession => "get_session" -> crate::SessionView;
    crate::Enrol => "enrol" -> crate::SessionView;
    crate::SaveSettings => "save_settings" -> crate::SessionView;
    crate::NoteClock => "note_clock" -> crate::SessionView;
    crate::AcknowledgeStore => "acknowledge_store" -> crate::SessionView;
    crate::GetAbout => "get_about" -> crate::About;
    crate::GetToday => "get_today" -> crate::TodayView;
    crate::ListHouseholds => "list_households" -> crate::HouseholdPage;
    crate::GetHousehold => "get_household" -> crate::HouseholdView;
    crate::EditHousehold => "edit_household" -> crate::HouseholdView;
    crate::ChooseValue => "choose_value" -> crate::HouseholdView;
    crate::RevealParticulars => "reveal_particulars" -> Vec<crate::RevealedMember>;
    crate::OpenVisitForm => "open_visit_form" -> crate::VisitFormView;
    crate::SaveVisitForm => "save_visit_form" -> crate::DraftSaved;
    crate::SubmitVisit => "submit_visit" -> crate::VisitReceipt;
    crate::GetVisitReceipt => "get_visit_receipt" -> crate::VisitReceipt;
    crate::GetDraft => "get_draft" -> crate::DraftView;
    crate::DiscardDrafts => "discard_drafts" -> ();
    crate::RestoreDrafts => "restore_drafts" -> ();
    crate::ListVisits => "list_visits" -> crate::VisitPage;
    crate::GetVisit => "get_visit" -> crate::VisitView;
    crate::AmendVisit => "amend_visit" -> crate::VisitView;
    crate::OpenIncidentForm => "open_incident_form" -> crate::IncidentFormView;
    crate::SaveIncidentForm => "save_incident_form" -> crate::DraftSaved;
    crate::SubmitIncident => "submit_incident" -> crate::IncidentReceipt;
    crate::ListIncidents => "list_incidents" -> crate::IncidentPage;
    crate::GetIncident => "get_incident" -> crate::IncidentView;
    crate::SaveStepForm => "save_step_form" -> ();
    crate::TakeStep => "take_step" -> crate::IncidentView;
    crate::TakeSteps => "take_steps" -> crate::StepsTaken;
    crate::RetractStep => "retract_step" -> crate::IncidentView;
    crate::RetractSteps => "retract_steps" -> crate::StepsTaken;
    crate::SendAgain => "send_again" -> crate::IncidentView;
    crate::AddNote => "add_note" -> crate::IncidentView;
    crate::ListDepartedSteps => "list_departed_steps" -> Vec<crate::DepartedStep>;
    crate::DismissDepartedStep => "dismiss_departed_step" -> ();
    crate::ListServices => "list_services" -> crate::ServiceList;
    crate::ListNotices => "list_notices" -> Vec<crate::NoticeView>;
    crate::ReadNotice => "read_notice" -> ();
    crate::GetSync => "get_sync" -> crate::SyncView;
    crate::ListUnsent => "list_unsent" -> crate::UnsentPage;
    crate::PutAway => "put_away" -> ();
    crate::BringBack => "bring_back" -> ();
    crate::ListPutAway => "list_put_away" -> crate::UnsentPage;
    crate::SyncNow => "sync_now" -> crate::SyncView;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_snake_case_and_unique() {
        let mut names = COMMANDS.to_vec();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), COMMANDS.len());
        assert!(COMMANDS.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')));
    }
}
