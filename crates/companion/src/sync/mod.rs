//! One round of sync on this side: what is asked, and what an answer becomes in the store.
//!
//! Flow: the machine plans a round → [`prepare_round`] reads what is pending within the plan's limits and where the
//! cursors stand → the driver carries it → [`apply_reply`] stores the whole reply in one transaction: first what
//! became of our changes, then subscriptions, then pages, then repair; cursors and what they vouch for move together.
//! Nothing here knows a socket.
//!
//! A server that was put back from a copy has lost some of what it confirmed ([`lost`]): nothing is let go of for that,
//! what this phone wrote is offered again.
//!
//! Failure: a reply that cannot be stored leaves no trace, and the same round can be done again. A document that
//! cannot be merged is left as it was and noted; the rest of the reply goes on. A verdict that this
//! version does not know changes nothing, of a round it does not understand only the words on single changes count. A
//! document of an unknown kind is kept as it is; a stream with an unknown item is read again by another version.
//!
//! Rejected: a transaction per page (a cut between two would leave memberships without their digest, and the reply is
//! small); trusting the heads that come with changes (they may follow changes that this phone has lost: heads are
//! noted only when the document holds them).
//!
//! Missing: first download by prepared packs; contents that were altered on disk without touching heads are not
//! noticed (the store's own checks find damaged pages).

mod apply;
mod heads;
mod items;
mod lost;
mod membership;
mod outcomes;
mod pilot;
mod prepare;
mod remake;
#[cfg(test)]
mod tests;
mod unknown_kind;

pub(crate) use apply::{AppliedRound, apply_reply};
pub use pilot::{Errand, Pilot};
pub(crate) use prepare::{PreparedRound, prepare_round};
pub(crate) use remake::{drop_put_away, take_installation};

use ::sync::machine::SetAsideCode;
use contract::{CommandError, Topic};
use domain::{InstallationId, RecordId};

use crate::companion::Companion;
use crate::store::{Store, StoreError, outbox};

impl Companion {
    /// Takes a new installation and makes under it what is not delivered yet: before enrolling again a phone whose
    /// installation belongs to an earlier device.
    ///
    /// # Errors
    /// When the store fails; then everything is as it was.
    pub fn renew_installation(&mut self, fresh: InstallationId) -> Result<(), CommandError> {
        take_installation(&mut self.store, fresh)?;
        self.mark_changed([Topic::Outbox, Topic::Households, Topic::Incidents]);
        Ok(())
    }
}

/// Takes a document's pending changes out of the outbox's way; they stay on the phone, with the reason.
pub(crate) fn set_aside(store: &mut Store, document: RecordId, code: SetAsideCode) -> Result<(), StoreError> {
    let count = store.write(|writing| outbox::set_aside(writing, document, code.code()))?;
    tracing::warn!(%document, count, code = code.code(), "changes were set aside");
    Ok(())
}
