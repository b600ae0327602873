//! The shape of a change's body, measured without expanding it.
//!
//! Why: the columns of a change are run-length coded, and a run of 2⁶⁰ rows takes ten bytes. Automerge expands runs
//! while parsing, so a change of fifty bytes could keep a server busy for years, and a run of one long path could fill
//! its memory. Here rows and the bytes of texts are counted, never made.
//! The layout is that of Automerge's storage format, change chunks: dependencies, actor, seq, first operation, time,
//! message, other actors, column list (specification and length), column bytes, footer.

use crate::error::InspectError;
use crate::inspect::{MAX_CHANGE_OPS, MAX_CHANGE_UNPACKED_BYTES};

/// Most rows of one column: every operation, each with a few predecessors.
const MAX_ROWS: u64 = 4 * MAX_CHANGE_OPS as u64;
/// Specification of the column of actions, one row per operation: id 4, type unsigned.
const ACTION_COLUMN: u64 = (4 << 4) | 2;

/// What was measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    /// Number of operations.
    pub(crate) ops: usize,
}

/// Walks the body of a change chunk.
pub(crate) fn measure_shape(mut body: &[u8]) -> Result<Shape, InspectError> {
    let input = &mut body;
    let dependencies = read_unsigned(input)?;
    take(input, dependencies.checked_mul(32).ok_or(CUT_SHORT)?)?;
    take_prefixed(input)?; // actor
    read_unsigned(input)?; // seq
    read_unsigned(input)?; // first operation
    read_signed(input)?; // time
    take_prefixed(input)?; // message
    for _ in 0..read_unsigned(input)? {
        take_prefixed(input)?; // other actor
    }
    let mut columns = Vec::new();
    for _ in 0..read_unsigned(input)? {
        columns.push((read_unsigned(input)?, read_unsigned(input)?));
    }
    let (mut ops, mut text_bytes) = (0, 0);
    for (specification, length) in columns {
        let rows = count_rows(specification, take(input, length)?, &mut text_bytes)?;
        if specification == ACTION_COLUMN {
            ops = rows;
        }
    }
    if !input.is_empty() {
        return Err(InspectError::Malformed("a footer that nobody writes"));
    }
    match usize::try_from(ops) {
        Ok(ops) if ops <= MAX_CHANGE_OPS => Ok(Shape { ops }),
        _ => Err(InspectError::TooManyOps),
    }
}

/// The value coding of a column, from the low three bits of its specification.
fn count_rows(specification: u64, mut column: &[u8], text_bytes: &mut u64) -> Result<u64, InspectError> {
    if specification & 8 != 0 {
        return Err(InspectError::Malformed("deflated column"));
    }
    let input = &mut column;
    match specification & 7 {
        0 => {
            let mut members = 0;
            let rows = count_runs(input, |input, run| {
                let size = read_unsigned(input)?;
                members = bounded(members, size.checked_mul(run))?;
                Ok(())
            })?;
            Ok(rows)
        }
        1 | 2 | 6 => count_runs(input, |input, _| read_unsigned(input).map(|_| ())),
        3 => count_runs(input, |input, _| read_signed(input).map(|_| ())),
        5 => count_runs(input, |input, run| {
            let length = take_prefixed(input)?;
            let more = length.checked_mul(run).and_then(|more| text_bytes.checked_add(more));
            *text_bytes = more.filter(|bytes| *bytes <= MAX_CHANGE_UNPACKED_BYTES).ok_or(InspectError::TooManyOps)?;
            Ok(())
        }),
        4 => {
            let mut rows = 0;
            while !input.is_empty() {
                rows = bounded(rows, Some(read_unsigned(input)?))?;
            }
            Ok(rows)
        }
        _ => Ok(0), // raw bytes of values; their lengths are rows of the column before
    }
}

/// Counts the rows of a run-length coded column; `value` reads one value that stands for so many rows.
fn count_runs(
    input: &mut &[u8],
    mut value: impl FnMut(&mut &[u8], u64) -> Result<(), InspectError>,
) -> Result<u64, InspectError> {
    let mut rows = 0;
    while !input.is_empty() {
        match read_signed(input)? {
            0 => rows = bounded(rows, Some(read_unsigned(input)?))?,
            run @ 1.. => {
                rows = bounded(rows, Some(run.unsigned_abs()))?;
                value(input, run.unsigned_abs())?;
            }
            literals => {
                rows = bounded(rows, Some(literals.unsigned_abs()))?;
                for _ in 0..literals.unsigned_abs() {
                    value(input, 1)?;
                }
            }
        }
    }
    Ok(rows)
}

fn bounded(rows: u64, more: Option<u64>) -> Result<u64, InspectError> {
    more.and_then(|more| rows.checked_add(more)).filter(|rows| *rows <= MAX_ROWS).ok_or(InspectError::TooManyOps)
}

const CUT_SHORT: InspectError = InspectError::Malformed("cut short");

fn take<'a>(input: &mut &'a [u8], length: u64) -> Result<&'a [u8], InspectError> {
    let length = usize::try_from(length).map_err(|_| CUT_SHORT)?;
    let (taken, rest) = input.split_at_checked(length).ok_or(CUT_SHORT)?;
    *input = rest;
    Ok(taken)
}

/// Passes over bytes that their length precedes; answers the length.
fn take_prefixed(input: &mut &[u8]) -> Result<u64, InspectError> {
    let length = read_unsigned(input)?;
    take(input, length).map(|_| length)
}

/// Reads an unsigned LEB128 number in its shortest form.
pub(crate) fn read_unsigned(input: &mut &[u8]) -> Result<u64, InspectError> {
    let mut number = 0_u64;
    for shift in (0..64).step_by(7) {
        let byte = take(input, 1)?[0];
        let bits = u64::from(byte & 0x7f);
        if bits << shift >> shift != bits {
            break;
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            if byte == 0 && shift > 0 {
                break;
            }
            return Ok(number);
        }
    }
    Err(InspectError::Malformed("a number that is too long"))
}

/// Reads a signed LEB128 number.
fn read_signed(input: &mut &[u8]) -> Result<i64, InspectError> {
    let mut number = 0_i64;
    for shift in (0..64).step_by(7) {
        let byte = take(input, 1)?[0];
        number |= i64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            if shift + 7 < 64 && byte & 0x40 != 0 {
                number |= -1_i64 << (shift + 7);
            }
            return Ok(number);
        }
    }
    Err(InspectError::Malformed("a number that is too long"))
}
