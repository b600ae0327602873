//! Which rows of a long list are in the document. A row's height is known from its data, so the offset of every
//! loaded row is known without measuring; what is not loaded yet counts as usual rows.

use std::ops::Range;

use wasm_bindgen::JsCast;
use web_sys::HtmlElement;
use yew::Event;

/// Rows drawn above and below what can be seen, so that a quick flick and the Tab key find something there.
const OVERSCAN_ROWS: usize = 10;
/// Height assumed before the panel was ever scrolled.
const USUAL_HEIGHT_PX: i32 = 900;

/// How much larger than usual the system draws text: a row's height is known for the usual size only.
fn read_text_scale() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return crate::browser::measure_text_scale();
    #[cfg(not(target_arch = "wasm32"))]
    1.0
}

/// How far a panel is scrolled and how high it is.
pub(crate) fn read_scroll(event: &Event) -> (i32, i32) {
    let panel = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    panel.map_or((0, 0), |panel| (panel.scroll_top(), panel.client_height()))
}

/// The part of the list that can be seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Window {
    usual: i32,
    text_scale: f64,
    top: i32,
    height: i32,
    /// Offset of each loaded row's lower edge.
    edges: Vec<i32>,
}

impl Window {
    /// A list whose rows are usually so many pixels high.
    pub(crate) fn new(usual: i32) -> Self {
        let text_scale = read_text_scale();
        Self { usual: scale(usual, text_scale), text_scale, top: 0, height: USUAL_HEIGHT_PX, edges: Vec::new() }
    }

    /// How far it is scrolled.
    pub(crate) const fn top(&self) -> i32 {
        self.top
    }

    /// It was scrolled so far; how high it is.
    pub(crate) const fn scroll(&mut self, top: i32, height: i32) {
        self.top = if top > 0 { top } else { 0 };
        self.height = if height > 0 { height } else { USUAL_HEIGHT_PX };
    }

    /// Another list: from its top.
    pub(crate) const fn scroll_to_top(&mut self) {
        self.top = 0;
    }

    /// Takes the loaded rows' heights.
    pub(crate) fn measure(&mut self, heights: &[i32]) {
        let mut edge = 0;
        self.edges = heights
            .iter()
            .map(|height| {
                edge += scale(*height, self.text_scale);
                edge
            })
            .collect();
    }

    /// The loaded rows to draw.
    pub(crate) fn rows(&self) -> Range<usize> {
        let first = self.edges.partition_point(|edge| *edge <= self.top);
        let last = self.edges.partition_point(|edge| *edge < self.top + self.height);
        let start = first.min(self.edges.len()).saturating_sub(OVERSCAN_ROWS);
        start..(last + 1 + OVERSCAN_ROWS).min(self.edges.len())
    }

    /// Height of one loaded row.
    pub(crate) fn row_height(&self, index: usize) -> i32 {
        let before = index.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        self.edges.get(index).map_or(0, |edge| edge - before)
    }

    /// Space to leave above and below the drawn rows, for a list of `total` rows.
    pub(crate) fn padding(&self, total: u64) -> (i32, i32) {
        let rows = self.rows();
        let above = rows.start.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        let loaded = self.edges.last().copied().unwrap_or_default();
        let drawn = rows.end.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        let missing = total.saturating_sub(self.edges.len() as u64);
        let missing = i32::try_from(missing).unwrap_or(i32::MAX).saturating_mul(self.usual);
        (above, (loaded - drawn).saturating_add(missing))
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a row is some hundred pixels high")]
fn scale(height: i32, by: f64) -> i32 {
    (f64::from(height) * by).ceil() as i32
}
