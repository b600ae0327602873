//! What was typed, as conditions that all must hold.
//!
//! The text is cut at spaces and punctuation, and each part again where Chinese follows a number or the reverse, so
//! that `1栋402` asks for a `1栋` and a `402` whatever stands between them. Chinese is a phrase; Latin letters are the
//! beginning of pinyin or initials; digits are any part of a house number, or the tail of a phone number from
//! [`PHONE_TAIL`] digits on; `1-1-402` is a door. What is counted says which number of the door is meant, whatever the
//! office calls it: `5栋`, `5号楼` and `5幢` are one building, `402室` and `402` one room. A phone number may be written
//! with spaces, hyphens and the country's code.
//!
//! Something typed that holds neither letter nor digit finds nothing.

use super::condition::{Column, Condition};
use super::door::{DoorPart, read_classifier};
use super::words::{Piece, cut, normalise};

/// Fewest digits that are looked for among phone numbers.
const PHONE_TAIL: usize = 3;
/// Fewest digits of a phone number written with spaces or hyphens: a short one of a town, without its code.
const SPACED_PHONE: usize = 7;
/// Digits of a mobile number.
const MOBILE_DIGITS: usize = 11;
/// Most spellings that are tried of one run of letters with several `lu` and `nu`.
const SPELLINGS: usize = 16;

/// The conditions of what was typed; none for nothing.
pub(crate) fn parse_query(typed: &str) -> Vec<Condition> {
    let text = normalise(typed);
    let parts: Vec<&str> = text
        .split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；' | '。' | '·'))
        .filter(|part| !part.is_empty())
        .collect();
    let mut conditions = Vec::new();
    let mut rest = parts.as_slice();
    while let Some((first, tail)) = rest.split_first() {
        let numbers = rest.iter().take_while(|part| is_of_number(part)).count();
        if let Some(phone) = parse_phone(&rest[..numbers]) {
            conditions.push(phone);
            rest = &rest[numbers..];
        } else {
            conditions.extend(parse_part(first));
            rest = tail;
        }
    }
    if conditions.is_empty() && !text.is_empty() {
        conditions.push(Condition::never());
    }
    conditions
}

/// Whether a part may belong to a phone number: digits and the marks that people put between them.
fn is_of_number(part: &str) -> bool {
    part.bytes().any(|byte| byte.is_ascii_digit())
        && part.chars().all(|c| c.is_ascii_digit() || matches!(c, '+' | '-' | '(' | ')'))
}

/// A phone number in several pieces or with the country's code. It may still be a door or two numbers.
fn parse_phone(parts: &[&str]) -> Option<Condition> {
    let written: String = parts.concat().chars().filter(|c| !matches!(c, '(' | ')')).collect();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    let number = strip_country(&written, &digits);
    if digits.len() < SPACED_PHONE || (parts == [digits.as_str()] && number == digits) {
        return None;
    }
    let tail = Condition::PhoneTail(number.chars().rev().collect());
    let otherwise: Vec<Condition> = parts.iter().flat_map(|part| parse_part(part)).collect();
    Some(Condition::Any(vec![Condition::All(otherwise), tail]))
}

/// A number without `+86`, `0086` or `86`.
fn strip_country<'a>(written: &str, digits: &'a str) -> &'a str {
    let is_mobile = |rest: &&str| rest.len() == MOBILE_DIGITS && rest.starts_with('1');
    let without = |prefix| digits.strip_prefix(prefix);
    if written.starts_with("+86") {
        return without("86").unwrap_or(digits);
    }
    without("0086").or_else(|| without("86").filter(is_mobile)).unwrap_or(digits)
}

fn parse_part(part: &str) -> Vec<Condition> {
    let pieces = cut(part);
    if let Some(door) = parse_door(&pieces) {
        return vec![door];
    }
    let mut conditions = Vec::new();
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let length = match first {
            Piece::Letter(_) => letters_at(rest),
            // A number or letters and what is counted: `1栋`, `A座`.
            Piece::Digits(_) | Piece::Latin(_) => match read_classifier(&rest[1..]) {
                Some((_, letters)) => 1 + letters,
                None => 1 + letters_at(&rest[1..]),
            },
            Piece::Gap => 1,
        };
        let (taken, tail) = rest.split_at(length);
        rest = tail;
        conditions.extend(match taken {
            [Piece::Gap] => None,
            [Piece::Digits(run)] => Some(digits(run)),
            [Piece::Latin(run)] => Some(latin(run)),
            [Piece::Letter(_), Piece::Letter(_), ..] => Some(pairs(taken)),
            [Piece::Digits(run) | Piece::Latin(run), counted @ ..] => Some(counted_number(run, counted, taken)),
            phrase => Some(singles(phrase)),
        });
    }
    conditions
}

fn letters_at(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().take_while(|piece| matches!(piece, Piece::Letter(_))).count()
}

/// `1-402`, `1-1-402`, `3#402`, `1-402室`: numbers with single marks between them.
fn parse_door(pieces: &[Piece<'_>]) -> Option<Condition> {
    let whole = match read_classifier(
        pieces.iter().rposition(|p| matches!(p, Piece::Digits(_))).map(|at| &pieces[at + 1..])?,
    ) {
        Some((parts, letters)) if parts.contains(&DoorPart::Room) => Some(pieces.len() - letters),
        Some(_) => return None,
        None => None,
    };
    let mut numbers = Vec::new();
    for (index, piece) in pieces[..whole.unwrap_or(pieces.len())].iter().enumerate() {
        match (index % 2, piece) {
            (0, Piece::Digits(run)) => numbers.push(run.trim_start_matches('0')),
            (1, Piece::Gap) => {}
            _ => return None,
        }
    }
    let is_prefix = whole.is_none();
    let tokens = numbers.join(" ");
    (numbers.len() > 1).then(|| Condition::Phrase { columns: vec![Column::Door], tokens, is_prefix })
}

fn digits(run: &str) -> Condition {
    let part = Condition::beginning(&[Column::Digits], run);
    if run.len() < PHONE_TAIL {
        return part;
    }
    Condition::Any(vec![part, Condition::PhoneTail(run.chars().rev().collect())])
}

/// `ü` is typed `v`, `u` or `yu`; all find it.
fn latin(run: &str) -> Condition {
    let mut conditions = vec![Condition::beginning(&[Column::Single, Column::Pinyin, Column::Initials], run)];
    let spellings = spell(run).into_iter().filter(|spelling| spelling != run);
    conditions.extend(spellings.map(|spelling| Condition::beginning(&[Column::Pinyin], spelling)));
    if conditions.len() == 1 { conditions.remove(0) } else { Condition::Any(conditions) }
}

/// A run of letters with each `lu`, `nu`, `lyu` and `nyu` as it may be meant.
fn spell(run: &str) -> Vec<String> {
    let run = run.replace("lyu", "lv").replace("nyu", "nv");
    let mut spellings = vec![String::new()];
    let mut before = None;
    for letter in run.chars() {
        if letter == 'u' && matches!(before, Some('l' | 'n')) && spellings.len() * 2 <= SPELLINGS {
            let with_v: Vec<String> = spellings.iter().map(|begun| format!("{begun}v")).collect();
            spellings.iter_mut().for_each(|begun| begun.push('u'));
            spellings.extend(with_v);
        } else {
            spellings.iter_mut().for_each(|begun| begun.push(letter));
        }
        before = Some(letter);
    }
    spellings
}

fn pairs(letters: &[Piece<'_>]) -> Condition {
    let letters: Vec<char> = letters.iter().filter_map(letter_of).collect();
    let pairs: Vec<String> = letters.windows(2).map(String::from_iter).collect();
    Condition::phrase(Column::Pair, pairs.join(" "))
}

fn letter_of(piece: &Piece<'_>) -> Option<char> {
    match piece {
        Piece::Letter(letter) => Some(*letter),
        Piece::Digits(_) | Piece::Latin(_) | Piece::Gap => None,
    }
}

/// A number and what it counts: as it is written, or as a part of the door under another word.
fn counted_number(run: &str, counted: &[Piece<'_>], phrase: &[Piece<'_>]) -> Condition {
    let written = singles(phrase);
    let Some((parts, _)) = read_classifier(counted) else { return written };
    let doors = parts.iter().map(|part| Condition::phrase(Column::Door, part.token(run)));
    Condition::Any(std::iter::once(written).chain(doors).collect())
}

fn singles(phrase: &[Piece<'_>]) -> Condition {
    let tokens: Vec<String> = phrase
        .iter()
        .map(|piece| match piece {
            Piece::Letter(letter) => letter.to_string(),
            Piece::Digits(run) | Piece::Latin(run) => (*run).to_owned(),
            Piece::Gap => String::new(),
        })
        .collect();
    Condition::phrase(Column::Single, tokens.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_becomes_conditions() {
        for (typed, expressions) in [
            ("", vec![]),
            ("　 ", vec![]),
            ("张", vec!["{single} : \"张\""]),
            ("张三丰", vec!["{pair} : \"张三 三丰\""]),
            ("ZSF", vec!["{single pinyin initials} : \"zsf\" *"]),
            ("402", vec!["{digits} : \"402\" *"]),
            ("1栋402", vec!["({single} : \"1 栋\" OR {door} : \"b1\")", "{digits} : \"402\" *"]),
            ("402室", vec!["({single} : \"402 室\" OR {door} : \"r402\")"]),
            ("3栋王兰", vec!["({single} : \"3 栋\" OR {door} : \"b3\")", "{pair} : \"王兰\""]),
            ("海棠花园１栋", vec!["{pair} : \"海棠 棠花 花园\"", "({single} : \"1 栋\" OR {door} : \"b1\")"]),
            ("1-01-402", vec!["{door} : \"1 1 402\" *"]),
            ("1-402室", vec!["{door} : \"1 402\""]),
            ("王 402", vec!["{single} : \"王\"", "{digits} : \"402\" *"]),
            ("lu", vec!["({single pinyin initials} : \"lu\" * OR {pinyin} : \"lv\" *)"]),
            ("lyu", vec!["({single pinyin initials} : \"lyu\" * OR {pinyin} : \"lv\" *)"]),
            ("lü", vec!["{single pinyin initials} : \"lv\" *"]),
            ("\"'*)(:^", vec!["{single} : \"\u{e001}\""]),
            ("%", vec!["{single} : \"\u{e001}\""]),
        ] {
            let found: Vec<_> = parse_query(typed).into_iter().filter_map(|condition| condition.expression()).collect();
            assert_eq!(found, expressions, "{typed}");
        }
    }

    #[test]
    fn three_digits_may_be_the_end_of_a_phone_number() {
        assert!(!parse_query("01")[0].has_phone_tail());
        assert!(parse_query("0012")[0].holds_for_tel("19900000012"));
        assert!(!parse_query("0012")[0].holds_for_tel("012"));
    }

    #[test]
    fn a_phone_number_is_read_however_it_is_written() {
        for typed in [
            "13312340003",
            "133 1234 0003",
            "133-1234-0003",
            "+86 13312340003",
            "+8613312340003",
            "0086 133 1234 0003",
            "86-133-1234-0003",
            "（+86）133 1234 0003",
        ] {
            assert!(parse_query(typed).iter().any(|condition| condition.holds_for_tel("13312340003")), "{typed}");
        }
        assert!(!parse_query("1-1-402")[0].has_phone_tail(), "a door");
    }
}
