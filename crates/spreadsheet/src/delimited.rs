//! CSV as offices save it: UTF-8 with or without BOM, UTF-16, or GB18030; separated by comma, tab, semicolon or bar.

use std::borrow::Cow;

use crate::open::{ROW_LIMIT, Unread};
use crate::{Cell, Row, Sheet};

/// Separators, the usual first.
const SEPARATORS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// How many lines decide on the separator.
const SAMPLE_LINES: usize = 30;

/// Reads a delimited text file as one sheet.
pub(crate) fn open(_file: &str, bytes: &[u8]) -> Result<Sheet, Unread> {
    let (text, damaged_text) = decode(bytes);
    if text.chars().take(4096).any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        // Control characters mean a binary file, not an office's list.
        return Err(Unread::Damaged("not a text file".to_owned()));
    }
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(find_separator(&text))
        .from_reader(text.as_bytes());
    let mut sheet = Sheet { damaged_text, ..Sheet::default() };
    let mut record = csv::StringRecord::new();
    let (mut at, mut lines, mut inner_lines) = (0, 0, 0);
    loop {
        let start = usize::try_from(reader.position().byte()).unwrap_or(text.len()).min(text.len());
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(Unread::Damaged(error.to_string())),
        }
        // The reader skips blank lines without counting them; the office's program shows them as rows.
        let blank = text[start..].bytes().take_while(|b| *b == b'\n').count();
        lines += text[at..start + blank].bytes().filter(|b| *b == b'\n').count();
        at = start + blank;
        let number = u32::try_from(lines - inner_lines + 1).unwrap_or(u32::MAX);
        inner_lines += record.iter().map(|cell| cell.matches('\n').count()).sum::<usize>();
        let cells: Vec<_> = record.iter().map(|cell| Cell::text(unwrap_formula(cell))).collect();
        if cells.iter().all(Cell::is_blank) {
            continue;
        }
        if sheet.rows.len() >= ROW_LIMIT {
            return Err(Unread::TooLarge("超过 50 万行"));
        }
        sheet.rows.push(Row { number, cells, hidden: false });
    }
    Ok(sheet)
}

/// The text, and whether bytes were lost on the way.
fn decode(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        let (text, _, damaged) = encoding.decode(bytes);
        return (text, damaged);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => {
            let (text, _, damaged) = encoding_rs::GB18030.decode(bytes);
            (text, damaged)
        }
    }
}

/// The separator that stands in most lines most often.
fn find_separator(text: &str) -> u8 {
    let counts = |separator: u8| {
        let mut in_quotes = false;
        let mut per_line: Vec<usize> = text
            .lines()
            .filter(|line| !line.trim().is_empty())
            .take(SAMPLE_LINES)
            .map(|line| {
                line.bytes()
                    .filter(|b| {
                        in_quotes ^= *b == b'"';
                        !in_quotes && *b == separator
                    })
                    .count()
            })
            .collect();
        per_line.sort_unstable();
        (per_line.get(per_line.len() / 2).copied().unwrap_or(0), per_line.iter().sum::<usize>())
    };
    let mut best = (SEPARATORS[0], (0, 0));
    for separator in SEPARATORS {
        let found = counts(separator);
        if found > best.1 {
            best = (separator, found);
        }
    }
    best.0
}

/// `="0123"` is how people stop the spreadsheet program from rounding numbers in CSV.
fn unwrap_formula(cell: &str) -> &str {
    cell.trim().strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).unwrap_or(cell)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let sheet = open("甲.csv", bytes).expect("a sheet");
        sheet.rows.into_iter().map(|row| (row.number, row.cells.into_iter().map(|cell| cell.text).collect())).collect()
    }

    #[test]
    fn every_usual_encoding_and_separator_reads_the_same() {
        let text = "姓名,房号\n甲,101\n";
        let expected = rows(text.as_bytes());
        assert_eq!(expected[1], (2, vec!["甲".to_owned(), "101".to_owned()]));
        assert_eq!(rows(&encoding_rs::GB18030.encode(text).0), expected);
        assert_eq!(rows(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(rows(text.replace(',', "\t").as_bytes()), expected);
        assert_eq!(rows(text.replace(',', ";").replace('\n', "\r\n").as_bytes()), expected);
        let utf16: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
        assert_eq!(rows(&utf16), expected);
    }

    #[test]
    fn rows_are_numbered_as_the_office_sees_them() {
        let text = "姓名,备注\n\n\n甲,\"一\n二\"\n乙,\n";
        let numbers: Vec<_> = rows(text.as_bytes()).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 4, 5]);
    }

    #[test]
    fn a_number_kept_as_a_formula_loses_its_dress() {
        assert_eq!(rows("号码\n\"=\"\"0101\"\"\"\n".as_bytes())[1].1, ["0101"]);
    }
}
