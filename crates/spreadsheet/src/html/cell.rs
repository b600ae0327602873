//! The words of a cell, as a page shows them.

use super::style::Look;
use crate::Cell;
use crate::format::{NumberFormat, general};
use crate::markup::undo_entities;

/// Words as they come: blanks run together, lines broken where the page breaks them.
#[derive(Debug, Default)]
pub(crate) struct CellText {
    all: String,
    /// What is not struck out.
    left: String,
    has_struck: bool,
    is_blank_due: bool,
}

impl CellText {
    /// Adds text of the page.
    pub(crate) fn push(&mut self, text: &str, is_struck: bool) {
        let mut run = String::with_capacity(text.len());
        for c in undo_entities(text).chars() {
            // What is written as an entity of a line break is meant as one (`&#10;`); the rest is how the page is typed.
            if matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{a0}') {
                self.is_blank_due = true;
            } else {
                if self.is_blank_due && !self.all.ends_with('\n') && !(self.all.is_empty() && run.is_empty()) {
                    run.push(' ');
                }
                self.is_blank_due = false;
                run.push(c);
            }
        }
        self.add(&run, is_struck);
    }

    /// Adds text that is no markup.
    pub(crate) fn push_plain(&mut self, text: &str) {
        self.add(text, false);
    }

    fn add(&mut self, run: &str, is_struck: bool) {
        self.all.push_str(run);
        match is_struck && !run.is_empty() {
            true => self.has_struck = true,
            false => self.left.push_str(run),
        }
    }

    /// Begins a new line, unless one has just begun.
    pub(crate) fn break_line(&mut self) {
        self.is_blank_due = false;
        if !self.all.is_empty() && !self.all.ends_with('\n') {
            self.all.push('\n');
            self.left.push('\n');
        }
    }

    /// The cell, as its style shows it. `number` is what a spreadsheet program held behind it.
    pub(crate) fn finish(self, look: &Look, number: Option<&str>) -> Cell {
        let all = self.all.trim();
        let left = self.left.trim();
        if self.has_struck && !left.is_empty() && !look.is_struck {
            return Cell { is_partly_struck: true, stored: Some(all.into()), ..Cell::text(left) };
        }
        let cell = match number.and_then(|number| number.trim().parse::<f64>().ok()) {
            Some(held) => of_held(all, held),
            None => cell_of_words(all, look.format.as_ref()),
        };
        Cell { is_struck: self.has_struck || look.is_struck && !all.is_empty(), ..cell }
    }
}

/// A number behind what is shown of it.
fn of_held(shown: &str, held: f64) -> Cell {
    let plain = NumberFormat::default().cell_of_number(held, false);
    let is_shortened = shown.contains(['E', 'e']) && shown.parse::<f64>().is_ok();
    if is_shortened || shown == plain.text {
        return plain;
    }
    Cell { stored: Some(general(held).into()), rounded: plain.rounded, ..Cell::text(shown) }
}

/// The cell of a text that may be a number for a format to show, or an error.
pub(crate) fn cell_of_words(words: &str, format: Option<&NumberFormat>) -> Cell {
    let digits = words.strip_prefix('-').unwrap_or(words);
    let is_number = !digits.is_empty() && digits.len() <= 15 && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    match (format, words.parse::<f64>()) {
        (Some(format), Ok(number)) if is_number => {
            let cell = format.cell_of_number(number, false);
            // Leading zeros are the page's own: a format that shows the plain number has nothing to add.
            if cell.stored.is_none() && !cell.is_date { Cell::shown(words) } else { cell }
        }
        _ => Cell::shown(words),
    }
}
