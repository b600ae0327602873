//! The markup of every page, compared with `tests/golden/<page>.html`. A changed file is read in review; after looking
//! at it, `UPDATE_GOLDEN=1 cargo test -p ui` writes the new one.

use std::collections::BTreeMap;
use std::path::Path;

use contract::domain::Role;
use contract::domain::codes::{Language, Outcome};
use contract::{Amending, RecordState, VisitReceipt, VisitView};
use contract::{LastSync, NetworkState, SyncResult, SyncSummary, SyncView};
use yew::prelude::*;

use super::lint::find_faults;
use super::{golden_households, golden_incidents, golden_services, sample, sample_incidents};
use crate::pages::drafts::DraftsMsg;
use crate::pages::household::{Household, Msg as HouseholdMsg};
use crate::pages::households::{Chip, Households, Msg as HouseholdsMsg};
use crate::pages::report::{
    DoneMsg as ReportDoneMsg, Edit as ReportEdit, Msg as ReportMsg, Report, ReportArg, ReportDone,
};
use crate::pages::visit::{DoneMsg as VisitDoneMsg, Edit, Msg as VisitMsg, VisitDone, VisitPage};
use crate::pages::{about, enrol, me, today, visited, visits};
use crate::state::{Env, Screen};

#[derive(Properties, PartialEq)]
struct StaticProps {
    html: Html,
}

#[component]
fn Static(props: &StaticProps) -> Html {
    props.html.clone()
}

/// Opens a page, lets things happen to it, and draws it.
pub(super) fn draw<S: Screen>(arg: S::Arg, env: &Env, msgs: Vec<S::Msg>) -> Html {
    let (mut screen, _) = S::open(&arg, env);
    for msg in msgs {
        screen.update(msg);
    }
    screen.view(env, &Callback::noop())
}

pub(super) type Drawing = fn(&Env) -> Html;

/// Every page by name.
fn drawings() -> BTreeMap<&'static str, (Role, Drawing)> {
    let worker = Role::GridWorker;
    let lead = Role::BuildingLead;
    let drawings: [(&'static str, Role, Drawing); 27] = [
        ("enrol", worker, |env| {
            let code = "gridcompanion://enrol?server=https%3A%2F%2Fgrid.example&code=ABCD";
            draw::<enrol::Enrol>((), env, vec![enrol::Msg::Typed(code.into())])
        }),
        ("today", worker, |env| {
            draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::today_view())))])
        }),
        ("today-lead", lead, |env| {
            draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::today_view())))])
        }),
        ("today-empty", worker, |env| {
            draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::empty_today())))])
        }),
        ("today-none-there", worker, |env| {
            let sync = SyncSummary { network: NetworkState::Online, verified: true, ..env.sync.clone() };
            let env = Env { sync, ..env.clone() };
            draw::<today::Today>((), &env, vec![today::Msg::Read(Ok(Box::new(sample::empty_today())))])
        }),
        ("today-choosing", worker, |env| {
            let tick = today::Msg::Drafts(DraftsMsg::Tick(sample::drafts()[0].id));
            let msgs =
                vec![today::Msg::Read(Ok(Box::new(sample::today_view()))), today::Msg::Drafts(DraftsMsg::Choose), tick];
            draw::<today::Today>((), env, msgs)
        }),
        ("today-cleared", worker, |env| {
            draw::<today::Today>((), env, vec![today::Msg::Read(Ok(Box::new(sample::today_after_clearing())))])
        }),
        ("today-waiting", worker, |env| draw::<today::Today>((), env, Vec::new())),
        ("households", worker, |env| {
            let page = sample::household_page(sample::households(), 364);
            let counted = HouseholdsMsg::Counted(1, Chip::Week, Ok(sample::household_page(Vec::new(), 6)));
            draw::<Households>(false, env, vec![HouseholdsMsg::Read(1, 0, Ok(page)), counted])
        }),
        ("households-none", worker, |env| {
            let page = sample::household_page(Vec::new(), 0);
            draw::<Households>(true, env, vec![HouseholdsMsg::Read(1, 0, Ok(page))])
        }),
        ("household", worker, |env| {
            draw::<Household>(
                sample::id(2, 2),
                env,
                vec![HouseholdMsg::Read(Ok(Box::new(sample::household_view(true))))],
            )
        }),
        ("household-lead", lead, |env| {
            draw::<Household>(
                sample::id(2, 2),
                env,
                vec![HouseholdMsg::Read(Ok(Box::new(sample::household_view(false))))],
            )
        }),
        ("household-sheet", worker, |env| {
            let read = HouseholdMsg::Read(Ok(Box::new(sample::household_view(true))));
            draw::<Household>(sample::id(2, 2), env, vec![read, HouseholdMsg::EditCard])
        }),
        ("visit", worker, |env| {
            let opened = VisitMsg::Opened(Ok(Box::new(sample::visit_form_view(Role::GridWorker))));
            let edits = [
                Edit::Outcome(Outcome::Met),
                Edit::Consent(true),
                Edit::Option("hazards".into(), "03002".into()),
                Edit::Incident("hazards.03002".into()),
                Edit::AddMember,
                Edit::ContactName(Some("李建国".into())),
            ];
            let msgs = std::iter::once(opened).chain(edits.map(VisitMsg::Edit)).collect();
            draw::<VisitPage>((sample::id(2, 2), None), env, msgs)
        }),
        ("visit-lead", lead, |env| {
            let opened = VisitMsg::Opened(Ok(Box::new(sample::visit_form_view(Role::BuildingLead))));
            draw::<VisitPage>((sample::id(2, 2), None), env, vec![opened, VisitMsg::Submit])
        }),
        ("visit-receipt", worker, |env| {
            draw::<VisitDone>(sample::id(5, 9), env, vec![VisitDoneMsg::Read(Ok(Box::new(sample::visit_receipt())))])
        }),
        ("visit-receipt-refused", worker, |env| {
            let state = RecordState::Refused { code: "rule_broken".into(), detail: "note".into() };
            let receipt = VisitReceipt { state, next: None, ..sample::visit_receipt() };
            draw::<VisitDone>(sample::id(5, 9), env, vec![VisitDoneMsg::Read(Ok(Box::new(receipt)))])
        }),
        ("visits", worker, |env| {
            draw::<visits::Visits>(sample::id(2, 2), env, vec![visits::Msg::Read(Ok(sample::visit_page()))])
        }),
        ("visited", worker, |env| {
            draw::<visited::Visited>(
                sample::id(5, 2),
                env,
                vec![visited::Msg::Read(Ok(Box::new(sample::visit_view())))],
            )
        }),
        ("visited-amending", worker, |env| {
            let half = Amending { draft: sample::id(4, 7), text: "是3楼".into(), is_resumed: true };
            let view = VisitView { amending: Some(half), amendments: Vec::new(), ..sample::visit_view() };
            let msgs = vec![visited::Msg::Read(Ok(Box::new(view)))];
            draw::<visited::Visited>(sample::id(5, 2), env, msgs)
        }),
        ("report", worker, |env| {
            let opened = ReportMsg::Opened(Ok(Box::new(sample::incident_form_view())));
            let chosen = ReportMsg::Edit(ReportEdit::Category("03001".into()));
            draw::<Report>(ReportArg::default(), env, vec![opened, chosen, ReportMsg::Edit(ReportEdit::SelfHandled)])
        }),
        ("report-receipt", worker, |env| {
            let mut view = sample_incidents::incident_view();
            view.row.human_no = None;
            view.row.state = RecordState::Queued;
            draw::<ReportDone>(view.row.id, env, vec![ReportDoneMsg::Read(Ok(Box::new(view)))])
        }),
        ("report-receipt-number", worker, |env| {
            let view = sample_incidents::incident_view();
            draw::<ReportDone>(view.row.id, env, vec![ReportDoneMsg::Read(Ok(Box::new(view)))])
        }),
        ("me", worker, |env| {
            let msgs = vec![
                me::Msg::ReadSync(Ok(sample::sync_view())),
                me::Msg::ReadUnsent(Ok(sample::unsent_page())),
                me::Msg::ReadToday(Ok(Box::new(sample::today_view()))),
            ];
            draw::<me::Me>(false, env, msgs)
        }),
        ("me-revoked", worker, |env| {
            let sync = SyncSummary { network: NetworkState::Revoked, ..env.sync.clone() };
            let env = Env { sync, ..env.clone() };
            let last = LastSync { result: SyncResult::Revoked, ..sample::sync_view().last.expect("one") };
            let view = SyncView { last: Some(last), next_at: None, ..sample::sync_view() };
            draw::<me::Me>(
                false,
                &env,
                vec![me::Msg::ReadSync(Ok(view)), me::Msg::ReadUnsent(Ok(sample::unsent_page()))],
            )
        }),
        ("me-put-away", worker, |env| {
            let mut unsent = sample::unsent_page();
            let row = Box::new(unsent.rows.remove(3));
            let read = me::Msg::ReadUnsent(Ok(unsent));
            let away = me::StuckMsg::ReadAway(Ok(sample::put_away_page()));
            let stuck = [me::StuckMsg::Gone(row, Ok(())), me::StuckMsg::Open(true), away].map(me::Msg::Stuck);
            draw::<me::Me>(false, env, std::iter::once(read).chain(stuck).collect())
        }),
        ("about", worker, |env| draw::<about::About>((), env, vec![about::Msg::Read(Ok(sample::about()))])),
    ];
    let all = drawings
        .into_iter()
        .chain(golden_households::drawings())
        .chain(golden_services::drawings())
        .chain(golden_incidents::drawings());
    all.map(|(name, role, drawing)| (name, (role, drawing))).collect()
}

async fn render(role: Role, language: Language, drawing: Drawing) -> String {
    let props = move || StaticProps { html: drawing(&sample::env(role, language)) };
    yew::ServerRenderer::<Static>::with_props(props).hydratable(false).render().await
}

/// One element a line, so that a change can be read.
fn break_lines(html: &str) -> String {
    html.replace("><", ">\n<") + "\n"
}

#[tokio::test]
async fn every_page_looks_as_it_was_agreed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut changed = Vec::new();
    for (name, (role, drawing)) in drawings() {
        let html = break_lines(&render(role, Language::ZhCn, drawing).await);
        let file = folder.join(format!("{name}.html"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &html).expect("the folder is writable");
        }
        if std::fs::read_to_string(&file).unwrap_or_default() != html {
            changed.push(name);
        }
    }
    assert!(changed.is_empty(), "changed: {changed:?}; look at them, then run again with UPDATE_GOLDEN=1");
}

#[tokio::test]
async fn every_page_can_be_used_without_eyes_or_mouse() {
    let mut faults = Vec::new();
    for (name, (role, drawing)) in drawings() {
        for language in [Language::ZhCn, Language::En] {
            let html = render(role, language, drawing).await;
            faults.extend(find_faults(&html).into_iter().map(|fault| format!("{name} ({language:?}): {fault}")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[tokio::test]
async fn english_pages_speak_english() {
    // Names of people and places stay as they are; words of the app may not.
    let ours = ["返回", "保存", "住户列表", "走访结果", "待上传", "逾期", "上报", "我的", "离线"];
    for (name, (role, drawing)) in drawings() {
        let html = render(role, Language::En, drawing).await;
        for word in ours {
            assert!(!html.contains(word), "{name} says {word}");
        }
    }
}

#[tokio::test]
async fn a_building_lead_sees_no_trace_of_phone_numbers() {
    let drawings = drawings();
    let (role, drawing) = drawings["household-lead"];
    let html = render(role, Language::ZhCn, drawing).await;
    for trace in ["138", "tel:", "particulars", "电话", "证件"] {
        assert!(!html.contains(trace), "{trace}");
    }
}
