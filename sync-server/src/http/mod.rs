//! The edge to the network: connections, whose they are, and who may have the server's time.
//!
//! Nothing in here knows a record. [`accept`] takes connections and keeps them within limits, [`proxy`] says for whom
//! a proxy speaks, [`rate`] counts requests of devices, [`turns`] gives each device one round at a time,
//! [`attempts`] slows wrong enrolments down. The limits themselves stand in [`crate::limits`].

pub(crate) mod accept;
pub(crate) mod attempts;
mod connections;
pub(crate) mod proxy;
pub(crate) mod rate;
mod stall;
pub(crate) mod turns;
