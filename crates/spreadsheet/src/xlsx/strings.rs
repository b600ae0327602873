//! Texts with runs of their own fonts, shared between cells or inside one.

use std::io::BufRead;

use crate::gather::Budget;
use crate::open::Unread;
use crate::xml::{EndTag, Tag, Token, XmlPull, is_yes};

/// A text as the file holds it.
#[derive(Debug, Default)]
pub(crate) struct RunText {
    pub(crate) text: Box<str>,
    /// If a run has a font of its own: for every run whether it is struck out (`None`: as its cell), and its bytes.
    runs: Option<Box<[(Option<bool>, usize)]>>,
}

/// How much of a text is struck out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Strike {
    Nothing,
    Everything,
    /// What is left of the text.
    AllBut(String),
}

impl RunText {
    /// How much is struck out in a cell whose font is, or is not, struck out.
    pub(crate) fn strike(&self, is_cell_struck: bool) -> Strike {
        let whole = if is_cell_struck { Strike::Everything } else { Strike::Nothing };
        let Some(runs) = &self.runs else { return whole };
        let mut left = String::new();
        let (mut at, mut has_struck) = (0, false);
        for (own, length) in runs {
            let run = &self.text[at..at + length];
            at += length;
            match own.unwrap_or(is_cell_struck) && !run.trim().is_empty() {
                true => has_struck = true,
                false => left.push_str(run),
            }
        }
        match (has_struck, left.trim().is_empty()) {
            (false, _) => Strike::Nothing,
            (true, true) => Strike::Everything,
            (true, false) => Strike::AllBut(left),
        }
    }
}

/// Builds a [`RunText`] from the tokens inside `si` or `is`. Readings (`rPh`) are never part of the text.
#[derive(Debug, Default)]
pub(crate) struct RunBuilder {
    text: String,
    runs: Vec<(Option<bool>, usize)>,
    struck: Option<bool>,
    is_text: bool,
    is_phonetic: bool,
}

impl RunBuilder {
    pub(crate) fn start(&mut self, tag: &Tag<'_>) {
        match tag.name() {
            "rPh" => self.is_phonetic = true,
            "r" => self.struck = None,
            "rPr" => self.struck = Some(false),
            "strike" => self.struck = Some(tag.get("val").is_none_or(|value| is_yes(&value))),
            "t" if !self.is_phonetic => {
                self.is_text = true;
                self.runs.push((self.struck, 0));
            }
            _ => {}
        }
    }

    pub(crate) fn end(&mut self, tag: &EndTag<'_>) {
        match tag.name() {
            "rPh" => self.is_phonetic = false,
            "r" => self.struck = None,
            "t" => self.is_text = false,
            _ => {}
        }
    }

    pub(crate) fn text(&mut self, text: &str) {
        if self.is_text
            && let Some((_, length)) = self.runs.last_mut()
        {
            self.text.push_str(text);
            *length += text.len();
        }
    }

    pub(crate) fn finish(&mut self) -> RunText {
        let built = std::mem::take(self);
        if built.runs.iter().all(|(struck, _)| struck.is_none()) {
            return RunText { text: undo_escapes(&built.text).into(), runs: None };
        }
        let (mut text, mut runs, mut at) = (String::new(), Vec::new(), 0);
        for (struck, length) in built.runs {
            let run = undo_escapes(&built.text[at..at + length]);
            at += length;
            text.push_str(&run);
            runs.push((struck, run.len()));
        }
        RunText { text: text.into(), runs: Some(runs.into()) }
    }
}

/// The shared strings of a workbook.
pub(crate) fn read(part: impl BufRead, budget: &mut Budget) -> Result<Vec<RunText>, Unread> {
    let mut xml = XmlPull::new(part);
    let mut strings = Vec::new();
    let mut builder = RunBuilder::default();
    while let Some(token) = xml.next()? {
        match token {
            Token::Start(tag) => builder.start(&tag),
            Token::Text(text) => builder.text(&text),
            Token::End(tag) if tag.name() == "si" => {
                let string = builder.finish();
                budget.spend(1, string.text.len())?;
                strings.push(string);
            }
            Token::End(tag) => builder.end(&tag),
        }
    }
    Ok(strings)
}

/// `_x000D_` is how a character is written that XML does not allow; `_x005F_` keeps an underscore from being one
/// (ECMA-376 part 1, 22.9.2.19). Line ends become `\n`.
pub(crate) fn undo_escapes(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        plain.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|code| code.bytes().all(|b| b.is_ascii_hexdigit()));
        let unit = code.filter(|_| rest[at + 6..].starts_with('_')).and_then(|code| u32::from_str_radix(code, 16).ok());
        match unit.and_then(char::from_u32) {
            Some(c) => {
                plain.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                plain.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    if plain.contains('\r') {
        plain = plain.replace("\r\n", "\n").replace('\r', "\n");
    }
    plain
}
