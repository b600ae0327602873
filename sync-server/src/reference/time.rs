//! The rules of time that an office publishes: working-day calendars, office hours, limits. What is wrong in Chinese.

use std::collections::BTreeMap;

use domain::calendar::{CalendarFault, CalendarMistake, DayKind, OfficeHours, YearTable};
use domain::codes::{CodeList as _, Language};
use domain::deadline::{CALENDARS, LimitFault, LimitMistake, LimitPlace, TimeLimits};
use serde_json::{Value, json};

use super::entries::{Entry, EntryForm, Published, Rejection};
use super::field::{Field, Form, choices};
use super::kinds::read_whole;

/// Head of a sheet's name; the year follows: 工作日历2027.
pub(super) const CALENDAR_SHEET: &str = "工作日历";

const fn needed(name: &'static str, title: &'static str, form: Form, hint: &'static str) -> Field {
    Field { name, title, aliases: &[], form, is_needed: true, width: 14, hint }
}

/// A sheet with a row for each day that is not as a usual week has it.
pub(super) const CALENDAR: EntryForm = EntryForm {
    sheet: CALENDAR_SHEET,
    id: "date",
    name: "kind",
    is_map: false,
    fields: &[
        needed("date", "日期", Form::Date, "日期，如 2027-02-06"),
        needed("kind", "类别", Form::Choice(choices::<DayKind>), "其中之一："),
    ],
    finish: list_days,
};

fn list_days(entries: Vec<Entry>, _: &Published<'_>) -> Result<Value, Vec<Rejection>> {
    Ok(entries.into_iter().map(Value::Object).collect())
}

/// The year that a sheet's name ends in, however it is written.
pub(super) fn read_year(text: &str) -> Result<i16, String> {
    text.parse().map_err(|_| "工作表名要写成“工作日历2027”".to_owned())
}

/// Days of a year's table as entries of its sheet.
pub(super) fn list_calendar_days(table: &Value) -> Value {
    let days = table["days"].as_object().into_iter().flatten();
    days.map(|(date, kind)| json!({"date": date, "kind": kind})).collect()
}

/// The table of a year from the days of a sheet; what is wrong with it as a whole. One with the days of the `known`
/// table is that table: a sheet holds neither source nor standing, and the file's name is no better one.
pub(super) fn make_calendar(year: i16, days: &Value, file: &str, known: Option<&Value>) -> Result<Value, Vec<String>> {
    let mut listed: BTreeMap<String, Value> = BTreeMap::new();
    for day in days.as_array().into_iter().flatten() {
        let date = day["date"].as_str().unwrap_or_default().to_owned();
        if listed.insert(date.clone(), day["kind"].clone()).is_some() {
            return Err(vec![format!("{date} 写了两次")]);
        }
    }
    let table = match known {
        Some(known) if known["days"] == json!(listed) => known.clone(),
        _ => json!({"year": year, "source": file, "days": listed}),
    };
    read_calendar(&format!("{CALENDARS}{year}"), &table, &OfficeHours::default())
}

/// The table of the key's year.
pub(super) fn read_calendar(key: &str, value: &Value, _: &OfficeHours) -> Result<Value, Vec<String>> {
    read_whole::<YearTable>(value, |table| {
        let mut mistakes: Vec<String> = table.validate().iter().map(explain_calendar).collect();
        if !key.ends_with(&format!("/{}", table.year)) {
            mistakes.push(format!("键是 {key}，内容却是 {} 年", table.year));
        }
        mistakes
    })
}

/// Office hours; wrong ones have no form at all.
pub(super) fn read_hours(_: &str, value: &Value, _: &OfficeHours) -> Result<Value, Vec<String>> {
    read_whole::<OfficeHours>(value, |_| Vec::new())
}

/// Limits by class, as they come out with the office hours that hold once they are published.
pub(super) fn read_limits(_: &str, value: &Value, hours: &OfficeHours) -> Result<Value, Vec<String>> {
    read_whole::<TimeLimits>(value, |limits| limits.validate(hours).iter().map(explain_limit).collect())
}

fn explain_calendar(mistake: &CalendarMistake) -> String {
    let place = mistake.date.map_or_else(|| format!("{} 年", mistake.year), |date| date.to_string());
    let wrong = match &mistake.fault {
        CalendarFault::ImplausibleYear => "年份不对".to_owned(),
        CalendarFault::OtherYear(year) => format!("表里写的是 {year} 年"),
        CalendarFault::SourceMissing => "没有写依据（source），如国办发明电编号".to_owned(),
        CalendarFault::ForeignDate => "不是这一年的日期".to_owned(),
        CalendarFault::UnknownKind => "类别不认识，只能是工作日、休息日、调休上班".to_owned(),
        CalendarFault::ShiftedOnWeekday => "周一至周五本来上班，不能写调休上班".to_owned(),
        CalendarFault::WorkingAtWeekend => "周末上班要写调休上班".to_owned(),
        CalendarFault::TooFewWorkingDays(days) => format!("全年只剩 {days} 个工作日，请核对"),
    };
    format!("{place}：{wrong}")
}

fn explain_limit(mistake: &LimitMistake) -> String {
    let place = match &mistake.place {
        LimitPlace::Class { class, stage } => format!("{} 类{}", class.code(), stage.label(Language::ZhCn)),
        LimitPlace::Extension { class } => format!("{} 类延期", class.code()),
        LimitPlace::Every { stage } => stage.label(Language::ZhCn).to_owned(),
    };
    let wrong = match &mistake.fault {
        LimitFault::Missing => "没有写".to_owned(),
        LimitFault::Zero => "不能是 0".to_owned(),
        LimitFault::TooLong => format!("超过 {} 天", TimeLimits::LONGEST_DAYS),
        LimitFault::ShorterThan(stage) => format!("比{}还短", stage.label(Language::ZhCn)),
        LimitFault::OtherClock => "同一类里有的按工作时间、有的按自然时间".to_owned(),
        LimitFault::NotWorkingTime => "要按工作时间".to_owned(),
    };
    format!("{place}：{wrong}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calendar_with_a_slip_is_not_taken() {
        let usual = OfficeHours::default();
        let day = |date: &str, kind: &str| json!({"date": date, "kind": kind});
        let good = json!([day("2027-02-05", "rest"), day("2027-02-14", "shifted")]);
        let table = make_calendar(2027, &good, "放假安排.xlsx", None).expect("good");
        assert_eq!(table["days"]["2027-02-14"], "shifted");
        let told = |days: Value| make_calendar(2027, &days, "放假安排.xlsx", None).expect_err("wrong").join("；");
        assert_eq!(make_calendar(2027, &list_calendar_days(&table), "另一个.xlsx", Some(&table)), Ok(table.clone()));
        assert!(told(json!([day("2026-02-05", "rest")])).contains("2026-02-05：不是这一年的日期"));
        assert!(told(json!([day("2027-02-05", "shifted")])).contains("不能写调休上班"));
        let twice = json!([day("2027-02-05", "rest"), day("2027-02-05", "rest")]);
        assert_eq!(told(twice), "2027-02-05 写了两次");
        assert!(read_calendar("calendar/2028", &table, &usual).expect_err("another year").join("").contains("2027 年"));
    }

    #[test]
    fn limits_and_hours_are_checked() {
        let mut limits = serde_json::to_value(TimeLimits::default()).expect("JSON");
        let usual = OfficeHours::default();
        assert!(read_limits("time-limits", &limits, &usual).is_ok());
        let short = serde_json::from_value(json!({"spans": [["09:00", "10:00"]]})).expect("hours");
        let said = read_limits("time-limits", &limits, &short).expect_err("four hours are more than a day of one");
        assert!(said.join("").contains("B 类首次处置：比受理还短"), "{said:?}");
        limits["B"]["resolve"] = json!({"type": "working_days", "days": 0});
        assert!(read_limits("time-limits", &limits, &usual).expect_err("zero").join("").contains("B 类办结"));
        assert!(read_hours("office-hours", &json!({"spans": [["12:00", "08:30"]]}), &usual).is_err());
        assert!(read_hours("office-hours", &json!({"spans": [["09:00", "12:00"]]}), &usual).is_ok());
    }
}
