//! Where this device is, asked once and only on a tap. Never waits long: a system that does not answer is one that
//! does not know.

use contract::domain::incident::Point;
use gloo::timers::callback::Timeout;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

/// How long somebody waits for it.
const PATIENCE_MS: u32 = 20_000;
/// What a system says to whom the person did not give leave.
const PERMISSION_DENIED: f64 = 1.0;

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PlaceError {
    /// The person or the system does not allow it.
    Forbidden,
    /// There is no receiver, no signal, or no answer in time.
    Unknown,
}

/// Where this device is.
pub(crate) async fn locate() -> Result<Point, PlaceError> {
    let position = JsFuture::from(ask()).await.map_err(|error| match number(&error, "code") {
        Some(PERMISSION_DENIED) => PlaceError::Forbidden,
        _ => PlaceError::Unknown,
    })?;
    read_point(&position).ok_or(PlaceError::Unknown)
}

/// Asks the window's own interface; the first of place, refusal and the end of patience counts.
fn ask() -> Promise {
    Promise::new(&mut |resolve, reject| {
        let late = reject.clone();
        Timeout::new(PATIENCE_MS, move || {
            let _ = late.call0(&JsValue::UNDEFINED);
        })
        .forget();
        if call(&resolve, &reject).is_err() {
            let _ = reject.call0(&JsValue::UNDEFINED);
        }
    })
}

fn call(resolve: &Function, reject: &Function) -> Result<JsValue, JsValue> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into())?;
    let geolocation = Reflect::get(&navigator, &"geolocation".into())?;
    let get: Function = Reflect::get(&geolocation, &"getCurrentPosition".into())?.dyn_into()?;
    let options = Object::new();
    Reflect::set(&options, &"enableHighAccuracy".into(), &true.into())?;
    Reflect::set(&options, &"timeout".into(), &PATIENCE_MS.into())?;
    Reflect::set(&options, &"maximumAge".into(), &60_000.into())?;
    get.call3(&geolocation, resolve, reject, &options)
}

fn read_point(position: &JsValue) -> Option<Point> {
    let coords = Reflect::get(position, &"coords".into()).ok()?;
    let acc_m = number(&coords, "accuracy").unwrap_or_default();
    Some(Point { lat: number(&coords, "latitude")?, lng: number(&coords, "longitude")?, acc_m })
}

fn number(object: &JsValue, name: &str) -> Option<f64> {
    Reflect::get(object, &name.into()).ok()?.as_f64()
}
