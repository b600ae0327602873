//! Pieces of markup that several pages share. Each takes values and callbacks and holds nothing.

mod badge;
mod choice;
mod field;
mod frame;
mod icon;
mod notice;
mod row;
mod style;

pub(crate) use badge::{conflict_badge, due_label, record_state, save_state};
pub(crate) use choice::{chip, chip_row, seg, seg_tri, tick};
pub(crate) use field::{input_cell, input_of, select_cell, select_of, sift, switch_cell, textarea_cell, textarea_of};
pub(crate) use frame::{Page, sync_chip};
pub(crate) use icon::{icon, icon_small};
pub(crate) use notice::{draw_load, empty, failure, strip};
pub(crate) use row::{
    class_mark, has_tags, household_row, household_title, incident_row, incident_title, visit_summary,
};
pub(crate) use style::set_style;
