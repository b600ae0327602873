//! The same bridge over HTTP, for a plain browser and a scripted companion.

use contract::{CommandError, ErrorCode};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{EventSource, MessageEvent, Request, RequestInit, Response};

/// Carries a command out: 200 with the reply, 422 with the error.
pub(super) async fn post(name: &str, body: &str) -> Result<String, CommandError> {
    let lost = |value: JsValue| {
        CommandError::new(ErrorCode::Internal).with_detail(format!("no bridge: {:?}", value.is_undefined()))
    };
    let (status, text) = fetch(name, body).await.map_err(lost)?;
    match status {
        200 => Ok(text),
        422 => Err(super::read(&text)
            .unwrap_or_else(|_| CommandError::new(ErrorCode::BadRequest).with_detail("error is no JSON"))),
        _ => Err(CommandError::new(ErrorCode::Internal).with_detail(format!("bridge answered {status}"))),
    }
}

async fn fetch(name: &str, body: &str) -> Result<(u16, String), JsValue> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&body.into());
    let request = Request::new_with_str_and_init(&format!("/invoke/{name}"), &init)?;
    request.headers().set("content-type", "application/json")?;
    let window = web_sys::window().ok_or(JsValue::UNDEFINED)?;
    let response: Response = JsFuture::from(window.fetch_with_request(&request)).await?.dyn_into()?;
    let text = JsFuture::from(response.text()?).await?.as_string().unwrap_or_default();
    Ok((response.status(), text))
}

/// Listens to the companion's events.
pub(super) fn listen(on_json: impl Fn(&str) + 'static) {
    let Ok(source) = EventSource::new("/events") else { return };
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |message: MessageEvent| {
        if let Some(json) = message.data().as_string() {
            on_json(&json);
        }
    });
    source.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    // The browser keeps an open source alive.
    std::mem::forget(source);
}
