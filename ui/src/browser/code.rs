//! Reads a QR code out of a photograph: the camera's picture is drawn on a canvas, shrunk, and decoded in
//! the window. The picture leaves it nowhere.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageBitmap};

/// Longest side of the picture that is searched; a phone's 12 megapixels would take seconds.
const LONGEST_SIDE: f64 = 1_200.0;

/// What the code in the picture says; `None` when no code was found.
pub(crate) async fn read_code(file: &web_sys::File) -> Option<String> {
    let window = web_sys::window()?;
    let bitmap = JsFuture::from(window.create_image_bitmap_with_blob(file).ok()?).await.ok()?;
    let bitmap: ImageBitmap = bitmap.dyn_into().ok()?;
    let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
    let scale = (LONGEST_SIDE / width.max(height)).min(1.0);
    let canvas: HtmlCanvasElement = window.document()?.create_element("canvas").ok()?.dyn_into().ok()?;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most LONGEST_SIDE, never negative")]
    let (w, h) = ((width * scale) as u32, (height * scale) as u32);
    canvas.set_width(w);
    canvas.set_height(h);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, f64::from(w), f64::from(h)).ok()?;
    let pixels = context.get_image_data(0.0, 0.0, f64::from(w), f64::from(h)).ok()?.data();
    decode_pixels(&pixels, w, h).await
}

/// Asks the reader, a program of its own that `boot.js` loads at the first picture.
async fn decode_pixels(rgba: &[u8], width: u32, height: u32) -> Option<String> {
    let reader: Function = Reflect::get(&js_sys::global(), &"gcReadCode".into()).ok()?.dyn_into().ok()?;
    let pixels = Uint8Array::from(rgba);
    let promise = reader.call3(&JsValue::UNDEFINED, &pixels, &width.into(), &height.into()).ok()?;
    JsFuture::from(promise.dyn_into::<Promise>().ok()?).await.ok()?.as_string()
}
