//! The pages, one file or folder each: state and `update` (plain Rust), `view` (markup), tests of both.

pub(crate) mod about;
pub(crate) mod drafts;
pub(crate) mod enrol;
pub(crate) mod household;
pub(crate) mod households;
pub(crate) mod incident;
pub(crate) mod kept_draft;
pub(crate) mod me;
pub(crate) mod notices;
pub(crate) mod report;
pub(crate) mod services;
pub(crate) mod tasks;
pub(crate) mod today;
pub(crate) mod visit;
pub(crate) mod visited;
pub(crate) mod visits;
