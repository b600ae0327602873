//! 手机时间不准: said once, with direction and amount, and that nothing is lost by it.

use yew::prelude::*;

use super::Msg;
use crate::i18n::{Words, t};
use crate::parts::{button, span, strip};
use crate::state::Env;

/// The word about this phone's clock, where its owner has not said yet that they know; nothing otherwise.
pub(super) fn draw(env: &Env, on: &Callback<Msg>) -> Html {
    let Some(wrong_by_ms) = env.clock_wrong_by_ms else { return Html::default() };
    let words = env.words;
    let class = "weui-btn weui-btn_mini weui-btn_default";
    let known = button(class, "clock-known", t!(words, CLOCK_KNOWN), on.reform(|_| Msg::KnowClock));
    strip("", "clock", html! { <><p>{ word(words, wrong_by_ms) }</p>{ known }</> })
}

fn word(words: Words, wrong_by_ms: i64) -> String {
    let amount = span(words, wrong_by_ms);
    if wrong_by_ms > 0 { t!(words, CLOCK_FAST, amount = amount) } else { t!(words, CLOCK_SLOW, amount = amount) }
}

#[cfg(test)]
mod tests {
    use contract::domain::codes::Language;

    use super::*;

    #[test]
    fn a_person_hears_which_way_the_clock_is_wrong_and_by_how_much() {
        const HOUR_MS: i64 = 3_600_000;
        let (zh, en) = (Words::new(Language::ZhCn), Words::new(Language::En));
        assert!(word(zh, 1_400 * 24 * HOUR_MS).starts_with("这部手机的时间快了约 1400 天。"));
        assert!(word(zh, -3 * HOUR_MS).starts_with("这部手机的时间慢了约 3 小时。"));
        assert!(word(en, 3 * HOUR_MS).contains("fast by about 3 h"), "{}", word(en, 3 * HOUR_MS));
        for words in [zh, en] {
            assert_ne!(word(words, HOUR_MS), word(words, -HOUR_MS));
        }
    }
}
