//! A service in a list: what it is, when and where, and its number to be called with one tap.
//!
//! A number is a `tel:` link on a phone. At a desk nothing answers such links: there the style sheet shows the bare
//! number instead (`gc-touch`, `gc-mouse`), and the service's own page has a button that copies it.

use contract::ServiceView;
use yew::prelude::*;

use crate::i18n::t;
use crate::parts::{dial, icon};
use crate::route::Route;
use crate::state::Env;

/// Draws the row; the caller gives the list item around it.
pub(super) fn service_row(env: &Env, service: &ServiceView, testid: String) -> Html {
    let words = env.words;
    let guide = if service.guide.is_empty() { String::new() } else { t!(words, SERVICE_HAS_GUIDE) };
    let meta = words.join([service.hours.as_str(), service.address.as_str(), guide.as_str()]);
    html! {
        <div class="weui-cell gc-row gc-service">
            <a class="weui-cell__bd gc-service__link" href={Route::Service(service.id.clone()).href()} data-testid={testid}>
                <p class="gc-row__title">{ &service.name }</p>
                if !meta.is_empty() {
                    <p class="gc-row__meta">{ meta }</p>
                }
            </a>
            if let Some(phone) = service.phones.first() {
                { call_link(env, service, phone) }
            }
        </div>
    }
}

/// A number to call, or, at a desk, to read.
fn call_link(env: &Env, service: &ServiceView, phone: &str) -> Html {
    let label = t!(env.words, CALL_NUMBER, name = &service.name, tel = phone);
    html! {
        <div class="weui-cell__ft">
            <a
                class="gc-call gc-touch gc-number"
                href={dial(phone)}
                aria-label={label}
                data-testid={format!("call-{}", service.id)}
            >
                { icon("phone") }<span>{ phone }</span>
            </a>
            <span class="gc-mouse gc-number">{ phone }</span>
        </div>
    }
}
