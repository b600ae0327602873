//! The browser bridge: the only place that knows how the companion is reached.
//!
//! In the app's window a command is a Tauri invocation, request and reply JSON texts, a rejection the JSON of a
//! [`CommandError`]; what the companion says without being asked is the Tauri event `companion`. In a plain browser
//! the same travels over HTTP (`POST /invoke/<name>`, `EventSource /events`): for tests with a scripted companion.
//!
//! Commands that the companion's store answers go one after the other, in the order in which they were asked: a form
//! that is still being written is written before it is submitted. Those that wait for the network let others pass.
//!
//! Failure: a bridge that does not answer as agreed is [`ErrorCode::BadRequest`]; none at all is
//! [`ErrorCode::Internal`]. Nothing is retried here: reading again is harmless, writing is decided by the person.

mod http;
mod queue;
mod read;
mod tauri;

use contract::{Command, CommandError, Enrol, ErrorCode, Event, SyncNow};
use wasm_bindgen::JsValue;

pub(crate) use read::read;

use queue::Queue;

use crate::state::read_reply;

/// Asks the companion.
///
/// # Errors
/// What the companion says, or [`ErrorCode::BadRequest`] when request and reply do not fit.
pub(crate) async fn call<C: Command>(request: &C) -> Result<C::Reply, CommandError> {
    let body = serde_json::to_string(request)
        .map_err(|error| CommandError::new(ErrorCode::BadRequest).with_detail(error.to_string()))?;
    read_reply(&send(C::NAME, &body).await?)
}

/// Commands that wait for the network.
const SLOW: [&str; 2] = [Enrol::NAME, SyncNow::NAME];

thread_local! {
    static QUEUE: Queue = Queue::default();
}

/// Sends a request that is JSON already, when every request before it has been answered.
pub(crate) async fn send(name: &str, body: &str) -> Result<String, CommandError> {
    let turn = QUEUE.with(Queue::join).await;
    if SLOW.contains(&name) {
        drop(turn);
        return send_now(name, body).await;
    }
    let answer = send_now(name, body).await;
    drop(turn);
    answer
}

async fn send_now(name: &str, body: &str) -> Result<String, CommandError> {
    match tauri::find_bridge() {
        Some(bridge) => bridge.invoke(name, body).await,
        None => http::post(name, body).await,
    }
}

/// Calls `on_event` with everything the companion says, for as long as the window lives.
pub(crate) async fn listen(on_event: impl Fn(Event) + 'static) {
    let on_json = move |json: &str| {
        if let Ok(event) = read(json) {
            on_event(event);
        }
    };
    match tauri::find_bridge() {
        Some(bridge) => bridge.listen("companion", on_json).await,
        None => http::listen(on_json),
    }
}

/// Shows a notification of the system, where there is one; asks for leave when the system wants that.
pub(crate) async fn notify(title: &str, body: &str) {
    if let Some(bridge) = tauri::find_bridge() {
        bridge.notify(title, body).await;
    }
}

/// Reads what a rejected promise holds: an error's JSON as text, or anything else.
fn read_rejection(value: &JsValue) -> CommandError {
    let text = value.as_string().or_else(|| js_sys::JSON::stringify(value).ok().and_then(|text| text.as_string()));
    text.as_deref()
        .and_then(|text| read(text).ok())
        .unwrap_or_else(|| CommandError::new(ErrorCode::Internal).with_detail("bridge"))
}
