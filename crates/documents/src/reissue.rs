//! Making changes again: under another installation, or without an earlier one.
//!
//! Two occasions. A phone restored from a backup repeats its sequence numbers, which Automerge refuses for ever: what
//! it has not delivered is made again under a new installation. And a change that the server refused stands in the
//! way of every later one of the same installation: those are made again as if it had never been.
//!
//! A change made again writes the same paths, at the same point of the history, in the same name and at the same
//! time; only installation, number and hash are new.

use std::collections::BTreeMap;

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Automerge, Change, ScalarValue};
use domain::flat::Scalar;
use domain::{AccountId, ChangeHash, InstallationId, UnixMillis};

use crate::author::{Author, RawChange, read_account, to_domain, to_engine};
use crate::document::RecordDocument;
use crate::edit::write_scalars;
use crate::error::{EditError, EngineError, InspectError};
use crate::guard::contain_panic;
use crate::inspect::parse_change;
use crate::scalar::{is_record_path, read_owned_scalar};

/// What the document becomes when changes are made again.
#[derive(Debug, Clone)]
pub struct Reissue {
    /// The document without the old changes, with the new ones; `None` when nothing is left of it.
    pub document: Option<RecordDocument>,
    /// Each change that was to be made again, in order, with its new form; `None` when it wrote nothing that is still
    /// there to be written.
    pub changes: Vec<(ChangeHash, Option<RawChange>)>,
}

/// What becomes of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Dropped,
    MadeAgain,
}

impl RecordDocument {
    /// This document without `dropped`, with each of `again` made again by `installation`. Changes of others that
    /// build on a removed one go with it: the server has them and sends them again. `account` is the name for changes
    /// that carry none.
    ///
    /// # Errors
    /// When Automerge refuses or panics; this document stays as it is.
    pub fn reissue(
        &self,
        dropped: &[ChangeHash],
        again: &[ChangeHash],
        installation: InstallationId,
        account: AccountId,
    ) -> Result<Reissue, EditError> {
        let fate = |hash: &ChangeHash| {
            if again.contains(hash) {
                Fate::MadeAgain
            } else if dropped.contains(hash) {
                Fate::Dropped
            } else {
                Fate::Kept
            }
        };
        contain_panic(|| rebuild(&self.doc, fate, installation, account)).map_err(|_| EditError::Panicked)?
    }
}

fn rebuild(
    old: &Automerge,
    fate: impl Fn(&ChangeHash) -> Fate,
    installation: InstallationId,
    account: AccountId,
) -> Result<Reissue, EditError> {
    let mut doc = Automerge::new();
    let mut changes = Vec::new();
    // What stands in the place of a removed change: its successor, or what it was built on.
    let mut instead: BTreeMap<automerge::ChangeHash, Vec<automerge::ChangeHash>> = BTreeMap::new();
    for change in old.get_changes(&[]) {
        let hash = change.hash();
        let builds_on_removed = change.deps().iter().any(|dep| instead.contains_key(dep));
        let deps: Vec<_> =
            change.deps().iter().flat_map(|dep| instead.get(dep).cloned().unwrap_or_else(|| vec![*dep])).collect();
        match fate(&to_domain(hash)) {
            Fate::Kept if !builds_on_removed => doc.apply_changes([change]).map_err(EngineError::from)?,
            Fate::Kept | Fate::Dropped => _ = instead.insert(hash, deps),
            Fate::MadeAgain => {
                let author = Author {
                    account: read_account(change.message()).unwrap_or(account),
                    installation,
                    at: UnixMillis::new(change.timestamp()),
                };
                let made = make_again(&mut doc, &change, &deps, &author)?;
                instead.insert(hash, made.as_ref().map_or(deps, |made| vec![to_engine(made.hash)]));
                changes.push((to_domain(hash), made));
            }
        }
    }
    let document = (!doc.get_heads().is_empty()).then_some(RecordDocument { doc });
    Ok(Reissue { document, changes })
}

fn make_again(
    doc: &mut Automerge,
    change: &Change,
    deps: &[automerge::ChangeHash],
    author: &Author,
) -> Result<Option<RawChange>, EditError> {
    let whole = RecordDocument { doc: doc.clone() };
    let mut heads: Vec<_> = deps.to_vec();
    heads.extend(whole.last_heads_of(author).into_iter().map(to_engine));
    let fork = if heads.is_empty() { Automerge::new() } else { doc.fork_at(&heads).map_err(EngineError::from)? };
    let mut fork = RecordDocument { doc: fork };
    let writes = read_writes(change);
    let made = fork.commit(author, |tx| write_scalars(tx, &writes))?;
    doc.merge(&mut fork.doc).map_err(EngineError::from)?;
    Ok(made)
}

/// What a raw change writes, path by path; `None`: it takes away what stood there. Values of types that records do not
/// use are left out.
///
/// # Errors
/// When the bytes are not exactly one raw change within the bounds.
pub fn list_writes(bytes: &[u8]) -> Result<Vec<(String, Option<Scalar>)>, InspectError> {
    let (_, change) = parse_change(bytes)?;
    let writes = contain_panic(|| read_writes(&change)).map_err(|_| InspectError::Panicked)?;
    let read = |(path, value): (String, Option<ScalarValue>)| match value {
        Some(value) => read_owned_scalar(&value).map(|value| (path, Some(value))),
        None => Some((path, None)),
    };
    Ok(writes.into_iter().filter(|(path, _)| is_record_path(path)).filter_map(read).collect())
}

/// The paths that a change puts or removes. A record's changes hold nothing else.
fn read_writes(change: &Change) -> Vec<(String, Option<ScalarValue>)> {
    let decoded = change.decode();
    let writes = decoded.operations.iter().filter_map(|op| match (&op.obj, &op.key, &op.action) {
        (ObjectId::Root, Key::Map(path), OpType::Put(value)) => Some((path.to_string(), Some(value.clone()))),
        (ObjectId::Root, Key::Map(path), OpType::Delete) => Some((path.to_string(), None)),
        _ => None,
    });
    writes.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Household;

    const ACCOUNT: u8 = 1;

    fn installation(n: u8) -> InstallationId {
        InstallationId::new(UnixMillis::new(1), [n; 10])
    }

    fn account() -> AccountId {
        AccountId::new(UnixMillis::new(1), [ACCOUNT; 10])
    }

    fn author(n: u8, at: i64) -> Author {
        Author { account: account(), installation: installation(n), at: UnixMillis::new(at) }
    }

    fn household() -> Household {
        serde_json::from_value(serde_json::json!({
            "id": "019a0000-0000-7000-8000-000000000001",
            "grid": "990101001001003",
            "building": "99010100100100300001",
            "place": {"room": "402"},
        }))
        .expect("a household")
    }

    fn edit(document: &mut RecordDocument, by: &Author, edit: impl FnOnce(&mut Household)) -> ChangeHash {
        let mut record = document.read::<Household>().expect("readable").record;
        edit(&mut record);
        document.edit(&record, by).expect("an edit").expect("a change").hash
    }

    #[test]
    fn undelivered_edits_live_on_under_a_new_installation() {
        let (mut phone, _) = RecordDocument::create(&household(), &author(9, 1)).expect("a document");
        let delivered = phone.heads();
        let first = edit(&mut phone, &author(2, 2), |h| h.contact_name = "甲".into());
        let second = edit(&mut phone, &author(2, 3), |h| h.note = "门铃坏".into());
        let reissue = phone.reissue(&[], &[first, second], installation(3), account()).expect("made again");
        let mut renewed = reissue.document.expect("a document");
        assert_eq!(renewed.read::<Household>().expect("readable"), phone.read::<Household>().expect("readable"));
        let made: Vec<_> = reissue.changes.iter().map(|(_, change)| change.clone().expect("a change")).collect();
        assert_eq!(made.iter().map(|change| change.seq).collect::<Vec<_>>(), [1, 2]);
        let headers: Vec<_> = made.iter().map(|c| crate::inspect(&c.bytes).expect("a header")).collect();
        assert!(headers.iter().all(|h| h.actor == installation(3) && h.author == Some(account())));
        assert_eq!(headers.iter().map(|h| h.at.as_i64()).collect::<Vec<_>>(), [2, 3], "when they were made");
        assert_eq!(headers[0].deps, delivered, "where they were made");
        assert!(!renewed.has_change(first) && !renewed.has_change(second));
        // The same number under the old installation, as the server has it, does no harm any more.
        let mut server = RecordDocument::from_history(&phone.save()).expect("a document");
        let other = edit(&mut server, &author(2, 4), |h| h.contact_name = "乙".into());
        let news: Vec<_> = server.changes_since(&delivered).into_iter().map(|change| change.bytes).collect();
        let news: Vec<&[u8]> = news.iter().map(Vec::as_slice).collect();
        renewed.apply(&news).expect("applied");
        assert!(renewed.has_change(other));
    }

    #[test]
    fn a_refused_edit_no_longer_stands_in_the_way_of_the_next() {
        let (mut phone, made) = RecordDocument::create(&household(), &author(2, 1)).expect("a document");
        let refused = edit(&mut phone, &author(2, 2), |h| h.note = "太长".into());
        let next = edit(&mut phone, &author(2, 3), |h| h.contact_name = "甲".into());
        let reissue = phone.reissue(&[refused], &[next], installation(2), account()).expect("made again");
        let document = reissue.document.expect("a document");
        let record = document.read::<Household>().expect("readable").record;
        assert_eq!((record.note.as_str(), record.contact_name.as_str()), ("", "甲"));
        let change = reissue.changes[0].1.clone().expect("a change");
        assert_eq!(change.seq, 2, "the refused number is free again");
        assert_eq!(crate::inspect(&change.bytes).expect("a header").deps, [made.hash]);
    }

    #[test]
    fn a_change_says_what_it_wrote() {
        let (mut phone, _) = RecordDocument::create(&household(), &author(2, 1)).expect("a document");
        edit(&mut phone, &author(2, 2), |h| h.note = "门铃坏".into());
        let before = phone.heads();
        edit(&mut phone, &author(2, 3), |h| (h.note, h.contact_name) = (String::new(), "甲".into()));
        let change = phone.changes_since(&before).remove(0);
        let mut writes = list_writes(&change.bytes).expect("a change");
        writes.sort_by(|one, other| one.0.cmp(&other.0));
        assert_eq!(writes, [("contact_name".into(), Some(Scalar::Text("甲".into()))), ("note".into(), None)]);
        assert!(list_writes(b"no change").is_err());
    }

    #[test]
    fn a_record_that_was_made_here_is_made_again_whole() {
        let (phone, made) = RecordDocument::create(&household(), &author(2, 1)).expect("a document");
        let reissue = phone.reissue(&[], &[made.hash], installation(3), account()).expect("made again");
        let document = reissue.document.expect("a document");
        assert_eq!(document.read::<Household>().expect("readable").record, household());
        assert_eq!(document.change_count(), 1);
    }
}
