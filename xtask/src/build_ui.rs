//! `cargo xtask build-ui`: the screens, ready to be shown, in `ui/dist`.
//!
//! Flow: cargo builds the crate `ui` for the browser, `bundle` makes the module that a browser loads, `wasm-opt`
//! shrinks it, and the hand-written files (page, styles, start script) are laid beside it. The last three are skipped
//! when neither the module nor a hand-written file has changed, so that the shell, which carries `ui/dist` inside,
//! is not built again for nothing.
//!
//! What lies in `ui/dist`, side by side: `index.html`, every `*.js` of `ui/`, what is in `ui/styles/`, `weui.min.css`,
//! `ui.js`, `ui_bg.wasm`, `scan.js` and `scan_bg.wasm`.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::bundle;
use crate::install::{self, Packages};
use crate::step::{say, step};
use crate::workspace::{cargo, command, execute, root, target_folder};

/// Where the browser finds the style sheet that our own builds on.
const WEUI: (&str, &str) = ("weui.min.css", "node_modules/weui/dist/style/weui.min.css");

/// The programs: the screens, and the reader of QR codes that is loaded when a code is photographed.
const MODULES: [&str; 2] = ["ui", "scan"];

/// What WebKit and Chrome 96 understand, and Rust makes use of.
const WASM_FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-sign-ext",
    "--enable-mutable-globals",
    "--enable-reference-types",
    "--enable-multivalue",
];

/// Installs what is needed, then builds.
pub(crate) fn run() -> Result<()> {
    install_needed()?;
    build()
}

/// What the screens need to be built.
pub(crate) fn install_needed() -> Result<()> {
    install::install_packages(&[Packages::Build])?;
    install::install_target(bundle::TARGET)?;
    install::install_npm_packages()
}

/// Builds; everything needed is there.
pub(crate) fn build() -> Result<()> {
    step("Building the screens (the first time takes some minutes)", || {
        execute(cargo().args(["build", "--package", "ui", "--bins", "--target", bundle::TARGET, "--profile", "wasm"]))
    })?;
    let modules = MODULES.map(|name| (name, target_folder().join(bundle::TARGET).join(format!("wasm/{name}.wasm"))));
    let files = collect_files()?;
    let stamp = fingerprint(&modules, &files)?;
    let dist = root().join("ui/dist");
    let stamp_file = target_folder().join("ui-dist.stamp");
    if dist.join("ui_bg.wasm").is_file() && fs::read_to_string(&stamp_file).is_ok_and(|last| last == stamp) {
        say("  ui/dist is up to date");
        return Ok(());
    }
    step("Bundling the screens into ui/dist", || {
        let fresh = target_folder().join("ui-dist");
        if fresh.exists() {
            fs::remove_dir_all(&fresh)?;
        }
        fs::create_dir_all(&fresh)?;
        for (name, module) in &modules {
            bundle::bundle(module, name, &fresh)?;
            shrink(&fresh.join(format!("{name}_bg.wasm")))?;
        }
        for (name, source) in &files {
            let destination = fresh.join(name);
            fs::create_dir_all(destination.parent().expect("a file lies in a folder"))?;
            fs::copy(source, &destination).with_context(|| format!("cannot copy {}", source.display()))?;
        }
        ensure_links_resolve(&fresh)?;
        replace_folder(&fresh, &dist)
    })?;
    fs::write(&stamp_file, stamp)?;
    say(&format!("  ui_bg.wasm: {} kB", fs::metadata(dist.join("ui_bg.wasm"))?.len() / 1000));
    Ok(())
}

/// The hand-written files: name in `ui/dist` → where it lies.
fn collect_files() -> Result<BTreeMap<String, PathBuf>> {
    let ui = root().join("ui");
    let mut files = BTreeMap::new();
    collect_folder(&ui, |name| name == "index.html" || name.ends_with(".js"), &mut files)?;
    collect_folder(&ui.join("styles"), |_| true, &mut files)?;
    files.insert(WEUI.0.to_owned(), ui.join(WEUI.1));
    Ok(files)
}

fn collect_folder(
    folder: &Path,
    is_wanted: impl Fn(&str) -> bool,
    files: &mut BTreeMap<String, PathBuf>,
) -> Result<()> {
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_file() && is_wanted(&name) {
            files.insert(name, path);
        }
    }
    Ok(())
}

/// One number over everything that ends up in `ui/dist`, and over how it gets there.
fn fingerprint(modules: &[(&str, PathBuf)], files: &BTreeMap<String, PathBuf>) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    (bundle::VERSION, WASM_FEATURES).hash(&mut hasher);
    for (name, module) in modules {
        name.hash(&mut hasher);
        fs::read(module).with_context(|| format!("cannot read {}", module.display()))?.hash(&mut hasher);
    }
    for (name, path) in files {
        name.hash(&mut hasher);
        fs::read(path).with_context(|| format!("cannot read {}", path.display()))?.hash(&mut hasher);
    }
    Ok(format!("{:016x}", hasher.finish()))
}

/// Smaller, not different. The optimiser comes from npm: Debian's is too old for what Rust emits.
fn shrink(module: &Path) -> Result<()> {
    let optimiser = root().join("ui/node_modules/.bin/wasm-opt");
    let smaller = module.with_extension("opt");
    execute(command(optimiser).arg("-Oz").args(WASM_FEATURES).arg(module).arg("-o").arg(&smaller))?;
    fs::rename(smaller, module)?;
    Ok(())
}

/// Every file that the page asks for is there: a typing error here would be a white window.
fn ensure_links_resolve(dist: &Path) -> Result<()> {
    let page = fs::read_to_string(dist.join("index.html"))?;
    for attribute in ["href=\"", "src=\""] {
        for part in page.split(attribute).skip(1) {
            let link = part.split('"').next().unwrap_or_default().trim_start_matches("./").trim_start_matches('/');
            if link.is_empty() || link.starts_with('#') || link.contains(':') {
                continue;
            }
            ensure!(dist.join(link).is_file(), "ui/index.html asks for {link}, which is not in ui/dist");
        }
    }
    Ok(())
}

fn replace_folder(fresh: &Path, old: &Path) -> Result<()> {
    if old.exists() {
        fs::remove_dir_all(old)?;
    }
    fs::rename(fresh, old).with_context(|| format!("cannot put {} in place", old.display()))
}
