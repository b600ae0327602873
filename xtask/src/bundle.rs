//! The bridge between the compiled screens and the browser: wasm-bindgen, in this process.
//!
//! The command-line tool of the same name would have to be installed in exactly the version of the library, minutes
//! of build each time one of them moves. As a library the pair stands in one lock file and cannot drift.

use std::path::Path;

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

/// The browser, as rustc calls it.
pub(crate) const TARGET: &str = "wasm32-unknown-unknown";
/// Version of the bridge; `cargo xtask check` compares it with the library's.
pub(crate) const VERSION: &str = "0.2.130";

/// Writes `<name>.js` and `<name>_bg.wasm` for a page that loads them as a module.
pub(crate) fn bundle(module: &Path, name: &str, folder: &Path) -> Result<()> {
    Bindgen::new()
        .input_path(module)
        .out_name(name)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(folder)
        .with_context(|| format!("cannot make a browser module of {}", module.display()))
}
