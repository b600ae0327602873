//! Phones whose clocks are wrong, and a server whose clock is.

use contract::{GetSession, GetSync, NetworkState, NoteClock, SyncResult};
use domain::account::Scope;
use domain::flat::Scalar;
use domain::{DueState, Kind, Visit};
use sync::machine::{Event, Phase};

use crate::network::Fate;
use crate::people::{CHEN_LI, HE_JING, LI_MIN};
use crate::phone::Phone;
use crate::world::World;

const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// From the day of the stories into 2030.
const TO_2030: i64 = 1_400 * DAY;
const DOOR: &str = "2栋1单元101";

fn due(phone: &mut Phone, door: &str) -> DueState {
    phone.household(door).row.due
}

/// The visits that the district has.
fn visits(world: &World) -> Vec<Visit> {
    let records = world.district.records().into_iter().filter(|record| record.kind == Kind::Visit);
    records.map(|record| serde_json::from_str(&record.projection).unwrap()).collect()
}

#[test]
fn a_visit_made_in_2030_by_a_phone_that_has_synced_is_dated_today() {
    let mut world = World::begin(60);
    let (chen, li) = (world.enrol(1, "陈立", domain::Role::GridWorker, TO_2030), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    let receipt = world.work(chen, |phone| phone.visit(home, |_| ()));
    assert!(receipt.at.since_ms(world.moment()).abs() < 60_000, "the receipt says the right time");
    world.come_together();
    for who in [chen, li] {
        assert_eq!(due(&mut world.phones[who], DOOR), DueState::DueIn { days: 182 });
        let at = world.phones[who].household(DOOR).visits[0].at;
        assert!(at.since_ms(world.moment()).abs() < HOUR);
    }
    let written = visits(&world).remove(0);
    assert!((written.clock_correction_ms + TO_2030).abs() < 60_000, "what the device said is kept: {written:?}");
    world.expect_one_truth();
}

#[test]
fn a_visit_of_2030_that_was_made_offline_holds_nobody_back_once_it_comes_in() {
    let mut world = World::begin(61);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    // The phone is switched on again with another clock, there is no network for three days.
    world.phones[chen].reboot_wrong_by(TO_2030);
    world.fates = vec![Fate::NoConnection];
    world.restart(chen);
    let receipt = world.phones[chen].visit(home, |form| form.note = "平安".into());
    assert!(receipt.at.since_ms(world.moment()) > TO_2030 - HOUR, "the device's time is all there is");
    world.sleep(3 * DAY);
    world.come_together();
    for who in [chen, li] {
        assert_eq!(due(&mut world.phones[who], DOOR), DueState::DueIn { days: 179 }, "it was made three days ago");
    }
    let written = visits(&world).remove(0);
    assert!((written.at_end.since_ms(world.moment()) + 3 * DAY).abs() < HOUR, "{written:?}");
    assert!((written.clock_correction_ms + TO_2030).abs() < HOUR);
    // A later right visit counts.
    let li_at = world.work(li, |phone| phone.visit(home, |_| ())).at;
    world.come_together();
    for who in [chen, li] {
        assert_eq!(due(&mut world.phones[who], DOOR), DueState::DueIn { days: 182 });
        assert_eq!(world.phones[who].household(DOOR).visits[0].at.local_date(), li_at.local_date(), "newest first");
    }
    world.expect_one_truth();
}

#[test]
fn a_visit_of_2030_that_the_office_accepts_is_dated_by_the_day_it_came_in() {
    let mut world = World::begin(67);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    world.phones[chen].reboot_wrong_by(TO_2030);
    world.fates = vec![Fate::NoConnection];
    world.restart(chen);
    world.phones[chen].visit(home, |_| ());
    let mut owner = world.phones[chen].owner.clone();
    owner.scope = Scope { grids: ["990101001001004".parse().unwrap()].into(), ..Scope::default() };
    world.district.save_account(owner);
    world.come_together();
    let arrived_at = world.moment();
    world.sleep(5 * DAY);
    assert!(world.district.accept_held() > 0, "it waited for the office");
    world.come_together();
    assert_eq!(due(&mut world.phones[li], DOOR), DueState::DueIn { days: 177 });
    let written = visits(&world).remove(0);
    assert!(written.at_end.since_ms(arrived_at).abs() < HOUR, "{written:?}");
    world.expect_one_truth();
}

#[test]
fn a_clock_that_was_put_right_before_the_round_leaves_no_visit_in_the_future() {
    let mut world = World::begin(62);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    world.phones[chen].reboot_wrong_by(TO_2030);
    world.fates = vec![Fate::NoConnection; 2];
    world.restart(chen);
    world.phones[chen].visit(home, |_| ());
    assert_eq!(due(&mut world.phones[chen], DOOR), DueState::DueIn { days: 182 });
    world.phones[chen].reboot_wrong_by(0);
    world.restart(chen);
    assert!(
        !matches!(due(&mut world.phones[chen], DOOR), DueState::DueIn { days: 1_000.. }),
        "not for years, even offline"
    );
    world.come_together();
    for who in [chen, li] {
        assert_eq!(due(&mut world.phones[who], DOOR), DueState::DueIn { days: 182 });
    }
    assert!(visits(&world)[0].at_end <= world.moment());
    world.expect_one_truth();
}

#[test]
fn a_clock_that_is_set_while_the_app_is_closed_changes_nothing_either() {
    for wrong_by_ms in [TO_2030, -3 * HOUR] {
        let mut world = World::begin(69);
        let chen = world.give_phone(CHEN_LI);
        world.load_all();
        let home = world.phones[chen].find(DOOR);
        world.phones[chen].set_clock_wrong_by(wrong_by_ms);
        world.fates = vec![Fate::NoConnection; 2];
        world.restart(chen);
        let receipt = world.phones[chen].visit(home, |_| ());
        assert!(receipt.at.since_ms(world.moment()).abs() < 60_000, "without any network");
        assert_eq!(due(&mut world.phones[chen], DOOR), DueState::DueIn { days: 182 });
        world.come_together();
        let written = visits(&world).remove(0);
        assert!((written.clock_correction_ms + wrong_by_ms).abs() < 60_000, "{written:?}");
        world.expect_one_truth();
    }
}

#[test]
fn three_hours_behind_makes_no_difference_to_what_anybody_sees() {
    let mut world = World::begin(63);
    let (chen, li) = (world.enrol(1, "陈立", domain::Role::GridWorker, -3 * HOUR), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    let on_li = world.work(li, |phone| phone.visit(home, |_| ())).at;
    world.pass(60_000);
    let on_chen = world.work(chen, |phone| phone.visit(home, |_| ())).at;
    assert!(on_chen > on_li, "who comes a minute later was there a minute later");
    world.come_together();
    let seen = world.phones[li].household(DOOR);
    assert_eq!(seen.visits[0].by.as_deref(), Some("陈立"), "newest first, on either phone");
    world.expect_one_truth();
}

#[test]
fn of_two_names_the_one_typed_later_is_shown_whatever_the_clocks_say() {
    let mut world = World::begin(64);
    let (chen, li) = (world.enrol(1, "陈立", domain::Role::GridWorker, TO_2030), world.give_phone(LI_MIN));
    world.load_all();
    world.fates = vec![Fate::NoConnection; 2];
    world.work(chen, |phone| phone.rename_contact(DOOR, "解先生"));
    world.pass(60_000);
    world.work(li, |phone| phone.rename_contact(DOOR, "解师傅"));
    world.come_together();
    for who in [chen, li] {
        let seen = world.phones[who].household(DOOR);
        assert_eq!(seen.row.contact_name, "解师傅");
        let values: Vec<_> = seen.conflicts[0].candidates.iter().map(|one| one.value.clone()).collect();
        assert_eq!(values, [Scalar::Text("解师傅".into()), Scalar::Text("解先生".into())], "both are kept");
    }
    world.expect_one_truth();
}

#[test]
fn a_clock_set_back_or_ahead_while_the_app_runs_holds_no_round_back() {
    for step in [-TO_2030, -HOUR, TO_2030] {
        let mut world = World::begin(65);
        let chen = world.give_phone(CHEN_LI);
        world.load_all();
        // A round has failed and the next one waits, when somebody sets the clock.
        world.fates = vec![Fate::NoConnection];
        world.work(chen, |phone| phone.rename_contact(DOOR, "解师傅"));
        world.pass(2_000);
        assert!(world.fates.is_empty());
        let rounds = world.rounds;
        world.phones[chen].set_clock_wrong_by(step);
        let receipt = world.work(chen, |phone| {
            let home = phone.find(DOOR);
            phone.visit(home, |_| ())
        });
        assert!(receipt.at.since_ms(world.moment()).abs() < 60_000, "the step is taken off again");
        world.pass(10_000);
        assert!(world.rounds > rounds, "what was written goes up within seconds");
        assert_eq!(world.phones[chen].count_changes("pending"), 0);
        let rounds = world.rounds;
        world.pass(6 * 60_000);
        assert!(world.rounds > rounds, "and so does the interval");
        let view = world.phones[chen].ask(GetSync {}).unwrap();
        assert_eq!(view.summary.network, NetworkState::Online);
        let last = view.last.unwrap();
        assert!(world.moment().since_ms(last.at) < 6 * 60_000 && last.at <= world.moment(), "{last:?}");
    }
}

#[test]
fn after_the_clock_was_put_back_the_chip_says_what_was_last_and_a_lost_right_is_told() {
    let mut world = World::begin(66);
    let chen = world.give_phone(CHEN_LI);
    world.phones[chen].set_clock_wrong_by(TO_2030);
    // Never reached the server in 2030: nothing is known but the device's time.
    world.fates = vec![Fate::NoConnection];
    world.restart(chen);
    world.pass(1_000);
    let in_2030 = world.phones[chen].ask(GetSync {}).unwrap().last.unwrap();
    assert_eq!(in_2030.result, SyncResult::Unreachable);
    world.phones[chen].set_clock_wrong_by(0);
    world.restart(chen);
    let view = world.phones[chen].ask(GetSync {}).unwrap();
    assert!(view.last.unwrap().at <= world.moment(), "not 上次 2030年");
    world.settle();
    world.say(chen, Event::SyncRequested);
    world.settle();
    let view = world.phones[chen].ask(GetSync {}).unwrap();
    assert_eq!((view.summary.network, view.last.unwrap().result), (NetworkState::Online, SyncResult::Done));

    world.phones[chen].set_clock_wrong_by(-TO_2030);
    world.district.revoke(world.phones[chen].owner.id);
    world.say(chen, Event::SyncRequested);
    world.pass(10_000);
    assert_eq!(world.phones[chen].pilot().status().phase, Phase::Stopped);
    let told = world.phones[chen].ask(GetSync {}).unwrap().last.unwrap();
    assert_eq!(told.result, SyncResult::Revoked);
    world.restart(chen);
    world.pass(10_000);
    let told = world.phones[chen].ask(GetSync {}).unwrap().last.unwrap();
    assert_eq!(told.result, SyncResult::Revoked, "also after a restart");
}

#[test]
fn a_wrong_clock_is_told_once_and_again_only_after_it_was_right() {
    let mut world = World::begin(67);
    let chen = world.enrol(1, "陈立", domain::Role::GridWorker, TO_2030);
    let told = |world: &mut World| world.phones[chen].ask(GetSession {}).unwrap().clock_wrong_by_ms;
    assert_eq!(told(&mut world), None, "before the first round nobody knows");
    world.load_all();
    let wrong_by_ms = told(&mut world).expect("told");
    assert!((wrong_by_ms - TO_2030).abs() < 60_000, "with direction and amount");
    assert_eq!(told(&mut world), Some(wrong_by_ms), "until the owner says that they know");
    world.phones[chen].ask(NoteClock {}).unwrap();
    assert_eq!(told(&mut world), None);
    world.restart(chen);
    world.come_together();
    assert_eq!(told(&mut world), None, "not with every round");
    world.phones[chen].set_clock_wrong_by(30_000);
    world.come_together();
    assert_eq!(told(&mut world), None, "half a minute is nobody's concern");
    world.phones[chen].set_clock_wrong_by(-3 * HOUR);
    world.come_together();
    let wrong_by_ms = told(&mut world).expect("told again");
    assert!((wrong_by_ms + 3 * HOUR).abs() < 60_000);
}

#[test]
fn a_server_whose_clock_is_set_takes_no_phone_along_and_decides_nothing_in_the_wrong_year() {
    for years in [TO_2030, -TO_2030] {
        let mut world = World::begin(68);
        let everybody = [CHEN_LI, LI_MIN, HE_JING].map(|person| world.give_phone(person));
        let [chen, li, _] = everybody;
        world.load_all();
        let home = world.phones[chen].find(DOOR);
        world.district.set_clock_wrong_by(years);
        let sync = |world: &mut World| {
            for who in everybody {
                world.say(who, Event::SyncRequested);
            }
            world.pass(5_000);
        };
        sync(&mut world);
        let receipt = world.phones[chen].visit(home, |form| form.note = "平安".into());
        assert!(receipt.at.since_ms(world.moment()).abs() < 60_000, "the phone knows better");
        let in_street = world.phones[li].report_in_street("05003", "暴露垃圾");
        sync(&mut world);
        for who in [chen, li] {
            assert_eq!(world.phones[who].count_changes("pending"), 0, "everything is taken in");
            assert_eq!(due(&mut world.phones[who], DOOR), DueState::DueIn { days: 182 });
        }
        assert_eq!(visits(&world)[0].at_end, receipt.at, "and nobody's visit is moved into the wrong year");
        assert!(world.district.incident(in_street).decisions.is_empty());

        world.district.set_clock_wrong_by(0);
        sync(&mut world);
        world.district.tick();
        let decided = world.district.incident(in_street).decisions;
        assert_eq!(decided.len(), 1);
        assert!(decided.values().all(|decision| decision.at_server.since_ms(world.moment()).abs() < HOUR));
        world.come_together();
        world.expect_one_truth();
    }
}

#[test]
fn a_server_that_had_the_wrong_time_from_the_first_is_followed_when_it_is_put_right() {
    let mut world = World::begin(70);
    world.district.set_clock_wrong_by(TO_2030);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    assert!(world.phones[chen].companion().now().since_ms(world.moment()) > TO_2030 - HOUR, "nobody knows better");
    world.district.set_clock_wrong_by(0);
    world.come_together();
    let receipt = world.work(chen, |phone| phone.visit(home, |_| ()));
    assert!(receipt.at.since_ms(world.moment()).abs() < 60_000);
    world.come_together();
    assert_eq!(due(&mut world.phones[chen], DOOR), DueState::DueIn { days: 182 });
    world.expect_one_truth();
}
