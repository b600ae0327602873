//! Debian packages.

use std::process::Command;

use anyhow::{Result, bail};

use crate::step::step;
use crate::workspace::{capture, command, execute, is_on_path};

/// What a set of packages is for.
#[derive(Clone, Copy)]
pub(crate) enum Packages {
    /// A C compiler, and clang for the C code inside the browser build.
    Build,
    /// The window: WebKit and what Tauri links.
    Window,
    /// A window nobody sees, and the driver that taps in it.
    HeadlessWindow,
    /// A C cross-compiler, enough to check the Android types without an NDK.
    AndroidGate,
}

impl Packages {
    const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Build => &["build-essential", "pkg-config", "clang", "llvm"],
            Self::Window => &[
                "libwebkit2gtk-4.1-dev",
                "libayatana-appindicator3-dev",
                "librsvg2-dev",
                "libxdo-dev",
                "fonts-noto-cjk",
            ],
            Self::HeadlessWindow => &["webkit2gtk-driver", "xvfb", "dbus-x11"],
            Self::AndroidGate => &["gcc-aarch64-linux-gnu", "libc6-dev-arm64-cross"],
        }
    }
}

/// Installs what is missing of these sets. On a system without dpkg it trusts the person: the build will say what it
/// lacks.
pub(crate) fn install_packages(sets: &[Packages]) -> Result<()> {
    if !is_on_path("dpkg-query") {
        return Ok(());
    }
    let missing: Vec<&str> =
        sets.iter().flat_map(|set| set.names()).copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let Some(as_root) = root_prefix()? else {
        bail!(
            "these packages are missing and this account cannot install them; as root: apt-get install {}",
            missing.join(" ")
        );
    };
    step(&format!("Installing Debian packages: {} (a download, may take minutes)", missing.join(" ")), || {
        execute(&mut apt_get(&as_root, &["update", "-qq"]))?;
        let mut arguments = vec!["install", "-y", "-qq", "--no-install-recommends"];
        arguments.extend(&missing);
        execute(&mut apt_get(&as_root, &arguments))
    })
}

fn is_installed(package: &str) -> bool {
    capture(command("dpkg-query").args(["-W", "-f", "${db:Status-Status}", package]))
        .is_ok_and(|status| status == "installed")
}

/// How to become root: not at all, by sudo, or impossible.
fn root_prefix() -> Result<Option<Vec<&'static str>>> {
    if capture(command("id").arg("-u"))?.trim() == "0" {
        return Ok(Some(vec![]));
    }
    Ok(is_on_path("sudo").then(|| vec!["sudo", "--preserve-env=DEBIAN_FRONTEND"]))
}

fn apt_get(as_root: &[&str], arguments: &[&str]) -> Command {
    let words: Vec<&str> = as_root.iter().copied().chain(["apt-get"]).chain(arguments.iter().copied()).collect();
    let mut apt = command(words[0]);
    apt.args(&words[1..]).env("DEBIAN_FRONTEND", "noninteractive");
    apt
}
