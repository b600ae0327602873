//! A write of the size of a push, to see whether the next push would be stored.
//!
//! Why not an empty transaction: it succeeds on a full disk. The new row is written before the old one goes, so that it
//! takes room of its own as a push does, in the file and in its log.

use domain::UnixMillis;
use rusqlite::{Connection, named_params};

use crate::store::Answer;

/// How much is written: more than most pushes need.
const PROBE_BYTES: i64 = 64 * 1024;

pub(super) fn write_probe(db: &Connection, now: UnixMillis) -> Answer<()> {
    db.prepare_cached("INSERT INTO probe (at, filler) VALUES (:at, zeroblob(:bytes))")?
        .execute(named_params! {":at": now.as_i64(), ":bytes": PROBE_BYTES})?;
    db.prepare_cached("DELETE FROM probe WHERE number < (SELECT MAX(number) FROM probe)")?.execute([])?;
    Ok(())
}
