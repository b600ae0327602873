//! The headless app: local store, use-cases, sync driver.
//!
//! Door policy. Here lives what a phone does without a screen: keep records in one SQLite file ([`Store`]), answer
//! the commands of `contract` ([`Companion`]), exchange changes with the server (`sync`, `driver`). Rules of the trade
//! belong to `domain`, merging to `documents`, messages to the crate `sync`, drawing to the UI. Time and randomness
//! are handed in ([`Surroundings`]).

mod clock;
mod companion;
mod contain;
#[cfg(not(target_arch = "wasm32"))]
pub mod driver;
mod error;
mod hold;
mod reminders;
mod store;
mod surroundings;
mod sync;
mod usecases;

pub use companion::{Companion, DRIVER_COMMANDS, SyncStatus};
pub use error::Failure;
pub use store::{OpenError, Store, StoreError, StorePlace};
pub use surroundings::{Clock, Random, Surroundings};
pub use sync::{Errand, Pilot};
pub use usecases::UseCase;

#[cfg(test)]
mod tests;
