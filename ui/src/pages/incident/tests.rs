//! What steps ask for, what is kept of typed words, and what the keys do.

use contract::domain::Role;
use contract::domain::codes::{CodeList as _, Language};
use contract::domain::workflow::TransitionKind as Kind;
use contract::{SaveStepForm, StepDraft};

use super::form::{Due, preset_limits, read_moment};
use super::*;
use crate::i18n::Words;
use crate::tests::sample;
use crate::tests::sample_incidents as incidents;

fn open_in(pane: Pane, view: IncidentView) -> Incident {
    let env = sample::env(Role::Dispatcher, Language::ZhCn).in_pane(pane);
    let (mut page, _) = Incident::open(&view.row.id, &env);
    page.update(Msg::Read(Ok(Box::new(view))));
    page
}

fn open(view: IncidentView) -> Incident {
    open_in(Pane::Whole, view)
}

fn now() -> UnixMillis {
    incidents::in_minutes(0)
}

fn edit(page: &mut Incident, edit: Edit) {
    page.update(Msg::Edit(edit));
}

fn sent(page: &mut Incident) -> TakeStep {
    page.update(Msg::Send(now()))[0].asked().expect("the step is made")
}

#[test]
fn a_dispatch_names_the_suggested_organisation_and_the_usual_limit() {
    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Dispatch));
    let step = sent(&mut page);
    assert_eq!(step.payload.to_org, Some(incidents::org("jingui-property")));
    assert_eq!(step.payload.due_at, None, "the class decides");
    assert!(page.update(Msg::Send(now())).is_empty(), "one tap, one step");
}

#[test]
fn another_organisation_limit_and_help_travel_with_the_dispatch() {
    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Dispatch));
    edit(&mut page, Edit::Joint(incidents::org("urban-management")));
    edit(&mut page, Edit::Joint(incidents::org("fire-station")));
    edit(&mut page, Edit::Org(incidents::org("urban-management")));
    edit(&mut page, Edit::DueAt("2026-07-15T17:30".into()));
    edit(&mut page, Edit::Text("今天先清出通道".into()));
    let person: contract::domain::AccountId = sample::id(1, 9);
    edit(&mut page, Edit::Person(person.to_string()));
    let payload = sent(&mut page).payload;
    assert_eq!(payload.to_person, Some(person));
    assert_eq!(payload.to_org, Some(incidents::org("urban-management")));
    assert_eq!(payload.joint, [incidents::org("fire-station")].into(), "who handles it does not help itself");
    assert_eq!(payload.due_at, read_moment("2026-07-15T17:30"));
    assert_eq!(payload.text, "今天先清出通道");
}

#[test]
fn what_is_missing_is_said_in_the_servers_words_and_nothing_is_sent() {
    let mut page = open(incidents::verify_view());
    page.update(Msg::Verify(false));
    assert!(page.update(Msg::Send(now()))[0].asked::<TakeStep>().is_none());
    assert_eq!(page.problem, Some(Refusal::TextMissing));
    edit(&mut page, Edit::Text("还有两件家具".into()));
    assert_eq!(page.problem, None);
    assert_eq!(sent(&mut page).payload.passes, Some(false));

    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Dispatch));
    edit(&mut page, Edit::DueAt("2026-07-13T17:30".into()));
    page.update(Msg::Send(now()));
    assert_eq!(page.problem, Some(Refusal::BadLimit), "a limit in the past");
}

#[test]
fn every_refusal_and_every_offered_step_has_words_in_both_languages() {
    for words in [Words::new(Language::ZhCn), Words::new(Language::En)] {
        for refusal in Refusal::ALL {
            assert!(!words.name(*refusal).is_empty(), "{refusal:?}");
        }
        for kind in Kind::ALL {
            assert!(!words.name(*kind).is_empty(), "{kind:?}");
            let is_offered = *kind != Kind::Submit && *kind != Kind::Retract && offline_of(*kind) != Offline::Never;
            assert!(!is_offered || !sheet::verb(words, *kind).is_empty(), "{kind:?}");
        }
    }
}

/// The same incident after another page: what was written there is what the companion answers.
fn reopen(drafts: Vec<StepDraft>) -> Incident {
    open(IncidentView { drafts, ..incidents::handled_view() })
}

fn saved(effects: &[Effect<Msg>]) -> Vec<SaveStepForm> {
    effects.iter().filter_map(Effect::asked).collect()
}

#[test]
fn typed_words_survive_an_error_a_closed_sheet_and_another_page() {
    let mut page = reopen(Vec::new());
    page.update(Msg::Step(Kind::SubmitResult));
    edit(&mut page, Edit::Text("已清空".into()));
    let mut effects = page.update(Msg::Send(now()));
    assert!(page.pause().is_empty(), "what is on its way is no draft any more");
    let answer = effects.remove(0).answer::<TakeStep>(Err(CommandError::new(ErrorCode::StorageFull)));
    page.update(answer);
    assert!(page.error.is_some());
    let written = saved(&page.update(Msg::Close));
    assert_eq!((written.len(), written[0].kind), (1, Some(Kind::SubmitResult)));
    assert!(page.pause().is_empty(), "written once");

    let mut page = reopen(vec![StepDraft { kind: written[0].kind, payload: written[0].payload.clone() }]);
    page.update(Msg::Step(Kind::SubmitResult));
    assert_eq!(page.form().map(|form| form.text.as_str()), Some("已清空"));
    let mut effects = page.update(Msg::Send(now()));
    page.update(effects.remove(0).answer::<TakeStep>(Ok(incidents::verify_view())));
    assert!(page.form().is_none() && page.forms.is_empty(), "made: nothing is kept");
    assert!(matches!(&page.done, Some(Done::Step(done)) if done.kind == Kind::SubmitResult));
}

#[test]
fn every_part_of_a_form_is_found_again() {
    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Dispatch));
    assert!(page.pause().is_empty(), "a form that is only looked at is no draft");
    edit(&mut page, Edit::Person(sample::id::<contract::domain::AccountId>(1, 7).to_string()));
    edit(&mut page, Edit::Joint(incidents::org("fire-station")));
    edit(&mut page, Edit::DueAt("2026-07-15T17:30".into()));
    let draft = saved(&page.pause()).remove(0).payload;
    let again = |payload: Payload, kind: Kind, view: IncidentView| {
        let drafts = vec![StepDraft { kind: Some(kind), payload }];
        let mut page = open(IncidentView { drafts, ..view });
        page.update(Msg::Step(kind));
        page
    };
    let mut found = again(draft.clone(), Kind::Dispatch, incidents::incident_view());
    assert_eq!(found.form(), page.form());
    assert_eq!(sent(&mut found).payload, Payload { duplicate_of: None, ..draft });
    edit(&mut found, Edit::Org(incidents::org("urban-management")));
    assert_eq!(found.form().and_then(|form| form.person), None, "who belongs to another organisation");

    // Half an appointment.
    let mut page = open(incidents::booked_view());
    page.update(Msg::Step(Kind::Book));
    edit(&mut page, Edit::Place("值班室".into()));
    let draft = saved(&page.pause()).remove(0).payload;
    assert_eq!(again(draft, Kind::Book, incidents::booked_view()).form(), page.form());
    edit(&mut page, Edit::Booking(BookingKind::Doctor));
    let draft = saved(&page.pause()).remove(0).payload;
    let drafts = vec![StepDraft { kind: Some(Kind::Book), payload: draft }];
    let mut found = open(IncidentView { drafts, ..incidents::booked_view() });
    let asked = found.update(Msg::Step(Kind::Book)).iter().find_map(Effect::asked::<ListServices>);
    assert_eq!(asked.and_then(|request| request.booking), Some(BookingKind::Doctor), "its directory is there too");
}

#[test]
fn a_form_is_written_after_a_pause_and_emptied_with_its_words() {
    let mut page = reopen(Vec::new());
    page.update(Msg::Note);
    edit(&mut page, Edit::Text("夜里".into()));
    edit(&mut page, Edit::Text("夜里有人".into()));
    assert!(page.update(Msg::Kept(FormKind::Note, KeptMsg::Pause(1))).is_empty(), "a newer edit has its own timer");
    let mut effects = page.update(Msg::Kept(FormKind::Note, KeptMsg::Pause(2)));
    assert_eq!(saved(&effects)[0].payload.text, "夜里有人");
    page.update(effects.remove(0).answer::<SaveStepForm>(Ok(())));
    assert_eq!(page.forms[0].saving.state(), crate::state::SaveState::Saved);
    edit(&mut page, Edit::Text(String::new()));
    let emptied = saved(&page.update(Msg::Kept(FormKind::Note, KeptMsg::Left))).remove(0);
    assert_eq!((emptied.kind, emptied.payload), (None, Payload::default()));
    edit(&mut page, Edit::Text("走前".into()));
    let gone = page.update(Msg::Read(Err(CommandError::new(ErrorCode::NotFound))));
    assert_eq!(saved(&gone)[0].payload.text, "走前", "the companion keeps the words of an incident that has gone");
}

#[test]
fn what_cannot_be_sent_any_more_is_thrown_away_by_hand() {
    let mut page = open(incidents::handled_view());
    let kind = FormKind::Step(Kind::AskRefusal);
    let mut effects = page.update(Msg::Kept(kind, KeptMsg::Discard));
    assert_eq!(saved(&effects)[0].payload, Payload::default());
    page.update(effects.remove(0).answer::<SaveStepForm>(Ok(())));
    let left: Vec<_> = page.view.ready().expect("here").drafts.iter().map(|draft| draft.kind).collect();
    assert_eq!(left, [Some(Kind::SubmitResult)]);
    let words = page.thrown.clone().expect("to be brought back").payload;
    assert_eq!(saved(&page.update(Msg::BringBack))[0].payload, words);
    assert_eq!(page.view.ready().expect("here").drafts.len(), 2);
}

#[test]
fn back_closes_the_list_of_steps_and_the_form_with_its_words_kept() {
    let mut page = open(incidents::handled_view());
    page.update(Msg::More);
    assert_eq!(page.sheets(), 1);
    page.close_sheet();
    assert_eq!(page.sheets(), 0);
    page.update(Msg::Note);
    edit(&mut page, Edit::Text("夜里有人".into()));
    assert!(!page.is_settled());
    let effects = page.close_sheet();
    assert_eq!(saved(&effects)[0].payload.text, "夜里有人");
    page.update(Msg::Note);
    assert_eq!(page.form().map(|form| form.text.as_str()), Some("夜里有人"));
}

#[test]
fn a_form_stays_open_when_the_window_becomes_a_desk() {
    let mut page = open(incidents::handled_view());
    page.update(Msg::Note);
    edit(&mut page, Edit::Text("夜里有人".into()));
    page.move_to(Pane::Detail);
    assert_eq!(page.sheets(), 0, "in place, not over the page");
    assert_eq!(page.form().map(|form| form.text.as_str()), Some("夜里有人"));
    page.move_to(Pane::Whole);
    assert_eq!(page.sheets(), 1);
}

#[test]
fn an_answer_names_the_request_that_was_read() {
    let mut page = open(incidents::handled_view());
    page.update(Msg::Step(Kind::GrantExtension));
    let step = incidents::handled_view().asked.map(|asked| asked.step);
    assert_eq!(sent(&mut page).payload.of, step);
    let mut page = open(incidents::handled_view());
    page.update(Msg::Step(Kind::DenyRefusal));
    edit(&mut page, Edit::Text("属于".into()));
    assert_eq!(sent(&mut page).payload.of, None, "another kind of request");
}

#[test]
fn keys_make_only_steps_that_are_on_offer() {
    let page = open(incidents::incident_view());
    assert!(matches!(page.find_shortcut('d'), Some(Msg::Step(Kind::Dispatch))));
    assert!(matches!(page.find_shortcut('m'), Some(Msg::Step(Kind::Merge))));
    assert!(matches!(page.find_shortcut('n'), Some(Msg::Note)));
    assert!(page.find_shortcut('a').is_none() && page.find_shortcut('x').is_none());
    let alone = IncidentView { like: Vec::new(), ..incidents::incident_view() };
    assert!(open(alone).find_shortcut('m').is_none(), "nothing is merged with nothing");
}

#[test]
fn on_a_desk_the_form_of_dispatching_is_there_at_once() {
    assert_eq!(open_in(Pane::Detail, incidents::incident_view()).open, Open::Form(FormKind::Step(Kind::Dispatch)));
    assert_eq!(open(incidents::incident_view()).open, Open::Nothing);
    assert_eq!(open_in(Pane::Detail, incidents::handled_view()).open, Open::Nothing);
}

#[test]
fn the_bar_has_what_one_came_for() {
    let bar = |view: &IncidentView| {
        let steps = steps::sort_steps(view);
        (steps.likely.map(|offer| offer.kind), steps.partner.map(|offer| offer.kind), steps.rest.len())
    };
    assert_eq!(bar(&incidents::incident_view()), (Some(Kind::Dispatch), Some(Kind::Merge), 2));
    assert_eq!(bar(&incidents::handled_view()), (Some(Kind::SubmitResult), Some(Kind::AskExtension), 0));
    assert_eq!(bar(&incidents::booked_view()), (Some(Kind::Start), Some(Kind::AskRefusal), 1));
}

#[test]
fn an_appointment_is_confirmed_by_the_step_that_proposed_it() {
    let view = incidents::booked_view();
    let step = view.appointment.as_ref().map(|appointment| appointment.step);
    let mut page = open(view);
    let asked: TakeStep = page.update(Msg::Step(Kind::ConfirmBooking))[0].asked().expect("one tap");
    assert_eq!(asked.payload.of, step);
}

#[test]
fn an_appointment_is_offered_from_the_directory() {
    let mut page = open(incidents::booked_view());
    page.update(Msg::Step(Kind::Book));
    let mut effects = page.update(Msg::Edit(Edit::Booking(BookingKind::Doctor)));
    let asked: ListServices = effects[0].asked().expect("the directory");
    assert_eq!(asked.booking, Some(BookingKind::Doctor));
    let list = ServiceList { rows: vec![crate::tests::sample_services::doctor()], version: Some(1) };
    page.update(effects.remove(0).answer::<ListServices>(Ok(list)));
    let service = page.services[0].clone();
    edit(&mut page, Edit::Service(Some(service.clone())));
    edit(&mut page, Edit::At("2026-07-15T09:00".into()));
    edit(&mut page, Edit::Place("社区卫生站".into()));
    let booking = sent(&mut page).payload.booking.expect("an appointment");
    assert_eq!((booking.service, booking.place.as_str()), (Some(service.id), "社区卫生站"));
}

#[test]
fn own_steps_are_taken_back_and_sent_again() {
    let mut page = open(incidents::handled_view());
    let step = incidents::handled_view().history[4].step.expect("a step");
    let mut effects = page.update(Msg::Again(step, Kind::Dispatch));
    assert_eq!(effects[0].asked::<SendAgain>().map(|request| request.step), Some(step));
    page.update(effects.remove(0).answer::<SendAgain>(Ok(incidents::handled_view())));
    assert!(matches!(&page.done, Some(Done::Step(done)) if done.kind == Kind::Dispatch));
    assert!(page.update(Msg::Retract(step))[0].asked::<RetractStep>().is_some());
}

/// What the confirmation says, and whether it offers to take the step back.
fn told(page: &Incident, env: &Env) -> (String, bool) {
    let view = page.view.ready().expect("shown");
    let done = page.done.as_ref().expect("something was done");
    (done::tell(env, view, done, page.undo.1), done::can_undo(page, env, view))
}

/// Dispatches, and takes the companion's answer.
fn dispatch() -> (Incident, Vec<Effect<Msg>>) {
    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Dispatch));
    let mut effects = page.update(Msg::Send(now()));
    let effects = page.update(effects.remove(0).answer::<TakeStep>(Ok(incidents::dispatching_view(None))));
    (page, effects)
}

#[test]
fn a_step_is_confirmed_with_its_object_and_can_be_undone_until_it_leaves() {
    let mut env = sample::env(Role::Dispatcher, Language::ZhCn);
    env.sync.network = contract::NetworkState::Online;
    let (mut page, effects) = dispatch();
    let (said, can_undo) = told(&page, &env);
    assert_eq!((said.as_str(), can_undo), ("已派单给金桂物业，几秒后提交。", true));
    let over = effects.into_iter().find_map(|effect| match effect {
        Effect::After { ms, msg } => Some((ms, msg)),
        _ => None,
    });
    let (ms, over) = over.expect("the undo ends");
    assert_eq!(ms, UNDO_MS);
    page.update(over);
    assert_eq!(told(&page, &env), ("已派单给金桂物业，等服务器确认。".into(), false));
    page.update(Msg::Read(Ok(Box::new(incidents::dispatching_view(Some(StepEffect::Effective))))));
    assert_eq!(told(&page, &env), ("已派单给金桂物业。".into(), false), "confirmed: there is no way back");
    let lost =
        StepEffect::Futile { reason: Refusal::WrongState, lost_to: None, can_send_again: false, can_dismiss: true };
    page.update(Msg::Read(Ok(Box::new(incidents::dispatching_view(Some(lost))))));
    assert!(told(&page, &env).0.starts_with("派单给金桂物业没有生效："), "{}", told(&page, &env).0);
}

#[test]
fn undoing_asks_for_the_step_and_says_what_became_of_it() {
    let mut env = sample::env(Role::Dispatcher, Language::ZhCn);
    env.sync.network = contract::NetworkState::Online;
    let (mut page, _) = dispatch();
    assert!(matches!(page.find_shortcut('z'), Some(Msg::Undo)));
    let mut effects = page.update(Msg::Undo);
    let step = incidents::dispatching_view(None).history[0].step;
    assert_eq!(effects[0].asked::<RetractStep>().map(|asked| Some(asked.step)), Some(step));
    let taken_back =
        StepEffect::Pending { offline: Offline::Requested, can_retract: false, is_likely: false, is_taken_back: true };
    page.update(effects.remove(0).answer::<RetractStep>(Ok(incidents::dispatching_view(Some(taken_back)))));
    assert_eq!(told(&page, &env), ("已收回：派单给金桂物业，等服务器确认。".into(), false));
    assert!(page.find_shortcut('z').is_none());
    let retracted =
        StepEffect::Futile { reason: Refusal::Retracted, lost_to: None, can_send_again: false, can_dismiss: false };
    page.update(Msg::Read(Ok(Box::new(incidents::dispatching_view(Some(retracted))))));
    assert_eq!(told(&page, &env).0, "已收回：派单给金桂物业。");
    page.update(Msg::Read(Ok(Box::new(incidents::dispatching_view(Some(StepEffect::Effective))))));
    assert_eq!(told(&page, &env).0, "没有来得及收回，派单给金桂物业已生效。", "it never lies");
}

#[test]
fn without_network_the_step_waits_and_can_be_taken_back_all_the_while() {
    let mut env = sample::env(Role::Dispatcher, Language::ZhCn);
    env.sync.network = contract::NetworkState::Offline;
    let (mut page, _) = dispatch();
    page.update(Msg::UndoOver(1));
    let (said, can_undo) = told(&page, &env);
    assert_eq!((said.as_str(), can_undo), ("派单给金桂物业：请求已排队，有网络后由服务器确认。", true));
}

#[test]
fn what_goes_on_sends_the_step_at_once() {
    let (mut page, _) = dispatch();
    assert!(page.update(Msg::SendNow)[0].asked::<SyncNow>().is_some());
    assert!(!page.undo.1);
}

#[test]
fn whoever_goes_elsewhere_leaves_nothing_waiting() {
    let (mut page, _) = dispatch();
    assert!(page.pause().iter().any(|effect| effect.asked::<SyncNow>().is_some()), "the app goes to the background");
    assert!(page.pause().is_empty(), "once");
}

#[test]
fn every_step_is_confirmed_in_words_of_its_own() {
    for words in [Words::new(Language::ZhCn), Words::new(Language::En)] {
        let mut said = std::collections::BTreeSet::new();
        for kind in Kind::ALL {
            let is_offered = *kind != Kind::Submit && *kind != Kind::Retract && offline_of(*kind) != Offline::Never;
            let did = words.of_family("did", *kind);
            assert_eq!(!did.is_empty(), is_offered && *kind != Kind::Unknown, "{kind:?}");
            assert!(did.is_empty() || said.insert(did), "{kind:?}");
        }
    }
}

#[test]
fn what_was_put_away_says_so() {
    let mut page = open(incidents::handled_view());
    let step = incidents::handled_view().history[4].step.expect("a step");
    let mut effects = page.update(Msg::Retract(step));
    page.update(effects.remove(0).answer::<RetractStep>(Ok(incidents::handled_view())));
    assert_eq!(page.done, Some(Done::Away));
}

#[test]
fn nothing_is_merged_into_what_is_not_on_offer_any_more() {
    let mut page = open(incidents::incident_view());
    page.update(Msg::Step(Kind::Merge));
    let mut view = incidents::incident_view();
    view.like[0].id = sample::id(3, 31);
    page.update(Msg::Read(Ok(Box::new(view.clone()))));
    page.update(Msg::Send(now()));
    assert_eq!(page.problem, Some(Refusal::TargetMissing));
    edit(&mut page, Edit::Other(view.like[0].id));
    assert_eq!(sent(&mut page).payload.duplicate_of, Some(view.like[0].id));
}

#[test]
fn an_incident_that_has_gone_is_not_shown_as_if_it_were_here() {
    let mut page = open(incidents::handled_view());
    page.update(Msg::Read(Err(CommandError::new(ErrorCode::Internal))));
    assert!(page.view.ready().is_some(), "a failed refresh takes nothing away");
    page.update(Msg::Read(Err(CommandError::new(ErrorCode::NotFound))));
    assert!(matches!(page.view, Load::Failed(_)));
}

#[test]
fn limits_are_offered_at_the_end_of_office_hours() {
    let local = |at: UnixMillis| at.local().to_string();
    let offered: Vec<String> = preset_limits(now()).into_iter().map(local).collect();
    assert_eq!(offered[..2], ["2026-07-14T17:30:00", "2026-07-15T17:30:00"]);
    let evening = now().plus_ms(10 * 3_600_000);
    assert_eq!(local(preset_limits(evening)[0]), "2026-07-15T17:30:00", "today's has passed");
    for broken in ["", "2026-07-14", "2026-07-14T25:00", "2026-13-01T10:00"] {
        assert_eq!(read_moment(broken), None, "{broken}");
    }
    assert_eq!(read_moment("2026-07-14T10:00"), Some(now()));
    let mut form = Form::default();
    form.apply(Edit::Due(now().to_string()));
    assert_eq!(form.due, Due::At(now()));
}
