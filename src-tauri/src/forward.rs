//! One entry per command of the contract. Each takes the request as JSON text and answers with the reply, or the
//! error, as JSON text (binary bodies do not survive every platform's bridge); nothing is read or decided here.

use tauri::State;
use tauri::ipc::Invoke;

use crate::phone::Phone;

/// Makes one Tauri command per name, the list of the names, and the handler that finds the command by name.
macro_rules! forward {
    ($($name:ident)+) => {
        $(
            #[tauri::command]
            async fn $name(phone: State<'_, Phone>, request: String) -> Result<String, String> {
                phone.invoke(stringify!($name), &request).await
            }
        )+

        /// What the window can call.
        #[cfg(test)]
        const FORWARDED: &[&str] = &[$(stringify!($name)),+];

        /// Finds the command that the window calls.
        pub(crate) fn handler() -> impl Fn(Invoke) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),+]
        }
    };
}

forward! {
    get_session
    enrol
    save_settings
    note_clock
    acknowledge_store
    get_about
    get_today
    list_households
    get_household
    edit_household
    choose_value
    reveal_particulars
    open_visit_form
    save_visit_form
    submit_visit
    get_visit_receipt
    get_draft
    discard_drafts
    restore_drafts
    list_visits
    get_visit
    amend_visit
    open_incident_form
    save_incident_form
    submit_incident
    list_incidents
    get_incident
    save_step_form
    take_step
    take_steps
    retract_step
    retract_steps
    send_again
    add_note
    list_departed_steps
    dismiss_departed_step
    list_services
    list_notices
    read_notice
    get_sync
    list_unsent
    put_away
    bring_back
    list_put_away
    sync_now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_contract_is_forwarded() {
        assert_eq!(FORWARDED, contract::COMMANDS);
    }

    #[test]
    fn every_command_is_permitted_to_the_window() {
        let permissions = include_str!("../permissions/companion.toml");
        let listed: Vec<&str> =
            permissions.lines().filter_map(|line| line.strip_prefix("    \"")?.strip_suffix("\",")).collect();
        assert_eq!(listed, contract::COMMANDS);
    }
}
