//! What a cell gives: a value, nothing, the value above, or an error. The difference decides whether a row may belong
//! to the home above it.

use spreadsheet::Cell;
use spreadsheet::formula::unguard_formula;
use spreadsheet::text::{is_nothing, plain, tight};

/// What one cell of a field gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// Nothing was written.
    Blank,
    /// Something was written that says that there is no value: 无, 待补, 000.
    Nothing,
    /// A computation that failed.
    Error,
    /// 同上.
    Ditto,
    /// A value, in plain characters.
    Value(String),
    /// A door that a program took for a month and a year: `3-32`.
    Typed(String),
}

impl Given {
    /// What a cell gives.
    pub(crate) fn of(cell: Option<&Cell>) -> Self {
        let Some(cell) = cell.filter(|cell| !cell.is_blank()) else { return Self::Blank };
        if cell.says_error() {
            return Self::Error;
        }
        if let Some(typed) = typed_door(cell) {
            return Self::Typed(typed);
        }
        let text = plain(unguard_formula(&cell.text));
        if is_ditto(&text) {
            Self::Ditto
        } else if is_placeholder(&text) {
            Self::Nothing
        } else {
            Self::Value(text.into_owned())
        }
    }
}

/// What was typed where a program made the first of a month of it; other dates are turned back by their day.
fn typed_door(cell: &Cell) -> Option<String> {
    let typed = cell.stored.as_deref().filter(|_| cell.is_date && cell.text.ends_with("-01"))?;
    let (_, year) = typed.split_once('-')?;
    (year.len() == 2 && year != "1").then(|| typed.to_owned())
}

/// Whether a text means "as above".
pub(crate) fn is_ditto(text: &str) -> bool {
    let text = tight(text);
    matches!(
        text.as_str(),
        "同上"
            | "同前"
            | "上同"
            | "同上行"
            | "同上户"
            | "同上址"
            | "(同上)"
            | "〃"
            | "″"
            | "〞"
            | "\""
            | "”"
            | "“"
            | "'"
            | "''"
            | "’’"
            | "\"\""
            | ",,"
            | "″″"
            | "↑"
            | "同上同上"
            | "同上。"
    )
}

/// Words by which offices say that a value is not known yet.
const PLACEHOLDERS: [&str; 42] = [
    "待补",
    "待补充",
    "待查",
    "待核",
    "待核实",
    "待核查",
    "待定",
    "待完善",
    "待确认",
    "待登记",
    "待办",
    "待录入",
    "待采集",
    "未填",
    "未填写",
    "未登记",
    "未采集",
    "未办",
    "未办理",
    "未知道",
    "未核实",
    "没填",
    "不清楚",
    "不清",
    "不明",
    "不知道",
    "不祥",
    "暂缺",
    "暂无号",
    "缺",
    "缺失",
    "空白",
    "(空白)",
    "(空)",
    "无号",
    "无房号",
    "无号码",
    "无证件",
    "无身份证",
    "无电话",
    "nan",
    "none",
];

/// Whether a text stands where there is no value: 无, 待补, rows of zeros, crosses or stars.
pub(crate) fn is_placeholder(text: &str) -> bool {
    let text = tight(text);
    if is_nothing(&text) || PLACEHOLDERS.contains(&text.to_ascii_lowercase().as_str()) {
        return true;
    }
    let all = |wanted: fn(char) -> bool| text.chars().all(wanted);
    all(|c| c == '0')
        || all(|c| "xX×*?.。…-—_/\\".contains(c)) && text.chars().count() > 1
        || text == "?"
        || text == "*"
        || text == "."
}

/// Whether a text holds a sign that stands for a character which a program could not write.
pub(crate) fn has_lost_character(text: &str) -> bool {
    let is_stand_in = |c: char| matches!(c, '?' | '？' | '□' | '〓' | '▯' | '◻' | '\u{fffd}');
    let is_private = |c: char| matches!(c, '\u{e000}'..='\u{f8ff}');
    text.chars().any(|c| is_stand_in(c) || is_private(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_give_values_only_where_values_are() {
        let of = |text: &str| Given::of(Some(&Cell::text(text)));
        assert_eq!(Given::of(None), Given::Blank);
        assert_eq!(of("　"), Given::Blank);
        for text in ["无", "待补", "0", "000000000000000000", "NaN", "××", "***", "？？", "不详", "--"] {
            assert_eq!(of(text), Given::Nothing, "{text}");
        }
        for text in ["同上", "〃", "\"", "″"] {
            assert_eq!(of(text), Given::Ditto, "{text}");
        }
        for text in ["101", "X", "无锡路", "A", "1-1"] {
            assert_eq!(of(text), Given::Value(text.to_owned()), "{text}");
        }
        assert_eq!(Given::of(Some(&Cell::error("#N/A"))), Given::Error);
    }
}
