//! What an import would do, what it did, and taking it back, while phones go on working.

use std::collections::BTreeMap;
use std::path::Path;

use calamine::{Data, Reader as _, Xlsx};
use domain::{Collection, Household, HouseholdId, Kind, RecordId};
use roster::{FindingCode, ReadOptions};
use serde_json::Value;
use sync::wire::Item;
use sync_server::admin::{self, Intent, KeptReason, Sources, UndoError, UndoSummary};
use sync_server::store::Store as _;
use sync_server::store::sqlite::FILE_NAME;
use tempfile::TempDir;

use crate::office::{cards, import, rows};
use crate::program::{run, text};
use crate::support::{District, Phone, grid, visit};

const THREE: [&str; 3] = [
    "402,周敏,户主,990101198506120024,13900000001",
    "403,郑和平,户主,990101196001010031,13900000002",
    "404,吴芳,户主,,13900000003",
];

async fn undo(district: &District, number: u64) -> UndoSummary {
    admin::undo_import(district.server.app().store(), number, district.now()).await.expect("undone")
}

async fn card_of(district: &District, room: &str) -> Household {
    cards(district).await.into_iter().find(|card| card.place.room == room).expect("a card")
}

/// What a phone's list of cards shows behind a position: arrived and left.
async fn pull_cards(district: &District, phone: &Phone, after: u64) -> (Vec<HouseholdId>, Vec<RecordId>, u64) {
    let reply = district.pull(phone, Collection::GridHouseholds(grid()), after, 1_000_000).await;
    let page = &reply.pages[0];
    let (mut arrived, mut left) = (Vec::new(), Vec::new());
    for item in &page.items {
        match item {
            Item::Snapshot { bytes, .. } => {
                let card = documents::RecordDocument::from_history(&bytes.0).expect("a history");
                arrived.push(card.read::<Household>().expect("a card").record.id);
            }
            Item::Leave { document } => left.push(*document),
            Item::Changes { .. } => {}
            other => panic!("{other:?}"),
        }
    }
    (arrived, left, page.next)
}

/// Every row of every table but those that count commits.
fn dump(ledger: &Path) -> BTreeMap<String, Vec<String>> {
    let db = rusqlite::Connection::open(ledger).expect("opened");
    let mut tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").expect("SQL");
    let tables: Vec<String> =
        tables.query_map([], |row| row.get(0)).expect("rows").collect::<Result<_, _>>().expect("names");
    let dump_table = |table: String| {
        let mut select = db.prepare(&format!("SELECT * FROM {table}")).expect("SQL");
        let columns = select.column_count();
        let read = |row: &rusqlite::Row<'_>| {
            (0..columns).map(|at| Ok(format!("{:?}", row.get_ref(at)?))).collect::<Result<Vec<_>, _>>()
        };
        let rows = select.query_map([], read).expect("rows");
        (table, rows.map(|row| row.expect("a row").join("|")).collect())
    };
    tables.into_iter().filter(|table| table != "mark").map(dump_table).collect()
}

#[test]
fn a_check_shows_the_plan_and_changes_nothing() {
    let folder = TempDir::new().expect("a folder");
    let (data, list) = (folder.path().join("data"), folder.path().join("名单.csv"));
    let list = list.to_str().expect("text");
    std::fs::write(list, rows(&THREE[..1])).expect("written");
    text(&run(&data, &["import", "--create", list]));
    let before = dump(&data.join(FILE_NAME));

    std::fs::write(list, rows(&["402,周珉,户主,990101198506120024,13900000001", THREE[1], THREE[2]])).expect("written");
    let said = text(&run(&data, &["import", "--check", list])).to_owned();
    assert!(said.contains("没有写入") && said.contains("新增 2 户") && said.contains("变更 1 户"), "{said}");
    let report: Value = serde_json::from_str(text(&run(&data, &["import", "--check", "--json", list]))).expect("JSON");
    assert_eq!((&report["written"], &report["added"], &report["edited"]), (&false.into(), &0.into(), &0.into()));
    assert_eq!(report["plan"]["by_grid"][grid().as_str()]["new"], 2);
    assert!(report.get("import").is_none());
    assert_eq!(dump(&data.join(FILE_NAME)), before);

    let _lock = admin::lock_imports(&data).expect("free");
    text(&run(&data, &["import", "--check", list]));
}

#[tokio::test]
async fn an_undone_import_leaves_every_phone_but_what_was_touched_since() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let outcome = import(&district, "名单.csv", &rows(&THREE)).await;
    let number = outcome.import.expect("written");
    let (arrived, _, after) = pull_cards(&district, &lin, 0).await;
    assert_eq!(arrived.len(), 3);

    let [visited, edited, untouched] =
        [card_of(&district, "402").await, card_of(&district, "403").await, card_of(&district, "404").await];
    district.push_well(&lin, vec![lin.create(&visit(&lin, &visited)).1]).await;
    let mut document = read_card(&district, edited.id.into()).await;
    let edit = lin.edit::<Household>(&mut document, |card| card.contact_name = "郑和".into());
    district.push_well(&lin, vec![edit]).await;

    district.pass_ms(60_000);
    let summary = undo(&district, number).await;
    assert_eq!((summary.removed, summary.restored), (1, 0));
    let kept: Vec<_> = summary.kept.iter().map(|kept| (kept.household, kept.reason)).collect();
    assert_eq!(kept, [(visited.id.into(), KeptReason::Visited), (edited.id.into(), KeptReason::Edited)]);
    assert!(summary.kept[0].door.contains("402"), "{summary:?}");
    let (_, left, after) = pull_cards(&district, &lin, after).await;
    assert_eq!(left, [untouched.id.into()]);
    let particulars = district.pull(&lin, Collection::Particulars(grid()), 0, 1_000_000).await;
    assert_eq!(particulars.pages[0].total, 2, "its particulars left as well");
    district.assert_sound().await;

    // The document is in the ledger still; tables for other offices do not have it.
    let store = district.server.app().store();
    assert!(store.list_document_ids().await.expect("ids").contains(&untouched.id.into()));
    let out = district.folder.path().join("out");
    admin::write_tables(store, admin::Content::Everything, admin::Format::Csv, &out).await.expect("written");
    let written = std::fs::read_to_string(out.join("households.csv")).expect("there");
    assert!(!written.contains(",404,") && written.contains(",402,"), "{written}");

    let again = admin::undo_import(store, number, district.now()).await.expect_err("once");
    assert!(matches!(again, UndoError::Undone { .. }) && again.to_string().contains("撤销过"), "{again}");
    let unknown = admin::undo_import(store, 99, district.now()).await.expect_err("none");
    assert!(matches!(unknown, UndoError::Unknown(99)));

    // The same list again: the same home, with the same people.
    let outcome = import(&district, "名单.csv", &rows(&THREE)).await;
    assert_eq!(outcome.added, 1);
    let back = card_of(&district, "404").await;
    assert_eq!((back.id, &back.members), (untouched.id, &untouched.members));
    let (arrived, left, _) = pull_cards(&district, &lin, after).await;
    assert_eq!((arrived, left), (vec![untouched.id], vec![]));
    district.assert_sound().await;
    // And it can be taken back once more.
    assert_eq!(undo(&district, outcome.import.expect("written")).await.removed, 1);
    district.assert_sound().await;
}

async fn read_card(district: &District, id: RecordId) -> documents::RecordDocument {
    let changes = district.server.app().store().list_changes(id).await.expect("changes");
    let history: Vec<u8> = changes.into_iter().flat_map(|change| change.bytes).collect();
    documents::RecordDocument::from_history(&history).expect("a history")
}

#[tokio::test]
async fn work_that_arrives_after_the_undoing_brings_the_home_back_with_its_particulars() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let number = import(&district, "名单.csv", &rows(&THREE[..1])).await.import.expect("written");
    let home = card_of(&district, "402").await;
    let mut on_the_phone = read_card(&district, home.id.into()).await;
    undo(&district, number).await;
    assert_eq!(pull_cards(&district, &lin, 0).await.0, []);

    // Written in the stairwell before the phone heard of it.
    let edit = lin.edit::<Household>(&mut on_the_phone, |card| card.note = "门铃坏了".into());
    district.push_well(&lin, vec![edit]).await;
    assert_eq!(card_of(&district, "402").await.note, "门铃坏了");
    let (arrived, ..) = pull_cards(&district, &lin, 0).await;
    assert_eq!(arrived, [home.id]);
    let particulars = district.pull(&lin, Collection::Particulars(grid()), 0, 1_000_000).await;
    assert_eq!(particulars.pages[0].items.len(), 1);
    district.assert_sound().await;
}

#[tokio::test]
async fn an_undone_correction_puts_the_earlier_values_back_and_the_import_before_can_be_undone_too() {
    let district = District::open().await;
    let first = import(&district, "一.csv", &rows(&THREE)).await.import.expect("written");
    let before = cards(&district).await;
    district.pass_ms(60_000);
    let corrected = rows(&["402,周珉,户主,990101198506120024,13900000009", THREE[1], THREE[2], "405,甲一,户主,,"]);
    let outcome = import(&district, "二.csv", &corrected).await;
    let second = outcome.import.expect("written");
    assert_eq!((outcome.added, outcome.edited), (1, 2));
    let card = read_card(&district, card_of(&district, "402").await.id.into()).await;
    let reading = card.read::<Household>().expect("a card");
    assert_eq!((reading.record.contact_name.as_str(), reading.conflicts.len()), ("周珉", 0), "the office's own word");

    // The first is what the second builds on.
    district.pass_ms(60_000);
    let store = district.server.app().store();
    let summary = undo(&district, second).await;
    assert_eq!((summary.removed, summary.restored, summary.kept.len()), (1, 1, 0));
    assert_eq!(cards(&district).await.into_iter().filter(|card| card.place.room != "405").collect::<Vec<_>>(), before);
    let reading = read_card(&district, before[0].id.into()).await;
    assert_eq!(reading.read::<Household>().expect("a card").conflicts, []);
    let details = admin::list_records_of(store, Kind::Particulars).await.expect("records");
    assert!(details.iter().any(|one| one.projection.contains("13900000001")), "{details:?}");
    assert!(details.iter().all(|one| !one.projection.contains("13900000009")), "{details:?}");
    district.assert_sound().await;

    // The list of before once more: there is nothing to change.
    let again = import(&district, "一.csv", &rows(&THREE)).await;
    assert_eq!((again.added, again.edited), (0, 0));
    let summary = undo(&district, first).await;
    assert_eq!((summary.removed, summary.kept.len()), (3, 0), "{summary:?}");
    district.assert_sound().await;
}

#[tokio::test]
async fn an_import_under_a_later_one_leaves_what_that_wrote() {
    let district = District::open().await;
    let first = import(&district, "一.csv", &rows(&THREE)).await.import.expect("written");
    district.pass_ms(60_000);
    import(&district, "二.csv", &rows(&["402,周珉,户主,990101198506120024,13900000001", THREE[1], THREE[2]])).await;
    let summary = undo(&district, first).await;
    assert_eq!((summary.removed, summary.kept.len()), (2, 1));
    assert_eq!(summary.kept[0].reason, KeptReason::LaterImport);
    district.assert_sound().await;
}

#[tokio::test]
async fn an_import_that_was_broken_off_is_listed_so_and_can_be_undone() {
    let district = District::open().await;
    let number = import(&district, "名单.csv", &rows(&THREE)).await.import.expect("written");
    let ledger = district.folder.path().join(FILE_NAME);
    let broken = rusqlite::Connection::open(&ledger).expect("opened");
    broken.execute("UPDATE import SET ended_at = NULL", []).expect("as a kill leaves it");
    let list = |arguments: &[&str]| text(&run(district.folder.path(), arguments)).to_owned();
    let listed = list(&["import", "list"]);
    assert!(listed.contains("未完成") && listed.contains("名单.csv") && listed.contains("新增 3 户"), "{listed}");

    let said = list(&["import", "undo", &number.to_string()]);
    assert!(said.contains("去掉 3 户"), "{said}");
    let line: Value = serde_json::from_str(list(&["import", "list", "--json"]).trim()).expect("JSON");
    assert_eq!((&line["import"], &line["added"]), (&number.into(), &3.into()));
    assert!(line["undone_at"].is_number() && line["ended_at"].is_null(), "{line}");
    let again = run(district.folder.path(), &["import", "undo", &number.to_string()]);
    assert!(!again.status.success() && String::from_utf8_lossy(&again.stderr).contains("撤销过"));
    district.assert_sound().await;
}

#[tokio::test]
async fn a_damaged_row_of_the_office_stops_no_import_and_is_named() {
    let district = District::open().await;
    import(&district, "名单.csv", &rows(&THREE)).await;
    let ledger = rusqlite::Connection::open(district.folder.path().join(FILE_NAME)).expect("opened");
    let hurt = |sql: &str| ledger.execute(sql, []).expect("hurt");
    hurt("UPDATE roster_base SET imported = '{' WHERE row_key LIKE '%404'");
    hurt(
        "INSERT INTO building (grid, serial, compound_key, name_key, compound, name) VALUES ('99', 7, '', '', '', '')",
    );
    let outcome =
        import(&district, "名单.csv", &rows(&["402,周珉,户主,990101198506120024,13900000001", THREE[1]])).await;
    assert!(outcome.edited > 0);
    let damaged: Vec<&str> = outcome
        .findings
        .iter()
        .filter(|finding| finding.code == FindingCode::LedgerDamaged)
        .map(|finding| finding.text.as_str())
        .collect();
    assert_eq!(damaged.len(), 2, "{damaged:?}");
    assert!(damaged.iter().all(|text| text.contains("verify")));
    let named = admin::verify(district.server.app().store()).await.expect("read").damage;
    let codes: Vec<&str> = named.iter().map(|damage| damage.code).collect();
    assert!(codes.contains(&"building") && codes.contains(&"roster_base"), "{codes:?}");
}

#[tokio::test]
async fn a_ledger_that_was_put_back_imports_and_undoes_again() {
    let folder = TempDir::new().expect("a folder");
    let (data, copy, list) =
        (folder.path().join("data"), folder.path().join("copy.sqlite3"), folder.path().join("名单.csv"));
    std::fs::write(&list, rows(&THREE)).expect("written");
    let list = list.to_str().expect("text");
    text(&run(&data, &["account", "add", "--create", "--name", "林晓芸", "--role", "supervisor"]));
    std::fs::copy(data.join(FILE_NAME), &copy).expect("copied");
    let ids = || {
        let lines = text(&run(&data, &["export", "--json"])).to_owned();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
        lines.filter(|line| line["kind"] == "household").map(|line| line["id"].to_string()).collect::<Vec<_>>()
    };
    text(&run(&data, &["import", list]));
    let first = ids();
    text(&run(&data, &["import", "undo", "1"]));
    std::fs::copy(&copy, data.join(FILE_NAME)).expect("put back");
    text(&run(&data, &["import", list]));
    assert_eq!(ids(), first, "the ids that are on phones");
    assert!(text(&run(&data, &["import", "undo", "1"])).contains("去掉 3 户"));
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
    let withdrawn = text(&run(&data, &["export", "--json"])).to_owned();
    assert!(withdrawn.lines().all(|line| line.contains("\"withdrawn\":true")), "{withdrawn}");
}

#[test]
fn the_report_holds_the_offices_own_rows_with_their_reasons_and_is_imported_again() {
    let folder = TempDir::new().expect("a folder");
    let (data, list, report) =
        (folder.path().join("data"), folder.path().join("名单.csv"), folder.path().join("待核对.xlsx"));
    let [list, report] = [&list, &report].map(|path| path.to_str().expect("text"));
    // One number with a wrong check digit.
    std::fs::write(list, rows(&[THREE[0], "403,郑和平,户主,990101196001010032,13900000002", THREE[2]]))
        .expect("written");
    let said = text(&run(&data, &["import", "--create", list])).to_owned();
    assert!(said.contains("--report"), "{said}");
    assert!(said.contains("id_checksum：1 处") && said.contains("名单.csv 第3行"), "{said}");
    let said = text(&run(&data, &["import", "--check", list, "--report", report])).to_owned();
    assert!(said.contains("原因"), "{said}");

    let mut book: Xlsx<_> = calamine::open_workbook(report).expect("a workbook");
    assert_eq!(book.sheet_names(), ["名单", "汇总"]);
    let sheet = book.worksheet_range("名单").expect("a sheet");
    let texts = |row: &[Data]| row.iter().map(ToString::to_string).collect::<Vec<_>>();
    let header = texts(sheet.rows().next().expect("a header"));
    assert_eq!(header[..3], ["网格编码", "小区", "楼栋"]);
    assert_eq!(header.last().map(String::as_str), Some("原因"));
    let of_number: Vec<_> = sheet.rows().map(texts).filter(|row| row[4] == "403").collect();
    assert_eq!(of_number.len(), 1);
    assert_eq!(of_number[0][7], "990101196001010032", "a text, with all its digits");
    assert!(of_number[0].last().expect("a reason").contains("校验"), "{of_number:?}");
    assert!(sheet.rows().map(texts).all(|row| row[4] != "402"), "what is in order is not in it");
    let summary = book.worksheet_range("汇总").expect("a sheet");
    assert!(summary.rows().map(texts).any(|row| row[0] == "id_checksum" && row[1] == "1"));

    let again: Value = serde_json::from_str(text(&run(&data, &["import", "--json", report]))).expect("JSON");
    assert_eq!((&again["added"], &again["edited"]), (&0.into(), &0.into()), "{again}");
}

#[test]
fn a_folder_is_read_file_by_file_and_what_is_no_table_is_told() {
    let folder = TempDir::new().expect("a folder");
    let (data, lists) = (folder.path().join("data"), folder.path().join("名单"));
    std::fs::create_dir_all(lists.join("二区")).expect("made");
    std::fs::write(lists.join("1.csv"), rows(&THREE[..1])).expect("written");
    std::fs::write(lists.join("二区/2.csv"), rows(&THREE[1..])).expect("written");
    std::fs::write(lists.join("~$1.xlsx"), "lock").expect("written");
    std::fs::write(lists.join("通知.txt"), "各位居民，今天下雨。\n").expect("written");
    let report = text(&run(&data, &["import", "--create", "--json", lists.to_str().expect("text")])).to_owned();
    let report: Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["households"], &report["added"]), (&3.into(), &3.into()));
    let skipped: Vec<&str> = report["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|finding| finding["code"] == "file_skipped")
        .map(|finding| finding["file"].as_str().expect("a name"))
        .collect();
    assert_eq!(skipped.len(), 2, "{skipped:?}");
    assert!(skipped.contains(&"通知.txt") && skipped.contains(&"~$1.xlsx"), "{skipped:?}");
    assert!(text(&run(&data, &["import", "list"])).contains("1.csv、二区/2.csv"));

    let named = run(&data, &["import", lists.join("通知.txt").to_str().expect("text")]);
    assert!(!named.status.success(), "a file that was named must be one");
    assert!(text(&run(&data, &["import", "list"])).lines().count() == 1);
}

#[test]
fn a_code_that_no_phone_can_use_and_a_place_that_nobody_has_are_named() {
    let folder = TempDir::new().expect("a folder");
    let (data, list) = (folder.path().join("data"), folder.path().join("名单.csv"));
    std::fs::write(&list, rows(&THREE)).expect("written");
    text(&run(&data, &["import", "--create", list.to_str().expect("text")]));
    let warned = |arguments: &[&str]| {
        let output = run(&data, arguments);
        text(&output);
        String::from_utf8(output.stderr).expect("text")
    };
    let add =
        |role: &str, place: &str, code: &str| warned(&["account", "add", "--name", code, "--role", role, place, code]);
    let building = grid().building(1).expect("in range");
    assert_eq!(add("grid_worker", "--grid", grid().as_str()), "");
    assert_eq!(add("building_lead", "--building", building.as_str()), "");
    assert_eq!(add("community_clerk", "--community", grid().community().as_str()), "");
    assert_eq!(add("dispatcher", "--town", grid().town().as_str()), "");
    for (role, place, code) in [
        ("grid_worker", "--grid", "990101001001030"),
        ("building_lead", "--building", "99010100100100300009"),
        ("community_clerk", "--community", "990101001009"),
        ("dispatcher", "--town", "990101009000"),
        ("handler", "--org", "nobody"),
    ] {
        let said = add(role, place, code);
        assert!(said.contains(code) && said.contains("请核对"), "{said}");
    }
    let moved = warned(&["account", "move", "--account", grid().as_str(), "--grid", "990101001001031"]);
    assert!(moved.contains("990101001001031"), "{moved}");

    let said = warned(&["enrol", "--account", "nobody"]);
    assert!(said.contains("手机自己") && said.contains("http://本机在局域网中的地址:端口"), "{said}");
    assert_eq!(warned(&["enrol", "--account", "nobody", "--server", "http://192.0.2.7:7800"]), "");
}

#[tokio::test]
async fn a_card_that_is_there_and_unknown_to_the_plan_is_not_overwritten() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    import(&district, "名单.csv", &rows(&THREE[..1])).await;
    let home = card_of(&district, "402").await;
    // The office's memory is gone, the card is a worker's by now.
    let ledger = rusqlite::Connection::open(district.folder.path().join(FILE_NAME)).expect("opened");
    ledger.execute("DELETE FROM roster_base", []).expect("hurt");
    let mut document = read_card(&district, home.id.into()).await;
    let edit = lin.edit::<Household>(&mut document, |card| card.note = "养狗".into());
    district.push_well(&lin, vec![edit]).await;
    let mut sources = Sources::default();
    let bytes = rows(&["402,周珉,户主,990101198506120024,13900000001", THREE[1]]);
    let file = spreadsheet::TableFile { name: "名单.csv", bytes: &bytes };
    let sheets = spreadsheet::open(&file).expect("a table");
    sources.files.push(admin::SourceFile { name: "名单.csv".into(), sheets, is_named: true });
    let options = ReadOptions { today: district.now().local_date(), grid: None };
    let store = district.server.app().store();
    let outcome = admin::import_sources(store, &mut sources, &options, Intent::Confirmed, district.now()).await;
    let outcome = outcome.expect("imported");
    assert_eq!(card_of(&district, "402").await.note, "养狗");
    assert!(card_of(&district, "403").await.id != home.id, "the others of its batch are written");
    assert!(outcome.import.is_some());
}

#[test]
fn a_plan_with_many_questions_writes_only_after_somebody_said_yes() {
    let folder = TempDir::new().expect("a folder");
    let (data, list) = (folder.path().join("data"), folder.path().join("名单.csv"));
    let list = list.to_str().expect("text");
    let people = ["0011", "002X", "0038", "0046", "0054", "0062", "0070"];
    let under = |compound: &str| {
        let row = |(n, end): (usize, &&str)| format!("{n}01,甲{n},户主,99010119600101{end},1390000000{n}");
        let homes: Vec<String> = people.iter().enumerate().map(row).collect();
        let homes: Vec<&str> = homes.iter().map(String::as_str).collect();
        String::from_utf8(rows(&homes)).expect("text").replace("海棠花园", compound)
    };
    std::fs::write(list, under("海棠花园")).expect("written");
    text(&run(&data, &["import", "--create", list]));
    let before = dump(&data.join(FILE_NAME));
    std::fs::write(list, under("桂花新村")).expect("written");

    let asked = run(&data, &["import", list]);
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert_eq!(asked.status.code(), Some(3), "{said}");
    assert!(said.contains("需要确认") && said.contains("--yes") && said.contains("没有写入"), "{said}");
    let asked = run(&data, &["import", "--json", list]);
    assert_eq!(asked.status.code(), Some(3));
    let report: Value = serde_json::from_slice(&asked.stdout).expect("JSON");
    assert_eq!((&report["written"], &report["plan"]["needs_confirmation"]), (&false.into(), &true.into()));
    assert_eq!(dump(&data.join(FILE_NAME)), before, "nothing was written");

    let said = text(&run(&data, &["import", "--yes", list])).to_owned();
    assert!(said.contains("编号是 2"), "{said}");
    let people = text(&run(&data, &["export", "--json"])).to_owned();
    let kinds = |kind: &str| people.lines().filter(|line| line.contains(&format!("\"kind\":\"{kind}\""))).count();
    assert_eq!(kinds("particulars"), 7, "nobody is doubled: {people}");
    let undone = text(&run(&data, &["import", "undo", "2"])).to_owned();
    assert!(undone.contains("保留 0 户"), "{undone}");
    let exported = text(&run(&data, &["export", "--json"])).to_owned();
    assert!(!exported.contains("桂花新村"), "{exported}");
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
}

#[test]
fn an_export_is_imported_again_and_changes_nothing() {
    let rosters = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates/roster/testdata");
    let mut lists = vec![rosters.join("roster-gb18030.csv"), rosters.join("roster-book.xlsx")];
    for trial in std::fs::read_dir(rosters.join("trials")).expect("a folder") {
        let files = std::fs::read_dir(trial.expect("an entry").path()).expect("a folder");
        lists.extend(
            files
                .map(|file| file.expect("an entry").path())
                .filter(|path| path.extension().is_some_and(|end| end != "json")),
        );
    }
    assert!(lists.len() > 25, "the trial lists are there");
    let failed: Vec<String> = lists.iter().filter_map(|list| find_what_comes_back_changed(list)).collect();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Imports a list, exports the ledger and imports both forms of the export; what is not as it was.
fn find_what_comes_back_changed(list: &Path) -> Option<String> {
    let folder = TempDir::new().expect("a folder");
    let (data, out) = (folder.path().join("data"), folder.path().join("out"));
    let (list, out) = (list.to_str().expect("text"), out.to_str().expect("text"));
    text(&run(&data, &["import", "--create", "--grid", "990102003007041", list]));
    let before = text(&run(&data, &["export", "--json"])).to_owned();
    text(&run(&data, &["export", "--out", out]));
    text(&run(&data, &["export", "--out", out, "--format", "csv"]));
    for file in ["grid-companion.xlsx", "persons.csv", "households.csv"] {
        // A table without a row is no list.
        if file == "persons.csv" && !before.contains("\"members\":{") {
            continue;
        }
        let path = format!("{out}/{file}");
        let answer = run(&data, &["import", "--json", &path]);
        let report: Value = serde_json::from_slice(&answer.stdout).expect("JSON");
        let is_same = report["added"] == 0
            && report["edited"] == 0
            && report["unplaced"].as_array().is_some_and(Vec::is_empty)
            && text(&run(&data, &["export", "--json"])) == before;
        if !is_same {
            return Some(format!("{list} by {file}: {report}"));
        }
    }
    None
}
