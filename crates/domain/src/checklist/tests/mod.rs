mod engine;
mod presets;
mod rules;
mod spawn;
mod wire;

use super::*;
use crate::visit::Answer;

/// Answers from their stored forms.
fn answers(pairs: &[(&str, &str)]) -> Answers {
    pairs.iter().map(|(key, answer)| ((*key).to_owned(), Answer::from((*answer).to_owned()))).collect()
}

/// A rule from its JSON.
fn rule(json: &str) -> Rule {
    serde_json::from_str(json).expect(json)
}

/// A template of one section with these questions, each as JSON.
fn template_of(questions: &[&str]) -> Template {
    let json = format!(
        r#"{{"key":"test","version":7,"title":{{"zh":"试","en":"Test"}},
            "sections":[{{"key":"only","title":{{"zh":"一","en":"One"}},"questions":[{}]}}]}}"#,
        questions.join(",")
    );
    serde_json::from_str(&json).expect(&json)
}
