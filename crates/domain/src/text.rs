//! Text as offices write it: full-width signs made half-width, and numbers and names masked for lists.
//!
//! A mask keeps what a worker needs to recognise an entry that they already know, and hides the rest. Masking is for
//! lists and screens; what is stored is never masked.

/// The mark that stands for each hidden character.
const HIDDEN: char = '*';

/// Full-width digits, letters and punctuation (U+FF01–U+FF5E) and the ideographic space (U+3000) as their ASCII
/// twins; all else unchanged. Chinese punctuation proper (`，` is U+FF0C and becomes `,`; `。` stays) is not spared:
/// use this on codes, numbers and addresses, not on prose.
#[must_use]
pub fn to_half_width(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            '\u{3000}' => ' ',
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            _ => c,
        })
        .collect()
}

/// Digits that make a number of a person: a local phone number has seven.
const NUMBER_DIGITS: usize = 7;
/// Digits of a mobile number: so many are a number however they are cut into pieces.
const LONG_NUMBER_DIGITS: usize = 11;
/// Pieces of a phone number that is written in pieces are no shorter.
const NUMBER_PIECE: usize = 3;

/// Whether a phone or identity number hides in a text: seven digits or more in a run, however wide they are written
/// and whatever spaces and dashes stand inside. Doors (`12-3-1101`) and dates (`2026-11-23`) are no such runs: below
/// eleven digits every piece has to be as long as the pieces of phone numbers are.
#[must_use]
pub fn holds_number(text: &str) -> bool {
    list_runs(&to_half_width(text)).any(is_number)
}

/// Whether an edited text holds a number that was not in it before.
#[must_use]
pub fn holds_new_number(before: &str, after: &str) -> bool {
    let (before, mut rest) = (to_half_width(before), to_half_width(after));
    for known in list_runs(&before).filter(|run| is_number(run)) {
        // What is written right behind a known number is a run of its own.
        rest = rest.replace(known.trim_matches(|c: char| !c.is_ascii_digit()), "/");
    }
    holds_number(&rest)
}

/// The runs of digits, spaces and dashes of a half-width text.
fn list_runs(text: &str) -> impl Iterator<Item = &str> {
    let is_inside = |c: char| c.is_ascii_digit() || c.is_whitespace() || is_dash(c);
    text.split(move |c: char| !is_inside(c))
}

fn is_number(run: &str) -> bool {
    let pieces = run.split(|c: char| !c.is_ascii_digit()).map(str::len).filter(|length| *length > 0);
    let (mut total, mut longest, mut shortest) = (0, 0, usize::MAX);
    for length in pieces {
        total += length;
        longest = longest.max(length);
        shortest = shortest.min(length);
    }
    longest >= NUMBER_DIGITS || total >= LONG_NUMBER_DIGITS || total >= NUMBER_DIGITS && shortest >= NUMBER_PIECE
}

/// The dashes that people and spreadsheets write into numbers.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// A phone number for lists: `199****0001`; the last four of a shorter one, nothing of one with
/// fewer than seven digits.
#[must_use]
pub fn mask_tel(tel: &str) -> String {
    match tel.chars().count() {
        0..=6 => mask_between(tel, 0, 0),
        7..=9 => mask_between(tel, 0, 4),
        10 => mask_between(tel, 3, 3),
        _ => mask_between(tel, 3, 4),
    }
}

/// An identity number for lists: `990***********0024`: first three and last four, so that neither the county nor the
/// date of birth shows. Anything shorter than twelve characters is hidden as a whole.
#[must_use]
pub fn mask_id_no(id_no: &str) -> String {
    if id_no.chars().count() < 12 { mask_between(id_no, 0, 0) } else { mask_between(id_no, 3, 4) }
}

/// A name for places that strangers may see: the first character stays (`王**`).
#[must_use]
pub fn mask_name(name: &str) -> String {
    mask_between(name, 1, 0)
}

/// Hides all but the first `head` and last `tail` characters.
fn mask_between(text: &str, head: usize, tail: usize) -> String {
    let count = text.chars().count();
    text.chars().enumerate().map(|(i, c)| if i < head || i + tail >= count { c } else { HIDDEN }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_signs_become_ascii_and_chinese_stays() {
        for (wide, narrow) in [
            ("９９０１０１", "990101"),
            ("１栋－１单元－４０２", "1栋-1单元-402"),
            ("Ａｘ（２）：　～", "Ax(2): ~"),
            ("海棠花园。", "海棠花园。"),
            ("", ""),
        ] {
            assert_eq!(to_half_width(wide), narrow);
        }
    }

    #[test]
    fn a_number_is_found_however_it_is_written() {
        for text in [
            "19900000001",
            "王秀兰 199-0000-0001",
            "联系 199 0000 0001 女儿",
            "１９９０００００００１",
            "座机0990—1234567",
            "990101198506120024",
            "99010119850612002X",
            "8765432",
        ] {
            assert!(holds_number(text), "{text}");
        }
        for text in
            ["", "王秀兰", "120", "3栋2单元402", "二楼 987654", "12月3日 100元 60岁 402室", "12-3-1101", "2026-11-23"]
        {
            assert!(!holds_number(text), "{text}");
        }
    }

    #[test]
    fn a_number_that_stood_there_is_not_new() {
        for (before, after, is_new) in [
            ("电话19900000001", "电话19900000001，电梯在修", false),
            ("电话 199 0000 0001", "电话 199 0000 0001 3人", false),
            ("电话１９９０００００００１", "19900000001", false),
            ("电话19900000001", "电话19900000001 19900000002", true),
            ("电话19900000001", "电话19900000002", true),
            ("", "19900000001", true),
        ] {
            assert_eq!(holds_new_number(before, after), is_new, "{before} -> {after}");
        }
    }

    #[test]
    fn a_mask_keeps_the_tail_that_a_worker_recognises() {
        for (tel, masked) in [
            ("19900000001", "199****0001"),
            ("09901234567", "099****4567"),
            ("0990123456", "099****456"),
            ("1234567", "***4567"),
            ("110", "***"),
            ("", ""),
        ] {
            assert_eq!(mask_tel(tel), masked);
        }
        assert_eq!(mask_id_no("990101198506120024"), "990***********0024");
        assert_eq!(mask_id_no("9901011985"), "**********", "half a number may be the birth date");
        assert_eq!(mask_name("王秀兰"), "王**");
        assert_eq!(mask_name("王"), "王");
    }
}
