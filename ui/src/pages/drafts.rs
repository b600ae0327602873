//! The forms begun and not submitted, as 今日 and 我的 list them: each opens; one, several or all are cleared with one
//! tap, and one tap brings them back.
//!
//! What was cleared last is offered until the moment that the companion names, wherever the person has been meanwhile:
//! the offer is read from the store, like the list.
//!
//! Failure: what could not be cleared or brought back is said, and both stay as they were. Missing: forms of steps of an
//! incident, which their incident shows.

use std::collections::BTreeSet;

use contract::domain::category::category_label;
use contract::domain::id::DraftId;
use contract::{
    ClearedDrafts, CommandError, DiscardDrafts, DraftKind, DraftRow, DraftStanding, RestoreDrafts, TodayView,
};
use yew::prelude::*;

use crate::i18n::{Words, t};
use crate::parts::{failure, icon, icon_small, tick, undo_bar};
use crate::route::Route;
use crate::state::{Effect, Env};

/// The element that takes the focus when its buttons have gone.
const SECTION_ID: &str = "drafts";

/// The list.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Drafts {
    rows: Vec<DraftRow>,
    cleared: Option<ClearedDrafts>,
    /// Those that are ticked, while several are being chosen.
    chosen: Option<BTreeSet<DraftId>>,
    error: Option<CommandError>,
}

/// What can happen to it.
pub(crate) enum DraftsMsg {
    /// Choose several, or no longer.
    Choose,
    /// One of them, or not after all.
    Tick(DraftId),
    /// Clear those that are ticked; all where none can be.
    Clear,
    /// Bring back what was cleared last.
    Restore,
    /// It was done, or not.
    Done(Result<(), CommandError>),
}

impl Drafts {
    /// Takes the list as it was read.
    pub(crate) fn take(&mut self, view: &TodayView) {
        self.rows.clone_from(&view.drafts);
        self.cleared.clone_from(&view.cleared);
        if let Some(chosen) = &mut self.chosen {
            chosen.retain(|id| view.drafts.iter().any(|row| row.id == *id));
        }
    }

    /// What a message does. The page reads the list again with `reread`.
    pub(crate) fn update<M: From<DraftsMsg> + 'static>(
        &mut self,
        msg: DraftsMsg,
        reread: impl FnOnce() -> Effect<M>,
    ) -> Vec<Effect<M>> {
        match msg {
            DraftsMsg::Choose => self.chosen = if self.chosen.is_some() { None } else { Some(BTreeSet::new()) },
            DraftsMsg::Tick(id) => {
                if let Some(chosen) = &mut self.chosen
                    && !chosen.remove(&id)
                {
                    chosen.insert(id);
                }
            }
            DraftsMsg::Clear => {
                let chosen = self.chosen.as_ref().map(|chosen| chosen.iter().copied().collect());
                let drafts: Vec<_> = chosen.unwrap_or_else(|| self.rows.iter().map(|row| row.id).collect());
                if !drafts.is_empty() {
                    return vec![Effect::ask(&DiscardDrafts { drafts }, |result| DraftsMsg::Done(result).into())];
                }
            }
            DraftsMsg::Restore => {
                let Some(ClearedDrafts { drafts, .. }) = self.cleared.clone() else { return Vec::new() };
                return vec![Effect::ask(&RestoreDrafts { drafts }, |result| DraftsMsg::Done(result).into())];
            }
            DraftsMsg::Done(Ok(())) => {
                (self.chosen, self.error) = (None, None);
                return vec![reread(), Effect::Focus(SECTION_ID)];
            }
            DraftsMsg::Done(Err(error)) => self.error = Some(error),
        }
        Vec::new()
    }

    /// Draws the list, and the offer to bring back what was cleared.
    pub(crate) fn draw(&self, env: &Env, on: &Callback<DraftsMsg>) -> Html {
        let words = env.words;
        let cleared = self.cleared.as_ref().map(|cleared| {
            let until = words.moment(cleared.until, env.today);
            t!(words, DRAFTS_CLEARED, count = cleared.drafts.len(), until = until)
        });
        html! {
            <div id={SECTION_ID} tabindex="-1">
                if !self.rows.is_empty() {
                    <section aria-labelledby="h-drafts">
                        <h2 class="weui-cells__title" id="h-drafts">
                            { t!(words, DRAFTS_TITLE, count = self.rows.len()) }{ " " }<small>{ t!(words, DRAFTS_NOTE) }</small>
                        </h2>
                        <ul class="weui-cells weui-cells_checkbox" data-arrows="y">
                            { for self.rows.iter().map(|row| html! { <li key={row.id.to_string()}>{ self.row(env, row, on) }</li> }) }
                        </ul>
                        { self.tools(words, on) }
                    </section>
                }
                { for self.error.as_ref().map(|error| failure(words, error)) }
                <div class="gc-pad_side">{ undo_bar(words, cleared, on.reform(|_| DraftsMsg::Restore)) }</div>
            </div>
        }
    }

    fn row(&self, env: &Env, row: &DraftRow, on: &Callback<DraftsMsg>) -> Html {
        let Some(chosen) = &self.chosen else { return link(env, row) };
        let id = row.id;
        let at = env.words.moment(row.at, env.today);
        let label = env.words.join([name_draft(env.words, row), at]);
        let ticked = on.reform(move |_| DraftsMsg::Tick(id));
        tick(label, chosen.contains(&id), "draft-tick".to_owned(), ticked, Html::default())
    }

    fn tools(&self, words: Words, on: &Callback<DraftsMsg>) -> Html {
        let clear = match &self.chosen {
            Some(chosen) => t!(words, DRAFTS_CLEAR, count = chosen.len()),
            None => t!(words, DRAFTS_CLEAR_ALL, count = self.rows.len()),
        };
        let is_idle = self.chosen.as_ref().is_some_and(BTreeSet::is_empty);
        let choose = if self.chosen.is_some() { t!(words, CANCEL) } else { t!(words, DRAFTS_CHOOSE) };
        html! {
            <div class="gc-pad gc-tools">
                if self.rows.len() > 1 || self.chosen.is_some() {
                    <button
                        class="weui-btn weui-btn_default weui-btn_mini"
                        type="button"
                        data-testid="drafts-choose"
                        onclick={on.reform(|_| DraftsMsg::Choose)}
                    >
                        { choose }
                    </button>
                }
                <button
                    class="weui-btn weui-btn_default weui-btn_mini"
                    type="button"
                    data-testid="drafts-clear"
                    aria-disabled={is_idle.then_some("true")}
                    onclick={on.reform(|_| DraftsMsg::Clear)}
                >
                    { clear }
                </button>
            </div>
        }
    }
}

fn name_draft(words: Words, draft: &DraftRow) -> String {
    let name = category_label(&draft.title, words.language());
    match draft.kind {
        DraftKind::Visit if draft.amends.is_some() => t!(words, UNSENT_AMENDMENT, title = &draft.title),
        DraftKind::Visit if draft.title.is_empty() => t!(words, DRAFT_VISIT_EMPTY),
        DraftKind::Visit => t!(words, DRAFT_VISIT, title = &draft.title),
        DraftKind::Incident if draft.title.is_empty() => t!(words, DRAFT_REPORT_EMPTY),
        DraftKind::Incident => t!(words, DRAFT_REPORT, title = name),
    }
}

/// A form begun and not submitted, with the way to it.
fn link(env: &Env, draft: &DraftRow) -> Html {
    let words = env.words;
    let symbol = match draft.kind {
        DraftKind::Visit => "visit",
        DraftKind::Incident => "report",
    };
    let route = match (draft.standing, draft.kind, draft.amends, draft.household) {
        (DraftStanding::Open, DraftKind::Visit, Some(visit), _) => Route::VisitDetail(visit),
        (DraftStanding::Open, DraftKind::Visit, None, Some(household)) => Route::VisitDraft(household, draft.id),
        (DraftStanding::Open, DraftKind::Incident, ..) => Route::ReportDraft(draft.id),
        _ => Route::KeptDraft(draft.id),
    };
    let at = words.moment(draft.at, env.today);
    let last = if draft.standing == DraftStanding::Open { t!(words, DRAFT_LAST, at = at) } else { at };
    let state = match draft.standing {
        DraftStanding::Open => t!(words, STATE_DRAFT),
        DraftStanding::Departed => t!(words, STATE_DRAFT_DEPARTED),
        DraftStanding::Unreadable => t!(words, STATE_DRAFT_UNREADABLE),
    };
    html! {
        <a class="weui-cell weui-cell_access gc-row" href={route.href()} data-testid="draft-row">
            <div class="weui-cell__hd gc-icell">{ icon(symbol) }</div>
            <div class="weui-cell__bd">
                <div class="gc-row__top">
                    <p class="gc-row__title">{ name_draft(words, draft) }</p>
                    <span class="gc-state">{ icon_small("draft") }{ state }</span>
                </div>
                <p class="gc-row__meta">{ last }</p>
            </div>
            <div class="weui-cell__ft"></div>
        </a>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;
    use contract::GetToday;

    struct Msg(DraftsMsg);

    impl From<DraftsMsg> for Msg {
        fn from(msg: DraftsMsg) -> Self {
            Self(msg)
        }
    }

    fn list() -> Drafts {
        let mut drafts = Drafts::default();
        drafts.take(&sample::today_view());
        drafts
    }

    fn send(drafts: &mut Drafts, msg: DraftsMsg) -> Vec<Effect<Msg>> {
        drafts.update(msg, || Effect::ask(&GetToday {}, |_| Msg(DraftsMsg::Done(Ok(())))))
    }

    #[test]
    fn all_are_cleared_with_one_tap_and_read_again() {
        let mut drafts = list();
        let mut effects = send(&mut drafts, DraftsMsg::Clear);
        let asked: DiscardDrafts = effects[0].asked().expect("cleared");
        assert_eq!(asked.drafts, sample::drafts().iter().map(|row| row.id).collect::<Vec<_>>());
        let Msg(done) = effects.remove(0).answer::<DiscardDrafts>(Ok(()));
        let effects = send(&mut drafts, done);
        assert!(effects[0].asked::<GetToday>().is_some());
        assert!(matches!(effects[1], Effect::Focus(SECTION_ID)), "the button has gone");
    }

    #[test]
    fn only_what_was_ticked_is_cleared() {
        let mut drafts = list();
        send(&mut drafts, DraftsMsg::Choose);
        assert!(send(&mut drafts, DraftsMsg::Clear).is_empty(), "nothing is ticked yet");
        let [first, second] = [0, 1].map(|place| sample::drafts()[place].id);
        for id in [first, second, first] {
            send(&mut drafts, DraftsMsg::Tick(id));
        }
        let asked: DiscardDrafts = send(&mut drafts, DraftsMsg::Clear)[0].asked().expect("cleared");
        assert_eq!(asked.drafts, [second]);
        send(&mut drafts, DraftsMsg::Choose);
        assert_eq!(drafts.chosen, None, "taken back");
    }

    #[test]
    fn what_was_cleared_last_comes_back_with_one_tap() {
        let mut drafts = list();
        assert!(send(&mut drafts, DraftsMsg::Restore).is_empty());
        drafts.take(&sample::today_after_clearing());
        let asked: RestoreDrafts = send(&mut drafts, DraftsMsg::Restore)[0].asked().expect("brought back");
        assert_eq!(asked.drafts.len(), 2);
    }
}
