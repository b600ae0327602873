//! What the server did not accept is put away by its author, and brought back.

use contract::{BringBack, ErrorCode, ListPutAway, ListUnsent, PutAway, SubmitVisit, VisitForm};
use contract::{Command as _, OpenVisitForm, UnsentRow};

use super::*;

/// A phone on which a note was refused.
fn phone_with_refused_note() -> (Companion, RecordDocument) {
    let (mut companion, document) = phone_with_household();
    edit(&mut companion, note("不被接受"));
    refuse_all(&mut companion);
    (companion, document)
}

fn refuse_all(companion: &mut Companion) {
    round(companion, |prepared, reply| {
        let refuse = |place| verdict_on(prepared, place, refused(RefusalCode::NotAllowed));
        reply.outcomes = (0..prepared.pushed.len()).map(refuse).collect();
    });
}

fn put_away(companion: &mut Companion, record: RecordId) {
    companion.run(PutAway { record }).expect(PutAway::NAME);
}

fn stuck(companion: &mut Companion) -> (u64, Vec<UnsentRow>) {
    let rows = companion.run(ListUnsent::default()).expect("listed").rows;
    (companion.sync_summary().expect("counted").refused, rows)
}

fn away(companion: &mut Companion) -> Vec<UnsentRow> {
    companion.run(ListPutAway::default()).expect("listed").rows
}

#[test]
fn a_refused_edit_that_is_put_away_leaves_the_servers_value() {
    let (mut companion, document) = phone_with_refused_note();
    let (count, rows) = stuck(&mut companion);
    assert_eq!((count, rows[0].lines.as_slice()), (1, &[("note".to_owned(), "不被接受".to_owned())][..]));
    assert_eq!(view(&mut companion).note, "不被接受");
    put_away(&mut companion, id());
    assert_eq!(stuck(&mut companion), (0, Vec::new()), "it is counted no more");
    assert_eq!(view(&mut companion).note, "", "as the server has it");
    let row = find_document(companion.store.read(), id()).expect("read").expect("here");
    assert_eq!(row.heads, document.heads());
    let found = away(&mut companion);
    assert_eq!(found[0].lines, [("note".to_owned(), "不被接受".to_owned())], "the words are kept");
    assert_eq!(found[0].state, RecordState::Refused { code: "not_allowed".into(), detail: "note".into() });
    let error = companion.run(PutAway { record: id() }).expect_err("nothing more to put away");
    assert_eq!(error.code, ErrorCode::NotFound);
}

#[test]
fn it_comes_back_as_it_was() {
    let (mut companion, _) = phone_with_refused_note();
    let before = stuck(&mut companion);
    put_away(&mut companion, id());
    companion.run(BringBack { record: id() }).expect("brought back");
    assert_eq!(stuck(&mut companion), before);
    assert_eq!((view(&mut companion).note.as_str(), away(&mut companion)), ("不被接受", Vec::new()));
    assert_eq!(companion.run(BringBack { record: id() }).expect_err("once").code, ErrorCode::NotFound);
}

#[test]
fn what_was_written_since_stays_and_goes_up() {
    let (mut companion, document) = phone_with_refused_note();
    edit(&mut companion, HouseholdEdit::ContactName { name: "沈先生".into() });
    put_away(&mut companion, id());
    let seen = view(&mut companion);
    assert_eq!((seen.note.as_str(), seen.row.contact_name.as_str()), ("", "沈先生"));
    round(&mut companion, |prepared, reply| {
        assert_eq!(prepared.pushed.len(), 1);
        let header = inspect(&prepared.request.push[0].changes[0].0).expect("a header");
        assert_eq!((header.seq, header.deps), (1, document.heads()), "nothing of the refused one is in the way");
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Accepted)];
    });
    // Its number belongs to the later edit now: the words come back, the record keeps what is agreed on.
    companion.run(BringBack { record: id() }).expect("brought back");
    let seen = view(&mut companion);
    assert_eq!((seen.note.as_str(), seen.row.contact_name.as_str()), ("", "沈先生"));
    let (count, rows) = stuck(&mut companion);
    assert_eq!((count, rows[0].lines[0].1.as_str()), (1, "不被接受"));
}

#[test]
fn a_visit_that_the_server_never_had_leaves_the_lists_and_comes_back() {
    let (mut companion, _) = phone_with_household();
    let household = household().id;
    let opened = companion.run(OpenVisitForm { household, draft: None }).expect("opened");
    let form = VisitForm {
        outcome: Some(domain::codes::Outcome::Met), note: "老人白天在儿子家".into(), ..opened.form
    };
    let visit = companion.run(SubmitVisit { draft: opened.draft, form }).expect("submitted").visit;
    refuse_all(&mut companion);
    let record = RecordId::from(visit);
    assert_eq!((view(&mut companion).visit_count, stuck(&mut companion).0), (1, 2), "the visit and the card");
    put_away(&mut companion, record);
    assert_eq!((view(&mut companion).visit_count, stuck(&mut companion).0), (0, 1));
    let found = away(&mut companion);
    assert!(!found[0].is_here && found[0].lines.contains(&("note".into(), "老人白天在儿子家".into())));
    // Looked at again by a later version, it stays away.
    companion.store.write::<_, StoreError>(crate::store::wipe::forget_projections).expect("written");
    while companion.fill_idle(64).expect("filled") > 0 {}
    assert_eq!(view(&mut companion).visit_count, 0);
    companion.run(BringBack { record }).expect("brought back");
    assert_eq!((view(&mut companion).visit_count, stuck(&mut companion).0), (1, 2));
}

#[test]
fn what_the_office_still_holds_is_not_put_away() {
    let (mut companion, _) = phone_with_household();
    edit(&mut companion, note("待社区核对"));
    round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Held { code: RefusalCode::RightEnded })];
    });
    assert_eq!(companion.run(PutAway { record: id() }).expect_err("held").code, ErrorCode::NotFound);
    assert_eq!(view(&mut companion).note, "待社区核对");
}

#[test]
fn what_was_written_again_and_taken_in_is_no_longer_counted() {
    let (mut companion, _) = phone_with_refused_note();
    edit(&mut companion, HouseholdEdit::ContactName { name: "沈先生".into() });
    let accept = |prepared: &PreparedRound, reply: &mut SyncReply| {
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Accepted)];
    };
    // The refused one stands before it: it is made again without, and goes up with the next round.
    round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, refused(RefusalCode::UnknownDependency))];
    });
    round(&mut companion, accept);
    assert_eq!(stuck(&mut companion).0, 1, "another field: the note is still refused");
    edit(&mut companion, note("门铃坏"));
    round(&mut companion, accept);
    assert_eq!((stuck(&mut companion).0, view(&mut companion).note.as_str()), (0, "门铃坏"));
    assert_eq!(away(&mut companion)[0].lines[0].1, "不被接受", "the first words are kept");
}

#[test]
fn what_could_not_be_sent_is_tried_again_and_stays_away_if_that_is_in_vain() {
    let (mut companion, _) = phone_with_household();
    edit(&mut companion, note("门铃坏"));
    set_aside(&mut companion.store, id(), ::sync::machine::SetAsideCode::NeverPasses).expect("set aside");
    assert_eq!(stuck(&mut companion).0, 1);
    put_away(&mut companion, id());
    assert_eq!((stuck(&mut companion), view(&mut companion).note.as_str()), ((0, Vec::new()), "门铃坏"));
    let state = read_state(companion.store.read(), &[id()]).expect("a state");
    assert!(matches!(state, RecordState::SetAside { .. }), "the card shows it, and says that it is only here");
    // At the next start it is on its way again, and listed as that.
    companion.store.write(crate::store::outbox::release_set_aside).expect("released");
    let (count, rows) = stuck(&mut companion);
    assert_eq!((count, rows[0].state.clone(), away(&mut companion).len()), (0, RecordState::Queued, 0));
    set_aside(&mut companion.store, id(), ::sync::machine::SetAsideCode::NeverPasses).expect("set aside");
    assert_eq!((stuck(&mut companion).1.len(), away(&mut companion).len()), (0, 1), "nobody is told twice");
}

#[test]
fn a_refused_note_is_not_put_away_by_an_older_one_that_the_office_accepts_later() {
    let (mut companion, _) = phone_with_household();
    edit(&mut companion, note("第一次"));
    round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, Verdict::Held { code: RefusalCode::RightEnded })];
    });
    edit(&mut companion, note("第二次"));
    round(&mut companion, |prepared, reply| {
        reply.outcomes = vec![verdict_on(prepared, 0, refused(RefusalCode::NotAllowed))];
    });
    round(&mut companion, |prepared, reply| {
        let (document, hash) = prepared.awaited[0];
        reply.outcomes = vec![Outcome { document, hash, verdict: Verdict::Accepted }];
    });
    assert_eq!(stuck(&mut companion).0, 1, "the newer words were not taken in");
    assert!(away(&mut companion).is_empty());
}

#[test]
fn a_home_that_a_restored_server_lost_stays_shown_where_a_refused_edit_of_it_was_put_away() {
    let (mut companion, _) = phone_with_refused_note();
    put_away(&mut companion, id());
    round(&mut companion, |_, reply| reply.epoch = Epoch(reply.epoch.0 + 1));
    companion.store.write::<_, StoreError>(crate::store::wipe::forget_projections).expect("written");
    while companion.fill_idle(64).expect("filled") > 0 {}
    assert_ne!(view(&mut companion).note, "不被接受");
    assert!(away(&mut companion)[0].is_here);
}
