//! The years that ship. An administrator's table of the same year replaces them.

use jiff::civil::date;

use super::year::{DayKind, YearTable};
use crate::time::{LocalDate, add_days};

/// 2026 as the State Council published it on 2025-11-04.
pub(super) fn year_2026() -> YearTable {
    let rest = [
        (date(2026, 1, 1), 3),  // 元旦
        (date(2026, 2, 15), 9), // 春节
        (date(2026, 4, 4), 3),  // 清明节
        (date(2026, 5, 1), 5),  // 劳动节
        (date(2026, 6, 19), 3), // 端午节
        (date(2026, 9, 25), 3), // 中秋节
        (date(2026, 10, 1), 7), // 国庆节
    ];
    let shifted = [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ];
    build(2026, false, "国务院办公厅关于2026年部分节假日安排的通知（国办发明电〔2025〕7号）", &rest, &shifted)
}

/// 2027 provisionally: the 13 days of the law, on their dates of 2027. Several fall on a weekend; which days make up
/// for them (补假) and which weekends are worked (调休) is for the State Council's notice to say, so none is here.
pub(super) fn year_2027() -> YearTable {
    let rest = [
        (date(2027, 1, 1), 1),  // 元旦
        (date(2027, 2, 5), 4),  // 春节：除夕至正月初三
        (date(2027, 4, 5), 1),  // 清明节
        (date(2027, 5, 1), 2),  // 劳动节
        (date(2027, 6, 9), 1),  // 端午节
        (date(2027, 9, 15), 1), // 中秋节
        (date(2027, 10, 1), 3), // 国庆节
    ];
    build(2027, true, "全国年节及纪念日放假办法（2024年11月修订）；2027年放假安排通知发布前的暂定表", &rest, &[])
}

/// A table of rests (first day, number of days) and worked weekend days.
fn build(year: i16, is_provisional: bool, source: &str, rest: &[(LocalDate, i32)], shifted: &[LocalDate]) -> YearTable {
    let rest_days = rest.iter().flat_map(|(first, count)| (0..*count).map(|day| add_days(*first, day)));
    let days = rest_days.map(|day| (day, DayKind::Rest)).chain(shifted.iter().map(|day| (*day, DayKind::Shifted)));
    YearTable { year, is_provisional, source: source.to_owned(), days: days.collect() }
}
