//! What breaks: cuts, proxies, backups, lost rights, lost rows, poison.

use std::path::Path;

use contract::{HistoryKind, StepEffect};
use contract::{HouseholdEdit, ListUnsent, NetworkState, RecordState, SyncResult};
use domain::workflow::{Payload, TransitionKind as Step};
use domain::{Kind, Role};
use sync::machine::{Event, Phase, SetAsideCode};
use sync::wire::{Blob, Item, Named};

use crate::network::Fate;
use crate::people::{CHEN_LI, LI_MIN};
use crate::world::World;

fn count(world: &World, kind: Kind) -> usize {
    world.district.records().iter().filter(|record| record.kind == kind).count()
}

#[test]
fn a_cut_after_the_servers_commit_costs_nothing() {
    let mut world = World::begin(10);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    let household = world.phones[chen].find("1栋1单元101");
    world.fates = vec![Fate::ReplyLost];
    world.work(chen, |phone| phone.visit(household, |_| {}));
    world.pass(10_000);
    assert_eq!(count(&world, Kind::Visit), 1, "the server has it");
    assert!(world.phones[chen].count_changes("pending") > 0, "the phone does not know");
    world.settle();
    assert_eq!(world.phones[chen].count_changes("pending"), 0);
    assert_eq!(count(&world, Kind::Visit), 1, "and still once");
    world.come_together();
    world.expect_one_truth();
}

#[test]
fn a_record_too_large_for_the_way_is_set_aside_and_the_rest_goes_up() {
    let mut world = World::begin(11);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    world.body_limit = 3_500;
    let doors: Vec<_> = world.phones[chen].households().iter().map(|row| row.id).collect();
    let wild: String = (0..2_000)
        .map(|_| char::from_u32(0x4e00 + u32::try_from(world.chance.below(20_000)).unwrap()).unwrap())
        .collect();
    let giant = world.work(chen, |phone| phone.visit(doors[0], |form| form.note = wild.clone()));
    for (n, &door) in doors.iter().enumerate() {
        world.work(chen, |phone| phone.visit(door, |form| form.note = format!("寻常走访{n}")));
    }
    for _ in 0..20 {
        world.pass(60_000);
    }
    assert_eq!(world.phones[chen].pilot().set_aside(), [(giant.visit.into(), SetAsideCode::TooLarge)]);
    assert_eq!(count(&world, Kind::Visit), doors.len(), "everything but the giant");
    let unsent = world.phones[chen].ask(ListUnsent { offset: 0 }).unwrap().rows;
    assert_eq!(unsent.len(), 1);
    assert_eq!(unsent[0].state, RecordState::SetAside { code: "too_large".into() });
    assert!(!world.phones[chen].is_verified(), "nobody claims that all is at the server");
    // The office widens the way; the next start of the app tries again.
    world.body_limit = usize::MAX;
    world.restart(chen);
    world.settle();
    world.come_together();
    assert_eq!(count(&world, Kind::Visit), doors.len() + 1);
    assert!(world.district.records().iter().any(|record| record.projection.contains(&wild)));
    world.expect_one_truth();
}

#[test]
fn a_phone_restored_from_a_backup_begins_another_life_and_loses_nothing() {
    let mut world = World::begin(12);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let note = |text: &str| vec![HouseholdEdit::Note { note: text.into() }];
    let household = world.phones[chen].find("2栋1单元102");
    world.work(chen, |phone| phone.edit(household, note("一"))).unwrap();
    world.settle();
    let backup = world.path("backup.sqlite");
    let from = backup.clone();
    world.restart_with(chen, |file| _ = std::fs::copy(file, &backup).unwrap());
    world.settle();
    // After the backup: an edit and a visit that reach the server.
    world.work(chen, |phone| phone.edit(household, note("二"))).unwrap();
    world.work(chen, |phone| phone.visit(household, |form| form.note = "备份之后".into()));
    world.come_together();
    let changes_before: u64 = world.district.records().iter().map(|record| record.change_count).sum();
    let installation = world.phones[chen].companion().installation().unwrap();
    // The phone falls into the water; the backup is played back, and work goes on before the first signal.
    world.fates = vec![Fate::NoConnection; 3];
    world.restart_with(chen, |file| _ = std::fs::copy(&from, file).unwrap());
    world.work(chen, |phone| phone.edit(household, note("三"))).unwrap();
    world.work(chen, |phone| phone.visit(household, |form| form.note = "恢复之后".into()));
    world.pass(10_000);
    world.come_together();
    assert_ne!(world.phones[chen].companion().installation().unwrap(), installation, "another life");
    for who in [chen, li] {
        let seen = world.phones[who].household("2栋1单元102");
        assert_eq!(seen.visit_count, 2);
        let words: std::collections::BTreeSet<_> = seen.visits.iter().map(|visit| visit.summary.clone()).collect();
        assert_eq!(words, ["备份之后".to_owned(), "恢复之后".to_owned()].into());
        assert_eq!(seen.note, "三");
        assert_eq!(seen.conflicts.len(), 1, "二 and 三 were written without knowing of each other");
    }
    let changes: u64 = world.district.records().iter().map(|record| record.change_count).sum();
    assert_eq!(changes - changes_before, 3, "a note, a visit, and the visit's mark on the card; nothing twice");
    world.expect_one_truth();
}

/// What a restore of the server does: the old files are back, and the data begins a new life.
fn restore(data: &Path, backup: &Path) {
    std::fs::remove_dir_all(data).unwrap();
    copy_folder(backup, data);
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        let Ok(db) = rusqlite::Connection::open(&path) else { continue };
        // Files that are no ledger say so here.
        let _ = db.execute("UPDATE meta SET value = '77' WHERE key = 'epoch'", []);
    }
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

#[test]
fn a_server_restored_from_a_backup_is_offered_again_what_it_lost() {
    let mut world = World::begin(13);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let household = world.phones[chen].find("2栋1单元201");
    world.work(chen, |phone| phone.visit(household, |form| form.note = "备份之前".into()));
    world.come_together();
    let backup = world.path("server-backup");
    world.district.restart_with(|data| copy_folder(data, &backup));
    world.work(li, |phone| phone.rename_contact("2栋1单元201", "黄女士"));
    world.come_together();
    world.work(chen, |phone| phone.visit(household, |form| form.note = "备份之后".into()));
    let incident = world.work(chen, |phone| phone.report(Some(household), "03002", "消防通道堵塞"));
    world.come_together();
    // Built on the server's decision, which is going to be lost; one step is sent, one is not.
    world.work(chen, |phone| phone.take(incident, Step::Urge, Payload::default())).unwrap();
    world.come_together();
    let before = world.phones[li].incident(incident);
    world.phones[li].take(incident, Step::Urge, Payload::default()).unwrap();
    world.pass(60_000);
    world.district.restart_with(|data| restore(data, &backup));
    assert_eq!((count(&world, Kind::Visit), count(&world, Kind::Incident)), (1, 0), "it lost them");
    world.come_together();
    assert_eq!((count(&world, Kind::Visit), count(&world, Kind::Incident)), (2, 1), "and has them again");
    for who in [chen, li] {
        let seen = world.phones[who].household("2栋1单元201");
        assert_eq!((seen.visit_count, seen.row.contact_name.as_str()), (2, "黄女士"));
        let seen = world.phones[who].incident(incident);
        assert_eq!((seen.row.standing, seen.row.pending), (before.row.standing, 0));
        let urged = seen.history.iter().filter(|entry| entry.kind == HistoryKind::Step(Step::Urge));
        assert!(urged.clone().all(|entry| entry.effect == StepEffect::Effective) && urged.count() == 2);
    }
    world.expect_one_truth();
}

#[test]
fn a_revoked_phone_keeps_its_work_until_it_is_enrolled_again() {
    let mut world = World::begin(14);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    let owner = world.phones[chen].owner.clone();
    world.district.revoke(owner.id);
    let household = world.phones[chen].find("1栋1单元101");
    world.work(chen, |phone| phone.visit(household, |form| form.note = "撤销之后".into()));
    world.pass(10_000);
    assert_eq!(world.phones[chen].pilot().status().phase, Phase::Stopped);
    let status = world.phones[chen].companion().sync_status().clone();
    assert_eq!(status.last.map(|last| last.result), Some(SyncResult::Revoked));
    let rounds = world.rounds;
    world.say(chen, Event::SyncRequested);
    world.pass(3_600_000);
    assert_eq!(world.rounds, rounds, "it does not knock again");
    assert!(world.phones[chen].count_changes("pending") > 0, "the work is still here");
    let installation = world.phones[chen].companion().installation().unwrap();
    let fresh = domain::InstallationId::new(world.moment(), [0x44; 10]);
    assert_ne!(installation, fresh);
    world.re_enrol(chen, fresh);
    world.come_together();
    assert_eq!(count(&world, Kind::Visit), 1);
    world.expect_one_truth();
}

#[test]
fn a_row_lost_from_a_phone_is_noticed_and_fetched() {
    let mut world = World::begin(15);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let household = world.phones[chen].find("2栋1单元101");
    world.work(li, |phone| phone.visit(household, |form| form.note = "不能丢".into()));
    world.come_together();
    world.restart_with(chen, |file| {
        let db = rusqlite::Connection::open(file).unwrap();
        let lost = db.execute("DELETE FROM document WHERE kind IN ('visit', 'particulars')", []).unwrap();
        assert!(lost > 1);
    });
    world.settle();
    world.come_together();
    assert_eq!(world.phones[chen].household("2栋1单元101").visits[0].summary, "不能丢");
    world.expect_one_truth();
}

#[test]
fn a_poisoned_document_is_set_aside_the_rest_arrives_and_it_is_fetched_again() {
    let mut world = World::begin(16);
    let chen = world.give_phone(CHEN_LI);
    world.tamper = Some(Box::new(|reply| {
        let items = reply.pages.iter_mut().flat_map(|page| &mut page.items);
        for item in items {
            if let Item::Snapshot { kind: Named::Known(Kind::Household), bytes: Blob(bytes), .. } = item {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x55;
                return true;
            }
        }
        false
    }));
    world.restart(chen);
    world.settle();
    assert!(world.tamper.is_none(), "one card was poisoned");
    world.come_together();
    assert_eq!(world.phones[chen].households().len(), 8, "all of them, the poisoned one fetched again");
    world.expect_one_truth();
}

#[test]
fn a_poisoned_change_does_no_harm_to_what_is_here() {
    let mut world = World::begin(17);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    world.fates = vec![Fate::NoConnection];
    world.work(chen, |phone| phone.rename_contact("1栋1单元102", "沈师傅"));
    world.pass(100);
    let household = world.phones[li].find("1栋1单元102");
    world.work(li, |phone| phone.add_member(household, "沈大爷", "19900000109"));
    world.pass(3_000);
    world.tamper = Some(Box::new(|reply| {
        for item in reply.pages.iter_mut().flat_map(|page| &mut page.items) {
            if let Item::Changes { kind: Named::Known(Kind::Household), changes, .. } = item {
                let last = changes[0].0.len() - 1;
                changes[0].0[last] ^= 0x55;
                return true;
            }
        }
        false
    }));
    world.come_together();
    assert!(world.tamper.is_none(), "one change was poisoned");
    let seen = world.phones[chen].household("1栋1单元102");
    assert_eq!(seen.row.contact_name, "沈师傅");
    assert!(seen.members.iter().any(|member| member.name == "沈大爷"));
    world.expect_one_truth();
}

#[test]
fn what_the_chip_says_is_true() {
    let mut world = World::begin(18);
    let chen = world.give_phone(CHEN_LI);
    world.load_all();
    assert_eq!(world.phones[chen].owner.role, Role::GridWorker);
    let summary = world.phones[chen].companion().sync_summary().unwrap();
    assert_eq!((summary.network, summary.unsent, summary.verified), (NetworkState::Online, 0, true));
    world.fates = vec![Fate::NoConnection; 2];
    let household = world.phones[chen].find("1栋1单元101");
    world.work(chen, |phone| phone.visit(household, |_| {}));
    let summary = world.phones[chen].companion().sync_summary().unwrap();
    assert!(summary.unsent > 0 && !summary.verified);
    world.pass(2_200);
    let summary = world.phones[chen].companion().sync_summary().unwrap();
    assert_eq!(summary.network, NetworkState::Offline);
    world.settle();
    let summary = world.phones[chen].companion().sync_summary().unwrap();
    assert_eq!((summary.network, summary.unsent, summary.verified), (NetworkState::Online, 0, true));
}
