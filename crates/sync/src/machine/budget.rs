//! How much one round may carry, and which document has to let others pass. How large a body may be says [`Size`].

use std::collections::{BTreeMap, BTreeSet};

use domain::{MonotonicMillis, RecordId};

use super::config::Config;
use super::event::{Failure, RoundSummary, Sent};
use super::push::estimate_compressed;
use super::size::Size;
use super::work::{PushLimits, SetAsideCode};

/// Below this a push is cut to one change: nothing smaller exists.
const SMALLEST_PUSH_BYTES: usize = 1_024;
/// Below this a reply is not worth its round trip.
const SMALLEST_PAGE_BYTES: usize = 16 * 1024;
/// First wait of a document that has to let others pass; doubles with every strike.
const FIRST_DEFERRAL_MS: i64 = 30_000;
/// Longest such wait.
const LONGEST_DEFERRAL_MS: i64 = 60 * 60_000;

/// What a round may carry now.
#[derive(Debug, Clone)]
pub(super) struct Budget {
    push: Size,
    page: Size,
    waiting: BTreeMap<RecordId, Waiting>,
    /// Travelled alone in a round that failed without a word about it: guilty only if a round without it passes.
    suspect: Option<RecordId>,
}

#[derive(Debug, Clone, Copy)]
struct Waiting {
    until: MonotonicMillis,
    strikes: u32,
}

/// What a failed body means for the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Try the smaller one at once.
    Smaller,
    /// One record is the culprit: set it aside, go on at once.
    SetAside(RecordId, SetAsideCode),
    /// The size is not what was wrong, or cannot be known: back off.
    BackOff,
}

impl Budget {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            push: Size::new(config.batch_bytes, SMALLEST_PUSH_BYTES),
            page: Size::new(config.page_bytes as usize, SMALLEST_PAGE_BYTES),
            waiting: BTreeMap::new(),
            suspect: None,
        }
    }

    /// The limits of a round at `now`.
    pub(super) fn limits(&self, now: MonotonicMillis) -> PushLimits {
        let mut skip: BTreeSet<RecordId> =
            self.waiting.iter().filter(|(_, waiting)| waiting.until > now).map(|(document, _)| *document).collect();
        skip.extend(self.suspect);
        let budget_bytes = self.push.now();
        let max_changes = if budget_bytes < SMALLEST_PUSH_BYTES { 1 } else { usize::MAX };
        PushLimits { budget_bytes, max_changes, skip }
    }

    pub(super) fn page_bytes(&self) -> u32 {
        u32::try_from(self.page.now().max(SMALLEST_PAGE_BYTES)).unwrap_or(u32::MAX)
    }

    /// When the next waiting document has its turn.
    pub(super) fn next_turn(&self, now: MonotonicMillis) -> Option<MonotonicMillis> {
        self.waiting.values().map(|waiting| waiting.until).filter(|until| *until > now).min()
    }

    /// A person asked: nobody waits (strikes stay).
    pub(super) fn end_waiting(&mut self) {
        self.suspect = None;
        for waiting in self.waiting.values_mut() {
            waiting.until = MonotonicMillis::new(0);
        }
    }

    /// A round passed. Grows the limits, and judges the suspect that was left out of it.
    pub(super) fn note_passed(
        &mut self,
        config: &Config,
        now: MonotonicMillis,
        summary: &RoundSummary,
    ) -> Option<RecordId> {
        // A reply is full when there is more to read, a push when something is left that was not offered.
        self.page.note_passed(summary.more);
        if summary.answered > 0 {
            self.push.note_passed(summary.pending > summary.unanswered.len());
        }
        for document in &summary.unanswered {
            self.defer(*document, now, 0);
        }
        let suspect = self.suspect.take()?;
        let strikes = self.defer(suspect, now, 1);
        (strikes >= config.strikes).then(|| {
            self.waiting.remove(&suspect);
            suspect
        })
    }

    /// A round with this body failed.
    pub(super) fn note_failed(&mut self, failure: Failure, sent: Sent) -> Verdict {
        match failure {
            Failure::TooLarge | Failure::Rejected => self.note_refused(failure, sent),
            // A defect too is looked for by halves: the record that calls it up is set aside, the rest goes on.
            Failure::Timeout | Failure::Broken | Failure::Server | Failure::MalformedReply | Failure::Defect => {
                self.page.note_failed(self.page.now());
                self.suspect = None;
                if sent.changes == 1 {
                    self.suspect = sent.first;
                } else if sent.changes > 1 {
                    self.push.note_failed(estimate_compressed(sent.bytes));
                    self.part_two(sent);
                }
                Verdict::BackOff
            }
            Failure::Unreachable
            | Failure::Untrusted
            | Failure::Busy { .. }
            | Failure::Unauthorized
            | Failure::TokenUnknown
            | Failure::StorageFull
            | Failure::StorageFailed => Verdict::BackOff,
        }
    }

    fn note_refused(&mut self, failure: Failure, sent: Sent) -> Verdict {
        let code = if failure == Failure::TooLarge { SetAsideCode::TooLarge } else { SetAsideCode::Rejected };
        match (sent.changes, sent.first) {
            (1, Some(document)) => {
                self.waiting.remove(&document);
                self.push.forget_failure();
                Verdict::SetAside(document, code)
            }
            (2.., _) => {
                let tried = estimate_compressed(sent.bytes);
                if failure == Failure::TooLarge {
                    self.push.note_failed(tried)
                } else {
                    self.push.shrink(tried)
                }
                self.part_two(sent);
                Verdict::Smaller
            }
            // A round without a push cannot be made smaller: the server is wrong, not the batch.
            _ => Verdict::BackOff,
        }
    }

    /// Half of two changes is one, whatever their sizes.
    fn part_two(&mut self, sent: Sent) {
        if sent.changes == 2 {
            self.push.cut_to(0);
        }
    }

    fn defer(&mut self, document: RecordId, now: MonotonicMillis, strike: u32) -> u32 {
        let waiting = self.waiting.entry(document).or_insert(Waiting { until: now, strikes: 0 });
        waiting.strikes += strike;
        let wait = FIRST_DEFERRAL_MS.saturating_mul(1 << waiting.strikes.min(12)).min(LONGEST_DEFERRAL_MS);
        waiting.until = now.plus_ms(wait);
        waiting.strikes
    }
}
