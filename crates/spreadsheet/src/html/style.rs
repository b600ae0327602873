//! What the styles of a page say about its cells.

use std::collections::HashMap;

use crate::format::NumberFormat;
use crate::markup::Element;

/// More classes than any page has.
const CLASS_LIMIT: usize = 10_000;

/// What a style means for what is seen.
#[derive(Debug, Clone, Default)]
pub(crate) struct Look {
    pub(crate) is_hidden: bool,
    pub(crate) is_struck: bool,
    pub(crate) format: Option<NumberFormat>,
}

/// The classes of a page by their names in small letters.
#[derive(Debug, Default)]
pub(crate) struct Styles {
    classes: HashMap<String, Look>,
}

impl Styles {
    /// Adds the classes of a style sheet; other selectors are passed over.
    pub(crate) fn add(&mut self, css: &str) {
        for rule in css.split('}') {
            let Some((selectors, body)) = rule.split_once('{') else { continue };
            let mut look = Look::default();
            apply(body, &mut look);
            for selector in selectors.split(',') {
                let selector = selector.trim().trim_start_matches("<!--").trim();
                let Some((_, class)) = selector.rsplit_once('.') else { continue };
                if self.classes.len() < CLASS_LIMIT && !class.contains([' ', '>', ':']) {
                    self.classes.insert(class.to_ascii_lowercase(), look.clone());
                }
            }
        }
    }

    /// How an element is to look: its classes, then its own style, then its attributes.
    pub(crate) fn look(&self, tag: &Element<'_>) -> Look {
        let mut look = Look::default();
        for class in tag.get("class").unwrap_or_default().split_whitespace() {
            if let Some(known) = self.classes.get(&class.to_ascii_lowercase()) {
                look.is_hidden |= known.is_hidden;
                look.is_struck |= known.is_struck;
                look.format = known.format.clone().or(look.format);
            }
        }
        if let Some(style) = tag.get("style") {
            apply(&style, &mut look);
        }
        look.is_hidden |= tag.get("hidden").is_some();
        look
    }
}

/// Reads the properties that matter.
fn apply(body: &str, look: &mut Look) {
    for property in split_properties(body) {
        let Some((name, value)) = property.split_once(':') else { continue };
        let plain = value.trim().to_ascii_lowercase();
        match name.trim().to_ascii_lowercase().as_str() {
            "display" => look.is_hidden = plain.starts_with("none"),
            "visibility" => look.is_hidden |= plain.starts_with("collapse") || plain.starts_with("hidden"),
            "text-decoration" | "text-decoration-line" => look.is_struck = plain.contains("line-through"),
            "mso-number-format" => look.format = named_format(&undo_escapes(value.trim())),
            _ => {}
        }
    }
}

/// Properties between semicolons that stand neither in quotation marks nor behind a backslash.
fn split_properties(body: &str) -> Vec<&str> {
    let (mut found, mut start, mut quote, mut is_escaped) = (Vec::new(), 0, None, false);
    for (at, c) in body.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' | '\'' if quote.is_none() => quote = Some(c),
            _ if quote == Some(c) => quote = None,
            ';' if quote.is_none() => {
                found.push(&body[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(&body[start..]);
    found
}

/// `"\0022栋\00220"` is `"栋"0`, `\@` is `@`.
fn undo_escapes(value: &str) -> String {
    let inner = match value.chars().next() {
        Some(quote @ ('"' | '\'')) => value[1..].strip_suffix(quote).unwrap_or(&value[1..]),
        _ => value,
    };
    let mut code = String::new();
    let mut rest = inner;
    while let Some(at) = rest.find('\\') {
        code.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let hex = rest.bytes().take(4).take_while(u8::is_ascii_hexdigit).count();
        let escaped = u32::from_str_radix(&rest[..hex], 16).ok().filter(|_| hex == 4).and_then(char::from_u32);
        match escaped {
            Some(c) => {
                code.push(c);
                rest = &rest[4..];
            }
            None => {
                let mut chars = rest.chars();
                code.extend(chars.next());
                rest = chars.as_str();
            }
        }
    }
    code.push_str(rest);
    code
}

/// The format of a code, or of a name that web pages and XML tables give it.
pub(crate) fn named_format(code: &str) -> Option<NumberFormat> {
    let code = match code {
        "Fixed" => "0.00",
        "Standard" => "#,##0.00",
        "Percent" => "0.00%",
        "Short Date" | "General Date" | "Long Date" => "yyyy/m/d",
        "Medium Date" => "d-mmm-yy",
        "Short Time" | "Medium Time" | "Long Time" => "h:mm",
        // Currency, Scientific, Yes/No and other names tell nothing that a list needs.
        _ if code.chars().all(|c| c.is_ascii_alphabetic() || matches!(c, ' ' | '/')) && !is_date_code(code) => {
            return None;
        }
        _ => code,
    };
    Some(NumberFormat::parse(code))
}

fn is_date_code(code: &str) -> bool {
    !code.is_empty() && code.chars().all(|c| "ymdhs/ ".contains(c.to_ascii_lowercase()))
}
