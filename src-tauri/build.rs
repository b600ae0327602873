//! Before the shell is compiled: the screens must lie in `ui/dist`, or a page that says how to get them.
#![allow(clippy::expect_used, reason = "a build script's only way to complain")]

use std::fs;
use std::path::Path;

/// Shown when the shell was built before the screens; it compiles all the same, so that checks need no browser build.
const PLACEHOLDER: &str = "<!doctype html><meta charset=\"utf-8\"><title>网格随行</title>\n<p>The screens are not built yet: run <code>cargo xtask build-ui</code>, then build the app again.</p>\n";

fn main() {
    let dist = Path::new("../ui/dist");
    let page = dist.join("index.html");
    if !page.exists() {
        fs::create_dir_all(dist).expect("ui/dist can be created");
        fs::write(page, PLACEHOLDER).expect("ui/dist can be written");
    }
    // tauri-build watches ui/dist, the icons and the permissions.
    tauri_build::build();
}
