//! The server's data is put back from a copy: it has less than it promised to keep, and nobody tells it so.

use std::path::Path;

use contract::{HouseholdEdit, SyncResult};
use domain::workflow::{Payload, TransitionKind as Step};
use domain::{IncidentId, Kind};
use sync::machine::Event;

use crate::district::ROSTER;
use crate::people::{CHEN_LI, LI_MIN, WANG_MIN, ZHOU_GUIFANG};
use crate::world::{Who, World};

/// What an administrator copies: the folder as it is, or the database alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Copied {
    Folder,
    Database,
}

fn copy(from: &Path, to: &Path, what: Copied) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let is_database = entry.file_name().to_string_lossy().starts_with("ledger.sqlite3");
        if entry.file_type().unwrap().is_file() && (is_database || what == Copied::Folder) {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// Stops the server, copies its data, starts it again.
fn back_up(world: &mut World) {
    let backup = world.path("backup");
    world.district.restart_with(|data| copy(data, &backup, Copied::Folder));
}

/// Stops the server, puts the copy back, starts it again. Nothing else is done.
fn put_back(world: &mut World, what: Copied) {
    let backup = world.path("backup");
    world.district.restart_with(|data| {
        if what == Copied::Folder {
            std::fs::remove_dir_all(data).unwrap();
        }
        copy(&backup, data, what);
    });
}

fn count(world: &World, kind: Kind) -> usize {
    world.district.records().iter().filter(|record| record.kind == kind).count()
}

/// The day after the backup: eight visits, one incident, a contact corrected by another, all confirmed.
fn work_a_day(world: &mut World, chen: Who, li: Who) -> IncidentId {
    let doors: Vec<_> = world.phones[chen].households().iter().map(|row| row.id).collect();
    assert_eq!(doors.len(), 8);
    for (n, &door) in doors.iter().enumerate() {
        let who = if n % 2 == 0 { chen } else { li };
        world.work(who, |phone| phone.visit(door, |form| form.note = format!("备份之后{n}")));
        world.settle();
    }
    world.come_together();
    // Built on each other's: whoever comes back first has work that stands on a colleague's.
    world.work(li, |phone| phone.rename_contact("2栋1单元201", "黄女士"));
    world.come_together();
    world.work(chen, |phone| phone.edit(doors[0], vec![HouseholdEdit::Note { note: "门铃坏".into() }])).unwrap();
    let door = world.phones[chen].find("2栋1单元201");
    world.work(chen, |phone| phone.edit(door, vec![HouseholdEdit::Note { note: "白天没人".into() }])).unwrap();
    let incident = world.work(chen, |phone| phone.report(Some(door), "03002", "消防通道堵塞"));
    world.come_together();
    world.work(chen, |phone| phone.take(incident, Step::Urge, Payload::default())).unwrap();
    world.come_together();
    incident
}

/// Everything of the day is on the server once and on each phone, and everybody knows it.
fn expect_the_day(world: &mut World, workers: &[Who], incident: IncidentId) {
    assert_eq!((count(world, Kind::Visit), count(world, Kind::Incident)), (8, 1), "all of it, once");
    for &who in workers {
        let seen = world.phones[who].household("2栋1单元201");
        assert_eq!((seen.row.contact_name.as_str(), seen.note.as_str(), seen.visit_count), ("黄女士", "白天没人", 1));
        assert!(seen.conflicts.is_empty(), "{:?}", seen.conflicts);
        assert!(seen.verified_at.is_some());
        assert!(world.phones[who].has_incident(incident));
        let summary = world.phones[who].companion().sync_summary().unwrap();
        assert_eq!((summary.unsent, summary.refused, summary.verified), (0, 0, true));
    }
    world.expect_one_truth();
}

/// The next edit of a card goes up and comes down.
fn expect_that_edits_go_up(world: &mut World, chen: Who, li: Who) {
    world.work(chen, |phone| phone.rename_contact("2栋1单元201", "黄阿姨"));
    world.settle();
    world.come_together();
    assert_eq!(world.phones[li].household("2栋1单元201").row.contact_name, "黄阿姨");
    assert!(world.district.records().iter().any(|record| record.projection.contains("黄阿姨")));
    world.expect_one_truth();
}

#[test]
fn a_copy_put_back_takes_nothing_from_the_phones() {
    for (seed, what) in [(50, Copied::Folder), (51, Copied::Database)] {
        let mut world = World::begin(seed);
        let (chen, li, zhou) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN), world.give_phone(ZHOU_GUIFANG));
        world.load_all();
        back_up(&mut world);
        let incident = work_a_day(&mut world, chen, li);
        let number = world.district.incident(incident).human_no;
        put_back(&mut world, what);
        assert_eq!((count(&world, Kind::Visit), count(&world, Kind::Incident)), (0, 0), "it lost them");
        // Nothing is gone from a phone while it finds out.
        world.say(li, Event::SyncRequested);
        world.settle();
        assert_eq!(world.phones[li].household("2栋1单元201").visit_count, 1, "{what:?}");
        world.come_together();
        expect_the_day(&mut world, &[chen, li], incident);
        assert_eq!(world.phones[zhou].households().len(), 4);
        assert!(world.district.incident(incident).human_no > number, "numbers go on behind those that came back");
        expect_that_edits_go_up(&mut world, chen, li);
        // A second copy-back is found out as well.
        put_back(&mut world, what);
        world.come_together();
        assert_eq!((count(&world, Kind::Visit), count(&world, Kind::Incident)), (8, 1), "{what:?}");
        assert_eq!(world.phones[li].household("2栋1单元201").row.contact_name, "黄阿姨");
        world.expect_one_truth();
    }
}

#[test]
fn a_phone_that_comes_back_after_the_counters_have_passed_loses_nothing() {
    let mut world = World::begin(52);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    back_up(&mut world);
    // 陈立's phone lies in a drawer; 李敏 works and goes on leave.
    let doors: Vec<_> = world.phones[li].households().iter().map(|row| row.id).collect();
    for &door in &doors[..3] {
        world.work(li, |phone| phone.visit(door, |form| form.note = "休假之前".into()));
        world.settle();
    }
    put_back(&mut world, Copied::Folder);
    // 陈立 has seen nothing that is lost: the server finds nothing wrong, and its counters pass those of 李敏.
    for &door in &doors[3..] {
        world.work(chen, |phone| phone.visit(door, |form| form.note = "休假期间".into()));
        world.settle();
    }
    assert_eq!(count(&world, Kind::Visit), 5);
    world.say(li, Event::SyncRequested);
    world.settle();
    world.come_together();
    assert_eq!(count(&world, Kind::Visit), 8);
    for who in [chen, li] {
        assert!(doors.iter().all(|&door| world.phones[who].card(door).visit_count == 1));
    }
    world.expect_one_truth();
}

#[test]
fn a_steps_order_is_found_anew_and_nothing_of_an_incident_is_lost() {
    let mut world = World::begin(53);
    let (chen, li, wang) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN), world.give_phone(WANG_MIN));
    world.load_all();
    let incident = world.work(chen, |phone| phone.report_in_street("05003", "垃圾没有清运"));
    world.come_together();
    back_up(&mut world);
    world.work(wang, |phone| phone.take(incident, Step::Accept, Payload::default())).unwrap();
    world.come_together();
    world.work(chen, |phone| phone.take(incident, Step::Urge, Payload::default())).unwrap();
    world.come_together();
    let before = world.phones[li].incident(incident);
    put_back(&mut world, Copied::Folder);
    world.come_together();
    let after = world.district.incident(incident);
    assert_eq!(after.transitions.len(), after.decisions.len(), "everything is decided");
    for who in [chen, li, wang] {
        let seen = world.phones[who].incident(incident);
        assert_eq!((seen.row.standing, seen.history.len()), (before.row.standing, before.history.len()));
    }
    world.expect_one_truth();
}

#[test]
fn what_a_colleague_wrote_stays_until_their_phone_is_back() {
    let mut world = World::begin(54);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    back_up(&mut world);
    let door = world.phones[li].find("1栋1单元101");
    world.work(li, |phone| phone.visit(door, |form| form.note = "李敏的走访".into()));
    world.work(li, |phone| phone.rename_contact("1栋1单元102", "沈师傅"));
    world.come_together();
    put_back(&mut world, Copied::Folder);
    // 李敏's phone is off. 陈立 asks twice, and works on what 李敏 had written.
    for _ in 0..2 {
        world.say(chen, Event::SyncRequested);
        world.settle();
    }
    let seen = world.phones[chen].household("1栋1单元101");
    assert_eq!((seen.visit_count, seen.visits[0].summary.as_str()), (1, "李敏的走访"), "it is still here");
    assert_eq!(world.phones[chen].household("1栋1单元102").row.contact_name, "沈师傅");
    let summary = world.phones[chen].companion().sync_summary().unwrap();
    assert!(!summary.verified, "the server has less than the phone, and the chip knows it");
    assert_eq!(world.phones[chen].household("1栋1单元102").verified_at, None);
    let other = world.phones[chen].find("1栋1单元102");
    world.work(chen, |phone| phone.edit(other, vec![HouseholdEdit::Note { note: "按门铃".into() }])).unwrap();
    world.settle();
    assert!(
        world.district.records().iter().any(|record| record.projection.contains("按门铃")),
        "it went up without it"
    );
    world.come_together();
    for who in [chen, li] {
        let seen = world.phones[who].household("1栋1单元102");
        assert_eq!((seen.row.contact_name.as_str(), seen.note.as_str()), ("沈师傅", "按门铃"));
        assert_eq!(world.phones[who].household("1栋1单元101").visit_count, 1);
    }
    world.expect_one_truth();
}

#[test]
fn a_phone_younger_than_the_copy_keeps_everything_until_it_is_enrolled_again() {
    let mut world = World::begin(55);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    back_up(&mut world);
    let li = world.give_phone(LI_MIN);
    world.restart(li);
    world.come_together();
    let doors: Vec<_> = world.phones[li].households().iter().map(|row| row.id).collect();
    world.work(li, |phone| phone.visit(doors[0], |form| form.note = "备份之后才登记".into()));
    world.come_together();
    put_back(&mut world, Copied::Folder);
    world.work(li, |phone| phone.visit(doors[1], |form| form.note = "服务器不认识我".into()));
    // Only where the server knows that it was put back does it give an account its former id.
    world.say(chen, Event::SyncRequested);
    world.pass(60_000);
    let last = world.phones[li].companion().sync_status().last.clone();
    assert_eq!(last.map(|last| last.result), Some(SyncResult::Stranger), "nobody withdrew a right");
    for _ in 0..3 {
        let wakes_at = world.phones[li].wakes_at.expect("it asks again by itself");
        assert!(wakes_at <= world.now() + 3_600_000, "within the hour");
        world.pass(3_600_000);
    }
    assert_eq!(world.phones[li].card(doors[0]).visit_count, 1, "and keeps what it has");
    // The office makes the account again; it has another id now.
    let owner = world.phones[li].owner.clone();
    let again = domain::Account { id: domain::AccountId::new(world.moment(), [99; 10]), ..owner.clone() };
    world.district.save_account(again.clone());
    world.enrol_again(li, again.id);
    assert_eq!(world.phones[li].companion().account().map(|account| account.id), Some(owner.id));
    world.come_together();
    assert_eq!(count(&world, Kind::Visit), 2, "what was confirmed and what was not");
    for who in [chen, li] {
        let summaries = doors[..2].iter().map(|&door| world.phones[who].card(door).visits[0].summary.clone());
        assert_eq!(summaries.collect::<Vec<_>>(), ["备份之后才登记", "服务器不认识我"]);
    }
    world.expect_one_truth();
}

#[test]
fn an_import_done_again_after_the_copy_was_put_back_makes_no_home_twice() {
    let mut world = World::begin(56);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    back_up(&mut world);
    let row = "990101001001003,海棠花园,1栋,1单元,301,自住,何新,户主,女,,19900000301,户籍,";
    let later = format!("{}\n{row}\n", ROSTER.trim_end());
    world.district.import(&later);
    world.come_together();
    let home = world.phones[chen].find("1栋1单元301");
    world.work(chen, |phone| phone.visit(home, |form| form.note = "新来的一户".into()));
    world.work(li, |phone| phone.rename_contact("1栋1单元301", "新户主"));
    world.come_together();
    put_back(&mut world, Copied::Folder);
    for who in [chen, li] {
        world.say(who, Event::SyncRequested);
    }
    world.settle_but_for_what_waits();
    for who in [chen, li] {
        assert_eq!(world.phones[who].card(home).visit_count, 1, "the home is still on the phones");
        assert!(!world.phones[who].is_verified());
    }
    world.district.import(&later);
    world.come_together();
    let homes = world.district.records().iter().filter(|record| record.kind == Kind::Household).count();
    assert_eq!((homes, count(&world, Kind::Visit)), (9, 1));
    for who in [chen, li] {
        assert_eq!(world.phones[who].households().len(), 9);
        let seen = world.phones[who].card(home);
        // The office wrote the name again without knowing of the worker's: both are kept, and a card asks.
        assert_eq!((seen.conflicts.len(), seen.visit_count), (1, 1));
    }
    world.expect_one_truth();
}
