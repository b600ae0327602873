//! Number formats: what a spreadsheet program shows for a number, a date or a text.
//!
//! Why. An office types 101 into a cell of the format `0000` or `"3栋"0` and sees `0101` or `3栋101`; that is what it
//! means. A cell of the format `;;;` shows nothing.
//!
//! Flow: [`NumberFormat::parse`] cuts the format code into sections of tokens once; [`NumberFormat::cell_of_number`] and
//! [`NumberFormat::cell_of_text`] make cells. What is shown becomes the text, what is held otherwise becomes `stored`.
//!
//! Decisions. General, scientific and fractional formats show the digits the cell holds: they shorten by themselves, and
//! nobody means `1.99E+10` by a phone number. Dates are given as `YYYY-MM-DD` whatever their format; `stored` then tells
//! what may have been typed (see `date`). Signs of width and filling at the ends of what is shown go.
//!
//! Missing: conditional formats that show other text, number formats of other scripts than Chinese.

mod date;
mod number;
mod parse;

use crate::Cell;
pub(crate) use date::serial_of;
pub(crate) use number::general;

/// A spreadsheet number beyond this has lost digits (IEEE 754 double; the programs keep 15 digits).
const EXACT_LIMIT: f64 = 1e15;

/// A format code, ready to show values.
#[derive(Debug, Clone, Default)]
pub(crate) struct NumberFormat {
    /// At most four: positive, negative, zero, text.
    sections: Vec<Section>,
}

#[derive(Debug, Clone, Default)]
struct Section {
    tokens: Vec<Token>,
    condition: Option<(Ordering, f64)>,
    numerals: Option<Numerals>,
}

/// `[>=60]` and the like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ordering {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// `[DBNum1]` to `[DBNum3]`: 一二三, 壹贰叁, １２３.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numerals {
    Plain,
    Formal,
    FullWidth,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Literal(String),
    /// `0`, `#` or `?`.
    Digit(char),
    Point,
    Comma,
    Percent,
    Exponent,
    General,
    /// `@`
    Text,
    /// A run of one letter of a date or time, e.g. `yyyy`.
    Date(char, usize),
    /// `[h]`, `[mm]`
    Elapsed(char),
    AmPm,
}

impl Section {
    fn is_date(&self) -> bool {
        self.tokens.iter().any(|token| matches!(token, Token::Date(..) | Token::Elapsed(_)))
    }

    fn has(&self, wanted: &Token) -> bool {
        self.tokens.contains(wanted)
    }

    fn meets(&self, number: f64) -> bool {
        self.condition.is_none_or(|(ordering, limit)| match ordering {
            Ordering::Less => number < limit,
            Ordering::LessOrEqual => number <= limit,
            Ordering::Equal => number == limit,
            Ordering::NotEqual => number != limit,
            Ordering::GreaterOrEqual => number >= limit,
            Ordering::Greater => number > limit,
        })
    }
}

impl NumberFormat {
    /// The cell of a number. `is_1904` says that the file counts its days from 1904.
    pub(crate) fn cell_of_number(&self, number: f64, is_1904: bool) -> Cell {
        let plain = general(number);
        let rounded = number.abs() >= EXACT_LIMIT && number.is_finite();
        let cell = match self.section_of(number) {
            None => Cell::text(plain),
            Some((section, _)) if section.is_date() => date::cell_of(number, section, is_1904, plain),
            Some((section, has_own_sign)) => match number::show(number, section, has_own_sign) {
                Some(shown) if shown != plain => Cell { stored: Some(plain.into()), ..Cell::text(shown) },
                _ => Cell::text(plain),
            },
        };
        Cell { rounded, ..cell }
    }

    /// The cell of a text: as it is, dressed by a format like `"3栋"@`, or not shown by `;;;`.
    pub(crate) fn cell_of_text(&self, text: String) -> Cell {
        let dressed = self.text_section().map(|section| number::show_text(&text, section));
        match dressed {
            Some(shown) if shown != text => Cell { stored: Some(text.into()), ..Cell::text(shown) },
            _ => Cell::text(text),
        }
    }

    fn text_section(&self) -> Option<&Section> {
        if self.sections.len() >= 4 {
            return self.sections.get(3);
        }
        // A section that is not the fourth shows texts only if it says where.
        self.sections.last().filter(|section| section.has(&Token::Text))
    }

    /// The section for a number, and whether it stands for negative numbers alone, so that it brings its own sign.
    fn section_of(&self, number: f64) -> Option<(&Section, bool)> {
        let mut sections = &self.sections[..self.sections.len().min(3)];
        if sections.len() == self.sections.len() && self.text_section().is_some() {
            sections = &sections[..sections.len() - 1];
        }
        let first = sections.first()?;
        if sections.iter().any(|section| section.condition.is_some()) {
            return sections.iter().find(|section| section.meets(number)).map(|section| (section, false));
        }
        match (sections.get(1), sections.get(2)) {
            (Some(negative), _) if number < 0.0 => Some((negative, true)),
            (_, Some(zero)) if number == 0.0 => Some((zero, false)),
            _ => Some((first, false)),
        }
    }
}

#[cfg(test)]
mod tests;
