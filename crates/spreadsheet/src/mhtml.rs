//! Web archives (`.mht`), which spreadsheet programs save and old systems name `.xls`: the pages in them are read.
//!
//! Flow: headers name the boundary → parts → those that are HTML, their transfer encoding undone → [`html`](crate::html).
//! Missing: archives inside archives, and the names of sheets, which stand in a page of frames.

use crate::open::Unread;
use crate::{Sheet, html};

const NO_PAGE: Unread = Unread::NoTable("是网页归档文件，里面没有找到表格；请用表格软件打开后另存为 XLSX");

/// Whether a file begins as a web archive does.
pub(crate) fn is_archive(bytes: &[u8]) -> bool {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_ascii_lowercase();
    head.contains("mime-version:") && head.contains("multipart/") && head.contains("boundary=")
}

/// Reads the tables of all pages, a sheet for each.
pub(crate) fn open(bytes: &[u8]) -> Result<Vec<Sheet>, Unread> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).into_owned();
    let at = head.to_ascii_lowercase().find("boundary=").ok_or(NO_PAGE)? + "boundary=".len();
    let named = head[at..].trim_start_matches('"');
    let end = named.find(['"', ';', '\r', '\n']).unwrap_or(named.len());
    let boundary = format!("--{}", named[..end].trim());
    if boundary.len() < 3 {
        return Err(NO_PAGE);
    }
    let mut sheets = Vec::new();
    for part in split(bytes, boundary.as_bytes()).into_iter().skip(1) {
        let (headers, body) = split_headers(part);
        if !headers.contains("text/html") {
            continue;
        }
        let page = match encoding_of(&headers) {
            "base64" => undo_base64(body),
            "quoted-printable" => undo_quoted_printable(body),
            _ => body.to_vec(),
        };
        match html::open(&page) {
            Ok(found) => sheets.extend(found),
            // A page of frames; the pages with the tables are parts of their own.
            Err(Unread::NoTable(_)) => {}
            Err(other) => return Err(other),
        }
    }
    if sheets.is_empty() { Err(NO_PAGE) } else { Ok(sheets) }
}

fn split<'b>(bytes: &'b [u8], boundary: &[u8]) -> Vec<&'b [u8]> {
    let mut parts = Vec::new();
    let mut start = 0;
    for line_start in
        std::iter::once(0).chain(bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at + 1))
    {
        if bytes[line_start..].starts_with(boundary) {
            parts.push(&bytes[start..line_start]);
            start = line_start + boundary.len();
        }
    }
    parts.push(&bytes[start..]);
    parts
}

/// Headers in small letters, and what follows the first empty line.
fn split_headers(part: &[u8]) -> (String, &[u8]) {
    let part = part.strip_prefix(b"\r\n").or_else(|| part.strip_prefix(b"\n")).unwrap_or(part);
    let ends: [&[u8]; 2] = [b"\r\n\r\n", b"\n\n"];
    let end = ends
        .iter()
        .filter_map(|end| part.windows(end.len()).position(|window| window == *end).map(|at| (at, end.len())))
        .min();
    let (at, length) = end.unwrap_or((0, 0));
    (String::from_utf8_lossy(&part[..at]).to_ascii_lowercase(), &part[at + length..])
}

fn encoding_of(headers: &str) -> &str {
    headers
        .split("content-transfer-encoding:")
        .nth(1)
        .and_then(|rest| rest.split_whitespace().next())
        .unwrap_or_default()
}

fn undo_base64(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in body {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    out
}

fn undo_quoted_printable(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut rest = body;
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'=' {
            out.push(*byte);
            continue;
        }
        let hex = after.get(..2).and_then(|hex| std::str::from_utf8(hex).ok());
        if let Some(value) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            out.push(value);
            rest = &after[2..];
        } else if let Some(next) = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n")) {
            rest = next;
        } else {
            out.push(b'=');
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use crate::{TableFile, open};

    #[test]
    fn the_pages_of_an_archive_are_read() {
        let head = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"----=_Next\"\r\n\r\n";
        let part = |encoding: &str, body: &str| {
            format!(
                "------=_Next\r\nContent-Type: text/html; charset=\"utf-8\"\r\n\
                 Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
            )
        };
        let archive = format!(
            "{head}{}{}{}------=_Next--\r\n",
            part("8bit", "<html><frameset></frameset></html>"),
            part("quoted-printable", "<table><tr><td class=3Dx>=E7=94=B2=\r\n=E4=B8=80</td></tr></table>"),
            part("base64", "PHRhYmxlPjx0cj48dGQ+5LmZ5LiAPC90ZD48L3RyPjwvdGFibGU+"),
        );
        let sheets = open(&TableFile { name: "导出.xls", bytes: archive.as_bytes() }).unwrap();
        let texts: Vec<_> = sheets.iter().map(|sheet| sheet.rows[0].cells[0].text.as_str()).collect();
        assert_eq!(texts, ["甲一", "乙一"]);
    }
}
