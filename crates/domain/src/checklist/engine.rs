//! What to show and what is wrong: pure functions over a template, the answers so far and the outcome.

use super::rule::{Answers, Rule, is_asked, is_in_range};
use super::template::{Form, Label, Question, Section, Template};
use crate::codes::Outcome;
use crate::visit::Answer;

/// A question that applies now.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VisibleQuestion<'a> {
    /// Its block.
    pub section: &'a Section,
    /// The question.
    pub question: &'a Question,
    /// Whether it must be answered.
    pub is_required: bool,
}

/// Something wrong with one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The question's key.
    pub question: String,
    /// What is wrong.
    pub problem: AnswerProblem,
}

/// What can be wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AnswerProblem {
    /// Must be answered and is not.
    Required,
    /// An answer of another type than the question's.
    WrongType,
    /// An option that the question does not have.
    UnknownOption {
        /// Its code.
        code: String,
    },
    /// Outside the question's range.
    OutOfRange {
        /// The least, if any.
        min: Option<i64>,
        /// The greatest, if any.
        max: Option<i64>,
    },
    /// Longer than the question's limit.
    TooLong {
        /// Most characters.
        limit: usize,
    },
    /// Breaks the question's constraint.
    Constraint {
        /// What the worker reads.
        message: Label,
    },
}

/// How far one block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SectionCount<'a> {
    /// The block's key.
    pub section: &'a str,
    /// Questions that were asked (已问); 未问 does not count.
    pub asked: usize,
    /// Questions that apply.
    pub total: usize,
}

/// The questions that apply, in order. The answer of a question that does not apply is as if it were not given, so a
/// rule never looks at something the worker cannot see. Questions of unknown type are left out.
#[must_use]
pub fn visible_questions<'a>(
    template: &'a Template,
    answers: &Answers,
    outcome: Option<Outcome>,
) -> Vec<VisibleQuestion<'a>> {
    let mut counting = Answers::new();
    let mut visible = Vec::new();
    for section in &template.sections {
        if !is_relevant(section.relevant_if.as_ref(), &counting, outcome) {
            continue;
        }
        for question in &section.questions {
            let is_known = question.form != Form::Unknown;
            if !is_known || !is_relevant(question.relevant_if.as_ref(), &counting, outcome) {
                continue;
            }
            let is_required =
                question.required_if.as_ref().is_some_and(|rule| rule.holds(&counting, outcome) == Some(true));
            visible.push(VisibleQuestion { section, question, is_required });
            if let Some(answer) = answers.get(&question.key) {
                counting.insert(question.key.clone(), answer.clone());
            }
        }
    }
    visible
}

fn is_relevant(rule: Option<&Rule>, answers: &Answers, outcome: Option<Outcome>) -> bool {
    rule.is_none_or(|rule| rule.holds(answers, outcome) != Some(false))
}

/// Everything wrong with the answers that count; empty when the visit may be saved. Answers to questions that do not
/// apply, and answers of types that this version does not know, are nobody's fault.
#[must_use]
pub fn check_answers(template: &Template, answers: &Answers, outcome: Option<Outcome>) -> Vec<Finding> {
    let visible = visible_questions(template, answers, outcome);
    let keys = visible.iter().map(|visible| &visible.question.key);
    let counting: Answers = keys.filter_map(|key| Some((key.clone(), answers.get(key)?.clone()))).collect();
    visible
        .into_iter()
        .filter_map(|visible| {
            let problem = match counting.get(&visible.question.key) {
                Some(answer) if is_asked(answer) => find_problem(visible.question, answer, &counting, outcome),
                _ => visible.is_required.then_some(AnswerProblem::Required),
            };
            problem.map(|problem| Finding { question: visible.question.key.clone(), problem })
        })
        .collect()
}

fn find_problem(
    question: &Question,
    answer: &Answer,
    answers: &Answers,
    outcome: Option<Outcome>,
) -> Option<AnswerProblem> {
    if matches!(answer, Answer::Unknown(_)) {
        return None;
    }
    find_form_problem(&question.form, answer).or_else(|| {
        let constraint = question.constraint.as_ref()?;
        (constraint.rule.holds(answers, outcome) == Some(false))
            .then(|| AnswerProblem::Constraint { message: constraint.message.clone() })
    })
}

fn find_form_problem(form: &Form, answer: &Answer) -> Option<AnswerProblem> {
    let unknown_option = |code: &String| {
        let is_known = form.options().iter().any(|option| option.code == *code);
        (!is_known).then(|| AnswerProblem::UnknownOption { code: code.clone() })
    };
    match (form, answer) {
        (Form::Unknown, _) | (Form::TriState { .. }, Answer::Tri(_)) | (Form::Date, Answer::Date(_)) => None,
        (Form::Single { .. }, Answer::One(code)) => unknown_option(code),
        (Form::Multi { .. }, Answer::Many(codes)) => codes.iter().find_map(unknown_option),
        (Form::Number { min, max }, Answer::Number(n)) => {
            (!is_in_range(*n, *min, *max)).then_some(AnswerProblem::OutOfRange { min: *min, max: *max })
        }
        (Form::Text { limit }, Answer::Text(text)) => {
            (text.chars().count() > *limit).then_some(AnswerProblem::TooLong { limit: *limit })
        }
        _ => Some(AnswerProblem::WrongType),
    }
}

/// For each block that applies, how many of its questions were asked. Photos are not counted: they are never owed.
#[must_use]
pub fn count_answers<'a>(template: &'a Template, answers: &Answers, outcome: Option<Outcome>) -> Vec<SectionCount<'a>> {
    let mut counts: Vec<SectionCount<'a>> = Vec::new();
    for visible in visible_questions(template, answers, outcome) {
        if matches!(visible.question.form, Form::Photo { .. }) {
            continue;
        }
        let asked = usize::from(answers.get(&visible.question.key).is_some_and(is_asked));
        match counts.last_mut() {
            Some(count) if count.section == visible.section.key => {
                count.asked += asked;
                count.total += 1;
            }
            _ => counts.push(SectionCount { section: &visible.section.key, asked, total: 1 }),
        }
    }
    counts
}
