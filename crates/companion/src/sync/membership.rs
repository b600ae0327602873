//! Which document stands in which stream, and each stream's digest along with it.

use std::collections::BTreeSet;

use ::sync::digest::document_term;
use ::sync::wire::HeadsList;
use documents::RecordDocument;
use domain::rights::{
    collections_of_household, collections_of_incident, collections_of_particulars, collections_of_visit,
};
use domain::{ChangeHash, Collection, Kind, RecordId};

use super::apply::Applying;
use crate::store::StoreError;
use crate::store::document::{DocumentRow, find_document};
use crate::store::replica;

impl Applying<'_> {
    /// Notes what the server has of a document, and moves the digests of its streams.
    pub(super) fn change_server_heads(&mut self, document: RecordId, heads: &[ChangeHash]) -> Result<(), StoreError> {
        let before = replica::find_server_heads(self.writing, document)?;
        replica::put_server_heads(self.writing, document, heads)?;
        self.move_digests(document, &before, heads)
    }

    /// Moves the digests of a document's streams from these heads to those. Empty heads: it does not count.
    pub(super) fn move_digests(
        &mut self,
        document: RecordId,
        before: &[ChangeHash],
        after: &[ChangeHash],
    ) -> Result<(), StoreError> {
        if before == after {
            return Ok(());
        }
        for collection in replica::list_memberships(self.writing, document)? {
            let Some(&place) = self.places.get(&collection) else { continue };
            let digest = &mut self.streams[place].digest;
            if !before.is_empty() {
                *digest = digest.without(document_term(document, before));
            }
            if !after.is_empty() {
                *digest = digest.with(document_term(document, after));
            }
        }
        Ok(())
    }

    /// Puts a document into a stream.
    pub(super) fn join(&mut self, collection: &Collection, document: RecordId) -> Result<(), StoreError> {
        let Some(&place) = self.places.get(collection) else { return Ok(()) };
        if replica::add_member(self.writing, collection, document)? {
            let heads = replica::find_server_heads(self.writing, document)?;
            if !heads.is_empty() {
                let digest = &mut self.streams[place].digest;
                *digest = digest.with(document_term(document, &heads));
            }
        }
        Ok(())
    }

    /// Takes a document out of a stream.
    pub(super) fn leave(&mut self, collection: &Collection, document: RecordId) -> Result<(), StoreError> {
        if replica::remove_member(self.writing, collection, document)? {
            let heads = replica::find_server_heads(self.writing, document)?;
            if let (Some(&place), false) = (self.places.get(collection), heads.is_empty()) {
                let digest = &mut self.streams[place].digest;
                *digest = digest.without(document_term(document, &heads));
            }
            self.loose.insert(document);
        }
        Ok(())
    }

    /// Takes over the server's list of a stream: who stands in it, and whose heads differ. A document that is not named is
    /// not let go for that: the server may have lost it. It is asked about by name.
    pub(super) fn take_audit(&mut self, collection: &Collection, list: &HeadsList) -> Result<(), StoreError> {
        let Some(&place) = self.places.get(collection) else { return Ok(()) };
        let listed: BTreeSet<RecordId> = list.iter().map(|(document, _)| *document).collect();
        for document in replica::list_members(self.writing, collection)?.difference(&listed) {
            replica::remove_member(self.writing, collection, *document)?;
            self.applied.summary.differing.insert(*document);
        }
        for (document, heads) in list {
            replica::add_member(self.writing, collection, *document)?;
            let mut theirs = heads.clone();
            theirs.sort_unstable();
            if replica::find_server_heads(self.writing, *document)? != theirs {
                self.applied.summary.differing.insert(*document);
            }
        }
        self.streams[place].digest = replica::recount_digest(self.writing, collection)?;
        self.applied.summary.audited.insert(collection.clone());
        Ok(())
    }

    /// Puts what was made or moved here into its streams: pages leave out what came from this phone.
    pub(super) fn join_own_documents(&mut self) -> Result<(), StoreError> {
        let answered: Vec<RecordId> = self.answered.keys().copied().collect();
        for id in answered {
            let Some(row) = find_document(self.writing, id)?.filter(|row| !row.server_heads.is_empty()) else {
                continue;
            };
            for collection in read_collections(&row) {
                // Where an incident is sent is the server's decision and comes with a page: what is here may be older
                // than its farewell.
                if !matches!(collection, Collection::Inbox(_) | Collection::Supervision) {
                    self.join(&collection, id)?;
                }
            }
        }
        Ok(())
    }

    /// Lets go of what stands in no stream any more and has nothing to send.
    pub(super) fn let_go_of_loose_documents(&mut self) -> Result<(), StoreError> {
        for document in std::mem::take(&mut self.loose) {
            if replica::let_go(self.writing, document)? {
                self.applied.let_go += 1;
                tracing::info!(%document, "a document was let go");
                self.applied.topics.extend([contract::Topic::Households, contract::Topic::Incidents]);
            }
        }
        Ok(())
    }
}

/// Where a document travels, by its contents; nowhere when they cannot be read.
fn read_collections(row: &DocumentRow) -> BTreeSet<Collection> {
    let Ok(document) = RecordDocument::load(&row.bytes) else {
        return BTreeSet::new();
    };
    match row.kind {
        Kind::Household => document.read().map(|reading| collections_of_household(&reading.record)),
        Kind::Particulars => document.read().map(|reading| collections_of_particulars(&reading.record)),
        Kind::Visit => document.read().map(|reading| collections_of_visit(&reading.record)),
        Kind::Incident => document.read().map(|reading| collections_of_incident(&reading.record)),
    }
    .unwrap_or_default()
}
