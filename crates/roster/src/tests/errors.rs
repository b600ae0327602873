//! What is no roster ends in a sentence that says what to do.

use super::*;

fn error(name: &str, bytes: &[u8]) -> RosterError {
    read_one(name, bytes).expect_err(name)
}

#[test]
fn files_that_are_no_rosters_say_so() {
    let file = "甲.csv".to_owned();
    assert_eq!(error("甲.csv", b""), OpenError::Empty { file: file.clone() }.into());
    assert_eq!(error("甲.csv", b"\n\n,,\n"), OpenError::Empty { file: file.clone() }.into());
    assert_eq!(error("甲.csv", "网格编码,房号,姓名\n".as_bytes()), RosterError::Empty { file: file.clone() });
    let letter = "关于做好走访工作的通知\n各社区：\n请于月底前完成。\n";
    assert_eq!(error("甲.csv", letter.as_bytes()), RosterError::NotARoster { file: file.clone() });
    assert_eq!(error("甲.csv", "产品,价格,数量\n苹果,3,10\n".as_bytes()), RosterError::NotARoster { file });
    let said = error("甲.xls", b"<html><body><p>logged out</p></body></html>").to_string();
    assert!(said.contains("另存为 XLSX"), "{said}");
    assert!(matches!(error("甲.csv", &[0, 1, 2, 3, 0, 0, 255]), RosterError::File(OpenError::Damaged { .. })));
    assert_eq!(read(&[], &ReadOptions { today: TODAY, grid: None }), Err(RosterError::NoFile));
}

#[test]
fn a_missing_column_is_named() {
    let without_door = "网格编码,姓名,身份证号码,联系电话\n990102003007031,甲一,,\n";
    assert_eq!(error("甲.csv", without_door.as_bytes()).to_string(), "甲.csv：缺少“房号”或“详细地址”列");
    let without_name = "网格编码,小区,楼栋,房号\n990102003007031,海棠花园,1栋,101\n";
    assert_eq!(error("甲.csv", without_name.as_bytes()).to_string(), "甲.csv：缺少“姓名”列");
}

#[test]
fn a_missing_grid_names_the_way_out() {
    let text = "小区,楼栋,房号,姓名\n海棠花园,1栋,101,甲一\n";
    let said = error("甲.csv", text.as_bytes()).to_string();
    assert!(said.contains("第2行") && said.contains("网格编码") && said.contains("--grid"), "{said}");
    let named = "所属网格,楼栋,房号,姓名\n第三网格,1栋,101,甲一\n";
    assert!(matches!(error("甲.csv", named.as_bytes()), RosterError::GridMissing { row: 2, .. }));
}

#[test]
fn locked_and_damaged_workbooks_are_told_apart() {
    let mut locked = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    locked.resize(512, 0);
    locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
    assert_eq!(error("甲.xlsx", &locked), RosterError::File(OpenError::Encrypted { file: "甲.xlsx".into() }));

    let whole = include_bytes!("../../testdata/roster-book.xlsx");
    for length in [4, 100, 5_000, whole.len() / 2, whole.len() - 30] {
        assert!(
            matches!(error("甲.xlsx", &whole[..length]), RosterError::File(OpenError::Damaged { .. })),
            "{length} bytes"
        );
    }
    let whole = include_bytes!("../../testdata/odd-dates.xls");
    for length in [8, 600, whole.len() / 2] {
        assert!(
            matches!(error("甲.xls", &whole[..length]), RosterError::File(OpenError::Damaged { .. })),
            "{length} bytes"
        );
    }
}

#[test]
fn no_damage_gets_past_a_message() {
    let whole = include_bytes!("../../testdata/one-column-address.ods");
    let mut seed = 7_u64;
    for _ in 0..300 {
        let mut bytes = whole.to_vec();
        for _ in 0..3 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] = (seed >> 24) as u8;
        }
        // Either it reads, or it says why; it never panics.
        let _ = read_one("甲.ods", &bytes);
    }
}

#[test]
fn a_stray_cell_in_the_far_corner_costs_nothing() {
    let bytes = book(|sheet| {
        write_rows(sheet, 0, &[&["网格编码", "楼栋", "房号", "姓名"], &[GRID, "1栋", "101", "甲一"]]);
        sheet.write_string(1_048_575, 16_383, "x").expect("the last cell");
    });
    assert_eq!(read_one("甲.xlsx", &bytes).expect("a roster").counts.persons, 1);
}
