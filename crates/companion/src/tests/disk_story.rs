//! A disk that is really full: a small file system of its own, for as long as the test runs. Where none can be mounted
//! (not as root, no Linux) the story is skipped and says so.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use ::sync::machine::{Config, Event, Machine, Work};
use ::sync::wire::{Blob, Epoch, Item, Page, RoundOutcome, SyncReply};
use contract::{ErrorCode, GetHousehold, GetToday, ListUnsent, OpenVisitForm, SubmitVisit, VisitForm};
use documents::{Author, RecordDocument};
use domain::codes::Outcome;
use domain::household::Household;
use domain::{Collection, HouseholdId, InstallationId, Kind, MonotonicMillis, UnixMillis, VisitId};

use super::phone::{Phone, TODAY, account_id, grid, home};
use crate::StoreError;
use crate::sync::{apply_reply, prepare_round};

/// A file system in memory; unmounted when dropped, however the test ends.
struct SmallDisk {
    folder: tempfile::TempDir,
}

fn run(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl SmallDisk {
    fn mount() -> Option<Self> {
        let disk = Self { folder: tempfile::tempdir().expect("a folder") };
        run("mount", &["-t", "tmpfs", "-o", "size=2m,mode=0700", "tmpfs", disk.text()]).then_some(disk)
    }

    fn text(&self) -> &str {
        self.folder.path().to_str().expect("a plain path")
    }

    fn store(&self) -> PathBuf {
        self.folder.path().join("store.sqlite")
    }

    fn enlarge(&self) {
        assert!(run("mount", &["-o", "remount,size=16m", self.text()]), "enlarged");
    }

    /// Another app takes what room is left.
    fn fill_up(&self) -> PathBuf {
        use std::io::Write as _;
        let path = self.folder.path().join("photographs");
        let mut file = std::fs::File::create(&path).expect("made");
        for size in [4_096, 1] {
            while file.write_all(&vec![0x2e; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        if !run("umount", &[self.text()]) {
            // Something still holds a file of it, as after a failed assertion: it goes when that does.
            run("umount", &["-l", self.text()]);
        }
    }
}

/// A disk with the worker's phone and a household on it.
fn begin() -> Option<(SmallDisk, Phone, HouseholdId)> {
    let Some(disk) = SmallDisk::mount() else {
        println!("skipped: no file system can be mounted here");
        return None;
    };
    let mut phone = Phone::at(&disk.store(), 1);
    phone.bind(super::phone::worker());
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    Some((disk, phone, home))
}

/// Visits until one cannot be saved: those that were, and why not.
fn visit_until_full(phone: &mut Phone, home: HouseholdId) -> (Vec<VisitId>, ErrorCode) {
    let mut acknowledged = Vec::new();
    loop {
        let result = phone.companion.run(OpenVisitForm { household: home, draft: None }).and_then(|opened| {
            let form = VisitForm { outcome: Some(Outcome::Met), note: "字".repeat(300), ..VisitForm::default() };
            phone.companion.run(SubmitVisit { draft: opened.draft, form })
        });
        match result {
            Ok(receipt) => acknowledged.push(receipt.visit),
            Err(error) => return (acknowledged, error.code),
        }
        assert!(acknowledged.len() < 10_000, "the disk never filled up");
    }
}

/// The phone on the same files, started again.
fn start_again(disk: &SmallDisk, phone: Phone) -> Phone {
    drop(phone);
    Phone::at(&disk.store(), 2)
}

fn assert_sound(phone: &Phone) {
    let sql = "SELECT integrity_check AS answer FROM pragma_integrity_check";
    let answer: String = phone.companion.store.read().query_row(sql, [], |row| row.get("answer")).expect("checked");
    assert_eq!(answer, "ok");
}

#[test]
fn a_disk_that_fills_up_during_saves_loses_nothing_that_was_acknowledged() {
    let Some((disk, mut phone, home)) = begin() else { return };
    let (mut acknowledged, code) = visit_until_full(&mut phone, home);
    assert_eq!(code, ErrorCode::StorageFull);
    assert!(!acknowledged.is_empty());
    assert_eq!(phone.run(GetHousehold { id: home }).visit_count, acknowledged.len() as u64, "reading goes on");
    disk.enlarge();
    // It works on without a restart, and a restart finds all of it.
    acknowledged.push(phone.visit(home, |form| form.outcome = Some(Outcome::Met)).visit);
    let mut phone = start_again(&disk, phone);
    assert_all_here(&mut phone, home, &acknowledged);
}

#[test]
fn a_phone_that_starts_on_a_full_disk_still_has_its_work() {
    let Some((disk, mut phone, home)) = begin() else { return };
    let mut acknowledged = vec![phone.visit(home, |form| form.outcome = Some(Outcome::Met)).visit];
    let photographs = disk.fill_up();
    let (more, code) = visit_until_full(&mut phone, home);
    assert_eq!(code, ErrorCode::StorageFull);
    acknowledged.extend(more);
    // The battery is taken out: what stands in the log is all there is.
    let killed = tempfile::tempdir().expect("a folder");
    copy_store(&disk.store(), killed.path());
    assert_all_here(&mut Phone::at(&killed.path().join("store.sqlite"), 3), home, &acknowledged);
    drop(phone);
    std::fs::remove_file(photographs).expect("deleted");
    let mut phone = Phone::at(&disk.store(), 2);
    acknowledged.push(phone.visit(home, |form| form.outcome = Some(Outcome::Met)).visit);
    assert_all_here(&mut phone, home, &acknowledged);
}

#[test]
fn a_reply_that_does_not_fit_is_not_half_stored() {
    let Some((disk, mut phone, home)) = begin() else { return };
    let visit = phone.visit(home, |form| form.outcome = Some(Outcome::Met)).visit;
    let photographs = disk.fill_up();
    let (reply, count) = long_reply();
    let before = phone.run(GetToday {}).household_count;
    let error = apply(&mut phone, &reply).expect_err("there is no room for it");
    assert!(matches!(error, StoreError::Full), "{error}");
    assert_eq!(phone.run(GetToday {}).household_count, before, "nothing of it is here");
    assert_eq!(phone.run(ListUnsent::default()).total, 1, "the worker's own work is");
    std::fs::remove_file(photographs).expect("deleted");
    disk.enlarge();
    apply(&mut phone, &reply).expect("now it fits");
    assert_eq!(phone.run(GetToday {}).household_count, before + count);
    let mut phone = start_again(&disk, phone);
    assert_all_here(&mut phone, home, &[visit]);
}

/// Every acknowledged visit is here, with its change, once, and the file is sound.
fn assert_all_here(phone: &mut Phone, home: HouseholdId, acknowledged: &[VisitId]) {
    assert_sound(phone);
    assert_eq!(phone.run(GetHousehold { id: home }).visit_count, acknowledged.len() as u64);
    for visit in acknowledged {
        let id = crate::store::document::id_bytes(*visit);
        let sql = "SELECT count(*) AS n FROM change WHERE document = ?1 AND state = 'pending' AND length(bytes) > 0";
        let changes: i64 = phone.companion.store.read().query_row(sql, [id], |row| row.get("n")).expect("a count");
        assert_eq!(changes, 1, "{visit}");
        assert_eq!(phone.run(contract::GetVisit { id: *visit }).row.id, *visit);
    }
}

fn copy_store(from: &Path, to: &Path) {
    for name in ["store.sqlite", "store.sqlite-wal"] {
        let source = from.with_file_name(name);
        if source.exists() {
            std::fs::copy(source, to.join(name)).expect("copied");
        }
    }
}

/// A page with more households than two megabytes hold.
fn long_reply() -> (SyncReply, u64) {
    let office = Author {
        account: account_id(9),
        installation: InstallationId::new(UnixMillis::new(1), [9; 10]),
        at: UnixMillis::new(1),
    };
    let items: Vec<Item> = (500..900)
        .map(|room| {
            let household = Household { note: "备".repeat(400), ..home(&room.to_string(), &[("孙丽", "")]).0 };
            let (document, _) = RecordDocument::create(&household, &office).expect("a document");
            let bytes = Blob(document.save_plain());
            let heads = document.heads();
            Item::Snapshot { document: household.id.into(), kind: Kind::Household.into(), parent: None, heads, bytes }
        })
        .collect();
    let count = items.len() as u64;
    let collection = Collection::GridHouseholds(grid());
    let page = Page {
        collection: collection.clone(),
        items,
        next: 1,
        complete: true,
        digest: None,
        total: count,
        has_gaps: false,
    };
    let reply = SyncReply {
        epoch: Epoch(1),
        server_clock: UnixMillis::start_of(TODAY),
        round: RoundOutcome::Done,
        outcomes: Vec::new(),
        subscriptions: vec![collection],
        pages: vec![page],
        audits: Vec::new(),
        fetched: Vec::new(),
        rulings: Vec::new(),
        contacts: None,
        mark: None,
        retry_after_ms: None,
    };
    (reply, count)
}

fn apply(phone: &mut Phone, reply: &SyncReply) -> Result<(), StoreError> {
    let work = Machine::new(Config::default()).handle(MonotonicMillis::default(), 0, Event::Opened);
    let plan = work.into_iter().find_map(|work| if let Work::Start(plan) = work { Some(plan) } else { None });
    let (device, installation) = (phone.companion.device_now(), phone.companion.installation().expect("an id"));
    let arrival = phone.companion.note_arrival(0);
    let store = &mut phone.companion.store;
    let round =
        prepare_round(store, &plan.expect("opening starts a round"), installation, device, &Default::default())?;
    apply_reply(store, &round, reply, arrival).map(|_| ())
}
