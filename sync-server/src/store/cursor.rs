//! What the number in a device's cursor means. To the device it is opaque: it stores what it was given and sends it
//! back.
//!
//! Why more than a position: while a device reads page after page, a document it has not reached yet may move on to
//! a later position. When the device gets there, "it stands behind the document's first position" no longer means
//! "it has the document". So a cursor in the middle of reading also carries where the device stood when it last had
//! everything; only what lies before that is known to be there.
//!
//! Form: a plain position when everything up to it was read; otherwise bit 62 set, then 31 bits of the complete
//! position, then 31 bits of the one reached. Two thousand million positions outlast any stream; the number fits a
//! signed column.

const READING: u64 = 1 << 62;
const POSITION_BITS: u32 = 31;
const POSITION_MASK: u64 = (1 << POSITION_BITS) - 1;

/// Where a device stands in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Everything up to here it has, as it was then.
    pub(crate) complete: u64,
    /// Everything from there up to here it has read, as far as it stood there at that moment.
    pub(crate) reached: u64,
}

impl Standing {
    /// What a cursor says.
    pub(crate) fn read(cursor: u64) -> Self {
        if cursor & READING == 0 {
            return Self { complete: cursor, reached: cursor };
        }
        let (complete, reached) = ((cursor >> POSITION_BITS) & POSITION_MASK, cursor & POSITION_MASK);
        Self { complete: complete.min(reached), reached }
    }

    /// The cursor of a device that has read up to `reached` and not everything.
    pub(crate) fn write_reading(self, reached: u64) -> u64 {
        READING | ((self.complete & POSITION_MASK) << POSITION_BITS) | (reached & POSITION_MASK)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_in_the_middle_remembers_where_reading_began() {
        let standing = Standing::read(5);
        assert_eq!(standing, Standing { complete: 5, reached: 5 });
        let cursor = standing.write_reading(17);
        assert!(i64::try_from(cursor).is_ok());
        assert_eq!(Standing::read(cursor), Standing { complete: 5, reached: 17 });
        assert_eq!(Standing::read(Standing::read(cursor).write_reading(30)), Standing { complete: 5, reached: 30 });
    }

    #[test]
    fn a_forged_cursor_is_only_another_place() {
        let Standing { complete, reached } = Standing::read(u64::MAX);
        assert!(complete <= reached);
    }
}
