//! Half an entry: one device removed a keyed entry (a member, a transition), another edited one field of it at the
//! same time. The edited field is still there, the required ones beside it are gone, and the record cannot be read.
//!
//! Being there wins over being gone, so the values that were last written to the missing sibling paths come back:
//! as few as the record needs, chosen alike on every device. They are found in the history, which is only decoded in
//! this rare case; the next edit writes them down.

use automerge::Automerge;
use automerge::legacy::{Key, ObjectId, OpType};
use domain::flat::{Flat, unflatten};
use domain::{Record, UnixMillis};

use crate::reading::{ANY_TIME, Written};
use crate::scalar::{is_record_path, read_owned_scalar};

/// The record with restored siblings, and what was restored; `None` when that does not make a record either.
pub(crate) fn restore_entries<R: Record>(doc: &Automerge, flat: &Flat) -> Option<(R, Flat)> {
    let mut restored = last_written_siblings(doc, flat);
    let mut whole = flat.clone();
    whole.extend(restored.clone());
    let mut record = unflatten::<R>(&whole).ok()?;
    // What was cleared on purpose stays cleared: only what the record cannot do without is kept.
    for path in restored.keys().cloned().collect::<Vec<_>>() {
        let value = whole.remove(&path)?;
        if let Ok(smaller) = unflatten::<R>(&whole) {
            record = smaller;
            restored.remove(&path);
        } else {
            whole.insert(path, value);
        }
    }
    Some((record, restored))
}

/// The last values of removed paths whose entry still has a path that was not removed.
fn last_written_siblings(doc: &Automerge, flat: &Flat) -> Flat {
    let mut last = std::collections::BTreeMap::<String, Written>::new();
    for change in doc.get_changes(&[]) {
        let at = UnixMillis::new(change.timestamp());
        let decoded = change.decode();
        for (counter, op) in (decoded.start_op.get()..).zip(&decoded.operations) {
            let (ObjectId::Root, Key::Map(path), OpType::Put(value)) = (&op.obj, &op.key, &op.action) else { continue };
            if flat.contains_key(path.as_str()) || !is_record_path(path) || !has_live_sibling(flat, path) {
                continue;
            }
            let Some(value) = read_owned_scalar(value) else { continue };
            let written = Written { value, by: None, at, counter, actor: decoded.actor_id.clone() };
            match last.get(path.as_str()) {
                Some(known) if known.compare_newest(&written, ANY_TIME).is_lt() => {}
                _ => _ = last.insert(path.to_string(), written),
            }
        }
    }
    last.into_iter().map(|(path, written)| (path, written.value)).collect()
}

fn has_live_sibling(flat: &Flat, path: &str) -> bool {
    let Some((entry, _)) = path.rsplit_once('.') else { return false };
    let prefix = format!("{entry}.");
    flat.range(prefix.clone()..).next().is_some_and(|(live, _)| live.starts_with(&prefix))
}
