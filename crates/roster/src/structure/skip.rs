//! Rows that are neither person nor dwelling: sums, footers, examples, column numbers.

use super::layout::Layout;
use super::titles::Field;
use spreadsheet::Row;
use spreadsheet::text::tight;

/// First cells of rows that sum up.
const SUMMARY: [&str; 9] = ["小计", "合计", "总计", "共计", "累计", "本页", "汇总", "总人数", "总户数"];
/// Cells longer than this are prose or addresses, whatever word they hold.
const SUMMARY_LENGTH: usize = 16;
/// First cells of rows below a list.
const FOOTER: [&str; 17] = [
    "制表",
    "填表",
    "填报",
    "审核",
    "审批",
    "负责人",
    "经办",
    "登记人",
    "采集人",
    "打印",
    "日期",
    "备注:",
    "注:",
    "说明:",
    "注意",
    "单位(",
    "网格员",
];

/// First cells of rows that show how to fill in the form.
const EXAMPLE: [&str; 6] = ["例:", "例如", "示例", "样例", "填写示例", "填表示例"];

/// Remarks of such rows.
const EXAMPLE_NOTES: [&str; 5] = ["示例", "样例", "填写示例", "此行为示例", "示例请删除"];

/// Cells of a row below the header that says how to fill in the columns.
const INSTRUCTIONS: [&str; 10] =
    ["必填", "选填", "必填项", "选填项", "下拉选择", "可不填", "非必填", "文本格式", "自动生成", "18位"];

/// Why a row is neither person nor dwelling; `None` when it may be one.
pub(crate) fn skip_reason(row: &Row, layout: &Layout) -> Option<&'static str> {
    let own: Vec<(usize, String)> =
        row.filled().filter(|(_, cell)| !cell.copied).map(|(index, cell)| (index, tight(&cell.text))).collect();
    let has_own = |field| layout.cells(row, field, 0).any(|cell| !cell.copied);
    let begins = |words: &[&str], text: &str| words.iter().any(|word| text.starts_with(word));
    let sums_up = |text: &str| {
        let is_short = text.chars().count() <= SUMMARY_LENGTH;
        let counts = text.starts_with('共') && text.ends_with(['户', '人']) && text.bytes().any(|b| b.is_ascii_digit());
        begins(&SUMMARY, text) || is_short && ["小计", "合计", "总计"].iter().any(|word| text.contains(word)) || counts
    };
    let is_summary = own.iter().take(2).any(|(_, text)| sums_up(text))
        || own.iter().any(|(_, text)| SUMMARY.contains(&text.trim_end_matches(':')));
    if is_summary && !has_own(Field::IdNo) {
        return Some("小计或合计行，已跳过");
    }
    let is_example = own.first().is_some_and(|(_, text)| begins(&EXAMPLE, text) || text == "例" || text == "范例");
    if is_example || own.iter().any(|(_, text)| EXAMPLE_NOTES.contains(&text.trim_matches(['(', ')']))) {
        return Some("填写示例行，已跳过");
    }
    let instructs = own.iter().filter(|(_, text)| INSTRUCTIONS.contains(&text.trim_matches(['(', ')', '*']))).count();
    if instructs >= 2 {
        return Some("表头下方的填写说明行，已跳过");
    }
    if is_column_numbers(&own) {
        return Some("表头下方的列号行，已跳过");
    }
    let has_door = has_own(Field::Room) || has_own(Field::Address);
    if own.first().is_some_and(|(_, text)| begins(&FOOTER, text)) && !has_door && !has_own(Field::IdNo) {
        return Some("表尾说明行，已跳过");
    }
    let is_number =
        |text: &str| text.bytes().any(|b| b.is_ascii_digit()) && text.chars().all(|c| c.is_ascii_digit() || c == '.');
    own.iter()
        .all(|(index, text)| layout.serials.contains(index) && is_number(text))
        .then_some("只有序号的空行，已跳过")
}

/// `1 2 3 4 5` below a header, as official forms have it.
fn is_column_numbers(own: &[(usize, String)]) -> bool {
    let number = |text: &str| {
        let text = text.trim_matches(['(', ')']);
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c @ 'A'..='Z'), None) => Some(c as usize),
            (Some(c @ '①'..='⑳'), None) => Some(c as usize),
            _ => text.parse::<usize>().ok(),
        }
    };
    own.len() >= 4 && own.windows(2).all(|pair| number(&pair[0].1).is_some_and(|n| number(&pair[1].1) == Some(n + 1)))
}
