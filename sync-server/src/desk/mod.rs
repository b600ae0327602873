//! The server's own hand: it decides on what people do with incidents, gives numbers, and acts when time passes.
//!
//! Why here: a step means nothing before it has its place in the one order, and the ledger has that order. So the
//! decision is written in the transaction that takes the step in: whoever pushed reads it in the same reply, and after
//! a crash nothing is taken in and undecided.
//!
//! Flow: `ingest` has judged what a device pushed → `numbers`, `order` → `settle`: `domain::workflow::settle` on the record,
//! written as one change of the server's installation on top → the same admission. Each document keeps when it has to
//! be looked at again ([`crate::store::Admission::wake_at`]); [`settle_due`] does that when the moment has come.
//!
//! Each process writes under an installation of its own. Two that come to act on one incident at once both write
//! against the heads they read; the second is told that it moved and looks again.
//!
//! Failure: a document that cannot be settled (damage) keeps nobody from working: the device's steps are taken in,
//! the others are settled, and it is tried again every [`BACKOFF_MS`]. Then steps are decided in the order in which
//! the ledger took them in. An unreadable rule of time, list of organisations or list of people is logged, and the last
//! good one is used; where no number can be given an incident goes on without one until it is settled again.
//!
//! Missing: periods of emergency, in which limits run round the clock.

mod keeper;
mod numbers;
mod order;
mod rules;
mod settle;
mod ticker;
mod times;

pub(crate) use keeper::{DeskKeeper, Registrar};
pub(crate) use numbers::claim_numbers;
pub(crate) use order::list_waiting;
pub(crate) use settle::{Settled, lacks_number, settle_contained};
pub(crate) use ticker::Ticking;
pub use ticker::{BACKOFF_MS, Settlement, settle_due};
pub(crate) use times::{Clocks, correct_contained, has_late_times};
