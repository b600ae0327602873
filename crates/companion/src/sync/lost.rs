//! What the server had and has no more: it was put back from a copy.
//!
//! A device lets go of nothing because the server does not know it. What this phone wrote is offered again as it was,
//! under the same hash, so that nothing doubles ([`Applying::reopen_lost`]). What others wrote they offer again
//! themselves; it stays here meanwhile. Only where work of this phone is built on lost changes of others, or the server
//! has decided anew, that work is made again on what the server has ([`Applying::leave_behind`]).

use std::collections::BTreeSet;

use contract::Topic;
use documents::{RawChange, RecordDocument, inspect};
use domain::account::OFFICE_ACCOUNT;
use domain::workflow::SYSTEM_ACCOUNT;
use domain::{ChangeHash, RecordId};

use super::apply::Applying;
use crate::store::beyond::{is_document_beyond, is_stray, keep_witnessed, list_strays, list_unasked, note_unbacked};
use crate::store::change::{NewChange, append_change};
use crate::store::document::{DocumentRow, find_document};
use crate::store::outbox::{OpenChange, list_own_of, reopen_change, replace_change};
use crate::store::{StoreError, replica};

/// Most documents asked about in one go.
const ASK_LIMIT: usize = 500;

/// When lost changes of others are taken out of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Where they stand in the way of own work, or the server has decided anew.
    IfInTheWay,
    /// In any case: the server has other changes under their numbers.
    Always,
}

impl Applying<'_> {
    /// The server does not know a document that it was asked about: it stays, and what this phone wrote in it is offered
    /// again.
    pub(super) fn take_missing(&mut self, document: RecordId) -> Result<(), StoreError> {
        let Some(row) = find_document(self.writing, document)? else { return Ok(()) };
        tracing::warn!(%document, "the server has lost a document; it is kept");
        self.change_server_heads(document, &[])?;
        if let Ok(history) = RecordDocument::load(&row.bytes) {
            self.put_forgotten_rows(&row, &history.changes_since(&[]))?;
        }
        for change in list_own_of(self.writing, document, self.installation)? {
            if change.state == "confirmed" || change.state == "held" {
                self.reopen(&change)?;
            }
        }
        note_unbacked(self.writing, document)
    }

    /// Offers again what of `beyond`, which the server does not have, was confirmed.
    fn reopen_lost(&mut self, own: &mut [OpenChange], beyond: &BTreeSet<ChangeHash>) -> Result<(), StoreError> {
        for change in own.iter_mut().filter(|change| change.state == "confirmed" && beyond.contains(&change.hash)) {
            self.reopen(change)?;
            change.state = "pending".to_owned();
        }
        Ok(())
    }

    /// Changes of this installation whose rows are gone, because the document had been let go of and came back, are offered
    /// again as well.
    fn put_forgotten_rows(&mut self, row: &DocumentRow, lost: &[RawChange]) -> Result<(), StoreError> {
        let own = list_own_of(self.writing, row.id, self.installation)?;
        for change in lost.iter().filter(|change| !own.iter().any(|known| known.hash == change.hash)) {
            let Ok(header) = inspect(&change.bytes) else { continue };
            let is_number_free = |known: &OpenChange| known.actor != header.actor || known.seq != change.seq as i64;
            if header.actor == self.installation && own.iter().all(is_number_free) {
                let (actor, made_at) = (header.actor, header.at);
                let new = NewChange { document: row.id, kind: row.kind, actor, change, made_at };
                append_change(self.writing, &new)?;
                self.applied.summary.reopened += 1;
            }
        }
        Ok(())
    }

    fn reopen(&mut self, change: &OpenChange) -> Result<(), StoreError> {
        if reopen_change(self.writing, change.document, change.hash)? {
            self.applied.summary.reopened += 1;
            self.applied.topics.extend([Topic::Outbox, Topic::Households, Topic::Incidents]);
        }
        Ok(())
    }

    /// Takes in that the server does not have `beyond`, changes of `document` in their order. Answers the document
    /// without what was lost, and with own work made again, where that has to be; `None`: as it is.
    pub(super) fn leave_behind(
        &mut self,
        id: RecordId,
        document: &RecordDocument,
        beyond: &[RawChange],
        leaving: Leaving,
    ) -> Result<Option<RecordDocument>, StoreError> {
        if beyond.is_empty() {
            return Ok(None);
        }
        if let Some(row) = find_document(self.writing, id)? {
            self.put_forgotten_rows(&row, beyond)?;
        }
        let hashes: BTreeSet<ChangeHash> = beyond.iter().map(|change| change.hash).collect();
        let mut own = list_own_of(self.writing, id, self.installation)?;
        self.reopen_lost(&mut own, &hashes)?;
        let is_own = |hash: &ChangeHash| own.iter().any(|change| change.hash == *hash);
        let lost: Vec<&RawChange> = beyond.iter().filter(|change| !is_own(&change.hash)).collect();
        if lost.is_empty() {
            return Ok(None);
        }
        let has_lost_word = lost.iter().any(|change| is_servers(change));
        let stranded = find_stranded(beyond, lost.iter().map(|change| change.hash).collect());
        let of_state = |states: &[&str]| -> Vec<ChangeHash> {
            let chosen = own.iter().filter(|change| states.contains(&change.state.as_str()));
            chosen.map(|change| change.hash).filter(|hash| stranded.contains(hash)).collect()
        };
        let again = of_state(&["pending", "set_aside"]);
        if leaving == Leaving::IfInTheWay && !has_lost_word && again.is_empty() {
            return Ok(None);
        }
        let Some(account) = self.account.as_ref() else { return Ok(None) };
        let mut dropped = of_state(&["refused", "held"]);
        dropped.extend(lost.iter().map(|change| change.hash));
        let reissue = match document.reissue(&dropped, &again, self.installation, account.id) {
            Ok(reissue) => reissue,
            Err(error) => {
                tracing::warn!(document = %id, %error, "what the server has lost cannot be taken out");
                return Ok(None);
            }
        };
        for change in &lost {
            keep_witnessed(self.writing, id, (change.hash, &change.bytes), self.now)?;
        }
        for (old, new) in &reissue.changes {
            if let Some(old) = own.iter().find(|change| change.hash == *old) {
                replace_change(self.writing, old, new.as_ref().map(|change| (change, self.installation)))?;
            }
        }
        self.applied.summary.reopened += again.len();
        tracing::warn!(document = %id, lost = lost.len(), again = again.len(), "the server has lost changes");
        // Nothing is left where all of it was lost: what the server has takes its place.
        Ok(Some(reissue.document.unwrap_or_else(RecordDocument::empty)))
    }

    /// What has to be asked about by name before this phone and the server can be called the same: documents beyond the
    /// server and documents that stand in no stream, once every stream was read to its end. Those that were asked about in
    /// this round and are so still are not asked about again before the app is opened anew.
    pub(super) fn ask_about_what_is_beyond(&mut self, are_at_end: bool) -> Result<(), StoreError> {
        for document in &self.round.request.fetch {
            if is_document_beyond(self.writing, *document)? || is_stray(self.writing, *document)? {
                note_unbacked(self.writing, *document)?;
            }
        }
        // While streams are still being read, the server's word may only not have come yet.
        if !are_at_end {
            return Ok(());
        }
        self.applied.summary.differing.extend(list_unasked(self.writing, ASK_LIMIT)?);
        self.applied.summary.differing.extend(list_strays(self.writing, ASK_LIMIT)?);
        Ok(())
    }

    /// The server says that a document is in none of this account's streams.
    pub(super) fn take_leave(&mut self, document: RecordId) -> Result<(), StoreError> {
        for collection in replica::list_memberships(self.writing, document)? {
            self.leave(&collection, document)?;
        }
        // It knows the document, whatever it had said of its heads.
        if let Some(row) = find_document(self.writing, document)?.filter(|row| row.server_heads.is_empty()) {
            replica::put_server_heads(self.writing, document, &row.heads)?;
        }
        self.loose.insert(document);
        Ok(())
    }
}

/// Whether a change was written at the server: a decision, or the office's import. Nobody else offers it again.
fn is_servers(change: &RawChange) -> bool {
    let written_there = [Some(SYSTEM_ACCOUNT), Some(OFFICE_ACCOUNT)];
    inspect(&change.bytes).is_ok_and(|header| written_there.contains(&header.author))
}

/// Changes that build on lost ones, however far below.
fn find_stranded(beyond: &[RawChange], lost: BTreeSet<ChangeHash>) -> BTreeSet<ChangeHash> {
    let mut below = lost.clone();
    for change in beyond {
        let builds_on_lost =
            inspect(&change.bytes).is_ok_and(|header| header.deps.iter().any(|dep| below.contains(dep)));
        if builds_on_lost {
            below.insert(change.hash);
        }
    }
    below.difference(&lost).copied().collect()
}
