//! A ledger that is damaged in one place: `verify` and `doctor` name it and go on, and everybody else goes on working.
//!
//! Each kind of damage is made on a copy of one real ledger: by SQL as far as SQL lets it, by overwriting pages beyond.

use std::os::unix::fs::FileExt as _;
use std::path::Path;

use domain::account::Scope;
use domain::{Account, Collection, UnixMillis};
use rusqlite::Connection;
use sync::wire::{Cursor, RefusalCode, SyncReply, SyncRequest, Verdict};
use sync_server::admin::{self, Advice};
use sync_server::store::sqlite::FILE_NAME;
use sync_server::store::{Damage, Store as _};
use sync_server::{Config, Running};
use tempfile::TempDir;

use super::office::import;
use super::workflow::people::report_well;
use crate::http::{get, post_message};
use crate::support::{District, Phone, START_MS, grid, household, other_grid, visit};

/// Something of everything, closed: every table has rows.
struct Ledger {
    folder: TempDir,
    /// Who wrote what is hurt.
    lin: Phone,
    /// Who reads it: a colleague in the same grid, whose phone has nothing yet.
    chen: Phone,
    /// A worker of another grid.
    wu: Phone,
}

async fn make_ledger() -> Ledger {
    let district = District::open().await;
    let both = [grid(), other_grid()];
    let lin = district.worker("林晓芸", &both[..1]).await;
    let chen = district.worker("陈立", &both[..1]).await;
    let wu = district.worker("吴小燕", &both[1..]).await;
    let homes: Vec<_> = (0..25).map(|room| household(&grid(), &format!("{room}"))).collect();
    district.push_well(&lin, homes.iter().map(|home| lin.create(home).1).collect()).await;
    district.push_well(&lin, vec![lin.create(&visit(&lin, &homes[0])).1]).await;
    district
        .push_well(&wu, (0..25).map(|room| wu.create(&household(&other_grid(), &format!("{room}"))).1).collect())
        .await;
    report_well(&district, &lin, 1).await;
    let row = format!("网格编码,小区,楼栋,单元,房号,姓名\n{},海棠花园,9栋,1单元,901,郑和平\n", grid());
    import(&district, "名单.csv", row.as_bytes()).await;
    // Somebody who was given another grid meanwhile: one change is held; one that never was theirs is refused.
    let ma = district.worker("马春生", &both[..1]).await;
    let moved = Account { scope: Scope { grids: [other_grid()].into(), ..Scope::default() }, ..ma.account.clone() };
    admin::save_account(district.server.app().store(), moved, district.now()).await.expect("saved");
    let held = district.push(&ma, vec![ma.create(&household(&grid(), "77")).1]).await;
    assert!(matches!(held[..], [Verdict::Held { .. }]), "{held:?}");
    let refused = district.push(&lin, vec![lin.create(&household(&other_grid(), "78")).1]).await;
    assert!(matches!(refused[..], [Verdict::Refused { .. }]), "{refused:?}");
    district.assert_sound().await;
    let District { server, folder, .. } = district;
    server.stop().await.expect("stopped");
    Ledger { folder, lin, chen, wu }
}

/// How a copy is hurt.
enum Hurt {
    Sql(&'static str),
    /// Every byte of the first page of this table or index that holds rows.
    Page(&'static str),
    /// The file ends here, in parts of a hundred.
    Cut(u64),
    /// Bytes at a place.
    Bytes(u64, &'static [u8]),
}

/// What goes on after it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Then {
    /// Everybody works; whoever reads what is hurt hears that something is missing.
    AllWork,
    /// Everybody but the one whose own row it is.
    AllButLin,
    /// Something that all share is hurt: what is pushed is taken in or held for the office.
    AllAreAnswered,
    /// The server does not start on it.
    NotOpened,
}

use Hurt::{Bytes, Cut, Page, Sql};
use Then::{AllAreAnswered, AllButLin, AllWork, NotOpened};

/// One of Lin's households.
const HOME: &str =
    "(SELECT id FROM document WHERE kind = 'household' AND grid = '990101001001003' ORDER BY id LIMIT 1)";

/// What is hurt, by what code `verify` names it, and what goes on. `HOME` stands for one of Lin's households.
const KINDS: &[(Hurt, &str, Then)] = &[
    (Sql("UPDATE document SET heads = x'01020304050607' WHERE id = HOME"), "document", AllWork),
    (Sql("UPDATE document SET heads = zeroblob(32) WHERE id = HOME"), "document_heads", AllWork),
    (Sql("UPDATE document SET kind = 'houzehold' WHERE id = HOME"), "document", AllWork),
    (Sql("UPDATE document SET grid = '99' WHERE id = HOME"), "document", AllWork),
    (Sql("UPDATE document SET parent = x'0102' WHERE id = HOME"), "document", AllWork),
    (Sql("UPDATE document SET snapshot = substr(snapshot, 1, 60) WHERE id = HOME"), "document_snapshot", AllWork),
    (
        Sql("UPDATE document SET projection = json_set(projection, '$.contact_name', '周珉') WHERE id = HOME"),
        "document_projection",
        AllWork,
    ),
    (Sql("UPDATE document SET projection = '{' WHERE id = HOME"), "document_projection", AllWork),
    (Sql("UPDATE document SET change_count = change_count + 1 WHERE id = HOME"), "change_count", AllWork),
    (Sql("UPDATE document SET change_count = -1 WHERE id = HOME"), "document", AllWork),
    (Sql("UPDATE document SET id = x'010203' WHERE id = HOME"), "document", AllWork),
    (Sql("DELETE FROM document WHERE id = HOME"), "change_without_document", AllWork),
    // The same heads, other bytes.
    (
        Sql(
            "UPDATE change SET bytes = CAST(substr(bytes, 1, 40) || x'ff' || substr(bytes, 42) AS BLOB) WHERE document = HOME",
        ),
        "change_bytes",
        AllWork,
    ),
    (Sql("UPDATE change SET bytes = x'' WHERE document = HOME"), "change_bytes", AllWork),
    (Sql("UPDATE change SET hash = zeroblob(31) WHERE document = HOME"), "change", AllWork),
    (Sql("UPDATE change SET hash = zeroblob(32) WHERE document = HOME"), "change_hash", AllWork),
    (Sql("UPDATE change SET actor = x'05' WHERE document = HOME"), "change", AllWork),
    (Sql("UPDATE change SET actor = zeroblob(16) WHERE document = HOME"), "change_sequence", AllWork),
    (Sql("UPDATE change SET seq = -1 WHERE document = HOME"), "change", AllWork),
    (Sql("UPDATE change SET seq = 9 WHERE document = HOME"), "change_sequence", AllWork),
    (Sql("UPDATE change SET account = zeroblob(16) WHERE document = HOME"), "change_author", AllWork),
    (Sql("UPDATE change SET document = zeroblob(16) WHERE document = HOME"), "change_without_document", AllWork),
    (Sql("DELETE FROM change WHERE document = HOME"), "change_count", AllWork),
    (Sql("UPDATE change SET ordinal = 7 WHERE document = HOME"), "change_count", AllWork),
    (Sql("UPDATE collection SET sum = zeroblob(16) WHERE name = 'households/990101001001003'"), "digest", AllWork),
    (Sql("UPDATE collection SET sum = zeroblob(15) WHERE name = 'households/990101001001003'"), "collection", AllWork),
    (Sql("UPDATE collection SET count = -4 WHERE name = 'households/990101001001003'"), "collection", AllWork),
    (
        Sql("UPDATE collection SET position = position + 5 WHERE name = 'households/990101001001003'"),
        "positions",
        AllWork,
    ),
    (Sql("UPDATE collection SET position = -1 WHERE name = 'households/990101001001003'"), "collection", AllWork),
    (Sql("UPDATE collection SET name = 'nonsense' WHERE name = 'households/990101001001003'"), "collection", AllWork),
    (Sql("DELETE FROM collection WHERE name = 'households/990101001001003'"), "positions", AllWork),
    (Sql("UPDATE entry SET document = x'0102030405' WHERE document = HOME"), "entry", AllWork),
    (Sql("UPDATE entry SET present = 7 WHERE document = HOME"), "entry", AllWork),
    (Sql("UPDATE entry SET present = 0 WHERE document = HOME"), "streams", AllWork),
    (Sql("UPDATE entry SET first_position = -3 WHERE document = HOME"), "entry", AllWork),
    (Sql("UPDATE entry SET last_position = 4000 WHERE document = HOME"), "entry", AllWork),
    (Sql("DELETE FROM entry WHERE document = HOME"), "streams", AllWork),
    (Sql("DELETE FROM log WHERE document = HOME"), "positions", AllWork),
    (Sql("UPDATE log SET from_ordinal = 0 WHERE document = HOME"), "log", AllWork),
    (Sql("UPDATE log SET from_ordinal = 44 WHERE document = HOME"), "log", AllWork),
    (Sql("UPDATE log SET document = x'01' WHERE document = HOME"), "log", AllWork),
    (Sql("UPDATE account SET scope = '{' WHERE name = '林晓芸'"), "account", AllButLin),
    (Sql("UPDATE account SET past_scope = '{' WHERE name = '林晓芸'"), "account", AllButLin),
    (Sql("UPDATE account SET role = 'king' WHERE name = '林晓芸'"), "account", AllButLin),
    (Sql("DELETE FROM account WHERE name = '林晓芸'"), "device", AllButLin),
    (
        Sql("UPDATE device SET token_sha256 = x'0102' WHERE account = (SELECT id FROM account WHERE name = '林晓芸')"),
        "device",
        AllButLin,
    ),
    (
        Sql("UPDATE device SET account = zeroblob(16) WHERE account = (SELECT id FROM account WHERE name = '林晓芸')"),
        "device",
        AllButLin,
    ),
    (
        Sql("UPDATE device SET id = x'0a' WHERE account = (SELECT id FROM account WHERE name = '林晓芸')"),
        "device",
        AllButLin,
    ),
    (
        Sql(
            "UPDATE installation SET device = x'0a' WHERE device = (SELECT id FROM device WHERE account = (SELECT id FROM account WHERE name = '林晓芸'))",
        ),
        "installation",
        AllButLin,
    ),
    (Sql("UPDATE enrol_code SET account = zeroblob(16)"), "enrol_code", AllWork),
    (Sql("UPDATE enrol_code SET code_sha256 = CAST(substr(code_sha256, 1, 9) AS BLOB)"), "enrol_code", AllWork),
    (Sql("UPDATE reference SET value = '[' WHERE key = 'notices'"), "reference", AllWork),
    (Sql("UPDATE reference SET version = -1 WHERE key = 'notices'"), "reference", AllWork),
    (Sql("UPDATE reference SET unit = 'somewhere' WHERE key = 'notices'"), "reference", AllWork),
    (Sql("UPDATE aside SET state = 'lost' WHERE state = 'held'"), "aside", AllWork),
    (Sql("UPDATE aside SET code = 'because' WHERE state = 'held'"), "aside", AllWork),
    (Sql("UPDATE aside SET bytes = zeroblob(size_bytes) WHERE state = 'held'"), "aside", AllWork),
    (Sql("UPDATE aside SET document = x'01' WHERE state = 'held'"), "aside", AllWork),
    (Sql("DELETE FROM wake"), "wake", AllWork),
    (Sql("UPDATE wake SET document = x'01'"), "wake", AllWork),
    (Sql("UPDATE serial SET day = 'yesterday'"), "serial", AllWork),
    (Sql("UPDATE building SET name = '10栋'"), "reference", AllWork),
    (Sql("UPDATE building SET grid = '99'"), "building", AllWork),
    (Sql("UPDATE roster_base SET imported = '{}'"), "roster_base", AllWork),
    (Sql("UPDATE audit SET seal = zeroblob(32) WHERE position = 2"), "audit_seal", AllWork),
    (Sql("UPDATE audit SET seal = x'01' WHERE position = (SELECT MAX(position) FROM audit)"), "audit_seal", AllWork),
    (Sql("UPDATE audit SET act = 'nothing' WHERE position = 1"), "audit_seal", AllWork),
    (Sql("DELETE FROM audit WHERE position = 1"), "audit_seal", AllWork),
    (Sql("UPDATE meta SET value = 'x' WHERE key = 'secret'"), "meta", AllWork),
    (Sql("UPDATE mark SET run = -1"), "mark", AllWork),
    (Sql("UPDATE mark SET last = first - 1"), "mark", AllWork),
    (Sql("UPDATE life SET cause = 'because'"), "life", AllWork),
    (Sql("UPDATE tally SET count = 3 WHERE name = 'documents'"), "tally", AllWork),
    (Sql("DELETE FROM tally WHERE name = 'held'"), "tally", AllWork),
    (Sql("UPDATE quarantine_room SET refused = refused + 5"), "quarantine_room", AllWork),
    (Sql("DELETE FROM quarantine_room"), "quarantine_room", AllWork),
    (Sql("DROP INDEX document_by_id"), "schema", AllWork),
    (Sql("DROP INDEX entry_by_document"), "schema", AllWork),
    (Page("document"), "file", AllWork),
    (Page("document_by_id"), "file", AllAreAnswered),
    (Page("change"), "file", AllAreAnswered),
    (Page("change_by_hash"), "file", AllAreAnswered),
    (Page("change_by_seq"), "file", AllAreAnswered),
    (Page("entry"), "file", AllAreAnswered),
    (Page("entry_by_position"), "file", AllAreAnswered),
    (Page("log"), "file", AllAreAnswered),
    (Page("aside"), "file", AllAreAnswered),
    (Page("wake"), "file", AllWork),
    (Page("roster_base"), "file", AllWork),
    (Page("audit"), "file", AllWork),
    (Page("tally"), "file", AllWork),
    (Page("quarantine_room"), "file", AllWork),
    (Cut(50), "", NotOpened),
    (Cut(2), "", NotOpened),
    (Bytes(0, b"not a database"), "", NotOpened),
];

fn copy_of(ledger: &Ledger) -> TempDir {
    let copy = TempDir::new().expect("a folder");
    std::fs::copy(ledger.folder.path().join(FILE_NAME), copy.path().join(FILE_NAME)).expect("copied");
    copy
}

fn hurt(folder: &Path, how: &Hurt) {
    let path = folder.join(FILE_NAME);
    let file = || std::fs::OpenOptions::new().write(true).open(&path).expect("the file");
    match how {
        Sql(sql) => {
            let db = Connection::open(&path).expect("opened");
            db.execute_batch("PRAGMA foreign_keys = off; PRAGMA ignore_check_constraints = on;").expect("set");
            let count = db.execute(&sql.replace("HOME", HOME), []).expect(sql);
            assert!(count > 0 || sql.starts_with("DROP"), "nothing is hurt: {sql}");
            db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = delete;").expect("one file");
        }
        Page(name) => {
            let page: u32 = Connection::open(&path)
                .expect("opened")
                .query_row(
                    "SELECT pageno AS page FROM dbstat WHERE name = ?1 AND pagetype = 'leaf' ORDER BY path LIMIT 1",
                    [name],
                    |row| row.get("page"),
                )
                .expect(name);
            file().write_all_at(&[0xff; 4096], u64::from(page - 1) * 4096).expect("overwritten");
        }
        Cut(percent) => {
            let length = file().metadata().expect("there").len();
            file().set_len(length * percent / 100).expect("cut");
        }
        Bytes(place, bytes) => file().write_all_at(bytes, *place).expect("overwritten"),
    }
}

fn name_of(how: &Hurt) -> String {
    match how {
        Sql(sql) => (*sql).to_owned(),
        Page(name) => format!("a page of {name}"),
        Cut(percent) => format!("cut to {percent} %"),
        Bytes(place, _) => format!("other bytes at {place}"),
    }
}

async fn start(folder: &Path) -> Result<Running, sync_server::StartError> {
    let mut config = Config::new(folder.to_owned());
    config.desk_pause = None;
    config.clock = std::sync::Arc::new(|| UnixMillis::new(START_MS + 60_000));
    sync_server::start(config).await
}

/// A worker hands in a new household and asks for everything; `None` when the round fails.
async fn work(server: &Running, phone: &Phone, room: &str) -> Option<SyncReply> {
    let own = phone.account.scope.grids.first().expect("a grid").clone();
    let pull = [Collection::Reference, Collection::GridHouseholds(own.clone()), Collection::GridVisits(own.clone())];
    let request = SyncRequest {
        capabilities: vec![sync::wire::capability::ASKS_FIRST.to_owned()],
        push: vec![phone.create(&household(&own, room)).1],
        pull: pull.map(|collection| Cursor { collection, after: 0 }).into(),
        audit: vec![Collection::GridHouseholds(own)],
        limit_bytes: 1_000_000,
        ..phone.request(server.app().now())
    };
    let response = post_message(server.addr, sync::wire::SYNC_PATH, Some(&phone.token), &request).await;
    (response.status == 200).then(|| response.message())
}

/// What a worker who is concerned hears; panics when it is not what they should.
async fn assert_answered(server: &Running, phone: &Phone, then: Then, what: &str) {
    let reply = work(server, phone, "900").await.unwrap_or_else(|| panic!("{what}: the round failed"));
    let verdicts: Vec<_> = reply.outcomes.iter().map(|outcome| &outcome.verdict).collect();
    let is_answered = match verdicts[..] {
        [Verdict::Accepted] => true,
        // The worker hears that it is the server's fault, and whoever watches the server that there is one.
        [Verdict::Held { code: RefusalCode::LedgerDamaged }] => {
            let response = get(server.addr, "/healthz").await;
            let health = response.text();
            assert!(health.contains("\"damaged\"") && !health.contains("\"damaged\":0"), "{what}: {health}");
            then == AllAreAnswered || phone.account.name == "陈立"
        }
        _ => false,
    };
    assert!(is_answered, "{what}: {verdicts:?}");
    assert_eq!(reply.pages.len(), 3, "{what}");
}

#[tokio::test]
async fn one_damaged_place_is_named_and_everybody_else_goes_on_working() {
    let ledger = make_ledger().await;
    let mut failures = Vec::new();
    for (how, code, then) in KINDS {
        let what = name_of(how);
        let copy = copy_of(&ledger);
        hurt(copy.path(), how);
        let checkup = admin::check_up(copy.path(), UnixMillis::new(START_MS), &mut |_, _| ()).await;
        if !checkup.advice.contains(&Advice::PutBackupBack) {
            failures.push(format!("{what}: doctor says {:?}", checkup.advice));
        }
        if *then == NotOpened {
            assert!(checkup.trouble.is_some() && checkup.verification.is_none(), "{what}");
            assert!(start(copy.path()).await.is_err(), "{what}");
            continue;
        }
        let damage = checkup.verification.unwrap_or_else(|| panic!("{what}: {:?}", checkup.trouble)).damage;
        if !damage.iter().any(|found| found.code == *code) {
            failures.push(format!("{what}: no {code} in {damage:?}"));
        }

        let server = start(copy.path()).await.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_answered(&server, &ledger.wu, *then, &what).await;
        assert_answered(&server, &ledger.chen, *then, &what).await;
        if *then == AllButLin {
            let response = work(&server, &ledger.lin, "901").await;
            assert!(response.is_none_or(|reply| reply.outcomes.len() == 1), "{what}");
        } else {
            assert!(work(&server, &ledger.lin, "901").await.is_some(), "{what}");
        }
        server.stop().await.expect("stopped");
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[tokio::test]
async fn two_damaged_places_are_both_named() {
    let ledger = make_ledger().await;
    hurt(ledger.folder.path(), &Page("document"));
    hurt(ledger.folder.path(), &Sql("UPDATE audit SET act = 'nothing' WHERE position = 1"));
    hurt(ledger.folder.path(), &Sql("UPDATE change SET account = zeroblob(16) WHERE ordinal = 1"));
    let checkup = admin::check_up(ledger.folder.path(), UnixMillis::new(START_MS), &mut |_, _| ()).await;
    let damage = checkup.verification.expect("read").damage;
    for code in ["file", "audit_seal", "change_author"] {
        assert!(damage.iter().any(|found| found.code == code), "{code} in {damage:?}");
    }
}

#[tokio::test]
async fn a_worker_hears_that_a_page_has_a_hole_and_the_office_sees_which() {
    let ledger = make_ledger().await;
    hurt(ledger.folder.path(), &Sql("UPDATE document SET heads = x'01020304050607' WHERE id = HOME"));
    let server = start(ledger.folder.path()).await.expect("started");
    let fresh = work(&server, &ledger.wu, "900").await.expect("answered");
    assert!(fresh.pages.iter().all(|page| !page.has_gaps && page.complete), "{:?}", fresh.pages);

    // A colleague is told that not everything has come, and gets the rest.
    let reply = work(&server, &ledger.chen, "900").await.expect("answered");
    let page = &reply.pages[1];
    assert!(page.has_gaps && page.complete, "{page:?}");
    assert_eq!(page.items.len() as u64, page.total - 2, "all but the damaged one and her own");
    assert_eq!(reply.audits[0].1.len() as u64, page.total, "nobody takes the damaged one for gone");
    assert_eq!(reply.audits[0].1.iter().filter(|(_, heads)| heads.is_empty()).count(), 1);

    let met = server.app().store().list_met_damage();
    assert!(matches!(&met[..], [Damage { code: "document", subject }] if subject.len() == 36), "{met:?}");
    server.stop().await.expect("stopped");
}
