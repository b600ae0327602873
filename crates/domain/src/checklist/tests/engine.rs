use super::*;
use crate::codes::Outcome;

fn visible_keys(template: &Template, given: &Answers, outcome: Option<Outcome>) -> Vec<String> {
    visible_questions(template, given, outcome).iter().map(|visible| visible.question.key.clone()).collect()
}

const CARE: &str = r#"{"key":"care","label":{"zh":"照护","en":"Care"},"type":"tri_state"}"#;
const WHO: &str = r#"{"key":"who","label":{"zh":"谁","en":"Who"},"type":"single",
    "relevant_if":{"is":"equals","question":"care","answer":"tri:yes"},
    "required_if":{"is":"outcome_is","any_of":["met"]},
    "options":[{"code":"son","label":{"zh":"子","en":"Son"}},{"code":"none","label":{"zh":"无","en":"Nobody"}}]}"#;
const SON_TEL: &str = r#"{"key":"son_note","label":{"zh":"说明","en":"Note"},"type":"text","limit":5,
    "relevant_if":{"is":"contains","question":"who","option":"son"}}"#;
const PEOPLE: &str = r#"{"key":"people","label":{"zh":"人数","en":"People"},"type":"number","min":0,"max":60,
    "constraint":{"rule":{"is":"in_range","question":"people","min":1},"message":{"zh":"至少一人","en":"At least one"}}}"#;

#[test]
fn questions_appear_as_earlier_answers_call_for_them() {
    let template = template_of(&[CARE, WHO, SON_TEL]);
    for (given, visible) in [
        (&[][..], &["care"][..]),
        (&[("care", "tri:no")], &["care"]),
        (&[("care", "tri:yes")], &["care", "who"]),
        (&[("care", "tri:yes"), ("who", "one:son")], &["care", "who", "son_note"]),
        // The worker went back to 否: the answer about the son no longer counts.
        (&[("care", "tri:no"), ("who", "one:son")], &["care"]),
    ] {
        assert_eq!(visible_keys(&template, &answers(given), None), visible, "{given:?}");
    }
}

#[test]
fn an_answer_is_required_only_where_the_rule_says_so() {
    let template = template_of(&[CARE, WHO]);
    let required = |given: &[(&str, &str)], outcome| check_answers(&template, &answers(given), Some(outcome));
    assert_eq!(required(&[], Outcome::Met), [], "not asked for, not required");
    assert_eq!(required(&[("care", "tri:yes")], Outcome::Phone), [], "another outcome");
    assert_eq!(
        required(&[("care", "tri:yes")], Outcome::Met),
        [Finding { question: "who".into(), problem: AnswerProblem::Required }]
    );
    assert_eq!(required(&[("care", "tri:yes"), ("who", "one:none")], Outcome::Met), []);
}

#[test]
fn each_wrong_answer_is_named() {
    let template = template_of(&[CARE, WHO, SON_TEL, PEOPLE]);
    let message = Label::new("至少一人", "At least one");
    for (key, answer, problem) in [
        ("care", "text:yes", Some(AnswerProblem::WrongType)),
        ("people", "number:3", None),
        ("people", "number:61", Some(AnswerProblem::OutOfRange { min: Some(0), max: Some(60) })),
        ("people", "number:0", Some(AnswerProblem::Constraint { message })),
        ("people", "voice:three", None),
        ("who", "one:aunt", Some(AnswerProblem::UnknownOption { code: "aunt".into() })),
        ("son_note", "text:每天都来", None),
        ("son_note", "text:每天都来看她", Some(AnswerProblem::TooLong { limit: 5 })),
        ("of_a_newer_template", "tri:yes", None),
    ] {
        let mut given = answers(&[("care", "tri:yes"), ("who", "one:son")]);
        given.extend(answers(&[(key, answer)]));
        let found: Vec<_> = check_answers(&template, &given, None).into_iter().map(|finding| finding.problem).collect();
        assert_eq!(found, Vec::from_iter(problem), "{key} {answer}");
    }
}

#[test]
fn a_hidden_answer_is_not_checked() {
    let template = template_of(&[CARE, WHO]);
    assert_eq!(check_answers(&template, &answers(&[("care", "tri:no"), ("who", "one:aunt")]), None), []);
}

#[test]
fn blocks_count_what_was_asked() {
    let template = template_of(&[CARE, WHO, PEOPLE]);
    let count = |given: &[(&str, &str)]| {
        let counts = count_answers(&template, &answers(given), None);
        counts.iter().map(|count| (count.section.to_owned(), count.asked, count.total)).collect::<Vec<_>>()
    };
    assert_eq!(count(&[]), [("only".to_owned(), 0, 2)]);
    assert_eq!(count(&[("care", "tri:not_asked")]), [("only".to_owned(), 0, 2)], "未问 is not 已问");
    assert_eq!(count(&[("care", "tri:yes"), ("people", "number:2")]), [("only".to_owned(), 2, 3)]);
}
