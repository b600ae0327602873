//! When a round starts, and what follows from how it ended.

use super::*;

const INTERVAL_MS: i64 = 5 * 60_000;

#[test]
fn edits_wait_a_moment_and_travel_together() {
    let mut desk = Desk::at_rest();
    assert_eq!(desk.start_of(Event::Edited), None);
    assert_eq!(desk.next_in_ms(), 1_500);
    desk.now += 1_000;
    assert_eq!(desk.start_of(Event::Edited), None, "the second edit joins the first and does not push it away");
    assert_eq!(desk.after(500).expect("a round").reason, Reason::Edited);
}

#[test]
fn a_step_that_somebody_waits_for_takes_what_is_written_along_at_once() {
    let mut desk = Desk::at_rest();
    assert_eq!(desk.start_of(Event::Edited), None);
    assert_eq!(desk.start_of(Event::EditedUrgently).expect("a round").reason, Reason::Urgent);
    assert_eq!(desk.start_of(Event::EditedUrgently), None, "one round at a time");
    assert_eq!(desk.start_of(Event::Edited), None);
    assert_eq!(desk.start_of(Event::RoundDone(quiet())).expect("one more").reason, Reason::Urgent);
    assert!(!desk.machine.status().is_verified, "what was written meanwhile is on its way");
    assert_eq!(desk.start_of(Event::RoundDone(quiet())), None);
    assert!(desk.machine.status().is_verified);
}

#[test]
fn a_step_that_somebody_waits_for_does_not_mend_a_link_that_was_lost_meanwhile() {
    let mut desk = Desk::at_rest();
    desk.random = 1_999;
    assert!(desk.start_of(Event::Hint).is_some());
    assert_eq!(desk.start_of(Event::EditedUrgently), None);
    assert_eq!(start_in(desk.fail(Failure::Unreachable, Sent::default())), None);
    let wait = desk.next_in_ms();
    assert_eq!(wait, Config::default().draw_backoff(1, desk.random));
    assert_eq!(desk.after(wait - 1), None);
    assert!(desk.after(1).is_some());
}

#[test]
fn nothing_happens_for_five_minutes_then_a_look() {
    let mut desk = Desk::at_rest();
    assert_eq!(desk.next_in_ms(), INTERVAL_MS);
    assert_eq!(desk.after(INTERVAL_MS - 1), None);
    assert_eq!(desk.after(1).expect("a round").reason, Reason::Interval);
}

#[test]
fn what_starts_a_round_at_once() {
    for (event, reason) in [
        (Event::Foreground, Reason::Returned),
        (Event::NetworkReturned, Reason::Returned),
        (Event::Hint, Reason::Hint),
        (Event::EditedUrgently, Reason::Urgent),
        (Event::SyncRequested, Reason::Requested),
        (Event::Opened, Reason::Opened),
    ] {
        let mut desk = Desk::at_rest();
        assert_eq!(desk.start_of(event.clone()).map(|plan| plan.reason), Some(reason), "{event:?}");
    }
}

#[test]
fn one_round_at_a_time_and_what_happens_meanwhile_becomes_one_more() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    for event in [Event::Edited, Event::Hint, Event::SyncRequested, Event::Foreground, Event::Tick, Event::Edited] {
        assert_eq!(desk.start_of(event), None, "a round is under way");
    }
    let next = desk.start_of(Event::RoundDone(quiet())).expect("one more");
    assert_eq!(next.reason, Reason::Requested);
    assert_eq!(desk.start_of(Event::RoundDone(quiet())), None, "and only one");
}

#[test]
fn an_edit_during_a_round_waits_its_moment_after_it() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::Hint).is_some());
    assert_eq!(desk.start_of(Event::Edited), None);
    assert_eq!(desk.start_of(Event::RoundDone(quiet())), None);
    assert!(!desk.machine.status().is_verified, "what was written meanwhile is not at the server");
    assert_eq!(desk.next_in_ms(), 1_500);
}

#[test]
fn a_lost_link_backs_off_doubling_to_the_cap() {
    let mut desk = Desk::at_rest();
    desk.random = u64::MAX / 2;
    assert!(desk.start_of(Event::SyncRequested).is_some());
    let config = Config::default();
    for failures in 1..=20 {
        assert_eq!(start_in(desk.fail(Failure::Unreachable, Sent::default())), None);
        let wait = desk.next_in_ms();
        assert_eq!(wait, config.draw_backoff(failures, desk.random));
        assert!(wait <= BACKOFF_FLOOR_MS + config.backoff_cap_ms);
        assert!(desk.after(wait).is_some(), "after the back-off a try");
    }
}

#[test]
fn who_may_end_a_back_off() {
    // (what was imposed, what happens then, whether a round starts, why)
    let backoff = Failure::Unreachable;
    let busy = Failure::Busy { retry_after_ms: Some(60_000) };
    for (imposed, event, starts, why) in [
        (backoff, Event::SyncRequested, true, "a person asked"),
        (backoff, Event::NetworkReturned, true, "what failed is back"),
        (backoff, Event::Foreground, true, "somebody is looking"),
        (backoff, Event::Hint, true, "the server spoke to us"),
        (backoff, Event::Edited, false, "another record does not mend the link"),
        (backoff, Event::EditedUrgently, false, "nor does one that somebody waits for"),
        (busy, Event::SyncRequested, true, "one person, one request"),
        (busy, Event::NetworkReturned, false, "a thousand phones come back from one tunnel"),
        (busy, Event::Hint, false, "the hint goes to all of them"),
        (busy, Event::Edited, false, "the server named a time"),
        (busy, Event::EditedUrgently, false, "to everybody"),
    ] {
        let mut desk = Desk::at_rest();
        desk.random = 1_999;
        assert!(desk.start_of(Event::SyncRequested).is_some());
        assert_eq!(start_in(desk.fail(imposed, Sent::default())), None);
        assert_eq!(desk.start_of(event.clone()).is_some(), starts, "{imposed:?}, then {event:?}: {why}");
    }
}

#[test]
fn a_busy_server_is_left_alone_at_least_as_long_as_it_asked() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    desk.random = 12_345;
    desk.fail(Failure::Busy { retry_after_ms: Some(60_000) }, Sent::default());
    assert_eq!(desk.next_in_ms(), 72_345);
    assert!(desk.start_of(Event::SyncRequested).is_some());
    let reply = RoundSummary { more: true, advanced: true, retry_after_ms: Some(30_000), ..quiet() };
    assert_eq!(desk.start_of(Event::RoundDone(reply)), None, "more to read, but not now");
    assert_eq!(desk.next_in_ms(), 42_345);
}

#[test]
fn a_withdrawn_right_stops_everything_until_enrolled_again() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    desk.fail(Failure::Unauthorized, sent(1, 3));
    assert_eq!(desk.machine.status().phase, Phase::Stopped);
    for event in [Event::Tick, Event::Edited, Event::SyncRequested, Event::NetworkReturned, Event::Hint] {
        assert_eq!(desk.start_of(event), None);
    }
    assert_eq!(desk.start_of(Event::Enrolled).expect("a round").reason, Reason::Opened);
}

#[test]
fn pages_follow_each_other_at_once_as_long_as_they_move() {
    let mut desk = Desk::new();
    assert!(desk.start_of(Event::Opened).is_some());
    let page = RoundSummary { more: true, advanced: true, received: 200, ..RoundSummary::default() };
    assert_eq!(desk.start_of(Event::RoundDone(page.clone())).expect("the next page").reason, Reason::More);
    let stuck = RoundSummary { advanced: false, received: 0, ..page };
    assert_eq!(desk.start_of(Event::RoundDone(stuck)), None, "a page that moves nothing is not asked for at once");
}

#[test]
fn a_full_outbox_goes_up_in_rounds_and_is_verified_only_when_empty() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    let half = RoundSummary { answered: 40, pending: 20, matched: true, ..RoundSummary::default() };
    assert!(desk.start_of(Event::RoundDone(half)).is_some());
    assert!(!desk.machine.status().is_verified);
    let rest = RoundSummary { answered: 20, pending: 0, matched: true, ..RoundSummary::default() };
    assert_eq!(desk.start_of(Event::RoundDone(rest)), None);
    assert!(desk.machine.status().is_verified);
    assert_eq!(desk.machine.status().last, Some(RoundEnd::Complete));
}

#[test]
fn a_document_without_a_verdict_lets_the_others_pass() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    let reply = RoundSummary { pending: 9, unanswered: [record(1)].into(), ..RoundSummary::default() };
    let next = desk.start_of(Event::RoundDone(reply)).expect("the others");
    assert_eq!(next.push.skip, [record(1)].into());
    let others = RoundSummary { pending: 1, answered: 8, ..RoundSummary::default() };
    let last = desk.start_of(Event::RoundDone(others)).expect("one more look");
    assert_eq!(last.push.skip, [record(1)].into());
    assert_eq!(desk.start_of(Event::RoundDone(RoundSummary { pending: 1, ..quiet() })), None);
    assert_eq!(desk.next_in_ms(), 30_000, "it has its turn again");
    assert!(desk.after(30_000).expect("its turn").push.skip.is_empty());
}

#[test]
fn a_batch_too_large_is_halved_down_to_the_one_that_is_too_large() {
    let mut desk = Desk::at_rest();
    let mut plan = desk.start_of(Event::SyncRequested).expect("a round");
    let mut changes = 64;
    let mut rounds = 0;
    while changes > 1 {
        let work = desk.fail(Failure::TooLarge, sent(7, changes));
        plan = start_in(work).expect("a smaller one at once");
        let fits = plan.push.budget_bytes / estimate_compressed(1_000);
        changes = fits.clamp(1, plan.push.max_changes);
        rounds += 1;
    }
    assert!((4..=6).contains(&rounds), "64 changes are about halved each time: {rounds}");
    let work = desk.fail(Failure::TooLarge, sent(7, 1));
    assert!(work.contains(&Work::SetAside { document: record(7), code: SetAsideCode::TooLarge }));
    let next = start_in(work).expect("the rest goes on");
    assert_eq!(next.push.max_changes, 1);
    let grown = desk.start_of(Event::RoundDone(RoundSummary { answered: 1, pending: 9, ..quiet() })).expect("more");
    assert!(grown.push.budget_bytes > plan.push.budget_bytes && grown.push.max_changes > 1, "it grows again");
}

#[test]
fn on_a_slow_line_the_size_that_failed_is_not_tried_again_at_once() {
    let mut desk = Desk::at_rest();
    let mut plan = desk.start_of(Event::SyncRequested).expect("a round");
    let carries = 150_000;
    let (mut lost, mut passed) = (0, 0);
    for _ in 0..100 {
        let next = if plan.page_bytes > carries {
            lost += 1;
            assert_eq!(start_in(desk.fail(Failure::Timeout, Sent::default())), None);
            desk.after(desk.next_in_ms())
        } else {
            passed += 1;
            desk.start_of(Event::RoundDone(RoundSummary { more: true, advanced: true, received: 9, ..quiet() }))
        };
        plan = next.expect("it goes on");
    }
    assert!(lost <= 5, "{lost} rounds were lost, {passed} passed");
}

#[test]
fn a_server_that_refuses_even_nothing_is_left_alone() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    desk.random = 500;
    assert_eq!(start_in(desk.fail(Failure::Rejected, Sent::default())), None);
    assert_eq!(desk.next_in_ms(), BACKOFF_FLOOR_MS + 500);
}

#[test]
fn a_record_is_convicted_of_timing_out_only_while_others_pass() {
    let mut desk = Desk::at_rest();
    let mut plan = desk.start_of(Event::SyncRequested).expect("a round");
    for strike in 1.. {
        assert!(plan.push.skip.is_empty(), "its turn");
        assert_eq!(start_in(desk.fail(Failure::Timeout, sent(3, 1))), None);
        let without = desk.after(desk.next_in_ms()).expect("a round without it");
        assert_eq!(without.push.skip, [record(3)].into());
        let work = desk.say(Event::RoundDone(RoundSummary { pending: 1, ..quiet() }));
        if work.contains(&Work::SetAside { document: record(3), code: SetAsideCode::NeverPasses }) {
            assert_eq!(strike, Config::default().strikes);
            return;
        }
        assert!(strike < Config::default().strikes);
        plan = desk.after(3_600_000).expect("its turn comes back");
        if !plan.push.skip.is_empty() {
            desk.say(Event::RoundDone(RoundSummary { pending: 1, ..quiet() }));
            plan = desk.after(3_600_000).expect("its turn comes back");
        }
    }
}

#[test]
fn a_dead_link_convicts_nobody() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    for _ in 0..50 {
        let work = desk.fail(Failure::Timeout, sent(3, 1));
        assert!(!work.iter().any(|work| matches!(work, Work::SetAside { .. })));
        assert!(desk.after(desk.next_in_ms()).is_some());
        let work = desk.fail(Failure::Timeout, Sent::default());
        assert!(!work.iter().any(|work| matches!(work, Work::SetAside { .. })));
        assert!(desk.after(desk.next_in_ms()).expect("again").push.skip.is_empty());
    }
}

#[test]
fn a_difference_is_audited_fetched_and_looked_at_again() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::Hint).is_some());
    let differs = RoundSummary { mismatched: [collection()].into(), ..RoundSummary::default() };
    let audit = desk.start_of(Event::RoundDone(differs.clone())).expect("an audit at once");
    assert_eq!((audit.reason, audit.audit.len()), (Reason::Repair, 1));
    let found =
        RoundSummary { audited: [collection()].into(), differing: [record(1), record(2)].into(), ..differs.clone() };
    let fetch = desk.start_of(Event::RoundDone(found)).expect("what differs");
    assert_eq!((fetch.audit.len(), fetch.fetch.len()), (0, 2));
    let some = RoundSummary { fetched: [record(1)].into(), received: 1, ..differs };
    assert_eq!(desk.start_of(Event::RoundDone(some)).expect("the rest").fetch, [record(2)].into());
    let healed = RoundSummary { fetched: [record(2)].into(), received: 1, ..quiet() };
    assert_eq!(desk.start_of(Event::RoundDone(healed)), None);
    assert!(desk.machine.status().is_verified);
}

#[test]
fn a_difference_that_stays_is_not_chased_for_ever() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::Hint).is_some());
    let differs = RoundSummary { mismatched: [collection()].into(), ..RoundSummary::default() };
    let mut audits = 0;
    while desk.start_of(Event::RoundDone(differs.clone())).is_some() {
        audits += 1;
        assert!(audits < 100, "it never rests");
    }
    assert_eq!(audits, Config::default().repair_attempts);
    assert!(!desk.machine.status().is_verified, "and nothing is claimed");
    assert!(desk.start_of(Event::SyncRequested).expect("a round").audit.is_empty());
    assert_eq!(desk.start_of(Event::RoundDone(differs.clone())), None, "it rests");
    desk.now += Config::default().repair_rest_ms;
    assert!(desk.start_of(Event::SyncRequested).is_some());
    assert!(desk.start_of(Event::RoundDone(differs)).is_some(), "and tries again later");
}

#[test]
fn another_life_of_this_phone_takes_a_new_installation_first() {
    let mut desk = Desk::at_rest();
    assert!(desk.start_of(Event::SyncRequested).is_some());
    let work = desk.say(Event::ForkDetected);
    assert!(work.contains(&Work::TakeNewInstallation));
    assert_eq!(desk.start_of(Event::SyncRequested), None, "not before the edits are made again");
    assert!(desk.start_of(Event::InstallationTaken).is_some());
    for _ in 1..Config::default().fork_attempts {
        desk.say(Event::ForkDetected);
        assert!(desk.start_of(Event::InstallationTaken).is_some());
    }
    let work = desk.say(Event::ForkDetected);
    assert!(!work.contains(&Work::TakeNewInstallation), "a server that always says so is a failing server");
    assert!(desk.after(desk.next_in_ms()).is_some());
}

#[test]
fn stale_news_of_a_round_that_is_over_changes_nothing() {
    let mut desk = Desk::at_rest();
    let before = desk.machine.status();
    assert!(desk.say(Event::RoundDone(quiet())).is_empty());
    assert!(desk.fail(Failure::Unauthorized, Sent::default()).is_empty());
    assert!(desk.say(Event::ForkDetected).is_empty());
    assert_eq!(desk.machine.status(), before);
}
