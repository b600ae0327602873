//! The Android gate: types only, without an NDK. An APK needs the real thing; this tells us years earlier that
//! something does not even compile for a phone.

use anyhow::Result;

use crate::workspace::{cargo, execute};

/// The phones there are.
pub(super) const TARGET: &str = "aarch64-linux-android";

/// `cargo check` of what a phone carries. C code is compiled by Debian's cross-compiler and never linked.
pub(super) fn check_android() -> Result<()> {
    execute(
        cargo()
            .args(["check", "--package", "companion", "--package", "grid-companion", "--target", TARGET])
            .env("CC_aarch64_linux_android", "aarch64-linux-gnu-gcc")
            .env("CXX_aarch64_linux_android", "aarch64-linux-gnu-g++")
            .env("AR_aarch64_linux_android", "aarch64-linux-gnu-ar"),
    )
}
