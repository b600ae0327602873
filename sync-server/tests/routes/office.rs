//! What the office does beside the running server: import, export, verify.

use domain::{Collection, Household, Kind};
use roster::ReadOptions;
use spreadsheet::TableFile;
use sync_server::admin::{self, ImportOutcome};
use sync_server::store::{Store as _, StoredDocument};

use crate::support::{District, grid};

/// Imports one file as the command does.
pub(crate) async fn import(district: &District, name: &str, bytes: &[u8]) -> ImportOutcome {
    let options = ReadOptions { today: district.now().local_date(), grid: None };
    let store = district.server.app().store();
    admin::import_roster(store, &[TableFile { name, bytes }], &options, district.now()).await.expect("imported")
}

const HEADER: &str = "网格编码,小区,楼栋,单元,房号,姓名,与户主关系,身份证号,联系电话\n";

pub(crate) fn rows(rows: &[&str]) -> Vec<u8> {
    let lines = rows.iter().map(|row| format!("{},海棠花园,1栋,1单元,{row}\n", grid()));
    format!("{HEADER}{}", lines.collect::<String>()).into_bytes()
}

pub(crate) async fn cards(district: &District) -> Vec<Household> {
    let records = admin::list_records(district.server.app().store()).await.expect("records");
    let cards = records.iter().filter(|record| record.kind == Kind::Household);
    cards.map(|record| serde_json::from_str(&record.projection).expect("a card")).collect()
}

async fn records(district: &District) -> Vec<StoredDocument> {
    admin::list_records(district.server.app().store()).await.expect("records")
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let district = District::open().await;
    let file = rows(&[
        "402,周敏,户主,990101198506120024,13900000001",
        "402,周立,子,990101200002290142,",
        "403,郑和平,户主,990101196001010031,13900000002",
    ]);
    let first = import(&district, "名单.csv", &file).await;
    assert_eq!((first.added, first.edited), (2, 0));
    let before = records(&district).await;
    assert_eq!(before.len(), 4, "two cards, two particulars");
    district.pass_ms(60_000);
    let second = import(&district, "名单.csv", &file).await;
    assert_eq!((second.added, second.edited), (0, 0));
    assert_eq!(records(&district).await, before);
    district.assert_sound().await;
}

#[tokio::test]
async fn a_corrected_file_changes_what_differs_and_a_workers_edit_stays_as_a_conflict() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    import(&district, "名单.csv", &rows(&["402,周敏,户主,,13900000001", "403,郑和平,户主,,"])).await;

    // The worker corrects the name at the door.
    let reply = district.pull(&lin, Collection::GridHouseholds(grid()), 0, 100_000).await;
    let mut card = None;
    for item in &reply.pages[0].items {
        let sync::wire::Item::Snapshot { bytes, .. } = item else { panic!("{item:?}") };
        let read = documents::RecordDocument::from_history(&bytes.0).expect("a history");
        if read.read::<Household>().expect("a card").record.contact_name == "周敏" {
            card = Some(read);
        }
    }
    let mut card = card.expect("the card");
    let edit = lin.edit::<Household>(&mut card, |h| h.contact_name = "周敏敏".into());
    district.push_well(&lin, vec![edit]).await;

    // The office corrects it differently, and another household's name.
    district.pass_ms(60_000);
    let corrected = rows(&["402,周珉,户主,,13900000001", "403,郑太平,户主,,"]);
    let summary = import(&district, "名单.csv", &corrected).await;
    // Both cards; and particulars, because another name without a number might be another person.
    assert_eq!((summary.added, summary.edited), (0, 3));
    let cards = cards(&district).await;
    assert!(cards.iter().any(|card| card.contact_name == "郑太平"));

    let store = district.server.app().store();
    let id = card.read::<Household>().expect("card").record.id.into();
    let history: Vec<u8> =
        store.list_changes(id).await.expect("changes").into_iter().flat_map(|change| change.bytes).collect();
    let reading =
        documents::RecordDocument::from_history(&history).expect("history").read::<Household>().expect("card");
    let conflict = reading.conflicts.iter().find(|conflict| conflict.path == "contact_name").expect("a conflict");
    assert_eq!(conflict.candidates.len(), 2);
    district.assert_sound().await;

    // Once more the same file: the conflict is not made again.
    let before = records(&district).await;
    import(&district, "名单.csv", &corrected).await;
    assert_eq!(records(&district).await, before);
}

#[tokio::test]
async fn buildings_keep_their_codes_and_reach_the_phones_of_their_grid() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    import(&district, "名单.csv", &rows(&["402,周敏,户主,,"])).await;
    let more = format!("{HEADER}{},海棠花园,2栋,1单元,101,吴芳,户主,,\n", grid());
    import(&district, "二.csv", more.as_bytes()).await;
    let buildings = district.server.app().store().list_buildings().await.expect("buildings");
    let named: Vec<_> = buildings.rows.iter().map(|b| (b.code.serial(), b.name.as_str())).collect();
    assert_eq!(named, [(1, "1栋"), (2, "2栋")]);
    let reply = district.pull(&lin, Collection::Reference, 0, 1_000_000).await;
    let key = format!("buildings/{}", grid());
    let has_both = reply.pages[0].items.iter().any(|item| match item {
        sync::wire::Item::Reference { key: found, value, .. } => *found == key && value.contains("2栋"),
        _ => false,
    });
    assert!(has_both, "{reply:?}");
}

#[tokio::test]
async fn what_is_not_a_roster_imports_nothing() {
    let district = District::open().await;
    let options = ReadOptions { today: district.now().local_date(), grid: None };
    let store = district.server.app().store();
    for bytes in [&b""[..], b"dear diary, today it rained", b"PK\x03\x04 not a workbook"] {
        let file = TableFile { name: "文件.xlsx", bytes };
        assert!(admin::import_roster(store, &[file], &options, district.now()).await.is_err());
    }
    assert_eq!(records(&district).await, []);
}

#[tokio::test]
async fn tables_are_written_in_both_formats() {
    let district = District::open().await;
    import(&district, "名单.csv", &rows(&["402,周敏,户主,,13900000001"])).await;
    let store = district.server.app().store();
    let out = district.folder.path().join("out");
    let csv = admin::write_tables(store, admin::Content::Everything, admin::Format::Csv, &out).await.expect("written");
    assert_eq!(csv.len(), 5, "households, persons, visits, incidents, steps");
    let households = std::fs::read_to_string(out.join("households.csv")).expect("households");
    assert!(households.contains("海棠花园"), "{households}");
    let xlsx =
        admin::write_tables(store, admin::Content::Everything, admin::Format::Xlsx, &out).await.expect("written");
    assert!(std::fs::read(&xlsx[0]).expect("workbook").starts_with(b"PK"));
}

#[cfg(unix)]
#[tokio::test]
async fn an_export_replaces_a_link_and_follows_none() {
    use std::os::unix::fs::symlink;
    let district = District::open().await;
    import(&district, "名单.csv", &rows(&["402,周敏,户主,,13900000001"])).await;
    let store = district.server.app().store();
    let root = district.folder.path();
    let (out, elsewhere, linked) = (root.join("out"), root.join("elsewhere.csv"), root.join("linked"));
    std::fs::create_dir(&out).expect("a folder");
    std::fs::write(&elsewhere, "untouched").expect("written");
    symlink(&elsewhere, out.join("households.csv")).expect("a link");
    let write = async |folder: &std::path::Path| {
        admin::write_tables(store, admin::Content::Everything, admin::Format::Csv, folder).await
    };
    write(&out).await.expect("written");
    assert_eq!(std::fs::read_to_string(&elsewhere).expect("there"), "untouched");
    let written = std::fs::symlink_metadata(out.join("households.csv")).expect("there");
    assert!(written.is_file() && written.len() > 0);
    let names: Vec<_> =
        std::fs::read_dir(&out).expect("a folder").map(|file| file.expect("a file").file_name()).collect();
    assert_eq!(names.len(), 5, "nothing unfinished stays: {names:?}");

    symlink(&out, &linked).expect("a link");
    for folder in [linked.clone(), linked.join("")] {
        let error = write(&folder).await.expect_err("a link");
        assert!(matches!(error, admin::ExportFailure::Link { .. }), "{error}");
    }
}
