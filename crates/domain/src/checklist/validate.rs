//! Checks of a template itself, for whoever publishes one and for the tests of the presets.

use std::collections::BTreeSet;

use super::rule::Rule;
use super::template::{Form, Question, Spawn, Template};
use crate::category::find_category;
use crate::codes::NeedCode;

/// A mistake in a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {mistake}")]
pub struct TemplateMistake {
    /// Key of the section or question.
    pub place: String,
    /// What is wrong.
    pub mistake: Mistake,
}

/// What can be wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mistake {
    /// A key or option code with other signs than letters, digits, `_` and `-`.
    #[error("{0:?} is not a well-formed key")]
    Key(String),
    /// A key or option code twice.
    #[error("{0:?} occurs twice")]
    Twice(String),
    /// A rule that names no earlier question.
    #[error("a rule names {0:?}, which is not an earlier question")]
    Reference(String),
    /// A spawn of a category or need that does not exist.
    #[error("a tick would make {0:?}, which does not exist")]
    Spawn(String),
    /// A choice without options.
    #[error("has no options")]
    NoOptions,
}

/// Every mistake of a template; empty when it may be published.
#[must_use]
pub fn find_template_mistakes(template: &Template) -> Vec<TemplateMistake> {
    let mut mistakes = Vec::new();
    let mut sections = BTreeSet::new();
    let mut earlier: BTreeSet<&str> = BTreeSet::new();
    for section in &template.sections {
        let mut report = |mistake| mistakes.push(TemplateMistake { place: section.key.clone(), mistake });
        check_key(&section.key, &mut sections, &mut report);
        check_rule(section.relevant_if.as_ref(), &earlier, &mut report);
        for question in &section.questions {
            check_question(question, &mut earlier, &mut mistakes);
        }
    }
    mistakes
}

fn check_question<'a>(question: &'a Question, earlier: &mut BTreeSet<&'a str>, mistakes: &mut Vec<TemplateMistake>) {
    let mut report = |mistake| mistakes.push(TemplateMistake { place: question.key.clone(), mistake });
    check_rule(question.relevant_if.as_ref(), earlier, &mut report);
    check_rule(question.required_if.as_ref(), earlier, &mut report);
    check_key(&question.key, earlier, &mut report);
    check_rule(question.constraint.as_ref().map(|constraint| &constraint.rule), earlier, &mut report);
    if matches!(question.form, Form::Single { .. } | Form::Multi { .. }) && question.form.options().is_empty() {
        report(Mistake::NoOptions);
    }
    if let Form::TriState { on_yes } = &question.form {
        check_spawn(on_yes.as_ref(), &mut report);
    }
    let mut codes = BTreeSet::new();
    for option in question.form.options() {
        check_key(&option.code, &mut codes, &mut report);
        check_spawn(option.spawn.as_ref(), &mut report);
    }
}

fn check_key<'a>(key: &'a str, seen: &mut BTreeSet<&'a str>, report: &mut impl FnMut(Mistake)) {
    if key.is_empty() || !key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        report(Mistake::Key(key.to_owned()));
    }
    if !seen.insert(key) {
        report(Mistake::Twice(key.to_owned()));
    }
}

fn check_rule(rule: Option<&Rule>, earlier: &BTreeSet<&str>, report: &mut impl FnMut(Mistake)) {
    for question in rule.map(Rule::questions).unwrap_or_default() {
        if !earlier.contains(question) {
            report(Mistake::Reference(question.to_owned()));
        }
    }
}

fn check_spawn(spawn: Option<&Spawn>, report: &mut impl FnMut(Mistake)) {
    match spawn {
        Some(Spawn::Incident { category }) if find_category(category).is_none() => {
            report(Mistake::Spawn(category.clone()));
        }
        Some(Spawn::Need { code: NeedCode::Unknown }) => report(Mistake::Spawn("need".into())),
        _ => {}
    }
}
