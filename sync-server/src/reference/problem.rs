//! What is wrong with a file of reference data, said so that a person at the office finds the place.

use std::fmt;

use domain::reference::Wrong;

/// Something wrong. Its texts are Chinese.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// Title of the column, or name of the JSON field; empty when it concerns the whole place.
    pub field: String,
    /// What is wrong.
    pub wrong: String,
    /// What is expected there; may be empty.
    pub expected: String,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The file as a whole.
    File,
    /// A key of a JSON file.
    Key(String),
    /// An entry of a list, or of a map, in a JSON file.
    Entry {
        /// The key.
        key: String,
        /// From 1.
        number: usize,
        /// Its code, as far as there is one.
        entry: String,
    },
    /// A sheet as a whole.
    Sheet(String),
    /// A row of a sheet, or a cell of it.
    Row {
        /// The sheet.
        sheet: String,
        /// From 1, as the spreadsheet program shows it.
        row: u32,
        /// From 0; `None` for the whole row.
        column: Option<usize>,
    },
}

impl Problem {
    pub(crate) fn new(at: At, wrong: impl Into<String>, expected: impl Into<String>) -> Self {
        Self { at, field: String::new(), wrong: wrong.into(), expected: expected.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.at)?;
        if !self.field.is_empty() {
            write!(f, "“{}”", self.field)?;
        }
        write!(f, "：{}", self.wrong)?;
        if self.expected.is_empty() { Ok(()) } else { write!(f, "；应为：{}", self.expected) }
    }
}

impl fmt::Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("文件"),
            Self::Key(key) => write!(f, "{key}"),
            Self::Entry { key, number, entry } if entry.is_empty() => write!(f, "{key} 第{number}条"),
            Self::Entry { key, number, entry } => write!(f, "{key} 第{number}条（{entry}）"),
            Self::Sheet(sheet) => write!(f, "〔{sheet}〕"),
            Self::Row { sheet, row, column: None } => write!(f, "〔{sheet}〕第{row}行"),
            Self::Row { sheet, row, column: Some(column) } => {
                write!(f, "〔{sheet}〕第{row}行 {}列", letters(*column))
            }
        }
    }
}

/// Letters of a column as the spreadsheet program shows them: 0 is A, 26 is AA.
fn letters(column: usize) -> String {
    let mut left = column;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A' + u8::try_from(left % 26).unwrap_or_default()));
        if left < 26 {
            return letters.iter().rev().collect();
        }
        left = left / 26 - 1;
    }
}

/// What is wrong, in the office's words.
pub(crate) fn explain(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Missing => "没有填写".into(),
        Wrong::TooLong { limit, found } => format!("太长（{found}），最多 {limit}"),
        Wrong::Twice(value) => format!("“{value}”与另一条重复"),
        Wrong::Code(text) => format!("“{text}”不能用作编号"),
        Wrong::Unlisted(text) if text.is_empty() => "不在列表里".into(),
        Wrong::Unlisted(text) => format!("“{text}”不在列表里"),
        Wrong::Area(text) => format!("“{text}”不是网格编码的开头"),
        Wrong::AreaEndsInZeros(text) => {
            format!("“{text}”末尾的 000 要去掉，没有网格编码以它开头（镇街写前 9 位，社区写 12 位）")
        }
        Wrong::Category(text) => format!("没有“{text}”这个事件类别"),
        Wrong::Phone(text) => format!("“{text}”不是电话号码"),
        Wrong::Range { found, least, most } => format!("{found} 超出范围 {least}–{most}"),
        Wrong::EndsEarly => "早于开始日期".into(),
        Wrong::Preset(number) => format!("这是预置条目，必须保留号码 {number}，也不能限定范围"),
    }
}

#[cfg(test)]
mod tests {
    use super::letters;

    #[test]
    fn columns_are_named_as_on_the_screen() {
        let named = [0, 3, 25, 26, 51, 52, 701, 702].map(letters);
        assert_eq!(named, ["A", "D", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }
}
