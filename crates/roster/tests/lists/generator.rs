//! Lists with a known truth: a random district, written in a random way, with random damage, and read again.
//!
//! Why. Offices invent layouts faster than anybody can list them. What must hold of every list is little and absolute:
//! people of two homes never share one, no number changes its bearer, every row is in a home, unplaced or named by a
//! finding, nobody is invented, and whoever is not read is told.
//!
//! Flow: `district` (who lives where) → `layout` (columns, shape, damage) → `list` and `spelling` (files, and who
//! stands on which row) → `roster::read` → `oracle`. The second story goes on: `later` (people move, marry, leave and
//! are corrected), another layout, both lists imported one after the other → `record`.
//!
//! Failure: the seed, the layout, what is wrong, and the list itself. `GRID_SEED=42 cargo test -p roster --test lists
//! generator` reads exactly that list; `GRID_SEEDS=5000` as many as it says; `GRID_LONG` the long run.
//!
//! Not here: what a home written twice costs (it is counted, and shown at the end of a run with `--nocapture`), and
//! columns that say nothing about place, person or number.

mod district;
mod later;
mod layout;
mod list;
mod oracle;
mod random;
mod record;
mod spelling;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use district::District;
use layout::Layout;
use oracle::{Verdict, Violation, judge};
use random::Random;

/// How many lists are read by `cargo test`.
const ORDINARY: u64 = 400;
/// How many by a long run, which sets `GRID_LONG`.
const LONG: u64 = 10_000;
/// How many failed lists are printed in full.
const SHOWN: usize = 3;

#[test]
fn lists_of_a_known_district_join_nobody_and_move_no_number() {
    play_seeds(play_reading);
}

#[test]
fn a_second_list_doubles_nobody_and_moves_no_number() {
    play_seeds(play_second_list);
}

/// The one seed of `GRID_SEED`, else as many as `GRID_SEEDS` says, else those of an ordinary or a long run.
fn list_seeds() -> Vec<u64> {
    if let Ok(seed) = std::env::var("GRID_SEED") {
        return vec![seed.parse().expect("GRID_SEED is a number")];
    }
    let count = match std::env::var("GRID_SEEDS") {
        Ok(count) => count.parse().expect("GRID_SEEDS is a number"),
        Err(_) if std::env::var_os("GRID_LONG").is_some() => LONG,
        Err(_) => ORDINARY,
    };
    (0..count).collect()
}

/// What one seed gave: the verdict, and everything that is printed when it is bad.
struct Played {
    verdict: Verdict,
    story: String,
}

/// Plays the seeds on all processors; prints the first that failed, and how often what went wrong.
fn play_seeds(play: fn(u64) -> Played) {
    let seeds = list_seeds();
    let next = AtomicUsize::new(0);
    let played = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(2, usize::from).min(seeds.len()) {
            scope.spawn(|| {
                while let Some(&seed) = seeds.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let one = std::panic::catch_unwind(|| play(seed)).unwrap_or_else(|_| {
                        let violation = Violation { kind: "panic", text: "see above".to_owned() };
                        let verdict = Verdict { violations: vec![violation], ..Verdict::default() };
                        Played { verdict, story: String::new() }
                    });
                    played.lock().unwrap().insert(seed, one);
                }
            });
        }
    });
    report(&played.into_inner().unwrap());
}

fn report(played: &BTreeMap<u64, Played>) {
    let mut kinds: BTreeMap<&str, Vec<u64>> = BTreeMap::new();
    let (mut homes, mut doubled, mut unplaced) = (0, 0, 0);
    for (seed, one) in played {
        homes += one.verdict.homes;
        doubled += one.verdict.doubled_homes + one.verdict.doubled_people;
        unplaced += one.verdict.unplaced;
        for violation in &one.verdict.violations {
            let seeds = kinds.entry(violation.kind).or_default();
            if seeds.last() != Some(seed) {
                seeds.push(*seed);
            }
        }
    }
    println!("{} lists, {homes} homes, {doubled} homes and people twice, {unplaced} rows unplaced", played.len());
    if kinds.is_empty() {
        return;
    }
    for (kind, seeds) in &kinds {
        println!("{kind}: {} seeds, such as {:?}", seeds.len(), &seeds[..seeds.len().min(8)]);
    }
    let failed: Vec<_> = played.iter().filter(|(_, one)| !one.verdict.violations.is_empty()).collect();
    for (seed, one) in failed.iter().take(SHOWN) {
        println!("\n==== GRID_SEED={seed}\n{}", one.story);
        for Violation { kind, text } in &one.verdict.violations {
            println!("  {kind}: {text}");
        }
    }
    panic!("{} of {} lists were read wrongly; replay one with GRID_SEED=…", failed.len(), played.len());
}

fn play_reading(seed: u64) -> Played {
    let mut random = Random::new(seed);
    let district = District::make(&mut random);
    let layout = Layout::make(&district, &mut random);
    let written = list::write(&district, &layout, &mut random);
    let seen = written.lists.read();
    let verdict = match &seen.0 {
        Ok(roster) => judge(&district, &layout, &written, roster),
        Err(error) => {
            let violations = vec![Violation { kind: "refused", text: error.to_string() }];
            Verdict { violations, ..Verdict::default() }
        }
    };
    let read = if seen.0.is_ok() { seen.describe() } else { String::new() };
    Played { verdict, story: format!("{layout:?}\n{}\n{read}", written.text) }
}

/// The district as it was, then as it is later, by two lists into one ledger.
fn play_second_list(seed: u64) -> Played {
    let mut random = Random::new(seed ^ 0x5eed);
    let before = District::make(&mut random);
    let layout = Layout::make(&before, &mut random);
    let first = list::write(&before, &layout, &mut random);
    let after = later::live_on(&before, &mut random);
    let second_layout = Layout::make(&after, &mut random);
    let second = list::write(&after, &second_layout, &mut random);
    let mut story = format!("{layout:?}\n{}\n{second_layout:?}\n{}", first.text, second.text);
    let rosters = [(&before, &layout, &first), (&after, &second_layout, &second)].map(|(district, layout, written)| {
        let roster = written.lists.read().0.ok()?;
        judge(district, layout, written, &roster).violations.is_empty().then_some(roster)
    });
    let [Some(one), Some(two)] = rosters else {
        // The other test tells of lists that are read wrongly.
        return Played { verdict: Verdict::default(), story };
    };
    let verdict = record::judge_imports([(&before, &first, one), (&after, &second, two)], &mut story);
    Played { verdict, story }
}
