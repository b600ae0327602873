//! What a sheet is made of: headers, tables, rows, and what stands around them.

pub(crate) mod columns;
pub(crate) mod context;
pub(crate) mod given;
pub(crate) mod header;
pub(crate) mod layout;
pub(crate) mod sections;
pub(crate) mod skip;
pub(crate) mod titles;
