//! How much work one round may cause, looked at between changes.
//!
//! Why: a body within all limits can ask for minutes of work, and a client that has gone is not there to take the
//! answer. What was judged until then is written and answered; what is left has no outcome, so its device sends it
//! again. The first change of a round is always judged: whoever sends again gets on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The work that one round may still cause. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct WorkBudget {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    limit_us: u64,
    spent_us: AtomicU64,
    has_begun: AtomicBool,
    is_cancelled: AtomicBool,
    has_cut: AtomicBool,
}

impl WorkBudget {
    /// Judging for so long.
    pub(crate) fn new(limit: Duration) -> Self {
        Self {
            shared: Arc::new(Shared {
                limit_us: count_us(limit),
                spent_us: AtomicU64::new(0),
                has_begun: AtomicBool::new(false),
                is_cancelled: AtomicBool::new(false),
                has_cut: AtomicBool::new(false),
            }),
        }
    }

    /// The office waits for as long as it takes.
    pub(crate) fn unlimited() -> Self {
        Self::new(Duration::MAX)
    }

    /// Judges one change, or does not: then it and all that follows has no outcome.
    pub(super) fn spend<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let shared = &self.shared;
        let is_first = !shared.has_begun.swap(true, Ordering::SeqCst);
        let is_over = shared.is_cancelled.load(Ordering::SeqCst) || self.is_used_up();
        if is_over && !is_first {
            shared.has_cut.store(true, Ordering::SeqCst);
            return None;
        }
        let began = Instant::now();
        let done = work();
        shared.spent_us.fetch_add(count_us(began.elapsed()), Ordering::SeqCst);
        Some(done)
    }

    /// Nobody waits for the answer any more.
    pub(crate) fn cancel(&self) {
        self.shared.is_cancelled.store(true, Ordering::SeqCst);
    }

    /// Whether the time is used up.
    pub(crate) fn is_used_up(&self) -> bool {
        self.shared.spent_us.load(Ordering::SeqCst) >= self.shared.limit_us
    }

    /// Whether anything was left without an outcome.
    pub(crate) fn has_cut(&self) -> bool {
        self.shared.has_cut.load(Ordering::SeqCst)
    }
}

fn count_us(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

/// Cancels the work of a round when whoever waits for it goes away.
pub(crate) struct CancelOnDrop(pub(crate) WorkBudget);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_piece_of_work_is_always_done_and_the_rest_as_far_as_it_goes() {
        let budget = WorkBudget::new(Duration::ZERO);
        assert_eq!(budget.spend(|| 1), Some(1));
        assert!(!budget.has_cut(), "nothing was left");
        assert_eq!(budget.spend(|| 2), None);
        assert!(budget.has_cut() && budget.is_used_up());

        let budget = WorkBudget::unlimited();
        assert!((0..1_000).all(|n| budget.spend(|| n) == Some(n)));
        budget.clone().cancel();
        assert_eq!(budget.spend(|| ()), None);
        assert!(budget.has_cut() && !budget.is_used_up());
    }
}
