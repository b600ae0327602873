//! One line: how far its device is known to be, and what it is told.

use std::collections::{BTreeMap, BTreeSet};

use domain::Collection;
use sync::wire::{Advance, Advanced, Epoch};
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::Ear;
use crate::store::SecretHash;

/// A line to a device that listens.
pub(super) struct Line {
    pub(super) serial: u64,
    pub(super) token: SecretHash,
    /// When the device's right was last looked at.
    pub(super) checked_at: Instant,
    /// Rounds of the device under way.
    pub(super) rounds: u32,
    epoch: Epoch,
    /// The account's streams, and up to which position the device was told or served; 0 for not yet.
    reached: BTreeMap<Collection, u64>,
    /// Streams that the account has lost and the device has not been told of.
    withdrawn: BTreeSet<Collection>,
    /// There was news while a round was under way.
    has_missed: bool,
    sender: mpsc::Sender<Advanced>,
}

impl Line {
    pub(super) fn new(ear: Ear, serial: u64, sender: mpsc::Sender<Advanced>, now: Instant) -> Self {
        Self {
            serial,
            token: ear.token,
            checked_at: now,
            rounds: 0,
            epoch: ear.epoch,
            reached: ear.subscriptions.into_iter().map(|collection| (collection, 0)).collect(),
            withdrawn: BTreeSet::new(),
            has_missed: false,
            sender,
        }
    }

    pub(super) fn subscriptions(&self) -> impl Iterator<Item = &Collection> {
        self.reached.keys()
    }

    /// The device has, or is about to have, everything up to this position.
    pub(super) fn note_reached(&mut self, collection: &Collection, position: u64) {
        if let Some(reached) = self.reached.get_mut(collection) {
            *reached = position.max(*reached);
        }
    }

    /// The data has another life now: what the device was told of belongs to the one before.
    pub(super) fn meet_epoch(&mut self, epoch: Epoch) {
        if self.epoch != epoch {
            self.epoch = epoch;
            self.reached.values_mut().for_each(|reached| *reached = 0);
        }
    }

    /// The account reads these streams now.
    pub(super) fn rescope(&mut self, subscriptions: &[Collection]) {
        let before = std::mem::take(&mut self.reached);
        self.reached = subscriptions
            .iter()
            .map(|collection| (collection.clone(), before.get(collection).copied().unwrap_or_default()))
            .collect();
        self.withdrawn.extend(before.into_keys());
        self.withdrawn.retain(|collection| !self.reached.contains_key(collection));
    }

    /// Says what is news. What cannot be said now stays news.
    pub(super) fn tell(&mut self, positions: &BTreeMap<Collection, u64>) {
        let further = self.reached.iter().filter_map(|(collection, reached)| {
            let position = *positions.get(collection)?;
            (position > *reached).then(|| Advance::to(collection, position))
        });
        let collections: Vec<Advance> = further.chain(self.withdrawn.iter().map(Advance::withdrawn)).collect();
        if collections.is_empty() {
            return;
        }
        if self.rounds > 0 {
            self.has_missed = true;
            return;
        }
        // Full: the device has not read the last one. Closed: its listener is about to end the line.
        if self.sender.try_send(Advanced { epoch: self.epoch, collections }).is_ok() {
            self.withdrawn.clear();
            for (collection, reached) in &mut self.reached {
                *reached = positions.get(collection).copied().unwrap_or_default().max(*reached);
            }
        }
    }

    /// A round has ended; whether there was news meanwhile, which may be none any more.
    pub(super) fn end_round(&mut self) -> bool {
        self.rounds = self.rounds.saturating_sub(1);
        self.rounds == 0 && std::mem::take(&mut self.has_missed)
    }
}
