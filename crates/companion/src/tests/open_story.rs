//! What can be wrong with the file, and what becomes of the worker's unsent work.

use std::fs;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use contract::{
    AcknowledgeStore, ErrorCode, GetHousehold, GetSession, GetToday, ListUnsent, ListVisits, OpenVisitForm, PAGE_ROWS,
    SaveVisitForm, StoreHealth, SubmitVisit, VisitForm,
};
use domain::codes::Outcome;

use super::phone::Phone;
use crate::{OpenError, Store, StoreError, StorePlace};

/// A worker's phone with 40 homes, two unsent visits and a form in progress.
fn busy_phone() -> (Phone, domain::HouseholdId) {
    let mut phone = Phone::with_file();
    let homes: Vec<_> =
        (101..141).map(|room| phone.receive_home(&room.to_string(), &[("王秀兰", "19900000001")])).collect();
    for home in &homes[..2] {
        phone.visit(*home, |form| form.outcome = Some(Outcome::Met));
    }
    let draft = phone.run(OpenVisitForm { household: homes[2], draft: None }).draft;
    let form = VisitForm { note: "还没写完".into(), ..VisitForm::default() };
    phone.run(SaveVisitForm { draft, form });
    (phone, homes[0])
}

/// Everything into the main file, so that damage there is damage.
fn settle(path: &Path) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).expect("settled");
}

fn set_aside_files(path: &Path) -> Vec<String> {
    let folder = fs::read_dir(path.parent().expect("a folder")).expect("readable");
    let mut names: Vec<_> = folder
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains(".damaged-") && !name.ends_with("-wal") && !name.ends_with("-shm"))
        .collect();
    names.sort();
    names
}

#[test]
fn a_damaged_page_costs_the_page_and_not_the_unsent_work() {
    let (phone, home) = busy_phone();
    let mut phone = phone.restart_after(|path| {
        settle(path);
        // The tables for reading are lost, the outbox is not.
        spoil_table(path, "household");
    });
    // Opening did not look there; the first list does, and leaves a mark.
    assert_eq!(phone.refuse(GetToday {}).code, ErrorCode::StorageFailed);
    let mut phone = phone.restart();
    let StoreHealth::SetAside { file, salvaged, drafts, unreadable, lost_pages } = phone.run(GetSession {}).store
    else {
        panic!("it says what happened");
    };
    assert_eq!((salvaged, drafts, unreadable), (4, 1, 0), "two visits, two households, a form");
    assert_eq!(lost_pages, 0, "the page belonged to a table that follows from documents");
    assert_eq!(set_aside_files(&phone.file()), [file]);
    assert_eq!(phone.run(ListUnsent::default()).total, 2);
    let today = phone.run(GetToday {});
    assert_eq!((today.drafts.len(), today.household_count), (1, 2), "homes with unsent work are shown at once");
    assert_eq!(phone.run(GetHousehold { id: home }).visits.len(), 1);
    let mut phone = phone.restart();
    assert!(matches!(phone.run(GetSession {}).store, StoreHealth::SetAside { .. }), "told until somebody has read it");
    assert_eq!(phone.run(AcknowledgeStore {}).store, StoreHealth::Ready);
    let mut phone = phone.restart();
    assert_eq!(phone.run(GetSession {}).store, StoreHealth::Ready, "the next start is an ordinary one");
    assert_eq!(phone.run(ListUnsent::default()).total, 2);
}

/// Overwrites the first page of a table.
fn spoil_table(path: &Path, table: &str) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    let (root, page): (u64, u64) = connection
        .query_row("SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name = ?1", [table], |row| {
            Ok((row.get::<_, i64>("rootpage")?.unsigned_abs(), row.get::<_, i64>("page_size")?.unsigned_abs()))
        })
        .expect("a root page");
    drop(connection);
    let mut file = fs::OpenOptions::new().write(true).open(path).expect("opens");
    file.seek(SeekFrom::Start((root - 1) * page)).expect("there");
    file.write_all(&vec![0x5a; page as usize]).expect("written");
}

#[test]
fn damage_under_the_settings_does_not_lock_the_worker_out() {
    let (phone, _) = busy_phone();
    let mut phone = phone.restart_after(|path| {
        settle(path);
        spoil_table(path, "setting");
    });
    let session = phone.run(GetSession {});
    assert!(matches!(session.store, StoreHealth::SetAside { salvaged: 4, lost_pages: 1, .. }), "{:?}", session.store);
    assert_eq!(session.account, None, "who it was is lost with the page: enrol again");
    assert_eq!(phone.run(ListUnsent::default()).total, 2, "the work is not");
}

#[test]
fn a_suspicion_that_is_not_confirmed_rebuilds_the_tables_for_reading() {
    let (phone, home) = busy_phone();
    let mut phone = phone.restart_after(|path| {
        settle(path);
        let connection = rusqlite::Connection::open(path).expect("opens");
        connection.execute_batch("DELETE FROM household; DELETE FROM visit;").expect("gone");
        fs::write(path.with_file_name("store.sqlite.suspect"), []).expect("marked");
    });
    assert_eq!(phone.run(GetSession {}).store, StoreHealth::Ready);
    assert_eq!(phone.run(GetToday {}).household_count, 40);
    assert_eq!(phone.run(GetHousehold { id: home }).visits.len(), 1);
    let found = phone.run(contract::ListHouseholds { query: "wxl".into(), ..contract::ListHouseholds::default() });
    assert_eq!(found.total, 40);
    assert!(!phone.file().with_file_name("store.sqlite.suspect").exists());
}

#[test]
fn a_truncated_file_is_noticed_and_set_aside() {
    let (phone, _) = busy_phone();
    let mut phone = phone.restart_after(|path| {
        settle(path);
        let length = fs::metadata(path).expect("there").len();
        fs::OpenOptions::new().write(true).open(path).expect("opens").set_len(length - length / 5).expect("cut");
    });
    let session = phone.run(GetSession {});
    assert!(matches!(session.store, StoreHealth::SetAside { .. }), "{:?}", session.store);
    assert_eq!(set_aside_files(&phone.file()).len(), 1);
    // What still could be read is here, and the phone works.
    assert!(phone.companion.account().is_some());
    let home = phone.receive_home("999", &[("孙丽", "")]);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
}

#[test]
fn what_is_no_database_at_all_is_set_aside_untouched() {
    let (phone, _) = busy_phone();
    let rubbish = b"this is a shopping list, not a database".repeat(200);
    let mut phone = phone.restart_after(|path| {
        settle(path);
        fs::write(path, &rubbish).expect("written");
    });
    let session = phone.run(GetSession {});
    let StoreHealth::SetAside { file, salvaged, .. } = session.store else { panic!("it says what happened") };
    assert_eq!((salvaged, session.account), (0, None));
    let aside = phone.file().with_file_name(file);
    assert_eq!(fs::read(aside).expect("kept"), rubbish, "kept byte for byte");
}

#[test]
fn a_newer_file_is_refused_and_not_touched() {
    let (phone, _) = busy_phone();
    let path = phone.file();
    let folder = phone.restart_after(|path| {
        settle(path);
    });
    drop(folder.companion);
    settle(&path);
    let connection = rusqlite::Connection::open(&path).expect("opens");
    connection.pragma_update(None, "user_version", 99).expect("a newer one");
    drop(connection);
    let before = fs::read(&path).expect("readable");
    let error = Store::open(&StorePlace::File(path.clone())).err().expect("refused");
    assert!(matches!(error, OpenError::Newer { found: 99, .. }), "{error}");
    assert_eq!(fs::read(&path).expect("readable"), before, "not a byte was changed");
    assert_eq!(set_aside_files(&path), Vec::<String>::new());
}

#[test]
fn a_full_disk_saves_nothing_half_and_loses_nothing() {
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    let connection = phone.companion.store.read();
    let pages: i64 =
        connection.query_row("SELECT page_count AS n FROM pragma_page_count", [], |row| row.get("n")).expect("a count");
    connection.pragma_update_and_check(None, "max_page_count", pages + 12, |_| Ok(())).expect("a limit");
    let mut acknowledged = Vec::new();
    let error = loop {
        let result = phone.companion.run(OpenVisitForm { household: home, draft: None }).and_then(|opened| {
            let form = VisitForm { outcome: Some(Outcome::Met), note: "字".repeat(300), ..VisitForm::default() };
            phone.companion.run(SubmitVisit { draft: opened.draft, form })
        });
        match result {
            Ok(receipt) => acknowledged.push(receipt.visit),
            Err(error) => break error,
        }
        assert!(acknowledged.len() < 10_000, "the disk never filled up");
    };
    assert_eq!(error.code, ErrorCode::StorageFull);
    let view = phone.run(GetHousehold { id: home });
    assert_eq!(view.visit_count, acknowledged.len() as u64, "reading goes on");
    let drafts = phone.run(GetToday {}).drafts.len();
    let mut phone = phone.restart();
    assert_eq!(phone.run(GetHousehold { id: home }).visit_count, acknowledged.len() as u64);
    assert_eq!(phone.run(GetToday {}).drafts.len(), drafts, "a form that could not be submitted is still there");
    assert_consistent(&mut phone, home);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
}

/// The tables say what the documents say, and every document of ours has its change.
fn assert_consistent(phone: &mut Phone, home: domain::HouseholdId) {
    let rows = phone.run(ListVisits { household: home, after: None }).rows.len() as u64;
    assert_eq!(rows, phone.run(GetHousehold { id: home }).visit_count.min(u64::from(PAGE_ROWS)));
    let missing: i64 = phone
        .companion
        .store
        .read()
        .query_row(
            "SELECT count(*) AS n FROM document WHERE kind = 'visit' AND NOT EXISTS
                 (SELECT 1 FROM change WHERE change.document = document.id AND length(change.bytes) > 0)",
            [],
            |row| row.get("n"),
        )
        .expect("a count");
    assert_eq!(missing, 0);
    let mut check = String::new();
    phone
        .companion
        .store
        .read()
        .pragma_query(None, "integrity_check", |row| {
            check = row.get("integrity_check")?;
            Ok(())
        })
        .expect("checked");
    assert_eq!(check, "ok");
}

#[test]
fn an_error_inside_a_transaction_undoes_all_of_it() {
    let mut phone = Phone::of_worker();
    let before = phone.run(ListUnsent::default()).total;
    let result = phone.companion.store.write::<(), StoreError>(|writing| {
        crate::store::setting::put_setting(writing, crate::store::setting::TOKEN, &"half")?;
        Err(StoreError::Full)
    });
    assert!(matches!(result, Err(StoreError::Full)));
    assert_eq!(phone.companion.server().expect("readable").map(|(_, token)| token).as_deref(), Some("token"));
    assert_eq!(phone.run(ListUnsent::default()).total, before);
}

#[test]
fn a_file_shorter_than_a_header_is_no_reason_to_panic() {
    let folder = tempfile::tempdir().expect("a folder");
    for length in [0_usize, 1, 15, 16, 31, 99, 100, 512] {
        let path = folder.path().join(format!("{length}.sqlite"));
        fs::write(&path, vec![0x53; length]).expect("written");
        let store = Store::open(&StorePlace::File(path.clone())).expect("opens a fresh one");
        assert_eq!(matches!(store.health(), StoreHealth::Ready), length == 0, "{length}");
        drop(store);
        let mut start = [0; 15];
        fs::File::open(&path).expect("there").read_exact(&mut start).expect("a header");
        assert_eq!(&start, b"SQLite format 3");
    }
}
