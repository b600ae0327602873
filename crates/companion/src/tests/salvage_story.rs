//! A page of the worker's file is overwritten, any page: what was only on this phone is found again, and what is not
//! found is never called nothing.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use contract::{
    AcknowledgeStore, GetSession, GetToday, IncidentForm, OpenIncidentForm, OpenVisitForm, SaveVisitForm, StoreHealth,
    SubmitIncident, VisitForm,
};
use domain::codes::Outcome;
use domain::id::DraftId;

use super::phone::Phone;

/// What the worker wrote into the form in progress.
const TYPED: &str = "大门锁着，邻居说下午回来";

/// The worker's phone as it lies on the disk, and what is only on it.
struct Found {
    /// `(name, bytes)` of each file.
    files: Vec<(&'static str, Vec<u8>)>,
    /// Hashes of the unsent changes.
    unsent: BTreeSet<Vec<u8>>,
    draft: DraftId,
}

impl Found {
    fn file(&self, name: &str) -> &[u8] {
        &self.files.iter().find(|(found, _)| *found == name).expect("it is among them").1
    }

    /// Lays the files out with one of them altered, as after a run that met damage.
    fn lay_out(&self, folder: &Path, name: &str, alter: impl FnOnce(&mut Vec<u8>)) -> PathBuf {
        let mut alter = Some(alter);
        for (found, bytes) in &self.files {
            let mut bytes = bytes.clone();
            if *found == name
                && let Some(alter) = alter.take()
            {
                alter(&mut bytes);
            }
            fs::write(folder.join(found), bytes).expect("written");
        }
        fs::write(folder.join("store.sqlite.suspect"), []).expect("marked");
        folder.join("store.sqlite")
    }
}

/// A visit, a report and a form in progress that nobody has but this phone. `is_settled`: the app was closed; else it
/// was killed and most of it stands in the log.
fn worker_in_the_field(is_settled: bool) -> Found {
    let mut phone = Phone::with_file();
    let homes: Vec<_> =
        (101..111).map(|room| phone.receive_home(&room.to_string(), &[("王秀兰", "19900000001")])).collect();
    let mut phone = phone.restart();
    phone.visit(homes[0], |form| form.outcome = Some(Outcome::Met));
    let report = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { category: "05003".into(), text: "垃圾没有清运".into(), ..IncidentForm::default() };
    phone.run(SubmitIncident { draft: report, form });
    let draft = phone.run(OpenVisitForm { household: homes[1], draft: None }).draft;
    phone.run(SaveVisitForm { draft, form: VisitForm { note: TYPED.into(), ..VisitForm::default() } });
    let unsent = read_hashes(&phone);
    assert_eq!(unsent.len(), 3, "a visit, its household, a report");
    let path = phone.file();
    let names: &[&'static str] = if is_settled { &["store.sqlite"] } else { &["store.sqlite", "store.sqlite-wal"] };
    let read = || names.iter().map(|name| (*name, fs::read(path.with_file_name(name)).expect("there"))).collect();
    let mut files = Vec::new();
    if !is_settled {
        files = read();
    }
    let _phone = phone.restart_after(|path| {
        if is_settled {
            let file = rusqlite::Connection::open(path).expect("opens");
            file.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).expect("settled");
            drop(file);
            files = read();
        }
    });
    Found { files, unsent, draft }
}

fn read_hashes(phone: &Phone) -> BTreeSet<Vec<u8>> {
    let db = phone.companion.store.read();
    let mut select = db.prepare("SELECT hash FROM change WHERE state = 'pending'").expect("SQL");
    let rows = select.query_map([], |row| row.get("hash")).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("rows")
}

/// What is on the phone after its file was replaced: unsent changes, whether the form is there, and what it tells.
fn open_and_count(found: &Found, path: &Path, what: &str) -> (usize, bool, StoreHealth) {
    let mut phone = Phone::at(path, 7);
    let health = phone.run(GetSession {}).store;
    let hashes = read_hashes(&phone);
    assert!(hashes.is_subset(&found.unsent), "{what}: nothing is invented");
    let form: Option<String> = phone
        .companion
        .store
        .read()
        .query_row("SELECT form FROM draft WHERE id = ?1", [found.draft.as_uuid().into_bytes()], |row| row.get("form"))
        .ok();
    (hashes.len(), form.is_some_and(|form| form.contains(TYPED)), health)
}

fn assert_told(what: &str, health: &StoreHealth) {
    let StoreHealth::SetAside { unreadable, lost_pages, .. } = health else { panic!("{what}: {health:?}") };
    assert!(unreadable + lost_pages > 0, "{what}: something is missing and nothing is told: {health:?}");
}

#[test]
fn whichever_page_is_overwritten_the_unsent_changes_are_found_again() {
    let found = worker_in_the_field(true);
    let page = 4_096;
    let pages = found.file("store.sqlite").len() / page;
    assert!(pages > 10, "{pages} pages");
    let (mut replaced, mut drafts, mut accounts) = (0, 0, 0);
    for number in 0..pages {
        let what = format!("page {number}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = found.lay_out(folder.path(), "store.sqlite", |bytes| {
            bytes[number * page..(number + 1) * page].fill(0x5a);
        });
        let (unsent, has_draft, health) = open_and_count(&found, &path, &what);
        assert_eq!(unsent, found.unsent.len(), "{what}: {health:?}");
        if health == StoreHealth::Ready {
            // A free page: nothing stood there.
            assert!(has_draft, "{what}");
            continue;
        }
        let StoreHealth::SetAside { salvaged, .. } = &health else { panic!("{what}: {health:?}") };
        assert_eq!(*salvaged, 3, "{what}");
        if !has_draft {
            assert_told(&what, &health);
        }
        if number == 0 {
            assert_told("the first page", &health);
        }
        replaced += 1;
        drafts += usize::from(has_draft);
        accounts += usize::from(Phone::at(&path, 8).companion.account().is_some());
    }
    assert!(replaced > 10, "{replaced} of {pages}");
    let costs = (replaced - drafts, replaced - accounts);
    assert!(costs.0 <= 2 && costs.1 <= 1, "only the page on which it stood costs it: {costs:?}");
}

#[test]
fn a_page_that_is_overwritten_in_part_costs_no_change_that_is_whole() {
    let found = worker_in_the_field(true);
    for number in 0..found.file("store.sqlite").len() / 4_096 {
        let what = format!("the head of page {number}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = found.lay_out(folder.path(), "store.sqlite", |bytes| {
            bytes[number * 4_096..number * 4_096 + 64].fill(0x5a);
        });
        let (unsent, has_draft, health) = open_and_count(&found, &path, &what);
        assert_eq!(unsent, found.unsent.len(), "{what}: {health:?}");
        if !has_draft {
            assert_told(&what, &health);
        }
    }
}

#[test]
fn a_log_that_is_damaged_in_the_middle_takes_nothing_with_it_without_a_word() {
    let found = worker_in_the_field(false);
    let frame = 24 + 4_096;
    let frames = (found.file("store.sqlite-wal").len() - 32) / frame;
    assert!(frames > 10, "{frames} frames");
    // The last frame apart: its loss looks like a transaction that was under way.
    for number in 0..frames - 1 {
        let what = format!("frame {number}");
        let folder = tempfile::tempdir().expect("a folder");
        let path = found.lay_out(folder.path(), "store.sqlite-wal", |bytes| {
            bytes[32 + number * frame + 24..32 + (number + 1) * frame].fill(0x5a);
        });
        let (unsent, has_draft, health) = open_and_count(&found, &path, &what);
        assert!(matches!(health, StoreHealth::SetAside { .. }), "{what}: {health:?}");
        assert_eq!(unsent, found.unsent.len(), "{what}: {health:?}");
        if !has_draft {
            assert_told(&what, &health);
        }
    }
}

#[test]
fn a_file_that_is_gone_or_empty_is_read_from_its_log() {
    let found = worker_in_the_field(false);
    for is_gone in [true, false] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = found.lay_out(folder.path(), "store.sqlite", Vec::clear);
        if is_gone {
            fs::remove_file(&path).expect("gone");
        }
        let (unsent, has_draft, health) = open_and_count(&found, &path, "only the log");
        assert_eq!((unsent, has_draft), (3, true), "{health:?}");
    }
}

#[test]
fn what_was_lost_is_told_until_somebody_has_read_it() {
    let found = worker_in_the_field(true);
    let folder = tempfile::tempdir().expect("a folder");
    let path = found.lay_out(folder.path(), "store.sqlite", |bytes| bytes[..4_096].fill(0x5a));
    for start in 0..3 {
        assert_told("not read yet", &Phone::at(&path, start).run(GetSession {}).store);
    }
    let mut phone = Phone::at(&path, 4);
    assert_eq!(phone.run(AcknowledgeStore {}).store, StoreHealth::Ready);
    assert_eq!(phone.run(GetToday {}).drafts.len(), 1);
    drop(phone);
    assert_eq!(Phone::at(&path, 5).run(GetSession {}).store, StoreHealth::Ready);
}
