//! Records as Automerge documents, and what two concurrent edits become.
//!
//! Door policy. Here lives everything that knows how a record lies in its document: creating, editing, merging,
//! reading conflicts, checking strangers' changes, and the upgrade of old formats. This crate is the only owner of
//! Automerge on either side; no type of it leaves. What a record *is* belongs to `domain`, which bytes travel when
//! to `sync`, where they are kept to the stores.
//!
//! # How a record lies in its document
//!
//! One root map, one key per dotted path of the record's flat form ([`domain::flat`]), one scalar per key, and two
//! keys of our own: `kind` and `format`. No nested objects: two devices that both create a map under one key create
//! two maps, and one of them vanishes from view. A change carries its writer: the installation is the actor, the
//! account the message, the device's clock (as the server's corrects it) the time in milliseconds.
//!
//! # Flow
//!
//! - A phone: [`RecordDocument::create`] or [`RecordDocument::load`], then [`RecordDocument::edit`],
//!   [`RecordDocument::choose`] or [`RecordDocument::apply`], [`RecordDocument::read`] for the tables and cards,
//!   [`RecordDocument::save`], and drop it; [`RecordDocument::reissue`] after a refusal or a restored backup.
//! - The server: [`inspect`] (whose change is this, which number) → [`admit`] (dry run) → store
//!   [`Admitted::save`]; the office's import goes through [`RecordDocument::edit_at`].
//!
//! # What two edits become
//!
//! | Rule | Two values at once | Card |
//! |---|---|---|
//! | `Choose` | the newest by the writers' times is shown, all are kept | yes, unless they are equal |
//! | `Latest` | the greatest | no |
//! | `Present` | being there wins over being gone | no |
//! | `Fact` | the first by actor | no |
//!
//! A time beyond the reader's horizon ([`RecordDocument::read_until`]) wins in neither of the first two: a clock that runs
//! years ahead wrote it. Writing wins over removing, in every rule. An entry removed on one device and edited on another stays, with what
//! it cannot do without (`restore`).
//!
//! # Failure
//!
//! Malformed changes with a right checksum parse and then panic inside Automerge, and runs of 2⁶⁰ rows fit in ten
//! bytes. So a stranger's bytes are measured before they are parsed, applied to a throw-away copy under a guard,
//! saved, loaded and compared before anything is adopted. An `Err` always means: nothing has changed. No profile may
//! use `panic = "abort"`. In wasm nothing can be caught: there the worker is restarted.
//!
//! # Measured (automerge 0.12, release build, two cores; ratios hold, absolutes ±30 %)
//!
//! A household card of one member, 1 KB of raw change for a visit with three answers:
//!
//! | create | load | read | edit | save / plain | inspect | load + apply | admit an edit / a visit |
//! |---|---|---|---|---|---|---|---|
//! | 40 µs | 28 µs | 13 µs | 57 µs | 13 / 1.4 µs | 7 µs | 240 µs | 216 / 220 µs |
//!
//! - An open document costs 13–17 KiB of heap; parsing the same JSON takes 3.5 µs. Open to edit or merge, then drop;
//!   read everything else from tables.
//! - Creating by single puts takes 230–340 µs: hence one root map, and one change per creation.
//! - Raw changes of many records under one zstd body are 1.0–1.13× the same JSON; deflated ones compress to twice
//!   that: hence [`RawChange`] and [`RecordDocument::save_plain`] for the wire.
//! - 500 edits of one field: 62 KB as changes, 1.7 KB saved: compact after a handful of edits.
//! - Of 10,000 changes mutated under a right checksum 88 % are stopped by `inspect`; of those that parse, one in ten
//!   panics inside Automerge: hence the guard. 0 panics in 23,419 honest fuzz rounds.
//!
//! # Rejected
//!
//! Nested objects with autosurgeon (slower, and the two-maps problem); lists for appended facts (events merge grouped
//! by actor, not by time); Automerge's own winner for the value shown (an import at an old point of the history would
//! never be the newest); one document per grid (606 KB, half a second to open).
//!
//! # Missing
//!
//! Snapshots are guarded against panics, not against bombs: they come from the server, which made them itself.
//! Upgrade steps can only add paths.

mod admit;
mod apply;
mod author;
mod document;
mod edit;
mod error;
mod format;
mod guard;
mod inspect;
mod reading;
mod reissue;
mod restore;
mod scalar;
mod shape;
mod size;

pub use admit::{Admitted, admit};
pub use apply::Applied;
pub use author::{Author, RawChange};
pub use document::RecordDocument;
pub use error::{AdmitError, ApplyError, EditError, EngineError, InspectError, LoadError, ReadError};
pub use format::FORMAT;
pub use inspect::{ChangeHeader, MAX_CHANGE_BYTES, MAX_CHANGE_OPS, MAX_CHANGE_UNPACKED_BYTES, inspect};
pub use reading::{Candidate, FieldConflict, Reading};
pub use reissue::{Reissue, list_writes};
pub use size::{
    LONG_HISTORY_BYTES, LONG_HISTORY_OPS, MAX_PATH_VALUES, MAX_RECORD_BYTES, MAX_RECORD_PATHS, MAX_UNKNOWN_BYTES,
    MAX_UNKNOWN_PATHS, MAX_VALUE_BYTES, SMALL_CHANGE_BYTES, SMALL_CHANGE_OPS,
};
