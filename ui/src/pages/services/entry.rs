//! One service: its numbers large, to be called or, at a desk, copied; where and when; its guide, to be read offline.

use contract::domain::codes::CodeList as _;
use contract::{CommandError, ListServices, ServiceList, ServiceView, Topic};
use yew::prelude::*;

use super::kind_name;
use crate::i18n::t;
use crate::parts::{Page, dial, draw_load, empty, icon};
use crate::route::Route;
use crate::state::{Effect, Env, Load, Screen};

/// The page of one service.
pub(crate) struct Entry {
    id: String,
    /// None inside: the directory no longer has it.
    pub(super) service: Load<Option<ServiceView>>,
    /// The last number that was copied, and whether that was possible.
    pub(super) copied: Option<(String, bool)>,
}

/// What can happen on it.
pub(crate) enum Msg {
    /// The directory was read.
    Read(Result<ServiceList, CommandError>),
    /// Copy this number.
    Copy(String),
    /// It was copied, or not.
    Copied(String, bool),
}

impl Screen for Entry {
    type Arg = String;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Session];

    fn open(id: &String, _env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let mut page = Self { id: id.clone(), service: Load::Waiting, copied: None };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Read(result) => {
                let find = |list: ServiceList| list.rows.into_iter().find(|service| service.id == self.id);
                self.service.take(result.map(find));
            }
            Msg::Copy(text) => {
                let number = text.clone();
                return vec![Effect::Copy { text, then: Box::new(move |is_done| Msg::Copied(number, is_done)) }];
            }
            Msg::Copied(number, is_done) => self.copied = Some((number, is_done)),
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        vec![Effect::ask(&ListServices::default(), Msg::Read)]
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let service = self.service.ready().and_then(Option::as_ref);
        let page = Page {
            title: service.map_or_else(|| t!(words, SERVICES_TITLE), |service| service.name.clone()),
            sub: service.map(|service| kind_name(words, &service.kind).to_owned()).unwrap_or_default(),
            back: Some(Route::Services),
            ..Page::default()
        };
        let content = draw_load(words, &self.service, |service| match service {
            Some(service) => self.draw(env, service, on),
            None => empty("phone", t!(words, SERVICE_GONE)),
        });
        page.draw(env, content)
    }
}

impl Entry {
    fn draw(&self, env: &Env, service: &ServiceView, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let bookings = words.list(service.bookings.iter().map(|kind| kind.label(words.language())));
        let facts = [
            (t!(words, SERVICE_ADDRESS), service.address.clone()),
            (t!(words, SERVICE_HOURS), service.hours.clone()),
            (t!(words, SERVICE_BOOKINGS), bookings),
            (t!(words, NOTE), service.note.clone()),
        ];
        html! {
            <>
                { for service.phones.iter().map(|phone| self.draw_phone(env, service, phone, on)) }
                <div class="weui-cells gc-cell-plain gc-gap">
                    { for facts.into_iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| html! {
                        <div class="weui-cell gc-stack">
                            <div class="weui-cell__bd">{ name }</div><div class="weui-cell__ft gc-text">{ value }</div>
                        </div>
                    }) }
                </div>
                if !service.guide.is_empty() {
                    <section aria-labelledby="h-guide">
                        <h2 class="weui-cells__title" id="h-guide">{ t!(words, SERVICE_GUIDE) }</h2>
                        <p class="gc-pad gc-text" data-testid="guide">{ &service.guide }</p>
                    </section>
                }
                if let Some(day) = service.updated {
                    <p class="weui-cells__tips gc-foot">{ t!(words, SERVICE_UPDATED, day = words.day(day, env.today)) }</p>
                }
            </>
        }
    }

    fn draw_phone(&self, env: &Env, service: &ServiceView, phone: &str, on: &Callback<Msg>) -> Html {
        let words = env.words;
        let label = t!(words, CALL_NUMBER, name = &service.name, tel = phone);
        let number = phone.to_owned();
        let said = self.copied.as_ref().filter(|(copied, _)| copied == phone);
        let said = said.map(|(_, is_done)| if *is_done { t!(words, CALL_COPIED) } else { t!(words, CALL_NOT_COPIED) });
        html! {
            <div class="gc-pad gc-phone">
                <p class="gc-phone__number gc-number" data-testid="phone-number">{ phone }</p>
                <a class="weui-btn weui-btn_primary gc-wide gc-touch" href={dial(phone)} aria-label={label} data-testid="call">
                    { icon("phone") }{ t!(words, CALL) }
                </a>
                <button
                    class="weui-btn weui-btn_default gc-wide gc-mouse"
                    type="button"
                    data-testid="copy-number"
                    onclick={on.reform(move |_| Msg::Copy(number.clone()))}
                >
                    { t!(words, COPY_NUMBER) }
                </button>
                <p class="gc-row__meta" role="status">{ said }</p>
            </div>
        }
    }
}
