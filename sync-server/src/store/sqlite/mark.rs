//! Marks: how far the ledger has come, so that an older copy of it is found out.
//!
//! Why not a row for each mark: a process draws one random number for all its commits, and sequence numbers are given
//! out under the lock of the transaction. So a row for each run of commits recognises every mark that was ever given,
//! and a copy that goes on where it was taken uses the same numbers under another run. Several servers over one
//! database would each begin a run whenever another has written in between; where that is too often, a server keeps the
//! end of its own run by itself.
//!
//! Flow: the writer moves the mark on in each transaction that changed something (`advance`), and writes it to the
//! file beside the ledger after the commit (`MarkFile`). A device that shows a mark is judged by `judge`; at
//! opening the file is (`meet_file`). A ledger that does not know it begins a new epoch (`renew`).
//!
//! Failure: a file that cannot be read or written is logged and not believed. A mark with a wrong seal was forged, or
//! sealed by a key that is lost: it counts as little as a cursor of an app that knows no marks, that is only when devices
//! of two accounts say so within a day, and once a day, so that nobody alone can make everybody read everything again.
//!
//! Missing: a database file that is exchanged under a running process.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use domain::{AccountId, UnixMillis};
use rusqlite::{Connection, OptionalExtension as _, named_params};
use sha2::{Digest as _, Sha256};
use sync::wire::{Blob, Epoch, Mark};

use super::convert::{out_of_form, read_count, read_uuid, to_column};
use super::integrity::append_audit;
use super::streams::read_counter;
use crate::files::make_private_file;
use crate::store::cursor::Standing;
use crate::store::{Answer, BrokenPromise, Claimant, DeviceId, Judgement, Life, Renewal, Shown};

/// Name of the file inside the data folder.
pub const FILE_NAME: &str = "ledger.mark";
/// Every mark in the file has this length, so that a newer one covers an older.
const FILE_BYTES: usize = 96;
/// Evidence that anybody could make up counts once in this time.
const WEAK_PAUSE_MS: i64 = 24 * 3_600_000;
/// Bytes of a seal: a device that guesses is found out long before.
const SEAL_BYTES: usize = 8;

/// A mark without its seal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BareMark {
    pub(super) epoch: Epoch,
    pub(super) sequence: u64,
    pub(super) run: u64,
}

impl BareMark {
    /// As devices are given it: the three numbers, big-endian, and the seal.
    fn write(self, seal: &[u8]) -> Mark {
        let numbers = [self.epoch.0, self.sequence, self.run].into_iter().flat_map(u64::to_be_bytes);
        Mark(Blob(numbers.chain(seal.iter().copied()).collect()))
    }

    /// What a device shows, and the seal; `None` for what was never one of ours.
    fn read(mark: &Mark) -> Option<(Self, &[u8])> {
        let (numbers, seal) = mark.0.0.split_at_checked(24)?;
        let number = |n: usize| Some(u64::from_be_bytes(numbers[8 * n..8 * (n + 1)].try_into().ok()?));
        let mark = Self { epoch: Epoch(number(0)?), sequence: number(1)?, run: number(2)? };
        (seal.len() == SEAL_BYTES).then_some((mark, seal))
    }
}

/// The row that grows.
fn find_last(db: &Connection) -> Answer<Option<(u64, BareMark)>> {
    let mut select = db.prepare_cached("SELECT first, last, run, epoch FROM mark ORDER BY first DESC LIMIT 1")?;
    let mut rows = select.query([])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let mark = BareMark {
        epoch: Epoch(read_count(row, "epoch")?),
        sequence: read_count(row, "last")?,
        run: read_count(row, "run")?,
    };
    Ok(Some((read_count(row, "first")?, mark)))
}

/// Moves the mark on by one, inside the transaction that it covers.
pub(super) fn advance(db: &Connection, run: u64) -> Answer<BareMark> {
    let epoch = read_epoch(db)?;
    let last = find_last(db)?;
    let sequence = last.map_or(0, |(_, mark)| mark.sequence) + 1;
    match last {
        Some((first, mark)) if (mark.run, mark.epoch) == (run, epoch) => {
            db.prepare_cached("UPDATE mark SET last = :last WHERE first = :first")?
                .execute(named_params! {":first": to_column(first), ":last": to_column(sequence)})?;
        }
        _ => {
            db.prepare_cached("INSERT INTO mark (first, last, run, epoch) VALUES (:at, :at, :run, :epoch)")?.execute(
                named_params! {
                    ":at": to_column(sequence),
                    ":run": to_column(run),
                    ":epoch": to_column(epoch.0),
                },
            )?;
        }
    }
    Ok(BareMark { epoch, sequence, run })
}

/// Whether this ledger gave a mark.
fn is_known(db: &Connection, mark: BareMark) -> Answer<bool> {
    let mut select =
        db.prepare_cached("SELECT last, run, epoch FROM mark WHERE first <= :sequence ORDER BY first DESC LIMIT 1")?;
    let mut rows = select.query(named_params! {":sequence": to_column(mark.sequence)})?;
    let Some(row) = rows.next()? else { return Ok(false) };
    Ok(mark.sequence <= read_count(row, "last")?
        && (mark.run, mark.epoch.0) == (read_count(row, "run")?, read_count(row, "epoch")?))
}

pub(super) fn read_epoch(db: &Connection) -> Answer<Epoch> {
    let mut select = db.prepare_cached("SELECT value FROM meta WHERE key = 'epoch'")?;
    let epoch: String = select.query_row([], |row| row.get("value"))?;
    epoch.parse().map(Epoch).map_err(|_| out_of_form("epoch"))
}

/// The ledger's secret: 64 hexadecimal characters in `meta`.
pub(super) fn read_secret(db: &Connection) -> Answer<[u8; 32]> {
    let mut select = db.prepare_cached("SELECT value FROM meta WHERE key = 'secret'")?;
    let text: String = select.query_row([], |row| row.get("value"))?;
    let mut secret = [0; 32];
    for (byte, place) in secret.iter_mut().zip((0..).step_by(2)) {
        let digits = text.get(place..place + 2).ok_or_else(|| out_of_form("secret"))?;
        *byte = u8::from_str_radix(digits, 16).map_err(|_| out_of_form("secret"))?;
    }
    Ok(secret)
}

fn seal(db: &Connection, mark: BareMark) -> Answer<Vec<u8>> {
    // Every part has a fixed length: no two marks make the same text.
    let mut hasher = Sha256::new();
    hasher.update(read_secret(db)?);
    hasher.update(b"mark");
    for number in [mark.epoch.0, mark.sequence, mark.run] {
        hasher.update(number.to_be_bytes());
    }
    Ok(hasher.finalize()[..SEAL_BYTES].to_vec())
}

/// The mark as devices are given it; none before the first commit.
pub(super) fn read_mark(db: &Connection) -> Answer<Option<Mark>> {
    let Some((_, mark)) = find_last(db)? else { return Ok(None) };
    Ok(Some(mark.write(&seal(db, mark)?)))
}

/// Whether what a device shows fits what this ledger holds.
pub(super) fn judge(db: &Connection, shown: &Shown, now: UnixMillis) -> Answer<Judgement> {
    let epoch = read_epoch(db)?;
    let kept = Judgement { epoch, broken: None, lost: None };
    if let Some(mark) = &shown.mark {
        let Some((bare, shown_seal)) = BareMark::read(mark) else { return Ok(kept) };
        let is_sealed = subtle::ConstantTimeEq::ct_eq(&seal(db, bare)?[..], shown_seal).into();
        if is_sealed {
            // What was given in an epoch that has ended is offered again as a whole.
            let is_over = bare.epoch != epoch && has_life(db, bare.epoch)?;
            let is_kept = is_over || is_known(db, bare)?;
            let broken = (!is_kept).then_some(BrokenPromise::MarkUnknown);
            let lost = (!is_kept && bare.epoch != epoch).then_some(bare.epoch);
            return Ok(Judgement { epoch, broken, lost });
        }
        tracing::warn!("a device shows a mark whose seal is not ours");
        if bare.epoch == epoch && may_believe(db, now)? && !has_claimed(db, shown.by, epoch, now)? {
            return Ok(Judgement { broken: Some(BrokenPromise::SealUnknown), ..kept });
        }
        return Ok(kept);
    }
    if shown.epoch != Some(epoch) {
        return Ok(kept);
    }
    for cursor in &shown.cursors {
        let counter = read_counter(db, &cursor.collection.to_string())?;
        if Standing::read(cursor.after).reached > counter.position {
            let is_news = may_believe(db, now)? && !has_claimed(db, shown.by, epoch, now)?;
            let broken = is_news.then_some(BrokenPromise::CursorBeyond);
            return Ok(Judgement { broken, ..kept });
        }
    }
    Ok(kept)
}

fn has_life(db: &Connection, epoch: Epoch) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT 1 AS one FROM life WHERE epoch = :epoch")?;
    Ok(select.exists(named_params! {":epoch": to_column(epoch.0)})?)
}

/// Whether evidence that anybody could make up counts now.
fn may_believe(db: &Connection, now: UnixMillis) -> Answer<bool> {
    let mut select = db.prepare_cached("SELECT max(since) AS since FROM life WHERE cause IN (:cursor, :seal)")?;
    let last: Option<i64> = select
        .query_row(
            named_params! {":cursor": BrokenPromise::CursorBeyond.code(), ":seal": BrokenPromise::SealUnknown.code()},
            |row| row.get("since"),
        )
        .optional()?
        .flatten();
    Ok(last.is_none_or(|last| now.since_ms(UnixMillis::new(last)) >= WEAK_PAUSE_MS))
}

/// Whether a device has said the same already: its claim waits for another account's.
fn has_claimed(db: &Connection, by: Option<Claimant>, epoch: Epoch, now: UnixMillis) -> Answer<bool> {
    let Some(by) = by else { return Ok(false) };
    let mut select =
        db.prepare_cached("SELECT 1 AS one FROM claim WHERE device = :device AND epoch = :epoch AND at > :since")?;
    Ok(select.exists(named_params! {
        ":device": by.device.0.into_bytes(),
        ":epoch": to_column(epoch.0),
        ":since": now.plus_ms(-WEAK_PAUSE_MS).as_i64(),
    })?)
}

/// Keeps a claim that anybody could make up. Answers another account's of the same day and epoch, if there is one.
fn add_claim(db: &Connection, by: Claimant, epoch: Epoch, at: UnixMillis) -> Answer<Option<Claimant>> {
    db.prepare_cached("DELETE FROM claim WHERE epoch <> :epoch OR at <= :since")?.execute(named_params! {
        ":epoch": to_column(epoch.0),
        ":since": at.plus_ms(-WEAK_PAUSE_MS).as_i64(),
    })?;
    db.prepare_cached(
        "INSERT INTO claim (device, account, epoch, at) VALUES (:device, :account, :epoch, :at)
         ON CONFLICT (device) DO UPDATE SET account = :account, epoch = :epoch, at = :at",
    )?
    .execute(named_params! {
        ":device": by.device.0.into_bytes(),
        ":account": by.account.as_uuid().into_bytes(),
        ":epoch": to_column(epoch.0),
        ":at": at.as_i64(),
    })?;
    let mut select = db.prepare_cached("SELECT device, account FROM claim WHERE account <> :account LIMIT 1")?;
    let mut rows = select.query(named_params! {":account": by.account.as_uuid().into_bytes()})?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let device = DeviceId(read_uuid(row, "device")?);
    Ok(Some(Claimant { device, account: AccountId::from_uuid(read_uuid(row, "account")?) }))
}

/// What the audit says of a renewal: the cause, and device and account of each whose word it was.
fn name_evidence(cause: BrokenPromise, claimants: &[Option<Claimant>]) -> String {
    let names = claimants.iter().flatten().map(|by| format!(" {} {}", by.device.0, by.account));
    std::iter::once(cause.code().to_owned()).chain(names).collect()
}

/// Begins a new epoch, unless another process has done so meanwhile, or the evidence is weak and the first of its day.
/// Answers the epoch that holds.
pub(super) fn renew(db: &Connection, renewal: &Renewal) -> Answer<Epoch> {
    let epoch = read_epoch(db)?;
    if let Some(lost) = renewal.lost {
        put_life(db, lost, renewal.at, "lost")?;
    }
    if epoch != renewal.from {
        return Ok(epoch);
    }
    let mut second = None;
    if renewal.cause.is_weak() {
        let Some(by) = renewal.by else { return Ok(epoch) };
        second = add_claim(db, by, epoch, renewal.at)?;
        if second.is_none() {
            tracing::warn!(
                cause = renewal.cause.code(),
                device = %by.device.0,
                account = %by.account,
                "a device says that the ledger is older than what was promised; another account has to say so too"
            );
            return Ok(epoch);
        }
    }
    let evidence = name_evidence(renewal.cause, &[renewal.by, second]);
    db.prepare_cached("UPDATE meta SET value = :epoch WHERE key = 'epoch'")?
        .execute(named_params! {":epoch": renewal.fresh.0.to_string()})?;
    put_life(db, renewal.fresh, renewal.at, renewal.cause.code())?;
    append_audit(db, renewal.at, "epoch_renew", &evidence)?;
    tracing::error!(
        %evidence,
        "the ledger is older than what was promised: a new epoch begins, devices offer again what was lost"
    );
    Ok(renewal.fresh)
}

fn put_life(db: &Connection, epoch: Epoch, since: UnixMillis, cause: &str) -> Answer<()> {
    db.prepare_cached("INSERT INTO life (epoch, since, cause) VALUES (:epoch, :since, :cause) ON CONFLICT DO NOTHING")?
        .execute(named_params! {":epoch": to_column(epoch.0), ":since": since.as_i64(), ":cause": cause})?;
    Ok(())
}

/// The renewals of this ledger, oldest first.
pub(super) fn list_renewals(db: &Connection) -> Answer<Vec<Life>> {
    let mut select = db.prepare_cached(
        "SELECT epoch, since, cause FROM life WHERE cause NOT IN ('begun', 'lost') ORDER BY since, epoch",
    )?;
    let mut rows = select.query([])?;
    let mut lives = Vec::new();
    while let Some(row) = rows.next()? {
        lives.push(Life {
            epoch: Epoch(read_count(row, "epoch")?),
            since: UnixMillis::new(row.get("since")?),
            cause: row.get("cause")?,
        });
    }
    Ok(lives)
}

/// What a process brings along when it opens a ledger.
#[derive(Debug, Clone, Copy)]
pub struct Opener {
    /// The life of a new ledger, or of one that turns out to be older than it promised.
    pub epoch: Epoch,
    /// Random number of the process, below 2⁶³.
    pub run: u64,
    /// The ledger's secret, if it has none.
    pub secret: [u8; 32],
    /// The server's clock.
    pub at: UnixMillis,
}

/// Sees to it that the ledger has an epoch and a key, and compares it with the mark in the file.
pub(super) fn meet_file(db: &Connection, opener: &Opener, file: Option<BareMark>) -> Answer<()> {
    let mut insert = db.prepare_cached("INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT DO NOTHING")?;
    let secret: String = opener.secret.iter().map(|byte| format!("{byte:02x}")).collect();
    insert.execute(named_params! {":key": "secret", ":value": secret})?;
    insert.execute(named_params! {":key": "epoch", ":value": opener.epoch.0.to_string()})?;
    let epoch = read_epoch(db)?;
    put_life(db, epoch, opener.at, "begun")?;
    let Some(file) = file else { return Ok(()) };
    let is_over = file.epoch != epoch && has_life(db, file.epoch)?;
    if is_over || is_known(db, file)? {
        return Ok(());
    }
    let lost = (file.epoch != epoch).then_some(file.epoch);
    let cause = BrokenPromise::FileAhead;
    let renewal = Renewal { from: epoch, fresh: opener.epoch, lost, cause, by: None, at: opener.at };
    renew(db, &renewal).map(drop)
}

/// The file beside the ledger that holds its newest mark. It is written after the commit and never synced: after a
/// power cut it may be older than the ledger, which is harmless, and never newer.
#[derive(Debug)]
pub(super) struct MarkFile(Option<File>);

impl MarkFile {
    /// Opens or makes the file; without one (a full disk) the ledger works on.
    pub(super) fn open(folder: &Path) -> Self {
        let path = folder.join(FILE_NAME);
        let opened = make_private_file(&path).and_then(|()| OpenOptions::new().read(true).write(true).open(&path));
        Self(opened.inspect_err(|error| tracing::error!(%error, "the mark beside the ledger cannot be kept")).ok())
    }

    /// What stands in it.
    pub(super) fn read(&mut self) -> Option<BareMark> {
        let file = self.0.as_mut()?;
        let mut text = String::new();
        file.seek(SeekFrom::Start(0)).ok()?;
        Read::by_ref(file).take(FILE_BYTES as u64).read_to_string(&mut text).ok()?;
        if text.is_empty() {
            return None;
        }
        let parsed = parse(&text);
        if parsed.is_none() {
            tracing::warn!("the mark beside the ledger is out of form and does not count");
        }
        parsed
    }

    /// Puts a newer one in its place.
    pub(super) fn write(&mut self, mark: BareMark) {
        let Some(file) = self.0.as_mut() else { return };
        let written = file.seek(SeekFrom::Start(0)).and_then(|_| file.write_all(format(mark).as_bytes()));
        if let Err(error) = written {
            tracing::error!(%error, "the mark beside the ledger cannot be written");
        }
    }
}

/// Epoch, sequence, run, and a sum over them: a half-written mark does not count.
fn format(mark: BareMark) -> String {
    let numbers = format!("{} {} {}", mark.epoch.0, mark.sequence, mark.run);
    let sum = Sha256::digest(numbers.as_bytes());
    let line = format!("{numbers} {:02x}{:02x}{:02x}{:02x}", sum[0], sum[1], sum[2], sum[3]);
    format!("{line:<width$}\n", width = FILE_BYTES - 1)
}

fn parse(text: &str) -> Option<BareMark> {
    let mut parts = text.split_whitespace();
    let mut next = || parts.next()?.parse::<u64>().ok();
    let mark = BareMark { epoch: Epoch(next()?), sequence: next()?, run: next()? };
    (format(mark) == text).then_some(mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_torn_mark_does_not_count() {
        let largest = BareMark { epoch: Epoch(u64::MAX), sequence: u64::MAX, run: u64::MAX };
        for mark in [largest, BareMark { epoch: Epoch(7), sequence: 12, run: 3 }] {
            let text = format(mark);
            assert_eq!(text.len(), FILE_BYTES, "{text}");
            assert_eq!(parse(&text), Some(mark));
            for cut in 0..text.len() {
                assert_eq!(parse(&text[..cut]), None, "cut at {cut}");
            }
        }
        assert_eq!(parse(&format(largest).replace('1', "2")), None);
    }
}
