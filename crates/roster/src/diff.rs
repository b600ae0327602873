//! What an import changes about known records: field by field, as flat paths, against what the office said before and
//! what the ledger holds now.
//!
//! Per path, with B said before, N said now, C in the ledger: N = B, nothing; N = C, nothing; else an edit, which becomes
//! a conflict where C is not B. Of what the office never spoke before (no B), only what is empty in C is filled.

use std::collections::{BTreeMap, BTreeSet};

use domain::flat::{Flat, FlatError, Scalar, flatten, unflatten};
use domain::record::{Kind, Record, find_new_breaches};
use domain::{Household, Particulars, RecordId};

use super::plan::{Imported, Known};

/// Changes of one record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordEdit {
    /// The key under which the household's base is stored after this import.
    pub key: String,
    /// The document.
    pub record: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Path → new value; `None` clears the field.
    pub changes: BTreeMap<String, Option<Scalar>>,
}

/// What is to be written of one household.
pub(crate) struct ThreeWay {
    /// Card before particulars; only what changes something.
    pub(crate) edits: Vec<RecordEdit>,
    /// Paths that the list gives and that are not written: the ledger has another value, or the record is full.
    pub(crate) kept: Vec<String>,
    /// The records with the edits.
    pub(crate) merged: Imported,
}

/// Compares what the office says now with what it said before and what the ledger holds. Paths of `forced` are written
/// also where the office never spoke before.
///
/// # Errors
/// When a record cannot be flat: a mistake in the program.
pub(crate) fn compare(
    key: &str,
    known: &Known,
    said: &Imported,
    forced: &BTreeSet<String>,
) -> Result<ThreeWay, FlatError> {
    let before = known.base.clone().unwrap_or_else(|| said_nothing(&known.current));
    let mut kept = Vec::new();
    let is_base = |path: &str| {
        known.base.as_ref().is_some_and(|base| {
            let of_member = path.strip_prefix("members.").and_then(|rest| rest.split('.').next());
            of_member.is_none_or(|id| base.household.members.keys().any(|member| member.to_string() == id))
        })
    };
    let select = |before: &Flat, now: &Flat, ledger: &Flat, kept: &mut Vec<String>| {
        let mut changes = find_changes(before, now);
        changes.retain(|path, value| {
            if ledger.get(path) == value.as_ref() {
                return false;
            }
            let is_written = forced.contains(path) || is_base(path) || is_empty_in(ledger, path);
            if !is_written {
                kept.push(path.clone());
            }
            is_written
        });
        changes
    };
    let (card, particulars) = (flatten(&known.current.household)?, flatten(&known.current.particulars)?);
    let mut of_card = select(&flatten(&before.household)?, &flatten(&said.household)?, &card, &mut kept);
    let mut of_particulars =
        select(&flatten(&before.particulars)?, &flatten(&said.particulars)?, &particulars, &mut kept);
    let household: Household = keep_limits(&known.current.household, &card, &mut of_card, &mut kept)?;
    let details: Particulars = keep_limits(&known.current.particulars, &particulars, &mut of_particulars, &mut kept)?;
    let edits = [
        (known.current.household.record_id(), Kind::Household, of_card),
        (known.current.particulars.record_id(), Kind::Particulars, of_particulars),
    ];
    let edits = (edits.into_iter())
        .filter(|(_, _, changes)| !changes.is_empty())
        .map(|(record, kind, changes)| RecordEdit { key: key.to_owned(), record, kind, changes })
        .collect();
    Ok(ThreeWay { edits, kept, merged: Imported { household, particulars: details } })
}

/// What stands for the office's word where it never said one: the home itself and nothing of it.
pub(crate) fn said_nothing(current: &Imported) -> Imported {
    let card = &current.household;
    Imported {
        household: Household {
            id: card.id,
            grid: card.grid.clone(),
            building: card.building.clone(),
            place: card.place.clone(),
            house_status: None,
            visit_class: None,
            contact_name: String::new(),
            needs: BTreeMap::new(),
            members: BTreeMap::new(),
            pairs: BTreeMap::new(),
            last_visit: None,
            attempts: BTreeMap::new(),
            first_due: None,
            note: String::new(),
        },
        particulars: Particulars {
            household: current.particulars.household,
            grid: current.particulars.grid.clone(),
            members: BTreeMap::new(),
            consent: None,
        },
    }
}

/// Whether the ledger has nothing at a path; of a set, no entry at all.
fn is_empty_in(ledger: &Flat, path: &str) -> bool {
    let set = [".tels.", ".care_tags."].into_iter().find_map(|name| path.find(name).map(|at| &path[..at + name.len()]));
    match set {
        Some(set) => !ledger.keys().any(|other| other.starts_with(set)),
        None => !ledger.contains_key(path),
    }
}

/// The record with the changes, without those that would put it beyond its limits.
fn keep_limits<R: Record>(
    current: &R,
    ledger: &Flat,
    changes: &mut BTreeMap<String, Option<Scalar>>,
    kept: &mut Vec<String>,
) -> Result<R, FlatError> {
    let after = unflatten::<R>(&apply(ledger, changes))?;
    let breaches = find_new_breaches(Some(current), &after);
    if breaches.is_empty() {
        return Ok(after);
    }
    changes.retain(|path, _| {
        let is_beyond = breaches.iter().any(|breach| path.starts_with(&breach.field));
        if is_beyond {
            kept.push(path.clone());
        }
        !is_beyond
    });
    unflatten(&apply(ledger, changes))
}

fn apply(ledger: &Flat, changes: &BTreeMap<String, Option<Scalar>>) -> Flat {
    let mut flat = ledger.clone();
    for (path, value) in changes {
        match value {
            Some(value) => flat.insert(path.clone(), value.clone()),
            None => flat.remove(path),
        };
    }
    flat
}

/// Paths whose values differ, with the new value or `None` where the path is gone.
#[must_use]
pub fn find_changes(before: &Flat, now: &Flat) -> BTreeMap<String, Option<Scalar>> {
    let gone = before.keys().filter(|path| !now.contains_key(*path)).map(|path| (path.clone(), None));
    let differs = |(path, value): &(&String, &Scalar)| before.get(*path) != Some(*value);
    let changed = now.iter().filter(differs).map(|(path, value)| (path.clone(), Some(value.clone())));
    gone.chain(changed).collect()
}
