//! What sync costs when nothing is wrong: counted, not timed.

use sync::machine::Event;

use crate::people::{CHEN_LI, LI_MIN, ZHOU_GUIFANG};
use crate::world::World;

#[test]
fn a_first_download_is_two_requests_and_a_quiet_look_is_one_small_one() {
    let mut world = World::begin(30);
    let chen = world.give_phone(CHEN_LI);
    world.restart(chen);
    world.settle();
    assert!(world.phones[chen].is_verified());
    assert!(world.rounds <= 2, "{} requests", world.rounds);
    let before = world.rounds;
    world.pass(6 * 60_000);
    assert_eq!(world.rounds - before, 1, "one look in five minutes");
    let (up, down) = world.last_bytes;
    assert!(up < 500 && down < 500, "nothing to do: {up} bytes up, {down} bytes down");
}

#[test]
fn a_good_day_needs_no_repair_and_a_shift_of_thirty_visits_is_one_request() {
    let mut world = World::begin(31);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.give_phone(ZHOU_GUIFANG);
    world.load_all();
    let doors: Vec<_> = world.phones[chen].households().iter().map(|row| row.id).collect();
    let before = world.rounds;
    // Written underground: the app has no network to notice.
    for n in 0..30 {
        world.phones[chen].visit(doors[n % doors.len()], |form| form.note = format!("走访记录{n}"));
        world.pass(1_000);
    }
    assert_eq!(world.rounds, before);
    world.say(chen, Event::NetworkReturned);
    world.settle();
    assert_eq!(world.rounds - before, 1, "thirty visits, one request");
    let (up, _) = world.last_bytes;
    assert!(up < 45_000 / 4, "thirty visits: {up} bytes");
    assert!(world.phones[chen].is_verified());
    for (n, &door) in doors.iter().enumerate().take(3) {
        world.work(li, |phone| phone.add_member(door, &format!("新住户{n}"), "19900000999"));
        world.work(chen, |phone| phone.report(Some(door), "03002", "楼道堆物"));
        world.pass(10_000);
    }
    world.come_together();
    assert_eq!(world.repairs, 0, "nobody had to ask again");
    world.expect_one_truth();
}
