use super::*;
use crate::codes::Outcome;

#[test]
fn each_operator_has_its_meaning() {
    let given = answers(&[
        ("care", "tri:yes"),
        ("drug", "tri:not_asked"),
        ("needs", "many:02,06"),
        ("none", "many:"),
        ("kind", "one:a"),
        ("people", "number:3"),
        ("text", "text:  "),
    ]);
    for (json, holds) in [
        (r#"{"is":"answered","question":"care"}"#, true),
        (r#"{"is":"answered","question":"drug"}"#, false),
        (r#"{"is":"answered","question":"none"}"#, true),
        (r#"{"is":"answered","question":"text"}"#, false),
        (r#"{"is":"answered","question":"absent"}"#, false),
        (r#"{"is":"equals","question":"care","answer":"tri:yes"}"#, true),
        (r#"{"is":"equals","question":"care","answer":"tri:no"}"#, false),
        (r#"{"is":"contains","question":"needs","option":"06"}"#, true),
        (r#"{"is":"contains","question":"needs","option":"01"}"#, false),
        (r#"{"is":"contains","question":"kind","option":"a"}"#, true),
        (r#"{"is":"contains","question":"care","option":"yes"}"#, false),
        (r#"{"is":"any_chosen","question":"needs"}"#, true),
        (r#"{"is":"any_chosen","question":"none"}"#, false),
        (r#"{"is":"in_range","question":"people","min":1,"max":3}"#, true),
        (r#"{"is":"in_range","question":"people","min":4}"#, false),
        (r#"{"is":"in_range","question":"people","max":2}"#, false),
        (r#"{"is":"in_range","question":"absent"}"#, false),
        (r#"{"is":"outcome_is","any_of":["met","family"]}"#, true),
        (r#"{"is":"outcome_is","any_of":["absent"]}"#, false),
        (r#"{"is":"all","of":[]}"#, true),
        (r#"{"is":"any","of":[]}"#, false),
        (r#"{"is":"not","rule":{"is":"any","of":[]}}"#, true),
    ] {
        assert_eq!(rule(json).holds(&given, Some(Outcome::Met)), Some(holds), "{json}");
    }
    assert_eq!(rule(r#"{"is":"outcome_is","any_of":["met"]}"#).holds(&given, None), Some(false));
}

#[test]
fn an_operator_of_a_newer_server_decides_nothing_by_itself() {
    const NEWER: &str = r#"{"is":"weather","above":30}"#;
    const YES: &str = r#"{"is":"all","of":[]}"#;
    const NO: &str = r#"{"is":"any","of":[]}"#;
    for (json, holds) in [
        (NEWER.to_owned(), None),
        (format!(r#"{{"is":"not","rule":{NEWER}}}"#), None),
        (format!(r#"{{"is":"all","of":[{NEWER},{NO}]}}"#), Some(false)),
        (format!(r#"{{"is":"all","of":[{NEWER},{YES}]}}"#), None),
        (format!(r#"{{"is":"any","of":[{NEWER},{YES}]}}"#), Some(true)),
        (format!(r#"{{"is":"any","of":[{NEWER},{NO}]}}"#), None),
    ] {
        assert_eq!(rule(&json).holds(&Answers::new(), None), holds, "{json}");
    }
}
