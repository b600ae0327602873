//! What a spreadsheet program writes reads back as it was shown.

#![allow(missing_docs, clippy::unwrap_used)]

use proptest::prelude::*;
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use spreadsheet::{Cell, TableFile, open};

/// What is written into a cell, and what it must read back as.
#[derive(Debug, Clone)]
enum Written {
    Nothing,
    Text(String),
    Number(u32),
    /// A number in as many places as given.
    Padded(u32, usize),
    Door(u32),
    Date(u16, u8, u8),
    MonthDay(u8, u8),
    Truth(bool),
    Struck(String),
}

fn written() -> impl Strategy<Value = Written> {
    prop_oneof![
        Just(Written::Nothing),
        "[甲乙丙a1 &<>\"'_x\n]{0,8}".prop_map(Written::Text),
        (0..2_000_000_u32).prop_map(Written::Number),
        (0..20_000_u32, 1..7_usize).prop_map(|(number, places)| Written::Padded(number, places)),
        (1..3000_u32).prop_map(Written::Door),
        (1900..2100_u16, 1..13_u8, 1..29_u8).prop_map(|(y, m, d)| Written::Date(y, m, d)),
        (1..13_u8, 1..29_u8).prop_map(|(m, d)| Written::MonthDay(m, d)),
        any::<bool>().prop_map(Written::Truth),
        "[甲乙丙]{1,4}".prop_map(Written::Struck),
    ]
}

impl Written {
    fn expected(&self) -> Cell {
        let shown = |shown: String, held: String| {
            let stored = (shown != held).then(|| held.into());
            Cell { stored, ..Cell::text(shown) }
        };
        match self {
            Self::Nothing => Cell::default(),
            Self::Text(text) if text.trim().is_empty() => Cell::default(),
            Self::Text(text) => Cell::text(text.as_str()),
            Self::Number(number) => Cell::text(number.to_string()),
            Self::Padded(number, places) => shown(format!("{number:0places$}"), number.to_string()),
            Self::Door(number) => shown(format!("3栋{number}室"), number.to_string()),
            Self::Date(y, m, d) => Cell { is_date: true, ..Cell::text(format!("{y:04}-{m:02}-{d:02}")) },
            Self::MonthDay(m, d) => Cell {
                is_date: true,
                stored: Some(format!("{m}-{d}").into()),
                ..Cell::text(format!("2026-{m:02}-{d:02}"))
            },
            Self::Truth(yes) => Cell::text(if *yes { "是" } else { "否" }),
            Self::Struck(text) => Cell { is_struck: true, ..Cell::text(text.as_str()) },
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]
    #[test]
    fn a_workbook_reads_back_as_it_was_shown(
        table in proptest::collection::vec(proptest::collection::vec(written(), 1..6), 1..12),
        hidden in proptest::collection::btree_set(0..12_u32, 0..4),
        merge in (0..10_u32, 10..14_u16, 0..3_u32, 1..3_u16),
    ) {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        let format = |code: String| Format::new().set_num_format(code);
        for (row, cells) in table.iter().enumerate() {
            for (column, cell) in cells.iter().enumerate() {
                let (row, column) = (row as u32, column as u16);
                match cell {
                    Written::Nothing => {}
                    Written::Text(text) => { sheet.write(row, column, text).unwrap(); }
                    Written::Number(number) => { sheet.write(row, column, *number).unwrap(); }
                    Written::Padded(number, places) => {
                        sheet.write_with_format(row, column, *number, &format("0".repeat(*places))).unwrap();
                    }
                    Written::Door(number) => {
                        sheet.write_with_format(row, column, *number, &format("\"3栋\"0\"室\"".to_owned())).unwrap();
                    }
                    Written::Date(y, m, d) => {
                        let date = ExcelDateTime::from_ymd(*y, *m, *d).unwrap();
                        sheet.write_with_format(row, column, &date, &format("yyyy\"年\"m\"月\"d\"日\"".to_owned())).unwrap();
                    }
                    Written::MonthDay(m, d) => {
                        let date = ExcelDateTime::from_ymd(2026, *m, *d).unwrap();
                        sheet.write_with_format(row, column, &date, &format("m\"月\"d\"日\";@".to_owned())).unwrap();
                    }
                    Written::Truth(yes) => { sheet.write(row, column, *yes).unwrap(); }
                    Written::Struck(text) => {
                        sheet.write_with_format(row, column, text, &Format::new().set_font_strikethrough()).unwrap();
                    }
                }
            }
        }
        for row in &hidden {
            sheet.set_row_hidden(*row).unwrap();
        }
        let (top, left, high, wide) = merge;
        sheet.merge_range(top, left, top + high, left + wide, "合", &Format::new()).unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let read = open(&TableFile { name: "甲.xlsx", bytes: &bytes }).unwrap().remove(0);

        for (at, cells) in table.iter().enumerate() {
            let row = read.rows.iter().find(|row| row.number == at as u32 + 1);
            for (column, cell) in cells.iter().enumerate() {
                let found = row.and_then(|row| row.cell(column)).cloned().unwrap_or_default();
                prop_assert_eq!(found, cell.expected(), "row {} column {}", at + 1, column);
            }
        }
        for row in &read.rows {
            prop_assert_eq!(row.hidden, hidden.contains(&(row.number - 1)), "row {}", row.number);
        }
        prop_assert_eq!(read.merges.len(), 1);
        let found = (read.merges[0].top, read.merges[0].bottom, read.merges[0].left, read.merges[0].right);
        prop_assert_eq!(found, (top + 1, top + 1 + high, left as usize, (left + wide) as usize));
    }
}
