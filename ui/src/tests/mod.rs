//! Tests over several pages: markup of every page, and what all markup must keep to.

mod golden;
mod golden_households;
mod golden_incidents;
mod golden_services;
mod lint;
pub(crate) mod sample;
pub(crate) mod sample_incidents;
pub(crate) mod sample_services;
