//! What the server takes in: many devices at once, each with a shift of 30 visits in one request.
//!
//! Requests are made before the clock starts. The senders share the machine with the server, so the figure is a lower
//! bound; the design's bound for two cores is the dry run of admission, about 0.2 ms a change and core.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use documents::{Author, RecordDocument};
use domain::codes::Outcome;
use domain::{BuildingCode, GridCode, HouseholdId, Incident, InstallationId, Kind, Role, UnixMillis, Visit, VisitId};
use sync::wire::{
    Blob, ENROL_PATH, EnrolReply, EnrolRequest, PushDocument, RoundOutcome, SYNC_PATH, SyncReply, SyncRequest,
    UNPACKED_LIMIT_BYTES, Verdict, codec,
};

use crate::Depth;
use crate::district::{District, GRID};
use crate::report::{Budget, Report};

/// Visits of one shift.
const SHIFT: usize = 30;
/// Devices that send at the same moment.
const CONCURRENT: usize = 32;
/// The design's bound: changes that two cores can try on a throw-away copy in a second, at 0.2 ms each.
const BOUND_CHANGES_PER_SECOND: f64 = 10_000.0;

/// A round as it is sent.
#[derive(Clone)]
pub(crate) struct Shift {
    pub(crate) token: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn measure(report: &mut Report, depth: Depth) -> Result<()> {
    let devices = if depth == Depth::Quick { 64 } else { 512 };
    let district = District::found(HOUSEHOLDS).await?;
    let base = Arc::new(district.server.base_url());
    let client = reqwest_client()?;
    let doors = list_doors(&district).await?;
    let mut shifts = Vec::with_capacity(devices);
    for device in 0..devices {
        let visited: Vec<&Door> = (0..SHIFT).map(|number| &doors[(device + number) % doors.len()]).collect();
        shifts.push(make_shift(&district, &client, &base, &visited, device).await?);
    }
    let start = Instant::now();
    let mut accepted = 0;
    let mut senders = tokio::task::JoinSet::new();
    let mut waiting = shifts.into_iter();
    for shift in waiting.by_ref().take(CONCURRENT) {
        senders.spawn(send_shift(client.clone(), Arc::clone(&base), shift));
    }
    while let Some(sent) = senders.join_next().await {
        accepted += sent??;
        if let Some(shift) = waiting.next() {
            senders.spawn(send_shift(client.clone(), Arc::clone(&base), shift));
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    ensure!(accepted == devices * SHIFT, "{accepted} of {} changes were accepted", devices * SHIFT);
    let rate = devices as f64 / seconds;
    let bound = BOUND_CHANGES_PER_SECOND / SHIFT as f64;
    report.hold(
        format!("server: shifts of {SHIFT} visits, {CONCURRENT} devices at once"),
        rate,
        "devices/s",
        Budget::AtLeast(bound.min(500.0)),
    );
    report.tell("server: changes taken in", accepted as f64 / seconds, "changes/s");
    let verification = sync_server::admin::verify(district.server.app().store()).await?;
    report.hold("server: changes lost or doubled", verification.damage.len() as f64, "", Budget::AtMost(0.0));
    district.server.stop().await.context("the server did not stop")
}

/// Households of the district that is visited.
const HOUSEHOLDS: usize = 365;

/// A household to visit.
pub(crate) struct Door {
    pub(crate) household: HouseholdId,
    building: BuildingCode,
}

pub(crate) async fn list_doors(district: &District) -> Result<Vec<Door>> {
    let documents = sync_server::admin::list_records(district.server.app().store()).await?;
    let grid: GridCode = GRID.parse()?;
    let building = grid.building(1).context("a building")?;
    let cards = documents.iter().filter(|document| document.kind == Kind::Household);
    Ok(cards.map(|card| Door { household: card.id.into(), building: building.clone() }).collect())
}

/// Pushes `count` visits of other devices, spread over all households, in shifts.
pub(crate) async fn seed_visits(district: &District, count: usize) -> Result<()> {
    let (base, client) = (Arc::new(district.server.base_url()), reqwest_client()?);
    let doors = list_doors(district).await?;
    for (device, first) in (0..count).step_by(SHIFT).enumerate() {
        let visited: Vec<&Door> = (first..count.min(first + SHIFT)).map(|n| &doors[n % doors.len()]).collect();
        let shift = make_shift(district, &client, &base, &visited, device).await?;
        let accepted = send_shift(client.clone(), Arc::clone(&base), shift).await?;
        ensure!(accepted == visited.len(), "{accepted} of {} visits were accepted", visited.len());
    }
    Ok(())
}

/// Pushes incidents of the worker, a hundred a request.
pub(crate) async fn seed_incidents(district: &District, incidents: &[Incident]) -> Result<()> {
    let (base, client) = (Arc::new(district.server.base_url()), reqwest_client()?);
    for (device, some) in incidents.chunks(100).enumerate() {
        let installation = InstallationId::new(UnixMillis::new(2), random_bytes(device, usize::MAX));
        let mut push = Vec::with_capacity(some.len());
        for incident in some {
            let author = Author { account: district.worker.id, installation, at: incident.reported_at };
            let (_, change) = RecordDocument::create(incident, &author)?;
            let changes = vec![Blob(change.bytes)];
            push.push(PushDocument { document: incident.id.into(), kind: Kind::Incident.into(), changes });
        }
        let round = make_round(district, &client, &base, installation, push).await?;
        let accepted = send_shift(client.clone(), Arc::clone(&base), round).await?;
        ensure!(accepted == some.len(), "{accepted} of {} incidents were accepted", some.len());
    }
    Ok(())
}

pub(crate) fn reqwest_client() -> Result<reqwest::Client> {
    #[allow(clippy::disallowed_methods, reason = "a load generator on loopback, without TLS")]
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build()?;
    Ok(client)
}

pub(crate) async fn make_shift(
    district: &District,
    client: &reqwest::Client,
    base: &str,
    visited: &[&Door],
    device: usize,
) -> Result<Shift> {
    let installation = InstallationId::new(UnixMillis::new(1), random_bytes(device, usize::MAX));
    let now = district.server.app().now();
    let mut push = Vec::with_capacity(SHIFT);
    for (number, door) in visited.iter().enumerate() {
        let visit = make_visit(district, door, now, random_bytes(device, number))?;
        let author = Author { account: district.worker.id, installation, at: now };
        let (_, change) = RecordDocument::create(&visit, &author)?;
        push.push(PushDocument {
            document: visit.id.into(),
            kind: Kind::Visit.into(),
            changes: vec![Blob(change.bytes)],
        });
    }
    make_round(district, client, base, installation, push).await
}

/// One round that pushes these documents from a device of its own.
pub(crate) async fn make_round(
    district: &District,
    client: &reqwest::Client,
    base: &str,
    installation: InstallationId,
    push: Vec<PushDocument>,
) -> Result<Shift> {
    let token = enrol(district, client, base, installation).await?;
    let request = SyncRequest {
        capabilities: Vec::new(),
        installation,
        epoch: None,
        push,
        pull: Vec::new(),
        audit: Vec::new(),
        fetch: Vec::new(),
        awaited: Vec::new(),
        awaited_steps: Vec::new(),
        mark: None,
        numbers: Vec::new(),
        limit_bytes: 1,
        device_clock: district.server.app().now(),
    };
    Ok(Shift { token, body: codec::encode(&request)? })
}

fn make_visit(district: &District, door: &Door, now: UnixMillis, random: [u8; 10]) -> Result<Visit> {
    let id = VisitId::new(now, random);
    let grid: GridCode = GRID.parse()?;
    Ok(serde_json::from_value(serde_json::json!({
        "id": id, "household": door.household, "grid": grid, "building": door.building,
        "by": district.worker.id, "role": Role::GridWorker, "at_start": now, "at_end": now,
        "outcome": Outcome::Met, "template": "three-inquiries-peacetime@1", "note": "家中平安",
        "answers": {"residents": "one:no_change", "care": "tri:no", "medicine": "tri:no", "doctor": "tri:not_asked"},
    }))?)
}

pub(crate) async fn enrol(
    district: &District,
    client: &reqwest::Client,
    base: &str,
    installation: InstallationId,
) -> Result<String> {
    let app = district.server.app();
    let code = sync_server::admin::create_enrolment_code(app.store(), district.worker.id, 3_600_000, app.now()).await?;
    let request = EnrolRequest {
        code: code.code.reveal().to_owned(),
        installation,
        platform: "bench".into(),
        former: None,
        mark: None,
    };
    let body = client.post(format!("{base}{ENROL_PATH}")).body(codec::encode(&request)?).send().await?;
    let reply: EnrolReply = codec::decode(&body.error_for_status()?.bytes().await?, UNPACKED_LIMIT_BYTES)?;
    Ok(reply.token)
}

pub(crate) async fn send_shift(client: reqwest::Client, base: Arc<String>, shift: Shift) -> Result<usize> {
    let reply = client.post(format!("{base}{SYNC_PATH}")).bearer_auth(shift.token).body(shift.body).send().await?;
    let reply: SyncReply = codec::decode(&reply.error_for_status()?.bytes().await?, UNPACKED_LIMIT_BYTES)?;
    ensure!(reply.round == RoundOutcome::Done, "the round was {:?}", reply.round);
    Ok(reply.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Accepted).count())
}

/// Bytes that differ for every device and number, the same in every run.
pub(crate) fn random_bytes(device: usize, number: usize) -> [u8; 10] {
    let mut bytes = [0; 10];
    bytes[..4].copy_from_slice(&(device as u32).to_be_bytes());
    bytes[4..8].copy_from_slice(&(number as u32).to_be_bytes());
    bytes
}
