//! What can be seen of the store's files before SQLite has them.
//!
//! Why before: when a process closes any descriptor of a file, it loses all its POSIX locks on that file, also those
//! taken through other descriptors. A file that is opened and closed beside a live connection takes SQLite's locks
//! away without a word; the next program that closes the database then believes to be the last one and removes the
//! write-ahead log, and what is saved afterwards goes into a file that nobody finds again. So the store's files are
//! opened by nobody but SQLite while a connection of this process lives: what has to be read of them is read here,
//! and a story reads the kernel's list of locks after every way of opening.
//!
//! Flow: the replacement of a damaged file is finished → the files are looked at here → a connection is opened.
//!
//! Failure: a file that cannot be read is left to SQLite, which says why.

use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::Path;

use super::log::read_log;
use super::open::{mark_of, with_suffix};

/// How the files look from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    /// Nothing speaks against them.
    Sound,
    /// An earlier run met damage, or the file is shorter than its header says: to be checked through the connection.
    Suspect,
    /// SQLite must not have them: it would take them for an empty database and write over what is there.
    Damaged,
}

/// Looks at the store's files. No connection of this process may be open to them.
pub(super) fn look_at(path: &Path) -> Look {
    let length = length_of(path);
    let log = with_suffix(path, "-wal");
    if (1..512).contains(&length) || (length == 0 && length_of(&log) > 0) || is_log_broken(&log) {
        // A stump, a log whose file is gone, a log with a hole: SQLite would empty the first, remove the second, and
        // forget what stands behind the hole.
        Look::Damaged
    } else if mark_of(path).exists() || is_cut_short(path).unwrap_or(false) {
        Look::Suspect
    } else {
        Look::Sound
    }
}

/// Whether something that was committed stands behind something damaged.
fn is_log_broken(log: &Path) -> bool {
    std::fs::read(log).is_ok_and(|bytes| read_log(&bytes, None).is_some_and(|log| log.is_broken))
}

/// In bytes; 0 for a file that is not there.
fn length_of(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |file| file.len())
}

/// Page size stands at offset 16 (two bytes, 1 means 65,536), the number of pages at offset 28 (four bytes) of the
/// header (SQLite file format §1.3).
fn is_cut_short(path: &Path) -> std::io::Result<bool> {
    let mut file = std::fs::File::open(path)?;
    let length = file.seek(SeekFrom::End(0))?;
    if length == 0 {
        return Ok(false);
    }
    let mut header = [0; 32];
    file.seek(SeekFrom::Start(0))?;
    file.read_exact(&mut header)?;
    let page_bytes = match u16::from_be_bytes([header[16], header[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u64::from(u32::from_be_bytes([header[28], header[29], header[30], header[31]]));
    Ok(length < pages * page_bytes)
}
