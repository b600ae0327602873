//! The process is killed at random moments of a thousand edits: after reopening each acknowledged edit is there once,
//! and none is half there.
//!
//! The test starts its own binary again as the phone ([`ROLE`] set), reads from a pipe what that phone acknowledges,
//! and kills it. Moments are counted in acknowledgements and bytes of the pipe, not in time.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use contract::{EditHousehold, GetHousehold, HouseholdEdit};
use documents::RecordDocument;
use domain::codes::{NeedCode, NeedState};
use domain::{ChangeHash, Household, HouseholdId};

use super::phone::{Phone, SeededRandom, TODAY, home, receive, worker};
use crate::store::document::{find_document, id_bytes};
use crate::store::record::read_record;
use crate::{Clock, Companion, Random as _, Surroundings};

/// Set in the child: the path of its store.
const ROLE: &str = "COMPANION_KILL_STORY_STORE";
/// Edits in all.
const EDITS: u64 = 1_000;
/// Households they go round.
const HOMES: u64 = 20;

/// The household that edit `n` is about.
fn home_of(n: u64) -> Household {
    home(&(100 + n % HOMES).to_string(), &[]).0
}

struct CountingClock(std::sync::atomic::AtomicI64);

impl Clock for CountingClock {
    fn now(&self) -> domain::UnixMillis {
        let step = self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        domain::UnixMillis::start_of(TODAY).plus_ms(step)
    }

    fn elapsed(&self) -> domain::MonotonicMillis {
        domain::MonotonicMillis::new(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

pub(super) fn open(path: &Path, seed: u64) -> Companion {
    let surroundings = Surroundings {
        clock: Box::new(CountingClock(0.into())),
        random: Box::new(SeededRandom(seed)),
        version: "0.1.0".into(),
    };
    Companion::open(path, surroundings).expect("opens after a kill")
}

/// Edit `n` leaves the number in two fields of one change.
fn edit(companion: &mut Companion, id: HouseholdId, n: u64) {
    let edits = vec![
        HouseholdEdit::Note { note: n.to_string() },
        HouseholdEdit::ContactName { name: format!("王{n}") },
        HouseholdEdit::Need {
            code: NeedCode::Medical,
            state: if n.is_multiple_of(2) { NeedState::Open } else { NeedState::Met },
        },
    ];
    companion.run(EditHousehold { id, edits }).expect("edited");
}

/// Not a test of its own: what the child process does.
#[test]
fn the_phone_that_gets_killed() {
    let Some(path) = std::env::var_os(ROLE) else { return };
    let path = Path::new(&path);
    let mut companion = open(path, std::process::id().into());
    let next = read_last_edit(&mut companion) + 1;
    let mut out = std::io::stdout().lock();
    for n in next..=EDITS {
        edit(&mut companion, home_of(n).id, n);
        writeln!(out, "ack {n}").expect("the parent listens");
        out.flush().expect("the parent listens");
    }
    writeln!(out, "done").expect("the parent listens");
    out.flush().expect("the parent listens");
}

/// The number of the last edit; panics when fields do not belong together or an earlier edit is missing.
pub(super) fn read_last_edit(companion: &mut Companion) -> u64 {
    let found: Vec<u64> = (0..HOMES).map(|n| read_edit_of(companion, home_of(n).id)).collect();
    let last = found.iter().copied().max().unwrap_or(0);
    for (home, found) in (0..HOMES).zip(found) {
        let expected = (1..=last).rev().find(|n| n % HOMES == home).unwrap_or(0);
        assert_eq!(found, expected, "home {home} after edit {last}");
    }
    last
}

/// The number in the fields of one household.
fn read_edit_of(companion: &mut Companion, id: HouseholdId) -> u64 {
    let view = companion.run(GetHousehold { id }).expect("readable");
    let n = view.note.parse().unwrap_or(0);
    if n > 0 {
        assert_eq!(view.row.contact_name, format!("王{n}"), "an edit is there whole or not at all");
        assert_eq!(view.row.open_needs, u32::from(n % 2 == 0));
    }
    let record: Household = read_record(companion.store.read(), id.into()).expect("store").expect("here").record;
    assert_eq!((record.note, record.contact_name), (view.note, view.row.contact_name), "table and document agree");
    n
}

/// A phone that has the households of the story.
pub(super) fn phone_with_homes() -> Phone {
    Phone::with_file().restart_after(|path| {
        let mut companion = open(path, 1);
        for n in 0..HOMES {
            companion.store.write(|writing| receive(writing, &home_of(n))).expect("stored");
        }
    })
}

#[test]
fn a_thousand_edits_survive_being_killed_at_random_moments() {
    let phone = phone_with_homes();
    let path = phone.file();
    let mut random = SeededRandom(20_261_123);
    let mut acknowledged = 0;
    let mut kills = 0;
    loop {
        let mut budget = [0; 1];
        random.fill(&mut budget);
        // Between 1 and 128 edits; the kill comes while the next one is under way.
        let (last, is_done) = run_and_kill(&path, 1 + u64::from(budget[0] / 2), |_| ());
        acknowledged = acknowledged.max(last);
        let mut companion = open(&path, 5_000 + kills);
        let found = read_last_edit(&mut companion);
        assert!(found >= acknowledged, "edit {acknowledged} was acknowledged, {found} is the last here");
        assert!(found <= acknowledged + 1, "at most the one under way is here unacknowledged");
        if is_done {
            break;
        }
        kills += 1;
    }
    assert!(kills >= 5, "killed {kills} times");
    assert_each_edit_once(&path);
    drop(phone);
}

/// Lets the child make edits until `budget` are acknowledged, then kills it; `meanwhile` is called after each with how
/// many they are. Answers the last acknowledged edit.
pub(super) fn run_and_kill(path: &Path, budget: u64, mut meanwhile: impl FnMut(u64)) -> (u64, bool) {
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "tests::kill_story::the_phone_that_gets_killed", "--nocapture", "--test-threads=1"])
        .env(ROLE, path)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the phone starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let (mut last, mut count, mut is_done) = (0, 0, false);
    for line in lines.by_ref() {
        let Ok(line) = line else { break };
        if let Some((_, n)) = line.split_once("ack ") {
            last = n.trim().parse().expect("a number");
            count += 1;
            meanwhile(count);
        }
        is_done |= line.contains("done");
        if count >= budget || is_done {
            break;
        }
    }
    // SIGKILL: nothing of the process runs any more.
    let _ = child.kill();
    // What it had said before it died counts as said.
    for line in lines.map_while(Result::ok) {
        if let Some((_, n)) = line.split_once("ack ") {
            last = n.trim().parse().expect("a number");
        }
        is_done |= line.contains("done");
    }
    child.wait().expect("gone");
    (last, is_done)
}

/// Every edit is one change of the outbox and of its document.
fn assert_each_edit_once(path: &Path) {
    let companion = open(path, 9_999);
    assert_eq!(companion.account().map(|account| account.id), Some(worker().id));
    let db = companion.store.read();
    let mut changes = 0;
    for n in 0..HOMES {
        let row = find_document(db, home_of(n).id.into()).expect("store").expect("here");
        let document = RecordDocument::from_history(&row.bytes).expect("loads");
        assert_eq!(document.heads(), row.heads);
        let mut statement =
            db.prepare("SELECT hash, seq FROM change WHERE document = ?1 ORDER BY seq").expect("a statement");
        let rows = statement
            .query_map([id_bytes(row.id)], |row| {
                Ok((row.get::<_, [u8; 32]>("hash")?, row.get::<_, i64>("seq")?.unsigned_abs()))
            })
            .expect("rows");
        let rows: Vec<_> = rows.collect::<rusqlite::Result<_>>().expect("rows");
        assert!(rows.iter().all(|(hash, _)| document.has_change(ChangeHash(*hash))), "outbox and document agree");
        assert!(rows.iter().map(|(_, seq)| *seq).eq(1..=rows.len() as u64), "in a row, none twice");
        assert_eq!(document.change_count(), rows.len() + 1, "nothing else but what the office made");
        changes += rows.len() as u64;
    }
    assert_eq!(changes, EDITS, "each edit is one change");
}
