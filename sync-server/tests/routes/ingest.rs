//! `POST /sync/v1`: pushing, and what is not taken in.

use documents::{Author, RecordDocument};
use domain::account::Scope;
use domain::codes::VisitClass;
use domain::id::NoteId;
use domain::visit::Amendment;
use domain::{Account, Collection, Household, InstallationId, Kind, RecordId, UnixMillis};
use sync::wire::{AwaitedChange, Blob, Named, PushDocument, RefusalCode, RoundOutcome, SyncRequest, Verdict};
use sync_server::admin;
use sync_server::store::Store as _;

use crate::support::{District, Phone, START_MS, building, grid, household, incident, other_grid, part, unique, visit};

fn refused(code: RefusalCode, detail: &str) -> Verdict {
    Verdict::Refused { code, detail: detail.into() }
}

/// Everything in one part, as a phone sends it.
fn join(parts: Vec<PushDocument>) -> PushDocument {
    let (document, kind) = (parts[0].document, parts[0].kind.clone());
    PushDocument { document, kind, changes: parts.into_iter().flat_map(|part| part.changes).collect() }
}

async fn quarantined(district: &District) -> u64 {
    district.server.app().store().count_totals().await.expect("totals").refused
}

#[tokio::test]
async fn what_is_sent_twice_is_known() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    let push = vec![lin.create(&home).1, lin.create(&visit(&lin, &home)).1];
    assert_eq!(district.push(&lin, push.clone()).await, [Verdict::Accepted, Verdict::Accepted]);
    assert_eq!(district.push(&lin, push.clone()).await, [Verdict::Known, Verdict::Known]);
    // Twice in one request as well.
    let home = household(&grid(), "403");
    let card = lin.create(&home).1;
    assert_eq!(district.push(&lin, vec![card.clone(), card]).await, [Verdict::Accepted, Verdict::Known]);
    district.assert_sound().await;
}

#[tokio::test]
async fn changes_of_one_document_are_judged_in_order_and_others_go_on() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (mut card, first) = lin.create(&household(&grid(), "402"));
    let well = lin.edit::<Household>(&mut card, |h| h.note = "有宠物".into());
    let broken = lin.edit::<Household>(&mut card, |h| h.note = "长".repeat(501));
    let after = lin.edit::<Household>(&mut card, |h| h.note = "短".into());
    let other = lin.create(&household(&grid(), "403")).1;

    let verdicts = district.push(&lin, vec![join(vec![first, well, broken, after]), other]).await;
    assert_eq!(
        verdicts,
        [
            Verdict::Accepted,
            Verdict::Accepted,
            refused(RefusalCode::RuleBroken, "note"),
            refused(RefusalCode::UnknownDependency, ""),
            Verdict::Accepted,
        ]
    );
    assert_eq!(quarantined(&district).await, 2);
    district.assert_sound().await;
}

#[tokio::test]
async fn a_correction_is_its_authors_and_stays_as_it_was_written() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let home = household(&grid(), "402");
    let (mut record, push) = lin.create(&visit(&lin, &home));
    assert_eq!(district.push(&lin, vec![lin.create(&home).1, push]).await, [Verdict::Accepted, Verdict::Accepted]);
    let id = NoteId::new(UnixMillis::new(START_MS), unique());
    let by = |author: &Phone, text: &str| Amendment {
        by: author.account.id,
        at: UnixMillis::new(START_MS),
        text: text.into(),
    };
    let path = |end: &str| format!("amendments.{id}.{end}");

    let mut foreign = record.clone();
    let push = lin.edit::<domain::Visit>(&mut foreign, |visit| _ = visit.amendments.insert(id, by(&wu, "是5楼")));
    assert_eq!(district.push(&lin, vec![push]).await, [refused(RefusalCode::NotAllowed, &path("by"))]);
    let push = lin.edit::<domain::Visit>(&mut record, |visit| _ = visit.amendments.insert(id, by(&lin, "是3楼")));
    assert_eq!(district.push(&lin, vec![push]).await, [Verdict::Accepted]);
    let push = lin.edit::<domain::Visit>(&mut record, |visit| _ = visit.amendments.insert(id, by(&lin, "是2楼")));
    assert_eq!(district.push(&lin, vec![push]).await, [refused(RefusalCode::NotAllowed, &path("text"))]);
    district.assert_sound().await;
}

#[tokio::test]
async fn a_stranger_does_not_write_in_anothers_name() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;

    let by_another_phone = lin.create(&household(&grid(), "402")).1;
    assert_eq!(district.push(&wu, vec![by_another_phone]).await, [refused(RefusalCode::ForeignActor, "")]);

    let author = Author { account: lin.account.id, ..wu.author(START_MS) };
    let home = household(&grid(), "402");
    let (_, change) = RecordDocument::create(&home, &author).expect("a document");
    let in_another_name = part(home.id.into(), Kind::Household, [change]);
    assert_eq!(district.push(&wu, vec![in_another_name]).await, [refused(RefusalCode::ForeignAuthor, "")]);

    // A visit that says it was somebody else's.
    let forged = domain::Visit { by: lin.account.id, ..visit(&wu, &home) };
    assert_eq!(district.push(&wu, vec![wu.create(&forged).1]).await, [refused(RefusalCode::NotAllowed, "")]);
    assert_eq!(quarantined(&district).await, 3);
}

#[tokio::test]
async fn a_gap_and_an_unknown_dependency_are_named() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let (mut card, first) = lin.create(&household(&grid(), "402"));
    let lost = lin.edit::<Household>(&mut card, |h| h.note = "一".into());
    let third = lin.edit::<Household>(&mut card, |h| h.note = "二".into());
    assert_eq!(district.push(&lin, vec![join(vec![first, third])]).await[1], refused(RefusalCode::SequenceGap, ""));

    let builds_on_lost = wu.edit::<Household>(&mut card, |h| h.note = "三".into());
    assert_eq!(district.push(&wu, vec![builds_on_lost]).await, [refused(RefusalCode::UnknownDependency, "")]);
    // The missing one arrives after all.
    district.push_well(&lin, vec![lost]).await;
}

#[tokio::test]
async fn a_phone_restored_from_a_backup_is_told_and_nothing_of_it_is_taken_in() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (card, first) = lin.create(&household(&grid(), "402"));
    let (mut before, mut backup) = (card.clone(), card);
    let edit = lin.edit::<Household>(&mut before, |h| h.note = "备份之前".into());
    district.push_well(&lin, vec![join(vec![first, edit])]).await;

    let repeated = lin.edit::<Household>(&mut backup, |h| h.note = "备份之后".into());
    let other = lin.create(&household(&grid(), "403")).1;
    let round = SyncRequest { push: vec![other.clone(), repeated], ..lin.request(district.now()) };
    let reply = district.round(&lin, &round).await;
    assert_eq!((reply.round, reply.outcomes.len()), (RoundOutcome::Forked, 0));

    // Under a new installation the same phone goes on.
    let renewed = Phone { installation: InstallationId::new(district.now(), unique()), ..lin.clone() };
    let again = renewed.edit::<Household>(&mut before, |h| h.note = "备份之后".into());
    district.push_well(&renewed, vec![again]).await;
    district.push_well(&lin, vec![other]).await;
}

#[tokio::test]
async fn a_copy_of_a_phone_is_told_to_take_a_new_installation() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let copy = Phone { token: wu.token.clone(), ..lin.clone() };
    let card = lin.create(&household(&grid(), "402")).1;
    let reply = district.round(&copy, &SyncRequest { push: vec![card], ..copy.request(district.now()) }).await;
    assert_eq!((reply.round, reply.outcomes.len()), (RoundOutcome::Forked, 0));
}

#[tokio::test]
async fn rights_decide_about_places_and_fields() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let stranger = district.worker("何志远", &[other_grid()]).await;
    let lead = district.lead("马春生", &[building(&grid())]).await;
    let home = household(&grid(), "402");
    let (card, push) = lin.create(&home);
    district.push_well(&lin, vec![push]).await;

    let foreign = stranger.edit::<Household>(&mut card.clone(), |h| h.note = "外来".into());
    assert_eq!(district.push(&stranger, vec![foreign]).await, [refused(RefusalCode::NotAllowed, "")]);
    let class = lin.edit::<Household>(&mut card.clone(), |h| h.visit_class = Some(VisitClass::A));
    assert_eq!(district.push(&lin, vec![class]).await, [refused(RefusalCode::NotAllowed, "visit_class")]);
    let handled = domain::incident::SelfHandled { before: "纸箱".into(), after: "已清走".into() };
    let report = domain::Incident { self_handled: Some(handled), ..incident(&lead, &home) };
    let verdict = district.push(&lead, vec![lead.create(&report).1]).await;
    assert!(
        matches!(&verdict[..], [Verdict::Refused { code: RefusalCode::NotAllowed, detail }] if detail.starts_with("self_handled")),
        "{verdict:?}"
    );
    let own_new_home = lead.create(&household(&grid(), "404")).1;
    assert_eq!(district.push(&lead, vec![own_new_home]).await, [refused(RefusalCode::NotAllowed, "")]);
    let contact = lead.edit::<Household>(&mut card.clone(), |h| h.contact_name = "周敏敏".into());
    district.push_well(&lead, vec![contact]).await;

    // A visit in one's own grid to a household of another one.
    let claimed = domain::Visit { household: home.id, ..visit(&stranger, &household(&other_grid(), "1")) };
    let verdict = district.push(&stranger, vec![stranger.create(&claimed).1]).await;
    assert_eq!(verdict, [refused(RefusalCode::NotAllowed, "household")]);
    district.assert_sound().await;
}

#[tokio::test]
async fn work_done_before_a_right_ended_is_held_and_not_refused() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    let (mut card, push) = lin.create(&home);
    district.push_well(&lin, vec![push]).await;
    let scope = Scope { grids: [other_grid()].into(), ..Scope::default() };
    let store = district.server.app().store();
    admin::save_account(store, Account { scope, ..lin.account.clone() }, district.now()).await.expect("saved");

    let held = Verdict::Held { code: RefusalCode::RightEnded };
    let edit = lin.edit::<Household>(&mut card, |h| h.note = "搬走之前记的".into());
    let follows = lin.edit::<Household>(&mut card, |h| h.note = "再补一句".into());
    assert_eq!(district.push(&lin, vec![edit.clone()]).await, std::slice::from_ref(&held));
    assert_eq!(district.push(&lin, vec![follows, edit]).await, [held.clone(), held]);
    assert_eq!(store.count_totals().await.expect("totals").held, 2);
    let reply = district.round(&lin, &lin.request(district.now())).await;
    assert!(!reply.subscriptions.contains(&Collection::GridHouseholds(grid())));
    district.assert_sound().await;
}

#[tokio::test]
async fn held_work_goes_on_when_the_right_comes_back() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (mut card, push) = lin.create(&household(&grid(), "402"));
    district.push_well(&lin, vec![push]).await;
    let store = district.server.app().store();
    let away = Account { scope: Scope { grids: [other_grid()].into(), ..Scope::default() }, ..lin.account.clone() };
    admin::save_account(store, away, district.now()).await.expect("saved");
    let edit = lin.edit::<Household>(&mut card, |h| h.note = "搬走之前记的".into());
    let held = Verdict::Held { code: RefusalCode::RightEnded };
    assert_eq!(district.push(&lin, vec![edit.clone()]).await, [held]);

    admin::save_account(store, lin.account.clone(), district.now()).await.expect("saved");
    district.push_well(&lin, vec![edit]).await;
    assert_eq!(store.count_totals().await.expect("totals").held, 0, "it waits for nobody any more");
    let follows = lin.edit::<Household>(&mut card, |h| h.note = "再补一句".into());
    district.push_well(&lin, vec![follows]).await;
    district.assert_sound().await;
}

#[tokio::test]
async fn the_office_reads_accepts_and_takes_out_what_is_held() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (mut card, push) = lin.create(&household(&grid(), "402"));
    district.push_well(&lin, vec![push]).await;
    let store = district.server.app().store();
    let away = Account { scope: Scope { grids: [other_grid()].into(), ..Scope::default() }, ..lin.account.clone() };
    admin::save_account(store, away, district.now()).await.expect("saved");
    let first = lin.edit::<Household>(&mut card, |h| h.note = "搬走之前记的".into());
    let broken = lin.edit::<Household>(&mut card, |h| h.contact_name = "长".repeat(501));
    let home = household(&grid(), "403");
    let new_card = lin.create(&home).1;
    let verdicts = district.push(&lin, vec![join(vec![first, broken]), new_card]).await;
    assert_eq!(verdicts, vec![Verdict::Held { code: RefusalCode::RightEnded }; 3]);

    let work = admin::list_held_work(store).await.expect("read");
    assert_eq!(work.len(), 3);
    let said: Vec<_> = work.iter().flat_map(|one| one.fields.values().flatten()).collect();
    let has = |text: &str| said.iter().any(|value| **value == domain::flat::Scalar::Text(text.into()));
    assert!(has("搬走之前记的") && has("403"), "the office reads what was written: {work:?}");

    let out = district.folder.path().join("held");
    assert_eq!(admin::export_held_work(store, &out).await.expect("written").len(), 4);
    assert!(std::fs::read_to_string(out.join("held.json")).expect("text").contains("搬走之前记的"));

    let summary = admin::accept_held_work(store, Some(home.id.into()), district.now()).await.expect("accepted");
    assert_eq!((summary.accepted, summary.held), (1, 0));
    let summary = admin::accept_held_work(store, None, district.now()).await.expect("accepted");
    assert_eq!((summary.accepted, summary.held), (1, 1), "what breaks a rule stays held");
    let records = admin::list_records(store).await.expect("records");
    assert!(records.iter().any(|record| record.projection.contains("搬走之前记的")));
    assert!(records.iter().any(|record| record.id == RecordId::from(home.id)));
    assert_eq!(store.count_totals().await.expect("totals").held, 1);
    district.assert_sound().await;
}

#[tokio::test]
async fn what_a_newer_app_wrote_is_held_and_not_lost() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let lead = district.lead("马春生", &[building(&grid())]).await;
    let newer = |phone: &Phone| {
        let mut push = phone.create(&household(&grid(), "402")).1;
        push.changes[0].0 = raise_format(&push.changes[0].0);
        push
    };
    let push = newer(&lin);
    let held = Verdict::Held { code: RefusalCode::NewerFormat };
    assert_eq!(district.push(&lin, vec![push.clone()]).await, std::slice::from_ref(&held));
    assert_eq!(district.push(&lin, vec![push]).await, [held]);
    // Whose role never makes such records has nothing to wait for.
    assert_eq!(district.push(&lead, vec![newer(&lead)]).await, [refused(RefusalCode::NotAllowed, "")]);
    let store = district.server.app().store();
    let summary = admin::accept_held_work(store, None, district.now()).await.expect("tried");
    assert_eq!((summary.accepted, summary.held), (0, 1), "this server still cannot read it");
    district.assert_sound().await;
}

/// The same change as a newer app would write it: some byte of its values made larger, so that the format is.
fn raise_format(honest: &[u8]) -> Vec<u8> {
    use documents::{AdmitError, admit};
    use sha2::{Digest as _, Sha256};
    (11..honest.len())
        .filter(|&place| honest[place] == 1)
        .find_map(|place| {
            let mut bytes = honest.to_vec();
            bytes[place] = 42;
            let checksum: [u8; 32] = Sha256::digest(&bytes[8..]).into();
            bytes[4..8].copy_from_slice(&checksum[..4]);
            let tried = admit::<Household>(None, &[&bytes]);
            matches!(tried, Err(AdmitError::NewerFormat { .. })).then_some(bytes)
        })
        .expect("the format is one of them")
}

#[tokio::test]
async fn the_document_is_what_it_was_made_as() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let home = household(&grid(), "402");
    let card = lin.create(&home).1;
    let under_another_id = PushDocument { document: RecordId::new(district.now(), unique()), ..card.clone() };
    assert_eq!(district.push(&lin, vec![under_another_id]).await, [refused(RefusalCode::RuleBroken, "id")]);
    let (mut document, push) = lin.create(&home);
    district.push_well(&lin, vec![push]).await;
    let edit = lin.edit::<Household>(&mut document, |h| h.note = "一".into());
    let as_a_visit = PushDocument { kind: Kind::Visit.into(), ..edit };
    assert_eq!(district.push(&lin, vec![as_a_visit]).await, [refused(RefusalCode::WrongKind, "")]);
}

#[tokio::test]
async fn an_over_large_change_and_rubbish_are_named_by_their_hash() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let card = lin.create(&household(&grid(), "402")).1;
    let rubbish = PushDocument { changes: vec![Blob(vec![7; 300]), Blob(vec![7; 300_000])], ..card };
    let verdicts = district.push(&lin, vec![rubbish]).await;
    assert_eq!(verdicts, [refused(RefusalCode::Malformed, ""), refused(RefusalCode::TooLarge, "")]);
}

#[tokio::test]
async fn two_phones_racing_on_one_document_both_get_in() {
    let district = District::open().await;
    let people = [district.worker("林晓芸", &[grid()]).await, district.worker("吴小燕", &[grid()]).await];
    let (card, push) = people[0].create(&household(&grid(), "402"));
    district.push_well(&people[0], vec![push]).await;
    let mut copies = [card.clone(), card];
    for n in 0..10 {
        let edits: Vec<_> = people
            .iter()
            .zip(&mut copies)
            .map(|(person, copy)| person.edit::<Household>(copy, |h| h.note = format!("{n} {}", person.account.name)))
            .collect();
        let [first, second] = &edits[..] else { unreachable!("two people") };
        tokio::join!(
            district.push_well(&people[0], vec![first.clone()]),
            district.push_well(&people[1], vec![second.clone()])
        );
    }
    let records = admin::list_records(district.server.app().store()).await.expect("records");
    assert_eq!((records.len(), records[0].change_count, records[0].heads.len()), (1, 21, 2));
    district.assert_sound().await;
}

#[tokio::test]
async fn many_phones_at_once_lose_nothing() {
    let district = District::open().await;
    let mut people = Vec::new();
    for n in 0..12 {
        people.push(district.worker(&format!("网格员{n}"), &[grid()]).await);
    }
    let district = std::sync::Arc::new(district);
    let pushing: Vec<_> = people
        .into_iter()
        .map(|person| {
            let district = std::sync::Arc::clone(&district);
            tokio::spawn(async move {
                for room in 0..10 {
                    let card = person.create(&household(&grid(), &format!("{room}"))).1;
                    district.push_well(&person, vec![card]).await;
                }
            })
        })
        .collect();
    for push in pushing {
        push.await.expect("pushed");
    }
    let records = admin::list_records(district.server.app().store()).await.expect("records");
    assert_eq!(records.len(), 120);
    let reader = district.worker("吴小燕", &[grid()]).await;
    let reply = district.pull(&reader, Collection::GridHouseholds(grid()), 0, 4_000_000).await;
    assert_eq!((reply.pages[0].items.len(), reply.pages[0].next), (120, 120));
    district.assert_sound().await;
}

#[tokio::test]
async fn a_kind_that_only_the_newer_app_knows_is_held_and_the_rest_goes_on() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let (mut patrol, first) = lin.create(&household(&grid(), "402"));
    let second = lin.edit::<Household>(&mut patrol, |h| h.note = "巡查".into());
    let of_the_future = |part: PushDocument| PushDocument { kind: Named::Unknown("patrol".into()), ..part };
    let other = lin.create(&household(&grid(), "403")).1;
    let held = Verdict::Held { code: RefusalCode::NewerFormat };

    let verdicts = district.push(&lin, vec![of_the_future(join(vec![first.clone(), second])), other]).await;
    assert_eq!(verdicts, [held.clone(), held.clone(), Verdict::Accepted]);
    let kept = district.server.app().store().list_held().await.expect("held");
    assert!(kept.len() == 2 && kept.iter().all(|change| change.bytes.is_some()), "nothing of it is lost");
    let again = district.push(&lin, vec![of_the_future(first.clone())]).await;
    assert_eq!(again, [held], "sent again it is held as it was");
    assert_eq!(district.push(&wu, vec![of_the_future(first)]).await, [refused(RefusalCode::ForeignActor, "")]);
    district.assert_sound().await;
}

#[tokio::test]
async fn two_who_fill_a_home_at_once_are_both_taken_in_and_the_next_one_more_is_refused() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let member = |n: u8| {
        let id = domain::MemberId::new(district.now(), [n; 10]);
        (id, domain::household::Member { name: format!("工友{n}"), relation: None, residence: None })
    };
    let add = |n: u8| move |h: &mut Household| h.members.extend([member(n)]);
    let home = Household { members: (0..59).map(member).collect(), ..household(&grid(), "901") };
    let (mut lins, first) = lin.create(&home);
    let mut wus = lins.clone();
    district.push_well(&lin, vec![first, lin.edit(&mut lins, add(101))]).await;
    let wus_own = wu.edit(&mut wus, add(102));
    district.push_well(&wu, vec![wus_own.clone()]).await;
    // Sixty-one: a note goes in, a sixty-second does not, whoever writes it and whatever they saw.
    let seen: Vec<&[u8]> = wus_own.changes.iter().map(|change| change.0.as_slice()).collect();
    lins.apply(&seen).expect("merged");
    district.push_well(&lin, vec![lin.edit::<Household>(&mut lins, |h| h.note = "宿舍".into())]).await;
    let more = lin.edit(&mut lins, add(103));
    assert_eq!(district.push(&lin, vec![more]).await, [refused(RefusalCode::RuleBroken, "members")]);
    let more = wu.edit(&mut wus, add(104));
    assert_eq!(district.push(&wu, vec![more]).await, [refused(RefusalCode::RuleBroken, "members")]);
    district.assert_sound().await;
}

#[tokio::test]
async fn what_became_of_held_work_is_told_to_who_asks_for_it_and_to_nobody_else() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wu = district.worker("吴小燕", &[grid()]).await;
    let homes = [household(&grid(), "402"), household(&grid(), "403"), household(&grid(), "404")];
    let mut cards = Vec::new();
    for home in &homes {
        let (card, push) = lin.create(home);
        district.push_well(&lin, vec![push]).await;
        cards.push(card);
    }
    let store = district.server.app().store();
    let away = Account { scope: Scope { grids: [other_grid()].into(), ..Scope::default() }, ..lin.account.clone() };
    admin::save_account(store, away, district.now()).await.expect("saved");
    let edits: Vec<_> =
        cards.iter_mut().map(|card| lin.edit::<Household>(card, |h| h.note = "搬走之前记的".into())).collect();
    let held = Verdict::Held { code: RefusalCode::RightEnded };
    assert_eq!(district.push(&lin, edits).await, vec![held; 3]);
    let mut awaited: Vec<AwaitedChange> = homes
        .iter()
        .zip(&cards)
        .map(|(home, card)| AwaitedChange { document: home.id.into(), hash: card.heads()[0] })
        .collect();
    let lost = sync::wire::ChangeHash([9; 32]);
    awaited.push(AwaitedChange { document: homes[0].id.into(), hash: lost });
    let ask = |phone: &Phone| SyncRequest { awaited: awaited.clone(), ..phone.request(district.now()) };
    let verdicts = |reply: sync::wire::SyncReply| -> Vec<_> {
        let of = |wanted: &AwaitedChange| {
            let found = reply.outcomes.iter().find(|outcome| outcome.hash == wanted.hash);
            found.map(|outcome| outcome.verdict.clone())
        };
        awaited.iter().map(of).collect()
    };
    let waiting = [None, None, None, Some(Verdict::Absent)];
    assert_eq!(verdicts(district.round(&lin, &ask(&lin)).await), waiting, "nothing is decided");

    let accepted = admin::accept_held_work(store, Some(homes[0].id.into()), district.now()).await.expect("accepted");
    assert_eq!((accepted.accepted, accepted.held), (1, 0));
    for reason in ["", "  ", "两\n行", &"长".repeat(201)] {
        assert!(admin::reject_held_work(store, homes[1].id.into(), reason, district.now()).await.is_err());
    }
    let rejected = admin::reject_held_work(store, homes[1].id.into(), " 重复登记 ", district.now()).await;
    assert_eq!(rejected.expect("rejected"), 1);
    let told = Some(refused(RefusalCode::Rejected, "重复登记"));
    let decided = [Some(Verdict::Known), told, None, Some(Verdict::Absent)];
    assert_eq!(verdicts(district.round(&lin, &ask(&lin)).await), decided);
    assert_eq!(verdicts(district.round(&lin, &ask(&lin)).await), decided, "as long as it is asked");
    let foreign = verdicts(district.round(&wu, &ask(&wu)).await);
    assert_eq!(foreign, vec![Some(Verdict::Absent); 4], "another's work is nobody's business");
    assert_eq!(admin::list_held_work(store).await.expect("read").len(), 1);
    district.assert_sound().await;
}
