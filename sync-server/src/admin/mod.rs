//! What the administrator does, as functions: the command line calls them, and so do tests.

mod accounts;
mod export;
mod import;
mod verify;

pub use accounts::{
    AccountError, EnrolmentCode, create_enrolment_code, enrolment_link, find_account, new_account_id, save_account,
};
pub use export::{ExportFailure, Format, list_records, write_tables};
pub use import::{ImportError, ImportLock, ImportSummary, import_roster, lock_imports, office_account};
pub use verify::{Verification, verify};
