//! What comes down: whole documents, changes, reference data, farewells.
//!
//! A document that is not here is stored as it is; visits are not even decoded until somebody looks. One that is here
//! is merged on a throw-away copy. A document that cannot be merged stays as it was; with nothing of ours in it, the
//! server's copy takes its place and waits for a version that can read it.

use std::collections::BTreeSet;

use ::sync::wire::{Blob, Item, Named};
use contract::Topic;
use documents::{ApplyError, RawChange, RecordDocument, inspect};
use domain::{ChangeHash, Collection, Kind, RecordId};

use super::apply::Applying;
use super::lost::Leaving;
use super::unknown_kind::UnknownKind;
use crate::store::change::ChangeState;
use crate::store::departed_step::note_erasure;
use crate::store::document::{DocumentRow, Projection, find_document, put_document};
use crate::store::outbox::{find_change_bytes, list_open_of, list_own_of, settle_change};
use crate::store::project::project_document;
use crate::store::reference::put_reference;
use crate::store::{StoreError, replica};

/// A document as an item brings it.
#[derive(Clone, Copy)]
struct Incoming<'a> {
    document: RecordId,
    kind: Kind,
    parent: Option<RecordId>,
    heads: &'a [ChangeHash],
}

impl Incoming<'_> {
    /// Whether what is here is readable and stands at the same heads.
    fn is_same_as(&self, row: &DocumentRow) -> bool {
        row.kind == self.kind && row.projection != Projection::Unreadable && row.heads == sorted(self.heads)
    }
}

impl Applying<'_> {
    /// Takes in an item of a page.
    pub(super) fn take_item(&mut self, collection: &Collection, item: &Item) -> Result<(), StoreError> {
        match item {
            Item::Snapshot { document, .. } => {
                self.take_whole(item)?;
                self.join(collection, *document)?;
            }
            Item::Changes { document, kind, parent, heads, changes } => {
                let (document, parent) = (*document, *parent);
                match kind {
                    Named::Known(kind) => {
                        self.take_changes(Incoming { document, kind: *kind, parent, heads }, changes)?;
                    }
                    Named::Unknown(kind) => {
                        self.keep_changes(&UnknownKind { document, kind, parent, heads }, changes)?;
                    }
                }
                self.join(collection, document)?;
            }
            Item::Reference { key, version, value } => {
                put_reference(self.writing, key, *version, value)?;
                self.applied.summary.received += 1;
                self.applied.topics.extend([Topic::Session, Topic::Households, Topic::Incidents]);
            }
            Item::Leave { document } => {
                self.leave(collection, *document)?;
                self.applied.summary.received += 1;
            }
            Item::Erase { document } => {
                self.take_erase(*document)?;
                self.applied.summary.received += 1;
            }
            // Said only about what was asked for by name.
            Item::Missing { .. } => {}
            Item::Unknown => {
                tracing::info!(%collection, "an item of a newer server was skipped");
                replica::note_skipped(self.writing, collection)?;
            }
        }
        Ok(())
    }

    /// Takes in what the server says of a document that it was asked about.
    pub(super) fn take_fetched(&mut self, item: &Item) -> Result<(), StoreError> {
        let document = match item {
            Item::Snapshot { document, .. } => {
                self.take_whole(item)?;
                *document
            }
            Item::Leave { document } => {
                self.take_leave(*document)?;
                *document
            }
            Item::Erase { document } => {
                self.take_erase(*document)?;
                *document
            }
            Item::Missing { document } => {
                self.take_missing(*document)?;
                *document
            }
            Item::Changes { .. } | Item::Reference { .. } | Item::Unknown => return Ok(()),
        };
        self.applied.summary.fetched.insert(document);
        Ok(())
    }

    fn take_erase(&mut self, document: RecordId) -> Result<(), StoreError> {
        note_erasure(self.writing, document)?;
        self.take_leave(document)
    }

    fn take_whole(&mut self, item: &Item) -> Result<(), StoreError> {
        let Item::Snapshot { document, kind, parent, heads, bytes } = item else { return Ok(()) };
        let (document, parent) = (*document, *parent);
        match kind {
            Named::Known(kind) => self.take_snapshot(Incoming { document, kind: *kind, parent, heads }, bytes),
            Named::Unknown(kind) => self.keep_snapshot(&UnknownKind { document, kind, parent, heads }, bytes),
        }
    }

    fn take_snapshot(&mut self, incoming: Incoming<'_>, bytes: &Blob) -> Result<(), StoreError> {
        self.note_received(incoming.kind);
        let open = list_open_of(self.writing, incoming.document, self.installation)?;
        let here = find_document(self.writing, incoming.document)?;
        if here.as_ref().is_some_and(|row| incoming.is_same_as(row)) {
            return self.confirm_same(&incoming);
        }
        if here.is_none() && open.is_empty() {
            return self.store_as_it_is(incoming, bytes, None);
        }
        let merged = match RecordDocument::from_history(&bytes.0) {
            Ok(theirs) => self.merge_snapshot(incoming, here.as_ref(), theirs)?,
            Err(error) => {
                tracing::warn!(document = %incoming.document, %error, "a snapshot cannot be read");
                false
            }
        };
        let has_ours = open.iter().any(|change| change.state == "pending" || change.state == "set_aside");
        if !merged && !has_ours {
            self.store_as_it_is(incoming, bytes, here.as_ref())?;
        }
        Ok(())
    }

    /// Merges a snapshot with what is here, and with changes of ours of which only the rows are here. Returns whether
    /// it could.
    fn merge_snapshot(
        &mut self,
        incoming: Incoming<'_>,
        here: Option<&DocumentRow>,
        theirs: RecordDocument,
    ) -> Result<bool, StoreError> {
        let ours = here.filter(|row| row.kind == incoming.kind).map(|row| RecordDocument::load(&row.bytes));
        let (ours, news) = match ours {
            Some(Ok(ours)) => {
                let beyond = list_beyond(&ours, &theirs);
                (self.leave_behind(incoming.document, &ours, &beyond, Leaving::IfInTheWay)?.unwrap_or(ours), None)
            }
            Some(Err(_)) | None => {
                let mut rows = Vec::new();
                for change in list_open_of(self.writing, incoming.document, self.installation)? {
                    if change.state == "pending" || change.state == "set_aside" {
                        rows.extend(find_change_bytes(self.writing, incoming.document, change.hash)?);
                    }
                }
                (theirs.clone(), Some(rows))
            }
        };
        let news_for = |ours: &RecordDocument| -> Vec<Vec<u8>> {
            theirs.changes_since(&ours.heads()).into_iter().map(|change| change.bytes).collect()
        };
        let mut document = ours;
        let news = news.unwrap_or_else(|| news_for(&document));
        let mut merged = self.apply_guarded(incoming.document, &mut document, &news);
        if merged == Merged::ForeignFork {
            // The server was put back from a copy, and numbers of others were given out twice: its own count.
            let beyond = list_beyond(&document, &theirs);
            if let Some(rest) = self.leave_behind(incoming.document, &document, &beyond, Leaving::Always)? {
                document = rest;
                let news = news_for(&document);
                merged = self.apply_guarded(incoming.document, &mut document, &news);
            }
        }
        if merged == Merged::Yes {
            self.store_merged(incoming, here, &document)?;
        }
        Ok(merged == Merged::Yes)
    }

    /// What is here is exactly what the server has.
    fn confirm_same(&mut self, incoming: &Incoming<'_>) -> Result<(), StoreError> {
        self.change_server_heads(incoming.document, &sorted(incoming.heads))?;
        self.confirm_contained(incoming.document, None)
    }

    fn take_changes(&mut self, incoming: Incoming<'_>, changes: &[Blob]) -> Result<(), StoreError> {
        self.note_received(incoming.kind);
        let here = find_document(self.writing, incoming.document)?.filter(|row| row.kind == incoming.kind);
        let Some(row) = here else {
            self.applied.summary.differing.insert(incoming.document);
            return Ok(());
        };
        // A document that stands in two streams comes whole in one of them and is only named in the other.
        if changes.is_empty() && incoming.is_same_as(&row) {
            return self.confirm_same(&incoming);
        }
        let Ok(mut document) = RecordDocument::load(&row.bytes) else {
            self.applied.summary.differing.insert(incoming.document);
            return Ok(());
        };
        let news: Vec<Vec<u8>> = changes.iter().map(|Blob(bytes)| bytes.clone()).collect();
        if self.apply_guarded(incoming.document, &mut document, &news) == Merged::Yes {
            self.store_merged(incoming, Some(&row), &document)
        } else {
            self.applied.summary.differing.insert(incoming.document);
            Ok(())
        }
    }

    fn apply_guarded(&mut self, id: RecordId, document: &mut RecordDocument, changes: &[Vec<u8>]) -> Merged {
        let slices: Vec<&[u8]> = changes.iter().map(Vec::as_slice).collect();
        match document.apply(&slices) {
            Ok(_) => Merged::Yes,
            Err(ApplyError::DuplicateSeq { hash }) => {
                let own = list_own_of(self.writing, id, self.installation).unwrap_or_default();
                let repeated =
                    changes.iter().filter_map(|bytes| inspect(bytes).ok()).find(|header| header.hash == hash);
                let is_own = repeated.is_none_or(|header| {
                    header.actor == self.installation || own.iter().any(|change| change.actor == header.actor)
                });
                if !is_own {
                    tracing::warn!(document = %id, "numbers of others were given out twice");
                    return Merged::ForeignFork;
                }
                // Only matters while something of ours is unsent: then it would never be taken in.
                self.applied.is_forked |= own.iter().any(|change| change.state == "pending");
                Merged::No
            }
            Err(error) => {
                tracing::warn!(document = %id, %error, "a document cannot be merged and is set aside");
                self.applied.poisoned.insert(id);
                Merged::No
            }
        }
    }

    fn store_merged(
        &mut self,
        incoming: Incoming<'_>,
        here: Option<&DocumentRow>,
        document: &RecordDocument,
    ) -> Result<(), StoreError> {
        let has_all = incoming.heads.iter().all(|head| document.has_change(*head));
        let is_same = sorted(&document.heads()) == sorted(incoming.heads);
        let beyond = if has_all && !is_same { document.changes_since(incoming.heads) } else { Vec::new() };
        let kept = self.leave_behind(incoming.document, document, &beyond, Leaving::IfInTheWay)?;
        let document = kept.as_ref().unwrap_or(document);
        let server_heads = here.map(|row| row.server_heads.clone()).unwrap_or_default();
        let row = DocumentRow {
            id: incoming.document,
            kind: incoming.kind,
            parent: incoming.parent.or_else(|| here.and_then(|row| row.parent)),
            heads: sorted(&document.heads()),
            server_heads,
            bytes: document.save(),
            projection: here.map_or(Projection::Waiting, |row| row.projection),
            verified_at: here.and_then(|row| row.verified_at),
        };
        put_document(self.writing, &row)?;
        if has_all {
            self.change_server_heads(incoming.document, &sorted(incoming.heads))?;
            self.confirm_contained(incoming.document, Some(document))?;
        } else {
            self.applied.summary.differing.insert(incoming.document);
        }
        self.project(&row)
    }

    fn store_as_it_is(
        &mut self,
        incoming: Incoming<'_>,
        bytes: &Blob,
        here: Option<&DocumentRow>,
    ) -> Result<(), StoreError> {
        let before = here.map(|row| row.server_heads.clone()).unwrap_or_default();
        let heads = sorted(incoming.heads);
        let row = DocumentRow {
            id: incoming.document,
            kind: incoming.kind,
            parent: incoming.parent,
            heads: heads.clone(),
            server_heads: heads.clone(),
            bytes: bytes.0.clone(),
            projection: here.map_or(Projection::Waiting, |row| row.projection),
            verified_at: None,
        };
        put_document(self.writing, &row)?;
        self.move_digests(incoming.document, &before, &heads)?;
        self.project(&row)
    }

    /// Shows a document in the tables, unless it is a visit nobody has looked at. One that no version could read does
    /// not count as held: the digest differs and it is fetched again.
    fn project(&mut self, row: &DocumentRow) -> Result<(), StoreError> {
        if row.kind == Kind::Visit && row.projection != Projection::Shown {
            return Ok(());
        }
        if project_document(self.writing, row.id)? == Projection::Unreadable {
            self.applied.poisoned.insert(row.id);
            if RecordDocument::load(&row.bytes).is_err() {
                self.change_server_heads(row.id, &[])?;
            }
        }
        Ok(())
    }

    /// Held, refused or set-aside changes that the server turns out to have are confirmed: the office decided, or the
    /// reply that said so was lost. `document` is `None` when the server has exactly what is here.
    fn confirm_contained(&mut self, id: RecordId, document: Option<&RecordDocument>) -> Result<(), StoreError> {
        let open = list_open_of(self.writing, id, self.installation)?;
        if open.iter().all(|change| change.state == "pending") {
            return Ok(());
        }
        let heads = replica::find_server_heads(self.writing, id)?;
        let loaded;
        let document = match document {
            Some(document) => document,
            None => {
                let Some(row) = find_document(self.writing, id)? else { return Ok(()) };
                let Ok(history) = RecordDocument::load(&row.bytes) else { return Ok(()) };
                loaded = history;
                &loaded
            }
        };
        let beyond: BTreeSet<ChangeHash> =
            document.changes_since(&heads).into_iter().map(|change| change.hash).collect();
        for change in open.iter().filter(|change| change.state != "pending") {
            if document.has_change(change.hash) && !beyond.contains(&change.hash) {
                settle_change(self.writing, id, change.hash, (ChangeState::Confirmed, "", ""))?;
                self.applied.topics.insert(Topic::Outbox);
                // It may have been here only for this change; or it is ours and stands in no stream yet.
                self.answered.entry(id).or_insert(false);
                self.loose.insert(id);
            }
        }
        Ok(())
    }

    fn note_received(&mut self, kind: Kind) {
        self.applied.summary.received += 1;
        self.applied.received_documents += 1;
        self.applied.topics.insert(match kind {
            Kind::Household | Kind::Particulars | Kind::Visit => Topic::Households,
            Kind::Incident => Topic::Incidents,
        });
    }
}

/// What came of merging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Merged {
    /// It is merged.
    Yes,
    /// Somebody else's numbers were given out twice.
    ForeignFork,
    /// It cannot be.
    No,
}

/// Changes of ours that the server's document does not hold, each after those it depends on.
fn list_beyond(ours: &RecordDocument, theirs: &RecordDocument) -> Vec<RawChange> {
    ours.changes_since(&[]).into_iter().filter(|change| !theirs.has_change(change.hash)).collect()
}

fn sorted(heads: &[ChangeHash]) -> Vec<ChangeHash> {
    let mut heads = heads.to_vec();
    heads.sort_unstable();
    heads
}
