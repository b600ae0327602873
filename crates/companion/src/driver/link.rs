//! What is scanned or pasted at the first start: `gridcompanion://enrol?server=…&code=…`, or a bare code.

use contract::{CommandError, ErrorCode};

/// An enrolment as it was scanned or pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolLink {
    /// Base address of the server; `None` for a bare code.
    pub server: Option<String>,
    /// The code.
    pub code: String,
}

/// A text that is no enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// Nothing was given.
    #[error("the text is empty")]
    Empty,
    /// A link of another kind, e.g. of another app.
    #[error("the link is not one of this app")]
    OtherLink,
    /// The link names no server, or one that is no http(s) address.
    #[error("the link names no server")]
    Server,
    /// The link or text holds no code.
    #[error("there is no code")]
    Code,
}

impl From<LinkError> for CommandError {
    fn from(error: LinkError) -> Self {
        Self::new(ErrorCode::CodeUnreadable).in_field("text").with_detail(error.to_string())
    }
}

const PREFIX: &str = "gridcompanion://enrol";
/// Longest code that is looked at.
const CODE_LIMIT: usize = 64;

/// Reads what was scanned or pasted. White space around it, and full-width forms, are forgiven.
///
/// # Errors
/// When it is neither a link of this app nor a code.
pub fn read_link(text: &str) -> Result<EnrolLink, LinkError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(LinkError::Empty);
    }
    let Some(rest) = text.strip_prefix(PREFIX) else {
        return if text.contains("://") {
            Err(LinkError::OtherLink)
        } else {
            Ok(EnrolLink { server: None, code: read_code(text)? })
        };
    };
    let query = rest.trim_start_matches('/').strip_prefix('?').ok_or(LinkError::Server)?;
    let value_of = |key: &str| {
        query.split('&').find_map(|pair| pair.split_once('=').filter(|(k, _)| *k == key)).map(|(_, v)| decode_url(v))
    };
    let server = value_of("server").and_then(|server| read_server(&server)).ok_or(LinkError::Server)?;
    let code = read_code(&value_of("code").unwrap_or_default())?;
    Ok(EnrolLink { server: Some(server), code })
}

fn read_server(text: &str) -> Option<String> {
    let server = text.trim().trim_end_matches('/');
    let host = server.strip_prefix("https://").or_else(|| server.strip_prefix("http://"))?;
    let is_plain =
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_graphic() && b != b'@' && b != b'?' && b != b'#');
    is_plain.then(|| server.to_owned())
}

fn read_code(text: &str) -> Result<String, LinkError> {
    let code: String = text.chars().map(to_half_width).filter(|c| !c.is_whitespace()).collect();
    let is_code =
        (4..=CODE_LIMIT).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    if is_code { Ok(code.to_ascii_uppercase()) } else { Err(LinkError::Code) }
}

/// A Chinese keyboard's letters and digits as the plain ones.
fn to_half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// Percent-decoding (RFC 3986 §2.1); what is not an escape stays as it is.
fn decode_url(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let escape = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escape.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_scan_and_paste() {
        let link = |server: &str, code: &str| EnrolLink { server: Some(server.into()), code: code.into() };
        let bare = |code: &str| EnrolLink { server: None, code: code.into() };
        for (text, expected) in [
            (
                "gridcompanion://enrol?server=https%3A%2F%2Fgrid.example.cn%3A7800&code=7K2M-Q9XA-0DFP-3TRV",
                Ok(link("https://grid.example.cn:7800", "7K2M-Q9XA-0DFP-3TRV")),
            ),
            (
                " gridcompanion://enrol/?code=7k2m&server=http://127.0.0.1:7800/ \n",
                Ok(link("http://127.0.0.1:7800", "7K2M")),
            ),
            ("7k2m q9xa-0dfp-3trv", Ok(bare("7K2MQ9XA-0DFP-3TRV"))),
            ("７Ｋ２Ｍ－Ｑ９ＸＡ", Ok(bare("7K2M-Q9XA"))),
            ("", Err(LinkError::Empty)),
            ("https://example.cn/login", Err(LinkError::OtherLink)),
            ("gridcompanion://enrol", Err(LinkError::Server)),
            ("gridcompanion://enrol?code=7K2M", Err(LinkError::Server)),
            ("gridcompanion://enrol?server=ftp%3A%2F%2Fx&code=7K2M", Err(LinkError::Server)),
            ("gridcompanion://enrol?server=https%3A%2F%2Fa%40b&code=7K2M", Err(LinkError::Server)),
            ("gridcompanion://enrol?server=https%3A%2F%2Fgrid.example.cn", Err(LinkError::Code)),
            ("三栋一单元", Err(LinkError::Code)),
            ("%%%", Err(LinkError::Code)),
        ] {
            assert_eq!(read_link(text), expected, "{text:?}");
        }
    }
}
