//! Other programs look into the worker's file while the app runs, and the app keeps its hold on it.
//!
//! A process loses all its POSIX locks on a file when it closes any descriptor of it. So after every way of opening
//! the store the kernel's own list is asked whether the lock is there, and a foreign process opens and closes the file
//! while the app saves.

use std::fs;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use contract::{GetSession, GetToday, OpenVisitForm, StoreHealth};
use domain::codes::Outcome;

use super::kill_story::{open, phone_with_homes, read_last_edit, run_and_kill};
use super::phone::{Phone, worker};
use super::replace_story::place_of;

/// First and last byte of the lock that a connection in WAL mode holds on its file for as long as it lives
/// (SQLite's `SHARED_FIRST` and `SHARED_SIZE`).
const SHARED_RANGE: &str = "1073741826 1073742335";

/// How often the kernel's list is read: it is not read as a whole, so that a line is left out while others come and go.
/// A lock that is lost does not come back by itself.
const READS: usize = 50;

/// Whether this process holds SQLite's lock on a file, as the kernel says.
fn has_lock(path: &Path) -> bool {
    (0..READS).any(|_| lists_lock(path))
}

fn lists_lock(path: &Path) -> bool {
    let inode = format!(":{}", fs::metadata(path).expect("there").ino());
    let pid = std::process::id().to_string();
    fs::read_to_string("/proc/locks").expect("the kernel's list").lines().any(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        fields.get(4) == Some(&pid.as_str())
            && fields.get(5).is_some_and(|file| file.ends_with(&inode))
            && line.ends_with(SHARED_RANGE)
    })
}

fn assert_locked(phone: &Phone, what: &str) {
    assert!(has_lock(&phone.file()), "{what}: the app has no lock on its store");
}

#[test]
fn the_app_keeps_its_lock_however_the_store_was_opened() {
    let phone = Phone::with_file();
    assert_locked(&phone, "a fresh store");
    let mut phone = phone.restart();
    assert_locked(&phone, "the second start");
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    assert_locked(&phone, "after saving");
    let phone = phone.restart();
    assert_locked(&phone, "the third start");
    let phone = phone.restart_after(|path| fs::write(path.with_extension("sqlite.suspect"), []).expect("marked"));
    assert_locked(&phone, "a suspicion that is not confirmed");
    let phone = phone.restart_after(|path| spoil(path, "household"));
    let phone = phone.restart_after(|path| fs::write(path.with_extension("sqlite.suspect"), []).expect("marked"));
    assert!(matches!(phone.companion.store.health(), StoreHealth::SetAside { .. }));
    assert_locked(&phone, "a damaged store was replaced");
    let phone = phone.restart_after(|path| spoil(path, "setting"));
    assert!(matches!(phone.companion.store.health(), StoreHealth::SetAside { .. }));
    assert_locked(&phone, "settings on a damaged page: opened twice");
    let phone = phone.restart_after(|path| fs::write(path, b"not a database").expect("written"));
    assert!(matches!(phone.companion.store.health(), StoreHealth::SetAside { .. }));
    assert_locked(&phone, "a stump was replaced");
    let mut phone = phone.restart();
    phone.bind(worker());
    phone.run(GetSession {});
    phone.run(GetToday {});
    assert_locked(&phone, "an ordinary start after all that");
}

#[test]
fn the_app_keeps_its_lock_after_an_upgrade() {
    for schema in ["0001", "0002", "0003"] {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("store.sqlite");
        fs::copy(format!("{}/fixtures/schema_{schema}.sqlite", env!("CARGO_MANIFEST_DIR")), &path).expect("copied");
        let _phone = Phone::at(&path, 2);
        assert!(has_lock(&path), "schema {schema}");
    }
}

/// Overwrites the first page of a table in a file that nobody has open.
fn spoil(path: &Path, table: &str) {
    let connection = rusqlite::Connection::open(path).expect("opens");
    connection.pragma_update_and_check(None, "journal_mode", "DELETE", |_| Ok(())).expect("settled");
    let (offset, size) = place_of(&connection, table);
    drop(connection);
    let mut file = fs::OpenOptions::new().write(true).open(path).expect("opens");
    file.seek(SeekFrom::Start(offset as u64)).expect("there");
    file.write_all(&vec![0x5a; size]).expect("written");
}

#[test]
fn a_backup_program_that_opens_and_closes_the_file_while_the_app_saves_takes_nothing_with_it() {
    let phone = phone_with_homes();
    let path = phone.file();
    // The child process is the app, at its third start; this process is the backup program.
    let phone = phone.restart_after(|path| {
        let mut looks = 0;
        let (last, _) = run_and_kill(path, 500, |count| {
            if count % 10 == 0 {
                let foreign = rusqlite::Connection::open(path).expect("opens");
                let seen: i64 = foreign
                    .query_row("SELECT count(*) AS n FROM change", [], |row| row.get("n"))
                    .expect("the backup program reads");
                assert!(seen.unsigned_abs() >= count, "{seen} of {count}");
                foreign.close().expect("closes");
                looks += 1;
            }
        });
        assert_eq!(looks, 50);
        let mut companion = open(path, 7_000);
        assert!(read_last_edit(&mut companion) >= last, "edit {last} was acknowledged before the kill");
        assert!(last >= 500);
        let changes: i64 = companion
            .store
            .read()
            .query_row("SELECT count(DISTINCT hash) AS n FROM change", [], |row| row.get("n"))
            .expect("a count");
        assert!(changes >= 500, "{changes} changes are there");
    });
    assert!(has_lock(&path));
    drop(phone);
}

#[test]
fn nobody_else_on_the_device_can_read_the_apps_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = folder.path().join("app");
    crate::store::private::make_folder(&app).expect("made");
    let path = app.join("store.sqlite");
    // As an earlier version left them.
    for name in ["store.sqlite", "store.sqlite.damaged-1", "store.sqlite.damaged-1-wal"] {
        fs::write(app.join(name), []).expect("written");
        fs::set_permissions(app.join(name), fs::Permissions::from_mode(0o644)).expect("open to all");
    }
    let mut phone = Phone::at(&path, 1);
    phone.bind(worker());
    let home = phone.receive_home("402", &[("王秀兰", "19900000001")]);
    phone.run(OpenVisitForm { household: home, draft: None });
    assert_private(&app, "in use");
    let (offset, size) = place_of(phone.companion.store.read(), "account_name");
    drop(phone);
    let mut file = fs::OpenOptions::new().write(true).open(&path).expect("opens");
    file.seek(SeekFrom::Start(offset as u64)).expect("there");
    file.write_all(&vec![0x5a; size]).expect("written");
    fs::write(app.join("store.sqlite.suspect"), []).expect("marked");
    let phone = Phone::at(&path, 2);
    assert!(matches!(phone.companion.store.health(), StoreHealth::SetAside { .. }));
    assert_private(&app, "after a replacement");
}

/// The folder is 0700, and every file in it 0600.
fn assert_private(folder: &Path, what: &str) {
    let rights = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!(rights(folder), 0o700, "{what}");
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("an entry").path();
        assert_eq!(rights(&path), 0o600, "{what}: {}", path.display());
        names.push(path.file_name().expect("a name").to_string_lossy().into_owned());
    }
    assert!(names.iter().any(|name| name.ends_with("-wal")), "{what}: the log is among them: {names:?}");
}
