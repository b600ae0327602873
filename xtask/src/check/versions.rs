//! Pairs of versions that must be equal and that no compiler compares.

use std::fs;

use anyhow::{Context, Result, ensure};

use crate::bundle;
use crate::workspace::root;

/// The bridge in the screens and the one that bundles them.
pub(super) fn check_versions() -> Result<()> {
    let lock = fs::read_to_string(root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    for package in ["wasm-bindgen", "wasm-bindgen-cli-support"] {
        let version = locked_version(&lock, package).with_context(|| format!("Cargo.lock has no {package}"))?;
        ensure!(version == bundle::VERSION, "{package} is {version}, xtask/src/bundle.rs says {}", bundle::VERSION);
    }
    Ok(())
}

fn locked_version<'a>(lock: &'a str, package: &str) -> Option<&'a str> {
    let rest = lock.split_once(&format!("\nname = \"{package}\"\nversion = \""))?.1;
    rest.split('"').next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_found_by_the_whole_name() {
        let lock =
            "[[package]]\nname = \"ab\"\nversion = \"1.0.0\"\n\n[[package]]\nname = \"a\"\nversion = \"2.0.0\"\n";
        assert_eq!(locked_version(lock, "a"), Some("2.0.0"));
        assert_eq!(locked_version(lock, "b"), None);
    }
}
