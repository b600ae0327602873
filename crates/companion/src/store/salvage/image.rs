//! The pages of a damaged database with its log laid over it, every version of each.
//!
//! The files are read here as bytes, before any connection is opened to them: closing them again beside a connection
//! would drop its locks.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::btree::read_page;
use crate::store::log::{is_page_size, read_log};
use crate::store::open::with_suffix;

/// What a file of this kind begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";
/// A medium that gives an error gives it for a piece of this size.
const PIECE_BYTES: usize = 4_096;

/// The pages.
pub(super) struct Image {
    /// Size of a page.
    pub(super) page_bytes: usize,
    main: Vec<u8>,
    /// Versions in the log, oldest first.
    logged: BTreeMap<u32, Vec<Vec<u8>>>,
    /// Pages of the log of which nobody can say which they are.
    pub(super) strays: Vec<Vec<u8>>,
    /// Whether the log is damaged in the middle.
    pub(super) is_log_broken: bool,
}

impl Image {
    /// Reads the files at `path`. No connection of this process may be open to them.
    pub(super) fn read(path: &Path) -> Self {
        let main = read_file(path);
        let log_bytes = read_file(&with_suffix(path, "-wal"));
        let said = said_page_size(&main);
        let log = read_log(&log_bytes, said);
        let page_bytes = said.or(log.as_ref().map(|log| log.page_bytes)).unwrap_or_else(|| guess_page_size(&main));
        let mut image = Self { page_bytes, main, logged: BTreeMap::new(), strays: Vec::new(), is_log_broken: false };
        if let Some(log) = log.filter(|log| log.page_bytes == page_bytes) {
            image.is_log_broken = log.is_broken;
            for frame in log.frames {
                match frame.page {
                    Some(page) => image.logged.entry(page).or_default().push(frame.bytes.to_vec()),
                    None => image.strays.push(frame.bytes.to_vec()),
                }
            }
        }
        image
    }

    /// Highest number of a page.
    pub(super) fn last_page(&self) -> u32 {
        let in_file = u32::try_from(self.main.len().div_ceil(self.page_bytes)).unwrap_or(u32::MAX);
        let in_log = self.logged.last_key_value().map_or(0, |(page, _)| *page);
        // A damaged number in a frame must not make millions of pages out of nothing.
        let plausible = in_file.saturating_add(u32::try_from(self.logged.len()).unwrap_or(u32::MAX));
        in_file.max(in_log.min(plausible))
    }

    /// Whether there is a file, and not only its log.
    pub(super) fn has_file(&self) -> bool {
        !self.main.is_empty()
    }

    /// All pages together, in bytes.
    pub(super) fn total_bytes(&self) -> usize {
        usize::try_from(self.last_page()).unwrap_or(usize::MAX).saturating_mul(self.page_bytes)
    }

    /// Whether the file is long enough to have this page.
    pub(super) fn has_page(&self, page: u32) -> bool {
        page > 0 && page <= self.last_page()
    }

    /// The versions of a page, newest first.
    pub(super) fn versions(&self, page: u32) -> impl Iterator<Item = &[u8]> {
        let logged = self.logged.get(&page).into_iter().flatten().rev().map(Vec::as_slice);
        let start = usize::try_from(page).unwrap_or_default().saturating_sub(1).saturating_mul(self.page_bytes);
        logged.chain(self.main.get(start..start.saturating_add(self.page_bytes)))
    }

    /// The newest version of a page.
    pub(super) fn newest(&self, page: u32) -> Option<&[u8]> {
        self.versions(page).next()
    }

    /// Whether the file's header, in its newest version, is one.
    pub(super) fn has_header(&self) -> bool {
        self.newest(1).is_some_and(|page| page.starts_with(MAGIC))
    }
}

/// The whole file; pieces that the medium does not give are zero.
fn read_file(path: &Path) -> Vec<u8> {
    if let Ok(bytes) = std::fs::read(path) {
        return bytes;
    }
    let Ok(mut file) = File::open(path) else { return Vec::new() };
    let length = file.seek(SeekFrom::End(0)).ok().and_then(|length| usize::try_from(length).ok()).unwrap_or_default();
    let mut bytes = vec![0; length];
    for (n, piece) in bytes.chunks_mut(PIECE_BYTES).enumerate() {
        let is_there = file.seek(SeekFrom::Start((n * PIECE_BYTES) as u64)).is_ok();
        if !is_there || file.read_exact(piece).is_err() {
            piece.fill(0);
        }
    }
    bytes
}

/// The size of a page as the header says it.
fn said_page_size(main: &[u8]) -> Option<usize> {
    let header = main.get(..20)?;
    let size = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => usize::from(size),
    };
    (header.starts_with(MAGIC) && is_page_size(size)).then_some(size)
}

/// The size under which most of the file reads as pages: when neither the file nor a log can say it.
fn guess_page_size(main: &[u8]) -> usize {
    let covers = |page_bytes: usize| {
        let image = Image {
            page_bytes,
            main: main.to_vec(),
            logged: BTreeMap::new(),
            strays: Vec::new(),
            is_log_broken: false,
        };
        let is_sound = |page: &&[u8]| read_page(&image, page, false).is_some_and(|page| page.is_sound);
        main.chunks_exact(page_bytes).filter(is_sound).count() * page_bytes
    };
    // The first is what SQLite takes when nobody asks for another.
    [4_096, 512, 1_024, 2_048, 8_192, 16_384, 32_768, 65_536]
        .into_iter()
        .map(|size| (covers(size), size))
        .reduce(|best, next| if next.0 > best.0 { next } else { best })
        .map_or(4_096, |(_, size)| size)
}
