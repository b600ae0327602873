//! The shape of a template. Its serde form is JSON with named fields; fields that are absent have their default, so
//! that a field added later does not break older templates.

use serde::{Deserialize, Serialize};

use super::rule::Rule;
use crate::codes::{Language, NeedCode};
use crate::visit::Answer;

/// A checklist.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Template {
    /// Stable key, e.g. `three-inquiries-peacetime`.
    pub key: String,
    /// Raised with every change.
    pub version: u32,
    /// Name on the screen.
    pub title: Label,
    /// The blocks of the form, in order.
    pub sections: Vec<Section>,
}

/// A text in both languages of the app.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Label {
    /// Simplified Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

/// One block of the form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Stable key, e.g. `inquiry_1`.
    pub key: String,
    /// Heading.
    pub title: Label,
    /// When the whole block applies; always if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_if: Option<Rule>,
    /// The questions, in order.
    pub questions: Vec<Question>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Stable key, the key of the answer: lower-case letters, digits, `_`.
    pub key: String,
    /// What is asked.
    pub label: Label,
    /// A line of help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Label>,
    /// Behind the consent gate (PIPL 29): shown with the notice, kept only with consent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// When it applies; always if absent. May name earlier questions only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub relevant_if: Option<Rule>,
    /// When it must be answered; never if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub required_if: Option<Rule>,
    /// What an answer must satisfy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub constraint: Option<Constraint>,
    /// What 无变化 answers; left alone if absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub no_change: Option<NoChange>,
    /// Where the answer is kept in the visit.
    #[serde(default, skip_serializing_if = "StoredIn::is_answers")]
    pub stored_in: StoredIn,
    /// The type of the answer and what belongs to it.
    #[serde(flatten)]
    pub form: Form,
}

/// A rule that an answer must satisfy, with what to say when it does not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Constraint {
    /// The rule.
    pub rule: Rule,
    /// What the worker reads when it is broken.
    pub message: Label,
}

/// What one tap on 无变化 answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NoChange {
    /// The answer when there is none to repeat.
    pub answer: Answer,
    /// Repeat the last visit's answer if it has one. Off where a tick makes something new, e.g. an incident.
    #[serde(default)]
    pub reuse_last: bool,
}

/// Where an answer is kept in the visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StoredIn {
    /// Among the answers, under the question's key.
    #[default]
    Answers,
    /// `advice`, a multi question with advice codes.
    Advice,
    /// `leaflets`, a number.
    Leaflets,
    /// `follow_up.text`.
    FollowUpText,
    /// `follow_up.date`.
    FollowUpDate,
    /// `note`.
    Note,
    /// Named by a newer server: kept among the answers.
    #[serde(other)]
    Unknown,
}

impl StoredIn {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's skip_serializing_if passes a reference")]
    fn is_answers(&self) -> bool {
        *self == Self::Answers
    }
}

/// The type of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Form {
    /// 是 / 否 / 未问
    TriState {
        /// What a yes offers to make.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_yes: Option<Spawn>,
    },
    /// One of several.
    Single {
        /// The options, in order.
        options: Vec<Choice>,
    },
    /// Any of several.
    Multi {
        /// The options, in order.
        options: Vec<Choice>,
    },
    /// A whole number.
    Number {
        /// The least.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// The greatest.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// A date.
    Date,
    /// Free text.
    Text {
        /// Most characters.
        limit: usize,
    },
    /// Photos: a placeholder, always optional; has no answer yet.
    Photo {
        /// Most photos.
        limit: u32,
    },
    /// A type of a newer server: skipped.
    #[serde(other)]
    Unknown,
}

/// An option of a single or multi question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Stored code: no comma, no dot.
    pub code: String,
    /// Name on the screen.
    pub label: Label,
    /// What ticking it offers to make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spawn: Option<Spawn>,
}

/// What a tick offers to make. The worker decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "makes", rename_all = "snake_case")]
pub enum Spawn {
    /// An incident, address filled in.
    Incident {
        /// Its category code.
        category: String,
    },
    /// A need on the household's card.
    Need {
        /// Its code.
        code: NeedCode,
    },
    /// A correction of the household's card: opens the editor of that field.
    Edit {
        /// First segment of the field's path, e.g. `members`.
        field: String,
    },
    /// Something of a newer server: nothing here.
    #[serde(other)]
    Unknown,
}

impl Template {
    /// How a visit names the template it used: `three-inquiries-peacetime@1`.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}@{}", self.key, self.version)
    }

    /// Every question, in order.
    pub fn questions(&self) -> impl Iterator<Item = &Question> {
        self.sections.iter().flat_map(|section| &section.questions)
    }

    /// The question with this key.
    #[must_use]
    pub fn find_question(&self, key: &str) -> Option<&Question> {
        self.questions().find(|question| question.key == key)
    }
}

impl Label {
    /// A label from its two texts.
    #[must_use]
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { zh: zh.into(), en: en.into() }
    }

    /// The text in a language.
    #[must_use]
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::ZhCn => &self.zh,
            Language::En => &self.en,
        }
    }
}

impl Form {
    /// The options of a single or multi question; none for the others.
    #[must_use]
    pub fn options(&self) -> &[Choice] {
        match self {
            Self::Single { options } | Self::Multi { options } => options,
            _ => &[],
        }
    }
}
