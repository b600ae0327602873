//! The apostrophe that keeps a text from being taken for a formula.

use std::borrow::Cow;

/// First characters of what a spreadsheet program, or an input method's user, takes for a formula.
const FORMULA_STARTS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// What programs pass over before they look at a cell: blanks, controls, and characters that show nothing.
fn is_passed_over(c: char) -> bool {
    let is_invisible = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}');
    c.is_whitespace() || c.is_control() || is_invisible
}

/// A cell that no spreadsheet program takes for a formula.
#[must_use]
pub fn guard_formula(text: &str) -> Cow<'_, str> {
    let shown = text.trim_start_matches(is_passed_over);
    if text.starts_with(['\t', '\r', '\n']) || shown.starts_with(FORMULA_STARTS) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A cell without the apostrophe that [`guard_formula`] put before it; anything else as it is.
#[must_use]
pub fn unguard_formula(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if matches!(guard_formula(rest), Cow::Owned(_)) => rest,
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_guarded_however_it_begins() {
        for text in [
            "=1+1",
            "+86",
            "-1",
            "@a",
            "\t1",
            "\r1",
            "\n=1",
            " =1",
            "\u{3000}=1",
            "\u{200b}=1",
            "\u{feff}\u{202e}@a",
            "\u{1}=1",
            "＝1",
            "＋86",
            "－1",
            "＠a",
            "\u{a0}＝1",
        ] {
            let guarded = format!("'{text}");
            assert_eq!(guard_formula(text), guarded);
            assert_eq!(unguard_formula(&guarded), text);
        }
        for text in ["", "周敏", "1-2", " 402室", "a=b", "（=1）", "——"] {
            assert_eq!(guard_formula(text), text);
            assert_eq!(unguard_formula(text), text);
        }
    }
}
