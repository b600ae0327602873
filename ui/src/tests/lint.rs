//! What all markup must keep to: controls have names, fields have labels, ids are unique, icons exist.
//!
//! Reads the server-rendered text with a small scanner for well-formed markup; it is no browser.

use std::collections::BTreeSet;

/// One element with its attributes, all text inside, and the classes of those around it.
struct Element {
    tag: String,
    attributes: Vec<(String, String)>,
    text: String,
    around: String,
}

impl Element {
    fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

const VOID: [&str; 4] = ["input", "br", "hr", "img"];

fn scan(html: &str) -> Vec<Element> {
    let mut done = Vec::new();
    let mut open: Vec<Element> = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (text, tail) = rest.split_at(start);
        for element in &mut open {
            element.text.push_str(text.trim());
        }
        let end = tail.find('>').unwrap_or(tail.len() - 1);
        let inside = &tail[1..end];
        rest = &tail[end + 1..];
        if inside.starts_with("!--") {
            continue;
        }
        if inside.starts_with('/') {
            done.extend(open.pop());
        } else {
            let around = open.iter().filter_map(|element| element.get("class")).collect::<Vec<_>>().join(" ");
            let element = Element { around, ..read_element(inside.trim_end_matches('/')) };
            if VOID.contains(&element.tag.as_str()) { done.push(element) } else { open.push(element) }
        }
    }
    assert!(open.is_empty(), "unclosed: {:?}", open.iter().map(|element| &element.tag).collect::<Vec<_>>());
    done
}

fn read_element(inside: &str) -> Element {
    let (tag, mut rest) = inside.split_once(' ').unwrap_or((inside, ""));
    let mut attributes = Vec::new();
    while let Some((name, tail)) = rest.split_once("=\"") {
        let (value, after) = tail.split_once('"').unwrap_or((tail, ""));
        // Attributes without a value stand before the name of the next one.
        let mut names = name.split_whitespace().rev();
        attributes.push((names.next().unwrap_or_default().to_owned(), value.to_owned()));
        attributes.extend(names.map(|name| (name.to_owned(), String::new())));
        rest = after;
    }
    attributes.extend(rest.split_whitespace().map(|name| (name.to_owned(), String::new())));
    Element { tag: tag.to_owned(), attributes, text: String::new(), around: String::new() }
}

/// Everything in this markup that somebody could not use.
pub(super) fn find_faults(html: &str) -> Vec<String> {
    let elements = scan(html);
    let mut faults = Vec::new();
    let ids: Vec<&str> = elements.iter().filter_map(|element| element.get("id")).collect();
    let unique: BTreeSet<&str> = ids.iter().copied().collect();
    if unique.len() != ids.len() {
        let doubled: BTreeSet<_> = ids.iter().filter(|id| ids.iter().filter(|other| other == id).count() > 1).collect();
        faults.push(format!("ids used twice: {doubled:?}"));
    }
    let labelled: BTreeSet<&str> =
        elements.iter().filter(|element| element.tag == "label").filter_map(|element| element.get("for")).collect();
    for element in &elements {
        let name = element.get("aria-label").unwrap_or(&element.text);
        // Whoever speaks to the device says what is written there.
        if matches!(element.tag.as_str(), "button" | "a") && element.text.chars().any(char::is_alphanumeric) {
            let [said, written] = [name, &element.text].map(|text| text.split_whitespace().collect::<String>());
            if !said.contains(&written) {
                faults.push(format!("{} is called “{name}”, but reads “{}”", element.tag, element.text));
            }
        }
        match element.tag.as_str() {
            "button" | "a" | "summary" if name.is_empty() => faults.push(format!("{} without a name", element.tag)),
            "button" if element.get("type").is_none() => faults.push(format!("button without type: {name}")),
            "input" | "select" | "textarea" => faults.extend(find_label_fault(element, &labelled, &elements)),
            _ => {}
        }
        for reference in ["aria-labelledby", "aria-describedby"] {
            if let Some(id) = element.get(reference).filter(|id| !unique.contains(id)) {
                faults.push(format!("{reference} names {id}, which is not there"));
            }
        }
        // Only there is it drawn as a box with a tick.
        if element.get("class") == Some("weui-check") && !element.around.contains("weui-cells_checkbox") {
            faults.push("a box that is not drawn as one".to_owned());
        }
        if element.get("style").is_some() {
            faults.push(format!("style attribute on {}: the content policy drops it", element.tag));
        }
    }
    if elements.iter().filter(|element| element.tag == "h1").count() != 1 {
        faults.push("not exactly one h1".to_owned());
    }
    faults
}

fn find_label_fault(element: &Element, labelled: &BTreeSet<&str>, elements: &[Element]) -> Option<String> {
    let has_name = element.get("aria-label").is_some_and(|name| !name.is_empty());
    let is_labelled = element.get("id").is_some_and(|id| labelled.contains(id));
    // Radio buttons and check boxes stand inside their label.
    let is_inside = matches!(element.get("type"), Some("radio" | "checkbox"))
        && elements.iter().any(|other| other.tag == "label" && !other.text.is_empty());
    let what = element.get("id").or(element.get("name")).unwrap_or_default();
    (!has_name && !is_labelled && !is_inside).then(|| format!("{} {what} without a label", element.tag))
}

#[test]
fn the_lint_finds_what_it_is_for() {
    let bad = "<h1>T</h1><a aria-label=\"Go\" href=\"#\">Leave</a><button type=\"button\"></button><input id=\"a\" type=\"text\"><p id=\"a\"></p><i style=\"x\">y</i><label>B<input type=\"checkbox\" class=\"weui-check\"></label>";
    let faults = find_faults(bad).join("; ");
    for part in [
        "is called “Go”, but reads “Leave”",
        "button without a name",
        "without a label",
        "ids used twice",
        "style attribute",
        "not drawn as one",
    ] {
        assert!(faults.contains(part), "{faults}");
    }
    let good =
        "<h1>T</h1><label for=\"a\">Name</label><input id=\"a\" type=\"text\"><button type=\"button\">Go</button>";
    assert!(find_faults(good).is_empty());
}

#[test]
fn every_icon_that_is_drawn_exists() {
    let page = include_str!("../../index.html");
    let source = super::super::i18n::read_sources();
    let calls = ["icon(\"", "icon_small(\"", "empty(\""];
    for call in calls {
        for part in source.split(call).skip(1) {
            let name = part.split('"').next().unwrap_or_default();
            assert!(page.contains(&format!("id=\"i-{name}\"")), "no symbol for {name}");
        }
    }
}
