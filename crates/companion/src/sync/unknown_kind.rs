//! Documents of a kind that a newer server knows and this version does not.
//!
//! They are kept as they come, count in the digests of their streams and are let go like others, so that nothing has to
//! be read again when the app is brought up to date: then they are documents like any other that wait to be shown.

use ::sync::wire::Blob;
use domain::{ChangeHash, RecordId};

use super::apply::Applying;
use crate::store::document::{UnknownDocument, find_document, find_unknown_bytes, put_unknown_document};
use crate::store::{StoreError, replica};

/// Such a document as an item brings it.
#[derive(Clone, Copy)]
pub(super) struct UnknownKind<'a> {
    pub(super) document: RecordId,
    pub(super) kind: &'a str,
    pub(super) parent: Option<RecordId>,
    pub(super) heads: &'a [ChangeHash],
}

impl Applying<'_> {
    /// Keeps a whole document.
    pub(super) fn keep_snapshot(&mut self, incoming: &UnknownKind<'_>, bytes: &Blob) -> Result<(), StoreError> {
        if find_document(self.writing, incoming.document)?.is_some() {
            tracing::warn!(document = %incoming.document, "a document came back under another kind and was skipped");
            return Ok(());
        }
        self.keep(incoming, &bytes.0)
    }

    /// Puts changes behind what is kept. What they belong to is fetched if it is not here.
    pub(super) fn keep_changes(&mut self, incoming: &UnknownKind<'_>, changes: &[Blob]) -> Result<(), StoreError> {
        let Some(mut bytes) = find_unknown_bytes(self.writing, incoming.document)? else {
            self.applied.summary.differing.insert(incoming.document);
            return Ok(());
        };
        for Blob(change) in changes {
            bytes.extend_from_slice(change);
        }
        self.keep(incoming, &bytes)
    }

    fn keep(&mut self, incoming: &UnknownKind<'_>, bytes: &[u8]) -> Result<(), StoreError> {
        let before = replica::find_server_heads(self.writing, incoming.document)?;
        let UnknownKind { document, kind, parent, heads } = *incoming;
        put_unknown_document(self.writing, &UnknownDocument { id: document, kind, parent, heads, bytes })?;
        let mut heads = heads.to_vec();
        heads.sort_unstable();
        self.move_digests(document, &before, &heads)?;
        self.applied.summary.received += 1;
        self.applied.received_documents += 1;
        Ok(())
    }
}
