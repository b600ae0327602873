//! After submitting: what was saved, where it stands as it changes, which door is next.
//!
//! It has an address of its own and takes the form's place in the history: Back leads to where the form was opened from.

use contract::domain::VisitId;
use contract::domain::category::category_label;
use contract::{CommandError, GetVisitReceipt, Topic, VisitReceipt};
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{Page, draw_load, empty, household_row, receipt_head, sync_chip};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The page after a visit.
pub(crate) struct VisitDone {
    visit: VisitId,
    view: Load<VisitReceipt>,
}

/// What can happen on it.
pub(crate) enum DoneMsg {
    /// It was read.
    Read(Result<Box<VisitReceipt>, CommandError>),
}

impl Screen for VisitDone {
    type Arg = VisitId;
    type Msg = DoneMsg;

    const TOPICS: &'static [Topic] = &[Topic::Households, Topic::Outbox];

    fn open(visit: &VisitId, _env: &Env) -> (Self, Vec<Effect<DoneMsg>>) {
        let mut page = Self { visit: *visit, view: Load::Waiting };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: DoneMsg) -> Vec<Effect<DoneMsg>> {
        let DoneMsg::Read(result) = msg;
        self.view.take(result.map(|view| *view));
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<DoneMsg>> {
        vec![Effect::ask(&GetVisitReceipt { visit: self.visit }, |result| DoneMsg::Read(result.map(Box::new)))]
    }

    fn view(&self, env: &Env, _on: &Callback<DoneMsg>) -> Html {
        let receipt = self.view.ready();
        let frame = Page {
            title: t!(env.words, RECEIPT_VISIT),
            sub: receipt.map(|receipt| receipt.door.clone()).unwrap_or_default(),
            back: Some(receipt.map_or(Route::Households, |receipt| Route::Household(receipt.household))),
            trailing: sync_chip(env),
            tool: receipt.map(|receipt| tool(env, receipt)).unwrap_or_default(),
            ..Page::default()
        };
        frame.draw(env, draw_load(env.words, &self.view, |receipt| draw(env, receipt)))
    }
}

fn tool(env: &Env, receipt: &VisitReceipt) -> Html {
    let words = env.words;
    html! {
        <div class="weui-bottom-fixed-opr">
            <a
                class="weui-btn weui-btn_default"
                href={Route::Household(receipt.household).href()}
                data-back="true"
                data-testid="receipt-household"
            >
                { t!(words, RECEIPT_BACK) }
            </a>
            if let Some(next) = &receipt.next {
                <a class="weui-btn weui-btn_primary" href={Route::Household(next.id).href()} data-testid="receipt-next">
                    { t!(words, RECEIPT_NEXT) }
                </a>
            }
        </div>
    }
}

fn draw(env: &Env, receipt: &VisitReceipt) -> Html {
    let words = env.words;
    html! {
        <div data-testid="receipt">
            { receipt_head(env, receipt.at, &receipt.state, None) }
            if !receipt.incidents.is_empty() {
                <h2 class="weui-cells__title">{ t!(words, RECEIPT_INCIDENTS, count = receipt.incidents.len()) }</h2>
                <ul class="weui-cells">
                    { for receipt.incidents.iter().map(|(id, category)| html! {
                        <li key={id.to_string()}>
                            <a class="weui-cell weui-cell_access" href={Route::Incident(*id).href()} data-testid="receipt-incident">
                                <div class="weui-cell__bd">{ category_label(category, words.language()) }</div>
                                <div class="weui-cell__ft"></div>
                            </a>
                        </li>
                    }) }
                </ul>
            }
            <h2 class="weui-cells__title">{ t!(words, RECEIPT_NEXT_TITLE) }</h2>
            <div class="weui-cells">
                { match &receipt.next {
                    Some(next) => household_row(env, next),
                    None => empty("check", t!(words, RECEIPT_NEXT_NONE)),
                } }
            </div>
        </div>
    }
}
