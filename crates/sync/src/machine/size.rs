//! How large a body may be on the line as it is: halves when one does not get through, and remembers which.
//!
//! A size that failed is not tried again because the next smaller one passed: on a slow line every second round would
//! then be lost. Up to half of what failed the size doubles with every full body that passes; from there it goes half
//! the way to what failed, and only after a number of full bodies, which doubles with every trial that fails. Close to
//! it, what failed is forgotten and a larger size is tried: lines get better.
//!
//! Only full bodies count: that a small one passed says nothing about a large one. And only a body of some size can
//! have failed because of its size.

/// A body of this size takes seven seconds on 20 kbit/s: below, its failure was the line's and not the size's.
const TELLING_BYTES: usize = 16 * 1024;
/// Full bodies that pass before a larger size is tried, at first.
const FIRST_PATIENCE: u32 = 8;
/// The same, at most.
const LONGEST_PATIENCE: u32 = 64;

/// The size of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    /// Most that is ever asked for.
    limit: usize,
    /// Growing begins here.
    smallest: usize,
    now: usize,
    /// The largest that passed while it was full; the limit before any did.
    passed: usize,
    /// The last that failed and may have failed because of its size.
    failed: Option<usize>,
    /// Full bodies that passed since the size last changed.
    count: u32,
    patience: u32,
}

impl Size {
    pub(super) const fn new(limit: usize, smallest: usize) -> Self {
        Self { limit, smallest, now: limit, passed: limit, failed: None, count: 0, patience: FIRST_PATIENCE / 2 }
    }

    pub(super) const fn now(&self) -> usize {
        self.now
    }

    /// A body passed; `is_full`: more would have gone into it if it could.
    pub(super) fn note_passed(&mut self, is_full: bool) {
        let Some(failed) = self.failed.filter(|failed| self.now.saturating_mul(2) >= *failed) else {
            if is_full {
                self.passed = self.now;
            }
            self.now = self.now.saturating_mul(2).clamp(self.smallest, self.limit);
            return;
        };
        if !is_full {
            return;
        }
        if self.now > self.passed {
            self.passed = self.now;
            self.patience = (self.patience / 2).max(FIRST_PATIENCE);
            self.count = 0;
        }
        self.count += 1;
        if self.count < self.patience {
            return;
        }
        self.count = 0;
        let gap = failed.saturating_sub(self.now);
        if gap <= self.now / 8 {
            self.failed = None;
            self.now = self.now.saturating_add(self.now / 2).min(self.limit);
        } else {
            self.now += gap / 2;
        }
    }

    /// A body failed, and the line may not carry its size; `tried`: how large it was at most.
    pub(super) fn note_failed(&mut self, tried: usize) {
        let tried = tried.min(self.now);
        if tried < TELLING_BYTES {
            self.shrink(tried);
            return;
        }
        self.patience = self.patience.saturating_mul(2).min(LONGEST_PATIENCE);
        self.failed = Some(tried);
        self.count = 0;
        let half = tried / 2;
        self.now = if self.passed < tried { self.passed.max(half) } else { half };
        self.passed = self.passed.min(self.now);
    }

    /// A body is halved for another reason than its size.
    pub(super) fn shrink(&mut self, tried: usize) {
        self.now = tried.min(self.now) / 2;
        self.passed = self.passed.min(self.now);
    }

    /// The next body must not be larger than this.
    pub(super) fn cut_to(&mut self, bytes: usize) {
        self.now = self.now.min(bytes);
        self.passed = self.passed.min(self.now);
    }

    /// What failed is explained otherwise: one record was to blame.
    pub(super) const fn forget_failure(&mut self) {
        self.failed = None;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const LIMIT: usize = 512 * 1024;

    /// Full bodies on a line that carries `carries` bytes: which rounds failed, and the sizes that passed.
    fn run(size: &mut Size, carries: usize, rounds: usize) -> (Vec<usize>, Vec<usize>) {
        let (mut failed, mut passed) = (Vec::new(), Vec::new());
        for round in 0..rounds {
            if size.now() > carries {
                failed.push(round);
                size.note_failed(size.now());
            } else {
                passed.push(size.now());
                size.note_passed(true);
            }
        }
        (failed, passed)
    }

    #[test]
    fn on_20_kbit_not_every_second_round_fails() {
        // 150,000 bytes in the minute after which a round is given up.
        let mut size = Size::new(LIMIT, 1_024);
        let (failed, passed) = run(&mut size, 150_000, 200);
        assert_eq!(failed[..2], [0, 1], "512 KiB, 256 KiB");
        assert!(failed.len() <= 12, "{failed:?}");
        assert!(passed[20..].iter().all(|bytes| *bytes >= 75_000), "and what passes is not small: {passed:?}");
    }

    #[test]
    fn what_was_tried_after_a_failure() {
        // What happened (a full body passed, a small one passed, it failed), the size after it in KiB, remark.
        type Row = (fn(&mut Size), usize, &'static str);
        let full: fn(&mut Size) = |size| (0..8).for_each(|_| size.note_passed(true));
        let small: fn(&mut Size) = |size| (0..100).for_each(|_| size.note_passed(false));
        let fails: fn(&mut Size) = |size| size.note_failed(size.now());
        let table: [Row; 6] = [
            (fails, 256, "half"),
            (small, 256, "small bodies prove nothing"),
            (full, 384, "half the way to what failed"),
            (fails, 256, "back to what passed"),
            (full, 256, "twice as patient"),
            (full, 320, "half the way again"),
        ];
        let mut size = Size::new(LIMIT, 1_024);
        for (happen, kilobytes, remark) in table {
            happen(&mut size);
            assert_eq!(size.now() / 1_024, kilobytes, "{remark}");
        }
    }

    #[test]
    fn a_small_body_that_is_lost_in_a_tunnel_costs_no_patience() {
        let mut size = Size::new(LIMIT, 1_024);
        size.note_failed(3_000);
        assert_eq!(size.now(), 1_500);
        for _ in 0..10 {
            size.note_passed(true);
        }
        assert_eq!(size.now(), LIMIT);
    }

    proptest! {
        #[test]
        fn on_any_line_few_rounds_fail_and_a_better_line_is_found(carries in 17_000_usize..LIMIT) {
            let mut size = Size::new(LIMIT, 1_024);
            run(&mut size, carries, 200);
            let (failed, passed) = run(&mut size, carries, 400);
            prop_assert!(failed.len() <= 40, "{} of 400", failed.len());
            let mean = passed.iter().sum::<usize>() / passed.len();
            prop_assert!(mean >= carries / 3, "{mean} of {carries}");
            run(&mut size, usize::MAX, 400);
            prop_assert_eq!(size.now(), LIMIT);
        }

        #[test]
        fn it_stays_between_nothing_and_the_limit(happens in prop::collection::vec(0_u8..6, 0..200)) {
            let mut size = Size::new(LIMIT, 1_024);
            for what in happens {
                match what {
                    0 => size.note_failed(size.now()),
                    1 => size.shrink(size.now()),
                    2 => size.cut_to(0),
                    3 => size.forget_failure(),
                    what => size.note_passed(what == 4),
                }
                prop_assert!(size.now() <= LIMIT);
            }
            for _ in 0..2_000 {
                size.note_passed(true);
            }
            prop_assert_eq!(size.now(), LIMIT, "it always comes back");
        }
    }
}
