//! What the time is, on a phone whose clock nobody vouches for.
//!
//! Why: visits, limits and "newest wins" are compared between phones, and a phone whose clock says 2030 must neither win
//! nor lose by it. So everything the companion dates, compares or shows uses [`Companion::now`]; the device's own time is
//! told to the server with each round and stays in the steps of incidents as evidence.
//!
//! Flow: each round measures how far the server's clock is ahead ([`Clockwork::measure`], the middle of the round trip;
//! a difference that the round trip explains changes nothing). From then on the time is the device's plus that. While the
//! app runs, and until the device is switched off, the monotonic clock says whether somebody sets the device's clock: the
//! step is taken off again. After that a clock that says less than what the server last said is not believed.
//!
//! Failure: before the first round there is nothing but the device's clock, and it is used as it is. A clock that is set
//! ahead before the device is switched on again is believed until the next round; whoever reads leaves out what is dated beyond the
//! server's tomorrow, and the server dates it anew when it comes in. Where the monotonic clock does not count the
//! device's sleep, a step ahead may be a sleep: there the device is believed.

use contract::Topic;
use domain::{MonotonicMillis, UnixMillis};

use crate::companion::Companion;
use crate::store::clock::{
    ClockAnchor, needs_noting, note_time, put_anchor, read_ahead, read_anchor, read_server_time,
};
use crate::store::{Store, StoreError};
use crate::surroundings::Clock;

/// Clocks that differ by less are in step: nobody notices, and the two of one device drift apart a little.
const IN_STEP_MS: i64 = 5_000;
/// A start that comes out so much before what the server last said is not believed.
const BELIEVED_BACK_MS: i64 = 10 * 60_000;

/// What a phone knows of the time beyond what its clock says.
#[derive(Debug)]
pub(crate) struct Clockwork {
    /// How far the server's clock is ahead; `None`: never measured.
    ahead_ms: Option<i64>,
    /// What the device's two clocks differ by when nobody has set one since.
    apart_ms: i64,
    can_tell_sleep: bool,
    /// What screens know of the difference.
    shown_ms: i64,
}

impl Clockwork {
    /// At the start of the app: what the last rounds told, as far as it still holds.
    pub(crate) fn start(store: &mut Store, clock: &dyn Clock) -> Result<Self, StoreError> {
        let (wall, elapsed) = (clock.now(), clock.elapsed());
        let (ahead_ms, known) = (read_ahead(store.read())?, read_server_time(store.read())?);
        let apart_ms = subtract(wall, elapsed);
        let can_tell_sleep = clock.counts_sleep();
        let anchor = read_anchor(store.read())?.filter(|anchor| clock.boot().as_ref() == Some(&anchor.boot));
        let started = Self {
            ahead_ms: match anchor {
                Some(anchor) => Some(follow_step(anchor.ahead_ms, apart_ms, anchor.apart_ms, can_tell_sleep)),
                None => ahead_ms.map(|ahead_ms| correct_stale(wall, ahead_ms, known)),
            },
            apart_ms,
            can_tell_sleep,
            shown_ms: 0,
        };
        let now = started.now(wall, elapsed);
        // A full disk keeps nobody from opening the app: the time is noted with the next edit.
        if needs_noting(store.read(), now)?
            && let Err(error) = store.write(|writing| note_time(writing, now))
        {
            tracing::warn!(%error, "the time could not be noted");
        }
        Ok(started)
    }

    /// The time.
    pub(crate) fn now(&self, wall: UnixMillis, elapsed: MonotonicMillis) -> UnixMillis {
        wall.plus_ms(self.ahead_ms(wall, elapsed))
    }

    /// How far the time is ahead of the device's clock.
    fn ahead_ms(&self, wall: UnixMillis, elapsed: MonotonicMillis) -> i64 {
        let Some(ahead_ms) = self.ahead_ms else { return 0 };
        follow_step(ahead_ms, subtract(wall, elapsed), self.apart_ms, self.can_tell_sleep)
    }

    /// A reply said what the time is.
    pub(crate) fn measure(&mut self, clock: &dyn Clock, ahead_ms: i64) {
        self.ahead_ms = Some(ahead_ms);
        self.apart_ms = subtract(clock.now(), clock.elapsed());
    }
}

/// A difference that was right when the device's two clocks were `before_ms` apart, now that they are `apart_ms`.
const fn follow_step(ahead_ms: i64, apart_ms: i64, before_ms: i64, can_tell_sleep: bool) -> i64 {
    let step_ms = apart_ms.saturating_sub(before_ms);
    if step_ms.saturating_abs() <= IN_STEP_MS || (step_ms > 0 && !can_tell_sleep) {
        return ahead_ms;
    }
    ahead_ms.saturating_sub(step_ms)
}

/// A stored difference when the device's clock may have been set since: it is at least as late as it was known to be.
fn correct_stale(wall: UnixMillis, ahead_ms: i64, known: Option<UnixMillis>) -> i64 {
    let Some(known) = known else { return ahead_ms };
    let is_early = |at: UnixMillis| known.since_ms(at) > BELIEVED_BACK_MS;
    if !is_early(wall.plus_ms(ahead_ms)) {
        ahead_ms
    } else if !is_early(wall) {
        // The clock ran ahead and was put right.
        0
    } else {
        known.since_ms(wall)
    }
}

/// How far the wall clock is from the monotonic one.
const fn subtract(wall: UnixMillis, elapsed: MonotonicMillis) -> i64 {
    wall.as_i64().saturating_sub(elapsed.as_i64())
}

/// A clock that is wrong by no more needs no word: it changes nothing that a person would notice.
const TELL_FROM_MS: i64 = 5 * 60_000;

/// Whether nobody would notice such a difference.
pub(crate) const fn is_nearly_right(ahead_ms: i64) -> bool {
    ahead_ms.unsigned_abs() <= TELL_FROM_MS.unsigned_abs()
}

/// By how much the device's clock is wrong, where its owner has to be told: not while it is nearly right, and not again
/// for what they know, unless it has become half as much worse or turned round.
pub(crate) fn find_untold(wrong_by_ms: i64, told_ms: Option<i64>) -> Option<i64> {
    let told_ms = told_ms.unwrap_or(0);
    let is_known = !is_nearly_right(told_ms)
        && wrong_by_ms.signum() == told_ms.signum()
        && wrong_by_ms.abs() <= told_ms.abs().saturating_add((told_ms / 2).abs().max(TELL_FROM_MS));
    (!is_nearly_right(wrong_by_ms) && !is_known).then_some(wrong_by_ms)
}

/// How far the server's clock may fall back or leap ahead between two rounds before it is asked who is wrong.
const SERVER_BACK_MS: i64 = UnixMillis::DAY_MS;
const SERVER_LEAP_MS: i64 = 400 * UnixMillis::DAY_MS;
/// So long after the server's last word the device's own clock is a witness for it.
const WITNESS_MS: i64 = 60 * UnixMillis::DAY_MS;

/// When a reply came, and what was known before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReplyTime {
    /// The device's clock when the reply was there.
    pub(crate) device: UnixMillis,
    /// How long request and reply were on their way, and the server at work.
    pub(crate) round_trip_ms: i64,
    /// How far the server's clock was taken to be ahead; `None`: never measured.
    pub(crate) known_ms: Option<i64>,
}

impl ReplyTime {
    /// How far the server's clock is ahead. What was known stays where the round trip can explain the rest (the server
    /// read its clock at some moment between sending and arrival), and where it is the server whose clock was set:
    /// `last_word` is what it said the last time.
    pub(crate) fn measure_ahead(self, server: UnixMillis, last_word: Option<UnixMillis>) -> i64 {
        let trip_ms = self.round_trip_ms.max(0);
        let at_arrival_ms = server.since_ms(self.device);
        let explained = at_arrival_ms.saturating_sub(IN_STEP_MS)..=at_arrival_ms.saturating_add(trip_ms + IN_STEP_MS);
        let known_ms = self.known_ms.unwrap_or(0);
        if explained.contains(&known_ms) || last_word.is_some_and(|last| self.contradicts(server, last)) {
            return known_ms;
        }
        at_arrival_ms.saturating_add(trip_ms / 2)
    }

    /// Whether the server's clock was set, by its own last word and this device's clock: two against one.
    fn contradicts(self, server: UnixMillis, last_word: UnixMillis) -> bool {
        let is_set = !(-SERVER_BACK_MS..=SERVER_LEAP_MS).contains(&server.since_ms(last_word));
        is_set && (-SERVER_BACK_MS..=WITNESS_MS).contains(&self.device.since_ms(last_word))
    }
}

/// Notes how the clocks stand, where that tells anything new.
fn note_anchor(store: &mut Store, anchor: &ClockAnchor) -> Result<(), StoreError> {
    let known = read_anchor(store.read())?.filter(|known| known.boot == anchor.boot);
    let is_known = known.is_some_and(|known| {
        known.ahead_ms == anchor.ahead_ms && known.apart_ms.abs_diff(anchor.apart_ms) <= IN_STEP_MS.unsigned_abs()
    });
    if is_known { Ok(()) } else { store.write(|writing| put_anchor(writing, anchor)) }
}

impl Companion {
    /// The time: the device's clock as the server's corrects it. Everything that is dated, compared or shown uses it.
    #[must_use]
    pub fn now(&self) -> UnixMillis {
        self.clockwork.now(self.device_now(), self.elapsed())
    }

    /// What the device's own clock says: evidence, and what the server is told of it.
    #[must_use]
    pub fn device_now(&self) -> UnixMillis {
        self.surroundings.clock.now()
    }

    /// How long the device has been running: what waiting is measured with.
    #[must_use]
    pub fn elapsed(&self) -> MonotonicMillis {
        self.surroundings.clock.elapsed()
    }

    /// A reply is here that was asked for so long ago.
    pub(crate) fn note_arrival(&self, round_trip_ms: i64) -> ReplyTime {
        let known_ms = self.clockwork.ahead_ms.map(|_| self.clock_ahead_ms());
        ReplyTime { device: self.device_now(), round_trip_ms, known_ms }
    }

    /// A round has measured how far the server's clock is ahead.
    pub(crate) fn note_clock_measured(&mut self, ahead_ms: i64) {
        let clock = self.surroundings.clock.as_ref();
        self.clockwork.measure(clock, ahead_ms);
        let Some(boot) = clock.boot() else { return };
        let anchor = ClockAnchor { boot, apart_ms: self.clockwork.apart_ms, ahead_ms };
        if let Err(error) = note_anchor(&mut self.store, &anchor) {
            tracing::warn!(%error, "how the clocks stand could not be noted");
        }
    }

    /// Screens that write dates by the device's clock ask again when it was set.
    pub(crate) fn note_clock_shown(&mut self) {
        let ahead_ms = self.clock_ahead_ms();
        if ahead_ms.abs_diff(self.clockwork.shown_ms) > IN_STEP_MS.unsigned_abs() {
            self.clockwork.shown_ms = ahead_ms;
            self.mark_changed([Topic::Session]);
        }
    }

    /// How far the time is ahead of the device's clock, in milliseconds; negative: the device's clock is ahead.
    #[must_use]
    pub fn clock_ahead_ms(&self) -> i64 {
        self.clockwork.ahead_ms(self.device_now(), self.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis::new(1_795_400_000_000);
    const HOUR_MS: i64 = 3_600_000;
    const YEARS_MS: i64 = 4 * 365 * UnixMillis::DAY_MS;

    fn clockwork(ahead_ms: Option<i64>, can_tell_sleep: bool) -> Clockwork {
        Clockwork { ahead_ms, apart_ms: NOW.as_i64(), can_tell_sleep, shown_ms: 0 }
    }

    #[test]
    fn a_clock_that_is_set_while_the_app_runs_changes_nothing() {
        for ahead_ms in [0, -YEARS_MS, 3 * HOUR_MS] {
            let known = clockwork(Some(ahead_ms), true);
            let elapsed = MonotonicMillis::new(HOUR_MS);
            let right = NOW.plus_ms(HOUR_MS + ahead_ms);
            for step_ms in [0, 4_000, -YEARS_MS, YEARS_MS, -HOUR_MS] {
                let now = known.now(NOW.plus_ms(HOUR_MS + step_ms), elapsed);
                assert!(now.since_ms(right).abs() <= IN_STEP_MS, "{ahead_ms} {step_ms}");
            }
        }
    }

    #[test]
    fn before_the_first_round_and_where_a_step_may_be_a_sleep_the_device_is_believed() {
        let later = NOW.plus_ms(8 * HOUR_MS);
        assert_eq!(clockwork(None, true).now(NOW.plus_ms(-YEARS_MS), MonotonicMillis::new(0)), NOW.plus_ms(-YEARS_MS));
        assert_eq!(clockwork(Some(0), false).now(later, MonotonicMillis::new(1_000)), later, "it slept");
        assert_eq!(clockwork(Some(0), true).now(later, MonotonicMillis::new(1_000)), NOW.plus_ms(1_000));
        let back = clockwork(Some(0), false).now(NOW.plus_ms(-HOUR_MS), MonotonicMillis::new(1_000));
        assert_eq!(back, NOW.plus_ms(1_000), "nobody sleeps backwards");
    }

    #[test]
    fn what_a_start_believes() {
        let known = Some(NOW);
        assert_eq!(correct_stale(NOW.plus_ms(YEARS_MS), -YEARS_MS, known), -YEARS_MS, "still as wrong as before");
        assert_eq!(correct_stale(NOW.plus_ms(HOUR_MS), -YEARS_MS, known), 0, "it was put right");
        let flat_battery = UnixMillis::new(0);
        assert_eq!(flat_battery.plus_ms(correct_stale(flat_battery, 0, known)), NOW, "at least so late");
        assert_eq!(correct_stale(NOW.plus_ms(-60_000), 0, known), 0, "a minute is no step");
        assert_eq!(correct_stale(NOW, 7, None), 7);
    }

    #[test]
    fn a_slow_reply_is_no_wrong_clock() {
        let reply = |device, round_trip_ms, known_ms| ReplyTime { device, round_trip_ms, known_ms };
        let slow = |known_ms| reply(NOW.plus_ms(40_000), 40_000, known_ms);
        assert_eq!(slow(None).measure_ahead(NOW.plus_ms(1_000), None), 0, "the way back took it");
        assert_eq!(slow(Some(0)).measure_ahead(NOW, Some(NOW)), 0);
        let ahead_ms = slow(Some(0)).measure_ahead(NOW.plus_ms(60_000), Some(NOW));
        assert_eq!(ahead_ms, 40_000, "the middle of the round trip");
        assert_eq!(reply(NOW.plus_ms(YEARS_MS), 0, Some(0)).measure_ahead(NOW, Some(NOW)), -YEARS_MS);
    }

    #[test]
    fn a_server_whose_clock_was_set_is_not_followed_and_is_followed_back() {
        let at = |device, known_ms| ReplyTime { device, round_trip_ms: 0, known_ms: Some(known_ms) };
        for years_ms in [-YEARS_MS, YEARS_MS] {
            assert_eq!(at(NOW, 0).measure_ahead(NOW.plus_ms(years_ms), Some(NOW)), 0, "the phone knows better");
            let followed = at(NOW, years_ms).measure_ahead(NOW, Some(NOW.plus_ms(years_ms)));
            assert_eq!(followed, 0, "it was wrong when it first spoke");
        }
        let away = NOW.plus_ms(-300 * UnixMillis::DAY_MS);
        assert_eq!(at(NOW, 0).measure_ahead(NOW.plus_ms(HOUR_MS), Some(away)), HOUR_MS, "a phone from a drawer");
    }

    #[test]
    fn when_a_person_is_told() {
        assert_eq!(find_untold(TELL_FROM_MS, None), None, "minutes are nobody's concern");
        assert_eq!(find_untold(HOUR_MS, None), Some(HOUR_MS));
        assert_eq!(find_untold(HOUR_MS + 60_000, Some(HOUR_MS)), None, "they know");
        assert_eq!(find_untold(HOUR_MS / 2, Some(HOUR_MS)), None, "less is no news");
        assert_eq!(find_untold(2 * HOUR_MS, Some(HOUR_MS)), Some(2 * HOUR_MS), "much worse is");
        assert_eq!(find_untold(-HOUR_MS, Some(HOUR_MS)), Some(-HOUR_MS), "so is the other way round");
    }
}
