//! Reads a QR code out of a picture's pixels. A program of its own, loaded when a code is photographed: its tables
//! are an eighth of the screens' size and are needed once in the life of a phone.

use rqrr::PreparedImage;
use wasm_bindgen::prelude::wasm_bindgen;

/// The first readable code in an RGBA picture.
#[wasm_bindgen]
pub fn decode_pixels(rgba: &[u8], width: usize, height: usize) -> Option<String> {
    let grey = |x: usize, y: usize| -> u8 {
        let at = (y * width + x) * 4;
        let pixel = rgba.get(at..at + 3).unwrap_or(&[255, 255, 255]);
        let sum = 299 * u32::from(pixel[0]) + 587 * u32::from(pixel[1]) + 114 * u32::from(pixel[2]);
        u8::try_from(sum / 1000).unwrap_or(u8::MAX)
    };
    let mut image = PreparedImage::prepare_from_greyscale(width, height, grey);
    image.detect_grids().into_iter().find_map(|grid| grid.decode().ok()).map(|(_, text)| text)
}

fn main() {}

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
