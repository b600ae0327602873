//! What an edit does to the form: pure, no screen.
//!
//! A checklist may say that an answer is kept in a field of the visit (`stored_in`): such an answer is written both
//! under its question and into that field, so whoever reads the form finds the same in both places.

use std::collections::BTreeSet;

use contract::domain::checklist::{Choice, Question, Spawn, StoredIn, no_change_answers, remove_sensitive};
use contract::domain::codes::{Advice, Channel, CodeList as _, HouseStatus, NeedCode, Outcome, Relation, Residence};
use contract::domain::visit::{Answer, FollowUp};
use contract::{AddMember, VisitForm, VisitFormView};

use super::{Edit, Taken};
use crate::pages::household::{Field, new_member};

/// Options of the question about changes in the household, by the part of the card that they open.
pub(super) const MEMBER_ADDED: &str = "member_added";
const MEMBER_LEFT: &str = "member_left";

/// Carries one edit out.
pub(super) fn apply(form: &mut VisitForm, view: &VisitFormView, edit: Edit) {
    match edit {
        Edit::Outcome(outcome) => {
            form.outcome = Some(outcome);
            if outcome == Outcome::Phone {
                form.channel = Some(Channel::Phone);
            }
        }
        Edit::Channel(channel) => form.channel = channel,
        Edit::Answer(key, answer) => set_answer(form, view, key, answer),
        Edit::Option(key, code) => toggle_option(form, view, key, &code),
        Edit::NoChange => take_no_change(form, view),
        Edit::Consent(is_given) => {
            form.consent_given = is_given;
            if !is_given && !view.has_consent {
                remove_sensitive(&view.template, &mut form.answers);
            }
        }
        Edit::ContactName(name) => {
            form.contact_name = name;
            tick_change(form, view, "contact_name", None, form.contact_name.is_some());
        }
        Edit::HouseStatus(code) => {
            let status = Some(code).filter(|code| !code.is_empty()).map(|code| HouseStatus::from_code(&code));
            form.house_status = status.filter(|status| Some(*status) != view.household.house_status);
            tick_change(form, view, "house_status", None, form.house_status.is_some());
        }
        Edit::AddMember => {
            form.new_members.push(AddMember { residence: Some(Residence::Present), ..new_member() });
            tick_change(form, view, "members", Some(MEMBER_ADDED), true);
        }
        Edit::NewMember(index, field) => {
            if let Some(member) = form.new_members.get_mut(index) {
                type_member(member, field);
            }
        }
        Edit::DropMember(index) if index < form.new_members.len() => {
            form.new_members.remove(index);
            tick_change(form, view, "members", Some(MEMBER_ADDED), !form.new_members.is_empty());
        }
        Edit::DropMember(_) => {}
        Edit::MemberLeft(id) => {
            if !form.left_members.remove(&id) {
                form.left_members.insert(id);
            }
            tick_change(form, view, "members", Some(MEMBER_LEFT), !form.left_members.is_empty());
        }
        Edit::Incident(key) => {
            if form.incidents.remove(&key).is_none() {
                form.incidents.insert(key, String::new());
            }
        }
        Edit::IncidentText(key, text) => {
            form.incidents.insert(key, text);
        }
        Edit::Advice(advice) => {
            if !form.advice.remove(&advice) {
                form.advice.insert(advice);
            }
        }
        Edit::Leaflets(text) => form.leaflets = text.trim().parse().unwrap_or_default(),
        Edit::FollowUpText(text) => set_follow_up(form, |promise| promise.text = text),
        Edit::FollowUpDate(text) => {
            set_follow_up(form, |promise| promise.date = contract::domain::time::parse_day(&text))
        }
        Edit::Note(text) => form.note = text,
    }
}

/// Whether the form has lost what a tap may take.
pub(super) fn takes(taken: Taken, before: &VisitForm, after: &VisitForm) -> bool {
    let loses_answer = || before.answers.iter().any(|(key, answer)| loses(answer, after.answers.get(key)));
    let loses_words =
        || before.incidents.iter().any(|(key, words)| !words.trim().is_empty() && !after.incidents.contains_key(key));
    match taken {
        Taken::Changes => {
            let loses_incident = before.incidents.keys().any(|key| !after.incidents.contains_key(key));
            loses_incident || loses_answer()
        }
        Taken::IncidentWords => loses_words(),
        Taken::Member => {
            before.new_members.iter().any(|member| !after.new_members.contains(member) && has_words(member))
        }
        Taken::Sensitive => loses_answer(),
        // That is no edit.
        Taken::Draft(_) => false,
        Taken::ContactName => before.contact_name.as_ref().is_some_and(|name| !name.trim().is_empty()),
    }
}

/// Whether an answer says something that the one in its place does not.
fn loses(before: &Answer, after: Option<&Answer>) -> bool {
    match (before, after) {
        (Answer::Many(before), Some(Answer::Many(after))) => !before.is_subset(after),
        (Answer::Many(before), None) => !before.is_empty(),
        (before, after) => Some(before) != after,
    }
}

fn has_words(member: &AddMember) -> bool {
    [&member.name, &member.tel, &member.id_no].iter().any(|text| !text.trim().is_empty())
}

/// The form as it is submitted: without spaces around names, and without answers that may not be kept.
pub(super) fn tidy(form: &VisitForm, view: &VisitFormView) -> VisitForm {
    let mut form = form.clone();
    for member in &mut form.new_members {
        member.name = member.name.trim().to_owned();
    }
    form.contact_name = form
        .contact_name
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty() && *name != view.household.contact_name);
    form.follow_up = form.follow_up.filter(|promise| !promise.text.trim().is_empty() || promise.date.is_some());
    if !form.consent_given && !view.has_consent {
        remove_sensitive(&view.template, &mut form.answers);
    }
    form
}

/// The key of an incident that a tick may become.
pub(super) fn incident_key(question: &str, option: Option<&str>) -> String {
    option.map_or_else(|| question.to_owned(), |option| format!("{question}.{option}"))
}

fn set_answer(form: &mut VisitForm, view: &VisitFormView, key: String, answer: Option<Answer>) {
    if let Some(question) = view.template.find_question(&key) {
        mirror(form, question, answer.as_ref());
    }
    match answer {
        Some(answer) => form.answers.insert(key, answer),
        None => form.answers.remove(&key),
    };
}

/// Writes an answer into the field of the visit where its question keeps it.
fn mirror(form: &mut VisitForm, question: &Question, answer: Option<&Answer>) {
    let text = match answer {
        Some(Answer::Text(text)) => text.clone(),
        _ => String::new(),
    };
    match question.stored_in {
        StoredIn::Advice => {
            form.advice = match answer {
                Some(Answer::Many(codes)) => codes.iter().map(|code| Advice::from_code(code)).collect(),
                _ => BTreeSet::new(),
            };
            form.advice.remove(&Advice::Unknown);
        }
        StoredIn::Leaflets => {
            form.leaflets = match answer {
                Some(Answer::Number(number)) => u32::try_from(*number).unwrap_or_default(),
                _ => 0,
            };
        }
        StoredIn::FollowUpText => set_follow_up(form, |promise| promise.text = text),
        StoredIn::FollowUpDate => {
            let date = match answer {
                Some(Answer::Date(date)) => Some(*date),
                _ => None,
            };
            set_follow_up(form, |promise| promise.date = date);
        }
        StoredIn::Note => form.note = text,
        StoredIn::Answers | StoredIn::Unknown => {}
    }
}

fn set_follow_up(form: &mut VisitForm, change: impl FnOnce(&mut FollowUp)) {
    let mut promise = form.follow_up.take().unwrap_or(FollowUp { text: String::new(), date: None });
    change(&mut promise);
    form.follow_up = Some(promise).filter(|promise| !promise.text.is_empty() || promise.date.is_some());
}

fn toggle_option(form: &mut VisitForm, view: &VisitFormView, key: String, code: &str) {
    let mut codes = match form.answers.get(&key) {
        Some(Answer::Many(codes)) => codes.clone(),
        _ => BTreeSet::new(),
    };
    if !codes.remove(code) {
        codes.insert(code.to_owned());
    }
    let is_ticked = codes.contains(code);
    if !is_ticked {
        form.incidents.remove(&incident_key(&key, Some(code)));
    }
    set_answer(form, view, key, Some(Answer::Many(codes)));
}

/// Answers everything the checklist names for "no change": last time's answers, or its own. Ticks that would make
/// something new are never repeated.
fn take_no_change(form: &mut VisitForm, view: &VisitFormView) {
    let mut answers = no_change_answers(&view.template, &view.last_answers);
    if !form.consent_given && !view.has_consent {
        remove_sensitive(&view.template, &mut answers);
    }
    for (key, answer) in answers {
        set_answer(form, view, key, Some(answer));
    }
    form.incidents.clear();
}

/// Keeps the ticks of "what changed" in step with the changes that were typed.
fn tick_change(form: &mut VisitForm, view: &VisitFormView, field: &str, code: Option<&str>, is_changed: bool) {
    let is_it = |choice: &&Choice| {
        matches!(&choice.spawn, Some(Spawn::Edit { field: edited }) if edited == field)
            && code.is_none_or(|code| code == choice.code)
    };
    let found = view.template.questions().find_map(|question| {
        question.form.options().iter().find(is_it).map(|choice| (question.key.clone(), choice.code.clone()))
    });
    let Some((key, code)) = found else { return };
    let is_ticked = matches!(form.answers.get(&key), Some(Answer::Many(codes)) if codes.contains(&code));
    if is_ticked != is_changed {
        toggle_option(form, view, key, &code);
    }
}

fn type_member(member: &mut AddMember, field: Field) {
    match field {
        Field::Name(text) => member.name = text,
        Field::Relation(code) => {
            member.relation = Some(code).filter(|code| !code.is_empty()).map(|code| Relation::from_code(&code));
        }
        Field::Tel(text) => member.tel = text,
        Field::IdNo(text) => member.id_no = text,
        Field::Residence(code) => {
            member.residence = Some(code).filter(|code| !code.is_empty()).map(|code| Residence::from_code(&code));
        }
        Field::ContactName(_) | Field::HouseStatus(_) | Field::Note(_) | Field::TelAt(..) => {}
    }
}

/// Needs that were ticked. The card may have some of them: those keep their state.
pub(super) fn mentioned_needs(form: &VisitForm, view: &VisitFormView) -> Vec<NeedCode> {
    contract::domain::checklist::spawned_needs(&view.template, &form.answers, form.outcome).into_iter().collect()
}
