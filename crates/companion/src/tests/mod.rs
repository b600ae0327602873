//! Stories: one phone, its owner, a clock that obeys.

mod amend_story;
mod clock_story;
mod defect_story;
mod departed_story;
mod desk_story;
#[cfg(target_os = "linux")]
mod disk_story;
pub(crate) mod district;
mod draft_life_story;
mod draft_story;
mod edit_story;
mod finding_story;
mod hold_story;
mod incident_story;
mod kill_story;
mod limits_story;
#[cfg(target_os = "linux")]
mod lock_story;
mod open_story;
pub(crate) mod phone;
mod queue_story;
mod receipt_story;
mod reminder_story;
mod replace_story;
mod salvage_story;
mod services_story;
mod session_story;
mod step_form_story;
mod upgrade_story;
mod visit_story;
mod workflow_story;
