//! Forgetting: everything that belongs to an account, when the phone gets another; or only what follows from the
//! documents, to be made again.

use super::setting::{NOTICES_READ, PUT_AWAY, REMINDED, REPORTER_TELS, remove_setting};
use super::{StoreError, Writing};

/// Every table that holds records. Settings of the phone stay; so does the log of unmasking.
const RECORD_TABLES: [&str; 14] = [
    "document",
    "change",
    "collection",
    "membership",
    "reference",
    "draft",
    "closed_draft",
    "step_draft",
    "account_name",
    "building",
    "departed_step",
    "erasure",
    "unbacked",
    "witnessed",
];
/// Every table that follows from documents.
const PROJECTIONS: [&str; 7] =
    ["household", "member", "conflict", "phone_tail", "visit", "incident", "incident_search"];

/// Forgets every record.
pub(crate) fn forget_records(writing: &Writing<'_>) -> Result<(), StoreError> {
    empty(writing, &RECORD_TABLES)?;
    for key in [NOTICES_READ, PUT_AWAY, REMINDED, REPORTER_TELS] {
        remove_setting(writing, key)?;
    }
    forget_projections(writing)
}

/// Forgets what follows from documents and lets every document be looked at again.
pub(crate) fn forget_projections(writing: &Writing<'_>) -> Result<(), StoreError> {
    empty(writing, &PROJECTIONS)?;
    writing.execute("INSERT INTO search (search) VALUES ('delete-all')", [])?;
    writing.execute("UPDATE document SET is_projected = 0", [])?;
    Ok(())
}

fn empty(writing: &Writing<'_>, tables: &[&str]) -> Result<(), StoreError> {
    for table in tables {
        writing.execute(&format!("DELETE FROM {table}"), [])?;
    }
    Ok(())
}
