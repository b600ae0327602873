//! A damaged file is being replaced when the phone dies: the next start ends where this one would have.

use std::fs;
use std::path::{Path, PathBuf};

use contract::{AcknowledgeStore, GetSession, GetToday, ListUnsent, StoreHealth};
use domain::codes::Outcome;

use super::phone::Phone;
use crate::store::open::open_watched;
use crate::store::replace::Step;
use crate::{OpenError, StorePlace};

/// Where a table begins in the file: offset and size of its first page.
pub(super) fn place_of(connection: &rusqlite::Connection, table: &str) -> (usize, usize) {
    let sql = "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?1";
    let (root, size) = connection
        .query_row(sql, [table], |row| Ok((row.get::<_, i64>("rootpage")?, row.get::<_, i64>("page_size")?)))
        .expect("a root page");
    let (root, size) = (usize::try_from(root).expect("small"), usize::try_from(size).expect("small"));
    ((root - 1) * size, size)
}

/// The files of a phone as a kill left them: two visits and a form stand only in the write-ahead log, and the file
/// itself has a bad page. `(name, bytes)` each.
fn killed_and_damaged() -> Vec<(String, Vec<u8>)> {
    let mut phone = Phone::with_file();
    let homes = ["101", "102", "103"].map(|room| phone.receive_home(room, &[("王秀兰", "19900000001")]));
    // Everything so far into the file itself.
    let mut phone = phone.restart();
    for home in &homes[..2] {
        phone.visit(*home, |form| form.outcome = Some(Outcome::Met));
    }
    phone.begin_visit(homes[2], "约了明天");
    let (offset, size) = place_of(phone.companion.store.read(), "account_name");
    let path = phone.file();
    let mut files = Vec::new();
    for name in ["store.sqlite", "store.sqlite-wal"] {
        let mut bytes = fs::read(path.with_file_name(name)).expect("there");
        if name == "store.sqlite" {
            bytes[offset..offset + size].fill(0x5a);
        }
        files.push((name.to_owned(), bytes));
    }
    // An earlier run met the page.
    files.push(("store.sqlite.suspect".to_owned(), Vec::new()));
    files
}

fn lay_out(folder: &Path, files: &[(String, Vec<u8>)]) -> PathBuf {
    for (name, bytes) in files {
        fs::write(folder.join(name), bytes).expect("written");
    }
    folder.join("store.sqlite")
}

/// The worker's work is here, they are told once, and the damaged file lies beside it.
fn assert_all_is_well(path: &Path, what: &str) {
    let mut phone = Phone::at(path, 2);
    let health = phone.run(GetSession {}).store;
    let StoreHealth::SetAside { file, salvaged, unreadable, .. } = health else { panic!("{what}: {health:?}") };
    assert_eq!((file.as_str(), salvaged, unreadable), ("store.sqlite.damaged-1", 4, 0), "{what}");
    assert!(phone.companion.account().is_some(), "{what}");
    assert_eq!(phone.run(ListUnsent::default()).total, 2, "{what}");
    assert_eq!(phone.run(GetToday {}).drafts.len(), 1, "{what}");
    drop(phone);
    let mut phone = Phone::at(path, 3);
    assert_eq!(phone.run(AcknowledgeStore {}).store, StoreHealth::Ready, "{what}: told again until it was read");
    assert_eq!(phone.run(ListUnsent::default()).total, 2, "{what}: the next start is an ordinary one");
    drop(phone);
    let mut names: Vec<String> = fs::read_dir(path.parent().expect("a folder"))
        .expect("readable")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    assert_eq!(names, ["store.sqlite", "store.sqlite.damaged-1"], "{what}: nothing else is left, nothing is twice");
}

#[test]
fn a_phone_that_dies_while_a_damaged_file_is_replaced_loses_nothing() {
    let files = killed_and_damaged();
    let mut steps = Vec::new();
    for deaths in 0.. {
        let folder = tempfile::tempdir().expect("a folder");
        let path = lay_out(folder.path(), &files);
        let mut count = 0;
        let mut died_at = None;
        let opened = open_watched(&StorePlace::File(path.clone()), &mut |step| {
            if count == deaths {
                died_at = Some(step);
                return Err(OpenError::SetAside(std::io::Error::other("the phone dies here")));
            }
            count += 1;
            Ok(())
        });
        let Some(step) = died_at else {
            let store = opened.expect("nobody died");
            assert!(matches!(store.health(), StoreHealth::SetAside { salvaged: 4, .. }), "{:?}", store.health());
            break;
        };
        assert!(opened.is_err(), "{step:?}");
        steps.push(step);
        assert_all_is_well(&path, &format!("died before {step:?}"));
    }
    let all = [Step::Salvage, Step::Close, Step::Declare, Step::MoveJournal, Step::MoveDamaged, Step::MoveNew];
    assert!(all.iter().all(|step| steps.contains(step)), "{steps:?}");
    assert_eq!(steps.last(), Some(&Step::Unmark));
}

#[test]
fn a_phone_that_dies_at_every_start_gets_there_in_the_end() {
    let files = killed_and_damaged();
    let folder = tempfile::tempdir().expect("a folder");
    let path = lay_out(folder.path(), &files);
    // Each start gets one step further than the one before.
    let mut is_replaced = false;
    for life in 0..20 {
        let mut count = 0;
        let died = open_watched(&StorePlace::File(path.clone()), &mut |step| {
            is_replaced |= step == Step::Unmark;
            count += 1;
            if count > life || is_replaced {
                return Err(OpenError::SetAside(std::io::Error::other("the phone dies here")));
            }
            Ok(())
        });
        assert!(died.is_err(), "life {life}");
        if is_replaced {
            break;
        }
    }
    assert!(is_replaced);
    assert_all_is_well(&path, "after dying at every start");
}

#[test]
fn a_half_written_attempt_is_thrown_away() {
    let mut files = killed_and_damaged();
    files.push(("store.sqlite.salvage".to_owned(), b"SQLite format 3\0 and then the power went".repeat(30)));
    files.push(("store.sqlite.salvage-wal".to_owned(), vec![0x37; 4_000]));
    let folder = tempfile::tempdir().expect("a folder");
    let path = lay_out(folder.path(), &files);
    assert_all_is_well(&path, "half an attempt lay there");
}

#[test]
fn the_damaged_file_keeps_its_log_beside_it() {
    let files = killed_and_damaged();
    let folder = tempfile::tempdir().expect("a folder");
    let path = lay_out(folder.path(), &files);
    drop(Phone::at(&path, 2));
    let kept = rusqlite::Connection::open(path.with_file_name("store.sqlite.damaged-1")).expect("opens");
    let changes: i64 = kept.query_row("SELECT count(*) AS n FROM change", [], |row| row.get("n")).expect("readable");
    assert_eq!(changes, 4, "whoever looks at it later finds the log's contents too");
}
