//! Every released schema is kept with data, upgraded, and compared with a fresh one.
//!
//! Each `fixtures/schema_NNNN.sqlite` was written by [`write_missing_fixture`] when its schema was made; it is never
//! written again. A new migration adds a line to [`FIXTURES`], and the next run of the test the file.

use std::path::PathBuf;

use contract::{
    GetHousehold, GetSession, GetToday, IncidentForm, ListHouseholds, ListIncidents, ListUnsent, OpenIncidentForm,
    Queue, SubmitIncident,
};
use domain::codes::Outcome;
use rusqlite::Connection;

use super::phone::{Phone, home};
use crate::{Companion, Store, StorePlace, Surroundings};

/// Each with how many records in it were not sent.
const FIXTURES: &[(&str, u64)] = &[
    ("schema_0001.sqlite", 1),
    ("schema_0002.sqlite", 2),
    ("schema_0003.sqlite", 2),
    ("schema_0004.sqlite", 2),
    ("schema_0005.sqlite", 2),
    ("schema_0006.sqlite", 2),
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// Tables, indexes and their remarks, by name.
fn read_schema(db: &Connection) -> Vec<(String, String)> {
    let mut statement = db
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'sqlite_sequence' ORDER BY name",
        )
        .expect("a statement");
    let rows = statement.query_map([], |row| Ok((row.get("name")?, row.get("sql")?))).expect("rows");
    rows.collect::<rusqlite::Result<_>>().expect("a schema")
}

#[test]
fn every_released_schema_becomes_todays_and_keeps_its_data() {
    write_missing_fixture();
    let fresh = Store::open(&StorePlace::Memory).expect("a fresh store");
    for (name, unsent) in FIXTURES {
        let temporary = tempfile::tempdir().expect("a folder");
        let path = temporary.path().join("store.sqlite");
        std::fs::copy(folder().join(name), &path).expect(name);
        let mut companion = Companion::open(path, Surroundings::of_device("0.1.0")).expect(name);
        assert_eq!(read_schema(companion.store.read()), read_schema(fresh.read()), "{name}");
        let session = companion.run(GetSession {}).expect(name);
        assert_eq!(session.account.map(|account| account.name).as_deref(), Some("赵敏"), "{name}");
        let (household, _) = home("402", &[]);
        let view = companion.run(GetHousehold { id: household.id }).expect(name);
        assert_eq!((view.visits.len(), view.members.len()), (1, 2), "{name}");
        assert!(companion.run(GetToday {}).expect(name).drafts.is_empty(), "{name}: a form that was only opened");
        assert_eq!(companion.run(ListUnsent::default()).expect(name).total, *unsent, "{name}");
        for query in ["王", "lgq", "402", "0001"] {
            let found = companion.run(ListHouseholds { query: query.into(), ..ListHouseholds::default() }).expect(name);
            assert_eq!(found.total, 1, "{name}: {query}");
        }
    }
}

/// As schema 1 was left by a worker who had reported something: an incident without anything of its work.
#[test]
fn incidents_of_the_first_schema_are_there_after_the_upgrade() {
    let mut phone = Phone::with_file();
    let draft = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { category: "05003".into(), text: "垃圾没有清运".into(), ..IncidentForm::default() };
    let incident = phone.run(SubmitIncident { draft, form }).incident;
    let mut phone = phone.restart_after(|path| {
        let db = Connection::open(path).expect("opens");
        db.execute_batch(
            "DROP INDEX household_by_door; DROP INDEX household_by_building_door; DROP INDEX household_by_compound;
             DROP TABLE unbacked; DROP TABLE witnessed; DROP INDEX document_beyond;
             DROP TABLE incident; DROP TABLE incident_search; DROP TABLE departed_step; DROP TABLE erasure;
             DROP TABLE step_draft; DROP TABLE closed_draft; ALTER TABLE account_name DROP COLUMN org;
             CREATE TABLE incident (
                 id BLOB NOT NULL PRIMARY KEY, household BLOB, account BLOB NOT NULL, category TEXT NOT NULL,
                 title TEXT NOT NULL, priority TEXT, address_text TEXT NOT NULL, reported_at INTEGER NOT NULL,
                 is_self_handled INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID;
             CREATE INDEX incident_by_time ON incident (reported_at, id);
             INSERT INTO incident SELECT id, NULL, x'00', '05003', '', NULL, '', 0, 0 FROM document;
             PRAGMA user_version = 1;",
        )
        .expect("as it was");
    });
    for (queue, query) in [(Queue::Open, ""), (Queue::Mine, "清运"), (Queue::Mine, "垃圾")] {
        let page = phone.run(ListIncidents { queue, query: query.into(), ..ListIncidents::default() });
        assert_eq!(page.rows.iter().map(|row| row.id).collect::<Vec<_>>(), [incident], "{queue:?} {query}");
        assert_eq!(page.rows[0].standing, domain::workflow::State::Reported);
    }
}

/// Writes the fixture of the newest schema when it is not there.
fn write_missing_fixture() {
    let path = folder().join(FIXTURES.last().expect("one").0);
    if path.exists() {
        return;
    }
    let mut phone = Phone::with_file();
    let home = phone.receive_home("402", &[("王秀兰", "19900000001"), ("李国强", "")]);
    phone.receive_home("403", &[("孙丽", "19900000009")]);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    let draft = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { category: "05003".into(), text: "垃圾没有清运".into(), ..IncidentForm::default() };
    phone.run(SubmitIncident { draft, form });
    phone.run(OpenIncidentForm::default());
    let db = phone.companion.store.read();
    std::fs::create_dir_all(folder()).expect("a folder");
    // Small pages make a small file.
    let plain = phone.file().with_extension("plain");
    db.execute("VACUUM INTO ?1", [plain.to_string_lossy()]).expect("copied");
    let copy = Connection::open(&plain).expect("opens");
    copy.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA page_size = 512; VACUUM;").expect("shrunk");
    drop(copy);
    std::fs::copy(plain, path).expect("kept");
}
