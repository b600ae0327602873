//! Bytes of a text file as text: UTF-8, UTF-16 or GB18030, whatever is said about them and however they were pasted
//! together.
//!
//! Why. A UTF-8 file with one broken byte, read as GB18030, is a list of names that nobody bears. So the encoding with
//! the lesser damage wins, and where a file was made of several (`copy a.csv+b.csv`) every line decides for itself.

use std::borrow::Cow;

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

/// How much of a file decides whether it is UTF-16.
const SAMPLE_BYTES: usize = 4096;

/// The text, and whether characters were lost on the way. `declared` is what the file says of itself.
pub(crate) fn decode<'b>(bytes: &'b [u8], declared: Option<&'static Encoding>) -> (Cow<'b, str>, bool) {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        if encoding != UTF_8 {
            let (text, damaged) = encoding.decode_without_bom_handling(&bytes[length..]);
            return (text, damaged);
        }
        return without_marks(choose(trim_end(&bytes[length..])));
    }
    if let Some(encoding) = find_utf16(bytes) {
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        return without_marks((text, damaged));
    }
    let bytes = trim_end(bytes);
    if let Some(encoding) = declared.filter(|encoding| *encoding != UTF_8 && encoding.is_ascii_compatible()) {
        // GB2312 and GBK are read as what contains them; a page that says so and is UTF-8 is UTF-8.
        let (text, damaged) = encoding.decode_without_bom_handling(bytes);
        if !damaged && std::str::from_utf8(bytes).is_err() {
            return without_marks((text, false));
        }
    }
    without_marks(choose(bytes))
}

/// Disks and old programs fill up the end with zeros or Ctrl-Z.
fn trim_end(bytes: &[u8]) -> &[u8] {
    let kept = bytes.iter().rposition(|b| !matches!(b, 0 | 0x1a)).map_or(0, |at| at + 1);
    &bytes[..kept]
}

/// Byte order marks in the middle come from files that were joined.
fn without_marks((text, damaged): (Cow<'_, str>, bool)) -> (Cow<'_, str>, bool) {
    match text.contains('\u{feff}') {
        true => (Cow::Owned(text.replace('\u{feff}', "")), damaged),
        false => (text, damaged),
    }
}

fn choose(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return (Cow::Borrowed(text), false);
    }
    if !is_rather_utf8(bytes) {
        let (text, damaged) = GB18030.decode_without_bom_handling(bytes);
        if !damaged && !bytes.split(|b| *b == b'\n').any(|line| is_utf8_beyond_ascii(line)) {
            return (text, false);
        }
    }
    let mut text = String::with_capacity(bytes.len());
    let mut damaged = false;
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        let (line, line_damaged) = match is_rather_utf8(line) {
            true => UTF_8.decode_without_bom_handling(line),
            false => GB18030.decode_without_bom_handling(line),
        };
        text.push_str(&line);
        damaged |= line_damaged;
    }
    (Cow::Owned(text), damaged)
}

/// Whether a line holds so many characters of UTF-8 that it cannot be another encoding by chance.
fn is_utf8_beyond_ascii(line: &[u8]) -> bool {
    std::str::from_utf8(line).is_ok_and(|text| text.chars().filter(|c| !c.is_ascii()).count() >= 4)
}

/// Whether the whole characters of UTF-8 by far outweigh what is broken.
fn is_rather_utf8(bytes: &[u8]) -> bool {
    let (mut whole, mut broken) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
    }
    broken * 4 <= whole
}

/// UTF-16 without a mark: the high bytes of line ends, separators and digits are zeros, all on the same side.
fn find_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    if bytes.len() < 4 || !bytes.len().is_multiple_of(2) {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let zeros = |side: usize| sample.iter().skip(side).step_by(2).filter(|b| **b == 0).count();
    let encoding = match (zeros(0), zeros(1)) {
        (0, low) if low >= 2 => UTF_16LE,
        (high, 0) if high >= 2 => UTF_16BE,
        _ => return None,
    };
    let (text, damaged) = encoding.decode_without_bom_handling(sample);
    let is_text = !damaged && text.contains(['\n', '\r']) && !text.contains('\0');
    is_text.then_some(encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "姓名,房号\n张三丰,101\n李四光,102\n";

    #[test]
    fn every_encoding_of_an_office_reads_the_same() {
        let utf16 = |swap: bool| -> Vec<u8> {
            let units = LIST.encode_utf16();
            if swap { units.flat_map(u16::to_be_bytes).collect() } else { units.flat_map(u16::to_le_bytes).collect() }
        };
        for bytes in [LIST.as_bytes().to_vec(), GB18030.encode(LIST).0.into_owned(), utf16(false), utf16(true)] {
            assert_eq!(decode(&bytes, None), (Cow::Borrowed(LIST), false));
        }
        let filled: Vec<u8> = LIST.bytes().chain([0x1a, 0, 0, 0]).collect();
        assert_eq!(decode(&filled, None).0, LIST);
    }

    #[test]
    fn one_broken_byte_is_no_other_encoding() {
        for at in 0..LIST.len() {
            let mut bytes = LIST.as_bytes().to_vec();
            bytes[at] = 0xff;
            let (text, damaged) = decode(&bytes, None);
            assert!(damaged && text.contains('\u{fffd}'), "{at}: {text}");
            assert!(text.contains("三丰") || text.contains("四光"), "{at}: {text}");
        }
    }

    #[test]
    fn files_that_were_joined_keep_each_its_encoding() {
        let mut bytes = format!("\u{feff}{LIST}").into_bytes();
        bytes.extend_from_slice(&GB18030.encode("王五行,103\n").0);
        bytes.extend_from_slice(format!("\u{feff}{LIST}").as_bytes());
        assert_eq!(decode(&bytes, None), (Cow::Owned(format!("{LIST}王五行,103\n{LIST}")), false));
    }

    #[test]
    fn a_page_that_names_its_encoding_wrongly_is_read_by_what_it_holds() {
        assert_eq!(decode(LIST.as_bytes(), Encoding::for_label(b"gb2312")).0, LIST);
        assert_eq!(decode(&GB18030.encode(LIST).0, Encoding::for_label(b"utf-8")).0, LIST);
    }
}
