//! 任务, incidents, the forms of their steps and the desk for the golden files; one each in large type and in the dark.

use contract::domain::Role;
use contract::domain::workflow::{Refusal, TransitionKind as Kind};
use contract::{IncidentView, NetworkState, Queue, RetractStep, Settings, StepsTaken, Theme};
use yew::Html;

use super::golden::{Drawing, draw};
use super::{sample, sample_incidents as incidents};
use crate::app::draw_desk;
use crate::pages::incident::{Done, FormKind, Incident, Msg};
use crate::pages::tasks::{ChooseMsg, Msg as TasksMsg, Tasks, forget_queue};
use crate::state::{Env, Pane};

fn draw_incident(env: &Env, view: IncidentView, msgs: Vec<Msg>) -> Html {
    let id = view.row.id;
    let msgs = std::iter::once(Msg::Read(Ok(Box::new(view)))).chain(msgs).collect();
    draw::<Incident>(id, env, msgs)
}

fn draw_queue(env: &Env) -> Html {
    forget_queue();
    let read = TasksMsg::Read(1, 0, Ok(incidents::dispatch_page()));
    draw::<Tasks>(None, env, vec![read, TasksMsg::ReadAsked(Ok(incidents::asked_page()))])
}

fn desk(env: &Env) -> Html {
    let view = incidents::incident_view();
    let left = draw_queue(&env.in_pane(Pane::Queue(Some(view.row.id))));
    let right = draw_incident(&env.in_pane(Pane::Detail), view, Vec::new());
    draw_desk(&Env { unread: 2, ..env.clone() }, left, right)
}

fn with_settings(env: &Env, care: bool, theme: Theme) -> Env {
    Env { settings: Settings { care, theme, ..env.settings }, ..env.clone() }
}

fn online(env: &Env) -> Env {
    let mut env = env.clone();
    env.sync.network = NetworkState::Online;
    env
}

/// The pages by name.
pub(super) fn drawings() -> [(&'static str, Role, Drawing); 20] {
    let (worker, dispatcher, handler) = (Role::GridWorker, Role::Dispatcher, Role::Handler);
    [
        ("tasks", worker, |env| {
            forget_queue();
            draw::<Tasks>(None, env, vec![TasksMsg::Read(1, 0, Ok(sample::incident_page()))])
        }),
        ("tasks-dispatcher", dispatcher, draw_queue),
        ("tasks-care", dispatcher, |env| draw_queue(&with_settings(env, true, Theme::System))),
        ("tasks-search", dispatcher, |env| {
            forget_queue();
            let found = TasksMsg::Read(2, 0, Ok(incidents::asked_page()));
            let msgs = [TasksMsg::Read(1, 0, Ok(incidents::dispatch_page())), TasksMsg::Typed("占道".into())];
            draw::<Tasks>(None, env, msgs.into_iter().chain([TasksMsg::Pause(1), found]).collect())
        }),
        ("tasks-futile", handler, |env| {
            forget_queue();
            let mut page = sample::incident_page();
            page.rows.clear();
            page.total = 0;
            let read = TasksMsg::Read(1, 0, Ok(page));
            let departed = TasksMsg::ReadDeparted(Ok(incidents::departed()));
            draw::<Tasks>(Some(Queue::Futile), env, vec![read, departed])
        }),
        ("tasks-choose", Role::CommunityClerk, |env| {
            forget_queue();
            let read = TasksMsg::Read(1, 0, Ok(incidents::accept_page()));
            let choose = [ChooseMsg::Mode(true), ChooseMsg::TickAll].map(TasksMsg::Choose);
            draw::<Tasks>(None, env, std::iter::once(read).chain(choose).collect())
        }),
        ("tasks-accepted", Role::CommunityClerk, |env| {
            forget_queue();
            let page = incidents::accept_page();
            let step = |n: usize| RetractStep { incident: page.rows[n].id, step: sample::id(7, 60) };
            let refused = vec![(page.rows[4].id, Some(Refusal::WrongState))];
            let done = StepsTaken { taken: vec![step(0), step(1), step(3)], refused };
            let choose = [ChooseMsg::Mode(true), ChooseMsg::TickAll, ChooseMsg::Accepted(Ok(done))];
            let read = TasksMsg::Read(1, 0, Ok(page));
            draw::<Tasks>(None, &online(env), std::iter::once(read).chain(choose.map(TasksMsg::Choose)).collect())
        }),
        ("desk-dispatched", dispatcher, |env| {
            let env = online(env);
            let left = draw_queue(&env.in_pane(Pane::Queue(Some(incidents::incident_view().row.id))));
            let sent = Msg::Sent(
                FormKind::Step(Kind::Dispatch),
                Done::new(Kind::Dispatch),
                Ok(Box::new(incidents::dispatching_view(None))),
            );
            let right = draw_incident(&env.in_pane(Pane::Detail), incidents::incident_view(), vec![sent]);
            draw_desk(&env, left, right)
        }),
        ("incident-phone", handler, |env| {
            let view = IncidentView { reporter_tel: Some("199-0000-0301".into()), ..incidents::handled_view() };
            draw_incident(env, view, Vec::new())
        }),
        ("desk", dispatcher, desk),
        ("desk-dark", dispatcher, |env| desk(&with_settings(env, false, Theme::Dark))),
        ("desk-keys", dispatcher, |env| {
            forget_queue();
            let env = env.in_pane(Pane::Queue(None));
            let left = draw::<Tasks>(None, &env, vec![TasksMsg::Help(true)]);
            draw_desk(&env, left, Html::default())
        }),
        ("incident", dispatcher, |env| draw_incident(env, incidents::incident_view(), Vec::new())),
        ("incident-dispatch", dispatcher, |env| {
            draw_incident(env, incidents::incident_view(), vec![Msg::Step(Kind::Dispatch)])
        }),
        ("incident-dispatched", dispatcher, |env| {
            let view = incidents::dispatching_view(None);
            let done = Done::new(Kind::Dispatch);
            let sent = Msg::Sent(FormKind::Step(Kind::Dispatch), done, Ok(Box::new(view)));
            draw_incident(&online(env), incidents::incident_view(), vec![sent])
        }),
        ("incident-merge", dispatcher, |env| {
            draw_incident(env, incidents::incident_view(), vec![Msg::Step(Kind::Merge)])
        }),
        ("incident-handler", handler, |env| draw_incident(env, incidents::booked_view(), vec![Msg::Step(Kind::Book)])),
        ("incident-history", handler, |env| draw_incident(env, incidents::handled_view(), vec![Msg::More])),
        ("incident-verify", worker, |env| {
            let msgs = vec![Msg::Verify(false), Msg::Send(incidents::in_minutes(0))];
            draw_incident(env, incidents::verify_view(), msgs)
        }),
        ("incident-care", worker, |env| {
            draw_incident(&with_settings(env, true, Theme::System), incidents::verify_view(), Vec::new())
        }),
    ]
}
