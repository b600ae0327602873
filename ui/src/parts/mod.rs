//! Pieces of markup that several pages share. Each takes values and callbacks and holds nothing.

mod badge;
mod choice;
mod field;
mod frame;
mod icon;
mod incident;
mod notice;
mod problem;
mod row;
mod search;
mod sheet;
mod style;
mod window;

pub(crate) use badge::{conflict_badge, due_label, receipt_head, record_state, refusal_reason, save_state};
pub(crate) use choice::{chip, chip_row, seg, seg_tri, tick};
pub(crate) use field::{
    dial, input_cell, input_of, select_cell, select_of, sift, switch_cell, textarea_cell, textarea_of,
};
pub(crate) use frame::{Page, draw_tabs, sync_chip};
pub(crate) use icon::{icon, icon_small};
pub(crate) use incident::{
    incident_choice, incident_marks, incident_number, incident_row, incident_title, limit_bar, limit_label, mark,
    number_words, span, stage_name, title_or_category,
};
pub(crate) use notice::{draw_failure, draw_load, empty, failure, no_households, resumed_strip, strip};
pub(crate) use problem::{Problem, problem_list, undo_bar};
pub(crate) use row::{access_cell, class_mark, has_tags, household_full_title, household_row, visit_summary};
pub(crate) use search::search_box;
pub(crate) use sheet::{button, sheet};
pub(crate) use style::set_style;
pub(crate) use window::{Window, read_scroll};
