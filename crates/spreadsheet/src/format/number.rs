//! Numbers as a section of a format shows them.

use super::{Numerals, Section, Token};

/// More places than any number has digits.
const PLACES_LIMIT: usize = 30;

/// A number as a program shows it without a format, but with all of its digits: at most 15 that are not made up.
pub(crate) fn general(number: f64) -> String {
    if number == 0.0 {
        return "0".to_owned();
    }
    if number.fract() == 0.0 && number.abs() < 1e21 {
        return format!("{number:.0}");
    }
    let kept: f64 = format!("{number:.14e}").parse().unwrap_or(number);
    kept.to_string()
}

/// What a text looks like in a section with `@` in it, or in the fourth.
pub(super) fn show_text(text: &str, section: &Section) -> String {
    let mut shown = String::new();
    for token in &section.tokens {
        match token {
            Token::Text | Token::General => shown.push_str(text),
            Token::Literal(literal) => shown.push_str(literal),
            _ => {}
        }
    }
    shown
}

/// What is shown for a number; `None` where the digits of the cell are the better text.
pub(super) fn show(number: f64, section: &Section, has_own_sign: bool) -> Option<String> {
    let is_fraction = section
        .tokens
        .windows(3)
        .any(|window| matches!(window, [Token::Digit(_), Token::Literal(slash), Token::Digit(_)] if slash == "/"));
    if section.has(&Token::Exponent) || is_fraction || !number.is_finite() || number.abs() >= 1e21 {
        return None;
    }
    let percents = section.tokens.iter().filter(|token| **token == Token::Percent).count();
    let last_digit = section.tokens.iter().rposition(|token| matches!(token, Token::Digit(_)));
    let thousands = section.tokens.iter().skip(last_digit.map_or(usize::MAX, |at| at + 1));
    let scale = thousands.take_while(|token| **token == Token::Comma).count();
    let value = number.abs() * 100_f64.powi(percents as i32) / 1000_f64.powi(scale as i32);

    let point = section.tokens.iter().position(|token| *token == Token::Point).unwrap_or(section.tokens.len());
    let (whole_tokens, part_tokens) = section.tokens.split_at(point);
    let places = part_tokens.iter().filter(|token| matches!(token, Token::Digit(_))).count().min(PLACES_LIMIT);
    let digits = round(value, places);
    let (whole, part) = digits.split_once('.').unwrap_or((&digits, ""));

    let numerals = section.numerals;
    let mut shown = show_whole(whole, whole_tokens, last_digit, value, numerals);
    shown.push_str(&show_part(part, part_tokens, numerals));
    let is_negative = number < 0.0 && digits.bytes().any(|b| matches!(b, b'1'..=b'9'));
    let has_value = section.tokens.iter().any(|token| matches!(token, Token::Digit(_) | Token::General));
    if is_negative && !has_own_sign && has_value {
        shown.insert(0, '-');
    }
    Some(shown.trim().to_owned())
}

/// Half away from zero, as the programs do, on the 15 digits that count.
fn round(value: f64, places: usize) -> String {
    let value: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    let power = 10_f64.powi(places as i32);
    let scaled = (value * power).round() / power;
    let rounded = if scaled.is_finite() && value < 1e15 { scaled } else { value };
    format!("{rounded:.places$}")
}

fn show_whole(
    whole: &str,
    tokens: &[Token],
    last_digit: Option<usize>,
    value: f64,
    numerals: Option<Numerals>,
) -> String {
    let is_grouped = tokens.iter().enumerate().any(|(at, token)| {
        *token == Token::Comma
            && last_digit.is_some_and(|last| at < last)
            && tokens[..at].iter().any(|t| matches!(t, Token::Digit(_)))
    });
    let first_place = tokens.iter().position(|token| matches!(token, Token::Digit(_)));
    // From the right: each place takes one digit, the leftmost all that are left.
    let mut left: Vec<char> = if whole == "0" { Vec::new() } else { whole.chars().collect() };
    let mut shown = Vec::new();
    let mut count = 0;
    for (at, token) in tokens.iter().enumerate().rev() {
        match token {
            Token::Digit(place) => {
                let is_first = first_place == Some(at);
                loop {
                    let c = match (left.pop(), place) {
                        (Some(c), _) => digit(c, numerals),
                        (None, '0') => digit('0', numerals),
                        (None, '?') => ' ',
                        _ => break,
                    };
                    if is_grouped && count > 0 && count % 3 == 0 && c != ' ' {
                        shown.push(',');
                    }
                    count += 1;
                    shown.push(c);
                    if !is_first || left.is_empty() {
                        break;
                    }
                }
            }
            Token::Literal(text) => shown.extend(text.chars().rev()),
            Token::General => shown.extend(spell(&general(value), numerals).chars().rev()),
            Token::Percent => shown.push('%'),
            _ => {}
        }
    }
    shown.into_iter().rev().collect()
}

fn show_part(part: &str, tokens: &[Token], numerals: Option<Numerals>) -> String {
    let mut digits = part.chars();
    let mut shown = String::new();
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Point => shown.push('.'),
            Token::Digit(place) => {
                let Some(c) = digits.next() else { continue };
                let is_tail = c == '0' && digits.as_str().bytes().all(|b| b == b'0');
                let wants_zero = tokens[at..].iter().any(|t| *t == Token::Digit('0'));
                match (is_tail && !wants_zero, place) {
                    (false, _) => shown.push(digit(c, numerals)),
                    (true, '?') => shown.push(' '),
                    _ => {}
                }
            }
            Token::Literal(text) => shown.push_str(text),
            Token::Percent => shown.push('%'),
            _ => {}
        }
    }
    shown
}

fn digit(c: char, numerals: Option<Numerals>) -> char {
    let digits = match numerals {
        None => return c,
        Some(Numerals::Plain) => "〇一二三四五六七八九",
        Some(Numerals::Formal) => "零壹贰叁肆伍陆柒捌玖",
        Some(Numerals::FullWidth) => "０１２３４５６７８９",
    };
    c.to_digit(10).and_then(|value| digits.chars().nth(value as usize)).unwrap_or(c)
}

/// A number spelled out as `[DBNum1]` does without places: `101` is 一百〇一. Numbers of more than four digits, and
/// fractions, stay as they are.
fn spell(number: &str, numerals: Option<Numerals>) -> String {
    let units = match numerals {
        None => return number.to_owned(),
        Some(Numerals::Formal) => ["", "拾", "佰", "仟"],
        Some(_) => ["", "十", "百", "千"],
    };
    if number.len() > units.len() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return number.to_owned();
    }
    let mut spelled = String::new();
    let mut is_zero_due = false;
    for (at, c) in number.chars().enumerate() {
        if c == '0' && number.len() > 1 {
            is_zero_due = true;
            continue;
        }
        if is_zero_due {
            spelled.push(digit('0', numerals));
            is_zero_due = false;
        }
        spelled.push(digit(c, numerals));
        spelled.push_str(units[number.len() - 1 - at]);
    }
    spelled
}
