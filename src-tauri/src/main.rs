//! The app on a desktop. Everything is in the library, which a phone loads without this file.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    grid_companion::start()
}
