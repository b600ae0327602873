//! Files as offices hand them in, good and bad. `testdata/reference.xlsx` is what `reference get --xlsx` writes once
//! `testdata/reference.json` is published.

mod rules;

use std::collections::BTreeMap;

use jiff::civil::date;
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value, json};

use super::*;
use spreadsheet::TableFile;

const JSON: &[u8] = include_bytes!("../../testdata/reference.json");
const XLSX: &[u8] = include_bytes!("../../testdata/reference.xlsx");

fn present() -> Present {
    Present { values: BTreeMap::new(), today: date(2026, 11, 23) }
}

fn read_in(name: &str, bytes: &[u8], present: &Present) -> Result<BTreeMap<String, Value>, Vec<String>> {
    read_file(&TableFile { name, bytes }, present).map_err(|error| match error {
        FileError::Unreadable(error) => vec![error.to_string()],
        FileError::Refused(problems) => problems.iter().map(ToString::to_string).collect(),
    })
}

fn read(name: &str, bytes: &[u8]) -> Result<BTreeMap<String, Value>, Vec<String>> {
    read_in(name, bytes, &present())
}

fn read_json(value: &Value) -> Result<BTreeMap<String, Value>, Vec<String>> {
    read("表.json", value.to_string().as_bytes())
}

/// A sheet of text cells.
fn book(sheet: &str, rows: &[&[&str]]) -> Vec<u8> {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name(sheet).expect("a name");
    for (row, cells) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(*cells) {
            page.write_string(row, column, *cell).expect("written");
        }
    }
    book.save_to_buffer().expect("a workbook")
}

#[test]
fn the_samples_say_the_same_as_json_and_as_workbook() {
    let (json, xlsx) = (read("reference.json", JSON).expect("good"), read("reference.xlsx", XLSX).expect("good"));
    assert_eq!(json, xlsx);
    let count = |key: &str| match &json[key] {
        Value::Array(entries) => entries.len(),
        Value::Object(entries) => entries.len(),
        other => panic!("{other}"),
    };
    assert_eq!((count("directory"), count("notices"), count("organisations")), (6 + 13, 3, 6));
    let organisations: Organisations = serde_json::from_value(json["organisations"].clone()).expect("organisations");
    let grid: GridCode = "990101001001003".parse().expect("a grid");
    let direct = domain::organisation::find_direct(&organisations, &grid, "08001").expect("the doctors");
    assert_eq!(direct.as_str(), "haitang-doctors-3");
}

#[test]
fn what_is_written_reads_back() {
    let values: Vec<(String, Value)> = read("reference.json", JSON).expect("good").into_iter().collect();
    let book = write_workbook(&values).expect("a workbook");
    assert_eq!(read("改过的表.xlsx", &book).expect("good").into_iter().collect::<Vec<_>>(), values);

    let formula = json!({"notices": [
        {"id": "a", "title": "=1+1", "text": "-一\n+二", "from": "2026-11-23", "is_urgent": false},
        {"id": "b", "title": "'题", "text": "@所有人", "from": "2026-11-23", "is_urgent": true}
    ]});
    let values: Vec<_> = read_json(&formula).expect("good").into_iter().collect();
    let book = write_workbook(&values).expect("a workbook");
    assert_eq!(read("表.xlsx", &book).expect("good").into_iter().collect::<Vec<_>>(), values);
}

#[test]
fn a_sheet_is_read_as_offices_keep_it() {
    let mut book = Workbook::new();
    let page = book.add_worksheet();
    page.set_name("服务目录").expect("a name");
    let plain = Format::new();
    page.merge_range(0, 0, 0, 6, "海棠街道便民电话（２０２６年）", &plain).expect("merged");
    for (column, title) in
        (0..).zip(["序号", "*编号（必填）", "单位名称", "类 别", "联系电话", "地址", "健康服务台", "更新日期"])
    {
        page.write_string(1, column, title).expect("written");
    }
    page.merge_range(2, 3, 3, 3, "物业", &plain).expect("merged");
    page.merge_range(2, 5, 3, 5, "海棠路８号", &plain).expect("merged");
    page.write_number(2, 0, 1).expect("written").write_string(2, 1, "Ａ-1".to_lowercase()).expect("written");
    page.write_string(2, 2, "金桂物业").expect("written").write_number(2, 4, 19_900_000_022.0).expect("written");
    page.write_number(2, 6, 7).expect("written");
    let day = Format::new().set_num_format("yyyy/m/d");
    page.write_datetime_with_format(2, 7, rust_xlsxwriter::ExcelDateTime::from_ymd(2026, 11, 1).expect("a day"), &day)
        .expect("written");
    page.write_number(3, 0, 2).expect("written").write_string(3, 1, "a-2").expect("written");
    page.write_string(3, 2, "银桂物业")
        .expect("written")
        .write_string(3, 4, "０９９０—１２３０００５、无")
        .expect("written");
    page.write_number(4, 0, 3).expect("written");
    book.add_worksheet()
        .set_name("封面")
        .expect("a name")
        .set_hidden(true)
        .write_string(0, 0, "内部")
        .expect("written");
    let bytes = book.save_to_buffer().expect("a workbook");

    let read = read("电话.xlsx", &bytes).expect("good");
    let entries = read["directory"].as_array().expect("a list");
    assert_eq!(entries.len(), 6 + 2, "a number in advance is no entry");
    assert_eq!(
        entries[6],
        json!({
            "id": "a-1", "name": "金桂物业", "kind": "property", "phone": ["19900000022"], "address": "海棠路８号",
            "desk": 7, "updated": "2026-11-01"
        })
    );
    assert_eq!(
        entries[7],
        json!({
            "id": "a-2", "name": "银桂物业", "kind": "property", "phone": ["0990-1230005"], "address": "海棠路８号",
            "updated": "2026-11-23"
        })
    );
}

#[test]
fn every_odd_cell_of_a_sheet_is_named() {
    let titles = ["编号", "名称", "类型", "电话", "服务范围", "健康服务台", "预约", "更新日期", "传真"];
    let rows: &[&[&str]] = &[
        &titles,
        &["ok", "北门社区", "社区", "0990-1230001", "", "", "", "", ""],
        &["OK 2", "", "医院", "9901230001", "990101001000", "12", "传送", "明天", ""],
        &["ok", "南门社区", "社区", "", "9901", "300", "", "", "1230001", "多出来的"],
    ];
    let said = read("表.xlsx", &book("服务目录", rows)).expect_err("odd");
    let place = |problem: &String| problem.split('：').next().expect("a place").to_owned();
    let places: Vec<String> = said.iter().map(place).collect();
    assert_eq!(
        places,
        [
            "〔服务目录〕第1行 I列",
            "〔服务目录〕第4行 I列",
            "〔服务目录〕第4行 J列",
            "〔服务目录〕第3行 B列“名称”",
            "〔服务目录〕第3行 C列“类型”",
            "〔服务目录〕第3行 G列“预约”",
            "〔服务目录〕第3行 H列“更新日期”",
            "〔服务目录〕第4行 F列“健康服务台”",
        ],
        "{said:#?}"
    );
    assert!(said[0].contains("不认识“传真”列；应为：编号、名称"), "{}", said[0]);
    assert!(said[4].contains("“医院”不在列表里；应为：其中之一：紧急电话、社区"), "{}", said[4]);

    let rows: &[&[&str]] = &[
        &titles[..6],
        &["ok", "北门社区", "社区", "0990-1230001", "", ""],
        &["OK 2", "另一社区", "社区", "9901230001", "990101001000", "12"],
        &["ok", "南门社区", "社区", "", "9901", ""],
    ];
    let said = read("表.xlsx", &book("服务目录", rows)).expect_err("odd");
    let expected = [
        "〔服务目录〕第3行 A列“编号”：“OK2”不能用作编号；应为：小写字母",
        "〔服务目录〕第3行 D列“电话”：“9901230001”不是电话号码；应为：电话号码",
        "〔服务目录〕第3行 E列“服务范围”：“990101001000”末尾的 000 要去掉",
        "〔服务目录〕第3行 F列“健康服务台”：12 超出范围 1–9",
        "〔服务目录〕第4行 E列“服务范围”：“9901”不是网格编码的开头",
        "〔服务目录〕第4行 A列“编号”：“ok”与另一条重复",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn a_workbook_that_is_none_is_refused() {
    for (name, bytes, expected) in [
        ("表.xlsx", book("服务目录", &[&["姓名", "房号"], &["周敏", "402"]]), "〔服务目录〕：没有找到表头"),
        ("表.xlsx", book("服务目录", &[&["编号", "电话"], &["a", "110"]]), "表头缺少列：名称、类型"),
        ("表.xlsx", book("服务目录", &[&["编号", "编码", "名称", "类型"], &["a"]]), "“编码”列重复"),
        ("表.xlsx", book("服务", &[&["编号", "名称"]]), "不认识这张工作表；应为：服务目录、通知、单位"),
        ("表.xlsx", book("说明", &[&["编号", "名称"]]), "没有可以发布的工作表"),
        ("表.xlsx", b"PK\x03\x04 broken".to_vec(), "文件已损坏"),
        ("表.xlsx", Vec::new(), "文件是空的"),
        ("通知.csv", "编号,标题\na,停水\n".into(), "〔通知〕第1行：表头缺少列：内容、开始日期"),
    ] {
        let said = read(name, &bytes).expect_err(expected).join("\n");
        assert!(said.contains(expected), "{said}");
    }
    let csv = "编号,标题,内容,开始日期\na,停水,周三停水,2026年11月25日\n";
    assert_eq!(read("通知.csv", csv.as_bytes()).expect("good")["notices"][0]["from"], "2026-11-25");
}

#[test]
fn every_mistake_in_json_names_key_entry_and_field() {
    for (value, expected) in [
        (json!({"account-names": {}}), "account-names：不是可以发布的键；应为：directory、notices、organisations"),
        (json!({"directory": {}}), "directory：整体写法不对；应为：[ { … }, … ]"),
        (json!({"organisations": []}), "organisations：整体写法不对；应为：{ 编号: { … }, … }"),
        (json!({"notices": ["周三停水"]}), "notices 第1条：写法不对"),
        (
            json!({"directory": [{"id": "a", "name": "一", "kind": "other", "adress": "x"}]}),
            "directory 第1条（a）：没有“adress”这一项；应为：id、name",
        ),
        (json!({"directory": [{"id": "a", "kind": "other"}]}), "directory 第1条（a）“name”：没有填写"),
        (
            json!({"directory": [{"id": "a", "name": "一", "kind": "hospital"}]}),
            "directory 第1条（a）“kind”：“hospital”不在列表里",
        ),
        (json!({"directory": [{"id": "a", "name": "一", "kind": "other", "phone": {"a": 1}}]}), "“phone”：写法不对"),
        (
            json!({"directory": [{"id": "fire-119", "name": "火警", "kind": "emergency", "phone": ["0990-1230001"]}]}),
            "第1条（fire-119）“phone”：这是预置条目，必须保留号码 119",
        ),
        (
            json!({"organisations": {"Fire": {"name": "消防", "kind": "station"}}}),
            "organisations 第1条（Fire）“code”：“Fire”不能用作编号",
        ),
        (
            json!({"organisations": {"a": {"name": "消防", "kind": "station", "categories": ["98"]}}}),
            "organisations 第1条（a）“categories”：没有“98”这个事件类别",
        ),
        (
            json!({"organisations": {"a": {"name": "消防", "kind": "station", "code": "b"}}}),
            "没有“code”这一项；应为：name、kind",
        ),
        (
            json!({"notices": [{"id": "a", "title": "一", "text": "二", "from": "2026-11-23", "until": "2026-11-22"}]}),
            "notices 第1条（a）“until”：早于开始日期",
        ),
    ] {
        let said = read_json(&value).expect_err(expected);
        assert!(said.len() == 1 && said[0].contains(expected), "{said:?}");
    }
    let both = json!({"notices": [{"id": "a"}], "organisations": {"b": {}}});
    assert_eq!(read_json(&both).expect_err("odd").len(), 3 + 2, "all of it is said at once");
}

#[test]
fn what_did_not_change_was_not_updated() {
    let list = |note: &str| json!({"directory": [{"id": "a", "name": "北门社区", "kind": "community", "note": note}]});
    let first = read_json(&list("一")).expect("good");
    let entry = |values: &BTreeMap<String, Value>| values["directory"][6]["updated"].clone();
    assert_eq!(entry(&first), "2026-11-23");
    let later = Present { values: first.clone(), today: date(2026, 12, 1) };
    let again = read_in("表.json", list("一").to_string().as_bytes(), &later).expect("good");
    assert_eq!(again, first);
    let other = read_in("表.json", list("二").to_string().as_bytes(), &later).expect("good");
    assert_eq!(entry(&other), "2026-12-01");
}

#[test]
fn a_list_that_no_phone_could_pull_is_refused() {
    let entry = |n: u32| json!({"id": format!("g-{n}"), "name": "指南", "kind": "other", "guide": "长".repeat(4_000)});
    let list = |count| json!({"directory": (0..count).map(entry).collect::<Vec<_>>()});
    assert!(read_json(&list(80)).is_ok());
    let said = read_json(&list(90)).expect_err("too much");
    assert!(said.len() == 1 && said[0].starts_with("directory：内容太多（"), "{said:?}");
}

#[test]
fn people_are_named_with_the_organisation_they_belong_to() {
    let org: OrgCode = "haitang-property".parse().expect("a code");
    let account = |n: u8, role, org| Account {
        id: domain::AccountId::new(domain::UnixMillis::new(1), [n; 10]),
        name: format!("人员{n}"),
        role,
        scope: Scope { org, ..Scope::default() },
    };
    let accounts = [account(1, Role::Handler, Some(org)), account(2, Role::Dispatcher, None)];
    let names = serde_json::to_value(public_names(&accounts)).expect("plain data");
    let of = |account: &Account| names[account.id.to_string()].clone();
    assert_eq!(of(&accounts[0]), json!({"name": "人员1", "role": "handler", "org": "haitang-property"}));
    assert_eq!(of(&accounts[1]), json!({"name": "人员2", "role": "dispatcher"}));
}
