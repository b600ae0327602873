//! Reads a QR code out of a photograph: the camera's picture is drawn on a canvas, shrunk, and decoded here. The
//! picture leaves the window nowhere.

use rqrr::PreparedImage;
use wasm_bindgen::JsCast;
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
    context
        .draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, f64::from(w), f64::from(h))
        .ok()?;
    let pixels = context.get_image_data(0.0, 0.0, f64::from(w), f64::from(h)).ok()?.data();
    decode_pixels(&pixels, w as usize, h as usize)
}

/// The first readable code in an RGBA picture.
fn decode_pixels(rgba: &[u8], width: usize, height: usize) -> Option<String> {
    let grey = |x: usize, y: usize| -> u8 {
        let at = (y * width + x) * 4;
        let pixel = rgba.get(at..at + 3).unwrap_or(&[255, 255, 255]);
        let sum = 299 * u32::from(pixel[0]) + 587 * u32::from(pixel[1]) + 114 * u32::from(pixel[2]);
        u8::try_from(sum / 1000).unwrap_or(u8::MAX)
    };
    let mut image = PreparedImage::prepare_from_greyscale(width, height, grey);
    image.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_without_a_code_is_no_code() {
        assert_eq!(decode_pixels(&vec![200; 64 * 64 * 4], 64, 64), None);
    }

    #[test]
    fn a_truncated_picture_does_not_panic() {
        assert_eq!(decode_pixels(&[0; 10], 64, 64), None);
    }
}
