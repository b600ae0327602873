//! First run: bind this phone to an account, by a code pasted or read from a picture. What the code says is shown
//! before anything is sent: which server this phone will belong to.

use contract::{CommandError, Enrol as EnrolRequest, SessionView, Topic};
use wasm_bindgen::JsCast;
use web_sys::{File, HtmlInputElement};
use yew::prelude::*;

use crate::browser::{PANEL_ID, TITLE_ID};
use crate::i18n::t;
use crate::parts::{draw_failure, icon, sift, strip, textarea_of};
use crate::route::Route;
use crate::state::{Effect, Env, Screen};

/// Longest code that is looked at.
const CODE_LIMIT: usize = 2_000;

/// The first page of a new phone.
#[derive(Debug, Default)]
pub(crate) struct Enrol {
    text: String,
    phase: Phase,
}

/// How far the binding is.
#[derive(Debug, Clone, Default, PartialEq)]
enum Phase {
    #[default]
    Typing,
    Reading,
    NoCode,
    Binding,
    Failed(CommandError),
}

/// What can happen on it.
pub(crate) enum Msg {
    /// All of the text, as typed or pasted.
    Typed(String),
    /// A picture was taken or chosen.
    Picked(File),
    /// What the picture's code says, if there was one.
    Scanned(Option<String>),
    /// Bind, please.
    Submit,
    /// The server answered.
    Answered(Result<Box<SessionView>, CommandError>),
}

impl Screen for Enrol {
    type Arg = ();
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[];

    fn open((): &(), _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        (Self::default(), Vec::new())
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Typed(text) => {
                self.text = text;
                self.phase = Phase::Typing;
            }
            Msg::Picked(file) => {
                self.phase = Phase::Reading;
                return vec![Effect::Scan { file, then: Box::new(Msg::Scanned) }];
            }
            Msg::Scanned(Some(text)) => {
                self.text = text;
                self.phase = Phase::Typing;
                return vec![Effect::Focus("enrol-submit")];
            }
            Msg::Scanned(None) => self.phase = Phase::NoCode,
            Msg::Submit if self.text.trim().is_empty() => return vec![Effect::Focus("enrol-text")],
            Msg::Submit if self.phase != Phase::Binding => {
                self.phase = Phase::Binding;
                let request = EnrolRequest { text: self.text.trim().to_owned() };
                return vec![Effect::ask(&request, |result| Msg::Answered(result.map(Box::new)))];
            }
            Msg::Submit => {}
            Msg::Answered(Ok(session)) => return vec![Effect::Session(session), Effect::Replace(Route::Today)],
            Msg::Answered(Err(error)) => self.phase = Phase::Failed(error),
        }
        Vec::new()
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        html! {
            <div class="weui-bottom-fixed-opr-page gc-app">
                <header class="gc-bar">
                    <div class="gc-bar__main">
                        <h1 class="gc-bar__title" id={TITLE_ID} tabindex="-1">{ t!(words, ENROL_TITLE) }</h1>
                        <p class="gc-bar__sub">{ t!(words, ENROL_SUB) }</p>
                    </div>
                </header>
                <main class="weui-bottom-fixed-opr-page__content" id={PANEL_ID}>
                    <p class="gc-pad">{ t!(words, ENROL_HOW) }</p>
                    { self.scan_cell(env, on) }
                    { self.text_cell(env, on) }
                    { self.what_follows(env) }
                    <p class="weui-cells__tips">{ t!(words, ENROL_PRIVACY) }</p>
                    <p class="weui-cells__tips gc-foot">{ t!(words, ME_PROMISE) }</p>
                </main>
                <div class="weui-bottom-fixed-opr-page__tool">
                    <button
                        class="weui-btn weui-btn_primary gc-wide"
                        type="button"
                        id="enrol-submit"
                        data-testid="enrol-submit"
                        aria-disabled={(self.phase == Phase::Binding).then_some("true")}
                        onclick={on.reform(|_| Msg::Submit)}
                    >
                        { if self.phase == Phase::Binding { t!(words, ENROL_BINDING) } else { t!(words, ENROL_SUBMIT) } }
                    </button>
                </div>
            </div>
        }
    }
}

impl Enrol {
    fn scan_cell(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let picked = sift(on, |event: Event| {
            let field: HtmlInputElement = event.target()?.dyn_into().ok()?;
            field.files()?.get(0).map(Msg::Picked)
        });
        let hint = match self.phase {
            Phase::Reading => t!(words, ENROL_READING),
            Phase::NoCode => t!(words, ENROL_NO_CODE),
            _ => t!(words, ENROL_SCAN_HINT),
        };
        html! {
            <div class="gc-pad">
                <label class="weui-btn weui-btn_default gc-big gc-file" for="enrol-scan">
                    { icon("camera") }{ t!(words, ENROL_SCAN) }
                    <input
                        type="file"
                        accept="image/*"
                        capture="environment"
                        id="enrol-scan"
                        data-testid="enrol-scan"
                        onchange={picked}
                    />
                </label>
                <p class="weui-cells__tips" role="status">{ hint }</p>
            </div>
        }
    }

    fn text_cell(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        html! {
            <div class="gc-pad">
                <label for="enrol-text">{ t!(words, ENROL_PASTE) }</label>
                <div class="gc-field">
                    <textarea
                        class="weui-textarea"
                        id="enrol-text"
                        data-testid="enrol-text"
                        rows="3"
                        maxlength={CODE_LIMIT.to_string()}
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        value={self.text.clone()}
                        oninput={on.reform(|event: InputEvent| Msg::Typed(textarea_of(&event)))}
                    />
                </div>
            </div>
        }
    }

    /// What binding will do, or why it did not work.
    fn what_follows(&self, env: &Env) -> Html {
        let words = env.words;
        if let Phase::Failed(error) = &self.phase {
            return draw_failure(words.explain_enrolment(error));
        }
        let text = self.text.trim();
        if text.is_empty() {
            return Html::default();
        }
        match read_server(text) {
            Some(server) => strip(
                "gc-strip_calm",
                "info",
                html! {
                    <p data-testid="enrol-server">{ t!(words, ENROL_SERVER) }{ " " }<strong>{ server }</strong></p>
                },
            ),
            None => strip("", "info", html! { <p>{ t!(words, ENROL_BARE_CODE) }</p> }),
        }
    }
}

/// The server that a code names; `None` for a bare code.
fn read_server(text: &str) -> Option<String> {
    let query = text.strip_prefix("gridcompanion://enrol?")?;
    let value = query.split('&').find_map(|pair| pair.strip_prefix("server="))?;
    Some(decode_percent(value)).filter(|server| !server.is_empty())
}

/// `%3A` → `:`; what is not a proper escape is kept.
fn decode_percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, after @ ..]) => hex(*high).zip(hex(*low)).map(|(h, l)| (h * 16 + l, after)),
            _ => None,
        };
        let (byte, after) = escaped.unwrap_or((*first, tail));
        bytes.push(byte);
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use contract::ErrorCode;

    #[test]
    fn the_server_is_shown_before_anything_is_sent() {
        let code = "gridcompanion://enrol?server=https%3A%2F%2Fgrid.example%3A8443&code=ABCD-1234";
        assert_eq!(read_server(code).as_deref(), Some("https://grid.example:8443"));
        assert_eq!(
            read_server("gridcompanion://enrol?code=A&server=http://10.0.0.2:8700").as_deref(),
            Some("http://10.0.0.2:8700")
        );
        assert_eq!(read_server("ABCD-1234"), None);
        assert_eq!(decode_percent("100%"), "100%");
    }

    #[test]
    fn a_second_tap_while_binding_does_nothing() {
        let mut page = Enrol::default();
        assert!(matches!(page.update(Msg::Submit)[..], [Effect::Focus("enrol-text")]), "an empty code is not sent");
        page.update(Msg::Typed(" ABCD-1234 ".into()));
        let effects = page.update(Msg::Submit);
        assert_eq!(effects[0].asked::<EnrolRequest>().map(|asked| asked.text), Some("ABCD-1234".into()));
        assert!(page.update(Msg::Submit).is_empty());
        page.update(Msg::Answered(Err(CommandError::new(ErrorCode::CodeUsed))));
        assert!(matches!(page.phase, Phase::Failed(_)));
        assert_eq!(page.text, " ABCD-1234 ", "the text stays to be corrected");
    }
}
