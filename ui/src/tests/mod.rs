//! Tests over several pages: markup of every page, and what all markup must keep to.

mod golden;
mod lint;
pub(crate) mod sample;
