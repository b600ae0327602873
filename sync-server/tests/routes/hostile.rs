//! Hostile and broken clients over real sockets, and what a worker next to them experiences meanwhile.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};
use std::time::Duration;

use domain::account::Scope;
use domain::{Collection, InstallationId, Role};
use sync::wire::{Cursor, ENROL_PATH, EVENTS_PATH, PushDocument, SYNC_PATH, SyncRequest, Verdict, codec};
use sync_server::TrustedProxy;
use sync_server::admin;
use sync_server::store::Store as _;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::http::{self, begin_post, get_with, post, post_message, post_with};
use crate::support::{District, Phone, grid, household, other_grid, unique};

/// A worker's round with one new card is answered with its outcome.
async fn assert_served(district: &District, phone: &Phone) {
    let card = phone.create(&household(&grid(), "402")).1;
    district.push_well(phone, vec![card]).await;
}

fn pack(plain: &[u8]) -> Vec<u8> {
    zstd::bulk::compress(plain, 19).expect("a frame")
}

/// So many arrays inside each other.
fn nest(levels: usize) -> Vec<u8> {
    pack(&[vec![0x91; levels], vec![0xc0]].concat())
}

/// A list of nothing, so many times.
fn nils(count: u32) -> Vec<u8> {
    pack(&[&[0xdd][..], &count.to_be_bytes(), &vec![0xc0; count as usize]].concat())
}

#[tokio::test]
async fn nested_bodies_do_not_end_the_server() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    for levels in [40, 900, 4_000, 1_000_000] {
        let body = nest(levels);
        let refused = post(district.server.addr, SYNC_PATH, Some(&wu.token), &body).await;
        assert_eq!((refused.status, refused.code().as_str()), (400, "not_a_message"), "{levels}");
        let refused = post(district.server.addr, ENROL_PATH, None, &body).await;
        assert!(matches!(refused.status, 400 | 413), "{levels}: {}", refused.status);
        assert_served(&district, &lin).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_send_millions_of_nothings_keep_nobody_waiting() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let body = nils(16_000_000);
    assert!(body.len() < 4_000, "it costs them nothing: {}", body.len());
    let addr = district.server.addr;
    let strangers: Vec<_> = (0..16)
        .map(|_| {
            let body = body.clone();
            tokio::spawn(async move { post(addr, ENROL_PATH, None, &body).await.status })
        })
        .collect();
    assert_served(&district, &lin).await;
    for stranger in strangers {
        assert_eq!(stranger.await.expect("answered"), 413);
    }
    let large = post(addr, ENROL_PATH, None, &vec![0; 5_000]).await;
    assert_eq!((large.status, large.code().as_str()), (413, "too_large"));
    // The same from a device, beside honest ones: no more elements than a round can have.
    let wu = district.worker("吴小燕", &[grid()]).await;
    let refused = post(addr, SYNC_PATH, Some(&wu.token), &body).await;
    assert_eq!((refused.status, refused.code().as_str()), (400, "not_a_message"));
}

#[tokio::test]
async fn rubbish_uses_up_the_rate_of_the_device_that_sends_it_and_of_no_other() {
    let district = District::open_with(|config| {
        config.limits.burst = std::num::NonZeroU32::new(30).expect("thirty");
        config.limits.per_second = std::num::NonZeroU32::MIN;
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(post(district.server.addr, SYNC_PATH, Some(&wu.token), b"hello").await.status);
    }
    assert_eq!(statuses[..2], [400; 2]);
    assert!(statuses.contains(&429), "{statuses:?}");
    assert_served(&district, &lin).await;
}

#[tokio::test]
async fn slow_bodies_of_many_devices_keep_nobody_waiting() {
    let district = District::open_with(|config| config.limits.rounds.at_once = 4).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let slow = district.worker("吴小燕", &[grid()]).await;
    let mut slow_bodies = Vec::new();
    for n in 0..12 {
        let phone = if n == 0 { slow.clone() } else { district.enrol(slow.account.id).await };
        let body = codec::encode(&phone.request(district.now())).expect("a body");
        let begun = begin_post(district.server.addr, SYNC_PATH, Some(&phone.token), &body, body.len() / 2).await;
        slow_bodies.push(begun);
    }
    assert_served(&district, &lin).await;
    for begun in slow_bodies {
        assert_eq!(begun.finish().await.status, 200, "it was connected all the while");
    }
}

#[tokio::test]
async fn one_device_has_one_body_under_way_and_the_newest_counts() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let body = codec::encode(&lin.request(district.now())).expect("a body");
    let begin = || begin_post(district.server.addr, SYNC_PATH, Some(&lin.token), &body, body.len() / 2);
    let mut shadows = tokio::task::JoinSet::new();
    for _ in 0..70 {
        shadows.spawn(begin().await.read_answer());
    }
    let assert_superseded = |refused: http::Response| {
        assert_eq!((refused.status, refused.code().as_str()), (429, "superseded"));
        assert!(refused.head.to_lowercase().contains("retry-after"), "{}", refused.head);
    };
    while shadows.len() > 1 {
        assert_superseded(shadows.join_next().await.expect("one").expect("answered"));
    }
    // A phone that lost its connections comes back: it does not wait for the last of its shadows.
    assert_served(&district, &lin).await;
    assert_superseded(shadows.join_next().await.expect("the last").expect("answered"));
}

#[tokio::test]
async fn a_body_that_stops_coming_is_given_up() {
    let district = District::open_with(|config| config.limits.bodies.silence = Duration::from_millis(50)).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let body = codec::encode(&lin.request(district.now())).expect("a body");
    let begun = begin_post(district.server.addr, SYNC_PATH, Some(&lin.token), &body, body.len() / 2).await;
    let refused = begun.read_answer().await;
    assert_eq!((refused.status, refused.code().as_str()), (408, "too_slow"));
}

#[tokio::test]
async fn large_bodies_use_up_their_own_room_and_ordinary_rounds_pass() {
    let district = District::open_with(|config| config.limits.bodies.buffered_bytes = 512 * 1024).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let zhao = district.worker("赵建平", &[grid()]).await;
    let large = vec![0; 900 * 1024];
    let addr = district.server.addr;
    let begun = begin_post(addr, SYNC_PATH, Some(&wu.token), &large, 550 * 1024).await;
    let refused = post(addr, SYNC_PATH, Some(&zhao.token), &large).await;
    assert_eq!((refused.status, refused.code().as_str()), (503, "busy"));
    assert_served(&district, &lin).await;
    drop(begun);
}

/// Opens the counters of the server that the next story starts.
const METRICS_TOKEN: &str = "0123456789abcdef";

#[tokio::test]
async fn a_stream_named_over_and_over_is_read_once_and_logged_in_one_line() {
    let folder = TempDir::new().expect("a folder");
    let mut server = Command::new(env!("CARGO_BIN_EXE_sync-server"))
        .arg("--data")
        .arg(folder.path())
        .args(["serve", "--create", "--listen", "127.0.0.1:0"])
        .env("GRID_COMPANION_METRICS_TOKEN", METRICS_TOKEN)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let log = server.stderr.take().expect("piped");
    let log = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = BufReader::new(log).read_to_string(&mut text);
        text
    });
    let mut line = String::new();
    BufReader::new(server.stdout.take().expect("piped")).read_line(&mut line).expect("a line");
    let addr = line.trim().strip_prefix("正在监听 http://").expect("an address").parse().expect("an address");
    let add = ["account", "add", "--name", "林晓芸", "--role", "grid_worker", "--grid"];
    crate::program::text(&crate::program::run(folder.path(), &[&add[..], &[grid().as_str()]].concat()));
    let code = crate::program::run(folder.path(), &["enrol", "--account", "林晓芸", "--json"]);
    let code: serde_json::Value = serde_json::from_str(crate::program::text(&code)).expect("JSON");
    let installation = InstallationId::new(domain::UnixMillis::new(7), unique());
    let code = code["code"].as_str().expect("a code").to_owned();
    let enrol = sync::wire::EnrolRequest { code, installation, platform: "test".into(), former: None, mark: None };
    let reply: sync::wire::EnrolReply = post_message(addr, ENROL_PATH, None, &enrol).await.message();
    let lin = Phone { token: reply.token, account: reply.account, installation, epoch: None };

    let foreign = Collection::GridHouseholds(other_grid());
    let own = Collection::GridHouseholds(grid());
    let request = SyncRequest {
        capabilities: vec![sync::wire::capability::ASKS_FIRST.to_owned()],
        pull: vec![Cursor { collection: foreign, after: 0 }; 10_000],
        audit: vec![own.clone(); 10_000],
        limit_bytes: 1_000_000,
        ..lin.request(domain::UnixMillis::new(7))
    };
    let reply: sync::wire::SyncReply = post_message(addr, SYNC_PATH, Some(&lin.token), &request).await.message();
    assert_eq!(reply.audits.len(), 1, "one list, once");
    let counters = get_with(addr, "/metrics", METRICS_TOKEN).await;
    assert!(counters.text().contains("gridcompanion_strayed_reads_total 10000\n"));
    server.kill().expect("killed");
    server.wait().expect("ended");
    let text = log.join().expect("read");
    let lines = text.lines().filter(|line| line.contains("without a right")).count();
    assert_eq!(lines, 1, "{} bytes of log", text.len());
}

#[tokio::test]
async fn a_round_that_would_work_for_ever_is_answered_and_goes_on_later() {
    let district = District::open_with(|config| {
        config.limits.rounds.judging = Duration::ZERO;
        config.limits.rounds.pause = Duration::ZERO;
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let mut left: Vec<_> = (1..=3).map(|n| lin.create(&household(&grid(), &format!("40{n}"))).1).collect();
    let (mut document, first) = lin.create(&household(&grid(), "501"));
    let second = lin.edit(&mut document, |card: &mut domain::Household| card.note = "门铃坏了".into());
    let changes = [&first, &second].into_iter().flat_map(|part| part.changes.clone()).collect();
    left.push(PushDocument { changes, ..first });
    for round in 0..5 {
        let request = SyncRequest { push: left.clone(), ..lin.request(district.now()) };
        let reply = district.round(&lin, &request).await;
        let accepted: Vec<_> = reply.outcomes.iter().filter(|outcome| outcome.verdict == Verdict::Accepted).collect();
        assert_eq!(accepted.len(), 1, "each round gets on: {:?}", reply.outcomes);
        assert_eq!(reply.outcomes.len(), round + 1, "what was taken in before is known");
        assert!(reply.retry_after_ms.is_some(), "and asks for a pause");
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn a_device_that_used_up_its_share_pauses_and_others_do_not() {
    let district = District::open_with(|config| {
        config.limits.rounds.judging = Duration::ZERO;
        config.limits.rounds.pause = Duration::from_secs(3_600);
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    assert_served(&district, &wu).await;
    let refused = district.send(&wu, &wu.request(district.now())).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "paused"));
    assert!(refused.head.to_lowercase().contains("retry-after"), "{}", refused.head);
    assert_served(&district, &lin).await;
}

#[tokio::test]
async fn what_was_judged_before_the_client_hung_up_is_kept_and_the_device_is_served_again() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let push: Vec<_> = (0..300).map(|n| lin.create(&household(&grid(), &format!("{n}"))).1).collect();
    let request = SyncRequest { push, ..lin.request(district.now()) };
    let body = codec::encode(&request).expect("a body");
    for _ in 0..3 {
        drop(begin_post(district.server.addr, SYNC_PATH, Some(&lin.token), &body, body.len()).await);
    }
    let reply = district.round(&lin, &request).await;
    let is_there = |verdict: &Verdict| matches!(verdict, Verdict::Accepted | Verdict::Known);
    assert_eq!(reply.outcomes.len(), 300);
    assert!(reply.outcomes.iter().all(|outcome| is_there(&outcome.verdict)));
    district.assert_sound().await;
}

#[tokio::test]
async fn silent_connections_block_nobody() {
    let district = District::open_with(|config| {
        config.limits.connections.most = 64;
        config.limits.connections.most_of_address = 64;
        // Time alone would not help.
        config.limits.connections.head = Duration::from_secs(3_600);
    })
    .await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let mut listening = http::listen(district.server.addr, EVENTS_PATH, Some(&wu.token)).await;
    assert!(listening.next("data: ").await.is_some(), "where everything stands");
    let mut silent = Vec::new();
    for n in 0..1_024_usize {
        let mut stream = TcpStream::connect(district.server.addr).await.expect("connected");
        if n % 2 == 0 {
            stream.write_all(b"POST /sync/v1 HTTP/1.1\r\nHost: ").await.expect("sent");
        }
        silent.push(stream);
        if n % 200 == 0 {
            assert_served(&district, &lin).await;
        }
    }
    assert_served(&district, &lin).await;
    assert!(listening.next("data: ").await.is_some(), "who listens still hears");
    let mut still_open = 0;
    for stream in &mut silent {
        let mut byte = [0];
        let read = std::future::poll_fn(|context| {
            let mut into = tokio::io::ReadBuf::new(&mut byte);
            std::task::Poll::Ready(tokio::io::AsyncRead::poll_read(std::pin::Pin::new(stream), context, &mut into))
        });
        still_open += usize::from(read.await.is_pending());
    }
    assert!(still_open > 0, "the good ones were served beside them");
}

#[tokio::test]
async fn a_head_that_never_ends_is_given_up_and_a_kept_connection_too() {
    let district = District::open_with(|config| {
        config.limits.connections.head = Duration::from_millis(50);
    })
    .await;
    let mut half = TcpStream::connect(district.server.addr).await.expect("connected");
    half.write_all(b"GET /healthz HTTP/1.1\r\n").await.expect("sent");
    let mut kept = TcpStream::connect(district.server.addr).await.expect("connected");
    kept.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .expect("sent");
    let mut answers = String::new();
    let _ = half.read_to_end(&mut Vec::new()).await;
    kept.read_to_string(&mut answers).await.expect("read to its end");
    assert_eq!(answers.matches("HTTP/1.1 200").count(), 2, "both requests on one connection: {answers}");
}

#[tokio::test]
async fn wrong_codes_of_a_neighbour_keep_no_genuine_one_out() {
    let district = District::open_with(|config| {
        // Held back until long after this test.
        config.limits.enrolment.delay = Duration::from_secs(3_600);
        config.limits.enrolment.longest_delay = Duration::from_secs(3_600);
    })
    .await;
    let addr = district.server.addr;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let account = district.add_account("吴小燕", Role::GridWorker, Scope::default()).await;
    let code = district.make_code(account.id).await;
    let installation = InstallationId::new(district.now(), unique());
    let guess = |n: usize| {
        let code = format!("GUE{n}-0000-0000-0000");
        let message =
            sync::wire::EnrolRequest { code, installation, platform: "test".into(), former: None, mark: None };
        async move { post_message(addr, ENROL_PATH, None, &message).await }
    };
    for n in 0..5 {
        assert_eq!(guess(n).await.status, 404, "people mistype");
    }
    let guesses: Vec<_> = (5..30).map(|n| tokio::spawn(guess(n))).collect();
    assert_served(&district, &lin).await;
    assert_eq!(district.show_code(&code, installation).await.status, 200, "the same address, a genuine code");
    assert!(guesses.iter().all(|guess| !guess.is_finished()), "refusals are held back");
    let spent = district.show_code(&code, InstallationId::new(district.now(), unique())).await;
    assert_eq!((spent.status, spent.code().as_str()), (410, "code_used"), "no guess, so it is told at once");
    guesses.iter().for_each(tokio::task::JoinHandle::abort);
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_answers_for_itself() {
    let proxy: TrustedProxy = "127.0.0.0/8".parse().expect("a network");
    let district = District::open_with(|config| {
        config.proxies = vec![proxy];
        config.limits.enrolment.delay = Duration::from_secs(3_600);
        config.limits.enrolment.longest_delay = Duration::from_secs(3_600);
        // The proxy itself is no client with too many connections.
        config.limits.connections.most_of_address = 1;
    })
    .await;
    let addr = district.server.addr;
    let guess = |client: &'static str| async move {
        let fields = format!("X-Forwarded-For: 198.51.100.77, {client}\r\n");
        post_with(addr, ENROL_PATH, &fields, b"rubbish").await.status
    };
    for _ in 0..5 {
        assert_eq!(guess("203.0.113.1").await, 400);
    }
    let sixth = tokio::spawn(guess("203.0.113.1"));
    for _ in 0..5 {
        assert_eq!(guess("203.0.113.2").await, 400, "somebody else behind the same proxy");
    }
    assert!(!sixth.is_finished(), "held back");
    sixth.abort();
}

#[tokio::test]
async fn a_code_of_which_a_part_was_seen_is_refused_for_a_while() {
    let district = District::open_with(|config| config.limits.enrolment.delay = Duration::ZERO).await;
    let account = district.add_account("林晓芸", Role::GridWorker, Scope::default()).await;
    let (code, other) = (district.make_code(account.id).await, district.make_code(account.id).await);
    let installation = InstallationId::new(district.now(), unique());
    for n in 0..20 {
        let guess = format!("{}-0000-0000-00{n:02}", &code[..4]);
        assert_eq!(district.show_code(&guess, installation).await.status, 404);
    }
    let refused = district.show_code(&code, installation).await;
    assert_eq!((refused.status, refused.code().as_str()), (429, "too_many_attempts"));
    assert!(refused.head.to_lowercase().contains("retry-after"), "{}", refused.head);
    if other[..4] != code[..4] {
        assert_eq!(district.show_code(&other, installation).await.status, 200, "other codes do not wait");
    }
    district.pass_ms(11 * 60 * 1_000);
    let fresh = InstallationId::new(district.now(), unique());
    assert_eq!(district.show_code(&code, fresh).await.status, 200);
}

#[tokio::test]
async fn a_reply_that_was_lost_does_not_burn_the_code() {
    let district = District::open().await;
    let scope = Scope { grids: [grid()].into(), ..Scope::default() };
    let account = district.add_account("林晓芸", Role::GridWorker, scope).await;
    let code = district.make_code(account.id).await;
    let installation = InstallationId::new(district.now(), unique());
    let lost: sync::wire::EnrolReply = district.show_code(&code, installation).await.message();
    let reply: sync::wire::EnrolReply = district.show_code(&code, installation).await.message();
    assert_ne!(lost.token, reply.token);
    let stranger = district.show_code(&code, InstallationId::new(district.now(), unique())).await;
    assert_eq!((stranger.status, stranger.code().as_str()), (410, "code_used"), "nobody else");
    let old = Phone { token: lost.token, account: reply.account.clone(), installation, epoch: None };
    assert_eq!(district.send(&old, &old.request(district.now())).await.code(), "token_unknown");
    let phone = Phone { token: reply.token, ..old };
    assert_served(&district, &phone).await;
    let after = district.show_code(&code, installation).await;
    assert_eq!((after.status, after.code().as_str()), (410, "code_used"), "the token has arrived");
    let devices = district.server.app().store().list_devices(account.id).await.expect("devices");
    assert_eq!(devices.len(), 1, "it is one device");
    assert!(admin::verify(district.server.app().store()).await.expect("read").damage.is_empty());
}
