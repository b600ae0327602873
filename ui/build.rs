//! Makes one constant per message of the Chinese catalogue, so that a key that does not exist does not compile.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

const CATALOGUE: &str = "locales/zh-CN";

fn main() {
    println!("cargo::rerun-if-changed=locales");
    let mut names: Vec<_> = fs::read_dir(CATALOGUE)
        .expect("the catalogue is part of the source")
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    names.sort();
    let mut source = String::new();
    for name in names {
        let text = fs::read_to_string(&name).expect("a readable file");
        for line in text.lines() {
            let Some((key, _)) = line.split_once(" =") else { continue };
            let is_key = key.starts_with(|c: char| c.is_ascii_lowercase())
                && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if is_key {
                let constant = key.to_uppercase().replace('-', "_");
                writeln!(source, "pub(crate) const {constant}: super::Key = super::Key({key:?});").expect("a string");
            }
        }
    }
    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("keys.rs"), source).expect("cargo's folder is writable");
}
