//! From a digest that does not match to one that does: audit, fetch, look again; bounded.

use std::collections::BTreeSet;

use domain::{Collection, MonotonicMillis, RecordId};

use super::config::Config;
use super::event::RoundSummary;

/// How far a repair has come.
#[derive(Debug, Clone, Default)]
pub(super) struct Repair {
    audit: BTreeSet<Collection>,
    fetch: BTreeSet<RecordId>,
    attempts: u32,
    rests_until: Option<MonotonicMillis>,
}

impl Repair {
    /// What the next round asks for.
    pub(super) fn wishes(&self, config: &Config) -> (BTreeSet<Collection>, BTreeSet<RecordId>) {
        (self.audit.clone(), self.fetch.iter().take(config.fetch_documents).copied().collect())
    }

    /// There is something to ask for.
    pub(super) fn is_under_way(&self) -> bool {
        !self.audit.is_empty() || !self.fetch.is_empty()
    }

    /// Takes in a round that asked for `asked`.
    pub(super) fn note_round(
        &mut self,
        config: &Config,
        now: MonotonicMillis,
        asked: &BTreeSet<RecordId>,
        summary: &RoundSummary,
    ) {
        if summary.matched {
            *self = Self::default();
            return;
        }
        // An audit is asked once; a server that does not answer it (no such capability) is not asked again now.
        self.audit.clear();
        // What was asked for and did not come cannot be had, unless the reply was full: then some of it came.
        if summary.fetched.is_empty() {
            self.fetch.retain(|document| !asked.contains(document));
        } else {
            self.fetch.retain(|document| !summary.fetched.contains(document));
        }
        self.fetch.extend(&summary.differing);
        if self.fetch.is_empty() && !summary.mismatched.is_empty() {
            self.plan_audit(config, now, &summary.mismatched);
        }
    }

    fn plan_audit(&mut self, config: &Config, now: MonotonicMillis, mismatched: &BTreeSet<Collection>) {
        if self.rests_until.is_some_and(|until| now < until) {
            return;
        }
        if self.attempts >= config.repair_attempts {
            self.attempts = 0;
            self.rests_until = Some(now.plus_ms(config.repair_rest_ms));
            return;
        }
        self.attempts += 1;
        self.rests_until = None;
        self.audit.clone_from(mismatched);
    }
}
