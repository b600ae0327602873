//! 手机时间不准: said once, with direction and amount, and that nothing is lost by it.

use yew::prelude::*;

use super::Msg;
use crate::i18n::t;
use crate::parts::{button, span, strip};
use crate::state::Env;

/// The word about this phone's clock, where its owner has not said yet that they know; nothing otherwise.
pub(super) fn draw(env: &Env, on: &Callback<Msg>) -> Html {
    let Some(wrong_by_ms) = env.clock_wrong_by_ms else { return Html::default() };
    let words = env.words;
    let amount = span(words, wrong_by_ms);
    let text =
        if wrong_by_ms > 0 { t!(words, CLOCK_FAST, amount = amount) } else { t!(words, CLOCK_SLOW, amount = amount) };
    strip(
        "",
        "clock",
        html! {
            <>
                <p>{ text }</p>
                { button("weui-btn weui-btn_mini weui-btn_default", "clock-known", t!(words, CLOCK_KNOWN), on.reform(|_| Msg::KnowClock)) }
            </>
        },
    )
}
