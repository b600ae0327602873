//! What a worker waits for a round while others misuse the server.
//!
//! Each load goes on for as long as the worker's rounds are measured: a visit pushed and answered, on a connection of
//! its own. Clients, worker and server share the machine, so the figures are upper bounds.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use documents::{Author, RecordDocument};
use domain::{Collection, GridCode, Household, InstallationId, Kind, UnixMillis};
use sync::wire::{Blob, Cursor, ENROL_PATH, PushDocument, SYNC_PATH, SyncRequest, codec};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::Depth;
use crate::district::{District, GRID};
use crate::ingest::{Door, Shift, enrol, list_doors, make_shift, random_bytes, reqwest_client, send_shift};
use crate::report::{Budget, Report, percentile};

/// Households of the district.
const HOUSEHOLDS: usize = 365;
/// What a worker waits at most for a round, in milliseconds.
const WAIT_BUDGET_MS: f64 = 1_000.0;

/// What others do meanwhile.
#[derive(Debug, Clone, Copy)]
enum Load {
    Nothing,
    /// 70 devices send the first half of a body and no more.
    SlowBodies,
    /// 16 strangers send lists of 16 million nothings to the enrolment.
    Nothings,
    /// 8 devices name streams tens of thousands of times.
    NamedStreams,
    /// 8 devices push thousands of edits of one large card.
    Edits,
    /// 1,024 connections say nothing, and are opened again when they end.
    Silence,
    /// 16 strangers try codes.
    Guesses,
}

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let rounds = if depth == Depth::Quick { 40 } else { 200 };
    let loads = [
        (Load::Nothing, "nothing else happens"),
        (Load::SlowBodies, "70 devices send slow bodies"),
        (Load::Nothings, "16 strangers send millions of nothings"),
        (Load::NamedStreams, "8 devices name streams 30,000 times"),
        (Load::Edits, "8 devices push 2,000 edits of one card"),
        (Load::Silence, "1,024 connections are silent"),
        (Load::Guesses, "16 strangers try codes"),
    ];
    for (load, name) in loads {
        let district = District::found(HOUSEHOLDS).await?;
        let mut waits_ms = measure_under(&district, load, rounds).await.context(name)?;
        let what = format!("a worker's round, p99, while {name}");
        report.hold(what, percentile(&mut waits_ms, 0.99), "ms", Budget::AtMost(WAIT_BUDGET_MS));
        district.server.stop().await.context("the server did not stop")?;
    }
    Ok(())
}

async fn measure_under(district: &District, load: Load, rounds: usize) -> Result<Vec<f64>> {
    let (base, client) = (Arc::new(district.server.base_url()), reqwest_client()?);
    let doors = list_doors(district).await?;
    // The worker's rounds are made before, as visits of one device each.
    let mut shifts = Vec::with_capacity(rounds);
    for round in 0..rounds {
        let door: [&Door; 1] = [&doors[round % doors.len()]];
        shifts.push(make_shift(district, &client, &base, &door, round).await?);
    }
    let attack = begin(district, load, &client, &base, &doors).await?;
    let mut waits_ms = Vec::with_capacity(rounds);
    for shift in shifts {
        #[allow(clippy::disallowed_methods, reason = "a connection of its own, on loopback, without TLS")]
        let fresh = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
        let start = Instant::now();
        let accepted = send_shift(fresh, Arc::clone(&base), shift).await?;
        waits_ms.push(start.elapsed().as_secs_f64() * 1_000.0);
        ensure!(accepted == 1, "the visit was not accepted");
    }
    drop(attack);
    Ok(waits_ms)
}

/// Begins a load; it ends when the answer is dropped.
async fn begin(
    district: &District,
    load: Load,
    client: &reqwest::Client,
    base: &Arc<String>,
    doors: &[Door],
) -> Result<JoinSet<()>> {
    let addr = district.server.addr;
    let mut attack = JoinSet::new();
    let device = |n: usize| 1_000_000 + n;
    match load {
        Load::Nothing => {}
        Load::SlowBodies => {
            for n in 0..70 {
                let shift = make_shift(district, client, base, &[&doors[0]], device(n)).await?;
                attack.spawn(hold_body(addr, shift));
            }
        }
        Load::Nothings => {
            let count: u32 = 16_000_000;
            let plain = [&[0xdd][..], &count.to_be_bytes(), &vec![0xc0; count as usize]].concat();
            let body = codec_frame(&plain)?;
            for _ in 0..16 {
                attack.spawn(post_for_ever(addr, ENROL_PATH, None, body.clone()));
            }
        }
        Load::NamedStreams => {
            for n in 0..8 {
                let installation = InstallationId::new(UnixMillis::new(1), random_bytes(device(n), usize::MAX));
                let token = enrol(district, client, base, installation).await?;
                let body = codec::encode(&name_streams(district, installation)?)?;
                attack.spawn(post_for_ever(addr, SYNC_PATH, Some(token), body));
            }
        }
        Load::Edits => {
            for (n, door) in doors.iter().enumerate().take(8) {
                let installation = InstallationId::new(UnixMillis::new(1), random_bytes(device(n), usize::MAX));
                let token = enrol(district, client, base, installation).await?;
                let body = codec::encode(&edit_card(district, installation, door).await?)?;
                attack.spawn(post_for_ever(addr, SYNC_PATH, Some(token), body));
            }
        }
        Load::Silence => {
            for _ in 0..1_024 {
                attack.spawn(say_nothing(addr));
            }
        }
        Load::Guesses => {
            for n in 0..16_usize {
                let request = sync::wire::EnrolRequest {
                    code: format!("GUE{n:X}-0000-0000-0000"),
                    installation: InstallationId::new(UnixMillis::new(1), random_bytes(device(n), 0)),
                    platform: String::new(),
                    former: None,
                    mark: None,
                };
                attack.spawn(post_for_ever(addr, ENROL_PATH, None, codec::encode(&request)?));
            }
        }
    }
    // Until the first of it has arrived.
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    Ok(attack)
}

fn empty_request(district: &District, installation: InstallationId) -> SyncRequest {
    SyncRequest {
        capabilities: Vec::new(),
        installation,
        epoch: None,
        push: Vec::new(),
        pull: Vec::new(),
        audit: Vec::new(),
        fetch: Vec::new(),
        awaited: Vec::new(),
        awaited_steps: Vec::new(),
        mark: None,
        numbers: Vec::new(),
        limit_bytes: 1_000_000,
        device_clock: district.server.app().now(),
    }
}

fn name_streams(district: &District, installation: InstallationId) -> Result<SyncRequest> {
    let foreign: Collection = "households/990102003007039".parse()?;
    let own: Collection = format!("households/{GRID}").parse()?;
    let pull = vec![Cursor { collection: foreign, after: 0 }; 30_000];
    let capabilities = vec![sync::wire::capability::ASKS_FIRST.to_owned()];
    Ok(SyncRequest { capabilities, pull, audit: vec![own; 30_000], ..empty_request(district, installation) })
}

/// A card edited over and over: each edit is tried on a copy of all that went before.
async fn edit_card(district: &District, installation: InstallationId, door: &Door) -> Result<SyncRequest> {
    let grid: GridCode = GRID.parse()?;
    let records = sync_server::admin::list_records(district.server.app().store()).await?;
    let card = records.iter().find(|record| record.id == door.household.into()).context("a card")?;
    let mut card: Household = serde_json::from_str(&card.projection)?;
    card.id = domain::HouseholdId::new(UnixMillis::new(9), random_bytes(installation.as_uuid().as_u128() as usize, 1));
    card.grid = grid;
    let author = Author { account: district.worker.id, installation, at: district.server.app().now() };
    let (mut document, first) = RecordDocument::create(&card, &author)?;
    let mut changes = vec![Blob(first.bytes)];
    for n in 0..2_000 {
        card.note = format!("第 {n} 次");
        let edit = document.edit(&card, &author)?.context("an edit")?;
        changes.push(Blob(edit.bytes));
    }
    let push = vec![PushDocument { document: card.id.into(), kind: Kind::Household.into(), changes }];
    Ok(SyncRequest { push, ..empty_request(district, installation) })
}

fn codec_frame(plain: &[u8]) -> Result<Vec<u8>> {
    Ok(zstd::bulk::compress(plain, 19)?)
}

fn write_head(path: &str, token: Option<&str>, length_bytes: usize) -> String {
    let authorization = token.map(|token| format!("Authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!(
        "POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{authorization}Content-Length: {length_bytes}\r\n\r\n"
    )
}

/// Sends half of a body, waits to be cut off, and begins again.
async fn hold_body(addr: SocketAddr, shift: Shift) {
    loop {
        let Ok(mut stream) = TcpStream::connect(addr).await else { continue };
        let head = write_head(SYNC_PATH, Some(&shift.token), shift.body.len());
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(&shift.body[..shift.body.len() / 2]).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

async fn post_for_ever(addr: SocketAddr, path: &'static str, token: Option<String>, body: Vec<u8>) {
    loop {
        let Ok(mut stream) = TcpStream::connect(addr).await else { continue };
        let head = write_head(path, token.as_deref(), body.len());
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(&body).await;
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}

async fn say_nothing(addr: SocketAddr) {
    loop {
        let Ok(mut stream) = TcpStream::connect(addr).await else { continue };
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }
}
