//! `window.__TAURI_INTERNALS__`: `invoke(command, args)` and `transformCallback(f)`.

use contract::{CommandError, ErrorCode};
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::read_rejection;

/// The shell's bridge object.
pub(super) struct Bridge(JsValue);

/// The bridge, if this window belongs to the shell.
pub(super) fn find_bridge() -> Option<Bridge> {
    let internals = Reflect::get(&js_sys::global(), &"__TAURI_INTERNALS__".into()).ok()?;
    internals.is_object().then_some(Bridge(internals))
}

impl Bridge {
    /// Carries a command out. The reply is JSON text.
    pub(super) async fn invoke(&self, name: &str, body: &str) -> Result<String, CommandError> {
        let args = Object::new();
        set(&args, "request", &body.into());
        let reply = self.invoke_raw(name, &args).await.map_err(|value| read_rejection(&value))?;
        reply.as_string().ok_or_else(|| CommandError::new(ErrorCode::BadRequest).with_detail("reply is no text"))
    }

    /// Subscribes to an event whose payload is JSON text.
    pub(super) async fn listen(&self, event: &str, on_json: impl Fn(&str) + 'static) {
        let on_message = Closure::<dyn Fn(JsValue)>::new(move |message: JsValue| {
            let payload = Reflect::get(&message, &"payload".into()).unwrap_or_default();
            if let Some(json) = payload.as_string() {
                on_json(&json);
            }
        });
        let Ok(transform) = self.function("transformCallback") else { return };
        let Ok(handler) = transform.call1(&self.0, on_message.as_ref()) else { return };
        on_message.forget();
        let target = Object::new();
        set(&target, "kind", &"Any".into());
        let args = Object::new();
        set(&args, "event", &event.into());
        set(&args, "target", &target);
        set(&args, "handler", &handler);
        // Without events the screens still read on opening; only the live chip stands still.
        let _ = self.invoke_raw("plugin:event|listen", &args).await;
    }

    /// Shows a notification of the system. A shell without that plugin, and a person who does not want any, answer
    /// with a rejection, and nothing is shown.
    pub(super) async fn notify(&self, title: &str, body: &str) {
        let _ = self.invoke_raw("plugin:notification|request_permission", &Object::new()).await;
        let options = Object::new();
        set(&options, "title", &title.into());
        set(&options, "body", &body.into());
        let args = Object::new();
        set(&args, "options", &options);
        let _ = self.invoke_raw("plugin:notification|notify", &args).await;
    }

    async fn invoke_raw(&self, name: &str, args: &Object) -> Result<JsValue, JsValue> {
        let promise = self.function("invoke")?.call2(&self.0, &name.into(), args)?;
        JsFuture::from(promise.dyn_into::<Promise>()?).await
    }

    fn function(&self, name: &str) -> Result<Function, JsValue> {
        Reflect::get(&self.0, &name.into())?.dyn_into()
    }
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // Setting a property of an own plain object cannot fail.
    let _ = Reflect::set(object, &key.into(), value);
}
