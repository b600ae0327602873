//! Reading a write-ahead log without SQLite (SQLite file format §4): to notice that one is damaged in the middle, and
//! to find in it what SQLite would pass over.
//!
//! SQLite reads a log up to the first frame whose checksum is wrong and takes that for its end: right for a log whose
//! last transaction was under way when the power went, and a silent loss for one that was damaged in the middle. The
//! difference can be seen: checksums are a chain, so a frame that follows rightly from its neighbour *behind* the
//! break was written after it.
//!
//! Missing: damage in the very last transaction cannot be told from one that was under way.

/// Header of the log.
const HEADER_BYTES: usize = 32;
/// Header of a frame.
const FRAME_HEADER_BYTES: usize = 24;

/// One page as a transaction wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Frame<'a> {
    /// Which page, from 1; `None` when the frame's header is damaged.
    pub(super) page: Option<u32>,
    /// Its contents.
    pub(super) bytes: &'a [u8],
}

/// A log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Log<'a> {
    /// Size of a page.
    pub(super) page_bytes: usize,
    /// What was committed, in the order in which it was written; behind a break as far as frames can be told.
    pub(super) frames: Vec<Frame<'a>>,
    /// Whether something that was committed stands behind something damaged.
    pub(super) is_broken: bool,
}

/// Reads a log; `None` when there is not one whole frame. `page_bytes` is what the database says, if it can.
pub(super) fn read_log(bytes: &[u8], page_bytes: Option<usize>) -> Option<Log<'_>> {
    let header = bytes.get(..HEADER_BYTES)?;
    // The lowest bit of the magic number says in which order words are summed.
    let is_big_endian = header[3] & 1 == 1;
    let is_header_whole = matches!(be_u32(header, 0), 0x377f_0682 | 0x377f_0683)
        && sum([0, 0], &header[..24], is_big_endian) == read_sum(header, 24);
    let said = usize::try_from(be_u32(header, 8)).unwrap_or_default();
    let page_bytes = if is_header_whole { said } else { page_bytes.unwrap_or(said) };
    if !is_page_size(page_bytes) {
        return None;
    }
    let raw: Vec<&[u8]> = bytes[HEADER_BYTES..].chunks_exact(FRAME_HEADER_BYTES + page_bytes).collect();
    let salts = if is_header_whole { &header[16..24] } else { &raw.first()?[8..16] };
    let follows: Vec<bool> = (0..raw.len())
        .map(|n| {
            let before = match n.checked_sub(1) {
                Some(before) => read_sum(raw[before], 16),
                None => read_sum(header, 24),
            };
            let after = sum(sum(before, &raw[n][..8], is_big_endian), &raw[n][FRAME_HEADER_BYTES..], is_big_endian);
            raw[n][8..16] == *salts && after == read_sum(raw[n], 16)
        })
        .collect();
    let whole = if is_header_whole { follows.iter().take_while(|follows| **follows).count() } else { 0 };
    let is_commit = |n: &usize| follows[*n] && be_u32(raw[*n], 4) != 0;
    let end = (0..raw.len()).rev().find(is_commit).map_or(0, |last| last + 1);
    let frames = raw[..end].iter().map(|frame| Frame {
        page: (frame[8..16] == *salts).then(|| be_u32(frame, 0)).filter(|page| *page > 0),
        bytes: &frame[FRAME_HEADER_BYTES..],
    });
    Some(Log { page_bytes, frames: frames.collect(), is_broken: end > whole })
}

/// A power of two between 512 and 65,536.
pub(super) const fn is_page_size(bytes: usize) -> bool {
    bytes.is_power_of_two() && bytes >= 512 && bytes <= 65_536
}

fn be_u32(bytes: &[u8], at: usize) -> u32 {
    u32::from_be_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

fn read_sum(bytes: &[u8], at: usize) -> [u32; 2] {
    [be_u32(bytes, at), be_u32(bytes, at + 4)]
}

fn sum([mut a, mut b]: [u32; 2], bytes: &[u8], is_big_endian: bool) -> [u32; 2] {
    for pair in bytes.chunks_exact(8) {
        let word = |at: usize| {
            let bytes = [pair[at], pair[at + 1], pair[at + 2], pair[at + 3]];
            if is_big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) }
        };
        a = a.wrapping_add(word(0)).wrapping_add(b);
        b = b.wrapping_add(word(4)).wrapping_add(a);
    }
    [a, b]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::phone::Phone;

    /// The log of a phone that is running: several transactions.
    fn log_of_a_running_phone() -> Vec<u8> {
        let mut phone = Phone::with_file().restart();
        for room in ["101", "102", "103"] {
            phone.receive_home(room, &[("王秀兰", "19900000001")]);
        }
        std::fs::read(phone.file().with_file_name("store.sqlite-wal")).expect("a log")
    }

    #[test]
    fn a_log_is_read_as_sqlite_wrote_it() {
        let bytes = log_of_a_running_phone();
        let log = read_log(&bytes, None).expect("a log");
        assert!(!log.is_broken);
        assert_eq!(log.frames.len(), (bytes.len() - HEADER_BYTES) / (FRAME_HEADER_BYTES + log.page_bytes));
        assert!(log.frames.iter().all(|frame| frame.page.is_some()));
    }

    #[test]
    fn a_log_that_ends_in_the_middle_of_a_transaction_is_not_broken() {
        let bytes = log_of_a_running_phone();
        let whole = read_log(&bytes, None).expect("a log").frames.len();
        let cut = read_log(&bytes[..bytes.len() - 1_000], None).expect("a log");
        assert!(!cut.is_broken && cut.frames.len() < whole);
    }

    #[test]
    fn damage_before_the_last_transaction_is_noticed_wherever_it_is() {
        let bytes = log_of_a_running_phone();
        let log = read_log(&bytes, None).expect("a log");
        let frame_bytes = FRAME_HEADER_BYTES + log.page_bytes;
        for at in [0, 20, HEADER_BYTES + 9, HEADER_BYTES + 200, HEADER_BYTES + 2 * frame_bytes + 100] {
            let mut damaged = bytes.clone();
            damaged[at..at + 8].fill(0x5a);
            let found = read_log(&damaged, Some(log.page_bytes)).expect("a log");
            assert!(found.is_broken, "at {at}");
            assert_eq!(found.frames.len(), log.frames.len(), "at {at}: what stands behind it is found");
        }
    }
}
