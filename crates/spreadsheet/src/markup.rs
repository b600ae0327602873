//! A tolerant reader of HTML and of XML that is written like it: tags, attributes, texts, nothing ever refused.

use std::borrow::Cow;

/// One step through a page.
#[derive(Debug, PartialEq)]
pub(crate) enum Piece<'t> {
    /// An element begins.
    Start(Element<'t>),
    /// An element ends; its name in small letters.
    End(String),
    /// A text, entities not yet undone.
    Text(&'t str),
    /// What stands between `<style>` and `</style>`.
    Style(&'t str),
}

/// The beginning of an element.
#[derive(Debug, PartialEq)]
pub(crate) struct Element<'t> {
    /// In small letters, with its prefix (`x:name`).
    pub(crate) name: String,
    attributes: &'t str,
    /// Ends at once (`<br/>`).
    pub(crate) is_empty: bool,
}

impl Element<'_> {
    /// The value of an attribute by its name in small letters, entities undone; empty if it has none.
    pub(crate) fn get(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
            if rest.is_empty() {
                return None;
            }
            // A name has at least one character, so that every turn goes on.
            let end = rest
                .char_indices()
                .skip(1)
                .find(|(_, c)| c.is_whitespace() || matches!(c, '=' | '/'))
                .map_or(rest.len(), |(at, _)| at);
            let (name, after) = rest.split_at(end);
            let after = after.trim_start();
            let value;
            (value, rest) = match after.strip_prefix('=').map(str::trim_start) {
                None => ("", after),
                Some(after) => match after.chars().next() {
                    Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((&after[1..], "")),
                    _ => after.split_at(after.find(char::is_whitespace).unwrap_or(after.len())),
                },
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(undo_entities(value).into_owned());
            }
        }
    }
}

/// Walks through a page.
#[derive(Debug)]
pub(crate) struct Pieces<'t> {
    rest: &'t str,
    /// The element whose text is no markup, until its end.
    raw: Option<&'static str>,
}

/// Walks through `text` from its beginning.
pub(crate) fn pieces(text: &str) -> Pieces<'_> {
    Pieces { rest: text, raw: None }
}

impl<'t> Iterator for Pieces<'t> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        loop {
            if let Some(raw) = self.raw.take() {
                let end = find_ignoring_case(self.rest, &format!("</{raw}")).unwrap_or(self.rest.len());
                let inner;
                (inner, self.rest) = self.rest.split_at(end);
                if raw == "style" {
                    return Some(Piece::Style(inner));
                }
            }
            if self.rest.is_empty() {
                return None;
            }
            let Some(tail) = self.rest.strip_prefix('<') else {
                let end = self.rest.find('<').unwrap_or(self.rest.len());
                let text;
                (text, self.rest) = self.rest.split_at(end);
                return Some(Piece::Text(text));
            };
            if let Some(comment) = tail.strip_prefix("!--") {
                self.rest = comment.split_once("-->").map_or("", |(_, after)| after);
            } else if let Some(data) = tail.strip_prefix("![CDATA[") {
                let text;
                (text, self.rest) = data.split_once("]]>").unwrap_or((data, ""));
                return Some(Piece::Text(text));
            } else if tail.starts_with(['!', '?']) {
                self.rest = tail.split_once('>').map_or("", |(_, after)| after);
            } else if let Some(end) = tail.strip_prefix('/') {
                let name;
                (name, self.rest) = end.split_once('>').unwrap_or((end, ""));
                return Some(Piece::End(name.trim().to_ascii_lowercase()));
            } else if tail.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some(Piece::Start(self.read_element(tail)));
            } else {
                // A sign that opens nothing: `<5岁`.
                let end = tail.find('<').map_or(self.rest.len(), |at| at + 1);
                let text;
                (text, self.rest) = self.rest.split_at(end);
                return Some(Piece::Text(text));
            }
        }
    }
}

impl<'t> Pieces<'t> {
    fn read_element(&mut self, tail: &'t str) -> Element<'t> {
        let mut quote = None;
        // The tag ends at the first `>` outside quotation marks, which only count after an equals sign.
        let mut last = ' ';
        let end = tail.char_indices().find(|(_, c)| {
            match quote {
                Some(open) if *c == open => quote = None,
                Some(_) => {}
                None if matches!(c, '"' | '\'') && last == '=' => quote = Some(*c),
                None if *c == '>' => return true,
                None => {}
            }
            if !c.is_whitespace() {
                last = *c;
            }
            false
        });
        // A quotation mark that is never closed must not swallow the page.
        let end = end.map(|(at, _)| at).or_else(|| tail.find('>')).unwrap_or(tail.len());
        let inner = &tail[..end];
        self.rest = tail.get(end + 1..).unwrap_or("");
        let name_end = inner.find(|c: char| c.is_whitespace() || c == '/').unwrap_or(inner.len());
        let name = inner[..name_end].to_ascii_lowercase();
        let is_empty = inner.ends_with('/');
        if !is_empty {
            self.raw = ["style", "script"].into_iter().find(|raw| *raw == name);
        }
        Element { name, attributes: &inner[name_end..], is_empty }
    }
}

fn find_ignoring_case(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes().windows(wanted.len()).position(|window| window.eq_ignore_ascii_case(wanted.as_bytes()))
}

/// Names of entities that offices' systems write.
const ENTITIES: [(&str, &str); 14] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("ensp", " "),
    ("emsp", " "),
    ("middot", "·"),
    ("mdash", "—"),
    ("ndash", "–"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("hellip", "…"),
];

/// Entities become their characters; what is no entity stays.
pub(crate) fn undo_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = rest.bytes().take(10).take_while(|b| b.is_ascii_alphanumeric() || *b == b'#').count();
        let name = &rest[..length];
        let number = name.strip_prefix('#').and_then(|number| match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok(),
            None => number.parse().ok(),
        });
        let named = ENTITIES.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
        match number.and_then(char::from_u32).map(|c| if c == '\u{a0}' { ' ' } else { c }.to_string()).or(named) {
            Some(found) => {
                plain.push_str(&found);
                rest = rest[length..].strip_prefix(';').unwrap_or(&rest[length..]);
            }
            None => plain.push('&'),
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_in_pieces_however_it_is_written() {
        let found: Vec<_> =
            pieces("<!-- <td> --><TD CLASS=xl1 x:num='5' nowrap>甲&lt;<br/>年龄<5岁</Td ><style>.a>b{}</style>")
                .collect();
        assert!(matches!(&found[0], Piece::Start(td) if td.name == "td" && td.get("class").unwrap() == "xl1"
            && td.get("x:num").unwrap() == "5" && td.get("nowrap").unwrap().is_empty() && td.get("num").is_none()));
        assert_eq!(found[1], Piece::Text("甲&lt;"));
        assert!(matches!(&found[2], Piece::Start(br) if br.name == "br" && br.is_empty));
        assert_eq!(found[3..6], [Piece::Text("年龄"), Piece::Text("<5岁"), Piece::End("td".to_owned())]);
        assert_eq!(found[7], Piece::Style(".a>b{}"));
    }

    #[test]
    fn a_quotation_mark_that_is_never_closed_swallows_nothing() {
        let found: Vec<_> = pieces("<td title=\"甲>一</td><td>二").collect();
        assert_eq!(found.iter().filter(|piece| matches!(piece, Piece::Text(_))).count(), 2, "{found:?}");
    }

    #[test]
    fn entities_are_undone_once() {
        assert_eq!(undo_entities("A&amp;lt;B &#24352;&#x4E09;&nbsp;&foo; &"), "A&lt;B 张三 &foo; &");
    }
}
