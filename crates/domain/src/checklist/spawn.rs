//! What answers lead to: incidents and needs on offer, the one-tap 无变化, and the way into the visit and back.

use std::collections::BTreeSet;

use super::engine::visible_questions;
use super::rule::{Answers, is_asked};
use super::template::{Choice, Form, Label, Question, Spawn, StoredIn, Template};
use crate::codes::{Advice, CodeList as _, NeedCode, Outcome};
use crate::visit::{Answer, FollowUp, Tri, Visit};

/// An incident that a tick offers to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpawnedIncident<'a> {
    /// The question's key.
    pub question: &'a str,
    /// The option's code; `None` for the yes of a tri-state.
    pub option: Option<&'a str>,
    /// What was ticked, as the worker read it.
    pub label: &'a Label,
    /// Category code.
    pub category: &'a str,
}

/// What is ticked in an answer: each with the option (none for a yes) and what it makes.
fn ticked<'a>(question: &'a Question, answer: &Answer) -> Vec<(Option<&'a Choice>, &'a Spawn)> {
    let is_chosen = |option: &Choice| match answer {
        Answer::One(code) => *code == option.code,
        Answer::Many(codes) => codes.contains(&option.code),
        _ => false,
    };
    match &question.form {
        Form::TriState { on_yes: Some(spawn) } if *answer == Answer::Tri(Tri::Yes) => vec![(None, spawn)],
        form => form
            .options()
            .iter()
            .filter(|option| is_chosen(option))
            .filter_map(|option| option.spawn.as_ref().map(|spawn| (Some(option), spawn)))
            .collect(),
    }
}

fn all_ticked<'a>(
    template: &'a Template,
    answers: &Answers,
    outcome: Option<Outcome>,
) -> Vec<(&'a Question, Option<&'a Choice>, &'a Spawn)> {
    let mut all = Vec::new();
    for visible in visible_questions(template, answers, outcome) {
        if let Some(answer) = answers.get(&visible.question.key) {
            let spawns = ticked(visible.question, answer);
            all.extend(spawns.into_iter().map(|(option, spawn)| (visible.question, option, spawn)));
        }
    }
    all
}

/// The incidents that the ticks offer to make, in the order of the form.
#[must_use]
pub fn spawned_incidents<'a>(
    template: &'a Template,
    answers: &Answers,
    outcome: Option<Outcome>,
) -> Vec<SpawnedIncident<'a>> {
    all_ticked(template, answers, outcome)
        .into_iter()
        .filter_map(|(question, option, spawn)| match spawn {
            Spawn::Incident { category } => Some(SpawnedIncident {
                question: &question.key,
                option: option.map(|option| option.code.as_str()),
                label: option.map_or(&question.label, |option| &option.label),
                category,
            }),
            _ => None,
        })
        .collect()
}

/// The needs that were ticked. A need that the card already has keeps its state: a tick repeated by 无变化 must not
/// reopen what was met since.
#[must_use]
pub fn spawned_needs(template: &Template, answers: &Answers, outcome: Option<Outcome>) -> BTreeSet<NeedCode> {
    all_ticked(template, answers, outcome)
        .into_iter()
        .filter_map(|(_, _, spawn)| match spawn {
            Spawn::Need { code } if *code != NeedCode::Unknown => Some(*code),
            _ => None,
        })
        .collect()
}

/// The answers of one tap on 无变化: the last visit's where the template says so and there is one, else the
/// template's own. Only for consented households, or followed by [`remove_sensitive`].
#[must_use]
pub fn no_change_answers(template: &Template, last: &Answers) -> Answers {
    template
        .questions()
        .filter_map(|question| {
            let no_change = question.no_change.as_ref()?;
            let repeated = last.get(&question.key).filter(|_| no_change.reuse_last);
            Some((question.key.clone(), repeated.unwrap_or(&no_change.answer).clone()))
        })
        .collect()
}

/// Takes out the answers behind the consent gate: what remains may be kept without consent.
pub fn remove_sensitive(template: &Template, answers: &mut Answers) {
    answers.retain(|key, _| template.find_question(key).is_none_or(|question| !question.sensitive));
}

/// Writes the answers that count into the visit: each where its question says, with the template's reference.
/// Answers to questions that do not apply are dropped, and 未问 is kept: that somebody was not asked is a fact.
pub fn write_answers(template: &Template, answers: &Answers, visit: &mut Visit) {
    visit.template = template.reference();
    let mut promise = None;
    let mut promised_for = None;
    for visible in visible_questions(template, answers, Some(visit.outcome)) {
        let question = visible.question;
        let Some(answer) = answers.get(&question.key) else { continue };
        match (question.stored_in, answer) {
            (StoredIn::Advice, Answer::Many(codes)) => {
                visit.advice = codes.iter().map(|code| Advice::from_code(code)).collect();
                visit.advice.remove(&Advice::Unknown);
            }
            (StoredIn::Leaflets, Answer::Number(n)) => visit.leaflets = u32::try_from(*n).unwrap_or_default(),
            (StoredIn::FollowUpText, Answer::Text(text)) => promise = is_asked(answer).then(|| text.clone()),
            (StoredIn::FollowUpDate, Answer::Date(date)) => promised_for = Some(*date),
            (StoredIn::Note, Answer::Text(text)) => visit.note.clone_from(text),
            _ => {
                visit.answers.insert(question.key.clone(), answer.clone());
            }
        }
    }
    if promise.is_some() || promised_for.is_some() {
        visit.follow_up = Some(FollowUp { text: promise.unwrap_or_default(), date: promised_for });
    }
}

/// The answers of a visit as its form had them, for showing it and for 与上次相同.
#[must_use]
pub fn read_answers(template: &Template, visit: &Visit) -> Answers {
    let mut answers = visit.answers.clone();
    for question in template.questions() {
        let answer = match question.stored_in {
            StoredIn::Answers | StoredIn::Unknown => None,
            StoredIn::Advice => (!visit.advice.is_empty())
                .then(|| Answer::Many(visit.advice.iter().map(|advice| advice.code().to_owned()).collect())),
            StoredIn::Leaflets => (visit.leaflets > 0).then(|| Answer::Number(visit.leaflets.into())),
            StoredIn::FollowUpText => visit.follow_up.as_ref().map(|promise| Answer::Text(promise.text.clone())),
            StoredIn::FollowUpDate => visit.follow_up.as_ref().and_then(|promise| promise.date).map(Answer::Date),
            StoredIn::Note => (!visit.note.is_empty()).then(|| Answer::Text(visit.note.clone())),
        };
        if let Some(answer) = answer {
            answers.insert(question.key.clone(), answer);
        }
    }
    answers
}
