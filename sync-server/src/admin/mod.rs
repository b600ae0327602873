//! What the administrator does, as functions: the command line calls them, and so do tests.

mod accounts;
mod doctor;
mod export;
mod held;
mod import;
mod overdue;
mod places;
mod reference;
mod verify;

pub use accounts::{
    AccountError, EnrolmentCode, NAME_LIMIT, clean_name, close_account, create_enrolment_code, enrolment_link,
    find_account, new_account_id, save_account, save_tel,
};
pub use doctor::{Advice, Checkup, check_up};
pub use export::{Content, ExportFailure, Format, list_records, list_records_of, write_tables};
pub use held::{
    HeldSummary, HeldWork, REASON_LIMIT, RejectError, accept_held_work, export_held_work, list_held_work,
    reject_held_work,
};
pub use import::{
    ImportError, ImportLock, ImportOutcome, ImportReport, Intent, Kept, KeptReason, LockError, PlanReport, ReportError,
    SourceError, SourceFile, Sources, UndoError, UndoSummary, import_roster, import_sources, lock_imports,
    office_account, open_sources, show_place, undo_import, write_report,
};
pub use overdue::{OverdueIncident, list_overdue};
pub use places::find_unknown_places;
pub use reference::{
    Publishing, ReferenceError, ReferenceSummary, get_reference, list_reference, reference_workbook, set_reference,
};
pub use verify::{Progress, Verification, verify, verify_with};
