//! Rules of time in files: calendars as sheets, limits beside hours.

use super::*;

#[test]
fn calendars_read_back_and_stay_what_they_were() {
    let values = builtin_values().expect("plain data");
    let holding = Present { values: values.clone(), today: date(2026, 11, 23) };
    let calendars: Vec<_> = values.into_iter().filter(|(key, _)| key.starts_with("calendar/")).collect();
    let book = write_workbook(&calendars).expect("a workbook");
    let read = read_in("改过的表.xlsx", &book, &holding).expect("good");
    assert_eq!(read.into_iter().collect::<Vec<_>>(), calendars, "also the source, which the sheet does not hold");
}

#[test]
fn a_year_has_one_sheet_however_it_is_written() {
    let holding = Present { values: builtin_values().expect("plain data"), today: date(2026, 11, 23) };
    let rows: &[&[&str]] = &[&["日期", "类别"], &["2027-02-05", "休息日"]];
    let read = read_in("表.xlsx", &book("工作日历02027", rows), &holding).expect("good");
    assert_eq!(read["calendar/2027"]["days"], json!({"2027-02-05": "rest"}));
    let said = read_in("表.xlsx", &book("工作日历明年", rows), &holding).expect_err("no year");
    assert!(said[0].contains("工作表名要写成“工作日历2027”"), "{said:?}");

    let mut twice = Workbook::new();
    for name in ["工作日历2027", "工作日历02027"] {
        let page = twice.add_worksheet();
        page.set_name(name).expect("a name");
        for (row, cells) in (0..).zip(rows) {
            page.write_string(row, 0, cells[0]).expect("written").write_string(row, 1, cells[1]).expect("written");
        }
    }
    let twice = twice.save_to_buffer().expect("a workbook");
    let said = read_in("表.xlsx", &twice, &holding).expect_err("two");
    assert_eq!(said, ["〔工作日历02027〕：2027 年的工作日历有两张"]);
}

#[test]
fn limits_are_judged_by_the_hours_they_will_run_on() {
    let values = builtin_values().expect("plain data");
    let limits = values["time-limits"].clone();
    let short = json!({"spans": [["09:00", "10:00"]]});
    let both = json!({"time-limits": limits, "office-hours": short});
    assert!(read_json(&both).expect_err("too short")[0].contains("比受理还短"));
    let holding = Present { values: [("office-hours".to_owned(), short)].into(), today: date(2026, 11, 23) };
    let alone = json!({"time-limits": limits}).to_string();
    assert!(read_in("表.json", alone.as_bytes(), &holding).is_err(), "those that are published");
    assert!(read_json(&json!({"time-limits": limits})).is_ok());
}
