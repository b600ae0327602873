//! The presets of 三询问一完善 (domain reference §5): calm, emergency, and the building lead's short one.
//!
//! They are the defaults that a new district begins with; its own versions come as reference data. None of their
//! questions is ever required: household, time and outcome suffice, and those are fields of the visit itself.

mod blocks;
mod building_lead;
mod emergency;
mod peacetime;

use super::template::Template;
use crate::account::Role;

/// Key of the calm preset.
pub const THREE_INQUIRIES_PEACETIME: &str = "three-inquiries-peacetime";
/// Key of the emergency preset (health).
pub const THREE_INQUIRIES_EMERGENCY: &str = "three-inquiries-emergency";
/// Key of the building lead's preset.
pub const BUILDING_LEAD_SHORT: &str = "building-lead-short";

/// Every preset.
#[must_use]
pub fn presets() -> Vec<Template> {
    vec![peacetime::template(), emergency::template(), building_lead::template()]
}

/// The preset with this key.
#[must_use]
pub fn find_preset(key: &str) -> Option<Template> {
    match key {
        THREE_INQUIRIES_PEACETIME => Some(peacetime::template()),
        THREE_INQUIRIES_EMERGENCY => Some(emergency::template()),
        BUILDING_LEAD_SHORT => Some(building_lead::template()),
        _ => None,
    }
}

/// The preset with which a role visits in calm times; none for roles that do not visit.
#[must_use]
pub fn preset_for(role: Role) -> Option<Template> {
    match role {
        Role::GridWorker => Some(peacetime::template()),
        Role::BuildingLead => Some(building_lead::template()),
        _ => None,
    }
}
