//! The sync protocol and the pure machine that drives it.
//!
//! Door policy. Here lives what both ends must agree on for years: the messages ([`wire`]), the digest by which they
//! compare ([`digest`]), and what a device decides to do next ([`machine`]). No socket, file, runtime, clock or
//! random source appears in any signature: events, times and random numbers are arguments, work comes out. Carrying
//! the work out belongs to `companion::driver`, answering to `sync-server`.

pub mod digest;
pub mod machine;
pub mod wire;
