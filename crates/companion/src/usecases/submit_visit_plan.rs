//! From the form to the records: what one visit makes and changes. Reads nothing and writes nothing.

use contract::{CommandError, ErrorCode, VisitForm};
use domain::checklist::{
    AnswerProblem, Answers, Template, check_answers, remove_sensitive, spawned_incidents, spawned_needs, write_answers,
};
use domain::codes::{Advice, Channel, CodeList as _, HouseStatus, NeedState, Outcome, Residence, Source};
use domain::household::NAME_LIMIT;
use domain::id::{NoteId, TransitionId};
use domain::incident::TEXT_LIMIT as INCIDENT_TEXT_LIMIT;
use domain::visit::{Improvement, TEXT_LIMIT};
use domain::{Account, Household, Incident, IncidentId, MemberId, UnixMillis, Visit, VisitId, apply_visit};

use super::check::{check_card_text, check_length, check_new_member};
use super::household_edits::refuse_unknown;
use super::particulars::ParticularsEdit;
use super::submit_incident::{ADDRESS_LIMIT, add_first_transition};
use crate::error::refuse_breaches;
use crate::surroundings::Surroundings;

/// Most characters of a promise.
const PROMISE_LIMIT: usize = 200;

/// What the form is filled in about.
pub(super) struct Setting<'a> {
    pub(super) account: &'a Account,
    pub(super) household: &'a Household,
    pub(super) template: &'a Template,
    /// When the form was opened: the visit began then.
    pub(super) started_at: UnixMillis,
    pub(super) now: UnixMillis,
    /// What the device's own clock says now.
    pub(super) at_device: UnixMillis,
    /// Consent was given at an earlier visit.
    pub(super) had_consent: bool,
}

/// Everything to be written.
pub(super) struct Plan {
    pub(super) visit: Visit,
    /// The household as it will be.
    pub(super) household: Household,
    pub(super) particulars: ParticularsEdit,
    pub(super) incidents: Vec<Incident>,
}

/// Puts everything together, or says which field is wrong.
pub(super) fn plan_visit(
    setting: &Setting<'_>,
    form: &VisitForm,
    surroundings: &mut Surroundings,
) -> Result<Plan, CommandError> {
    let outcome = check_form(form)?;
    let answers = collect_answers(setting, form, outcome)?;
    let mut visit = begin_visit(setting, outcome, surroundings);
    visit.channel = form.channel;
    write_answers(setting.template, &answers, &mut visit);
    add_plain_fields(&mut visit, form);
    let mut plan = Plan {
        household: setting.household.clone(),
        particulars: ParticularsEdit { consent_given: form.consent_given, ..ParticularsEdit::default() },
        incidents: plan_incidents(setting, form, &answers, &visit, surroundings)?,
        visit,
    };
    plan.visit.incidents = plan.incidents.iter().map(|incident| incident.id).collect();
    change_household(setting, form, &answers, &mut plan, surroundings)?;
    apply_visit(&mut plan.household, &plan.visit, setting.now.horizon());
    refuse_breaches(None, &plan.visit)?;
    refuse_breaches(Some(setting.household), &plan.household)?;
    for incident in &plan.incidents {
        refuse_breaches(None, incident)?;
    }
    Ok(plan)
}

fn check_form(form: &VisitForm) -> Result<Outcome, CommandError> {
    let outcome = form.outcome.ok_or(CommandError::new(ErrorCode::FieldMissing).in_field("outcome"))?;
    refuse_unknown("outcome", outcome, Outcome::Unknown)?;
    if let Some(channel) = form.channel {
        refuse_unknown("channel", channel, Channel::Unknown)?;
    }
    if let Some(status) = form.house_status {
        refuse_unknown("house_status", status, HouseStatus::Unknown)?;
    }
    check_length("note", &form.note, TEXT_LIMIT)?;
    if let Some(promise) = &form.follow_up {
        check_length("follow_up", &promise.text, PROMISE_LIMIT)?;
    }
    for (option, words) in &form.incidents {
        check_length(&format!("incidents.{option}"), words, INCIDENT_TEXT_LIMIT)?;
    }
    Ok(outcome)
}

/// The answers that may be kept: without consent none from behind the gate.
fn collect_answers(setting: &Setting<'_>, form: &VisitForm, outcome: Outcome) -> Result<Answers, CommandError> {
    let mut answers = form.answers.clone();
    if !setting.had_consent && !form.consent_given {
        remove_sensitive(setting.template, &mut answers);
    }
    if let Some(finding) = check_answers(setting.template, &answers, Some(outcome)).first() {
        let code = match finding.problem {
            AnswerProblem::Required => ErrorCode::FieldMissing,
            AnswerProblem::TooLong { .. } => ErrorCode::FieldTooLong,
            AnswerProblem::WrongType
            | AnswerProblem::UnknownOption { .. }
            | AnswerProblem::OutOfRange { .. }
            | AnswerProblem::Constraint { .. } => ErrorCode::FieldInvalid,
        };
        return Err(CommandError::new(code).in_field(format!("answers.{}", finding.question)));
    }
    Ok(answers)
}

fn begin_visit(setting: &Setting<'_>, outcome: Outcome, surroundings: &mut Surroundings) -> Visit {
    Visit {
        id: VisitId::new(setting.now, surroundings.id_bytes()),
        household: setting.household.id,
        grid: setting.household.grid.clone(),
        building: setting.household.building.clone(),
        by: setting.account.id,
        role: setting.account.role,
        at_start: setting.started_at,
        at_end: setting.now,
        clock_correction_ms: setting.now.since_ms(setting.at_device),
        channel: None,
        outcome,
        template: String::new(),
        answers: [].into(),
        improvements: [].into(),
        advice: [].into(),
        leaflets: 0,
        incidents: [].into(),
        follow_up: None,
        note: String::new(),
        amendments: [].into(),
    }
}

/// What the form keeps beside the checklist wins over what the checklist says of the same.
fn add_plain_fields(visit: &mut Visit, form: &VisitForm) {
    visit.advice.extend(form.advice.iter().copied().filter(|advice| *advice != Advice::Unknown));
    if form.leaflets > 0 {
        visit.leaflets = form.leaflets;
    }
    if let Some(promise) = &form.follow_up
        && !promise.text.trim().is_empty()
    {
        visit.follow_up = Some(promise.clone());
    }
    if !form.note.trim().is_empty() {
        form.note.trim().clone_into(&mut visit.note);
    }
}

/// One incident for each tick that the worker let become one. Keys of the form are `question.option`, the option
/// alone, or the question of a yes.
fn plan_incidents(
    setting: &Setting<'_>,
    form: &VisitForm,
    answers: &Answers,
    visit: &Visit,
    surroundings: &mut Surroundings,
) -> Result<Vec<Incident>, CommandError> {
    let mut incidents = Vec::new();
    for spawned in spawned_incidents(setting.template, answers, Some(visit.outcome)) {
        let key = spawned.option.map_or(spawned.question.to_owned(), |option| format!("{}.{option}", spawned.question));
        let Some(words) = form.incidents.get(&key).or_else(|| form.incidents.get(spawned.option?)) else { continue };
        let mut incident = Incident {
            id: IncidentId::new(setting.now, surroundings.id_bytes()),
            category: spawned.category.to_owned(),
            priority: None,
            title: String::new(),
            text: words.trim().to_owned(),
            happened_at: visit.at_start,
            reported_at: setting.now,
            source: Source::Visit,
            grid: visit.grid.clone(),
            building: Some(visit.building.clone()),
            household: Some(visit.household),
            visit: Some(visit.id),
            address_text: setting.household.place.full().chars().take(ADDRESS_LIMIT).collect(),
            by: visit.by,
            role: visit.role,
            self_handled: None,
            point: None,
            human_no: None,
            transitions: [].into(),
            decisions: [].into(),
            notes: [].into(),
        };
        let first = TransitionId::new(setting.now, surroundings.id_bytes());
        add_first_transition(&mut incident, (first, setting.at_device), setting.account);
        incidents.push(incident);
    }
    Ok(incidents)
}

/// What the visit found out about the household, each difference listed in the visit.
fn change_household(
    setting: &Setting<'_>,
    form: &VisitForm,
    answers: &Answers,
    plan: &mut Plan,
    surroundings: &mut Surroundings,
) -> Result<(), CommandError> {
    let household = &mut plan.household;
    let mut improvements = Vec::new();
    let mut improve = |field: String, from: &str, to: &str| {
        improvements.push(Improvement { field, from: from.to_owned(), to: to.to_owned() });
    };
    if let Some(name) = form.contact_name.as_deref().map(str::trim)
        && name != household.contact_name
    {
        check_card_text("contact_name", &household.contact_name, name, NAME_LIMIT)?;
        improve("contact_name".into(), &household.contact_name, name);
        name.clone_into(&mut household.contact_name);
    }
    if let Some(status) = form.house_status
        && household.house_status != Some(status)
    {
        improve("house_status".into(), household.house_status.map_or("", |status| status.code()), status.code());
        household.house_status = Some(status);
    }
    for (index, new) in form.new_members.iter().enumerate() {
        let person = check_new_member(&format!("new_members.{index}"), new)?;
        let id = MemberId::new(setting.now, surroundings.id_bytes());
        improve(format!("members.{id}.name"), "", &person.member.name);
        household.members.insert(id, person.member.clone());
        plan.particulars.add(id, person);
    }
    for id in &form.left_members {
        let Some(member) = household.members.get_mut(id) else {
            return Err(CommandError::new(ErrorCode::NotFound).in_field(format!("left_members.{id}")));
        };
        if member.residence != Some(Residence::MovedOut) {
            let from = member.residence.map_or("", |residence| residence.code());
            improve(format!("members.{id}.residence"), from, Residence::MovedOut.code());
            member.residence = Some(Residence::MovedOut);
        }
    }
    for need in spawned_needs(setting.template, answers, Some(plan.visit.outcome)) {
        if let std::collections::btree_map::Entry::Vacant(entry) = household.needs.entry(need) {
            entry.insert(NeedState::Open);
            improve(format!("needs.{}", need.code()), "", NeedState::Open.code());
        }
    }
    for improvement in improvements {
        plan.visit.improvements.insert(NoteId::new(setting.now, surroundings.id_bytes()), improvement);
    }
    Ok(())
}
