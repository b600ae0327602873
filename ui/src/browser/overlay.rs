//! What the window's history has to do with sheets, so that the system's Back closes the topmost sheet and not the page
//! under it.
//!
//! Flow: every open sheet has an entry of its own in the history, after the entry of its page and with the same
//! address. Back from it arrives at the entry before: the topmost sheet closes. A sheet that is closed on the screen
//! takes its entry back. A page that is left with a sheet open leaves such an entry behind; whoever arrives at it later
//! is led on to the entry before it.
//!
//! This file decides, [`super::history`] carries it out.

/// What the history must do now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Travel {
    /// Nothing.
    Stay,
    /// Add so many entries.
    Add(u32),
    /// Go back by so many entries.
    Back(u32),
}

/// Where the history has arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arrival {
    /// The entry belongs to a sheet.
    pub(super) is_sheet: bool,
    /// It lies before the one that was left.
    pub(super) is_earlier: bool,
    /// It has the address of the page that is shown.
    pub(super) is_same_page: bool,
}

/// What follows from an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Nothing more.
    Nothing,
    /// The topmost sheet closes.
    CloseTop,
    /// The entry is that of a sheet that is closed: on to the one before.
    GoOn,
}

/// The entries that stand for open sheets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct SheetEntries {
    entries: u32,
    /// Ways back that were asked for here and have not arrived yet.
    own_backs: u32,
}

impl SheetEntries {
    /// No sheet has an entry.
    pub(super) const fn new() -> Self {
        Self { entries: 0, own_backs: 0 }
    }

    /// So many sheets are open now.
    pub(super) const fn reach(&mut self, open: u32) -> Travel {
        let before = self.entries;
        self.entries = open;
        if open > before {
            Travel::Add(open - before)
        } else if open < before {
            self.own_backs += 1;
            Travel::Back(before - open)
        } else {
            Travel::Stay
        }
    }

    /// Another page is shown: whatever lay over the one before has gone with it.
    pub(super) const fn leave_page(&mut self) {
        self.entries = 0;
    }

    /// The history has arrived somewhere.
    pub(super) const fn arrive(&mut self, at: Arrival) -> Step {
        if self.own_backs > 0 {
            self.own_backs -= 1;
            return Step::Nothing;
        }
        if !at.is_same_page {
            self.entries = 0;
        } else if at.is_earlier && self.entries > 0 {
            self.entries -= 1;
            return Step::CloseTop;
        }
        if at.is_sheet { Step::GoOn } else { Step::Nothing }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACK: Arrival = Arrival { is_sheet: false, is_earlier: true, is_same_page: true };

    #[test]
    fn back_closes_the_topmost_sheet_and_only_then_leaves_the_page() {
        let mut sheets = SheetEntries::new();
        assert_eq!(sheets.reach(1), Travel::Add(1));
        assert_eq!(sheets.reach(2), Travel::Add(1));
        assert_eq!(sheets.arrive(Arrival { is_sheet: true, ..BACK }), Step::CloseTop);
        assert_eq!(sheets.reach(1), Travel::Stay, "the entry has gone with the sheet");
        assert_eq!(sheets.arrive(BACK), Step::CloseTop);
        assert_eq!(sheets.reach(0), Travel::Stay);
        assert_eq!(sheets.arrive(Arrival { is_same_page: false, ..BACK }), Step::Nothing);
    }

    #[test]
    fn a_sheet_that_does_not_close_gets_its_entry_again() {
        let mut sheets = SheetEntries::new();
        sheets.reach(1);
        assert_eq!(sheets.arrive(BACK), Step::CloseTop);
        assert_eq!(sheets.reach(1), Travel::Add(1));
    }

    #[test]
    fn a_sheet_that_is_saved_takes_its_entry_back_and_nothing_else_closes() {
        let mut sheets = SheetEntries::new();
        sheets.reach(1);
        assert_eq!(sheets.reach(0), Travel::Back(1));
        assert_eq!(sheets.arrive(BACK), Step::Nothing);
        assert_eq!(sheets.reach(1), Travel::Add(1), "the next sheet is counted from the start");
        assert_eq!(sheets.arrive(BACK), Step::CloseTop);
    }

    #[test]
    fn an_entry_left_behind_is_passed_over() {
        let mut sheets = SheetEntries::new();
        sheets.reach(1);
        sheets.leave_page();
        assert_eq!(sheets.reach(0), Travel::Stay, "another page is open: going back would leave it");
        let stale = Arrival { is_sheet: true, is_earlier: true, is_same_page: false };
        assert_eq!(sheets.arrive(stale), Step::GoOn);
        assert_eq!(sheets.arrive(BACK), Step::Nothing);
        let forward = Arrival { is_sheet: true, is_earlier: false, is_same_page: true };
        assert_eq!(sheets.arrive(forward), Step::GoOn);
    }
}
