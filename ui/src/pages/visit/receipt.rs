//! After submitting: what was saved, where it stands, what comes next.

use contract::VisitReceipt;
use contract::domain::category::category_label;
use yew::prelude::*;

use super::VisitPage;
use crate::i18n::t;
use crate::parts::{Page, icon, sync_chip};
use crate::route::Route;
use crate::state::Env;

pub(super) fn draw(page: &VisitPage, receipt: &VisitReceipt, env: &Env) -> Html {
    let words = env.words;
    let frame = Page {
        title: t!(words, RECEIPT_VISIT),
        sub: page.view.ready().map(|view| crate::parts::household_full_title(&view.household)).unwrap_or_default(),
        back: Some(Route::Household(page.household)),
        trailing: sync_chip(env),
        tool: html! {
            <div class="weui-bottom-fixed-opr">
                <a
                    class="weui-btn weui-btn_default"
                    href={Route::Household(page.household).href()}
                    data-back="true"
                    data-testid="receipt-household"
                >
                    { t!(words, RECEIPT_HOUSEHOLD) }
                </a>
                <a class="weui-btn weui-btn_primary" href={Route::Households.href()} data-testid="receipt-next">
                    { t!(words, RECEIPT_NEXT) }
                </a>
            </div>
        },
        ..Page::default()
    };
    let content = html! {
        <div data-testid="receipt">
            <div class="gc-receipt" role="status">
                { icon("confirmed") }
                <p class="gc-headline">{ t!(words, RECEIPT_SAVED) }</p>
                <p class="gc-row__meta">{ words.moment(receipt.at, env.today) }</p>
                <p>{ t!(words, RECEIPT_QUEUED) }</p>
            </div>
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
        </div>
    };
    frame.draw(env, content)
}
