//! What the styles of cells mean for what is seen: number format and strike-out.

use std::collections::HashMap;
use std::io::BufRead;
use std::rc::Rc;

use crate::format::NumberFormat;
use crate::open::Unread;
use crate::xml::{Tag, Token, XmlPull, is_yes};

/// The programs stop at 65 490 styles.
const STYLE_LIMIT: usize = 100_000;

/// A style of cells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Style {
    /// `None` shows values as they are.
    pub(crate) format: Option<Rc<NumberFormat>>,
    pub(crate) is_struck: bool,
}

/// The styles that cells name by their place.
pub(crate) fn read(part: impl BufRead) -> Result<Vec<Style>, Unread> {
    let mut xml = XmlPull::new(part);
    let mut codes: HashMap<u32, String> = HashMap::new();
    let mut formats: HashMap<u32, Option<Rc<NumberFormat>>> = HashMap::new();
    let mut struck_fonts: Vec<bool> = Vec::new();
    let mut styles = Vec::new();
    // Fonts also stand in differential styles, and formats (`xf`) also in named styles: only these lists count.
    let mut list = "";
    while let Some(token) = xml.next()? {
        match token {
            Token::Start(tag) => match (list, tag.name()) {
                ("", "numFmts") => list = "numFmts",
                ("", "fonts") => list = "fonts",
                ("", "cellXfs") => list = "cellXfs",
                ("", "dxfs") => list = "dxfs",
                ("numFmts", "numFmt") => {
                    if let Some(id) = tag.number("numFmtId") {
                        codes.insert(id, tag.get("formatCode").unwrap_or_default().into_owned());
                    }
                }
                ("fonts", "font") => struck_fonts.push(false),
                ("fonts", "strike") => {
                    if let Some(last) = struck_fonts.last_mut() {
                        *last = tag.get("val").is_none_or(|value| is_yes(&value));
                    }
                }
                ("cellXfs", "xf") => {
                    let id = number(&tag, "numFmtId");
                    let format = formats.entry(id).or_insert_with(|| {
                        let own = codes.get(&id).map(|code| NumberFormat::parse(code));
                        own.or_else(|| NumberFormat::builtin(id)).map(Rc::new)
                    });
                    let font = number(&tag, "fontId") as usize;
                    let is_struck = struck_fonts.get(font).copied().unwrap_or_default();
                    styles.push(Style { format: format.clone(), is_struck });
                }
                _ => {}
            },
            Token::End(tag) if tag.name() == list => list = "",
            _ => {}
        }
        if styles.len() > STYLE_LIMIT || struck_fonts.len() > STYLE_LIMIT || codes.len() > STYLE_LIMIT {
            return Err(Unread::TooLarge("单元格格式过多"));
        }
    }
    Ok(styles)
}

fn number(tag: &Tag<'_>, name: &str) -> u32 {
    tag.number(name).unwrap_or_default()
}
