//! The parts of a zip file, each opened within a limit of what it may become when it is inflated.

use std::collections::HashMap;
use std::io::{BufReader, Cursor, Read};

use zip::ZipArchive;
use zip::read::ZipFile;

use crate::open::Unread;
use crate::xml::PartTooLarge;

/// Half a million rows of thirty cells are some 600 MB of XML; it is read as a stream, never held.
const PART_LIMIT_BYTES: u64 = 1024 * 1024 * 1024;
/// More parts than any workbook has.
const PART_LIMIT: usize = 20_000;

/// An opened zip file.
pub(crate) struct Parts<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Where a part is, by its name in small letters: writers differ in case and slashes.
    places: HashMap<String, usize>,
}

/// A part as a stream of bytes.
pub(crate) type Part<'z, 'a> = BufReader<Limited<ZipFile<'z, Cursor<&'a [u8]>>>>;

impl<'a> Parts<'a> {
    /// Reads the directory at the end of the file.
    pub(crate) fn new(bytes: &'a [u8]) -> Result<Self, Unread> {
        let zip = ZipArchive::new(Cursor::new(bytes))
            .map_err(|_| Unread::Damaged("文件内容不完整，请重新保存或重新传送".to_owned()))?;
        if zip.len() > PART_LIMIT {
            return Err(Unread::TooLarge("压缩包内文件过多"));
        }
        let names = zip.file_names().map(|name| name.map(|name| plain_name(&name)).unwrap_or_default());
        let places = names.enumerate().map(|(at, name)| (name, at)).collect();
        Ok(Self { zip, places })
    }

    /// Whether a part is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.places.contains_key(&plain_name(name))
    }

    /// The names of all parts, in small letters.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.places.keys().map(String::as_str)
    }

    /// Opens a part; `None` if there is none of that name.
    pub(crate) fn open(&mut self, name: &str) -> Result<Option<Part<'_, 'a>>, Unread> {
        let Some(at) = self.places.get(&plain_name(name)) else { return Ok(None) };
        let part = self.zip.by_index(*at).map_err(|error| match error {
            zip::result::ZipError::UnsupportedArchive(why) if why.contains("assword") => Unread::Encrypted,
            _ => Unread::Damaged("文件内容不完整，请重新保存或重新传送".to_owned()),
        })?;
        if part.size() > PART_LIMIT_BYTES {
            return Err(Unread::TooLarge("解压后的内容过大"));
        }
        Ok(Some(BufReader::with_capacity(64 * 1024, Limited { inner: part, left: PART_LIMIT_BYTES })))
    }
}

fn plain_name(name: &str) -> String {
    name.replace('\\', "/").trim_start_matches('/').to_ascii_lowercase()
}

/// A reader that fails, rather than ends, where the limit is passed: the size that a zip file claims may be a lie.
pub(crate) struct Limited<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| std::io::Error::other(PartTooLarge))?;
        Ok(read)
    }
}
