//! Which home a row speaks of: the parts of a door, their one normal form, and what a row may take from the one above.

pub(crate) mod address;
pub(crate) mod carry;
pub(crate) mod door;
pub(crate) mod normal;
pub(crate) mod own;
pub(crate) mod part;
