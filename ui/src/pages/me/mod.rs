//! 我的: whose phone it is, services and notices, every record that is not with the server yet, how the last sync
//! went, how the app looks. What the server did not accept can be read, copied and put away ([`stuck`]).

mod stuck;

#[cfg(test)]
mod tests;

use contract::domain::Kind;
use contract::domain::category::category_label;
use contract::domain::codes::Language;
use contract::{
    CommandError, GetSync, GetToday, LastSync, ListUnsent, RecordState, SaveSettings, SessionView, Settings, SyncNow,
    SyncResult, SyncView, Theme, TodayView, Topic, UnsentPage, UnsentRow,
};
use yew::prelude::*;

use super::drafts::{Drafts, DraftsMsg};
use crate::i18n::{Words, t};
use crate::parts::{
    Page, access_cell, draw_load, empty, failure, icon, icon_small, record_state, refusal_reason, select_cell,
    select_of, switch_cell, sync_chip,
};
use crate::route::{Route, Tab};
use crate::state::{Effect, Env, Load, Screen};
pub(crate) use stuck::StuckMsg;

/// The class of suggestions: 意见建议.
const SUGGESTION: &str = "21001";

/// The page of the phone's owner.
pub(crate) struct Me {
    sync: Load<SyncView>,
    unsent: Load<UnsentPage>,
    drafts: Drafts,
    /// Notices not opened here yet.
    unread: u64,
    words: Words,
    settings: Settings,
    is_syncing: bool,
    error: Option<CommandError>,
    stuck: stuck::Stuck,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// The sync page was read.
    ReadSync(Result<SyncView, CommandError>),
    /// The outbox was read.
    ReadUnsent(Result<UnsentPage, CommandError>),
    /// More of the outbox, please.
    More,
    /// More of the outbox was read.
    ReadMore(Result<UnsentPage, CommandError>),
    /// The forms begun and the number of new notices were read.
    ReadToday(Result<Box<TodayView>, CommandError>),
    /// Something happened to the list of forms begun.
    Drafts(DraftsMsg),
    /// Sync now, please.
    Sync,
    /// The round is over.
    Synced(Result<SyncView, CommandError>),
    /// Something about what was not accepted.
    Stuck(StuckMsg),
    /// Another look.
    Dress(Settings),
    /// The look was saved.
    Dressed(Result<Box<SessionView>, CommandError>),
}

impl From<DraftsMsg> for Msg {
    fn from(msg: DraftsMsg) -> Self {
        Self::Drafts(msg)
    }
}

impl Screen for Me {
    /// Begin at the sync section.
    type Arg = bool;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Outbox, Topic::Session];

    fn open(at_sync: &bool, env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self {
            sync: Load::Waiting,
            unsent: Load::Waiting,
            drafts: Drafts::default(),
            unread: 0,
            words: env.words,
            settings: env.settings,
            is_syncing: false,
            error: None,
            stuck: stuck::Stuck::default(),
        };
        let mut effects = page.refresh();
        if *at_sync {
            effects.push(Effect::Focus("h-sync"));
        }
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::ReadSync(result) => self.sync.take(result),
            Msg::ReadUnsent(result) => self.unsent.take(result),
            Msg::More => {
                let offset = self.unsent.ready().map_or(0, |page| page.rows.len());
                let request = ListUnsent { offset: u32::try_from(offset).unwrap_or(u32::MAX) };
                return vec![Effect::ask(&request, Msg::ReadMore)];
            }
            Msg::ReadMore(Ok(more)) => {
                if let Some(page) = self.unsent.ready_mut() {
                    page.rows.extend(more.rows);
                    page.total = more.total;
                }
            }
            Msg::ReadMore(Err(error)) => self.error = Some(error),
            Msg::ReadToday(Ok(view)) => {
                self.drafts.take(&view);
                self.unread = view.notice_count;
            }
            Msg::ReadToday(Err(_)) => {}
            Msg::Drafts(msg) => return self.drafts.update(msg, ask_today),
            Msg::Sync if self.is_syncing => {}
            Msg::Sync => {
                self.is_syncing = true;
                self.error = None;
                return vec![Effect::ask(&SyncNow {}, Msg::Synced)];
            }
            Msg::Synced(result) => {
                self.is_syncing = false;
                match result {
                    Ok(view) => self.sync = Load::Ready(view),
                    Err(error) => self.error = Some(error),
                }
                return self.refresh();
            }
            Msg::Stuck(msg) => return self.update_stuck(msg),
            Msg::Dress(settings) => {
                self.settings = settings;
                return vec![Effect::ask(&SaveSettings { settings }, |result| Msg::Dressed(result.map(Box::new)))];
            }
            Msg::Dressed(Ok(session)) => {
                self.settings = session.settings;
                return vec![Effect::Session(session)];
            }
            Msg::Dressed(Err(error)) => self.error = Some(error),
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        let mut effects = vec![
            Effect::ask(&GetSync {}, Msg::ReadSync),
            Effect::ask(&ListUnsent { offset: 0 }, Msg::ReadUnsent),
            ask_today(),
        ];
        effects.extend(self.stuck.refresh());
        effects
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let page = Page { title: t!(words, TAB_ME), tab: Some(Tab::Me), trailing: sync_chip(env), ..Page::default() };
        let content = html! {
            <>
                { account(env) }
                { self.service_section(env) }
                { for self.error.as_ref().map(|error| failure(words, error)) }
                { draw_load(words, &self.unsent, |page| self.outbox(env, page, on)) }
                { self.sync_cell(env, on) }
                { self.drafts.draw(env, &on.reform(Msg::Drafts)) }
                { self.setting_section(env, on) }
                <div class="weui-cells gc-cell-plain gc-gap">
                    if env.may_report() {
                        { access_cell(Route::ReportAs(SUGGESTION.to_owned(), None), "go-suggestion", "message",
                            t!(words, SUGGESTION_TITLE), Html::default()) }
                    }
                    { access_cell(Route::About, "go-about", "info", t!(words, ABOUT_TITLE), Html::default()) }
                </div>
                <p class="weui-cells__tips gc-foot">{ t!(words, ME_PROMISE) }</p>
            </>
        };
        page.draw(env, content)
    }
}

fn ask_today() -> Effect<Msg> {
    Effect::ask(&GetToday {}, |result| Msg::ReadToday(result.map(Box::new)))
}

fn account(env: &Env) -> Html {
    let words = env.words;
    let Some(account) = &env.account else { return Html::default() };
    html! {
        <div class="weui-cells gc-flush">
            <div class="weui-cell">
                <div class="weui-cell__hd gc-icell">{ icon("me") }</div>
                <div class="weui-cell__bd">
                    <p class="gc-row__title" data-testid="account-name">
                        { &account.name }{ "　" }{ words.name(account.role) }
                    </p>
                    <p class="weui-cell__desc">{ env.units() }</p>
                </div>
            </div>
        </div>
    }
}

impl Me {
    fn service_section(&self, env: &Env) -> Html {
        let words = env.words;
        let badge = (self.unread > 0).then(|| {
            let label = t!(words, NOTICES_UNREAD, count = self.unread);
            html! { <span class="weui-badge" aria-label={label} data-testid="notice-badge">{ self.unread }</span> }
        });
        let offline = html! { { t!(words, SERVICES_SUB) } };
        html! {
            <div class="weui-cells gc-cell-plain gc-gap">
                { access_cell(Route::Services, "go-services", "book", t!(words, SERVICES_TITLE), offline) }
                { access_cell(Route::HealthDesk, "go-health", "health", t!(words, HEALTH_DESK), Html::default()) }
                { access_cell(Route::Notices, "go-notices", "bell", t!(words, NOTICES_TITLE), badge.unwrap_or_default()) }
            </div>
        }
    }

    fn outbox(&self, env: &Env, page: &UnsentPage, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let is_stuck = |row: &&UnsentRow| {
            matches!(row.state, RecordState::Refused { .. } | RecordState::SetAside { .. } | RecordState::Held { .. })
        };
        let stuck: Vec<&UnsentRow> = page.rows.iter().filter(is_stuck).collect();
        let waiting: Vec<&UnsentRow> = page.rows.iter().filter(|row| !is_stuck(row)).collect();
        let draw = |row: &&UnsentRow| html! { <li key={row.record.to_string()}>{ unsent_row(env, row) }</li> };
        html! {
            <section aria-labelledby="h-sync">
                <h2 class="weui-cells__title" id="h-sync" tabindex="-1" data-testid="unsent-title">
                    if waiting.is_empty() {
                        { t!(words, UNSENT_NONE) }
                    } else {
                        // As the chip counts; more than one page of them may be on the way.
                        { t!(words, UNSENT_COUNT, count = env.sync.unsent.max(waiting.len() as u64)) }{ " " }
                        <small>{ t!(words, UNSENT_SAFE) }</small>
                    }
                </h2>
                <ul class="weui-cells">
                    if waiting.is_empty() {
                        <li>{ empty("check", t!(words, UNSENT_NONE_NOTE)) }</li>
                    }
                    { for waiting.iter().map(draw) }
                </ul>
                if (page.rows.len() as u64) < page.total {
                    <div class="gc-pad">
                        <button class="weui-btn weui-btn_default gc-wide" type="button" onclick={on.reform(|_| Msg::More)}>
                            { t!(words, SHOW_MORE) }
                        </button>
                    </div>
                }
                { self.stuck_section(env, &stuck, page.put_away, on) }
            </section>
        }
    }

    /// Only a new code helps: the right has ended, or the server does not know this phone any more.
    fn can_bind_again(&self) -> bool {
        let last = self.sync.ready().and_then(|sync| sync.last.as_ref());
        last.is_some_and(|last| matches!(last.result, SyncResult::Revoked | SyncResult::Stranger))
    }

    fn sync_cell(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let label = if self.is_syncing { t!(words, SYNC_RUNNING) } else { t!(words, SYNC_NOW) };
        html! {
            <div class="weui-cells gc-gap">
                <div class="weui-cell gc-stack">
                    <div class="weui-cell__bd" role="status" data-testid="sync-result">
                        { for self.sync.ready().map(|sync| sync_lines(env, sync)) }
                    </div>
                    <div class="weui-cell__ft gc-tools">
                        <button
                            class="weui-btn weui-btn_default weui-btn_mini"
                            type="button"
                            data-testid="sync-now"
                            aria-disabled={self.is_syncing.then_some("true")}
                            onclick={on.reform(|_| Msg::Sync)}
                        >
                            { icon_small("sync") }{ label }
                        </button>
                        if self.can_bind_again() {
                            <a
                                class="weui-btn weui-btn_primary weui-btn_mini"
                                href={Route::Enrol.href()}
                                data-testid="enrol-again"
                            >
                                { t!(words, ENROL_AGAIN) }
                            </a>
                        }
                    </div>
                </div>
            </div>
        }
    }

    fn setting_section(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let settings = self.settings;
        let care = on.reform(move |_: Event| Msg::Dress(Settings { care: !settings.care, ..settings }));
        let theme = on.reform(move |event: Event| {
            let theme = match select_of(&event).as_str() {
                "light" => Theme::Light,
                "dark" => Theme::Dark,
                _ => Theme::System,
            };
            Msg::Dress(Settings { theme, ..settings })
        });
        let language = on.reform(move |event: Event| {
            let language = if select_of(&event) == "en" { Language::En } else { Language::ZhCn };
            Msg::Dress(Settings { language, ..settings })
        });
        let themes = [
            ("system".to_owned(), t!(words, THEME_SYSTEM)),
            ("light".to_owned(), t!(words, THEME_LIGHT)),
            ("dark".to_owned(), t!(words, THEME_DARK)),
        ];
        let theme_code = match settings.theme {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        };
        // Each language by its own name, so that nobody has to read the wrong one to leave it.
        let languages = [("zh-CN".to_owned(), "简体中文".to_owned()), ("en".to_owned(), "English".to_owned())];
        html! {
            <section aria-labelledby="h-settings">
                <h2 class="weui-cells__title" id="h-settings">{ t!(words, SETTINGS_TITLE) }</h2>
                <div class="weui-cells gc-cell-plain">
                    { switch_cell("setting-care", "type", t!(words, SETTING_CARE), t!(words, SETTING_CARE_DESC), settings.care, care) }
                    { select_cell("setting-theme", t!(words, SETTING_THEME), &themes, theme_code, theme) }
                    { select_cell("setting-language", t!(words, SETTING_LANGUAGE), &languages, words.lang_tag(), language) }
                </div>
            </section>
        }
    }
}

/// The last attempt, the last agreement, the next attempt; in plain words.
fn sync_lines(env: &Env, sync: &SyncView) -> Html {
    let words = env.words;
    let last = sync.last.as_ref().map(|last| describe_last(env, last));
    let verified = sync.verified_at.map(|at| t!(words, SYNC_VERIFIED_AT, at = words.moment(at, env.today)));
    let next = sync.next_at.map(|at| t!(words, SYNC_NEXT_AT, at = words.moment(at, env.today)));
    html! {
        <>
            <p>{ last.unwrap_or_else(|| t!(words, SYNC_NEVER)) }</p>
            { for verified.into_iter().chain(next).map(|line| html! { <p class="weui-cell__desc">{ line }</p> }) }
        </>
    }
}

fn describe_last(env: &Env, last: &LastSync) -> String {
    let words = env.words;
    let moved = if last.sent + last.received > 0 {
        t!(words, SYNC_MOVED, sent = last.sent, received = last.received)
    } else {
        String::new()
    };
    let result = words.sync_result(last.result);
    t!(words, SYNC_LAST, at = words.moment(last.at, env.today), result = result, moved = moved)
}

/// What a record is called here.
fn unsent_title(words: Words, row: &UnsentRow) -> (&'static str, String) {
    let name = category_label(&row.title, words.language());
    match row.kind {
        Kind::Household => ("home", t!(words, UNSENT_HOUSEHOLD, title = &row.title)),
        Kind::Particulars => ("lock", t!(words, UNSENT_PARTICULARS, title = &row.title)),
        Kind::Visit if row.is_amendment => ("visit", t!(words, UNSENT_AMENDMENT, title = &row.title)),
        Kind::Visit => ("visit", t!(words, UNSENT_VISIT, title = &row.title)),
        Kind::Incident => ("report", t!(words, UNSENT_INCIDENT, title = name)),
    }
}

/// One record that is not with the server, by name.
fn unsent_row(env: &Env, row: &UnsentRow) -> Html {
    let words = env.words;
    let (symbol, title) = unsent_title(words, row);
    let at = words.moment(row.at, env.today);
    let meta = match &row.state {
        RecordState::Queued if env.sync.network.is_closed() => t!(words, UNSENT_CLOSED, at = at),
        RecordState::Queued => t!(words, UNSENT_QUEUED, at = at),
        RecordState::Confirmed => at,
        RecordState::Refused { code, detail } => {
            t!(words, UNSENT_REFUSED, at = at, reason = refusal_reason(words, code, detail))
        }
        RecordState::Held { code } => t!(words, UNSENT_HELD, at = at, reason = words.refusal(code)),
        RecordState::SetAside { code } => t!(words, UNSENT_SET_ASIDE, at = at, reason = words.refusal(code)),
    };
    let content = html! {
        <>
            <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">{ title }</p>{ record_state(words, &row.state) }
                </div>
                <p class="gc-row__meta">{ meta }</p>
            </div>
        </>
    };
    let target = match row.kind {
        Kind::Incident => Some(Route::Incident(contract::domain::IncidentId::from_uuid(row.record.as_uuid()))),
        Kind::Visit => Some(Route::VisitDetail(contract::domain::VisitId::from_uuid(row.record.as_uuid()))),
        Kind::Household | Kind::Particulars => row.household.map(Route::Household),
    };
    match target.filter(|_| row.is_here) {
        Some(route) => html! {
            <a class="weui-cell weui-cell_access gc-row" href={route.href()} data-testid="unsent-row">
                { content }<div class="weui-cell__ft"></div>
            </a>
        },
        None => html! { <div class="weui-cell gc-row" data-testid="unsent-row">{ content }</div> },
    }
}
