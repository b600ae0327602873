//! Records of a delimited text, with a mind of their own about quotation marks.

use std::borrow::Cow;

use super::shape::Shape;

/// No cell of a spreadsheet has more line breaks.
const LINE_BREAK_LIMIT: usize = 253;
/// Nor more than 32 767 characters of up to four bytes.
const CELL_LIMIT_BYTES: usize = 131_072;

/// One record: a row of the sheet.
#[derive(Debug, Default)]
pub(super) struct Record<'t> {
    pub(super) fields: Vec<Cow<'t, str>>,
    /// A quotation mark was taken for a character that would have begun a quoted text.
    pub(super) is_repaired: bool,
}

/// The records of a text, blank lines included.
pub(super) struct Records<'t> {
    rest: &'t str,
    shape: Shape,
}

impl<'t> Records<'t> {
    pub(super) fn new(text: &'t str, shape: Shape) -> Self {
        Self { rest: text, shape }
    }
}

impl<'t> Iterator for Records<'t> {
    type Item = Record<'t>;

    fn next(&mut self) -> Option<Record<'t>> {
        if self.rest.is_empty() {
            return None;
        }
        let (line, after_line) = self.rest.split_once('\n').unwrap_or((self.rest, ""));
        let separator = self.shape.separator_of(line);
        let usual = self.shape.fields;
        // Most lines have no quotation mark at all.
        if !line.contains('"') {
            self.rest = after_line;
            return Some(split_line(line, separator, true));
        }
        let by_line = split_line(line, separator, true);
        let Some((quoted, end)) = split_quoted(self.rest, separator) else {
            self.rest = after_line;
            return Some(by_line);
        };
        let spanned = &self.rest[..end];
        let is_one_line = spanned.len() <= line.len() + 1;
        let take_line = if is_one_line {
            !fits(&quoted, usual) && fits(&split_line(line, separator, false).fields, usual)
        } else {
            let lines = spanned.strip_suffix('\n').unwrap_or(spanned).split('\n');
            let (all, fitting) = lines.fold((0, 0), |(all, fitting), line| {
                let is_fitting = fits(&split_line(line, separator, true).fields, usual);
                (all + 1, fitting + usize::from(is_fitting))
            });
            // Of one column nothing can be told by counting.
            usual > 1 && (fitting == all || !fits(&quoted, usual) && fitting * 2 > all)
        };
        match (take_line, is_one_line) {
            (false, _) => {
                self.rest = &self.rest[end..];
                Some(Record { fields: quoted, is_repaired: false })
            }
            (true, true) => {
                self.rest = after_line;
                Some(Record { is_repaired: true, ..split_line(line, separator, false) })
            }
            (true, false) => {
                self.rest = after_line;
                Some(by_line)
            }
        }
    }
}

/// Whether a record has the usual number of fields, spare separators at its end aside.
pub(super) fn fits(fields: &[Cow<'_, str>], usual: usize) -> bool {
    let filled = fields.iter().rposition(|field| !field.trim().is_empty()).map_or(0, |at| at + 1);
    filled <= usual && usual <= fields.len()
}

/// One line as a record of its own. A quotation mark that is not closed in the line is a character, and so is every one
/// if quotation marks do not count.
pub(super) fn split_line(line: &str, separator: u8, quotes_count: bool) -> Record<'_> {
    let mut record = Record::default();
    let mut rest = line;
    loop {
        if quotes_count && rest.starts_with('"') {
            match close_quote(rest, separator, false) {
                Some((field, end)) => {
                    record.fields.push(field);
                    match rest.as_bytes().get(end) {
                        Some(_) => {
                            rest = &rest[end + 1..];
                            continue;
                        }
                        None => return record,
                    }
                }
                None => record.is_repaired = true,
            }
        }
        match rest.bytes().position(|b| b == separator) {
            Some(at) => {
                record.fields.push(Cow::Borrowed(&rest[..at]));
                rest = &rest[at + 1..];
            }
            None => {
                record.fields.push(Cow::Borrowed(rest));
                return record;
            }
        }
    }
}

/// A record whose quoted fields may hold line breaks, and where the next one begins; `None` if a quotation mark is never
/// closed.
fn split_quoted(text: &str, separator: u8) -> Option<(Vec<Cow<'_, str>>, usize)> {
    let mut fields = Vec::new();
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let length = if rest.starts_with('"') {
            let (field, end) = close_quote(rest, separator, true)?;
            fields.push(field);
            end
        } else {
            let end = rest.bytes().position(|b| b == separator || b == b'\n').unwrap_or(rest.len());
            fields.push(Cow::Borrowed(&rest[..end]));
            end
        };
        at += length;
        match text.as_bytes().get(at) {
            None => return Some((fields, at)),
            Some(b'\n') => return Some((fields, at + 1)),
            Some(_) => at += 1,
        }
    }
}

/// The text that a quotation mark at the beginning opens, and where its separator or line end is. It is closed by a
/// quotation mark before one of these; any other inside is a character, a doubled one is one.
fn close_quote(text: &str, separator: u8, may_break: bool) -> Option<(Cow<'_, str>, usize)> {
    let bytes = text.as_bytes();
    let (mut at, mut breaks, mut has_doubled) = (1, 0, false);
    loop {
        let next = bytes[at..].iter().position(|b| matches!(b, b'"' | b'\n'))? + at;
        if next > CELL_LIMIT_BYTES {
            return None;
        }
        if bytes[next] == b'\n' {
            breaks += 1;
            if !may_break || breaks > LINE_BREAK_LIMIT {
                return None;
            }
            at = next + 1;
            continue;
        }
        match bytes.get(next + 1) {
            Some(b'"') => {
                has_doubled = true;
                at = next + 2;
            }
            Some(b) if *b != separator && *b != b'\n' => at = next + 1,
            _ => {
                let inner = &text[1..next];
                let field = if has_doubled { Cow::Owned(inner.replace("\"\"", "\"")) } else { Cow::Borrowed(inner) };
                return Some((field, next + 1));
            }
        }
    }
}
