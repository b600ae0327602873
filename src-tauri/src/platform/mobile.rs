//! The phone's side of `platform`.

use std::ffi::OsString;

use tauri::{AppHandle, Builder, Wry};

use crate::options::Options;

/// A phone starts apps without arguments.
pub(crate) fn arguments() -> impl Iterator<Item = OsString> {
    std::iter::empty()
}

/// There is no terminal; it goes to the log.
pub(crate) fn complain(text: &str) {
    tracing::error!("{text}");
}

/// The system itself keeps one instance.
pub(crate) fn add_plugins(builder: Builder<Wry>, _options: &Options) -> Builder<Wry> {
    builder
}

/// A phone's window is as large as the phone.
pub(crate) fn widen_for_desk(_app: &AppHandle) {}
