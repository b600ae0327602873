//! Pages of services, notices and appointments for the golden files, and 我的 in large type and in the dark.

use contract::domain::Role;
use contract::{Settings, Theme};
use yew::Html;

use super::golden::{Drawing, draw};
use super::{sample, sample_services};
use crate::app::{draw_frame, draw_reminder};
use crate::pages::notices::{ListMsg as NoticesMsg, Notice, NoticeMsg, Notices};
use crate::pages::report::{BookingEdit, Edit, HEALTH_REQUEST, Msg as ReportMsg, Report, ReportArg};
use crate::pages::services::{Entry, EntryMsg, HealthDesk, HealthMsg, ListMsg, Services};
use crate::pages::{me, today};
use crate::state::Env;

fn draw_me(env: &Env, settings: Settings) -> Html {
    let env = Env { settings, ..env.clone() };
    draw::<me::Me>(false, &env, vec![me::Msg::ReadToday(Ok(Box::new(sample::today_view())))])
}

/// The pages by name.
pub(super) fn drawings() -> [(&'static str, Role, Drawing); 12] {
    let worker = Role::GridWorker;
    [
        ("services", worker, |env| draw::<Services>((), env, vec![ListMsg::Read(1, Ok(sample_services::services()))])),
        ("service", worker, |env| {
            let copied = EntryMsg::Copied("0000-5550101".into(), true);
            let read = EntryMsg::Read(Ok(sample_services::services()));
            draw::<Entry>("family-doctor".into(), env, vec![read, copied])
        }),
        ("health", worker, |env| {
            let mut incidents = sample::incident_page();
            incidents.rows.truncate(1);
            incidents.rows[0].category = HEALTH_REQUEST.into();
            let read = HealthMsg::Read(Ok(sample_services::desk()));
            draw::<HealthDesk>((), env, vec![read, HealthMsg::ReadMine(Ok(incidents))])
        }),
        ("notices", worker, |env| draw::<Notices>((), env, vec![NoticesMsg::Read(Ok(sample_services::notices()))])),
        ("notice", worker, |env| {
            draw::<Notice>("storm-2026".into(), env, vec![NoticeMsg::Read(Ok(sample_services::notices()))])
        }),
        ("report-booking", worker, |env| {
            let opened = ReportMsg::Opened(Ok(Box::new(sample::incident_form_view())));
            let edits = [Edit::Category(HEALTH_REQUEST.into()), Edit::Booking(BookingEdit::Toggle)];
            let offers = ReportMsg::Offered(
                contract::domain::codes::BookingKind::Doctor,
                Ok(contract::ServiceList { rows: vec![sample_services::doctor()], version: Some(3) }),
            );
            let msgs = std::iter::once(opened).chain(edits.map(ReportMsg::Edit)).chain([offers]).collect();
            let arg = ReportArg { category: Some(HEALTH_REQUEST.into()), ..ReportArg::default() };
            draw::<Report>(arg, env, msgs)
        }),
        ("today-handler", Role::Handler, |env| {
            draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::empty_today())))])
        }),
        ("today-dispatcher", Role::Dispatcher, |env| {
            let env = Env { unread: 1, ..env.clone() };
            draw::<today::Today>((), &env, vec![today::Msg::Read(Ok(Box::new(sample::today_view())))])
        }),
        ("reminder", worker, |env| {
            let page = draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::empty_today())))]);
            let banner = draw_reminder(env, &sample_services::appointment(), &yew::Callback::noop());
            draw_frame(Some(banner), None, page)
        }),
        ("me-care", worker, |env| draw_me(env, Settings { care: true, ..env.settings })),
        ("me-dark", worker, |env| draw_me(env, Settings { theme: Theme::Dark, ..env.settings })),
        ("services-none", worker, |env| {
            let none = contract::ServiceList { rows: Vec::new(), version: None };
            draw::<Services>((), env, vec![ListMsg::Search("修锁".into()), ListMsg::Read(2, Ok(none))])
        }),
    ]
}
