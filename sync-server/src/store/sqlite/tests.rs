//! The suite on SQLite, and what is particular to it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Mutex;

use domain::UnixMillis;
use rusqlite::Connection;
use sync::wire::Epoch;
use tempfile::TempDir;

use super::mark::{FILE_NAME as MARK_FILE_NAME, Opener};
use super::{FILE_NAME, SqliteOptions, SqliteStore, ledger, schema};
use crate::store::{Answer, BrokenPromise, Shown, Store as _, StoreError, suite};

mod damage;

fn open(folder: &TempDir) -> SqliteStore {
    open_as(folder.path(), 7)
}

/// Opens as a process whose random numbers are these.
fn open_as(folder: &Path, n: u8) -> SqliteStore {
    let opener = Opener { epoch: Epoch(n.into()), run: n.into(), secret: [n; 32], at: UnixMillis::new(i64::from(n)) };
    SqliteStore::open(folder, &SqliteOptions::default(), &opener).expect("opened")
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_keeps_every_promise_of_the_store() {
    let folders = Mutex::new(Vec::new());
    suite::run_all(async || {
        let folder = TempDir::new().expect("a folder");
        let store = open(&folder);
        folders.lock().expect("not poisoned").push(folder);
        store
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_fails_takes_nothing_of_its_group_with_it() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let writing: Vec<_> = (0..40_u32)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let work = move |db: &Connection| -> Answer<()> {
                    db.execute("INSERT INTO meta (key, value) VALUES (?1, '')", [format!("group-{n}")])?;
                    if n % 2 == 0 { Err(StoreError::Value("on purpose".into())) } else { Ok(()) }
                };
                (n, store.write(work).await.is_ok())
            })
        })
        .collect();
    for one in writing {
        let (n, is_stored) = one.await.expect("no panic");
        assert_eq!(is_stored, n % 2 == 1);
    }
    let count = |db: &Connection| -> Answer<i64> {
        Ok(db.query_row("SELECT COUNT(*) FROM meta WHERE key LIKE 'group-%'", [], |row| row.get(0))?)
    };
    assert_eq!(store.read(count).await.expect("read"), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_that_panics_fails_alone_and_writing_goes_on() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let writing: Vec<_> = (0..30_u32)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let work = move |db: &Connection| -> Answer<()> {
                    db.execute("INSERT INTO meta (key, value) VALUES (?1, '')", [format!("panic-{n}")])?;
                    assert!(n % 3 != 0, "on purpose");
                    Ok(())
                };
                (n, store.write(work).await)
            })
        })
        .collect();
    for one in writing {
        let (n, answer) = one.await.expect("answered");
        assert_eq!(answer.is_ok(), n % 3 != 0);
        assert!(!matches!(answer, Err(StoreError::Closed)), "the writer lives");
    }
    store.probe_writer(UnixMillis::new(1)).await.expect("writing goes on");
    let count = |db: &Connection| -> Answer<i64> {
        Ok(db.query_row("SELECT COUNT(*) FROM meta WHERE key LIKE 'panic-%'", [], |row| row.get(0))?)
    };
    assert_eq!(store.read(count).await.expect("read"), 20, "nothing of those that panicked");
    store.close().await;
    assert!(store.probe_writer(UnixMillis::new(1)).await.is_err());
}

#[tokio::test]
async fn damage_to_what_the_office_wrote_is_named() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let grid: domain::GridCode = "990101001001003".parse().expect("a grid");
    let building = crate::store::Building {
        code: grid.building(1).expect("in range"),
        compound_key: "海棠花园".into(),
        name_key: "1".into(),
        compound: "海棠花园".into(),
        name: "1栋".into(),
    };
    store.put_buildings(vec![building]).await.expect("kept");
    crate::reference::refresh(&store).await.expect("seeded");
    assert_eq!(store.find_damage().await.expect("read"), []);
    let hurt = |db: &Connection| -> Answer<()> {
        db.execute("UPDATE building SET name = '2栋'", [])?;
        db.execute("UPDATE reference SET value = '[' WHERE key = 'notices'", [])?;
        db.execute("INSERT INTO building VALUES ('99', 1, '', '', '', '')", [])?;
        db.execute("INSERT INTO roster_base VALUES ('990101001001003', 'k', '{}')", [])?;
        Ok(())
    };
    store.write(hurt).await.expect("hurt");
    let found: Vec<String> =
        store.find_damage().await.expect("read").into_iter().map(|d| format!("{} {}", d.code, d.subject)).collect();
    let expected =
        ["building 99/1", "reference buildings/990101001001003", "reference notices", "roster_base 990101001001003/1"];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn two_processes_write_one_file() {
    let folder = TempDir::new().expect("a folder");
    let (server, import) = (open(&folder), open(&folder));
    assert_eq!(server.read_epoch().await.expect("read"), import.read_epoch().await.expect("read"));
    for n in 0..20 {
        let (one, two) = (format!("server {n}"), format!("import {n}"));
        let (a, b) = tokio::join!(
            server.append_audit(UnixMillis::new(n), "test", one),
            import.append_audit(UnixMillis::new(n), "test", two)
        );
        a.and(b).expect("both kept");
    }
    assert_eq!(server.find_damage().await.expect("read"), []);
}

#[tokio::test]
async fn a_closed_ledger_is_one_file_and_its_mark() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    store.read_epoch().await.expect("read");
    store.close().await;
    assert!(matches!(store.read_epoch().await, Err(StoreError::Closed)));
    let left: BTreeSet<_> =
        std::fs::read_dir(folder.path()).expect("folder").map(|entry| entry.expect("entry").file_name()).collect();
    assert_eq!(left, [FILE_NAME.into(), MARK_FILE_NAME.into()].into());
}

#[test]
fn lists_are_read_by_index() {
    let mut file = Connection::open_in_memory().expect("memory");
    schema::upgrade(&mut file).expect("schema");
    for sql in [
        "SELECT document FROM entry WHERE collection = 'c' AND last_position > 5 ORDER BY last_position",
        "SELECT MIN(from_ordinal) FROM log WHERE collection = 'c' AND document = x'00' AND position > 5",
        "SELECT bytes FROM change WHERE document = x'00' AND ordinal >= 2 ORDER BY ordinal",
        "SELECT document FROM change WHERE hash = x'00'",
        "SELECT MAX(seq) FROM change WHERE document = x'00' AND actor = x'00'",
        "SELECT collection FROM entry WHERE document = x'00' AND present = 1 ORDER BY collection",
        "SELECT position FROM collection WHERE name = 'c'",
        "SELECT snapshot FROM document WHERE id = x'00'",
        "SELECT snapshot FROM document WHERE id > x'00' ORDER BY id LIMIT 5",
        "SELECT value FROM reference WHERE position > 5 ORDER BY position",
        "SELECT imported FROM roster_base WHERE grid = 'g' AND row_key = 'k'",
        "SELECT imported FROM roster_base WHERE grid >= 'g' AND grid < 'h' ORDER BY grid, row_key",
        "SELECT projection FROM document WHERE grid >= 'g' AND grid < 'h' AND kind IN ('a', 'b') ORDER BY grid, id",
        "SELECT MIN(grid) FROM document WHERE grid > 'g'",
        "SELECT streams FROM withdrawn WHERE household = x'00' ORDER BY document",
        "SELECT changes_before FROM import_record WHERE import = 1 ORDER BY household, document",
        "SELECT heads_after FROM import_record WHERE document = x'00'",
        "SELECT 1 FROM aside WHERE hash = x'00' AND state = 'held' LIMIT 1",
        "SELECT account FROM device WHERE token_sha256 = x'00'",
        "SELECT document FROM wake WHERE wake_at <= 5 ORDER BY wake_at, document",
    ] {
        let mut explain = file.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).expect(sql);
        let plan: Vec<String> =
            explain.query_map([], |row| row.get("detail")).expect(sql).collect::<Result<_, _>>().expect(sql);
        let plan = plan.join("; ");
        assert!(plan.contains("SEARCH") && !plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}

/// Every table and index of a file, as it was made.
fn list_schema(file: &Connection) -> Vec<(String, String)> {
    let mut select =
        file.prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name").expect("SQL");
    let rows = select.query_map([], |row| Ok((row.get("name")?, row.get("sql")?))).expect("rows");
    rows.collect::<Result<_, _>>().expect("rows")
}

#[tokio::test]
async fn a_ledger_from_before_the_desk_is_upgraded_and_what_was_reported_is_decided() {
    let folder = TempDir::new().expect("a folder");
    let now = UnixMillis::new(1_795_363_200_000);
    let path = folder.path().join(FILE_NAME);
    let (incident, visit) = {
        let mut old = Connection::open(&path).expect("a file");
        schema::upgrade_to(&mut old, 1).expect("the first schema");
        old.execute("INSERT INTO meta (key, value) VALUES ('epoch', '7')", []).expect("an epoch");
        let (incident, visit) = (old_documents::incident(now), old_documents::visit(now));
        let ids = (incident.after.id, visit.after.id);
        let batch = crate::store::Batch { received_at: now, admissions: vec![incident, visit], ..Default::default() };
        assert_eq!(
            ledger::commit(&old, &batch, &super::damage::DamageLog::default()).expect("written"),
            [crate::store::Committed::Stored; 2]
        );
        ids
    };
    let store = open(&folder);
    assert_eq!(store.read_epoch().await.expect("read"), Epoch(7), "the same life of the data");
    assert_eq!(store.list_waking(now, 9).await.expect("read"), [incident]);
    let upgraded = store.read(|db| Ok(list_schema(db))).await.expect("read");
    let mut fresh = Connection::open_in_memory().expect("memory");
    schema::upgrade(&mut fresh).expect("schema");
    assert_eq!(upgraded, list_schema(&fresh));

    let app = crate::App::new(store.clone(), std::sync::Arc::new(move || now), crate::Limits::default());
    let settlement = crate::desk::settle_due(&app).await.expect("settled");
    assert_eq!((settlement.settled, settlement.failed), (1, 0));
    let documents = store.scan_documents(None, 9).await.expect("read").documents;
    let read = documents.iter().find(|document| document.id == incident).expect("there");
    let read: domain::Incident = serde_json::from_str(&read.projection).expect("an incident");
    assert!(read.decisions.values().all(|decision| decision.effective) && read.decisions.len() == 1, "{read:?}");
    assert_eq!(read.human_no.as_deref(), Some("9901012026112300001"));
    assert!(documents.iter().any(|document| document.id == visit));
    assert_eq!(crate::admin::verify(&store).await.expect("read").damage, []);
}

/// Records as phones wrote them before the server decided on incidents.
mod old_documents {
    use documents::{Author, RecordDocument};
    use domain::incident::Incident;
    use domain::{AccountId, InstallationId, Record, UnixMillis, Visit};
    use serde_json::json;

    use crate::ingest::rebuild;
    use crate::store::{Admission, StoredChange};

    fn create<R: Record>(record: &R, by: AccountId, at: UnixMillis) -> Admission {
        let author = Author { account: by, installation: InstallationId::new(at, [9; 10]), at };
        let (history, change) = RecordDocument::create(record, &author).expect("a document");
        let rebuilt = rebuild(R::KIND, &history).expect("a record");
        let change = StoredChange {
            hash: change.hash,
            actor: author.installation,
            seq: change.seq,
            account: by,
            bytes: change.bytes,
        };
        Admission {
            after: rebuilt.stored,
            base: Vec::new(),
            changes: vec![change],
            collections: rebuilt.streams,
            wake_at: None,
        }
    }

    pub(super) fn incident(at: UnixMillis) -> Admission {
        let by = AccountId::new(at, [1; 10]);
        let step = json!({"kind": "submit", "by": by, "role": "grid_worker", "at_device": at, "round": 0});
        let record: Incident = serde_json::from_value(json!({
            "id": domain::IncidentId::new(at, [2; 10]),
            "category": "03002",
            "text": "楼道堆放纸箱",
            "happened_at": at,
            "reported_at": at,
            "source": "05",
            "grid": "990101001001003",
            "by": by,
            "role": "grid_worker",
            "transitions": {domain::id::TransitionId::new(at, [3; 10]).to_string(): step},
        }))
        .expect("an incident");
        create(&record, by, at)
    }

    pub(super) fn visit(at: UnixMillis) -> Admission {
        let by = AccountId::new(at, [1; 10]);
        let record: Visit = serde_json::from_value(json!({
            "id": domain::VisitId::new(at, [4; 10]),
            "household": domain::HouseholdId::new(at, [5; 10]),
            "grid": "990101001001003",
            "building": "99010100100100300001",
            "by": by,
            "role": "grid_worker",
            "at_start": at,
            "at_end": at,
            "outcome": "met",
        }))
        .expect("a visit");
        create(&record, by, at)
    }
}

/// Puts copies of the ledger's files in their place, as an administrator does with the server stopped.
fn copy(from: &Path, to: &Path, names: &[&str]) {
    std::fs::create_dir_all(to).expect("a folder");
    for name in names {
        std::fs::copy(from.join(name), to.join(name)).expect("copied");
    }
}

async fn write_something(store: &SqliteStore) {
    store.append_audit(UnixMillis::new(1), "export", String::new()).await.expect("kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_put_back_alone_is_found_older_at_the_next_start() {
    let (folder, backup) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let store = open_as(folder.path(), 1);
    write_something(&store).await;
    store.close().await;
    copy(folder.path(), backup.path(), &[FILE_NAME]);
    let store = open_as(folder.path(), 2);
    assert_eq!(store.read_epoch().await.expect("read"), Epoch(1), "nothing is wrong yet");
    write_something(&store).await;
    store.close().await;
    copy(backup.path(), folder.path(), &[FILE_NAME]);
    let store = open_as(folder.path(), 3);
    assert_eq!(store.read_epoch().await.expect("read"), Epoch(3));
    let lives = store.list_renewals().await.expect("read");
    assert_eq!(lives.iter().map(|life| life.cause.as_str()).collect::<Vec<_>>(), ["file_ahead"]);
    assert_eq!(store.find_damage().await.expect("read"), []);
    write_something(&store).await;
    store.close().await;
    // Once is enough, also without a file, or with one that is torn.
    for file in [None, Some(""), Some("17 x")] {
        match file {
            None => std::fs::remove_file(folder.path().join(MARK_FILE_NAME)).expect("removed"),
            Some(text) => std::fs::write(folder.path().join(MARK_FILE_NAME), text).expect("written"),
        }
        let store = open_as(folder.path(), 4);
        assert_eq!(store.read_epoch().await.expect("read"), Epoch(3), "{file:?}");
        store.close().await;
    }
    // The same copy a second time: the epoch of the first renewal is one that it has never heard of.
    let store = open_as(folder.path(), 5);
    write_something(&store).await;
    store.close().await;
    copy(backup.path(), folder.path(), &[FILE_NAME]);
    let store = open_as(folder.path(), 6);
    assert_eq!(store.read_epoch().await.expect("read"), Epoch(6));
    store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_put_back_is_found_older_by_the_marks_of_devices_however_late_they_come() {
    let (folder, backup) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let store = open_as(folder.path(), 1);
    write_something(&store).await;
    let before = store.read_mark().await.expect("read");
    store.close().await;
    copy(folder.path(), backup.path(), &[FILE_NAME, MARK_FILE_NAME]);
    let store = open_as(folder.path(), 2);
    write_something(&store).await;
    let after = store.read_mark().await.expect("read");
    store.close().await;
    copy(backup.path(), folder.path(), &[FILE_NAME, MARK_FILE_NAME]);
    let store = open_as(folder.path(), 3);
    assert_eq!(store.read_epoch().await.expect("read"), Epoch(1), "by itself it cannot know");
    let judge = async |mark: &Option<sync::wire::Mark>| {
        let shown = Shown { epoch: Some(Epoch(1)), mark: mark.clone(), ..Shown::default() };
        store.judge_shown(shown, UnixMillis::new(1)).await.expect("judged").broken
    };
    assert_eq!(judge(&before).await, None, "this phone has seen nothing that is lost");
    assert_eq!(judge(&after).await, Some(BrokenPromise::MarkUnknown));
    for _ in 0..3 {
        write_something(&store).await;
    }
    assert_eq!(judge(&after).await, Some(BrokenPromise::MarkUnknown), "the numbers have passed its own");
    store.close().await;
}

/// A process that closes any descriptor of a file loses its POSIX locks on that file.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_second_opening_in_the_same_process_leaves_the_first_its_lock() {
    use std::os::unix::fs::MetadataExt as _;
    let folder = TempDir::new().expect("a folder");
    let first = open(&folder);
    first.read_epoch().await.expect("read");
    let inode = format!(":{} ", std::fs::metadata(folder.path().join(FILE_NAME)).expect("there").ino());
    let pid = format!(" {} ", std::process::id());
    let has_lock = || {
        let locks = std::fs::read_to_string("/proc/locks").expect("the kernel's list");
        locks.lines().any(|line| line.contains(&pid) && line.contains(&inode) && line.contains("1073741826"))
    };
    assert!(has_lock(), "a ledger that is open is locked");
    let second = open(&folder);
    assert!(has_lock(), "opened twice");
    second.close().await;
    assert!(has_lock(), "one of two is closed");
    first.read_epoch().await.expect("read");
    first.close().await;
    assert!(!has_lock(), "both are closed");
}

#[test]
fn a_scrape_reads_a_handful_of_rows() {
    let mut file = Connection::open_in_memory().expect("memory");
    schema::upgrade(&mut file).expect("schema");
    let read_rows = |file: &Connection| -> i64 {
        file.query_row("SELECT COUNT(*) FROM tally", [], |row| row.get(0)).expect("counted")
    };
    assert_eq!(read_rows(&file), 5);
    let totals = super::tally::count_totals(&file).expect("read");
    assert_eq!(totals, crate::store::Totals::default());
}

#[tokio::test]
async fn short_questions_do_not_wait_for_those_who_read_much() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    // No long read gets a turn any more; one that asked for it would be refused.
    store.shared.readers.long_turns.close();
    let record = domain::RecordId::from_uuid(uuid::Uuid::from_bytes([1; 16]));
    let hash = domain::ChangeHash([1; 32]);
    let account = domain::AccountId::from_uuid(uuid::Uuid::from_bytes([2; 16]));
    assert!(store.find_session(crate::store::SecretHash([1; 32])).await.expect("answered").is_none());
    assert!(store.find_known(vec![(record, hash)]).await.expect("answered").is_empty());
    assert!(store.read_bases(Vec::new()).await.expect("answered").is_empty());
    assert!(store.read_positions(BTreeSet::new()).await.expect("answered").is_empty());
    assert!(store.list_waking(UnixMillis::new(1), 9).await.expect("answered").is_empty());
    assert!(store.read_reference(vec!["notices".to_owned()]).await.expect("answered").is_empty());
    assert!(store.list_devices(account).await.expect("answered").is_empty());
    assert_eq!(store.find_fates(account, vec![(record, hash)]).await.expect("answered").len(), 1);
    assert!(matches!(store.scan_documents(None, 9).await, Err(StoreError::Closed)), "a scan is a long read");
    assert!(matches!(store.list_held().await, Err(StoreError::Closed)), "so is a list of everything");
}

/// A refused change of an account, of bytes of its own.
fn refused(account: domain::AccountId, n: u32) -> crate::store::Aside {
    let mut hash = [0; 32];
    hash[..4].copy_from_slice(&n.to_be_bytes());
    crate::store::Aside {
        state: crate::store::AsideState::Refused,
        code: sync::wire::RefusalCode::RightEnded,
        detail: String::new(),
        account,
        installation: domain::InstallationId::new(UnixMillis::new(1), [1; 10]),
        document: domain::RecordId::from_uuid(uuid::Uuid::from_bytes([1; 16])),
        hash: domain::ChangeHash(hash),
        bytes: n.to_be_bytes().to_vec(),
    }
}

#[tokio::test]
async fn a_server_that_is_well_is_probed_rarely_and_one_in_trouble_soon_again() {
    let (gone, folder) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    let (closed, store) = (open(&gone), open(&folder));
    closed.close().await;
    let keeper = crate::health::HealthKeeper::default();
    assert_eq!(keeper.look(&closed, UnixMillis::new(0)).await, Err("closing"));
    assert_eq!(keeper.look(&store, UnixMillis::new(999)).await, Err("closing"), "kept");
    assert!(keeper.look(&store, UnixMillis::new(1_000)).await.is_ok(), "looked at again");
    assert!(keeper.look(&closed, UnixMillis::new(15_999)).await.is_ok(), "kept");
    assert_eq!(keeper.look(&closed, UnixMillis::new(16_000)).await, Err("closing"), "looked at again");
}

#[tokio::test]
async fn an_account_that_sends_rubbish_without_end_gets_a_bounded_quarantine() {
    let folder = TempDir::new().expect("a folder");
    let store = open(&folder);
    let (noisy, other) =
        (domain::AccountId::new(UnixMillis::new(1), [1; 10]), domain::AccountId::new(UnixMillis::new(1), [2; 10]));
    let limit = u32::try_from(super::aside::SHARE_ROWS).expect("positive");
    let mut asides: Vec<_> = (0..limit + 3).map(|n| refused(noisy, n)).collect();
    asides.push(refused(other, 0));
    // Work that is held is never cut.
    asides.push(crate::store::Aside { state: crate::store::AsideState::Held, ..refused(noisy, limit + 9) });
    let batch = crate::store::Batch { aside: asides, ..Default::default() };
    store.commit(batch).await.expect("committed");
    let totals = store.count_totals().await.expect("read");
    assert_eq!((totals.refused, totals.held), (u64::from(limit) + 1, 1));
    let read = |db: &Connection| -> Answer<i64> {
        Ok(db.query_row("SELECT SUM(beyond) AS beyond FROM quarantine_room", [], |row| row.get("beyond"))?)
    };
    assert_eq!(store.read(read).await.expect("read"), 3);
    // What leaves the quarantine makes room.
    let leave = |db: &Connection| -> Answer<()> {
        super::aside::forget(db, refused(domain::AccountId::new(UnixMillis::new(1), [1; 10]), 5).hash)
    };
    store.write(leave).await.expect("forgotten");
    let late = crate::store::Batch { aside: vec![refused(noisy, limit + 1)], ..Default::default() };
    store.commit(late).await.expect("committed");
    assert_eq!(store.count_totals().await.expect("read").refused, u64::from(limit) + 1);
    let damage = store.find_damage().await.expect("read");
    assert!(damage.iter().all(|found| found.code != "quarantine_room" && found.code != "tally"), "{damage:?}");
}
