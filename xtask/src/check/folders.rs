//! The map in ARCHITECTURE.md is the territory: every folder it draws exists, and every folder of the checkout is
//! drawn. Compared are the folders at the top and those below `crates/`; hidden ones are left out.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::workspace::{capture, command, root};

/// Folders whose children are drawn as well.
const OPENED: &[&str] = &["crates"];

/// Compares the drawing with what git knows.
pub(super) fn check_folders() -> Result<()> {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).context("cannot read ARCHITECTURE.md")?;
    let drawn = drawn_folders(&text).context("ARCHITECTURE.md has no drawing that contains `crates/`")?;
    let listed = capture(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let real = real_folders(&listed);
    let only_drawn: Vec<_> = drawn.difference(&real).map(String::as_str).collect();
    let only_real: Vec<_> = real.difference(&drawn).map(String::as_str).collect();
    ensure!(only_drawn.is_empty(), "ARCHITECTURE.md draws folders that are not there: {}", only_drawn.join(", "));
    ensure!(only_real.is_empty(), "ARCHITECTURE.md does not draw: {}", only_real.join(", "));
    Ok(())
}

/// The folders of the first fenced block that draws `crates/`. A line names one or more folders (`docs/adr/ docs/howtos/`),
/// then may say what they hold; a deeper line lies in the folder above it.
fn drawn_folders(text: &str) -> Option<BTreeSet<String>> {
    let block =
        text.split("```").skip(1).step_by(2).find(|block| block.lines().any(|line| line.starts_with("crates/")))?;
    let mut folders = BTreeSet::new();
    let mut above: Vec<(usize, String)> = Vec::new();
    for line in block.lines() {
        let depth = line.len() - line.trim_start().len();
        above.retain(|(other, _)| *other < depth);
        let prefix: String = above.last().map(|(_, folder)| format!("{folder}/")).unwrap_or_default();
        let names = line.split_whitespace().take_while(|word| word.ends_with('/'));
        for name in names {
            let path = format!("{prefix}{}", name.trim_end_matches('/'));
            insert_with_parents(&path, &mut folders);
            above.retain(|(other, _)| *other < depth);
            above.push((depth, path));
        }
    }
    Some(folders)
}

fn real_folders(listed: &str) -> BTreeSet<String> {
    let mut folders = BTreeSet::new();
    for path in listed.lines().filter(|path| !path.starts_with(['.', '"'])) {
        let mut parts = path.split('/');
        let (Some(first), Some(second)) = (parts.next(), parts.next()) else { continue };
        folders.insert(first.to_owned());
        if OPENED.contains(&first) && parts.next().is_some() {
            folders.insert(format!("{first}/{second}"));
        }
    }
    folders
}

fn insert_with_parents(path: &str, folders: &mut BTreeSet<String>) {
    for (end, _) in path.match_indices('/') {
        folders.insert(path[..end].to_owned());
    }
    folders.insert(path.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_is_read_by_indentation() {
        let text = "# Map\n```\nCargo.toml     members\ncrates/\n  domain/      the language\nui/            draws\ndocs/adr/ docs/howtos/\n```\n";
        let drawn = drawn_folders(text).unwrap();
        assert_eq!(
            drawn.into_iter().collect::<Vec<_>>(),
            ["crates", "crates/domain", "docs", "docs/adr", "docs/howtos", "ui"]
        );
    }

    #[test]
    fn folders_are_taken_from_files() {
        let listed =
            "Cargo.toml\ncrates/domain/src/lib.rs\nui/src/app/mod.rs\n.ci/run\ndocs/adr/0001.md\ndocs/index.md\n";
        let real = real_folders(listed);
        assert_eq!(real.into_iter().collect::<Vec<_>>(), ["crates", "crates/domain", "docs", "ui"]);
    }
}
