use super::*;
use crate::account::Role;
use crate::codes::{CodeList as _, Outcome};
use crate::record::Kind;
use crate::rights::{Act, Reach, reach};

/// A preset as an outline: blocks, questions, types, `§` for the consent gate, `?` for a condition.
fn outline(template: &Template) -> String {
    let mut lines = vec![template.reference()];
    for section in &template.sections {
        let condition = if section.relevant_if.is_some() { " ?" } else { "" };
        lines.push(format!("{}{condition}", section.key));
        for question in &section.questions {
            let form = match &question.form {
                Form::TriState { .. } => "tri".to_owned(),
                Form::Single { options } => format!("one of {}", options.len()),
                Form::Multi { options } => format!("any of {}", options.len()),
                Form::Number { .. } => "number".to_owned(),
                Form::Date => "date".to_owned(),
                Form::Text { limit } => format!("text {limit}"),
                Form::Photo { limit } => format!("photos {limit}"),
                Form::Unknown => "unknown".to_owned(),
            };
            let gate = if question.sensitive { " §" } else { "" };
            let condition = if question.relevant_if.is_some() { " ?" } else { "" };
            lines.push(format!("  {}: {form}{gate}{condition}", question.key));
        }
    }
    lines.join("\n")
}

#[test]
fn the_presets_have_their_structure() {
    let expected = [
        include_str!("golden/three-inquiries-peacetime.txt"),
        include_str!("golden/three-inquiries-emergency.txt"),
        include_str!("golden/building-lead-short.txt"),
    ];
    for (preset, expected) in presets().iter().zip(expected) {
        assert_eq!(outline(preset), expected.trim_end());
        assert_eq!(find_template_mistakes(preset), []);
        assert_eq!(find_preset(&preset.key).as_ref(), Some(preset));
    }
}

#[test]
fn no_question_of_a_preset_is_ever_required() {
    for preset in presets() {
        for outcome in Outcome::ALL {
            assert_eq!(check_answers(&preset, &Answers::new(), Some(*outcome)), [], "{} {outcome:?}", preset.key);
        }
        assert!(preset.questions().all(|question| question.required_if.is_none()));
    }
}

#[test]
fn at_a_shut_door_the_form_is_short() {
    let template = find_preset(THREE_INQUIRIES_PEACETIME).expect("a preset");
    let keys = |outcome| {
        let visible = visible_questions(&template, &Answers::new(), Some(outcome));
        visible.iter().map(|visible| visible.question.key.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(keys(Outcome::Absent), ["hazards", "advice", "leaflets", "follow_up_text", "photos", "note"]);
    assert_eq!(keys(Outcome::Moved)[..2], ["residents", "hazards"]);
    assert!(keys(Outcome::Met).contains(&"needs_care"));
}

#[test]
fn nothing_about_health_is_asked_outside_the_gate_or_by_a_lead() {
    let lead = find_preset(BUILDING_LEAD_SHORT).expect("a preset");
    assert!(lead.questions().all(|question| !question.sensitive));
    let second = lead.sections.iter().find(|section| section.key == "inquiry_2").expect("inquiry 2");
    assert_eq!(second.questions.iter().map(|q| q.key.as_str()).collect::<Vec<_>>(), ["wants_contact"]);
    let worker = find_preset(THREE_INQUIRIES_PEACETIME).expect("a preset");
    let second = worker.sections.iter().find(|section| section.key == "inquiry_2").expect("inquiry 2");
    assert!(second.questions.iter().all(|question| question.sensitive));
}

#[test]
fn every_role_that_visits_has_a_preset_and_no_other() {
    for role in Role::ALL.iter().copied().filter(|role| *role != Role::Office) {
        let visits = reach(role, Kind::Visit, Act::Create) != Reach::None;
        assert_eq!(preset_for(role).is_some(), visits, "{role:?}");
    }
    assert_eq!(preset_for(Role::BuildingLead).map(|preset| preset.key).as_deref(), Some(BUILDING_LEAD_SHORT));
}
