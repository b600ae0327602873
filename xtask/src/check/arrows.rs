//! Which crate may know which: the arrows of ARCHITECTURE.md, and one owner for each outside world. Read from
//! `cargo metadata`, so that nothing has to be kept by hand but the table.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::workspace::{capture, cargo};

/// Who may know whom, innermost first. What is not listed is a defect; `tests` and `xtask` may know anything.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("documents", &["domain"]),
    ("sync", &["domain"]),
    ("contract", &["domain"]),
    ("companion", &["sync", "documents", "contract", "domain"]),
    ("grid-companion", &["companion", "contract"]),
    ("ui", &["contract"]),
    ("spreadsheet", &[]),
    ("roster", &["spreadsheet", "domain"]),
    ("sync-server", &["sync", "documents", "roster", "spreadsheet", "domain"]),
];

/// Crates that open a door to an outside world, and who may hold the key. Tests knock at every door, so their
/// dependencies (`dev-dependencies`) are left out.
const OWNERS: &[(&str, &[&str])] = &[
    ("automerge", &["documents"]),
    ("axum", &["sync-server"]),
    ("calamine", &["spreadsheet"]),
    ("reqwest", &["companion"]),
    ("rusqlite", &["companion", "sync-server"]),
    ("tauri", &["grid-companion"]),
    ("yew", &["ui"]),
];

/// Crates without a table row: they stand outside the product.
const OUTSIDE: &[&str] = &["tests", "xtask"];

/// Compares every dependency of every member with the two tables.
pub(super) fn check_arrows() -> Result<()> {
    let text = capture(cargo().args(["metadata", "--format-version", "1", "--no-deps", "--offline"]))
        .or_else(|_| capture(cargo().args(["metadata", "--format-version", "1", "--no-deps"])))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata printed no JSON")?;
    let packages = metadata["packages"].as_array().context("cargo metadata without packages")?;
    let members: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut defects = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if !OUTSIDE.contains(&name) {
            find_defects(name, package, &members, &mut defects);
        }
    }
    ensure!(defects.is_empty(), "{}", defects.join("\n"));
    Ok(())
}

fn find_defects(name: &str, package: &Value, members: &[&str], defects: &mut Vec<String>) {
    let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == name) else {
        defects.push(format!("{name} has no row in the table of arrows (xtask/src/check/arrows.rs)"));
        return;
    };
    for dependency in package["dependencies"].as_array().into_iter().flatten() {
        let to = dependency["name"].as_str().unwrap_or_default();
        if members.contains(&to) && to != name && !allowed.contains(&to) {
            defects.push(format!("{name} → {to} is not an arrow of the house"));
        }
        let is_for_tests = dependency["kind"].as_str() == Some("dev");
        if let Some((_, owners)) = OWNERS.iter().find(|(door, _)| *door == to)
            && !is_for_tests
            && !owners.contains(&name)
        {
            defects.push(format!("{name} uses {to}, which belongs to {}", owners.join(" and ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn defects_of(name: &str, dependencies: Value) -> Vec<String> {
        let mut defects = Vec::new();
        let package = json!({ "dependencies": dependencies });
        find_defects(name, &package, &["domain", "sync", "companion", "ui", "contract"], &mut defects);
        defects
    }

    #[test]
    fn an_arrow_against_the_layers_is_a_defect() {
        assert!(defects_of("companion", json!([{ "name": "sync", "kind": null }])).is_empty());
        assert_eq!(defects_of("domain", json!([{ "name": "sync", "kind": null }])).len(), 1);
        assert_eq!(defects_of("ui", json!([{ "name": "companion", "kind": "dev" }])).len(), 1, "not even for tests");
    }

    #[test]
    fn only_the_owner_opens_a_door() {
        assert!(defects_of("companion", json!([{ "name": "rusqlite", "kind": null }])).is_empty());
        assert_eq!(defects_of("sync", json!([{ "name": "rusqlite", "kind": null }])).len(), 1);
        assert!(defects_of("sync-server", json!([{ "name": "reqwest", "kind": "dev" }])).is_empty());
    }

    #[test]
    fn a_new_crate_needs_a_row() {
        assert_eq!(defects_of("newcomer", json!([])).len(), 1);
    }
}
