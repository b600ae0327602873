//! What an import changes about records that an earlier import made: field by field, as flat paths.

use std::collections::BTreeMap;

use domain::RecordId;
use domain::flat::{Flat, FlatError, Scalar, flatten};
use domain::record::{Kind, Record};

use super::plan::Imported;

/// Changes of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordEdit {
    /// The household's key in the import state.
    pub key: String,
    /// The document.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Path → new value; `None` clears the field.
    pub changes: BTreeMap<String, Option<Scalar>>,
}

/// The edits that turn the records of the last import into those of this one; empty when nothing differs.
///
/// # Errors
/// When a record cannot be flat: a mistake in the program.
pub fn find_edits(key: &str, before: &Imported, now: &Imported) -> Result<Vec<RecordEdit>, FlatError> {
    let card = find_changes(&flatten(&before.household)?, &flatten(&now.household)?);
    let particulars = find_changes(&flatten(&before.particulars)?, &flatten(&now.particulars)?);
    let edits = [
        (now.household.record_id(), Kind::Household, card),
        (now.particulars.record_id(), Kind::Particulars, particulars),
    ];
    Ok(edits
        .into_iter()
        .filter(|(_, _, changes)| !changes.is_empty())
        .map(|(record, kind, changes)| RecordEdit { key: key.to_owned(), record, kind, changes })
        .collect())
}

/// Paths whose values differ, with the new value or `None` where the path is gone.
#[must_use]
pub fn find_changes(before: &Flat, now: &Flat) -> BTreeMap<String, Option<Scalar>> {
    let gone = before.keys().filter(|path| !now.contains_key(*path)).map(|path| (path.clone(), None));
    let differs = |(path, value): &(&String, &Scalar)| before.get(*path) != Some(*value);
    let changed = now.iter().filter(differs).map(|(path, value)| (path.clone(), Some(value.clone())));
    gone.chain(changed).collect()
}
