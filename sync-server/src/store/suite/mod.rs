//! The suite that every store must pass. A backend's test calls [`run_all`] with a way to make an empty store.
//!
//! The cases ask only for a [`Store`]; what they store is made up here ([`sample`]), since a store looks into neither
//! changes nor snapshots. Each case is written once and listed once.

use super::Store;

mod desk;
mod imports;
mod ledger;
mod people;
mod sample;
mod streams;

macro_rules! run_cases {
    ($make_store:ident: $($module:ident :: $case:ident),+ $(,)?) => {
        $({
            $module::$case($make_store().await).await;
        })+
    };
}

/// Runs every case on an empty store of its own; panics at the first promise of the trait that is not kept.
pub(super) async fn run_all<S: Store, F: Future<Output = S>>(make_store: impl Fn() -> F) {
    run_cases!(
        make_store:
        people::an_accounts_former_places_are_remembered,
        people::a_number_stays_with_its_account_until_it_is_taken_away,
        people::a_code_is_used_up_by_the_first_device,
        people::a_code_gives_its_installation_another_token_until_the_first_is_used,
        people::two_devices_with_one_code_are_not_both_bound,
        people::an_installation_belongs_to_one_device,
        people::a_revoked_device_is_known_but_not_trusted,
        ledger::what_was_committed_is_known_and_read_back,
        ledger::a_document_that_moved_is_not_overwritten,
        ledger::a_batch_that_stands_together_falls_together,
        ledger::the_office_finds_what_it_said_last_time,
        ledger::refused_and_held_work_is_kept_once,
        ledger::a_sequence_number_is_given_once,
        ledger::buildings_keep_their_codes,
        ledger::administrative_acts_are_sealed,
        ledger::every_mark_that_was_given_is_known,
        desk::what_is_due_is_listed_the_longest_due_first,
        desk::a_wake_stands_and_falls_with_its_document,
        desk::a_document_in_trouble_is_left_alone_for_a_while,
        desk::serials_are_given_once_however_many_ask,
        desk::serials_go_on_behind_those_that_devices_bring_back,
        desk::no_device_speaks_with_the_servers_voice,
        desk::reference_data_is_read_by_key,
        imports::what_an_import_wrote_is_noted_with_what_was_there_before,
        imports::a_record_that_was_taken_back_stands_in_no_stream,
        imports::an_edit_brings_back_what_was_taken_back_of_a_household,
        streams::positions_have_no_gaps_however_many_write,
        streams::the_last_positions_are_those_of_the_pages,
        streams::pages_within_a_limit_lose_nothing,
        streams::a_document_that_moved_ahead_of_a_reader_arrives_whole,
        streams::what_the_reader_wrote_is_left_out,
        streams::a_document_that_leaves_is_taken_leave_of,
        streams::a_document_that_left_twice_is_taken_leave_of,
        streams::a_document_that_comes_back_arrives_whole,
        streams::heads_and_snapshots_come_from_streams_that_are_allowed,
        streams::reference_data_has_versions_and_units,
        streams::what_is_seeded_replaces_nothing,
    );
}
