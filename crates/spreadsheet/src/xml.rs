//! XML pulled token by token: names without prefixes, entities resolved, damage noticed.
//!
//! No entity but the five of XML and character numbers is resolved, so that a small file cannot grow by itself.

use std::borrow::Cow;
use std::io::BufRead;

use quick_xml::XmlVersion;
use quick_xml::encoding::DecodingReader;
use quick_xml::escape::resolve_xml_entity;
use quick_xml::events::{BytesEnd, BytesStart, Event};

use crate::open::Unread;

/// One step through an XML text.
pub(crate) enum Token<'a> {
    /// An element begins; an empty one is followed by its [`Token::End`].
    Start(Tag<'a>),
    /// An element ends.
    End(EndTag<'a>),
    /// A piece of text; one text may come in several.
    Text(Cow<'a, str>),
}

/// The beginning of an element.
pub(crate) struct Tag<'a>(BytesStart<'a>);

impl Tag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, asked for without its prefix.
    pub(crate) fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.0
            .attributes()
            .with_checks(false)
            .flatten()
            .find(|attribute| attribute.key.local_name().into_inner() == name)
            .and_then(|attribute| attribute.normalized_value(XmlVersion::Implicit1_0).ok())
    }

    /// An attribute that is a number.
    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Option<N> {
        self.get(name)?.trim().parse().ok()
    }

    /// Whether an attribute says yes.
    pub(crate) fn says_yes(&self, name: &str) -> bool {
        self.get(name).is_some_and(|value| is_yes(&value))
    }
}

/// Whether a value of an XML Schema boolean says yes.
pub(crate) fn is_yes(value: &str) -> bool {
    matches!(value.trim(), "1" | "true" | "on")
}

/// The end of an element.
pub(crate) struct EndTag<'a>(BytesEnd<'a>);

impl EndTag<'_> {
    /// Its name without prefix.
    pub(crate) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// Pulls tokens from XML bytes.
pub(crate) struct XmlPull<R> {
    reader: quick_xml::Reader<DecodingReader<R>>,
    buffer: Vec<u8>,
    depth: usize,
}

impl<R: BufRead> XmlPull<R> {
    /// Over bytes in the encoding that they declare.
    pub(crate) fn new(bytes: R) -> Self {
        let mut reader = quick_xml::Reader::from_reader(DecodingReader::new(bytes));
        reader.config_mut().expand_empty_elements = true;
        Self { reader, buffer: Vec::new(), depth: 0 }
    }

    /// The next token; `None` at the end of a whole document.
    ///
    /// # Errors
    /// When the XML is damaged or ends before its root element does.
    pub(crate) fn next(&mut self) -> Result<Option<Token<'_>>, Unread> {
        self.buffer.clear();
        match self.reader.read_event_into(&mut self.buffer).map_err(|error| of_xml(&error))? {
            Event::Start(tag) => {
                self.depth += 1;
                Ok(Some(Token::Start(Tag(tag))))
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(Some(Token::End(EndTag(tag))))
            }
            Event::Text(text) => Ok(Some(Token::Text(text.xml10_content()))),
            Event::CData(text) => Ok(Some(Token::Text(text.xml10_content()))),
            Event::GeneralRef(name) => {
                let text = match name.resolve_char_ref() {
                    Ok(Some(c)) => c.to_string(),
                    _ => resolve_xml_entity(&name.xml10_content()).unwrap_or_default().to_owned(),
                };
                Ok(Some(Token::Text(Cow::Owned(text))))
            }
            Event::Eof if self.depth > 0 => Err(Unread::Damaged("文件内容不完整，请重新保存或重新传送".to_owned())),
            Event::Eof => Ok(None),
            _ => Ok(Some(Token::Text(Cow::Borrowed("")))),
        }
    }
}

fn of_xml(error: &quick_xml::Error) -> Unread {
    if let quick_xml::Error::Io(io) = error
        && io.get_ref().is_some_and(|inner| inner.is::<PartTooLarge>())
    {
        return Unread::TooLarge("解压后的内容过大");
    }
    // The words of the XML reader may hold text of the file.
    Unread::Damaged("XML 内容有误".to_owned())
}

/// A part of a zip file that is larger than it may be.
#[derive(Debug, thiserror::Error)]
#[error("part of a zip file too large")]
pub(crate) struct PartTooLarge;
