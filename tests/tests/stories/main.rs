//! Whole-system stories: people with real phones, a real server, and a network that breaks.
//!
//! A phone is a real [`companion::Companion`] over a SQLite file with its [`companion::Pilot`]; the server is the real
//! router over a real ledger; between them stands [`network`], which drops, doubles, delays, reorders and cuts. Time
//! is the world's ([`world::World`]) and stands still unless a story moves it. Chance comes from one seed, printed when
//! a story fails: `GRID_SEED=42 cargo test -p tests --test stories chaos` plays exactly that one, `GRID_SEEDS=2000`
//! plays more.

#![allow(clippy::unwrap_used, reason = "a story that cannot go on stops where it stands")]

mod chance;
mod chaos;
mod clocks;
mod contacts;
mod costs;
mod desk;
mod district;
mod driver;
mod golden;
mod held;
mod limits;
mod loop_chaos;
mod loop_stories;
mod network;
mod people;
mod phone;
mod restored;
mod telling;
mod two_phones;
mod world;
mod wounds;
