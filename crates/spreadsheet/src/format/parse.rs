//! Format codes cut into sections and tokens.

use super::{NumberFormat, Numerals, Ordering, Section, Token};

/// Longer codes come from damage; the programs allow 255 characters.
const CODE_LIMIT: usize = 1024;

impl NumberFormat {
    /// Reads a format code. Anything can be read; what is not understood is a literal.
    pub(crate) fn parse(code: &str) -> Self {
        let mut sections = vec![Section::default()];
        let chars: Vec<char> = code.chars().take(CODE_LIMIT).collect();
        let mut at = 0;
        while at < chars.len() {
            let section = sections.last_mut().expect("there is always a section");
            let rest = &chars[at..];
            at += match rest[0] {
                ';' => {
                    sections.push(Section::default());
                    1
                }
                '[' => read_bracket(rest, section),
                _ => read_token(rest, &mut section.tokens),
            };
        }
        for section in &mut sections {
            settle_signs(section);
        }
        let is_general = matches!(sections.as_slice(), [only] if only.tokens.is_empty() && only.numerals.is_none());
        Self { sections: if is_general { Vec::new() } else { sections } }
    }

    /// The format that every program knows by a number (ECMA-376 part 1, 18.8.30), with the Chinese ones.
    pub(crate) fn builtin(id: u32) -> Option<Self> {
        let code = match id {
            1 => "0",
            2 => "0.00",
            3 => "#,##0",
            4 => "#,##0.00",
            9 => "0%",
            10 => "0.00%",
            11 => "0.00E+00",
            14 => "yyyy/m/d",
            15 => "d-mmm-yy",
            16 => "d-mmm",
            17 => "mmm-yy",
            18 => "h:mm AM/PM",
            19 => "h:mm:ss AM/PM",
            20 | 32 => "h:mm",
            21 | 33 => "h:mm:ss",
            22 => "yyyy/m/d h:mm",
            30 | 31 => "yyyy/m/d",
            27 | 36 | 50 | 52 | 57 => "yyyy\"年\"m\"月\"",
            28 | 29 | 51 | 53 | 54 | 58 => "m\"月\"d\"日\"",
            34 | 55 => "AM/PM h:mm",
            35 | 56 => "AM/PM h:mm:ss",
            37 | 38 => "#,##0;-#,##0",
            39 | 40 => "#,##0.00;-#,##0.00",
            45 => "mm:ss",
            46 => "[h]:mm:ss",
            47 => "mm:ss",
            _ => return None,
        };
        Some(Self::parse(code))
    }
}

/// `[Red]`, `[>60]`, `[DBNum1]`, `[$¥-804]`, `[h]`: how many characters it took.
fn read_bracket(rest: &[char], section: &mut Section) -> usize {
    let Some(end) = rest.iter().position(|c| *c == ']') else {
        push_literal(&mut section.tokens, "[");
        return 1;
    };
    let inner: String = rest[1..end].iter().collect();
    let lower = inner.to_ascii_lowercase();
    if let Some(symbol) = inner.strip_prefix('$') {
        push_literal(&mut section.tokens, symbol.split('-').next().unwrap_or_default());
    } else if let Some(numerals) = lower.strip_prefix("dbnum") {
        section.numerals = match numerals {
            "1" => Some(Numerals::Plain),
            "2" => Some(Numerals::Formal),
            "3" => Some(Numerals::FullWidth),
            _ => None,
        };
    } else if let Some(condition) = read_condition(&inner) {
        section.condition = Some(condition);
    } else if let Some(first) = lower.chars().next().filter(|c| "hms".contains(*c))
        && lower.chars().all(|c| c == first)
    {
        section.tokens.push(Token::Elapsed(first));
    }
    end + 1
}

fn read_condition(inner: &str) -> Option<(Ordering, f64)> {
    let signs = [
        ("<=", Ordering::LessOrEqual),
        (">=", Ordering::GreaterOrEqual),
        ("<>", Ordering::NotEqual),
        ("<", Ordering::Less),
        (">", Ordering::Greater),
        ("=", Ordering::Equal),
    ];
    let (sign, ordering) = signs.into_iter().find(|(sign, _)| inner.starts_with(sign))?;
    Some((ordering, inner[sign.len()..].trim().parse().ok()?))
}

/// One token outside brackets: how many characters it took.
fn read_token(rest: &[char], tokens: &mut Vec<Token>) -> usize {
    let starts = |word: &str| {
        let mut chars = rest.iter();
        word.chars().all(|c| chars.next().is_some_and(|found| found.eq_ignore_ascii_case(&c)))
    };
    for word in ["G/通用格式", "General"] {
        if starts(word) {
            tokens.push(Token::General);
            return word.chars().count();
        }
    }
    for word in ["AM/PM", "A/P", "上午/下午"] {
        if starts(word) {
            tokens.push(Token::AmPm);
            return word.chars().count();
        }
    }
    match rest[0] {
        '"' => {
            let inner: String = rest[1..].iter().take_while(|c| **c != '"').collect();
            push_literal(tokens, &inner);
            (inner.chars().count() + 2).min(rest.len())
        }
        '\\' | '!' if rest.len() > 1 => {
            push_literal(tokens, &rest[1].to_string());
            2
        }
        // As wide as the next character; as many of the next character as the cell is wide.
        '_' => {
            push_literal(tokens, " ");
            2.min(rest.len())
        }
        '*' => 2.min(rest.len()),
        c @ ('0' | '#' | '?') => {
            tokens.push(Token::Digit(c));
            1
        }
        '.' => {
            tokens.push(Token::Point);
            1
        }
        ',' => {
            tokens.push(Token::Comma);
            1
        }
        '%' => {
            tokens.push(Token::Percent);
            1
        }
        '@' => {
            tokens.push(Token::Text);
            1
        }
        'E' | 'e' if matches!(rest.get(1), Some('+' | '-')) => {
            tokens.push(Token::Exponent);
            2
        }
        c if "ymdhsegbaYMDHSEGBA".contains(c) => {
            let letter = c.to_ascii_lowercase();
            let length = rest.iter().take_while(|next| next.eq_ignore_ascii_case(&letter)).count();
            let is_date = match letter {
                'a' => length >= 3,
                'b' => length == 2 || length == 4,
                _ => true,
            };
            if is_date {
                tokens.push(Token::Date(letter, length));
            } else {
                push_literal(tokens, &rest[..length].iter().collect::<String>());
            }
            length
        }
        c => {
            push_literal(tokens, &c.to_string());
            1
        }
    }
}

fn push_literal(tokens: &mut Vec<Token>, text: &str) {
    match tokens.last_mut() {
        Some(Token::Literal(last)) => last.push_str(text),
        _ => tokens.push(Token::Literal(text.to_owned())),
    }
}

/// Points and commas are signs of a number only where there are digits for them.
fn settle_signs(section: &mut Section) {
    let has_digits = section.tokens.iter().any(|token| matches!(token, Token::Digit(_)));
    if section.is_date() || !has_digits {
        for token in &mut section.tokens {
            match token {
                Token::Point => *token = Token::Literal(".".to_owned()),
                Token::Comma => *token = Token::Literal(",".to_owned()),
                _ => {}
            }
        }
    }
}
