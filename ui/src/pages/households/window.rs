//! Which rows of a long list are in the document. A row is two or three lines high, known from its data, so the
//! offset of every loaded row is known without measuring; what is not loaded yet counts as two lines.

use std::ops::Range;

use contract::HouseholdRow;

use crate::parts::has_tags;

/// Rows drawn above and below what can be seen, so that a quick flick and the Tab key find something there.
const OVERSCAN_ROWS: usize = 10;
/// Height assumed before the panel was ever scrolled.
const USUAL_HEIGHT_PX: i32 = 900;

/// Height of a row with two lines and with three, in pixels; `styles/app.css` keeps the text within.
const fn row_heights(is_care: bool) -> (i32, i32) {
    if is_care { (122, 162) } else { (76, 106) }
}

/// The part of the list that can be seen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Window {
    is_care: bool,
    top: i32,
    height: i32,
    /// Offset of each loaded row's lower edge.
    edges: Vec<i32>,
}

impl Window {
    pub(super) const fn new(is_care: bool) -> Self {
        Self { is_care, top: 0, height: USUAL_HEIGHT_PX, edges: Vec::new() }
    }

    pub(super) const fn top(&self) -> i32 {
        self.top
    }

    pub(super) const fn scroll(&mut self, top: i32, height: i32) {
        self.top = if top > 0 { top } else { 0 };
        self.height = if height > 0 { height } else { USUAL_HEIGHT_PX };
    }

    pub(super) const fn scroll_to_top(&mut self) {
        self.top = 0;
    }

    /// Takes the loaded rows' heights.
    pub(super) fn measure(&mut self, rows: &[HouseholdRow]) {
        let (two, three) = row_heights(self.is_care);
        let mut edge = 0;
        self.edges = rows
            .iter()
            .map(|row| {
                edge += if has_tags(row) { three } else { two };
                edge
            })
            .collect();
    }

    /// The loaded rows to draw.
    pub(super) fn rows(&self) -> Range<usize> {
        let first = self.edges.partition_point(|edge| *edge <= self.top);
        let last = self.edges.partition_point(|edge| *edge < self.top + self.height);
        let start = first.min(self.edges.len()).saturating_sub(OVERSCAN_ROWS);
        start..(last + 1 + OVERSCAN_ROWS).min(self.edges.len())
    }

    /// Height of one loaded row.
    pub(super) fn row_height(&self, index: usize) -> i32 {
        let before = index.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        self.edges.get(index).map_or(0, |edge| edge - before)
    }

    /// Space to leave above and below the drawn rows, for a list of `total` rows.
    pub(super) fn padding(&self, total: u64) -> (i32, i32) {
        let rows = self.rows();
        let above = rows.start.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        let loaded = self.edges.last().copied().unwrap_or_default();
        let drawn = rows.end.checked_sub(1).and_then(|i| self.edges.get(i)).copied().unwrap_or_default();
        let missing = total.saturating_sub(self.edges.len() as u64);
        let missing = i32::try_from(missing).unwrap_or(i32::MAX).saturating_mul(row_heights(self.is_care).0);
        (above, (loaded - drawn).saturating_add(missing))
    }
}
