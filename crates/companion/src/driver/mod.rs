//! The companion at work on a real device: a lock, a timer and an HTTP client around the pure parts.
//!
//! Flow: a shell starts an [`App`], asks it by command name and JSON text, and is told what changed. A task of its own
//! listens for the server's hints (`listen`). One task owns sync: it waits for orders, the clock and the request under
//! way, hands each to the [`Pilot`](crate::Pilot) and runs the errands that come out. Store work happens on the
//! runtime's blocking threads, never on the one that draws.
//!
//! Failure: what the network does is an event for the machine and a plain error code for the person. The app can be
//! killed at any moment; the store has what was acknowledged.
//!
//! Missing: two apps over one folder (the shell keeps to a single instance).

mod app;
mod enrol;
mod http;
mod link;
mod listen;
mod sse;
mod sync_loop;

pub use app::{App, AppOptions, STORE_FILE, StartError};
pub use http::{ClientError, read_status};
pub use link::{EnrolLink, LinkError, read_link};
