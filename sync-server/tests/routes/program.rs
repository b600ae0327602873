//! The program itself, as an administrator runs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use domain::{Collection, InstallationId, UnixMillis};
use serde_json::Value;
use sync::wire::{ENROL_PATH, EnrolReply, EnrolRequest, SYNC_PATH, SyncReply, SyncRequest, Verdict};
use sync_server::store::sqlite::FILE_NAME;
use tempfile::TempDir;

use crate::http::post_message;
use crate::support::{Phone, START_MS, grid, household, unique};

pub(crate) fn run(data: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sync-server")).arg("--data").arg(data).args(arguments).output().expect("runs")
}

pub(crate) fn text(output: &Output) -> &str {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    std::str::from_utf8(&output.stdout).expect("text")
}

fn json(output: &Output) -> Value {
    serde_json::from_str(text(output)).expect("JSON")
}

#[test]
fn an_office_sets_up_its_ledger() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let roster = folder.path().join("名单.csv");
    let row = format!("网格编码,小区,楼栋,房号,姓名,与户主关系\n{},海棠花园,1栋,402,周敏,户主\n", grid());
    std::fs::write(&roster, row).expect("written");
    let roster = roster.to_str().expect("text");

    let report = json(&run(&data, &["import", roster, "--create", "--json"]));
    assert_eq!((&report["households"], &report["persons"], &report["vacant"]), (&1.into(), &1.into(), &0.into()));
    let keys: Vec<&String> = report.as_object().expect("an object").keys().collect();
    assert_eq!(
        keys,
        ["added", "edited", "findings", "households", "import", "persons", "plan", "unplaced", "vacant", "written"]
    );
    assert!(text(&run(&data, &["import", roster])).contains("1 户"));

    let lock = sync_server::admin::lock_imports(&data).expect("free");
    let refused = run(&data, &["import", roster]);
    assert!(!refused.status.success() && String::from_utf8_lossy(&refused.stderr).contains("另一个导入正在进行"));
    drop(lock);

    let added = run(&data, &["account", "add", "--name", "林晓芸", "--role", "grid_worker", "--grid", grid().as_str()]);
    let id = text(&added).trim().to_owned();
    for role in ["grid-worker", "grid_worker"] {
        let nameless = run(&data, &["account", "add", "--name", "  ", "--role", role, "--grid", grid().as_str()]);
        assert!(!nameless.status.success());
        text(&run(&data, &["account", "add", "--name", role, "--role", role, "--grid", grid().as_str()]));
    }
    let long = run(&data, &["enrol", "--account", "林晓芸", "--ttl", "8d"]);
    assert!(!long.status.success() && String::from_utf8_lossy(&long.stderr).contains("7 天"));
    let wrong =
        run(&data, &["account", "add", "--name", "马春生", "--role", "building_lead", "--grid", grid().as_str()]);
    assert!(!wrong.status.success());
    assert!(text(&run(&data, &["account", "list"])).contains("林晓芸"));

    let torn = "马\n春\u{1b}[2J生";
    text(&run(&data, &["account", "add", "--name", torn, "--role", "supervisor"]));
    let listed = run(&data, &["account", "list"]);
    assert!(
        text(&listed).lines().any(|line| line.contains("马 春[2J生")),
        "one line, and no escape: {}",
        text(&listed)
    );

    let server = "https://grid.example.cn";
    let code = json(&run(&data, &["enrol", "--account", "林晓芸", "--server", server, "--json"]));
    assert_eq!(code["account"], Value::String(id));
    let link = code["link"].as_str().expect("a link");
    assert!(link.starts_with("gridcompanion://enrol?server=https%3A%2F%2Fgrid.example.cn&code="), "{link}");
    assert!(text(&run(&data, &["enrol", "--account", "林晓芸"])).contains("gridcompanion://enrol?"));

    assert!(!run(&data, &["enrol", "--account", "社区（导入）"]).status.success(), "no phone gets the office's rights");

    assert!(text(&run(&data, &["account", "close", "--account", "林晓芸"])).contains("0 台设备"));
    let left: Vec<Value> = text(&run(&data, &["account", "list", "--json"]))
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    let closed = left.iter().find(|account| account["name"] == "林晓芸").expect("what it wrote keeps its name");
    assert_eq!(closed["scope"], serde_json::json!({}));

    let building = json(&run(&data, &["building", "list", "--json"]));
    assert_eq!(building["code"], Value::String(grid().building(1).expect("in range").to_string()));
    let lines: Vec<Value> = text(&run(&data, &["export", "--json"]))
        .lines()
        .map(|line| serde_json::from_str(line).expect("a line of JSON"))
        .collect();
    assert_eq!(lines.len(), 1);
    assert_eq!((&lines[0]["kind"], &lines[0]["record"]["contact_name"]), (&"household".into(), &"周敏".into()));
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
}

#[test]
fn where_there_is_no_ledger_only_setting_one_up_begins_one() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let out = folder.path().join("out");
    let out = out.to_str().expect("text");
    let readers: &[&[&str]] = &[
        &["verify"],
        &["export", "--json"],
        &["export", "--format", "csv", "--out", out],
        &["account", "list"],
        &["account", "revoke-device", "--account", "林晓芸"],
        &["enrol", "--account", "林晓芸"],
        &["building", "list"],
        &["held", "list"],
        &["reference", "list"],
        &["reference", "get"],
        &["held", "accept", "--all"],
        // A wrong --data must not become a district whose phones are all strangers.
        &["serve", "--listen", "127.0.0.1:0"],
        &["account", "add", "--name", "林晓芸", "--role", "grid-worker", "--grid", "990101001001003"],
        &["verify", "--create"],
    ];
    let assert_refused = |state: &str| {
        for arguments in readers {
            let output = run(&data, arguments);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{state}: {arguments:?}");
            assert!(said.contains("这里没有数据"), "{state}: {arguments:?}: {said}");
        }
    };
    assert_refused("no folder");
    assert!(!data.exists(), "nothing was begun");
    std::fs::create_dir(&data).expect("made");
    std::fs::write(data.join(FILE_NAME), b"").expect("written");
    assert_refused("an empty file");
    assert_eq!(std::fs::metadata(data.join(FILE_NAME)).expect("the file").len(), 0);
    let begins =
        ["account", "add", "--create", "--name", "林晓芸", "--role", "grid-worker", "--grid", "990101001001003"];
    text(&run(&data, &begins));
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
}

#[test]
fn verify_names_what_is_damaged_and_fails() {
    let folder = TempDir::new().expect("a folder");
    let roster = folder.path().join("名单.csv");
    let row = format!("网格编码,小区,楼栋,房号,姓名\n{},海棠花园,1栋,402,周敏\n", grid());
    std::fs::write(&roster, row).expect("written");
    text(&run(folder.path(), &["import", "--create", roster.to_str().expect("text")]));

    // One letter inside a stored change, the file as such stays whole.
    let path = folder.path().join(FILE_NAME);
    let mut bytes = std::fs::read(&path).expect("the file");
    let name = "海棠花园".as_bytes();
    let places: Vec<usize> = (0..bytes.len() - name.len()).filter(|&i| bytes[i..].starts_with(name)).collect();
    for place in places {
        bytes[place..place + 3].copy_from_slice("河".as_bytes());
    }
    std::fs::write(&path, &bytes).expect("written");
    let output = run(folder.path(), &["verify", "--json"]);
    assert!(!output.status.success());
    let found: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let codes: Vec<&str> =
        found["damage"].as_array().expect("a list").iter().filter_map(|damage| damage["code"].as_str()).collect();
    assert!(codes.contains(&"change_bytes"), "{codes:?}");
}

#[tokio::test]
async fn the_office_works_beside_the_running_server_and_a_kill_loses_nothing() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("data");
    let mut server = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .arg("--data")
        .arg(&data)
        .args(["serve", "--create", "--listen", "127.0.0.1:0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let addr = line.trim().strip_prefix("正在监听 http://").expect("an address").parse().expect("an address");

    let roster = folder.path().join("名单.csv");
    let row = format!("网格编码,小区,楼栋,房号,姓名,与户主关系\n{},海棠花园,1栋,402,周敏,户主\n", grid());
    std::fs::write(&roster, row).expect("written");
    text(&run(&data, &["import", roster.to_str().expect("text")]));
    text(&run(&data, &["account", "add", "--name", "林晓芸", "--role", "grid_worker", "--grid", grid().as_str()]));
    let code = json(&run(&data, &["enrol", "--account", "林晓芸", "--json"]));

    let installation = InstallationId::new(UnixMillis::new(START_MS), unique());
    let shown = code["code"].as_str().expect("a code").to_owned();
    let enrol = EnrolRequest { code: shown, installation, platform: "test".into(), former: None, mark: None };
    let reply: EnrolReply = post_message(addr, ENROL_PATH, None, &enrol).await.message();
    let phone = Phone { token: reply.token, account: reply.account, installation, epoch: None };
    let push = vec![phone.create(&household(&grid(), "403")).1];
    let request = SyncRequest { push, limit_bytes: 1_000_000, ..phone.request(UnixMillis::new(START_MS)) };
    let reply: SyncReply = post_message(addr, SYNC_PATH, Some(&phone.token), &request).await.message();
    assert_eq!(reply.outcomes[0].verdict, Verdict::Accepted);
    let cards = reply.pages.iter().find(|page| page.collection == Collection::GridHouseholds(grid())).expect("cards");
    assert_eq!((cards.total, cards.items.len()), (2, 1), "the imported card comes down with the same reply");

    server.kill().expect("killed");
    server.wait().expect("ended");
    assert_eq!(text(&run(&data, &["verify"])).lines().last(), Some("全部完好。"));
    assert_eq!(text(&run(&data, &["export", "--json"])).lines().count(), 2);
}

#[test]
fn a_database_put_back_alone_is_found_out_by_the_next_command() {
    let folder = TempDir::new().expect("a folder");
    let (data, copy) = (folder.path().join("data"), folder.path().join("copy.sqlite3"));
    let add = |name: &str, more: &[&str]| {
        let begin = ["account", "add", "--name", name, "--role", "grid_worker", "--grid", "990101001001003"];
        text(&run(&data, &[&begin[..], more].concat())).to_owned()
    };
    add("林晓芸", &["--create"]);
    std::fs::copy(data.join(FILE_NAME), &copy).expect("copied");
    assert_eq!(text(&run(&data, &["verify"])).lines().count(), 2, "nothing to tell");
    add("吴小燕", &[]);
    std::fs::copy(&copy, data.join(FILE_NAME)).expect("put back");
    let said = text(&run(&data, &["verify"])).to_owned();
    assert!(said.contains("发现数据比已答应的旧（file_ahead）") && said.ends_with("全部完好。\n"), "{said}");
    assert_eq!(json(&run(&data, &["verify", "--json"]))["renewals"].as_array().expect("a list").len(), 1, "once");
}
