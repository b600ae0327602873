//! The office publishes reference data, and phones have it with their next round.

use std::path::{Path, PathBuf};
use std::process::Output;

use domain::directory::{DIRECTORY, Directory, find_desk, presets, search_services};
use domain::notice::{NOTICES, Notice};
use domain::organisation::{ORGANISATIONS, Organisations};
use domain::reference::read_list;
use domain::workflow::{Payload, TransitionKind};
use domain::{Collection, Kind};
use serde_json::Value;
use spreadsheet::TableFile;
use sync::wire::Item;
use sync_server::admin::{self, Publishing};
use sync_server::store::sqlite::FILE_NAME;
use sync_server::store::{ReferenceValue, Store as _};
use tempfile::TempDir;

use crate::program::{run, text};
use crate::support::{District, Phone, grid};
use crate::workflow::people::{PROPERTY, act, dispatcher, report_well, to_org};

fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata").join(name)
}

fn set(data: &Path, file: &Path) -> Output {
    run(data, &["reference", "set", file.to_str().expect("text")])
}

fn refusal(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A ledger with one account, and a folder for files.
fn office() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    text(&run(
        &data,
        &["account", "add", "--create", "--name", "林晓芸", "--role", "grid_worker", "--grid", grid().as_str()],
    ));
    (folder, data)
}

fn versions(data: &Path) -> Vec<(String, u64, Option<u64>)> {
    let output = run(data, &["reference", "list", "--json"]);
    let lines = text(&output).lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let all = lines.map(|value| {
        let key = value["key"].as_str().expect("a key").to_owned();
        (key, value["version"].as_u64().expect("a version"), value["entries"].as_u64())
    });
    all.filter(|(key, ..)| [DIRECTORY, NOTICES, ORGANISATIONS].contains(&key.as_str())).collect()
}

fn is(key: &str, version: u64, entries: u64) -> (String, u64, Option<u64>) {
    (key.to_owned(), version, Some(entries))
}

#[test]
fn an_office_publishes_its_lists_takes_them_out_and_corrects_them() {
    let (folder, data) = office();
    assert_eq!(versions(&data), [is(DIRECTORY, 1, 6), is(NOTICES, 1, 0), is(ORGANISATIONS, 1, 0)]);

    let dry = run(&data, &["reference", "set", "--dry-run", sample("reference.json").to_str().expect("text")]);
    assert!(
        text(&dry).contains("服务目录（directory）：新增 13、修改 0、删除 0") && text(&dry).contains("什么都没有写入")
    );
    assert_eq!(versions(&data)[0], is(DIRECTORY, 1, 6));

    let done = set(&data, &sample("reference.json"));
    assert!(text(&done).contains("  + jingui-property 金桂物业") && text(&done).contains("通知（notices）：新增 3"));
    let published = [is(DIRECTORY, 2, 19), is(NOTICES, 2, 3), is(ORGANISATIONS, 2, 6)];
    assert_eq!(versions(&data), published);
    for file in ["reference.json", "reference.xlsx"] {
        let again = set(&data, &sample(file));
        assert_eq!(text(&again).matches("没有变化").count(), 3, "{file}");
    }
    assert_eq!(versions(&data), published);

    // As JSON: one notice is reworded.
    let taken = text(&run(&data, &["reference", "get", NOTICES])).replace("请提前储水", "请提前储水并关好龙头");
    let file = folder.path().join("通知.json");
    std::fs::write(&file, taken).expect("written");
    assert!(
        text(&set(&data, &file))
            .contains("通知（notices）：新增 0、修改 1、删除 0\n  ~ water-2026-11 海棠花园停水通知")
    );

    // As a workbook: nothing was touched.
    let book = folder.path().join("目录.xlsx");
    text(&run(&data, &["reference", "get", DIRECTORY, "--xlsx", book.to_str().expect("text")]));
    assert_eq!(text(&set(&data, &book)), "服务目录（directory）：没有变化\n");

    // A shorter list: what is not in it goes, but never the emergency numbers.
    std::fs::write(&file, "{\"key\": \"directory\", \"value\": []}").expect("written");
    assert!(text(&set(&data, &file)).contains("服务目录（directory）：新增 0、修改 0、删除 13"));
    assert_eq!(versions(&data), [is(DIRECTORY, 3, 6), is(NOTICES, 3, 3), is(ORGANISATIONS, 2, 6)]);

    // Later administrative acts bring back nothing.
    text(&run(&data, &["account", "add", "--name", "吴小燕", "--role", "grid_worker", "--grid", grid().as_str()]));
    assert_eq!(versions(&data)[1], is(NOTICES, 3, 3));
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
    assert_eq!(audited(&data), ["directory notices organisations", "notices", "directory"]);
}

#[test]
fn the_rules_of_time_that_are_built_in_are_taken_out_changed_and_published() {
    let (folder, data) = office();
    let listed = run(&data, &["reference", "list"]);
    let listed = text(&listed);
    for key in ["calendar/2026", "calendar/2027", "office-hours", "time-limits"] {
        assert!(listed.contains(&format!("{key}  内置  ")), "{listed}");
        let value: Value = serde_json::from_str(text(&run(&data, &["reference", "get", key]))).expect("JSON");
        assert!(value[key].is_object(), "{value}");
    }
    // All of it as a workbook, untouched: nothing is published.
    let book = folder.path().join("全部.xlsx");
    text(&run(&data, &["reference", "get", "--xlsx", book.to_str().expect("text")]));
    let again = set(&data, &book);
    assert!(text(&again).contains("工作日历（calendar/2027）：没有变化"), "{}", text(&again));
    assert!(text(&run(&data, &["reference", "list"])).contains("calendar/2027  内置  "));

    let file = folder.path().join("日历.json");
    let table = r#"{"calendar/2026": {"year": 2026, "source": "本区通知", "days": {"2026-11-24": "rest"}}}"#;
    std::fs::write(&file, table).expect("written");
    let done = set(&data, &file);
    let said = text(&done);
    assert!(said.contains("  + 2026-11-24 休息日\n") && said.contains("  - 2026-10-10 调休上班\n"), "{said}");
    assert!(said.contains("  注意：新表替换整年，内置工作日历里的 39 天不再有：2026-01-01 休息日、"), "{said}");
    assert!(text(&run(&data, &["reference", "list"])).contains("calendar/2026  第1版  "));
    assert_eq!(audited(&data), ["calendar/2026"]);
}

#[test]
fn an_organisation_with_people_goes_with_a_warning() {
    let (folder, data) = office();
    text(&set(&data, &sample("reference.json")));
    let person = ["account", "add", "--name", "赵强", "--role", "handler", "--org", "jingui-property"];
    text(&run(&data, &person));
    let file = folder.path().join("单位.json");
    std::fs::write(&file, r#"{"key": "organisations", "value": {}}"#).expect("written");
    let done = set(&data, &file);
    let warned: Vec<_> = text(&done).lines().filter(|line| line.contains("注意")).map(str::to_owned).collect();
    assert_eq!(warned, ["  注意：删除的单位 jingui-property 还有 1 个账号、0 件未办结事件"]);
}

#[tokio::test]
async fn open_incidents_of_an_organisation_that_goes_are_counted() {
    let district = District::open().await;
    text(&set(district.folder.path(), &sample("reference.json")));
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    for id in report_well(&district, &lin, 2).await {
        act(&district, &wang, id, TransitionKind::Accept, Payload::default()).await;
        act(&district, &wang, id, TransitionKind::Dispatch, to_org(PROPERTY)).await;
    }
    let store = district.server.app().store();
    let file = TableFile { name: "单位.json", bytes: br#"{"organisations": {}}"# };
    let changes = admin::set_reference(store, &file, Publishing::DryRun, district.now()).await.expect("looked at");
    assert_eq!(changes[0].warnings, ["删除的单位 jingui-property 还有 0 个账号、2 件未办结事件"]);
    let incidents = admin::list_records_of(store, Kind::Incident).await.expect("records");
    assert_eq!(incidents.len(), 2);
    district.assert_sound().await;
}

/// What the ledger says of each publication.
fn audited(data: &Path) -> Vec<String> {
    let ledger = rusqlite::Connection::open(data.join(FILE_NAME)).expect("the ledger");
    let mut select =
        ledger.prepare("SELECT subject FROM audit WHERE act = 'reference_set' ORDER BY position").expect("a statement");
    select.query_map([], |row| row.get("subject")).expect("rows").collect::<Result<_, _>>().expect("texts")
}

#[test]
fn one_mistake_and_nothing_is_written() {
    let (folder, data) = office();
    let before = versions(&data);
    let file = folder.path().join("资料.json");
    for (json, expected) in [
        ("{\"weather\": []}", "weather：不是可以发布的键；应为：directory、notices、organisations"),
        ("{\"notices\": [], \"notices\": []}", "“notices”出现了两次"),
        ("{\"notices\": [", "不是正确的 JSON"),
        (
            "{\"notices\": [], \"organisations\": {\"fire\": {\"name\": \"消防\", \"kind\": \"station\", \"areas\": [\"99\"]}}}",
            "有 1 处要改，什么都没有写入：\n  organisations 第1条（fire）“areas”：“99”不是网格编码的开头",
        ),
    ] {
        std::fs::write(&file, json).expect("written");
        let said = refusal(&set(&data, &file));
        assert!(said.contains(expected), "{said}");
    }
    let book = folder.path().join("资料.csv");
    std::fs::write(&book, "姓名,房号\n周敏,402\n").expect("written");
    assert!(refusal(&set(&data, &book)).contains("不认识这张工作表；应为：服务目录、通知、单位"));
    assert!(refusal(&set(&data, &folder.path().join("没有.json"))).contains("无法读取"));
    assert_eq!(versions(&data), before);

    assert!(refusal(&run(&data, &["reference", "get", "weather"])).contains("没有“weather”"));
    let out = folder.path().join("表.xlsx");
    let out = out.to_str().expect("text");
    assert!(refusal(&run(&data, &["reference", "get", "grids", "--xlsx", out])).contains("请用 JSON"));
}

/// Keys, versions and values that a phone pulls after a position.
async fn pull(district: &District, phone: &Phone, after: u64) -> (Vec<(String, u64, String)>, u64) {
    let reply = district.pull(phone, Collection::Reference, after, 1_000_000).await;
    let items = reply.pages[0].items.iter().map(|item| match item {
        Item::Reference { key, version, value } => (key.clone(), *version, value.clone()),
        other => panic!("{other:?}"),
    });
    (items.collect(), reply.pages[0].next)
}

fn find<'a>(items: &'a [(String, u64, String)], key: &str) -> Option<(u64, &'a str)> {
    items.iter().find(|(known, ..)| known == key).map(|(_, version, value)| (*version, value.as_str()))
}

#[tokio::test]
async fn a_phone_has_the_new_directory_with_its_next_round() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (items, position) = pull(&district, &lin, 0).await;
    let (version, first) = find(&items, DIRECTORY).expect("the presets");
    assert_eq!((version, read_list(first)), (1, presets()));
    assert_eq!(find(&items, NOTICES), Some((1, "[]")));

    // Another process, beside the running server.
    text(&set(district.folder.path(), &sample("reference.xlsx")));
    let (items, position) = pull(&district, &lin, position).await;
    assert_eq!(items.len(), 3, "what did not change does not come again");
    let (version, directory) = find(&items, DIRECTORY).expect("the directory");
    let directory: Directory = read_list(directory);
    assert_eq!((version, directory.len()), (2, 19));
    let found = search_services(&directory, Some(&grid()), "家庭医生");
    assert_eq!(found[0].phone, ["0990-1230002转3", "19900000021"]);
    let desk: Vec<u8> = find_desk(&directory, Some(&grid())).into_iter().map(|(place, _)| place).collect();
    assert_eq!(desk, [2, 3, 4, 5, 6, 9]);
    let notices: Vec<Notice> = read_list(find(&items, NOTICES).expect("notices").1);
    let today = district.now().local_date();
    let current = domain::notice::list_current(&notices, Some(&grid()), today);
    assert_eq!(current[0].id, "water-2026-11");
    let organisations: Organisations =
        serde_json::from_str(find(&items, ORGANISATIONS).expect("organisations").1).expect("organisations");
    assert_eq!(organisations.len(), 6);

    text(&set(district.folder.path(), &sample("reference.json")));
    assert_eq!(pull(&district, &lin, position).await, (Vec::new(), position), "equal lists are not sent");
    district.assert_sound().await;
}

#[tokio::test]
async fn a_ledger_of_before_keeps_what_it_has_and_gets_the_rest() {
    let district = District::open().await;
    let store = district.server.app().store();
    // A first server knew notices as plain texts, and an office's own directory must outlive every start.
    let value = |key: &str, value: &str| ReferenceValue { key: key.into(), unit: None, value: value.into() };
    let own = "[{\"id\":\"a\",\"name\":\"北门社区\",\"kind\":\"community\",\"updated\":\"2026-11-01\"}]";
    store.put_reference(vec![value(NOTICES, "[\"周三停水\"]"), value(DIRECTORY, own)]).await.expect("stored");
    assert_eq!(sync_server::reference::refresh(store).await.expect("refreshed"), 0);

    let lin = district.worker("林晓芸", &[grid()]).await;
    let (items, _) = pull(&district, &lin, 0).await;
    assert_eq!(find(&items, DIRECTORY), Some((2, own)));
    assert_eq!(read_list::<Notice>(find(&items, NOTICES).expect("notices").1), []);

    let bytes = std::fs::read(sample("reference.json")).expect("the sample");
    let file = TableFile { name: "reference.json", bytes: &bytes };
    let changes = admin::set_reference(store, &file, Publishing::Publish, district.now()).await.expect("published");
    let told: Vec<_> =
        changes.iter().map(|change| (change.key.as_str(), change.added.len(), change.removed.len())).collect();
    assert_eq!(told, [(DIRECTORY, 19, 1), (NOTICES, 3, 0), (ORGANISATIONS, 6, 0)]);
    let book = admin::reference_workbook(store, None).await.expect("a workbook");
    let file = TableFile { name: "改.xlsx", bytes: &book };
    let changes = admin::set_reference(store, &file, Publishing::Publish, district.now()).await.expect("published");
    assert!(changes.iter().all(|change| !change.is_changed));
}
