//! Everything the commands need and a bare Debian 12 does not have. Each part looks first and installs only what is
//! missing, so a second run costs nothing.

mod apt;
mod npm;
mod rustup;
mod tools;

pub(crate) use apt::{Packages, install_packages};
pub(crate) use npm::install_npm_packages;
pub(crate) use rustup::{install_component, install_target};
pub(crate) use tools::install_cargo_deny;
