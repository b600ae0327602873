//! Plain text: full width to half width, blanks, Chinese numerals.

use std::borrow::Cow;

/// Full-width letters, digits, signs and blanks become plain ones; invisible characters go; ends are trimmed.
/// Chinese punctuation that has no ASCII twin (、。《》) stays.
#[must_use]
pub fn plain(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| (0x20..0x7f).contains(&b)) {
        return Cow::Borrowed(text.trim());
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{ff01}'..='\u{ff5e}' => {
                out.push(char::from_u32(u32::from(c) - 0xfee0).expect("the block maps onto ASCII"));
            }
            '\u{3000}' | '\u{a0}' | '\t' | '\u{2002}'..='\u{200a}' => out.push(' '),
            '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}' => {}
            '\r' | '\n' => out.push('\n'),
            c if c.is_control() => {}
            '—' | '–' | '―' | '−' | '‐' | '‑' => out.push('-'),
            _ => out.push(c),
        }
    }
    Cow::Owned(out.trim().to_owned())
}

/// A remark as it was written: invisible characters go, line ends become `\n`, ends are trimmed. Full-width signs stay.
#[must_use]
pub fn prose(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let is_seen = |c: &char| {
        !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{202a}'..='\u{202e}' | '\u{2060}')
            && (!c.is_control() || *c == '\n')
    };
    text.chars().filter(is_seen).collect::<String>().trim().to_owned()
}

/// `plain`, and without any blank: for headers, codes and keys.
#[must_use]
pub fn tight(text: &str) -> String {
    plain(text).chars().filter(|c| !c.is_whitespace()).collect()
}

/// Whether a text holds full-width digits or letters.
#[must_use]
pub fn has_full_width(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ'))
}

/// What offices write into a cell to say that there is nothing to write.
#[must_use]
pub fn is_nothing(text: &str) -> bool {
    matches!(
        text,
        "" | "无"
            | "没有"
            | "暂无"
            | "不详"
            | "未知"
            | "未提供"
            | "空"
            | "/"
            | "\\"
            | "-"
            | "--"
            | "---"
            | "//"
            | "N/A"
            | "n/a"
            | "null"
            | "NULL"
            | "0"
    )
}

/// Chinese numerals up to 99 at the beginning of a text become digits: `十二栋` → `12栋`.
#[must_use]
pub fn numerals_to_digits(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let end = chars.iter().position(|c| digit_of(*c).is_none() && *c != '十').unwrap_or(chars.len());
    if end == 0 {
        return text.to_owned();
    }
    let rest: String = chars[end..].iter().collect();
    let number = match chars[..end].iter().position(|c| *c == '十') {
        None => chars[..end].iter().filter_map(|c| digit_of(*c)).fold(String::new(), |mut digits, d| {
            digits.push_str(&d.to_string());
            digits
        }),
        Some(at) => {
            let tens = chars[..at].first().and_then(|c| digit_of(*c)).unwrap_or(1);
            let ones = chars[at + 1..end].first().and_then(|c| digit_of(*c)).unwrap_or(0);
            (tens * 10 + ones).to_string()
        }
    };
    format!("{number}{rest}")
}

fn digit_of(c: char) -> Option<u32> {
    Some(match c {
        '零' | '〇' => 0,
        '一' => 1,
        '二' | '两' => 2,
        '三' => 3,
        '四' => 4,
        '五' => 5,
        '六' => 6,
        '七' => 7,
        '八' => 8,
        '九' => 9,
        _ => return None,
    })
}

/// A key by which doors sort as people count: digits are padded, so that `2栋` comes before `10栋`.
#[must_use]
pub fn natural_key(text: &str) -> String {
    let mut key = String::new();
    let mut digits = String::new();
    for c in text.chars().chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if !digits.is_empty() {
            key.push_str(&format!("{:0>8}", digits.trim_start_matches('0')));
            digits.clear();
        }
        if c != '\0' {
            key.push(c);
        }
    }
    key
}

/// At most `limit` characters of a text, and whether something was cut.
#[must_use]
pub fn cut(text: &str, limit: usize) -> (String, bool) {
    match text.char_indices().nth(limit) {
        Some((at, _)) => (text[..at].to_owned(), true),
        None => (text.to_owned(), false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_becomes_plain_and_invisible_goes() {
        assert_eq!(plain("\u{feff}　４０２ 室\u{200b}\t"), "402 室");
        assert_eq!(plain("１号－２"), "1号-2");
        assert_eq!(tight("身份证 号码\n（必填）"), "身份证号码(必填)");
        assert_eq!(plain("甲、乙"), "甲、乙");
    }

    #[test]
    fn numerals_are_read_as_people_say_them() {
        for (text, digits) in [
            ("三栋", "3栋"),
            ("十栋", "10栋"),
            ("十二", "12"),
            ("二十一栋", "21栋"),
            ("二〇一", "201"),
            ("花园", "花园"),
        ] {
            assert_eq!(numerals_to_digits(text), digits);
        }
    }

    #[test]
    fn doors_sort_as_people_count() {
        let mut doors = vec!["10栋", "2栋", "1栋101", "1栋99"];
        doors.sort_by_key(|door| natural_key(door));
        assert_eq!(doors, ["1栋99", "1栋101", "2栋", "10栋"]);
    }
}
