//! Stories: one phone, its owner, a clock that obeys.

mod edit_story;
mod incident_story;
mod kill_story;
mod open_story;
pub(crate) mod phone;
mod session_story;
mod upgrade_story;
mod visit_story;
