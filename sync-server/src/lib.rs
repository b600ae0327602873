//! The district server: accounts, rights, ingest, ordering, administration.
//!
//! Door policy. Here lives what must be decided in one place: who may read and write what, in which order records
//! reach everybody, what the office imports and takes out. Devices propose, this orders. What a record *is* belongs
//! to `domain`, how edits merge to `documents`, what travels to `sync`. SQL stays inside [`store`], HTTP inside `http`
//! (connections, turns) and `routes`. Every limit of that edge stands in `limits`.
//!
//! Walk-through of a push: `routes::sync_round` → `ingest` (dry run, rights) → [`desk`] (decisions on incidents) →
//! [`store::Store::commit`] (one transaction, positions) → [`store::Store::read_pages`] (the same reply brings what is
//! new) → `hints` (devices that listen and are concerned come for theirs).

pub mod admin;
mod app;
pub mod desk;
mod device_clocks;
pub mod export;
mod files;
mod health;
mod hints;
mod http;
mod ingest;
mod intake;
mod limits;
mod metrics;
pub mod reference;
mod routes;
mod secret;
mod server;
pub mod store;

pub use app::{App, Clock, system_clock};
pub use http::proxy::{ProxyError, TrustedProxy};
pub use limits::{BodyLimits, ConnectionLimits, EnrolmentLimits, Limits, RoundLimits, StreamLimits};
pub use routes::router;
pub use secret::Secret;
pub use server::{Config, MetricsAccess, MetricsTokenError, Running, StartError, open_ledger, start};
