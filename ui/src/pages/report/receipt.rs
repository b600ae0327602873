//! After submitting: what was saved, its number to be read out, what comes next.

use contract::IncidentReceipt;
use yew::prelude::*;

use super::Msg;
use crate::i18n::t;
use crate::parts::{Page, icon, sync_chip};
use crate::route::Route;
use crate::state::Env;

pub(super) fn draw(receipt: &IncidentReceipt, back: Option<Route>, env: &Env, on: &Callback<Msg>) -> Html {
    let words = env.words;
    let frame = Page {
        title: t!(words, RECEIPT_REPORT),
        sub: t!(words, INCIDENT_NUMBER, number = &receipt.short_no),
        back: Some(back.unwrap_or(Route::Today)),
        trailing: sync_chip(env),
        tool: html! {
            <div class="weui-bottom-fixed-opr">
                <button
                    class="weui-btn weui-btn_default"
                    type="button"
                    data-testid="report-again"
                    onclick={on.reform(|_| Msg::Again)}
                >
                    { t!(words, RECEIPT_AGAIN) }
                </button>
                <a class="weui-btn weui-btn_primary" href={Route::Incident(receipt.incident).href()} data-testid="receipt-incident">
                    { t!(words, RECEIPT_OPEN_INCIDENT) }
                </a>
            </div>
        },
        ..Page::default()
    };
    let content = html! {
        <div class="gc-receipt" role="status" data-testid="receipt">
            { icon("confirmed") }
            <p class="gc-headline">{ t!(words, RECEIPT_SAVED) }</p>
            <p class="gc-row__meta">{ words.moment(receipt.at, env.today) }</p>
            <p>{ t!(words, RECEIPT_QUEUED) }</p>
            <p>{ t!(words, RECEIPT_SHORT_NO, number = &receipt.short_no) }</p>
        </div>
    };
    frame.draw(env, content)
}
