//! Every released form of every message stays readable.
//!
//! `fixtures/v1/NAME.hex` is a body as it travelled (zstd frame, hexadecimal), `NAME.json` what it says. A fixture is
//! never changed; a new form gets a new folder. `GRID_BLESS=1` writes fixtures that are not there yet, never others.

use std::path::{Path, PathBuf};

use domain::account::Scope;
use domain::id::TransitionId;
use domain::{Account, AccountId, ChangeHash, Collection, InstallationId, Kind, RecordId, Role, UnixMillis};
use serde::Serialize;
use serde::de::DeserializeOwned;
use sync::wire::{
    Advance, Advanced, AwaitedChange, AwaitedStep, Blob, Contact, Cursor, Digest, EnrolReply, EnrolRequest, Epoch,
    Item, Mark, Outcome, Page, PushDocument, RefusalCode, RoundOutcome, Ruling, SyncReply, SyncRequest,
    UNPACKED_LIMIT_BYTES, Verdict, capability, codec,
};

mod newer_side;

fn record(n: u8) -> RecordId {
    RecordId::new(UnixMillis::new(1_795_400_000_000 + i64::from(n)), [n; 10])
}

fn installation() -> InstallationId {
    InstallationId::new(UnixMillis::new(1_795_400_000_000), [0xa1; 10])
}

fn account() -> AccountId {
    AccountId::new(UnixMillis::new(1_795_300_000_000), [0x0c; 10])
}

fn streams() -> [Collection; 8] {
    [
        "reference/district",
        "mine/019a0000-0000-7000-8000-000000000001",
        "households/990101001001003",
        "building-households/99010100100100300001",
        "particulars/990101001001003",
        "incidents/990101001001003",
        "town-incidents/990101001000",
        "visits/990101001001003",
    ]
    .map(|text| text.parse().expect("a collection"))
}

fn first_request() -> SyncRequest {
    SyncRequest {
        capabilities: Vec::new(),
        installation: installation(),
        epoch: None,
        push: Vec::new(),
        pull: Vec::new(),
        audit: Vec::new(),
        fetch: Vec::new(),
        awaited: Vec::new(),
        awaited_steps: Vec::new(),
        mark: None,
        numbers: Vec::new(),
        limit_bytes: 2 * 1024 * 1024,
        device_clock: UnixMillis::new(1_795_400_000_000),
    }
}

fn full_request() -> SyncRequest {
    let push = Kind::ALL.into_iter().zip(1..).map(|(kind, n)| PushDocument {
        document: record(n),
        kind: kind.into(),
        changes: vec![Blob(vec![0x85, 0x6f, 0x4a, 0x83, n]), Blob(vec![n; 40])],
    });
    SyncRequest {
        capabilities: vec![capability::REFERENCE.into(), capability::REPAIR.into()],
        epoch: Some(Epoch(3)),
        push: push.collect(),
        pull: streams().into_iter().zip(0..).map(|(collection, after)| Cursor { collection, after }).collect(),
        audit: vec![streams()[7].clone()],
        fetch: vec![record(9), record(10)],
        ..first_request()
    }
}

/// A device that has work at the office, some of it in an incident that it does not receive any more.
fn asking_request() -> SyncRequest {
    let transition = TransitionId::from_uuid(record(12).as_uuid());
    SyncRequest {
        epoch: Some(Epoch(3)),
        awaited: vec![AwaitedChange { document: record(7), hash: ChangeHash([0x44; 32]) }],
        awaited_steps: vec![AwaitedStep { document: record(8), transition }],
        ..first_request()
    }
}

/// A phone that shows a mark, in a new epoch.
fn request_with_mark() -> SyncRequest {
    SyncRequest {
        capabilities: vec![capability::ASKS_FIRST.into()],
        epoch: Some(Epoch(3)),
        mark: Some(mark()),
        numbers: vec!["9901012026112300041".into()],
        ..first_request()
    }
}

/// What became of work that was held.
fn reply_about_held_work() -> SyncReply {
    let outcome = |n: u8, verdict: Verdict| Outcome { document: record(n), hash: ChangeHash([n; 32]), verdict };
    let rejected = Verdict::Refused { code: RefusalCode::Rejected, detail: "与社区台账不符".into() };
    SyncReply {
        round: RoundOutcome::Done,
        outcomes: vec![outcome(1, Verdict::Known), outcome(2, rejected), outcome(3, Verdict::Absent)],
        ..forked_reply()
    }
}

fn mark() -> Mark {
    Mark(Blob((0..32).collect()))
}

/// The server has lost one of the documents that it was asked about, and takes leave of another.
fn reply_with_mark() -> SyncReply {
    SyncReply {
        round: RoundOutcome::Done,
        fetched: vec![Item::Missing { document: record(1) }, Item::Leave { document: record(2) }],
        mark: Some(mark()),
        ..forked_reply()
    }
}

fn verdicts() -> Vec<Verdict> {
    let codes = [
        RefusalCode::TooLarge,
        RefusalCode::Malformed,
        RefusalCode::ForeignActor,
        RefusalCode::ForeignAuthor,
        RefusalCode::SequenceGap,
        RefusalCode::SequenceReused,
        RefusalCode::UnknownDependency,
        RefusalCode::Unappliable,
        RefusalCode::RuleBroken,
        RefusalCode::NotAllowed,
        RefusalCode::WrongKind,
    ];
    let mut verdicts = vec![Verdict::Accepted, Verdict::Known, Verdict::Held { code: RefusalCode::RightEnded }];
    verdicts.extend(codes.map(|code| Verdict::Refused { code, detail: "contact_name".into() }));
    verdicts
}

fn items() -> Vec<Item> {
    let heads = vec![ChangeHash([0x11; 32]), ChangeHash([0x22; 32])];
    vec![
        Item::Snapshot {
            document: record(1),
            kind: Kind::Household.into(),
            parent: None,
            heads: heads.clone(),
            bytes: Blob(vec![0, 1, 254, 255]),
        },
        Item::Snapshot {
            document: record(2),
            kind: Kind::Visit.into(),
            parent: Some(record(1)),
            heads: heads[..1].to_vec(),
            bytes: Blob(vec![7; 300]),
        },
        Item::Changes {
            document: record(3),
            kind: Kind::Incident.into(),
            parent: Some(record(1)),
            heads,
            changes: vec![Blob(vec![1, 2, 3]), Blob(Vec::new())],
        },
        Item::Reference {
            key: "buildings/990101001001003".into(),
            version: 4,
            value: r#"{"99010100100100300001":"海棠花园 1栋"}"#.into(),
        },
        Item::Leave { document: record(4) },
        Item::Erase { document: record(5) },
    ]
}

fn full_reply() -> SyncReply {
    let outcomes = verdicts().into_iter().zip(1..).map(|(verdict, n)| Outcome {
        document: record(n),
        hash: ChangeHash([n; 32]),
        verdict,
    });
    let page = |collection: Collection, items: Vec<Item>| Page {
        collection,
        items,
        next: 70_000,
        complete: true,
        digest: Some(Digest { count: 365, sum: u128::MAX - 5 }),
        total: 365,
        has_gaps: false,
    };
    SyncReply {
        epoch: Epoch(3),
        server_clock: UnixMillis::new(1_795_400_001_234),
        round: RoundOutcome::Done,
        outcomes: outcomes.collect(),
        subscriptions: streams().to_vec(),
        pages: vec![
            page(streams()[2].clone(), items()),
            Page { complete: false, digest: None, ..page(streams()[7].clone(), Vec::new()) },
        ],
        audits: vec![(streams()[7].clone(), vec![(record(1), vec![ChangeHash([0x33; 32])]), (record(2), Vec::new())])],
        fetched: items()[..1].to_vec(),
        rulings: Vec::new(),
        contacts: None,
        mark: None,
        retry_after_ms: Some(1_500),
    }
}

fn forked_reply() -> SyncReply {
    SyncReply {
        epoch: Epoch(1),
        server_clock: UnixMillis::new(1),
        round: RoundOutcome::Forked,
        outcomes: Vec::new(),
        subscriptions: Vec::new(),
        pages: Vec::new(),
        audits: Vec::new(),
        fetched: Vec::new(),
        rulings: Vec::new(),
        contacts: None,
        mark: None,
        retry_after_ms: None,
    }
}

/// The incident had left the handler's organisation before its result arrived.
fn reply_with_rulings() -> SyncReply {
    let ruling = |n: u8, effective: bool, reason: &str| Ruling {
        document: record(n),
        transition: TransitionId::from_uuid(record(n + 1).as_uuid()),
        effective,
        reason: reason.into(),
        at_server: UnixMillis::new(1_795_400_001_200),
    };
    SyncReply {
        round: RoundOutcome::Done,
        rulings: vec![ruling(1, false, "not_assigned"), ruling(1, true, "")],
        ..forked_reply()
    }
}

/// Everything but the outcomes could not be read, or not all of it.
fn reply_with_gaps() -> SyncReply {
    let cursor = Cursor { collection: streams()[2].clone(), after: 17 };
    let short = Page { has_gaps: true, next: 70_000, complete: true, total: 365, ..Page::unread(&cursor) };
    SyncReply {
        round: RoundOutcome::Done,
        outcomes: vec![Outcome { document: record(1), hash: ChangeHash([1; 32]), verdict: Verdict::Accepted }],
        pages: vec![Page { has_gaps: true, ..Page::unread(&cursor) }, short],
        ..forked_reply()
    }
}

fn enrol_request() -> EnrolRequest {
    EnrolRequest {
        code: "7KQ4-M2XD-93TP".into(),
        installation: installation(),
        platform: "linux".into(),
        former: None,
        mark: None,
    }
}

fn enrol_reply() -> EnrolReply {
    let grid: domain::GridCode = "990101001001003".parse().expect("a grid");
    let scope = Scope {
        buildings: [grid.building(1).expect("in range")].into(),
        grids: [grid].into(),
        town: Some("990101001000".parse().expect("a town")),
        ..Scope::default()
    };
    let account = Account { id: account(), name: "陈立".into(), role: Role::GridWorker, scope };
    EnrolReply { token: "0123456789abcdef".repeat(4), account }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/v1")
}

/// Reads the fixture, compares what it says, and writes it again as today's code would.
fn check<T: Serialize + DeserializeOwned>(name: &str, today: &T) {
    let (hex_file, json_file) = (folder().join(format!("{name}.hex")), folder().join(format!("{name}.json")));
    if !hex_file.exists() && std::env::var_os("GRID_BLESS").is_some() {
        let body = codec::encode(today).expect("a body");
        std::fs::write(&hex_file, to_hex(&body)).expect("the fixture is written");
        std::fs::write(&json_file, to_json(today)).expect("its reading is written");
    }
    let body = from_hex(&std::fs::read_to_string(&hex_file).expect("the fixture is there"));
    let golden = std::fs::read_to_string(&json_file).expect("its reading is there");
    let message: T = codec::decode(&body, UNPACKED_LIMIT_BYTES).expect("a released form stays readable");
    assert_eq!(to_json(&message), golden, "{name} says something else");
    assert_eq!(to_json(today), golden, "{name}: the sample in this test has moved on, add a new fixture");
    let plain = zstd::bulk::decompress(&body, UNPACKED_LIMIT_BYTES).expect("a frame");
    assert_eq!(rmp_serde::to_vec_named(&message).expect("a message"), plain, "{name} is written otherwise");
}

fn to_json(message: &impl Serialize) -> String {
    serde_json::to_string_pretty(message).expect("JSON") + "\n"
}

fn to_hex(bytes: &[u8]) -> String {
    let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    digits.chunks(40).map(|line| line.concat() + "\n").collect()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pairs = digits.chunks_exact(2).map(|pair| std::str::from_utf8(pair).expect("ASCII"));
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("two digits")).collect()
}

#[test]
fn a_first_request() {
    check("request-first", &first_request());
}

#[test]
fn a_request_with_everything() {
    check("request-full", &full_request());
}

#[test]
fn a_reply_with_everything() {
    check("reply-full", &full_reply());
}

#[test]
fn a_reply_to_another_life_of_a_device() {
    check("reply-forked", &forked_reply());
}

#[test]
fn marks() {
    check("request-mark", &request_with_mark());
    check("reply-mark", &reply_with_mark());
}

#[test]
fn an_enrolment_of_a_phone_that_had_an_account() {
    check("enrol-request-former", &EnrolRequest { former: Some(account()), ..enrol_request() });
    let mark = Some(Mark(Blob(vec![9; 32])));
    check("enrol-request-mark", &EnrolRequest { former: Some(account()), mark, ..enrol_request() });
}

#[test]
fn a_reply_about_incidents_that_have_left() {
    check("reply-rulings", &reply_with_rulings());
}

#[test]
fn a_reply_to_whoever_handles_an_incident() {
    let contacts = vec![Contact { document: record(1), tel: "199-0000-0301".into() }];
    check("reply-contacts", &SyncReply { contacts: Some(contacts), ..forked_reply() });
    let nobody = SyncReply { contacts: Some(Vec::new()), ..forked_reply() };
    let body = codec::encode(&nobody).expect("a body");
    let read: SyncReply = codec::decode(&body, UNPACKED_LIMIT_BYTES).expect("a reply");
    assert_eq!(read.contacts, Some(Vec::new()), "nothing to tell is not the same as nothing told");
}

#[test]
fn a_reply_that_is_short_of_pages() {
    check("reply-gaps", &reply_with_gaps());
}

#[test]
fn an_enrolment_of_a_handler() {
    let reply = enrol_reply();
    let scope = Scope { org: "jingui-property".parse().ok(), ..Scope::default() };
    let account = Account { role: Role::Handler, scope, ..reply.account };
    check("enrol-reply-handler", &EnrolReply { account, ..reply });
}

#[test]
fn an_enrolment() {
    check("enrol-request", &enrol_request());
    check("enrol-reply", &enrol_reply());
}

#[test]
fn a_hint() {
    let released = r#"{"epoch":3,"collections":[{"collection":"visits/990101001001003","position":70000},{"collection":"town-incidents/990101001000"}]}"#;
    let collections = vec![Advance::to(&streams()[7], 70_000), Advance::withdrawn(&streams()[6])];
    let today = Advanced { epoch: Epoch(3), collections };
    assert_eq!(serde_json::to_string(&today).expect("JSON"), released);
    assert_eq!(serde_json::from_str::<Advanced>(released).expect("a released form stays readable"), today);
    let newer = r#"{"epoch":3,"why":"x","collections":[{"collection":"photos/990101","position":1,"urgent":true}]}"#;
    let read: Advanced = serde_json::from_str(newer).expect("an older reader skips what it does not know");
    assert_eq!(read.collections, [Advance { collection: "photos/990101".into(), position: Some(1) }]);
}

#[test]
fn a_question_about_held_work_and_its_answer() {
    check("request-awaited", &asking_request());
    check("reply-awaited", &reply_about_held_work());
}

#[test]
fn a_newer_side_is_understood_as_far_as_it_can_be() {
    let SyncRequest { awaited, awaited_steps, .. } = asking_request();
    newer_side::check_request(&SyncRequest { awaited, awaited_steps, ..full_request() });
    let reply = SyncReply { rulings: reply_with_rulings().rulings, ..full_reply() };
    newer_side::check_reply(&reply);
    newer_side::check_reply(&forked_reply());
    newer_side::check_reply(&reply_about_held_work());
    let contacts = Some(vec![Contact { document: record(1), tel: "199-0000-0301".into() }]);
    newer_side::check_reply(&SyncReply { contacts, ..forked_reply() });
    newer_side::check_forms(&reply);
    newer_side::check_enrolment(&enrol_reply());
}

#[test]
fn every_fixture_has_a_test() {
    let mut names: Vec<_> = std::fs::read_dir(folder())
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"))
        .collect();
    names.sort();
    let stems = [
        "enrol-reply",
        "enrol-reply-handler",
        "enrol-request",
        "enrol-request-former",
        "enrol-request-mark",
        "reply-awaited",
        "reply-contacts",
        "reply-forked",
        "reply-full",
        "reply-gaps",
        "reply-mark",
        "reply-rulings",
        "request-awaited",
        "request-first",
        "request-full",
        "request-mark",
    ];
    let mut expected: Vec<String> =
        stems.iter().flat_map(|stem| [format!("{stem}.hex"), format!("{stem}.json")]).collect();
    expected.sort();
    assert_eq!(names, expected);
}
