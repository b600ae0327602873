//! Rules: small expression trees over the outcome and earlier answers.
//!
//! Three-valued: true, false, or unknown when a newer server's operator takes part. The asker says what unknown means
//! for its purpose, and it always means the harmless thing: show, do not require, do not forbid.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::codes::Outcome;
use crate::visit::{Answer, Tri};

/// Answers by question key, as a form in progress keeps them.
pub type Answers = BTreeMap<String, Answer>;

/// A condition. In JSON: `{"is":"equals","question":"needs_care","answer":"tri:yes"}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Rule {
    /// The question was asked: it has an answer other than 未问.
    Answered {
        /// Its key.
        question: String,
    },
    /// The question has exactly this answer.
    Equals {
        /// Its key.
        question: String,
        /// The answer, in its stored form.
        answer: Answer,
    },
    /// The option was chosen.
    Contains {
        /// The question's key.
        question: String,
        /// The option's code.
        option: String,
    },
    /// At least one option was chosen.
    AnyChosen {
        /// The question's key.
        question: String,
    },
    /// The number lies in the range, ends included.
    InRange {
        /// The question's key.
        question: String,
        /// The least, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<i64>,
        /// The greatest, if any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<i64>,
    },
    /// The visit's outcome is one of these.
    OutcomeIs {
        /// Outcome codes.
        any_of: Vec<Outcome>,
    },
    /// All hold.
    All {
        /// The conditions.
        of: Vec<Rule>,
    },
    /// At least one holds.
    Any {
        /// The conditions.
        of: Vec<Rule>,
    },
    /// The condition does not hold.
    Not {
        /// The condition.
        rule: Box<Rule>,
    },
    /// An operator of a newer server.
    #[serde(other)]
    Unknown,
}

impl Rule {
    /// Whether the rule holds; `None` when an unknown operator decides.
    #[must_use]
    pub fn holds(&self, answers: &Answers, outcome: Option<Outcome>) -> Option<bool> {
        let answer_to = |question: &String| answers.get(question);
        match self {
            Self::Answered { question } => Some(answer_to(question).is_some_and(is_asked)),
            Self::Equals { question, answer } => Some(answer_to(question) == Some(answer)),
            Self::Contains { question, option } => Some(match answer_to(question) {
                Some(Answer::One(code)) => code == option,
                Some(Answer::Many(codes)) => codes.contains(option),
                _ => false,
            }),
            Self::AnyChosen { question } => Some(match answer_to(question) {
                Some(Answer::One(code)) => !code.is_empty(),
                Some(Answer::Many(codes)) => !codes.is_empty(),
                _ => false,
            }),
            Self::InRange { question, min, max } => Some(match answer_to(question) {
                Some(Answer::Number(n)) => is_in_range(*n, *min, *max),
                _ => false,
            }),
            Self::OutcomeIs { any_of } => Some(outcome.is_some_and(|outcome| any_of.contains(&outcome))),
            Self::All { of } => decide(of.iter().map(|rule| rule.holds(answers, outcome)), false).or_all(true),
            Self::Any { of } => decide(of.iter().map(|rule| rule.holds(answers, outcome)), true).or_all(false),
            Self::Not { rule } => rule.holds(answers, outcome).map(|holds| !holds),
            Self::Unknown => None,
        }
    }

    /// The keys of the questions this rule looks at.
    #[must_use]
    pub fn questions(&self) -> Vec<&str> {
        match self {
            Self::Answered { question }
            | Self::Equals { question, .. }
            | Self::Contains { question, .. }
            | Self::AnyChosen { question }
            | Self::InRange { question, .. } => vec![question],
            Self::All { of } | Self::Any { of } => of.iter().flat_map(Self::questions).collect(),
            Self::Not { rule } => rule.questions(),
            Self::OutcomeIs { .. } | Self::Unknown => Vec::new(),
        }
    }
}

/// How a list of conditions came out.
enum Verdict {
    /// One condition settled it.
    Settled(bool),
    /// None settled it, and at least one is unknown.
    Open,
    /// None settled it, all are known.
    Exhausted,
}

impl Verdict {
    /// The value when all conditions are known and none settled it is `otherwise`.
    fn or_all(self, otherwise: bool) -> Option<bool> {
        match self {
            Self::Settled(value) => Some(value),
            Self::Open => None,
            Self::Exhausted => Some(otherwise),
        }
    }
}

/// One condition with the value `settling` settles the list.
fn decide(conditions: impl Iterator<Item = Option<bool>>, settling: bool) -> Verdict {
    let mut verdict = Verdict::Exhausted;
    for condition in conditions {
        match condition {
            Some(value) if value == settling => return Verdict::Settled(settling),
            Some(_) => {}
            None => verdict = Verdict::Open,
        }
    }
    verdict
}

/// Whether an answer means that the question was put: 未问 and an empty text do not.
pub(super) fn is_asked(answer: &Answer) -> bool {
    match answer {
        Answer::Tri(tri) => *tri != Tri::NotAsked,
        Answer::One(code) => !code.is_empty(),
        Answer::Text(text) => !text.trim().is_empty(),
        Answer::Many(_) | Answer::Number(_) | Answer::Date(_) | Answer::Unknown(_) => true,
    }
}

/// Whether `n` lies between the ends that are given.
pub(super) fn is_in_range(n: i64, min: Option<i64>, max: Option<i64>) -> bool {
    min.is_none_or(|min| n >= min) && max.is_none_or(|max| n <= max)
}
