//! How to reach whoever reported an incident. It stands beside the records, in no document and no table for reading:
//! what is in a document's history stays there as long as the document does, and this has to go when the incident is
//! closed.

use std::collections::{BTreeMap, BTreeSet};

use domain::{IncidentId, RecordId};
use rusqlite::{Connection, OptionalExtension as _, named_params};

use super::document::id_bytes;
use super::setting::{REPORTER_TELS, put_setting, read_setting, remove_setting};
use super::{StoreError, Writing};

type Tels = BTreeMap<IncidentId, String>;

/// The number, if there is one.
pub(crate) fn find_reporter_tel(db: &Connection, incident: IncidentId) -> Result<Option<String>, StoreError> {
    Ok(read_setting::<Tels>(db, REPORTER_TELS)?.and_then(|mut tels| tels.remove(&incident)))
}

/// Lets go of every number: this device has no right to them any more. Returns whether there was any.
pub(crate) fn forget_reporter_tels(writing: &Writing<'_>) -> Result<bool, StoreError> {
    let is_any = read_setting::<Tels>(writing, REPORTER_TELS)?.is_some();
    remove_setting(writing, REPORTER_TELS)?;
    Ok(is_any)
}

/// Takes over what the server says of these incidents; one without a number has none any more. Then lets go of those of
/// incidents that have ended or left. Returns whether a number was let go or replaced.
pub(crate) fn take_reporter_tels(
    writing: &Writing<'_>,
    named: &BTreeSet<RecordId>,
    told: &BTreeMap<RecordId, &str>,
) -> Result<bool, StoreError> {
    let before: Tels = read_setting(writing, REPORTER_TELS)?.unwrap_or_default();
    if before.is_empty() && told.is_empty() {
        return Ok(false);
    }
    let mut tels = before.clone();
    tels.retain(|id, _| !named.contains(&RecordId::from(*id)));
    tels.extend(told.iter().map(|(id, tel)| (IncidentId::from_uuid(id.as_uuid()), (*tel).to_owned())));
    let mut is_open = writing.prepare_cached("SELECT is_ended = 0 AS is_open FROM incident WHERE id = :id")?;
    let mut ended = Vec::new();
    for id in tels.keys() {
        let open: Option<bool> =
            is_open.query_row(named_params! {":id": id_bytes(*id)}, |row| row.get("is_open")).optional()?;
        if open != Some(true) {
            ended.push(*id);
        }
    }
    ended.iter().for_each(|id| _ = tels.remove(id));
    if tels == before {
        return Ok(false);
    }
    if tels.is_empty() {
        remove_setting(writing, REPORTER_TELS)?;
    } else {
        put_setting(writing, REPORTER_TELS, &tels)?;
    }
    Ok(before.iter().any(|(id, tel)| tels.get(id) != Some(tel)))
}
