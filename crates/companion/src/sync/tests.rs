//! Replies by hand: what each becomes in the store. Whole days on real servers stand in the crate `tests`.

use ::sync::machine::{Config, Event, Failure, Machine, RoundPlan, Work};
use ::sync::wire::{
    Blob, Digest, Epoch, Item, Mark, Named, Outcome, Page, RefusalCode, RoundOutcome, SyncReply, Verdict,
};
use contract::{EditHousehold, GetHousehold, HouseholdEdit, HouseholdView, RecordState};
use documents::{Author, RecordDocument, inspect};
use domain::account::Scope;
use domain::{
    Account, AccountId, Collection, Household, HouseholdId, InstallationId, Kind, MonotonicMillis, RecordId, Role,
    UnixMillis,
};

use super::*;
use crate::store::StorePlace;
use crate::store::change::read_state;
use crate::store::document::{Projection, find_document};
use crate::store::outbox::{find_change_bytes, list_open_of, list_sendable};
use crate::store::replica::read_mark;
use crate::surroundings::{Clock, Random, Surroundings};

mod put_away;

struct Noon;
impl Clock for Noon {
    fn now(&self) -> UnixMillis {
        UnixMillis::new(1_795_400_000_000)
    }

    fn elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::default()
    }
}

struct Counting(u8);
impl Random for Counting {
    fn fill(&mut self, bytes: &mut [u8]) {
        for byte in bytes {
            self.0 = self.0.wrapping_add(1);
            *byte = self.0;
        }
    }
}

const HOUSEHOLD: &str = "019a0000-0000-7000-8000-000000000001";
const GRID: &str = "990101001001003";

fn household() -> Household {
    serde_json::from_value(serde_json::json!({
        "id": HOUSEHOLD, "grid": GRID, "building": format!("{GRID}00001"), "place": {"room": "402"},
    }))
    .expect("a household")
}

fn id() -> RecordId {
    household().id.into()
}

fn stream() -> Collection {
    Collection::GridHouseholds(GRID.parse().expect("a grid"))
}

fn office() -> Author {
    Author {
        account: AccountId::new(UnixMillis::new(1), [9; 10]),
        installation: InstallationId::new(UnixMillis::new(1), [9; 10]),
        at: UnixMillis::new(1),
    }
}

fn phone() -> Companion {
    phone_at(StorePlace::Memory, "0.1.0")
}

/// The phone whose store lies there, in this version of the app.
fn phone_at(place: StorePlace, version: &str) -> Companion {
    let surroundings = Surroundings { clock: Box::new(Noon), random: Box::new(Counting(0)), version: version.into() };
    let mut companion = Companion::open(place, surroundings).expect("a store");
    if companion.account().is_some() {
        return companion;
    }
    let scope = Scope { grids: [GRID.parse().expect("a grid")].into(), ..Scope::default() };
    let id = AccountId::new(UnixMillis::new(1), [1; 10]);
    let account = Account { id, name: "陈立".into(), role: Role::GridWorker, scope };
    let installation = companion.installation().expect("an installation");
    companion.bind(account, "https://district", "token", installation).expect("bound");
    companion
}

fn plan() -> RoundPlan {
    let mut machine = Machine::new(Config::default());
    let work = machine.handle(MonotonicMillis::default(), 0, Event::Opened);
    let plan = work.into_iter().find_map(|work| if let Work::Start(plan) = work { Some(plan) } else { None });
    plan.expect("opening starts a round")
}

fn reply() -> SyncReply {
    SyncReply {
        epoch: Epoch(1),
        server_clock: Noon.now(),
        round: RoundOutcome::Done,
        outcomes: Vec::new(),
        subscriptions: vec![stream()],
        pages: Vec::new(),
        audits: Vec::new(),
        fetched: Vec::new(),
        rulings: Vec::new(),
        contacts: None,
        mark: None,
        retry_after_ms: None,
    }
}

fn page(next: u64, items: Vec<Item>) -> Page {
    Page { collection: stream(), items, next, complete: true, digest: None, total: 1, has_gaps: false }
}

fn snapshot(document: &RecordDocument) -> Item {
    let bytes = Blob(document.save_plain());
    Item::Snapshot { document: id(), kind: Kind::Household.into(), parent: None, heads: document.heads(), bytes }
}

/// One round: what is offered, and what `answer` makes of it.
fn round(companion: &mut Companion, answer: impl FnOnce(&PreparedRound, &mut SyncReply)) -> AppliedRound {
    let installation = companion.installation().expect("an installation");
    let prepared =
        prepare_round(&companion.store, &plan(), installation, companion.now(), &Default::default()).expect("prepared");
    let mut reply = reply();
    answer(&prepared, &mut reply);
    let arrival = companion.note_arrival(0);
    apply_reply(&mut companion.store, &prepared, &reply, arrival).expect("stored")
}

/// A phone that holds the household as the office made it.
fn phone_with_household() -> (Companion, RecordDocument) {
    let (document, _) = RecordDocument::create(&household(), &office()).expect("a document");
    let mut companion = phone();
    round(&mut companion, |_, reply| reply.pages = vec![page(1, vec![snapshot(&document)])]);
    (companion, document)
}

fn edit(companion: &mut Companion, edit: HouseholdEdit) {
    let id: HouseholdId = household().id;
    companion.run(EditHousehold { id, edits: vec![edit] }).expect("saved");
}

fn note(text: &str) -> HouseholdEdit {
    HouseholdEdit::Note { note: text.into() }
}

fn view(companion: &mut Companion) -> HouseholdView {
    companion.run(GetHousehold { id: household().id }).expect("here")
}

fn verdict_on(round: &PreparedRound, place: usize, verdict: Verdict) -> Outcome {
    let (document, hash) = round.pushed[place];
    Outcome { document, hash, verdict }
}

fn refused(code: RefusalCode) -> Verdict {
    Verdict::Refused { code, detail: "note".into() }
}

#[test]
fn a_refused_edit_is_kept_with_its_reason_and_the_next_goes_up_without_it() {
    let (mut companion, document) = phone_with_household();
    edit(&mut companion, note("不被接受"));
    edit(&mut companion, HouseholdEdit::ContactName { name: "沈先生".into() });
    let applied = round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![
            verdict_on(prepared, 0, refused(RefusalCode::RuleBroken)),
            verdict_on(prepared, 1, refused(RefusalCode::UnknownDependency)),
        ];
    });
    assert_eq!((applied.summary.answered, applied.summary.pending), (1, 1));
    assert!(applied.summary.unanswered.is_empty(), "what was made again has not been offered yet");
    let db = companion.store.read();
    let state = read_state(db, &[id()]).expect("a state");
    assert_eq!(state, RecordState::Refused { code: "rule_broken".into(), detail: "note".into() });
    let installation = list_sendable(db, office().installation).expect("an outbox")[0].actor;
    let open = list_open_of(db, id(), installation).expect("rows");
    let kept = find_change_bytes(db, id(), open[0].hash).expect("a row").expect("bytes");
    assert!(String::from_utf8_lossy(&kept).contains("不被接受"), "the text is still here");
    let again = find_change_bytes(db, id(), open[1].hash).expect("a row").expect("bytes");
    let header = inspect(&again).expect("a header");
    assert_eq!((header.seq, header.deps), (1, document.heads()), "it stands on what the server has");
    let seen = view(&mut companion);
    assert_eq!((seen.row.contact_name.as_str(), seen.note.as_str()), ("沈先生", ""));
}

#[test]
fn what_builds_on_a_record_refused_whole_is_refused_with_it() {
    let mut companion = phone();
    let author = Author { installation: companion.installation().expect("an installation"), ..office() };
    companion
        .store
        .write::<_, StoreError>(|writing| crate::store::record::create_record(writing, &household(), &author))
        .expect("made");
    edit(&mut companion, note("一"));
    let applied = round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![
            verdict_on(prepared, 0, refused(RefusalCode::NotAllowed)),
            verdict_on(prepared, 1, refused(RefusalCode::UnknownDependency)),
        ];
    });
    assert_eq!((applied.summary.answered, applied.summary.pending), (2, 0));
    assert_eq!(view(&mut companion).note, "一", "all of it can still be read here");
}

#[test]
fn what_is_not_understood_changes_nothing() {
    let (mut companion, document) = phone_with_household();
    edit(&mut companion, note("待上报"));
    let strange = Outcome { document: id(), hash: document.heads()[0], verdict: refused(RefusalCode::TooLarge) };
    let applied = round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Unknown), strange];
        reply.pages = vec![page(7, vec![Item::Unknown])];
    });
    assert_eq!((applied.summary.answered, applied.summary.pending), (0, 1));
    assert_eq!(applied.summary.unanswered, [id()].into());
    let before = list_sendable(companion.store.read(), office().installation).expect("an outbox");
    let applied = round(&mut companion, |prepared, reply| {
        reply.round = RoundOutcome::Unknown;
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Accepted)];
        reply.pages = vec![page(9, vec![Item::Leave { document: id() }])];
    });
    assert_eq!((applied.summary.answered, applied.let_go, applied.summary.matched), (1, 0, false));
    assert_eq!(before.len(), 1);
    let after = list_sendable(companion.store.read(), office().installation).expect("an outbox");
    assert_eq!(after, [], "what is said of a change counts in every round");
    assert!(find_document(companion.store.read(), id()).expect("readable").is_some());
}

/// A document as a newer app makes it: of a kind that this version does not know.
fn of_the_future(document: &RecordDocument) -> Item {
    let bytes = Blob(document.save_plain());
    let kind = Named::Unknown("patrol".into());
    Item::Snapshot { document: id(), kind, parent: None, heads: document.heads(), bytes }
}

fn digest_of(document: &RecordDocument) -> Digest {
    Digest::EMPTY.with(::sync::digest::document_term(id(), &document.heads()))
}

#[test]
fn a_document_of_an_unknown_kind_is_kept_and_shown_by_the_version_that_knows_it() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("companion.sqlite");
    let mut companion = phone_at(StorePlace::File(path.clone()), "0.1.0");
    let (mut document, _) = RecordDocument::create(&household(), &office()).expect("a document");
    let applied = round(&mut companion, |_, reply| {
        let digest = Some(digest_of(&document));
        reply.pages = vec![Page { digest, ..page(1, vec![of_the_future(&document)]) }];
    });
    assert!(applied.summary.matched, "it counts in the digest");
    assert_eq!(applied.received_documents, 1);
    let mut home = household();
    home.note = "新版写的".into();
    let change = document.edit(&home, &office()).expect("edited").expect("a change");
    let applied = round(&mut companion, |_, reply| {
        let item = Item::Changes {
            document: id(),
            kind: Named::Unknown("patrol".into()),
            parent: None,
            heads: document.heads(),
            changes: vec![Blob(change.bytes)],
        };
        reply.pages = vec![Page { digest: Some(digest_of(&document)), ..page(2, vec![item]) }];
    });
    assert!(applied.summary.matched && applied.summary.differing.is_empty());
    assert!(find_document(companion.store.read(), id()).expect("readable").is_none(), "nothing shows it");

    // The app is brought up to date: it knows the kind. (Here the row is given a kind that this version knows.)
    companion
        .store
        .write::<_, StoreError>(|writing| {
            writing.execute("UPDATE document SET kind = 'household' WHERE kind = 'patrol'", [])?;
            Ok(())
        })
        .expect("written");
    drop(companion);
    let mut companion = phone_at(StorePlace::File(path), "0.2.0");
    companion.store.write(|writing| crate::store::project::project_some(writing, 10)).expect("shown");
    assert_eq!(view(&mut companion).note, "新版写的", "without having been fetched again");
}

#[test]
fn a_document_of_an_unknown_kind_is_let_go_like_any_other() {
    let mut companion = phone();
    let (document, _) = RecordDocument::create(&household(), &office()).expect("a document");
    round(&mut companion, |_, reply| reply.pages = vec![page(1, vec![of_the_future(&document)])]);
    let applied = round(&mut companion, |_, reply| {
        reply.pages = vec![Page { digest: Some(Digest::EMPTY), ..page(2, vec![Item::Leave { document: id() }]) }];
    });
    assert_eq!((applied.let_go, applied.summary.matched), (1, true));
    let left: i64 = companion
        .store
        .read()
        .query_row("SELECT count(*) AS n FROM document", [], |row| row.get("n"))
        .expect("a count");
    assert_eq!(left, 0);
}

#[test]
fn a_stream_with_an_item_of_a_newer_server_is_read_again_after_an_update() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("companion.sqlite");
    let mut companion = phone_at(StorePlace::File(path.clone()), "0.1.0");
    round(&mut companion, |_, reply| reply.pages = vec![page(7, vec![Item::Unknown])]);
    drop(companion);
    let position = |companion: &Companion| {
        crate::store::replica::list_collections(companion.store.read()).expect("streams")[0].position
    };
    let companion = phone_at(StorePlace::File(path.clone()), "0.1.0");
    assert_eq!(position(&companion), 7, "the same version would skip it again");
    drop(companion);
    let companion = phone_at(StorePlace::File(path.clone()), "0.2.0");
    assert_eq!(position(&companion), 0);
    drop(companion);
    let mut companion = phone_at(StorePlace::File(path.clone()), "0.2.0");
    round(&mut companion, |_, reply| reply.pages = vec![page(8, Vec::new())]);
    drop(companion);
    assert_eq!(position(&phone_at(StorePlace::File(path), "0.3.0")), 8, "once");
}

#[test]
fn a_document_is_let_go_only_when_its_edits_are_taken_over() {
    for farewell in [Item::Leave { document: id() }, Item::Erase { document: id() }] {
        let (mut companion, mut document) = phone_with_household();
        edit(&mut companion, note("还没上报"));
        round(&mut companion, |_, reply| reply.pages = vec![page(2, vec![farewell.clone()])]);
        assert_eq!(view(&mut companion).note, "还没上报", "{farewell:?}");
        let mut bytes = Vec::new();
        round(&mut companion, |prepared, reply| {
            bytes = prepared.request.push[0].changes[0].0.clone();
            reply.subscriptions = vec![Collection::Reference];
            reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Held { code: RefusalCode::RightEnded })];
        });
        // The office has not decided: nobody but this phone may have these words.
        assert_eq!(view(&mut companion).note, "还没上报", "{farewell:?}");
        let open = list_open_of(companion.store.read(), id(), office().installation).expect("rows");
        let kept = find_change_bytes(companion.store.read(), id(), open[0].hash).expect("readable");
        assert_eq!((open[0].state.as_str(), kept.as_deref()), ("held", Some(bytes.as_slice())), "{farewell:?}");
        // It takes the change in: now the document goes.
        document.apply(&[&bytes]).expect("the office takes it in");
        round(&mut companion, |_, reply| {
            reply.subscriptions = vec![Collection::Reference];
            reply.fetched = vec![snapshot(&document)];
        });
        let here = find_document(companion.store.read(), id()).expect("readable");
        assert_eq!(here, None, "{farewell:?}");
    }
}

#[test]
fn what_the_office_held_and_then_took_in_is_confirmed() {
    let (mut companion, mut document) = phone_with_household();
    edit(&mut companion, note("待办公室"));
    let mut bytes = Vec::new();
    round(&mut companion, |prepared, reply| {
        bytes = prepared.request.push[0].changes[0].0.clone();
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Held { code: RefusalCode::RightEnded })];
    });
    let state = |companion: &Companion| read_state(companion.store.read(), &[id()]).expect("a state");
    assert_eq!(state(&companion), RecordState::Held { code: "right_ended".into() });
    document.apply(&[&bytes]).expect("the office takes it in");
    round(&mut companion, |_, reply| reply.fetched = vec![snapshot(&document)]);
    assert_eq!(state(&companion), RecordState::Confirmed);
}

#[test]
fn what_the_server_has_promised_is_remembered_until_a_new_life_of_its_data() {
    let mut companion = phone();
    let mark = Some(Mark(Blob(vec![7; 32])));
    round(&mut companion, |_, reply| reply.mark = mark.clone());
    assert_eq!(read_mark(companion.store.read()).expect("read"), mark);
    // The server could not read it this time.
    round(&mut companion, |_, reply| reply.mark = None);
    assert_eq!(read_mark(companion.store.read()).expect("read"), mark);
    round(&mut companion, |_, reply| {
        reply.mark = None;
        reply.epoch = Epoch(reply.epoch.0 + 1);
    });
    assert_eq!(read_mark(companion.store.read()).expect("read"), None);
}

#[test]
fn a_phone_that_its_server_does_not_know_keeps_its_work_whatever_became_of_later_attempts() {
    let (mut companion, _) = phone_with_household();
    edit(&mut companion, note("门铃坏了"));
    round(&mut companion, |round, reply| reply.outcomes = vec![verdict_on(round, 0, Verdict::Accepted)]);
    let stranger = Account { id: AccountId::new(Noon.now(), [9; 10]), ..companion.account().expect("bound").clone() };
    let installation = InstallationId::new(Noon.now(), [8; 10]);
    companion.note_unknown_to_server();
    assert!(companion.bind(stranger.clone(), "https://office", "token", installation).is_err(), "the only copy");
    // The server knows it after all, and has what it took over.
    round(&mut companion, |_, _| {});
    companion.bind(stranger, "https://office", "token", installation).expect("bound");
}

#[test]
fn a_first_sync_does_not_decode_visits() {
    let mut companion = phone();
    let (document, _) = RecordDocument::create(&household(), &office()).expect("a document");
    let visit = RecordId::new(UnixMillis::new(5), [5; 10]);
    let undecoded = Item::Snapshot {
        document: visit,
        kind: Kind::Visit.into(),
        parent: Some(id()),
        heads: document.heads(),
        bytes: Blob(b"whatever it is".to_vec()),
    };
    let applied = round(&mut companion, |_, reply| reply.pages = vec![page(2, vec![snapshot(&document), undecoded])]);
    assert_eq!(applied.received_documents, 2);
    let projection = |id| find_document(companion.store.read(), id).expect("readable").expect("here").projection;
    assert_eq!((projection(id()), projection(visit)), (Projection::Shown, Projection::Waiting));
}

#[test]
fn a_document_that_a_list_does_not_name_stays_and_is_asked_about() {
    let (mut companion, document) = phone_with_household();
    edit(&mut companion, note("已经上报"));
    round(&mut companion, |prepared, reply| reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Accepted)]);
    let applied = round(&mut companion, |_, reply| reply.audits = vec![(stream(), Vec::new())]);
    assert_eq!((applied.let_go, applied.summary.differing), (0, [id()].into()));
    assert!(!applied.summary.matched);
    // The server has lost it: what this phone wrote is offered again as it was.
    let applied = round(&mut companion, |_, reply| reply.fetched = vec![Item::Missing { document: id() }]);
    assert_eq!((applied.let_go, applied.summary.reopened, applied.summary.pending), (0, 1, 1));
    assert_eq!(view(&mut companion).note, "已经上报");
    assert_eq!(view(&mut companion).verified_at, None);
    // It has the document again, without the edit: the same.
    let applied = round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, refused(RefusalCode::UnknownDependency))];
        reply.fetched = vec![snapshot(&document)];
    });
    assert_eq!((applied.summary.pending, view(&mut companion).note.as_str()), (1, "已经上报"));
    // It knows it and says that it is not this account's any more: only then it goes, and only without open work.
    let leave = vec![Item::Leave { document: id() }];
    round(&mut companion, |_, reply| reply.fetched = leave.clone());
    assert!(find_document(companion.store.read(), id()).expect("readable").is_some(), "an edit is on its way");
    round(&mut companion, |prepared, reply| {
        reply.subscriptions = vec![Collection::Reference];
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Accepted)];
        reply.fetched = leave;
    });
    assert_eq!(find_document(companion.store.read(), id()).expect("readable"), None);
}

#[test]
fn numbers_that_the_servers_side_gave_out_twice_do_not_shut_a_phone_out() {
    let (mut companion, document) = phone_with_household();
    let importing = |text: &str| {
        let mut branch = document.clone();
        let mut record = branch.read::<Household>().expect("readable").record;
        record.contact_name = text.into();
        branch.edit(&record, &Author { at: UnixMillis::new(7), ..office() }).expect("an edit");
        branch
    };
    // An import that is going to be lost reaches the phone, and work is done on it.
    let lost = importing("甲");
    round(&mut companion, |_, reply| reply.pages = vec![page(2, vec![snapshot(&lost)])]);
    edit(&mut companion, note("还没上报"));
    // The server was put back and imports again under the same installation and number.
    let now_there = importing("乙");
    let applied = round(&mut companion, |_, reply| reply.fetched = vec![snapshot(&now_there)]);
    assert!(!applied.is_forked, "it is not this phone that repeats itself");
    let seen = view(&mut companion);
    assert_eq!((seen.row.contact_name.as_str(), seen.note.as_str()), ("乙", "还没上报"));
    let sendable = list_sendable(companion.store.read(), office().installation).expect("an outbox");
    let bytes = find_change_bytes(companion.store.read(), id(), sendable[0].hash).expect("readable").expect("bytes");
    assert_eq!((sendable.len(), inspect(&bytes).expect("a header").deps), (1, document.heads()));
}

#[test]
fn a_reply_for_other_cursors_than_ours_moves_nothing() {
    let (mut companion, _) = phone_with_household();
    let other = Collection::GridHouseholds("990101001001004".parse().expect("a grid"));
    let applied = round(&mut companion, |_, reply| {
        reply.pages = vec![Page { collection: other, ..page(50, vec![Item::Leave { document: id() }]) }];
    });
    assert!(!applied.summary.advanced);
    assert!(find_document(companion.store.read(), id()).expect("readable").is_some());
}

#[test]
fn a_person_who_asks_gets_another_try_even_where_sync_had_stopped() {
    let mut companion = phone();
    let mut pilot = Pilot::new(Config::default());
    let has_post = |errands: &[Errand]| errands.iter().any(|errand| matches!(errand, Errand::Post { .. }));
    assert!(has_post(&pilot.open(&mut companion)));
    let _ = pilot.finish_round(&mut companion, Err(Failure::Unauthorized));
    for event in [Event::Tick, Event::Edited, Event::NetworkReturned] {
        assert!(!has_post(&pilot.say(&mut companion, event.clone())), "{event:?}: by itself it stays quiet");
    }
    assert!(has_post(&pilot.ask(&mut companion)));
    let _ = pilot.finish_round(&mut companion, Err(Failure::Unauthorized));
    assert!(!pilot.is_running(), "refused again, it stops again");
    assert!(has_post(&pilot.ask(&mut companion)));
    // What a login page of a wireless network says is a failing server: tried again without anybody asking.
    let errands = pilot.finish_round(&mut companion, Err(Failure::Server));
    assert!(errands.iter().any(|errand| matches!(errand, Errand::WakeAt(_))));
}

#[test]
fn a_page_with_gaps_leaves_the_phone_knowing_that_it_has_not_everything() {
    let (mut companion, document) = phone_with_household();
    let digest = Digest::EMPTY.with(::sync::digest::document_term(id(), &document.heads()));
    let whole = round(&mut companion, |_, reply| {
        reply.pages = vec![Page { digest: Some(digest), ..page(2, Vec::new()) }];
    });
    assert!(whole.summary.matched);
    // Nothing of the stream could be read: what is here stays, where it was read up to as well.
    let unread = round(&mut companion, |prepared, reply| {
        reply.pages = prepared.request.pull.iter().map(|at| Page { has_gaps: true, ..Page::unread(at) }).collect();
    });
    assert!(!unread.summary.matched && unread.summary.more && !unread.summary.advanced);
    // One document is left out: the digest of the whole stream says so.
    let other = digest.with(::sync::digest::document_term(RecordId::new(UnixMillis::new(9), [9; 10]), &[]));
    let short = round(&mut companion, |_, reply| {
        reply.pages = vec![Page { has_gaps: true, digest: Some(other), ..page(3, Vec::new()) }];
    });
    assert!(!short.summary.matched && !short.summary.more, "it does not come by asking again at once");
    assert_eq!(view(&mut companion).note, "", "and what is here stays");
}

#[test]
fn one_document_that_the_server_cannot_read_keeps_no_phone_from_asking_about_what_is_beyond() {
    let (mut companion, _) = phone_with_household();
    companion
        .store
        .write(|writing| crate::store::replica::put_server_heads(writing, id(), &[]))
        .expect("this phone has more than the server");
    let unread = round(&mut companion, |prepared, reply| {
        reply.pages = prepared.request.pull.iter().map(|at| Page { has_gaps: true, ..Page::unread(at) }).collect();
    });
    assert!(unread.summary.differing.is_empty(), "the server's word may only not have come yet");
    let short = round(&mut companion, |_, reply| {
        reply.pages = vec![Page { has_gaps: true, ..page(3, Vec::new()) }];
    });
    assert!(short.summary.differing.contains(&id()));
    assert!(!short.summary.matched && !short.summary.more);
}
