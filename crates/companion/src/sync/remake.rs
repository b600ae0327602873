//! Making pending changes again: under a new installation, or without a refused one before them.

use std::collections::BTreeSet;

use contract::Topic;
use documents::RecordDocument;
use domain::{Account, ChangeHash, InstallationId, RecordId};

use super::apply::Applying;
use crate::store::change::ChangeState;
use crate::store::document::{DocumentRow, find_document, put_document};
use crate::store::outbox::{OpenChange, list_documents_with, list_open_of, replace_change, settle_change};
use crate::store::project::project_document;
use crate::store::setting::{ACCOUNT, INSTALLATION, put_setting, read_setting};
use crate::store::{Store, StoreError, Writing};

/// Takes a new installation and makes under it what is not delivered yet. Returns how many documents were concerned.
pub(crate) fn take_installation(store: &mut Store, fresh: InstallationId) -> Result<usize, StoreError> {
    store.write(|writing| {
        put_setting(writing, INSTALLATION, &fresh)?;
        let account: Option<Account> = read_setting(writing, ACCOUNT)?;
        let documents = list_documents_with(writing, &[ChangeState::Pending, ChangeState::SetAside])?;
        for document in &documents {
            remake_document(writing, *document, fresh, account.as_ref())?;
        }
        tracing::warn!(documents = documents.len(), "another life of this phone: a new installation was taken");
        Ok(documents.len())
    })
}

/// Makes a document's undelivered changes again by `installation`, without the refused ones among them. Returns
/// whether anything was.
fn remake_document(
    writing: &Writing<'_>,
    id: RecordId,
    installation: InstallationId,
    account: Option<&Account>,
) -> Result<bool, StoreError> {
    let (Some(account), Some(row)) = (account, find_document(writing, id)?) else {
        return Ok(false);
    };
    let Ok(document) = RecordDocument::from_history(&row.bytes) else {
        return Ok(false);
    };
    let open = list_open_of(writing, id, installation)?;
    let is_here = |change: &&OpenChange| document.has_change(change.hash);
    let hashes_in = |states: &[&str]| -> Vec<ChangeHash> {
        let chosen = open.iter().filter(is_here).filter(|change| states.contains(&change.state.as_str()));
        chosen.map(|change| change.hash).collect()
    };
    let (dropped, again) = (hashes_in(&["refused"]), hashes_in(&["pending", "set_aside"]));
    if again.is_empty() {
        return Ok(false);
    }
    rebuild(writing, row, &document, (&dropped, &again), (installation, account))
}

/// Takes changes that were put away out of a document that the server has: it shows the server's values again. What was
/// written since and is on its way is made again without them. Returns whether the document was changed; it is not while
/// the office holds something of it, which may build on them.
pub(crate) fn drop_put_away(
    writing: &Writing<'_>,
    id: RecordId,
    put_away: &[ChangeHash],
    (installation, account): (InstallationId, &Account),
) -> Result<bool, StoreError> {
    let Some(row) = find_document(writing, id)?.filter(|row| !row.server_heads.is_empty()) else { return Ok(false) };
    let Ok(document) = RecordDocument::from_history(&row.bytes) else { return Ok(false) };
    let open = list_open_of(writing, id, installation)?;
    let is_refused = |change: &&OpenChange| change.state == "refused" && put_away.contains(&change.hash);
    let is_here = |change: &&OpenChange| document.has_change(change.hash);
    let dropped: Vec<ChangeHash> = open.iter().filter(is_refused).filter(is_here).map(|change| change.hash).collect();
    if dropped.is_empty() || open.iter().any(|change| change.state == "held") {
        return Ok(false);
    }
    let is_on_its_way = |change: &&OpenChange| matches!(change.state.as_str(), "pending" | "set_aside");
    let again: Vec<ChangeHash> = open.iter().filter(is_on_its_way).filter(is_here).map(|change| change.hash).collect();
    rebuild(writing, row, &document, (&dropped, &again), (installation, account))
}

fn rebuild(
    writing: &Writing<'_>,
    mut row: DocumentRow,
    document: &RecordDocument,
    (dropped, again): (&[ChangeHash], &[ChangeHash]),
    (installation, account): (InstallationId, &Account),
) -> Result<bool, StoreError> {
    let id = row.id;
    let open = list_open_of(writing, id, installation)?;
    let reissue = match document.reissue(dropped, again, installation, account.id) {
        Ok(reissue) => reissue,
        Err(error) => {
            tracing::warn!(document = %id, %error, "changes cannot be made again");
            return Ok(false);
        }
    };
    let Some(renewed) = reissue.document else { return Ok(false) };
    for (old, new) in &reissue.changes {
        if let Some(old) = open.iter().find(|change| change.hash == *old) {
            replace_change(writing, old, new.as_ref().map(|change| (change, installation)))?;
        }
    }
    row.heads = renewed.heads();
    row.bytes = renewed.save();
    put_document(writing, &row)?;
    project_document(writing, id)?;
    Ok(true)
}

impl Applying<'_> {
    /// Where a refused change, or one of an earlier installation, stands before pending ones, makes those again
    /// without it. What was built on a record that was refused whole is refused with it.
    pub(super) fn remake_what_refusals_block(&mut self) -> Result<(), StoreError> {
        let blocked: Vec<RecordId> =
            self.answered.iter().filter(|(_, is_blocked)| **is_blocked).map(|(document, _)| *document).collect();
        for id in blocked {
            let open = list_open_of(self.writing, id, self.installation)?;
            let pending: Vec<&OpenChange> = open.iter().filter(|change| change.state == "pending").collect();
            let Some(row) = find_document(self.writing, id)?.filter(|_| !pending.is_empty()) else { continue };
            let refused: Vec<&OpenChange> = open.iter().filter(|change| change.state == "refused").collect();
            if let (true, Some(whole)) = (row.server_heads.is_empty(), refused.first()) {
                for change in pending {
                    let end = (ChangeState::Refused, whole.code.as_str(), "");
                    settle_change(self.writing, id, change.hash, end)?;
                    self.applied.summary.answered += 1;
                }
                continue;
            }
            let refused: BTreeSet<ChangeHash> = refused.iter().map(|change| change.hash).collect();
            let is_refusal_inside = !refused.is_empty()
                && RecordDocument::from_history(&row.bytes)
                    .is_ok_and(|document| refused.iter().any(|hash| document.has_change(*hash)));
            let is_foreign = pending.iter().any(|change| change.actor != self.installation);
            if (is_refusal_inside || is_foreign)
                && remake_document(self.writing, id, self.installation, self.account.as_ref())?
            {
                self.applied.topics.extend([Topic::Outbox, Topic::Households, Topic::Incidents]);
            }
        }
        Ok(())
    }
}
