//! What a reply becomes: one transaction.

use std::collections::{BTreeMap, BTreeSet};

use ::sync::machine::{Reason, RoundSummary};
use ::sync::wire::{Digest, Item, Page, RoundOutcome, SyncReply};
use contract::Topic;
use domain::{Account, Collection, InstallationId, RecordId, UnixMillis};

use super::prepare::PreparedRound;
use crate::clock::{ReplyTime, is_nearly_right};
use crate::store::beyond::{forget_unbacked, is_beyond_server};
use crate::store::clock::{note_server_time, read_ahead, read_server_time};
use crate::store::outbox::list_sendable;
use crate::store::put_away::list_kept_for_nothing;
use crate::store::replica::{self, CollectionRow};
use crate::store::reporter_tel::take_reporter_tels;
use crate::store::setting::{ACCOUNT, CLOCK_TOLD, UNKNOWN_TO_SERVER, read_setting, remove_setting};
use crate::store::{Store, StoreError, Writing};

/// What a stored reply brought.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct AppliedRound {
    /// For the machine.
    pub(crate) summary: RoundSummary,
    /// How far the server's clock is ahead of this device's; `None` where the reply was not taken in.
    pub(crate) clock_ahead_ms: Option<i64>,
    /// The server, or a change of ours that came back, says that this is another life of the device.
    pub(crate) is_forked: bool,
    /// Documents that were let go.
    pub(crate) let_go: usize,
    /// Something else that this device may not know any more was forgotten.
    pub(crate) has_forgotten: bool,
    /// What screens may be showing.
    pub(crate) topics: BTreeSet<Topic>,
    /// Records of which a change was answered for good.
    pub(crate) sent_records: usize,
    /// Documents that came down.
    pub(crate) received_documents: usize,
    /// Documents that could not be merged.
    pub(crate) poisoned: BTreeSet<RecordId>,
}

/// Stores a reply.
pub(crate) fn apply_reply(
    store: &mut Store,
    round: &PreparedRound,
    reply: &SyncReply,
    arrival: ReplyTime,
) -> Result<AppliedRound, StoreError> {
    match reply.round {
        RoundOutcome::Done => {
            let applied = store.write(|writing| Applying::begin(writing, round, reply, arrival)?.run(reply))?;
            if applied.let_go > 0 || applied.has_forgotten {
                // What has gone is not to be read from the log either.
                store.empty_log();
            }
            Ok(applied)
        }
        RoundOutcome::Forked => Ok(AppliedRound { is_forked: true, ..AppliedRound::default() }),
        RoundOutcome::Unknown => {
            tracing::warn!("the server says something about the round that this version does not know");
            store.write(|writing| Applying::begin(writing, round, reply, arrival)?.take_words(reply))
        }
    }
}

/// A reply on its way into the store.
pub(super) struct Applying<'a> {
    pub(super) writing: &'a Writing<'a>,
    pub(super) round: &'a PreparedRound,
    pub(super) installation: InstallationId,
    pub(super) account: Option<Account>,
    pub(super) now: UnixMillis,
    /// The streams, in the order in which they are filled.
    pub(super) streams: Vec<CollectionRow>,
    pub(super) places: BTreeMap<Collection, usize>,
    /// Documents that may stand in no stream any more.
    pub(super) loose: BTreeSet<RecordId>,
    /// Documents of which a change was answered in this round, with whether a refusal may stand in the way.
    pub(super) answered: BTreeMap<RecordId, bool>,
    /// Digests that the server gave for streams read to their end.
    digests: Vec<(Collection, Digest)>,
    /// Streams that were read to their end in this round, of which something could not be read at the server: nothing
    /// more comes now, and they are not whole.
    ended_with_gaps: BTreeSet<Collection>,
    pub(super) applied: AppliedRound,
}

impl<'a> Applying<'a> {
    fn begin(
        writing: &'a Writing<'a>,
        round: &'a PreparedRound,
        reply: &SyncReply,
        arrival: ReplyTime,
    ) -> Result<Self, StoreError> {
        let ahead_ms = arrival.measure_ahead(reply.server_clock, read_server_time(writing)?);
        let mut applying = Self {
            writing,
            round,
            installation: round.request.installation,
            account: read_setting(writing, ACCOUNT)?,
            now: arrival.device.plus_ms(ahead_ms),
            streams: Vec::new(),
            places: BTreeMap::new(),
            loose: BTreeSet::new(),
            answered: BTreeMap::new(),
            digests: Vec::new(),
            ended_with_gaps: BTreeSet::new(),
            applied: AppliedRound::default(),
        };
        applying.applied.summary.retry_after_ms = reply.retry_after_ms;
        applying.applied.clock_ahead_ms = Some(ahead_ms);
        Ok(applying)
    }

    /// Takes only what the server says of single changes and steps: that means what it says in every round.
    fn take_words(mut self, reply: &SyncReply) -> Result<AppliedRound, StoreError> {
        self.set_streams(replica::list_collections(self.writing)?);
        self.take_outcomes(&reply.outcomes)?;
        self.take_rulings(&reply.rulings)?;
        self.join_own_documents()?;
        self.remake_what_refusals_block()?;
        self.let_go_of_loose_documents()?;
        let mut applied = self.close(true)?;
        applied.summary.matched = false;
        Ok(applied)
    }

    fn run(mut self, reply: &SyncReply) -> Result<AppliedRound, StoreError> {
        let is_new_epoch = self.meet_epoch(reply)?;
        remove_setting(self.writing, UNKNOWN_TO_SERVER)?;
        self.note_server_clock()?;
        // A reply without a mark says that it could not be read; the last one still proves what was promised.
        if is_new_epoch || reply.mark.is_some() {
            replica::put_mark(self.writing, reply.mark.as_ref())?;
        }
        if matches!(self.round.reason, Reason::Opened | Reason::Requested) {
            forget_unbacked(self.writing)?;
        }
        self.set_streams(replica::list_collections(self.writing)?);
        self.take_outcomes(&reply.outcomes)?;
        self.take_rulings(&reply.rulings)?;
        self.take_subscriptions(&reply.subscriptions)?;
        // Pages of a new epoch were read from the old one's positions: they are asked for again from the beginning.
        if !is_new_epoch {
            for page in &reply.pages {
                self.take_page(page)?;
            }
            for item in &reply.fetched {
                self.take_contained(item, |this| this.take_fetched(item))?;
            }
            for (collection, list) in &reply.audits {
                self.take_audit(collection, list)?;
            }
        }
        if matches!(self.round.reason, Reason::Opened | Reason::Requested) {
            self.loose.extend(list_kept_for_nothing(self.writing)?);
        }
        self.join_own_documents()?;
        self.remake_what_refusals_block()?;
        self.let_go_of_loose_documents()?;
        self.take_contacts(reply)?;
        if matches!(self.round.reason, Reason::Opened | Reason::Requested) {
            self.recount_digests()?;
        }
        self.close(is_new_epoch)
    }

    /// Notes the server's epoch. In a new one everything is read again, and what the old one had of ours is offered
    /// again.
    fn meet_epoch(&mut self, reply: &SyncReply) -> Result<bool, StoreError> {
        let before = replica::read_epoch(self.writing)?;
        if before == Some(reply.epoch) {
            if self.round.request.epoch == before && replica::read_numbers_told(self.writing)? != before {
                replica::put_numbers_told(self.writing, reply.epoch)?;
            }
            return Ok(false);
        }
        replica::put_epoch(self.writing, reply.epoch)?;
        if before.is_none() {
            return Ok(false);
        }
        tracing::warn!("the server begins a new epoch: reading everything again");
        replica::restart_streams(self.writing)?;
        crate::store::outbox::offer_again(self.writing)?;
        self.applied.summary.advanced = true;
        self.applied.topics.insert(Topic::Outbox);
        Ok(true)
    }

    /// Notes how far the server's clock is ahead. What was shown under another time is shown anew.
    fn note_server_clock(&mut self) -> Result<(), StoreError> {
        let Some(ahead_ms) = self.applied.clock_ahead_ms else { return Ok(()) };
        if read_ahead(self.writing)?.unwrap_or(0) != ahead_ms {
            self.applied.topics.insert(Topic::Session);
        }
        if is_nearly_right(ahead_ms) {
            remove_setting(self.writing, CLOCK_TOLD)?;
        }
        if note_server_time(self.writing, self.now, ahead_ms)? {
            self.applied.topics.insert(Topic::Households);
        }
        Ok(())
    }

    fn set_streams(&mut self, streams: Vec<CollectionRow>) {
        self.places = streams.iter().enumerate().map(|(place, row)| (row.collection.clone(), place)).collect();
        self.streams = streams;
    }

    /// Takes over the list of streams. An empty one is no list: every account reads at least reference data.
    fn take_subscriptions(&mut self, subscriptions: &[Collection]) -> Result<(), StoreError> {
        if subscriptions.is_empty() {
            return Ok(());
        }
        let mut before: BTreeMap<Collection, CollectionRow> =
            std::mem::take(&mut self.streams).into_iter().map(|row| (row.collection.clone(), row)).collect();
        let mut streams = Vec::with_capacity(subscriptions.len());
        for collection in subscriptions {
            if let Some(row) = before.remove(collection) {
                streams.push(row);
            } else if !streams.iter().any(|row: &CollectionRow| row.collection == *collection) {
                streams.push(CollectionRow::unread(collection.clone()));
                self.applied.summary.advanced = true;
            }
        }
        for collection in before.keys() {
            self.loose.extend(replica::remove_collection(self.writing, collection)?);
            self.applied.summary.advanced = true;
            self.applied.topics.insert(Topic::Session);
        }
        self.set_streams(streams);
        Ok(())
    }

    fn take_page(&mut self, page: &Page) -> Result<(), StoreError> {
        let pull = &self.round.request.pull;
        // A device that does not know yet what there is asks for nothing and gets the beginning of all of it.
        let after = match pull.iter().find(|cursor| cursor.collection == page.collection) {
            Some(cursor) => cursor.after,
            None if pull.is_empty() => 0,
            None => return Ok(()),
        };
        let Some(&place) = self.places.get(&page.collection) else { return Ok(()) };
        if self.streams[place].position != after {
            return Ok(());
        }
        for item in &page.items {
            self.take_contained(item, |this| this.take_item(&page.collection, item))?;
        }
        let row = &mut self.streams[place];
        self.applied.summary.advanced |= row.position != page.next;
        row.position = page.next;
        // A page with gaps may be the last one, and still not everything has come.
        let is_complete = page.complete && !page.has_gaps;
        row.is_complete = is_complete;
        if page.complete && page.has_gaps {
            self.ended_with_gaps.insert(page.collection.clone());
        }
        if !page.has_gaps {
            row.total = page.total;
        }
        if page.complete {
            self.digests.extend(page.digest.map(|digest| (page.collection.clone(), digest)));
        }
        Ok(())
    }

    /// Whether there is nothing more to read of a stream now, whole or not.
    fn is_at_end(&self, row: &CollectionRow) -> bool {
        row.is_complete || self.ended_with_gaps.contains(&row.collection)
    }

    /// Takes in one item; one over which this version fails leaves no trace, is noted, and the rest goes on.
    fn take_contained(
        &mut self,
        item: &Item,
        take: impl FnOnce(&mut Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let writing = self.writing;
        if writing.contain("taking in an item", || take(self))?.is_none() {
            self.applied.poisoned.extend(document_of(item));
        }
        Ok(())
    }

    /// Takes over how reporters are reached, of the incidents that this reply brings.
    fn take_contacts(&mut self, reply: &SyncReply) -> Result<(), StoreError> {
        let contacts = reply.contacts.as_deref();
        let items = reply.pages.iter().flat_map(|page| &page.items).chain(&reply.fetched);
        // What leaves takes its number with it, whether or not the server said anything of numbers.
        let is_named = |item: &&Item| contacts.is_some() || matches!(item, Item::Leave { .. } | Item::Missing { .. });
        let named = items.filter(is_named).filter_map(document_of).collect();
        let told: BTreeMap<RecordId, &str> =
            contacts.unwrap_or_default().iter().map(|contact| (contact.document, contact.tel.as_str())).collect();
        if take_reporter_tels(self.writing, &named, &told)? {
            self.applied.has_forgotten = true;
        }
        Ok(())
    }

    fn recount_digests(&mut self) -> Result<(), StoreError> {
        for row in &mut self.streams {
            row.digest = replica::recount_digest(self.writing, &row.collection)?;
        }
        Ok(())
    }

    /// Compares digests, stores the streams, sums up.
    fn close(mut self, is_new_epoch: bool) -> Result<AppliedRound, StoreError> {
        let are_at_end = self.streams.iter().all(|row| self.is_at_end(row)) && !self.streams.is_empty();
        self.ask_about_what_is_beyond(are_at_end)?;
        let is_beyond = is_beyond_server(self.writing)?;
        let mut left = list_sendable(self.writing, self.installation)?;
        left.retain(|change| !self.round.held_back.contains(&change.document));
        let summary = &mut self.applied.summary;
        summary.pending = left.len();
        let offered: BTreeSet<_> = self.round.pushed.iter().collect();
        summary.unanswered = left
            .iter()
            .filter(|change| !is_new_epoch && offered.contains(&(change.document, change.hash)))
            .map(|change| change.document)
            .collect();
        let mut are_all_matched = true;
        for row in &mut self.streams {
            let given = self.digests.iter().find(|(collection, _)| *collection == row.collection);
            let is_matched = match given {
                Some((_, digest)) => *digest == row.digest,
                // Reference data has versions, not heads.
                None => row.collection == Collection::Reference && row.is_complete,
            };
            if is_matched {
                row.verified_at = Some(self.now);
            } else {
                are_all_matched = false;
                // While something of ours is on its way, the server may know more of it than we do.
                if given.is_some() && left.is_empty() {
                    summary.mismatched.insert(row.collection.clone());
                }
            }
            // What the server cannot read does not come by asking again at once.
            summary.more |= !row.is_complete && !self.ended_with_gaps.contains(&row.collection);
        }
        summary.matched = are_all_matched && !self.streams.is_empty() && summary.differing.is_empty() && !is_beyond;
        for (rank, row) in self.streams.iter().enumerate() {
            replica::put_collection(self.writing, rank, row)?;
        }
        Ok(self.applied)
    }
}

/// The document that an item is about.
const fn document_of(item: &Item) -> Option<RecordId> {
    match item {
        Item::Snapshot { document, .. }
        | Item::Changes { document, .. }
        | Item::Leave { document }
        | Item::Missing { document }
        | Item::Erase { document } => Some(*document),
        Item::Reference { .. } | Item::Unknown => None,
    }
}
