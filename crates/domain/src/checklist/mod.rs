//! Checklists (走访清单): a versioned template of typed questions, never code.

pub mod template;

pub use template::{ChoiceOption, Condition, Question, QuestionKind, Section, Spawn, Template, Text};
