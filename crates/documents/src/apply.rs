//! Taking in changes of other devices: never into the live document, always into a throw-away copy that replaces it
//! when everything held.

use std::collections::BTreeSet;

use automerge::{Automerge, AutomergeError, Change};
use domain::flat::MergeRule;
use domain::{ChangeHash, Household, Incident, Kind, Particulars, Visit};

use crate::author::to_domain;
use crate::document::RecordDocument;
use crate::error::{ApplyError, EngineError};
use crate::format::CURRENT;
use crate::guard::contain_panic;
use crate::inspect::parse_change;
use crate::reading::{ANY_TIME, Root, read_document, read_root};

/// What became of the changes that were offered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Applied {
    /// Those that are now in the document and were not before, in the order in which they were applied.
    pub new: Vec<ChangeHash>,
    /// Those that were there already.
    pub known: Vec<ChangeHash>,
    /// Those that wait for others; they are **not** in the document, offer them again with what is missing.
    pub waiting: Vec<ChangeHash>,
    /// What they wait for.
    pub missing: Vec<ChangeHash>,
}

impl RecordDocument {
    /// Applies raw changes in any order. Those whose dependencies are neither here nor among them are reported as
    /// waiting; an error means that none was applied.
    ///
    /// # Errors
    /// When a change is malformed, repeats a sequence number, or the result could not be saved, loaded and read. A
    /// record that could not be read before need not become readable.
    pub fn apply(&mut self, changes: &[&[u8]]) -> Result<Applied, ApplyError> {
        let sorted = sort_changes(&self.doc, changes)?;
        if !sorted.ready.is_empty() {
            let copy = self.doc.clone();
            let readable_before = self.doc.get_heads().is_empty() || is_readable(&self.doc);
            self.doc = contain_panic(move || {
                let Reloaded { doc, .. } = apply_and_reload(copy, &sorted.ready, |_| MergeRule::Choose)?;
                if readable_before && !is_readable(&doc) { Err(ApplyError::Unreadable) } else { Ok(doc) }
            })
            .map_err(|_| ApplyError::Panicked)??;
        }
        Ok(sorted.applied)
    }
}

/// Changes in an order in which they can be applied, and what will become of each.
pub(crate) struct Sorted {
    pub(crate) ready: Vec<Change>,
    pub(crate) applied: Applied,
}

/// Parses the changes and puts each behind those it depends on.
pub(crate) fn sort_changes(doc: &Automerge, changes: &[&[u8]]) -> Result<Sorted, ApplyError> {
    let mut applied = Applied::default();
    let mut pool = Vec::new();
    let mut seen = BTreeSet::new();
    for (index, bytes) in changes.iter().enumerate() {
        let (_, change) = parse_change(bytes).map_err(|source| ApplyError::Inspect { index, source })?;
        if doc.get_change_meta_by_hash(&change.hash()).is_some() {
            applied.known.push(to_domain(change.hash()));
        } else if seen.insert(change.hash()) {
            pool.push(change);
        }
    }
    let mut ready: Vec<Change> = Vec::new();
    let mut there = BTreeSet::new();
    let is_there = |there: &BTreeSet<automerge::ChangeHash>, dep: &automerge::ChangeHash| {
        there.contains(dep) || doc.get_change_meta_by_hash(dep).is_some()
    };
    loop {
        let before = ready.len();
        let mut rest = Vec::new();
        for change in pool {
            if change.deps().iter().all(|dep| is_there(&there, dep)) {
                there.insert(change.hash());
                ready.push(change);
            } else {
                rest.push(change);
            }
        }
        pool = rest;
        if ready.len() == before {
            break;
        }
    }
    applied.new = ready.iter().map(|change| to_domain(change.hash())).collect();
    applied.waiting = pool.iter().map(|change| to_domain(change.hash())).collect();
    let missing: BTreeSet<_> = pool
        .iter()
        .flat_map(|change| change.deps())
        .filter(|dep| !seen.contains(*dep) && !is_there(&there, dep))
        .map(|dep| to_domain(*dep))
        .collect();
    applied.missing = missing.into_iter().collect();
    Ok(Sorted { ready, applied })
}

/// A document that was changed, saved, and loaded from what was saved.
pub(crate) struct Reloaded {
    pub(crate) doc: Automerge,
    /// What was saved, not deflated: the body on the wire is compressed as a whole.
    pub(crate) bytes: Vec<u8>,
    pub(crate) root: Root,
}

/// Applies the changes to the copy, saves it, loads it again and compares: malformed changes that parse often break
/// here and not before. To be called inside a guard.
pub(crate) fn apply_and_reload(
    mut copy: Automerge,
    ready: &[Change],
    rule: fn(&str) -> MergeRule,
) -> Result<Reloaded, ApplyError> {
    copy.apply_changes(ready.iter().cloned()).map_err(|error| match error {
        AutomergeError::DuplicateSeqNumber(seq, ref actor) => {
            ready.iter().find(|change| change.seq() == seq && change.actor_id() == actor).map_or_else(
                || EngineError::from(error).into(),
                |c| ApplyError::DuplicateSeq { hash: to_domain(c.hash()) },
            )
        }
        error => EngineError::from(error).into(),
    })?;
    let bytes = copy.save_nocompress();
    let doc = Automerge::load(&bytes).map_err(|_| ApplyError::Unstable)?;
    let root = read_root(&doc, rule).map_err(|_| ApplyError::Unstable)?;
    let same = doc.get_heads() == copy.get_heads() && read_root(&copy, rule).is_ok_and(|before| before == root);
    let whole = ready.iter().all(|change| doc.get_change_meta_by_hash(&change.hash()).is_some());
    if same && whole { Ok(Reloaded { doc, bytes, root }) } else { Err(ApplyError::Unstable) }
}

/// Whether the document reads as the record of its kind. A kind or format that this version does not know counts as
/// readable: a newer app wrote it, and it is kept.
fn is_readable(doc: &Automerge) -> bool {
    contain_panic(|| {
        let Ok(root) = read_root(doc, |_| MergeRule::Fact) else { return false };
        let Some(code) = root.kind else { return false };
        root.format > CURRENT.known
            || match Kind::from_code(&code) {
                Some(Kind::Household) => read_document::<Household>(doc, &CURRENT, ANY_TIME).is_ok(),
                Some(Kind::Particulars) => read_document::<Particulars>(doc, &CURRENT, ANY_TIME).is_ok(),
                Some(Kind::Visit) => read_document::<Visit>(doc, &CURRENT, ANY_TIME).is_ok(),
                Some(Kind::Incident) => read_document::<Incident>(doc, &CURRENT, ANY_TIME).is_ok(),
                None => true,
            }
    })
    .unwrap_or(false)
}
