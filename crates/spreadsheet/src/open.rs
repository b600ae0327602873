//! Opening a file by what its bytes say.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::{Sheet, book, delimited, html, kinds, mhtml, spreadsheet_ml};

/// Larger files are no lists of one import; a district's 800 grids come grid by grid or street by street.
pub(crate) const FILE_LIMIT_BYTES: usize = 200 * 1024 * 1024;
/// More rows than any street has residents.
pub(crate) const ROW_LIMIT: usize = 500_000;
/// Columns beyond this are formatting accidents.
pub(crate) const COLUMN_LIMIT: u32 = 400;

/// A file as it was handed in: its name for messages, and its bytes.
#[derive(Debug, Clone, Copy)]
pub struct TableFile<'a> {
    /// File name without folders, e.g. `台账.xlsx`.
    pub name: &'a str,
    /// The whole file.
    pub bytes: &'a [u8],
}

/// Why a file cannot be read. The texts are for the person at the office.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The file has no bytes or no filled cell, or nothing below its headers.
    #[error("{file}：文件是空的，或表头下面没有内容")]
    Empty {
        /// The file.
        file: String,
    },
    /// More bytes, rows or sheets than any roster has.
    #[error("{file}：文件太大（{limit}），请按网格拆分后再导入")]
    TooLarge {
        /// The file.
        file: String,
        /// Which limit was passed.
        limit: &'static str,
    },
    /// The spreadsheet is locked by a password.
    #[error("{file}：文件设了打开密码，请先在表格软件里取消密码再导入")]
    Encrypted {
        /// The file.
        file: String,
    },
    /// The file claims to be a spreadsheet but cannot be opened.
    #[error(
        "{file}：文件已损坏或不是表格（支持 XLSX、XLS、ODS、CSV）：{reason}。如果是表格，请用表格软件打开后另存为 XLSX"
    )]
    Damaged {
        /// The file.
        file: String,
        /// What the spreadsheet reader said; never cell contents.
        reason: String,
    },
    /// The file is whole, but of a kind that holds no list, or none that can be read.
    #[error("{file}：{what}")]
    NotATable {
        /// The file.
        file: String,
        /// What it is and what to do, as one sentence.
        what: &'static str,
    },
}

/// Why contents cannot be read, before the file's name is added.
#[derive(Debug)]
pub(crate) enum Unread {
    /// What is wrong; never cell contents.
    Damaged(String),
    /// Which limit was passed.
    TooLarge(&'static str),
    /// Locked by a password.
    Encrypted,
    /// What it is and what to do.
    NoTable(&'static str),
}

impl Unread {
    pub(crate) fn of_file(self, file: &str) -> OpenError {
        let file = file.to_owned();
        match self {
            Self::Damaged(reason) => OpenError::Damaged { file, reason },
            Self::TooLarge(limit) => OpenError::TooLarge { file, limit },
            Self::Encrypted => OpenError::Encrypted { file },
            Self::NoTable(what) => OpenError::NotATable { file, what },
        }
    }
}

/// Opens a file by what its bytes say, whatever its name ends in.
///
/// # Errors
/// When it is empty, too large, locked, damaged or no table.
pub fn open(file: &TableFile<'_>) -> Result<Vec<Sheet>, OpenError> {
    let TableFile { name, bytes } = *file;
    if bytes.len() > FILE_LIMIT_BYTES {
        return Err(OpenError::TooLarge { file: name.to_owned(), limit: "超过 200 MB" });
    }
    // Whatever a damaged file does to a reader ends in a message.
    let opened = catch_unwind(AssertUnwindSafe(|| open_contents(name, bytes)));
    let sheets = match opened {
        Ok(Ok(sheets)) => sheets,
        Ok(Err(Unread::Damaged(_))) if kinds::is_unfinished(name) => {
            return Err(kinds::UNFINISHED_FILE.of_file(name));
        }
        Ok(Err(unread)) => return Err(unread.of_file(name)),
        Err(_) => return Err(OpenError::Damaged { file: name.to_owned(), reason: "内容无法识别".to_owned() }),
    };
    if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
        return Err(OpenError::Empty { file: name.to_owned() });
    }
    Ok(sheets)
}

fn open_contents(name: &str, bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    if bytes.is_empty() {
        return Ok(Vec::new());
    }
    if let Some(other) = kinds::find_other_kind(name, bytes) {
        return Err(other);
    }
    if mhtml::is_archive(bytes) {
        return mhtml::open(bytes);
    }
    match bytes {
        [b'P', b'K', 3 | 5, 4 | 6, ..] => book::open_zip(bytes),
        _ if bytes.starts_with(&kinds::COMPOUND) => book::open_compound(name, bytes),
        _ if is_markup(bytes) => {
            // The beginning as text, whatever its encoding: names of elements are ASCII.
            let start = &bytes[..bytes.len().min(MARKUP_HEAD_BYTES)];
            let head: String = start.iter().filter(|b| b.is_ascii() && **b != 0).map(|b| char::from(*b)).collect();
            if spreadsheet_ml::is_workbook(&head) {
                return spreadsheet_ml::open(bytes);
            }
            html::open(bytes).map_err(|unread| match unread {
                Unread::NoTable(_) => kinds::find_markup_kind(head.trim_start()).unwrap_or(unread),
                other => other,
            })
        }
        _ => delimited::open(bytes).map(|sheet| vec![sheet]),
    }
}

/// How much of a page tells what markup it is.
const MARKUP_HEAD_BYTES: usize = 4096;

/// Whether a text begins with an element, in any of the encodings.
fn is_markup(bytes: &[u8]) -> bool {
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let text = marks.iter().find_map(|mark| bytes.strip_prefix(*mark)).unwrap_or(bytes);
    let mut signs = text.iter().copied().filter(|b| *b != 0 && !b.is_ascii_whitespace());
    let first_two = (signs.next(), signs.next());
    matches!(first_two, (Some(b'<'), Some(next)) if next.is_ascii_alphabetic() || matches!(next, b'!' | b'?'))
}
