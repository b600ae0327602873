//! The shape of a MessagePack value, looked at before it is read.
//!
//! Why: a reader that recurses ends the process on a value nested deep enough, and a list claims more memory than its
//! bytes take. A few bytes under compression unpack to either. So the bytes are walked once, without recursion and
//! without allocation, and only what keeps within [`StructureLimits`] is given to serde.
//!
//! Flow: each value is a marker with a payload, or a container with so many values inside. A fixed array holds how
//! many values are still to come on each level; a container opens a level, a level that is used up closes.
//!
//! Failure: a value that is cut, nests too deep, holds too many elements or is followed by anything else is a
//! [`StructureError`]. What a well-formed value means is the reader's business.

/// Deepest nesting a reader may be asked for. The deepest message (heads of an audit, a snapshot in a page) has seven
/// levels; the rest is room for what is added.
pub const DEPTH_LIMIT: usize = 32;

/// How much structure a value may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StructureLimits {
    /// Deepest nesting of arrays and maps, at most [`DEPTH_LIMIT`].
    pub depth: usize,
    /// Most values of any sort: containers, keys and leaves each count.
    pub elements: usize,
}

/// Why bytes are not looked at further.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StructureError {
    /// Ends in the middle of a value, or claims more elements than bytes follow.
    #[error("the value is cut off")]
    Cut,
    /// A byte that begins no value.
    #[error("a byte that begins no value")]
    Marker,
    /// Arrays and maps nest deeper than allowed.
    #[error("nested deeper than {0} levels")]
    TooDeep(usize),
    /// More values than allowed.
    #[error("more than {0} elements")]
    TooMany(usize),
    /// Something follows the value.
    #[error("bytes follow the value")]
    Trailing,
}

/// Walks one MessagePack value and answers how many elements it has.
///
/// # Errors
/// When the bytes are not exactly one value within the limits.
pub fn check_structure(bytes: &[u8], limits: StructureLimits) -> Result<usize, StructureError> {
    let depth_limit = limits.depth.min(DEPTH_LIMIT);
    // Values still to come: of the whole in the first place, then of each open container.
    let mut open = [0_u64; DEPTH_LIMIT + 1];
    open[0] = 1;
    let mut depth = 0;
    let mut elements = 0_usize;
    let mut rest = bytes;
    loop {
        while open[depth] == 0 {
            if depth == 0 {
                return if rest.is_empty() { Ok(elements) } else { Err(StructureError::Trailing) };
            }
            depth -= 1;
        }
        open[depth] -= 1;
        elements += 1;
        if elements > limits.elements {
            return Err(StructureError::TooMany(limits.elements));
        }
        match read_marker(&mut rest)? {
            Value::Leaf { payload_bytes } => {
                rest = rest.get(payload_bytes..).ok_or(StructureError::Cut)?;
            }
            Value::Container { values } => {
                // Each value takes a byte at least: a claim beyond that is seen before it is believed.
                if usize::try_from(values).map_or(true, |values| values > rest.len()) {
                    return Err(StructureError::Cut);
                }
                if depth == depth_limit {
                    return Err(StructureError::TooDeep(depth_limit));
                }
                depth += 1;
                open[depth] = values;
            }
        }
    }
}

/// What a marker announces.
enum Value {
    Leaf { payload_bytes: usize },
    Container { values: u64 },
}

fn read_marker(rest: &mut &[u8]) -> Result<Value, StructureError> {
    let leaf = |payload_bytes| Ok(Value::Leaf { payload_bytes });
    let array = |values| Ok(Value::Container { values });
    let map = |entries: u64| Ok(Value::Container { values: entries * 2 });
    match read_number(rest, 1)? {
        0x00..=0x7f | 0xe0..=0xff | 0xc0 | 0xc2 | 0xc3 => leaf(0),
        marker @ 0x80..=0x8f => map(marker & 0x0f),
        marker @ 0x90..=0x9f => array(marker & 0x0f),
        marker @ 0xa0..=0xbf => leaf(to_size(marker & 0x1f)),
        0xcc | 0xd0 => leaf(1),
        0xcd | 0xd1 => leaf(2),
        0xca | 0xce | 0xd2 => leaf(4),
        0xcb | 0xcf | 0xd3 => leaf(8),
        // Text and bytes, by the width of their length.
        0xc4 | 0xd9 => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 1)?) }),
        0xc5 | 0xda => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 2)?) }),
        0xc6 | 0xdb => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 4)?) }),
        0xdc => array(read_number(rest, 2)?),
        0xdd => array(read_number(rest, 4)?),
        0xde => map(read_number(rest, 2)?),
        0xdf => map(read_number(rest, 4)?),
        // Extensions (a type byte before the payload): no message has one, a newer one may.
        marker @ 0xd4..=0xd8 => leaf(1 + (1 << (marker - 0xd4))),
        0xc7 => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 1)?).saturating_add(1) }),
        0xc8 => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 2)?).saturating_add(1) }),
        0xc9 => Ok(Value::Leaf { payload_bytes: to_size(read_number(rest, 4)?).saturating_add(1) }),
        _ => Err(StructureError::Marker),
    }
}

/// A big-endian number of so many bytes.
fn read_number(rest: &mut &[u8], width: usize) -> Result<u64, StructureError> {
    let (number, after) = rest.split_at_checked(width).ok_or(StructureError::Cut)?;
    *rest = after;
    Ok(number.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte)))
}

/// At most 32 bits; where an address has fewer, nothing that long can follow.
fn to_size(length: u64) -> usize {
    usize::try_from(length).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use serde::de::IgnoredAny;

    use super::*;

    const LIMITS: StructureLimits = StructureLimits { depth: 8, elements: 50 };

    fn check(bytes: &[u8]) -> Result<usize, StructureError> {
        check_structure(bytes, LIMITS)
    }

    #[test]
    fn every_sort_of_value_is_walked_to_its_end() {
        let mut text = vec![0xd9, 3];
        text.extend(b"abc");
        let mut bin = vec![0xc6, 0, 0, 0, 2];
        bin.extend([1, 2]);
        for (bytes, elements) in [
            (&[0x05][..], 1),
            (&[0xff], 1),
            (&[0xc0], 1),
            (&[0xcf, 1, 2, 3, 4, 5, 6, 7, 8], 1),
            (&[0xa2, b'h', b'i'], 1),
            (&text, 1),
            (&bin, 1),
            (&[0xd5, 7, 1, 2], 1),
            (&[0xc7, 2, 7, 1, 2], 1),
            (&[0x90], 1),
            (&[0x93, 1, 0x91, 2, 3], 5),
            (&[0x82, 1, 0x80, 2, 0x92, 3, 4], 7),
            (&[0xdc, 0, 2, 1, 2], 3),
            (&[0xdf, 0, 0, 0, 1, 1, 2], 3),
        ] {
            assert_eq!(check(bytes), Ok(elements), "{bytes:02x?}");
            for cut in 0..bytes.len() {
                assert_eq!(check(&bytes[..cut]), Err(StructureError::Cut), "{bytes:02x?} cut at {cut}");
            }
            let longer = [bytes, &[0xc0]].concat();
            assert_eq!(check(&longer), Err(StructureError::Trailing), "{bytes:02x?}");
        }
    }

    #[test]
    fn limits_hold_to_the_element_and_to_the_level() {
        let nested = |levels: usize| [vec![0x91; levels], vec![0xc0]].concat();
        assert_eq!(check(&nested(LIMITS.depth)), Ok(LIMITS.depth + 1));
        assert_eq!(check(&nested(LIMITS.depth + 1)), Err(StructureError::TooDeep(LIMITS.depth)));
        let generous = StructureLimits { depth: usize::MAX, elements: usize::MAX };
        assert_eq!(check_structure(&nested(DEPTH_LIMIT + 1), generous), Err(StructureError::TooDeep(DEPTH_LIMIT)));
        let list = |count: u16| [&[0xdc][..], &count.to_be_bytes(), &vec![0xc0; usize::from(count)]].concat();
        assert_eq!(check(&list(49)), Ok(50));
        assert_eq!(check(&list(50)), Err(StructureError::TooMany(50)));
    }

    #[test]
    fn a_claim_is_not_believed() {
        assert_eq!(check(&[0xdd, 0xff, 0xff, 0xff, 0xff, 0xc0]), Err(StructureError::Cut));
        assert_eq!(check(&[0xdf, 0xff, 0xff, 0xff, 0xff, 0xc0]), Err(StructureError::Cut));
        assert_eq!(check(&[0xc6, 0xff, 0xff, 0xff, 0xff, 0xc0]), Err(StructureError::Cut));
        assert_eq!(check(&[0xc1]), Err(StructureError::Marker));
        assert_eq!(check(&[]), Err(StructureError::Cut));
    }

    /// A random value, with its count of elements; `budget` bounds it.
    fn write_value(random: &mut impl FnMut(u64) -> u64, depth: usize, budget: &mut usize, out: &mut Vec<u8>) -> usize {
        *budget = budget.saturating_sub(1);
        if depth > 0 && *budget > 0 && random(3) == 0 {
            let count = random(5).min(*budget as u64 / 2);
            let is_map = random(2) == 0;
            match (is_map, random(2)) {
                (true, 0) => out.push(0x80 | count as u8),
                (true, _) => out.extend([0xdf, 0, 0, 0, count as u8]),
                (false, 0) => out.push(0x90 | count as u8),
                (false, _) => out.extend([0xdc, 0, count as u8]),
            }
            let values = count * (1 + u64::from(is_map));
            return 1 + (0..values).map(|_| write_value(random, depth - 1, budget, out)).sum::<usize>();
        }
        let length = random(20) as usize;
        match random(5) {
            0 => out.push(0xc0),
            1 => out.push(random(128) as u8),
            2 => out.extend([&[0xcf][..], &random(u64::MAX).to_be_bytes()].concat()),
            3 => out.extend([vec![0xa0 | length as u8], vec![b'x'; length]].concat()),
            _ => out.extend([vec![0xc4, length as u8], vec![0xff; length]].concat()),
        }
        1
    }

    /// xorshift64*; `GRID_SEED` repeats a run.
    fn dice(seed: u64) -> impl FnMut(u64) -> u64 {
        let mut state = seed | 1;
        move |below| {
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            state.wrapping_mul(0x2545_f491_4f6c_dd1d) % below.max(1)
        }
    }

    #[test]
    fn what_passes_is_read_to_the_same_end_by_serde_and_mutations_never_get_further() {
        let seed = std::env::var("GRID_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(|| {
            let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            since.map_or(1, |since| since.as_nanos() as u64)
        });
        println!("GRID_SEED={seed}");
        let mut random = dice(seed);
        let limits = StructureLimits { depth: DEPTH_LIMIT, elements: 2_000 };
        for _ in 0..2_000 {
            let (mut bytes, mut budget) = (Vec::new(), 500);
            let elements = write_value(&mut random, 12, &mut budget, &mut bytes);
            assert_eq!(check_structure(&bytes, limits), Ok(elements), "{bytes:02x?}");
            rmp_serde::from_slice::<IgnoredAny>(&bytes).expect("serde reads what passes");
            for _ in 0..1 + random(8) {
                let place = random(bytes.len() as u64) as usize;
                match random(3) {
                    0 => bytes[place] = random(256) as u8,
                    1 => bytes.insert(place, random(256) as u8),
                    _ if bytes.len() > 1 => _ = bytes.remove(place),
                    _ => {}
                }
            }
            let mut reader = rmp_serde::Deserializer::new(std::io::Cursor::new(&bytes));
            let is_read = <IgnoredAny as serde::Deserialize>::deserialize(&mut reader).is_ok();
            let is_whole = is_read && reader.position() == bytes.len() as u64;
            assert_eq!(check_structure(&bytes, limits).is_ok(), is_whole, "{bytes:02x?}");
        }
    }
}
