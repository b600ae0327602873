//! A defect of this version is met in a round or in a command: what it did is undone, and the app goes on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use contract::{
    Command as _, ErrorCode, GetSession, GetToday, ListUnsent, OpenVisitForm, SaveVisitForm, SubmitVisit, SyncNow,
    SyncResult, VisitForm,
};
use domain::codes::Outcome;
use domain::{MonotonicMillis, UnixMillis};

use super::phone::{Phone, SeededRandom, TODAY, worker};
use crate::driver::{App, AppOptions, STORE_FILE};
use crate::store::setting::{LOOKS, TOKEN, put_setting, read_setting};
use crate::store::{StoreError, Writing};
use crate::{Clock, Random, Surroundings};

/// Lets the app panic once: when the clock is read for the first time after randomness was asked for. In sync that is
/// while a round is being prepared.
#[derive(Default)]
struct Trap {
    is_set: AtomicBool,
    reads: AtomicI64,
}

struct TrappedClock(Arc<Trap>);

impl Clock for TrappedClock {
    fn now(&self) -> UnixMillis {
        let reads = self.0.reads.fetch_add(1, Ordering::Relaxed);
        if reads == 0 && self.0.is_set.swap(false, Ordering::Relaxed) {
            panic!("a defect, on purpose");
        }
        UnixMillis::start_of(TODAY).plus_ms(10 * 3_600_000)
    }

    fn elapsed(&self) -> MonotonicMillis {
        MonotonicMillis::new(0)
    }
}

struct TrappedRandom(Arc<Trap>, SeededRandom);

impl Random for TrappedRandom {
    fn fill(&mut self, bytes: &mut [u8]) {
        self.0.reads.store(0, Ordering::Relaxed);
        self.1.fill(bytes);
    }
}

/// The app over a worker's phone with one unsent visit; nobody answers at the server's address.
async fn open_app(folder: &std::path::Path, trap: &Arc<Trap>) -> (App, domain::HouseholdId) {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let server = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let mut phone = Phone::at(&folder.join(STORE_FILE), 1);
    phone.bind(worker());
    let installation = phone.companion.installation().expect("an id");
    phone.companion.bind(worker(), &server, "token", installation).expect("bound");
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let other = phone.receive_home("403", &[("孙丽", "")]);
    phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    drop(phone);
    let options = AppOptions {
        data_dir: folder.to_owned(),
        surroundings: Surroundings {
            clock: Box::new(TrappedClock(Arc::clone(trap))),
            random: Box::new(TrappedRandom(Arc::clone(trap), SeededRandom(99))),
            version: "0.1.0".into(),
        },
        site_ca: None,
        platform: "story".into(),
    };
    (App::start(options).await.expect("starts"), other)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_in_a_round_does_not_end_sync() {
    let folder = tempfile::tempdir().expect("a folder");
    let trap = Arc::new(Trap::default());
    let (app, _) = open_app(folder.path(), &trap).await;
    let view = app.run(&SyncNow {}).await.expect("asked");
    assert_eq!(view.last.map(|last| last.result), Some(SyncResult::Unreachable));
    trap.is_set.store(true, Ordering::Relaxed);
    let view = app.run(&SyncNow {}).await.expect("the one who asked is answered");
    assert!(!trap.is_set.load(Ordering::Relaxed), "it happened");
    assert_eq!(view.last.map(|last| last.result), Some(SyncResult::Partial));
    let view = app.run(&SyncNow {}).await.expect("asked");
    assert_eq!(view.last.map(|last| last.result), Some(SyncResult::Unreachable), "the next round is an ordinary one");
    assert_eq!(app.run(&ListUnsent::default()).await.expect("a list").total, 1);
    app.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_defect_in_a_command_is_an_error_and_the_next_command_is_answered() {
    let folder = tempfile::tempdir().expect("a folder");
    let trap = Arc::new(Trap::default());
    let (app, home) = open_app(folder.path(), &trap).await;
    app.shutdown().await;
    trap.reads.store(0, Ordering::Relaxed);
    trap.is_set.store(true, Ordering::Relaxed);
    assert_eq!(app.run(&GetToday {}).await.expect_err("a defect").code, ErrorCode::Internal);
    assert!(app.run(&GetSession {}).await.expect("answered").account.is_some());
    let opened = app.run(&OpenVisitForm { household: home, draft: None }).await.expect("opened");
    let form = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
    app.run(&SubmitVisit { draft: opened.draft, form }).await.expect("saved");
    assert_eq!(app.run(&ListUnsent::default()).await.expect("a list").total, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_are_carried_out_in_the_order_in_which_they_were_asked() {
    let folder = tempfile::tempdir().expect("a folder");
    let (app, home) = open_app(folder.path(), &Arc::default()).await;
    let draft = app.run(&OpenVisitForm { household: home, draft: None }).await.expect("opened").draft;
    for round in 0..20 {
        let saves = (0..30).map(|n| {
            let form = VisitForm { note: format!("{round}.{n}"), ..VisitForm::default() };
            serde_json::to_string(&SaveVisitForm { draft, form }).expect("JSON")
        });
        let saves: Vec<String> = saves.collect();
        let mut asked: Vec<_> = saves.iter().map(|json| Box::pin(app.invoke(SaveVisitForm::NAME, json))).collect();
        // Each is asked before the next, none waits for the one before.
        std::future::poll_fn(|context| {
            asked.retain_mut(|one| one.as_mut().poll(context).is_pending());
            if asked.is_empty() { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
        })
        .await;
        let opened = app.run(&OpenVisitForm { household: home, draft: None }).await.expect("opened");
        assert_eq!(opened.form.note, format!("{round}.29"), "what was typed last is what stands there");
    }
    let form = VisitForm { outcome: Some(Outcome::Met), ..VisitForm::default() };
    app.run(&SubmitVisit { draft, form }).await.expect("saved");
    let late = SaveVisitForm { draft, form: VisitForm { note: "迟到".into(), ..VisitForm::default() } };
    assert_eq!(app.run(&late).await.expect_err("too late").code, ErrorCode::DraftGone);
    assert!(app.run(&GetToday {}).await.expect("today").drafts.is_empty(), "a late save makes no draft");
    app.shutdown().await;
}

#[test]
fn a_part_of_a_transaction_that_fails_over_a_defect_leaves_no_trace_and_the_rest_is_kept() {
    let mut phone = Phone::of_worker();
    let write = |writing: &Writing<'_>| -> Result<(), StoreError> {
        put_setting(writing, LOOKS, &"before")?;
        let part = writing.contain("a story", || -> Result<(), StoreError> {
            put_setting(writing, LOOKS, &"half")?;
            panic!("a defect, on purpose");
        })?;
        assert_eq!(part, None);
        let inner = writing.contain("a story", || {
            writing.contain("inside", || put_setting(writing, TOKEN, &"kept"))?;
            Ok(7)
        })?;
        assert_eq!(inner, Some(7));
        Ok(())
    };
    phone.companion.store.write(write).expect("the rest is kept");
    let db = phone.companion.store.read();
    assert_eq!(read_setting::<String>(db, LOOKS).expect("store").as_deref(), Some("before"));
    assert_eq!(read_setting::<String>(db, TOKEN).expect("store").as_deref(), Some("kept"));
}
