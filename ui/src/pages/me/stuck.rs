//! What the server did not accept: why, what was written, and putting it away.
//!
//! Flow: 收起 takes a record out of the list and its count, one tap brings it back; later it is found under 已收起. The
//! words can be copied from both. What the office still decides about cannot be put away.
//!
//! Failure: a row stays where it is, with the reason.

use contract::domain::category::category_label;
use contract::domain::codes::{CodeList, HouseStatus, NeedCode, Outcome, Relation, Residence};
use contract::domain::{Kind, RecordId};
use contract::{BringBack, CommandError, ListPutAway, PutAway, RecordState, UnsentPage, UnsentRow};
use yew::prelude::*;

use super::{Me, Msg, unsent_row, unsent_title};
use crate::i18n::{Words, t};
use crate::parts::{button, draw_load, undo_bar};
use crate::state::{Effect, Env, Load, Screen as _};

/// What the page knows of it besides the list.
#[derive(Debug, Default)]
pub(super) struct Stuck {
    /// 已收起, while it is open.
    away: Option<Load<UnsentPage>>,
    /// What was put away last.
    last: Option<UnsentRow>,
    /// The last copy, and whether it worked.
    copied: Option<bool>,
}

/// What can happen.
pub(crate) enum StuckMsg {
    /// 收起
    PutAway(RecordId),
    /// It was put away, or not.
    Gone(Box<UnsentRow>, Result<(), CommandError>),
    /// 恢复: the last one, or one of 已收起.
    BringBack(RecordId),
    /// It was brought back, or not.
    Back(Result<(), CommandError>),
    /// 复制原文: of a record of the list, or of 已收起.
    Copy(RecordId, bool),
    /// Whether that was possible.
    Copied(bool),
    /// Opens or closes 已收起.
    Open(bool),
    /// 已收起 was read.
    ReadAway(Result<UnsentPage, CommandError>),
    /// More of it, please.
    MoreAway,
    /// More of it was read.
    ReadMoreAway(Result<UnsentPage, CommandError>),
}

fn ask_away(offset: usize, then: fn(Result<UnsentPage, CommandError>) -> StuckMsg) -> Effect<Msg> {
    let request = ListPutAway { offset: u32::try_from(offset).unwrap_or(u32::MAX) };
    Effect::ask(&request, move |result| Msg::Stuck(then(result)))
}

impl Stuck {
    pub(super) fn refresh(&self) -> Option<Effect<Msg>> {
        self.away.as_ref().map(|_| ask_away(0, StuckMsg::ReadAway))
    }

    fn away_rows(&self) -> &[UnsentRow] {
        self.away.as_ref().and_then(Load::ready).map(|page| page.rows.as_slice()).unwrap_or_default()
    }
}

impl Me {
    /// A row of the list, or of 已收起: a record may stand in both.
    fn find_stuck(&self, record: RecordId, is_away: bool) -> Option<&UnsentRow> {
        let listed = self.unsent.ready().map(|page| page.rows.as_slice()).unwrap_or_default();
        let rows = if is_away { self.stuck.away_rows() } else { listed };
        rows.iter().find(|row| row.record == record)
    }

    pub(super) fn update_stuck(&mut self, msg: StuckMsg) -> Vec<Effect<Msg>> {
        match msg {
            StuckMsg::PutAway(record) => {
                let Some(row) = self.find_stuck(record, false).cloned() else { return Vec::new() };
                let gone = move |result| Msg::Stuck(StuckMsg::Gone(Box::new(row), result));
                return vec![Effect::ask(&PutAway { record }, gone)];
            }
            StuckMsg::Gone(row, Ok(())) => {
                if let Some(page) = self.unsent.ready_mut() {
                    page.rows.retain(|other| other.record != row.record);
                    page.total = page.total.saturating_sub(1);
                    page.put_away += 1;
                }
                self.stuck.last = Some(*row);
                self.stuck.copied = None;
                self.error = None;
                let mut effects = self.refresh();
                // The button that was tapped is gone.
                effects.push(Effect::Focus("h-stuck"));
                return effects;
            }
            StuckMsg::BringBack(record) => {
                return vec![Effect::ask(&BringBack { record }, |result| Msg::Stuck(StuckMsg::Back(result)))];
            }
            StuckMsg::Back(Ok(())) => {
                self.stuck.last = None;
                self.error = None;
                let mut effects = self.refresh();
                effects.push(Effect::Focus("h-stuck"));
                return effects;
            }
            StuckMsg::Gone(_, Err(error)) | StuckMsg::Back(Err(error)) | StuckMsg::ReadMoreAway(Err(error)) => {
                self.error = Some(error);
            }
            StuckMsg::Copy(record, is_away) => {
                let Some(row) = self.find_stuck(record, is_away) else { return Vec::new() };
                let then = Box::new(|is_done| Msg::Stuck(StuckMsg::Copied(is_done)));
                return vec![Effect::Copy { text: text_of(self.words, row), then }];
            }
            StuckMsg::Copied(is_done) => self.stuck.copied = Some(is_done),
            StuckMsg::Open(is_open) => {
                self.stuck.away = is_open.then_some(Load::Waiting);
                return self.stuck.refresh().into_iter().collect();
            }
            StuckMsg::ReadAway(result) => {
                if let Some(away) = &mut self.stuck.away {
                    away.take(result);
                }
            }
            StuckMsg::MoreAway => return vec![ask_away(self.stuck.away_rows().len(), StuckMsg::ReadMoreAway)],
            StuckMsg::ReadMoreAway(Ok(more)) => {
                if let Some(page) = self.stuck.away.as_mut().and_then(Load::ready_mut) {
                    page.rows.extend(more.rows);
                    page.total = more.total;
                }
            }
        }
        Vec::new()
    }

    pub(super) fn stuck_section(&self, env: &Env, rows: &[&UnsentRow], put_away: u64, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let (held, refused): (Vec<&UnsentRow>, Vec<&UnsentRow>) =
            rows.iter().copied().partition(|row| matches!(row.state, RecordState::Held { .. }));
        let last = self.stuck.last.as_ref();
        let taken = last.map(|row| t!(words, STUCK_TAKEN, title = unsent_title(words, row).1));
        let back = last.map(|row| row.record);
        let undo = on.reform(move |_: MouseEvent| Msg::Stuck(back.map_or(StuckMsg::Open(false), StuckMsg::BringBack)));
        let copied = self
            .stuck
            .copied
            .map(|is_done| if is_done { t!(words, DEPARTED_COPIED) } else { t!(words, DEPARTED_COPY_FAILED) });
        html! {
            <>
                if !held.is_empty() {
                    <h2 class="weui-cells__title" data-testid="held-title">
                        { t!(words, HELD_COUNT, count = held.len()) }{ " " }<small>{ t!(words, HELD_SAFE) }</small>
                    </h2>
                    <ul class="weui-cells">{ for held.iter().map(|row| draw_row(env, row, false, on)) }</ul>
                }
                if refused.is_empty() {
                    <div id="h-stuck" tabindex="-1"></div>
                } else {
                    <h2 class="weui-cells__title" id="h-stuck" tabindex="-1" data-testid="refused-title">
                        { t!(words, REFUSED_COUNT, count = refused.len()) }{ " " }<small>{ t!(words, REFUSED_SAFE) }</small>
                    </h2>
                    <ul class="weui-cells">{ for refused.iter().map(|row| draw_row(env, row, false, on)) }</ul>
                }
                <p class="weui-cells__tips" role="status">{ copied.unwrap_or_default() }</p>
                <div class="gc-pad_side">{ undo_bar(words, taken, undo) }</div>
                if put_away > 0 {
                    { self.away_section(env, put_away, on) }
                }
            </>
        }
    }

    /// 已收起: closed until somebody asks for it.
    fn away_section(&self, env: &Env, put_away: u64, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let is_open = self.stuck.away.is_some();
        let list = |page: &UnsentPage| {
            html! {
                <>
                    <ul class="weui-cells">{ for page.rows.iter().map(|row| draw_row(env, row, true, on)) }</ul>
                    if (page.rows.len() as u64) < page.total {
                        <div class="gc-pad">
                            { button("weui-btn weui-btn_default gc-wide", "more-away", t!(words, SHOW_MORE),
                                on.reform(|_| Msg::Stuck(StuckMsg::MoreAway))) }
                        </div>
                    }
                </>
            }
        };
        html! {
            <section aria-label={t!(words, STUCK_AWAY_TITLE)}>
                <div class="gc-pad_side">
                    <button
                        class="weui-link gc-hit"
                        type="button"
                        data-testid="stuck-away"
                        aria-expanded={if is_open { "true" } else { "false" }}
                        onclick={on.reform(move |_| Msg::Stuck(StuckMsg::Open(!is_open)))}
                    >
                        { t!(words, STUCK_AWAY, count = put_away) }
                    </button>
                </div>
                { for self.stuck.away.iter().map(|away| draw_load(words, away, list)) }
            </section>
        }
    }
}

/// One record: why it is stuck, what was written, what can be done.
fn draw_row(env: &Env, row: &UnsentRow, is_away: bool, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let record = row.record;
    let small = "weui-btn weui-btn_default weui-btn_mini";
    let can_put_away = !matches!(row.state, RecordState::Held { .. });
    let line = |(path, text): &(String, String)| {
        html! { <p class="gc-text gc-quote">{ line_words(words, row.kind, path, text) }</p> }
    };
    html! {
        <li key={record.to_string()}>
            { unsent_row(env, row) }
            <div class="gc-pad_side gc-stuck" data-testid="stuck">
                { for row.lines.iter().map(line) }
                <p class="gc-row__tags">
                    if !row.lines.is_empty() {
                        { button(small, "copy-stuck", t!(words, DEPARTED_COPY),
                            on.reform(move |_| Msg::Stuck(StuckMsg::Copy(record, is_away)))) }
                    }
                    if is_away {
                        { button(small, "bring-back", t!(words, PUT_BACK),
                            on.reform(move |_| Msg::Stuck(StuckMsg::BringBack(record)))) }
                    } else if can_put_away {
                        { button(small, "put-away", t!(words, STUCK_PUT_AWAY),
                            on.reform(move |_| Msg::Stuck(StuckMsg::PutAway(record)))) }
                    }
                </p>
            </div>
        </li>
    }
}

/// All that was written, to be taken elsewhere.
fn text_of(words: Words, row: &UnsentRow) -> String {
    let lines = row.lines.iter().map(|(path, text)| line_words(words, row.kind, path, text));
    std::iter::once(unsent_title(words, row).1).chain(lines).collect::<Vec<_>>().join("\n")
}

/// `备注：门铃坏`; the field alone where something was taken away.
fn line_words(words: Words, kind: Kind, path: &str, text: &str) -> String {
    let last = path.rsplit('.').next().unwrap_or_default();
    let field = match path {
        _ if path.contains(".tels.") => "tels",
        _ if path.starts_with("answers.") => "answers",
        _ if path.starts_with("follow_up.") => "follow_up",
        _ if last == "text" => "text",
        _ => path,
    };
    let name = |code: &str| match last {
        _ if path.starts_with("needs.") => words.name(NeedCode::from_code(last)).to_owned(),
        "outcome" => words.name(Outcome::from_code(code)).to_owned(),
        "relation" => words.name(Relation::from_code(code)).to_owned(),
        "residence" => words.name(Residence::from_code(code)).to_owned(),
        "house_status" => words.name(HouseStatus::from_code(code)).to_owned(),
        "category" if kind == Kind::Incident => category_label(code, words.language()).to_owned(),
        _ => code.to_owned(),
    };
    let field = words.field(field);
    if text.is_empty() { field } else { t!(words, STUCK_LINE, field = field, text = name(text)) }
}
