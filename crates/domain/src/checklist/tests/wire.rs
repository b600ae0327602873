//! Templates live for years and travel between versions: their JSON is golden, and newer JSON must be readable.

use super::*;
use crate::codes::Outcome;

#[test]
fn the_json_of_a_question_is_what_was_released() {
    const RELEASED: &str = r#"{"key":"hazards","label":{"zh":"安全隐患","en":"Hazards"},"sensitive":true,"relevant_if":{"is":"outcome_is","any_of":["met"]},"no_change":{"answer":"many:","reuse_last":false},"stored_in":"note","type":"multi","options":[{"code":"03002","label":{"zh":"飞线","en":"Cable"},"spawn":{"makes":"incident","category":"03002"}},{"code":"02","label":{"zh":"医疗","en":"Medical"},"spawn":{"makes":"need","code":"02"}},{"code":"m","label":{"zh":"人员","en":"Members"},"spawn":{"makes":"edit","field":"members"}}]}"#;
    let question: Question = serde_json::from_str(RELEASED).expect("readable");
    assert_eq!(serde_json::to_string(&question).expect("json"), RELEASED);
    let Form::Multi { options } = &question.form else { panic!("a multi question") };
    assert_eq!(options[0].spawn, Some(Spawn::Incident { category: "03002".into() }));
}

#[test]
fn what_a_newer_server_invented_is_skipped_not_tripped_over() {
    let template = template_of(&[
        r#"{"key":"voice","label":{"zh":"录音","en":"Voice"},"type":"voice","seconds":60,"codec":{"name":"opus"}}"#,
        r#"{"key":"hot","label":{"zh":"热","en":"Hot"},"type":"tri_state","relevant_if":{"is":"weather","above":30},
            "required_if":{"is":"weather"},"stored_in":"somewhere_new","on_yes":{"makes":"coffee","cups":2},
            "constraint":{"rule":{"is":"weather"},"message":{"zh":"","en":""}},"colour":"red"}"#,
    ]);
    let given = answers(&[("hot", "tri:yes"), ("voice", "voice:9")]);
    let visible = visible_questions(&template, &given, Some(Outcome::Met));
    assert_eq!(visible.len(), 1, "the voice question is skipped");
    assert_eq!((visible[0].question.key.as_str(), visible[0].is_required), ("hot", false));
    assert_eq!(check_answers(&template, &given, Some(Outcome::Met)), []);
    assert_eq!(spawned_incidents(&template, &given, Some(Outcome::Met)), []);
    assert_eq!(template.questions().next().map(|question| &question.form), Some(&Form::Unknown));
}

#[test]
fn each_preset_travels_as_json() {
    for preset in presets() {
        let json = serde_json::to_string(&preset).expect("json");
        let back: Template = serde_json::from_str(&json).expect("readable");
        assert_eq!(back, preset);
        assert!(json.len() < 16_000, "{} is {} bytes", preset.key, json.len());
    }
}

#[test]
fn mistakes_of_a_template_are_found_before_it_is_published() {
    let mistakes = |questions: &[&str]| {
        find_template_mistakes(&template_of(questions)).into_iter().map(|found| found.mistake).collect::<Vec<_>>()
    };
    const LABEL: &str = r#""label":{"zh":"问","en":"Q"}"#;
    let cases = [
        (format!(r#"{{"key":"a.b",{LABEL},"type":"date"}}"#), Mistake::Key("a.b".into())),
        (
            format!(r#"{{"key":"a",{LABEL},"type":"date","relevant_if":{{"is":"answered","question":"later"}}}}"#),
            Mistake::Reference("later".into()),
        ),
        (format!(r#"{{"key":"a",{LABEL},"type":"multi","options":[]}}"#), Mistake::NoOptions),
        (
            format!(r#"{{"key":"a",{LABEL},"type":"multi","options":[{{"code":"x,y",{LABEL}}}]}}"#),
            Mistake::Key("x,y".into()),
        ),
        (
            format!(r#"{{"key":"a",{LABEL},"type":"tri_state","on_yes":{{"makes":"incident","category":"77001"}}}}"#),
            Mistake::Spawn("77001".into()),
        ),
    ];
    for (question, mistake) in cases {
        assert_eq!(mistakes(&[&question]), [mistake], "{question}");
    }
    let twice = format!(r#"{{"key":"a",{LABEL},"type":"date"}}"#);
    assert_eq!(mistakes(&[&twice, &twice]), [Mistake::Twice("a".into())]);
}
