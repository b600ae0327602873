//! Stories: one phone, its owner, a clock that obeys.

#[cfg(target_os = "linux")]
mod disk_story;
pub(crate) mod district;
mod departed_story;
mod edit_story;
mod incident_story;
mod kill_story;
mod open_story;
mod queue_story;
pub(crate) mod phone;
mod replace_story;
mod session_story;
mod upgrade_story;
mod visit_story;
mod workflow_story;
