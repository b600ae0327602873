//! Hundreds of days on a bad network: nothing lost, nothing doubled, all converge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use contract::HouseholdEdit;
use domain::codes::{NeedCode, NeedState, Outcome};
use domain::{Kind, RecordId, Role};
use sync::machine::Event;

use crate::network::Weather;
use crate::people::{CHEN_LI, LI_MIN, ZHOU_GUIFANG};
use crate::world::{Who, World};

/// How many days are played.
const SEEDS: Seeds = Seeds { ordinary: 200, long: 1_000 };

/// What people did, to be found again at the end.
#[derive(Default)]
struct Diary {
    records: BTreeSet<RecordId>,
    members: BTreeSet<String>,
}

#[test]
fn chaos_loses_nothing_doubles_nothing_and_converges() {
    play_seeds(SEEDS, play);
}

/// How many seeds a randomised story plays.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seeds {
    /// By `cargo xtask test`.
    pub(crate) ordinary: u64,
    /// By `cargo xtask test --long`, which sets `GRID_LONG`.
    pub(crate) long: u64,
}

impl Seeds {
    /// The one seed of `GRID_SEED`, else as many as `GRID_SEEDS` says, else those of an ordinary or a long run.
    fn list(self) -> Vec<u64> {
        if let Ok(seed) = std::env::var("GRID_SEED") {
            return vec![seed.parse().expect("GRID_SEED is a number")];
        }
        let count = match std::env::var("GRID_SEEDS") {
            Ok(count) => count.parse().expect("GRID_SEEDS is a number"),
            Err(_) if std::env::var_os("GRID_LONG").is_some() => self.long,
            Err(_) => self.ordinary,
        };
        (0..count).collect()
    }
}

/// Plays the seeds on all processors; names those that failed.
pub(crate) fn play_seeds(seeds: Seeds, play: fn(u64)) {
    let seeds = seeds.list();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(seeds.len()) {
            scope.spawn(|| {
                while let Some(&seed) = seeds.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    if std::panic::catch_unwind(|| play(seed)).is_err() {
                        failed.lock().unwrap().push(seed);
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort_unstable();
    assert!(failed.is_empty(), "failed; replay each with GRID_SEED=… : {failed:?}");
}

fn play(seed: u64) {
    let mut world = World::begin(seed);
    let mut everybody: Vec<Who> = [(CHEN_LI, 0), (LI_MIN, 7 * 60_000), (ZHOU_GUIFANG, -3 * 3_600_000)]
        .into_iter()
        .map(|((n, name, role), wrong_by_ms)| world.enrol(n, name, role, wrong_by_ms))
        .collect();
    let lead = everybody[2];
    if seed % 4 == 1 {
        let (n, name, role) = CHEN_LI;
        everybody.push(world.enrol(n, name, role, 90_000));
    }
    let mut backups = (seed % 4 == 3).then(Backups::default);
    let imported: u64 = world.district.records().iter().map(|record| record.change_count).sum();
    world.weather = Weather { trouble_percent: 10 + world.chance.below(50) };
    for &who in &everybody {
        world.restart(who);
    }
    world.pass(20_000);
    let mut diary = Diary::default();
    for act in 0..30 {
        let who = *world.chance.clone().pick(&everybody);
        do_something(&mut world, who, act, &mut diary);
        if let Some(backups) = &mut backups {
            backups.tend(&mut world, who);
        }
        let pause = i64::try_from(world.chance.below(90_000)).unwrap();
        world.pass(pause);
    }
    world.come_together();
    world.expect_one_truth();
    let records = world.district.records();
    let made: Vec<RecordId> = records
        .iter()
        .filter(|record| matches!(record.kind, Kind::Visit | Kind::Incident))
        .map(|record| record.id)
        .collect();
    assert_eq!(made.len(), made.iter().collect::<BTreeSet<_>>().len());
    assert_eq!(made.into_iter().collect::<BTreeSet<_>>(), diary.records, "visits and incidents, each once");
    let cards: String = records
        .iter()
        .filter(|record| record.kind == Kind::Household)
        .map(|record| record.projection.as_str())
        .collect();
    for member in &diary.members {
        assert_eq!(cards.matches(member.as_str()).count(), 1, "{member}");
    }
    let written: usize = world.phones.iter().map(|phone| phone.count_changes("confirmed")).sum();
    // The server decides on each incident; that is nobody's phone.
    let decided: u64 = records.iter().map(|record| world.district.count_own_changes(record.id)).sum();
    let stored: u64 = records.iter().map(|record| record.change_count).sum::<u64>() - decided;
    // A phone that was played back has forgotten which changes its earlier life had sent.
    if backups.is_none_or(|backups| backups.restored == 0) {
        assert_eq!(stored - imported, written as u64, "every change once");
    }
    for phone in &world.phones {
        for state in ["pending", "refused", "held", "set_aside"] {
            assert_eq!(phone.count_changes(state), 0, "{}: {state}", phone.owner.name);
        }
    }
    expect_no_numbers(&world, lead);
}

/// Copies of phones, taken and played back. Only phones with nothing to send are played back: what such a phone had
/// not sent would be lost with any phone that falls into the water.
#[derive(Default)]
struct Backups {
    taken: BTreeMap<Who, PathBuf>,
    restored: usize,
}

impl Backups {
    fn tend(&mut self, world: &mut World, who: Who) {
        if !world.chance.is_in_100(25) {
            return;
        }
        let path = world.path(&format!("backup-{who}"));
        match self.taken.remove(&who) {
            None => {
                world.restart_with(who, |file| _ = std::fs::copy(file, &path).unwrap());
                self.taken.insert(who, path);
                write_note(world, who, "备份之后");
            }
            Some(path) if world.phones[who].count_changes("pending") == 0 => {
                world.restart_with(who, |file| _ = std::fs::copy(path, file).unwrap());
                self.restored += 1;
                // The same number of the same installation, as it wrote after the backup was taken.
                write_note(world, who, "恢复之后");
            }
            Some(path) => _ = self.taken.insert(who, path),
        }
    }
}

fn write_note(world: &mut World, who: Who, note: &str) {
    if let Some(row) = world.phones[who].households().first() {
        let edit = HouseholdEdit::Note { note: format!("{note}{}", world.chance.below(1_000)) };
        world.work(who, |phone| phone.edit(row.id, vec![edit])).unwrap();
    }
}

fn do_something(world: &mut World, who: Who, act: usize, diary: &mut Diary) {
    let chance = world.chance.clone();
    let households = world.phones[who].households();
    match chance.below(12) {
        0 => world.restart(who),
        1 => world.say(who, Event::SyncRequested),
        2 => {
            let event = chance.pick(&[Event::Foreground, Event::NetworkReturned, Event::Hint]).clone();
            world.say(who, event);
        }
        _ if households.is_empty() => world.say(who, Event::SyncRequested),
        3..=6 => {
            let household = chance.pick(&households).id;
            let outcome = *chance.pick(&[Outcome::Met, Outcome::Absent, Outcome::Phone, Outcome::Family]);
            let receipt = world.work(who, |phone| {
                phone.visit(household, |form| {
                    form.outcome = Some(outcome);
                    form.note = format!("第{act}次记录");
                    if chance.is_in_100(30) {
                        form.contact_name = Some(format!("联系人{act}"));
                    }
                })
            });
            diary.records.insert(receipt.visit.into());
            diary.records.extend(receipt.incidents.iter().map(|(id, _)| RecordId::from(*id)));
        }
        7 => {
            let household = chance.is_in_100(50).then(|| chance.pick(&households).id);
            let id = world.work(who, |phone| phone.report(household, "03002", "楼道堆物"));
            diary.records.insert(id.into());
        }
        8 => {
            let household = chance.pick(&households).id;
            let name = format!("新住户{act}号");
            world.work(who, |phone| phone.add_member(household, &name, "19911112222"));
            diary.members.insert(name);
        }
        9 => {
            let household = chance.pick(&households).id;
            let edit = HouseholdEdit::Note { note: format!("备注{act}") };
            world.work(who, |phone| phone.edit(household, vec![edit])).unwrap();
        }
        10 => {
            let household = chance.pick(&households).id;
            let state = *chance.pick(&[NeedState::Open, NeedState::Met]);
            let code = *chance.pick(<NeedCode as domain::codes::CodeList>::ALL);
            world.work(who, |phone| phone.edit(household, vec![HouseholdEdit::Need { code, state }])).unwrap();
        }
        _ => {
            let household = chance.pick(&households).id;
            let edit = HouseholdEdit::ContactName { name: format!("称呼{act}") };
            world.work(who, |phone| phone.edit(household, vec![edit])).unwrap();
        }
    }
}

/// A building lead's phone holds no phone or identity number of anybody, however one looks.
pub(crate) fn expect_no_numbers(world: &World, lead: Who) {
    let phone = &world.phones[lead];
    assert_eq!(phone.owner.role, Role::BuildingLead);
    // Whatever in the file looks like digits, run by run.
    let bytes = phone.raw_bytes();
    let runs = bytes.split(|byte| !byte.is_ascii_digit() && *byte != b'X').filter(|run| run.len() >= 10);
    let runs: Vec<&str> = runs.map(|run| std::str::from_utf8(run).unwrap()).collect();
    let numbers = crate::district::ROSTER
        .split([',', '\n'])
        .filter(|cell| (cell.len() == 11 || cell.len() == 18) && cell.bytes().all(|b| b.is_ascii_alphanumeric()))
        .chain(["19911112222"]);
    let mut looked_for = 0;
    for number in numbers {
        let reversed: String = number.chars().rev().collect();
        for text in [number, reversed.as_str()] {
            assert!(!runs.iter().any(|run| run.contains(text)), "a number of somebody is on the lead's phone");
        }
        looked_for += 1;
    }
    assert!(looked_for > 10);
    // Packed documents hide what they say from such a search: none of the kind may be there at all.
    let sql = "SELECT count(*) AS n FROM document WHERE kind = 'particulars'";
    let count: i64 = phone.open_file().query_row(sql, [], |row| row.get("n")).unwrap();
    assert_eq!(count, 0);
}
