//! The shape of a checklist template. Templates travel as reference data (JSON), so a newer question type or
//! condition reads as `Unknown` and is skipped, never stumbled over.

use serde::{Deserialize, Serialize};

use crate::codes::{Language, NeedCode, Outcome};
use crate::visit::Answer;

/// A text in both languages of the app.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Text {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    #[serde(default)]
    pub en: String,
}

impl Text {
    /// The text in this language; Chinese where the English one is missing.
    #[must_use]
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En if !self.en.is_empty() => &self.en,
            Language::En | Language::ZhCn => &self.zh,
        }
    }
}

/// One checklist. An open form keeps the version it began with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Stable key, e.g. `three-inquiries-peacetime`.
    pub key: String,
    /// Grows with every change.
    pub version: u32,
    /// Title.
    pub title: Text,
    /// Blocks of questions, in order.
    pub sections: Vec<Section>,
}

/// One block of questions, a fold of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Stable key, e.g. `residents`, `care`, `needs`.
    pub key: String,
    /// Title.
    pub title: Text,
    /// Questions, in order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Stable key of the answer.
    pub key: String,
    /// What is asked.
    pub label: Text,
    /// What kind of answer it takes.
    pub kind: QuestionKind,
    /// Asked only with consent (PIPL 29).
    #[serde(default)]
    pub is_sensitive: bool,
    /// Shown only then; absent: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_if: Option<Condition>,
    /// Must be answered then; absent: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_if: Option<Condition>,
    /// Must hold for an answer to be accepted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<Condition>,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum QuestionKind {
    /// Yes, no, not asked.
    Tri,
    /// One option.
    One {
        /// To choose from.
        options: Vec<ChoiceOption>,
    },
    /// Any number of options.
    Many {
        /// To choose from.
        options: Vec<ChoiceOption>,
    },
    /// A whole number.
    Number {
        /// Smallest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Greatest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A date.
    Date,
    /// Free text.
    Text {
        /// Most characters.
        limit: u32,
    },
    /// Photos; a placeholder until attachments travel.
    Photo {
        /// Most photos.
        limit: u32,
    },
    /// Made by a newer office: skipped.
    #[serde(other)]
    Unknown,
}

/// One option of a choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChoiceOption {
    /// Stored code.
    pub code: String,
    /// Shown name.
    pub label: Text,
    /// What ticking it brings about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spawns: Option<Spawn>,
}

/// What ticking an option brings about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Spawn {
    /// An incident of this category can be made in one tap.
    Incident {
        /// Category code, five digits.
        category: String,
    },
    /// The household gets this need.
    Need {
        /// Which.
        code: NeedCode,
    },
    /// Made by a newer office: nothing happens.
    #[serde(other)]
    Unknown,
}

/// A condition over answers and outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Condition {
    /// The question has an answer other than "not asked".
    Answered {
        /// Which question.
        question: String,
    },
    /// The answer is exactly this.
    Equals {
        /// Which question.
        question: String,
        /// The answer.
        answer: Answer,
    },
    /// The choice holds this option.
    Contains {
        /// Which question.
        question: String,
        /// The option's code.
        option: String,
    },
    /// The number is within these bounds.
    InRange {
        /// Which question.
        question: String,
        /// Smallest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// Greatest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// The visit ended in one of these ways.
    OutcomeIs {
        /// Any of these.
        outcomes: Vec<Outcome>,
    },
    /// All hold.
    All {
        /// Conditions.
        of: Vec<Condition>,
    },
    /// At least one holds.
    Any {
        /// Conditions.
        of: Vec<Condition>,
    },
    /// It does not hold.
    Not {
        /// Condition.
        of: Box<Condition>,
    },
    /// Made by a newer office: taken as not decided, so nothing is hidden, required or refused because of it.
    #[serde(other)]
    Unknown,
}
