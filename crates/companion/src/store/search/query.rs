//! What was typed, as conditions that all must hold.
//!
//! The text is cut at spaces and punctuation, and each part again where Chinese follows a number or the reverse, so
//! that `1栋402` asks for a `1栋` and a `402` whatever stands between them. Chinese is a phrase; Latin letters are the
//! beginning of pinyin or initials; digits are any part of a house number, or the tail of a phone number from
//! [`PHONE_TAIL`] digits on; `1-1-402` is a door.

use super::words::{Piece, cut, normalise};

/// Fewest digits that are looked for among phone numbers.
const PHONE_TAIL: usize = 3;

/// One condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Term {
    /// An expression of SQLite's full-text search.
    pub(crate) expression: String,
    /// Digits backwards: the condition also holds for a phone number that begins so when read backwards.
    pub(crate) phone_tail: Option<String>,
}

impl Term {
    fn words(expression: String) -> Self {
        Self { expression, phone_tail: None }
    }
}

/// The conditions of what was typed; none for nothing.
pub(crate) fn parse_query(typed: &str) -> Vec<Term> {
    let text = normalise(typed);
    text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | '、' | ';' | '；' | '。' | '·'))
        .filter(|part| !part.is_empty())
        .flat_map(parse_part)
        .collect()
}

fn parse_part(part: &str) -> Vec<Term> {
    let pieces = cut(part);
    if let Some(door) = parse_door(&pieces) {
        return vec![door];
    }
    let mut terms = Vec::new();
    let mut rest = pieces.as_slice();
    while let Some(first) = rest.first() {
        let length = match first {
            Piece::Letter(_) => letters_at(rest),
            // A number or letters and what is counted: `1栋`, `A座`.
            Piece::Digits(_) | Piece::Latin(_) => 1 + letters_at(&rest[1..]),
            Piece::Gap => 1,
        };
        let (taken, tail) = rest.split_at(length);
        rest = tail;
        terms.extend(match taken {
            [Piece::Gap] => None,
            [Piece::Digits(run)] => Some(digits(run)),
            [Piece::Latin(run)] => Some(latin(run)),
            [Piece::Letter(_), Piece::Letter(_), ..] => Some(pairs(taken)),
            phrase => Some(singles(phrase)),
        });
    }
    terms
}

fn letters_at(pieces: &[Piece<'_>]) -> usize {
    pieces.iter().take_while(|piece| matches!(piece, Piece::Letter(_))).count()
}

/// `1-402`, `1-1-402`, `3#402`: numbers with single marks between them.
fn parse_door(pieces: &[Piece<'_>]) -> Option<Term> {
    let mut numbers = Vec::new();
    for (index, piece) in pieces.iter().enumerate() {
        match (index % 2, piece) {
            (0, Piece::Digits(run)) => numbers.push(run.trim_start_matches('0')),
            (1, Piece::Gap) => {}
            _ => return None,
        }
    }
    (numbers.len() > 1).then(|| Term::words(format!("{{door}} : \"{}\" *", numbers.join(" "))))
}

fn digits(run: &str) -> Term {
    let phone_tail = (run.len() >= PHONE_TAIL).then(|| run.chars().rev().collect());
    Term { expression: format!("{{digits}} : \"{run}\" *"), phone_tail }
}

/// `lü` is typed `lv` or `lu`; both find it.
fn latin(run: &str) -> Term {
    let other = run.replace("lu", "lv").replace("nu", "nv");
    let mut expression = format!("{{single pinyin initials}} : \"{run}\" *");
    if other != run {
        expression = format!("({expression} OR {{pinyin}} : \"{other}\" *)");
    }
    Term::words(expression)
}

fn pairs(letters: &[Piece<'_>]) -> Term {
    let letters: Vec<char> = letters.iter().filter_map(letter_of).collect();
    let pairs: Vec<String> = letters.windows(2).map(String::from_iter).collect();
    Term::words(format!("{{pair}} : \"{}\"", pairs.join(" ")))
}

fn letter_of(piece: &Piece<'_>) -> Option<char> {
    match piece {
        Piece::Letter(letter) => Some(*letter),
        Piece::Digits(_) | Piece::Latin(_) | Piece::Gap => None,
    }
}

fn singles(phrase: &[Piece<'_>]) -> Term {
    let tokens: Vec<String> = phrase
        .iter()
        .map(|piece| match piece {
            Piece::Letter(letter) => letter.to_string(),
            Piece::Digits(run) | Piece::Latin(run) => (*run).to_owned(),
            Piece::Gap => String::new(),
        })
        .collect();
    Term::words(format!("{{single}} : \"{}\"", tokens.join(" ")))
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
            ("1栋402", vec!["{single} : \"1 栋\"", "{digits} : \"402\" *"]),
            ("海棠花园１栋", vec!["{pair} : \"海棠 棠花 花园\"", "{single} : \"1 栋\""]),
            ("1-01-402", vec!["{door} : \"1 1 402\" *"]),
            ("王 402", vec!["{single} : \"王\"", "{digits} : \"402\" *"]),
            ("lu", vec!["({single pinyin initials} : \"lu\" * OR {pinyin} : \"lv\" *)"]),
            ("\"'*)(:^", vec![]),
        ] {
            let found: Vec<_> = parse_query(typed).into_iter().map(|term| term.expression).collect();
            assert_eq!(found, expressions, "{typed}");
        }
    }

    #[test]
    fn three_digits_may_be_the_end_of_a_phone_number() {
        assert_eq!(parse_query("01")[0].phone_tail, None);
        assert_eq!(parse_query("0012")[0].phone_tail.as_deref(), Some("2100"));
    }
}
