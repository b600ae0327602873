//! Checklists (走访模板): what a visit may ask. A template is data, versioned and sent as reference data; this module
//! reads templates and reckons with answers, and never writes a visit by itself.
//!
//! Why data: the wording of 三询问一完善 differs from district to district and from calm to emergency, and a form that
//! was begun keeps the version it began with. Why one engine: the screen that shows a question, the store that saves
//! the answer and the server that checks it must not disagree.
//!
//! Flow: [`visible_questions`] says what to show for the outcome and the answers so far; the form keeps plain
//! [`Answers`]; [`check_answers`] says what is wrong; [`spawned_incidents`] and [`spawned_needs`] say what the ticks
//! offer to make; [`write_answers`] puts everything that still counts into the visit.
//!
//! Failure: a question type, rule or spawn that a newer server invented reads as `Unknown`. An unknown question is
//! skipped, an unknown rule hides nothing, requires nothing and forbids nothing.
//!
//! Rejected: rules as text in a small language (a parser that must age well, for six operators). Missing: photos
//! (the question is a placeholder), comparing two answers, dates relative to the visit.

mod engine;
mod presets;
mod rule;
mod spawn;
mod template;
#[cfg(test)]
mod tests;
mod validate;

pub use engine::{
    AnswerProblem, Finding, SectionCount, VisibleQuestion, check_answers, count_answers, visible_questions,
};
pub use presets::{
    BUILDING_LEAD_SHORT, THREE_INQUIRIES_EMERGENCY, THREE_INQUIRIES_PEACETIME, find_preset, preset_for, presets,
};
pub use rule::{Answers, Rule};
pub use spawn::{
    SpawnedIncident, no_change_answers, read_answers, remove_sensitive, spawned_incidents, spawned_needs, write_answers,
};
pub use template::{Choice, Constraint, Form, Label, NoChange, Question, Section, Spawn, StoredIn, Template};
pub use validate::{Mistake, TemplateMistake, find_template_mistakes};
