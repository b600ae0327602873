//! What the list does while somebody chooses, types, scrolls and comes back.

use contract::domain::workflow::{Refusal, TransitionKind};
use contract::{ErrorCode, RetractStep, RetractSteps, StepsTaken, TakeSteps, UNDO_MS};

use super::*;
use crate::tests::{sample, sample_incidents};

fn open(role: Role) -> Tasks {
    forget_queue();
    Tasks::open(&None, &sample::env(role, contract::domain::codes::Language::ZhCn)).0
}

fn page(first: u32, count: u32, total: u64) -> IncidentPage {
    let rows: Vec<_> = (first..first + count).map(sample_incidents::row).collect();
    IncidentPage { has_more: u64::from(first + count) < total, total, rows, queues: Vec::new() }
}

fn lists(effects: &[Effect<Msg>]) -> Vec<ListIncidents> {
    effects.iter().filter_map(Effect::asked).collect()
}

#[test]
fn every_role_begins_with_what_waits_for_it() {
    let first = |role| open(role).queue;
    assert_eq!(first(Role::Dispatcher), Queue::ToDispatch);
    assert_eq!(first(Role::CommunityClerk), Queue::ToAccept);
    assert_eq!(first(Role::Handler), Queue::ToHandle);
    assert_eq!(first(Role::BuildingLead), Queue::Mine);
    assert_eq!(first(Role::GridWorker), Queue::Open);
}

#[test]
fn only_a_dispatcher_is_asked_for_answers() {
    let asked = |role| {
        let mut list = open(role);
        list.update(Msg::Read(1, 0, Ok(page(0, 3, 3))));
        let effects = list.refresh();
        lists(&effects).iter().any(|request| request.queue == Queue::Requests)
    };
    assert!(asked(Role::Dispatcher));
    assert!(!asked(Role::CommunityClerk));
}

#[test]
fn typing_asks_once_and_an_older_answer_is_dropped() {
    let mut list = open(Role::Dispatcher);
    list.update(Msg::Read(1, 0, Ok(page(0, 3, 3))));
    list.update(Msg::Typed("井".into()));
    list.update(Msg::Typed("井盖".into()));
    assert!(list.update(Msg::Pause(1)).is_empty());
    let asked = lists(&list.update(Msg::Pause(2)));
    assert_eq!(asked.iter().map(|request| request.query.as_str()).collect::<Vec<_>>(), ["井盖"]);
    list.update(Msg::Read(1, 0, Ok(page(0, 9, 9))));
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(3), "the old rows stay until the new are there");
    list.update(Msg::Read(2, 0, Ok(page(0, 1, 1))));
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(1));
}

#[test]
fn five_thousand_rows_are_fetched_as_one_scrolls_and_few_are_drawn() {
    let mut list = open(Role::Dispatcher);
    list.update(Msg::Read(1, 0, Ok(page(0, 50, 5_000))));
    let more = lists(&list.update(Msg::Scrolled(4_000, 900)));
    assert_eq!(more[0].after, Some(sample_incidents::row(49).id));
    assert!(list.update(Msg::Scrolled(4_100, 900)).is_empty(), "one page at a time");
    list.update(Msg::ReadMore(1, Ok(page(50, 50, 5_000))));
    assert!(list.window.rows().len() < 40, "{:?}", list.window.rows());
    let (above, below) = list.window.padding(5_000);
    let drawn: i32 = list.window.rows().map(|row| list.window.row_height(row)).sum();
    assert_eq!(above + drawn + below, 5_000 * 114, "the bar at the side tells the truth");
}

#[test]
fn a_change_elsewhere_exchanges_all_rows_at_once() {
    let mut list = open(Role::Dispatcher);
    list.update(Msg::Read(1, 0, Ok(page(0, 50, 100))));
    list.update(Msg::Scrolled(4_000, 900));
    list.update(Msg::ReadMore(1, Ok(page(50, 50, 100))));
    let asked = lists(&list.refresh());
    assert_eq!((asked[0].rows, asked[0].after), (Some(100), None), "one question");
    let further = lists(&list.update(Msg::Read(2, 100, Ok(page(0, 50, 100)))));
    assert_eq!((further[0].rows, further[0].after), (Some(50), Some(sample_incidents::row(49).id)));
    list.update(Msg::Read(2, 100, Ok(page(50, 50, 100))));
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(100));
}

#[test]
fn many_changes_at_once_are_read_one_after_the_other() {
    let mut list = open(Role::Dispatcher);
    assert!(list.refresh().is_empty() && list.refresh().is_empty(), "the first list is on its way");
    let mut first = page(0, 50, 100);
    first.queues = vec![QueueCount { queue: Queue::ToDispatch, count: 100 }];
    let again = lists(&list.update(Msg::Read(1, 0, Ok(first.clone()))));
    assert_eq!((again[0].queue, again[0].rows), (Queue::ToDispatch, Some(50)));
    assert!(list.update(Msg::Scrolled(4_000, 900)).is_empty(), "no further page of rows that are being exchanged");
    let more = lists(&list.update(Msg::Read(2, 50, Ok(first.clone()))));
    assert_eq!(more[0].after, Some(sample_incidents::row(49).id));
    list.update(Msg::ReadMore(2, Ok(page(50, 50, 100))));
    assert_eq!(list.list.ready().map(|list| &list.queues), Some(&first.queues), "queues come with the first page");
    list.refresh();
    list.update(Msg::Read(3, 100, Err(CommandError::new(ErrorCode::Internal))));
    assert!(!list.refresh().is_empty(), "after a failure the next change is read");
}

#[test]
fn a_search_asks_everything_and_a_queue_ends_it() {
    let mut list = open(Role::Dispatcher);
    list.update(Msg::Read(1, 0, Ok(page(0, 3, 3))));
    list.update(Msg::Typed("井盖".into()));
    assert_eq!(list.shown(), Queue::ToDispatch, "what is shown was not looked for yet");
    list.update(Msg::Pause(1));
    assert_eq!(list.shown(), Queue::All);
    let asked = lists(&list.update(Msg::Open(Queue::ToDispatch)));
    assert_eq!((asked[0].queue, asked[0].query.as_str(), list.shown()), (Queue::ToDispatch, "", Queue::ToDispatch));
    list.update(Msg::Open(Queue::Mine));
    list.update(Msg::Typed("井盖".into()));
    list.update(Msg::Pause(3));
    assert_eq!(list.shown(), Queue::Mine, "one's own are searched by themselves");
}

#[test]
fn a_step_in_an_incident_that_left_is_put_away_only_when_that_worked() {
    let mut list = open(Role::Handler);
    list.update(Msg::ReadDeparted(Ok(sample_incidents::departed())));
    assert_eq!(list.count_of(&QueueCount { queue: Queue::Futile, count: 2 }), 5);
    let step = list.departed[0].step;
    assert!(list.update(Msg::Dismiss(step))[0].asked::<DismissDepartedStep>().is_some());
    list.update(Msg::Dismissed(step, Err(CommandError::new(ErrorCode::StorageFull))));
    assert_eq!((list.departed.len(), list.error.is_some()), (3, true));
    list.update(Msg::Dismissed(step, Ok(())));
    assert_eq!((list.departed.len(), list.error.is_some()), (2, false));
}

#[test]
fn coming_back_finds_the_list_as_it_was_left() {
    let mut list = open(Role::Dispatcher);
    list.update(Msg::Open(Queue::Overdue));
    list.update(Msg::Read(2, 0, Ok(page(0, 50, 60))));
    list.update(Msg::Scrolled(800, 700));
    list.remember();
    let env = sample::env(Role::Dispatcher, contract::domain::codes::Language::ZhCn);
    let (back, effects) = Tasks::open(&None, &env);
    assert_eq!(back.queue, Queue::Overdue);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ScrollTo(800))));
    let (other, _) = Tasks::open(&Some(Queue::Futile), &env);
    assert_eq!(other.queue, Queue::Futile, "an address that names a queue opens that one");
}

/// A clerk's 待受理 with five incidents, one of which something is under way with.
fn accepting() -> Tasks {
    let mut list = open(Role::CommunityClerk);
    list.update(Msg::Read(1, 0, Ok(sample_incidents::accept_page())));
    assert!(list.can_choose());
    list.update(Msg::Choose(ChooseMsg::Mode(true)));
    list
}

fn chosen(list: &Tasks) -> usize {
    list.choice.as_ref().map_or(0, |choice| choice.chosen.len())
}

#[test]
fn only_what_can_be_accepted_is_chosen() {
    let mut list = accepting();
    let rows = sample_incidents::accept_page().rows;
    list.update(Msg::Choose(ChooseMsg::Tick(rows[2].id)));
    assert_eq!(chosen(&list), 0, "it is being returned");
    list.update(Msg::Choose(ChooseMsg::Tick(rows[0].id)));
    assert_eq!((chosen(&list), list.are_all_chosen()), (1, false));
    list.update(Msg::Choose(ChooseMsg::TickAll));
    assert_eq!((chosen(&list), list.are_all_chosen()), (4, true));
    list.update(Msg::Choose(ChooseMsg::TickAll));
    assert_eq!(chosen(&list), 0);
    assert!(list.update(Msg::Choose(ChooseMsg::Accept)).is_empty(), "nothing is chosen");
    let mut worker = open(Role::GridWorker);
    worker.update(Msg::Read(1, 0, Ok(sample_incidents::accept_page())));
    assert!(!worker.can_choose(), "workers accept nothing");
    list.update(Msg::Open(Queue::Overdue));
    assert!(list.choice.is_none(), "another queue is another matter");
}

#[test]
fn one_tap_accepts_what_is_chosen_and_one_tap_takes_it_back() {
    let mut list = accepting();
    let rows = sample_incidents::accept_page().rows;
    list.update(Msg::Choose(ChooseMsg::TickAll));
    let mut effects = list.update(Msg::Choose(ChooseMsg::Accept));
    assert!(list.update(Msg::Choose(ChooseMsg::Accept)).is_empty(), "one tap");
    let asked: TakeSteps = effects[0].asked().expect("accepted");
    assert_eq!((asked.incidents.len(), asked.kind), (4, TransitionKind::Accept));
    let step = |n: u32| RetractStep { incident: rows[n as usize].id, step: sample::id(7, n) };
    let refused = vec![(rows[4].id, Some(Refusal::WrongState))];
    let reply = StepsTaken { taken: vec![step(0), step(1), step(3)], refused };
    let answer = effects.remove(0).answer::<TakeSteps>(Ok(reply.clone()));
    let after = list.update(answer);
    assert!(after.iter().any(|effect| matches!(effect, Effect::After { ms: UNDO_MS, .. })));
    let batch = list.batch.clone().expect("told");
    assert_eq!((batch.taken.len(), batch.refused[0].0.id, batch.can_undo), (3, rows[4].id, true));
    assert!(list.choice.is_none());

    let mut effects = list.update(Msg::Choose(ChooseMsg::Undo));
    assert_eq!(effects[0].asked::<RetractSteps>().map(|asked| asked.steps), Some(reply.taken.clone()));
    let back = StepsTaken { refused: Vec::new(), ..reply };
    list.update(effects.remove(0).answer::<RetractSteps>(Ok(back)));
    let batch = list.batch.clone().expect("told");
    assert_eq!((batch.is_back, batch.can_undo), (true, false));
}

#[test]
fn a_list_that_is_read_again_keeps_what_is_still_there() {
    let mut list = accepting();
    list.update(Msg::Choose(ChooseMsg::TickAll));
    let mut page = sample_incidents::accept_page();
    let left = page.rows.remove(0);
    page.rows[0].pending = 1;
    page.total = 4;
    list.refresh();
    list.update(Msg::Read(2, 5, Ok(page.clone())));
    let choice = list.choice.as_ref().expect("still choosing");
    assert_eq!(choice.chosen.keys().copied().collect::<Vec<_>>(), [page.rows[2].id, page.rows[3].id]);
    let gone: Vec<_> = choice.gone.iter().map(|row| row.id).collect();
    assert_eq!(gone, [left.id, page.rows[0].id], "one has left, on one something was begun");
}

#[test]
fn more_than_one_request_takes_stays_chosen_for_the_next() {
    let mut list = open(Role::CommunityClerk);
    let limit = contract::INCIDENT_ROWS_LIMIT;
    let waiting = |n| IncidentRow { standing: contract::domain::workflow::State::Reported, ..sample_incidents::row(n) };
    let mut page = page(0, 0, u64::from(limit) + 2);
    page.rows = (0..limit + 2).map(waiting).collect();
    list.update(Msg::Read(1, 0, Ok(page)));
    list.update(Msg::Choose(ChooseMsg::Mode(true)));
    list.update(Msg::Choose(ChooseMsg::TickAll));
    let asked: TakeSteps = list.update(Msg::Choose(ChooseMsg::Accept))[0].asked().expect("accepted");
    assert_eq!(asked.incidents.len(), limit as usize);
    let step = |incident| RetractStep { incident, step: sample::id(7, 1) };
    let taken = asked.incidents.into_iter().map(step).collect();
    list.update(Msg::Choose(ChooseMsg::Accepted(Ok(StepsTaken { taken, refused: Vec::new() }))));
    assert_eq!(chosen(&list), 2);
}
