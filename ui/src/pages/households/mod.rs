//! 住户: find a door in two seconds.
//!
//! Flow: what is typed is asked 120 ms after the last key; a filter is asked at once. Every question has a number and
//! an answer to an older one is dropped, so a slow answer never overwrites a newer one. Rows stay until the new ones
//! are there. Further pages are fetched by key while scrolling; only the rows near the window are in the document
//! (see [`Window`]).
//!
//! When something changed elsewhere, as many rows as are shown are read again and exchanged at once, so that the list
//! does not jump. Going back from a household finds the list as it was left ([`Screen::remember`]).
//!
//! By door, the first row of a stairwell carries its heading and is higher by that ([`HEADING_PX`]). The order that was
//! chosen lasts as long as the app.
//!
//! Missing: jumping to the far end of 10,000 rows reads the pages between one after the other.

mod view;

#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};

use contract::domain::BuildingCode;
use contract::{
    BuildingOption, CommandError, DueFilter, HouseholdOrder, HouseholdPage, HouseholdRow, ListHouseholds, PageKey,
    Topic,
};
use yew::prelude::*;

use crate::parts::{Window, has_tags};
use crate::state::{Effect, Env, Load, Screen};

/// Pause in typing after which the list is asked.
const SEARCH_DEBOUNCE_MS: u32 = 120;
/// Rows kept ready below the window before the next page is asked.
const READ_AHEAD_ROWS: usize = 20;

/// Height of a row with two lines and with three, in pixels; `styles/app.css` keeps the text within.
const fn row_heights(is_care: bool) -> (i32, i32) {
    if is_care { (122, 162) } else { (76, 106) }
}

/// Height of a stairwell's heading, in pixels; in care mode.
const HEADING_PX: (i32, i32) = (40, 56);

/// The list of households.
#[derive(Clone)]
pub(crate) struct Households {
    filter: Filter,
    list: Load<List>,
    counts: Counts,
    is_care: bool,
    window: Window,
    /// Number of the last keystroke.
    typed: u32,
    /// Number of the last question.
    question: u32,
    /// What the last question searches for.
    asked: (String, HouseholdOrder),
    /// Rows of the answer that is being collected.
    incoming: Vec<HouseholdRow>,
    is_loading_more: bool,
}

/// What to show.
#[derive(Debug, Clone, Default, PartialEq)]
struct Filter {
    query: String,
    building: Option<BuildingCode>,
    due: DueFilter,
    has_needs: bool,
    has_conflicts: bool,
    order: HouseholdOrder,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
struct List {
    /// What was searched for to get it.
    query: String,
    /// In which order it is.
    order: HouseholdOrder,
    rows: Vec<HouseholdRow>,
    next: Option<PageKey>,
    total: u64,
    buildings: Vec<BuildingOption>,
}

/// Numbers on the chips, for the chosen building.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Counts {
    overdue: Option<u64>,
    week: Option<u64>,
    needs: Option<u64>,
    conflicts: Option<u64>,
}

/// Which chip a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chip {
    /// 逾期
    Overdue,
    /// 本周到期
    Week,
    /// 有需求
    Needs,
    /// 待核对
    Conflicts,
}

impl Chip {
    const ALL: [Self; 4] = [Self::Overdue, Self::Week, Self::Needs, Self::Conflicts];
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// A key was typed: all of the query.
    Typed(String),
    /// The pause after this keystroke is over.
    Pause(u32),
    /// A building was chosen; none: all.
    Building(Option<BuildingCode>),
    /// A chip was tapped.
    Toggle(Chip),
    /// In this order, please.
    Order(HouseholdOrder),
    /// Show everything again.
    Clear,
    /// A page of a new list was read; so many rows are wanted before it is shown.
    Read(u32, usize, Result<HouseholdPage, CommandError>),
    /// A further page was read.
    ReadMore(u32, Result<HouseholdPage, CommandError>),
    /// A chip's number was read.
    Counted(u32, Chip, Result<HouseholdPage, CommandError>),
    /// The panel was scrolled: its offset and height.
    Scrolled(i32, i32),
}

thread_local! {
    static LEFT: RefCell<Option<Households>> = const { RefCell::new(None) };
    static ORDER: Cell<HouseholdOrder> = const { Cell::new(HouseholdOrder::Due) };
}

/// Lets go of the list as it was left: the person went elsewhere than into a household.
pub(crate) fn forget_list() {
    LEFT.set(None);
}

impl Screen for Households {
    /// Only those with a conflict card.
    type Arg = bool;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Households];

    fn open(only_conflicts: &bool, env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let left = LEFT.with_borrow_mut(Option::take).filter(|left| left.filter.has_conflicts == *only_conflicts);
        if let Some(mut left) = left {
            let top = left.window.top();
            let mut effects = left.refresh();
            effects.push(Effect::ScrollTo(top));
            return (left, effects);
        }
        let mut page = Self {
            filter: Filter { has_conflicts: *only_conflicts, order: ORDER.get(), ..Filter::default() },
            list: Load::Waiting,
            counts: Counts::default(),
            is_care: env.settings.care,
            window: Window::new(row_heights(env.settings.care).0),
            typed: 0,
            question: 0,
            asked: Default::default(),
            incoming: Vec::new(),
            is_loading_more: false,
        };
        let mut effects = page.ask(0);
        effects.extend(page.ask_counts());
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Typed(query) => {
                self.filter.query = query;
                self.typed += 1;
                if self.filter.query.is_empty() {
                    return self.ask_from_top();
                }
                vec![Effect::After { ms: SEARCH_DEBOUNCE_MS, msg: Msg::Pause(self.typed) }]
            }
            Msg::Pause(typed) if typed == self.typed => self.ask_from_top(),
            Msg::Building(building) => {
                self.filter.building = building;
                let mut effects = self.ask_from_top();
                effects.extend(self.ask_counts());
                effects
            }
            Msg::Toggle(chip) => {
                self.toggle(chip);
                self.ask_from_top()
            }
            Msg::Order(order) => {
                ORDER.set(order);
                self.filter.order = order;
                self.ask_from_top()
            }
            Msg::Clear => {
                let is_other_building = self.filter.building.is_some();
                self.filter = Filter { order: self.filter.order, ..Filter::default() };
                let mut effects = self.ask_from_top();
                if is_other_building {
                    effects.extend(self.ask_counts());
                }
                effects
            }
            Msg::Read(question, wanted, result) if question == self.question => self.take_page(wanted, result),
            Msg::ReadMore(question, result) if question == self.question => self.take_more(result),
            Msg::Counted(question, chip, Ok(page)) if question <= self.question => {
                let total = Some(page.total);
                match chip {
                    Chip::Overdue => self.counts.overdue = total,
                    Chip::Week => self.counts.week = total,
                    Chip::Needs => self.counts.needs = total,
                    Chip::Conflicts => self.counts.conflicts = total,
                }
                Vec::new()
            }
            Msg::Scrolled(top, height) => {
                self.window.scroll(top, height);
                self.read_ahead()
            }
            Msg::Pause(_) | Msg::Read(..) | Msg::ReadMore(..) | Msg::Counted(..) => Vec::new(),
        }
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        let shown = self.list.ready().map_or(0, |list| list.rows.len());
        let mut effects = self.ask(shown);
        effects.extend(self.ask_counts());
        effects
    }

    fn remember(&self) {
        LEFT.set(Some(self.clone()));
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

fn measure(window: &mut Window, rows: &[HouseholdRow], order: HouseholdOrder, is_care: bool) {
    let (two, three) = row_heights(is_care);
    let heading = if is_care { HEADING_PX.1 } else { HEADING_PX.0 };
    let height = |(index, row)| {
        let above = if begins_stairwell(rows, order, index) { heading } else { 0 };
        above + if has_tags(row) { three } else { two }
    };
    let heights: Vec<i32> = rows.iter().enumerate().map(height).collect();
    window.measure(&heights);
}

/// Whether a row has a heading above it: by door, the first of its stairwell.
fn begins_stairwell(rows: &[HouseholdRow], order: HouseholdOrder, index: usize) -> bool {
    let stairwell = |row: &HouseholdRow| {
        let place = &row.place;
        (place.compound.clone(), place.building.clone(), place.unit.clone())
    };
    let before = index.checked_sub(1).and_then(|before| rows.get(before)).map(stairwell);
    order == HouseholdOrder::Door && before != rows.get(index).map(stairwell)
}

impl Households {
    fn request(&self, after: Option<PageKey>) -> ListHouseholds {
        ListHouseholds {
            query: self.filter.query.trim().to_owned(),
            building: self.filter.building.clone(),
            due: self.filter.due,
            has_needs: self.filter.has_needs,
            has_conflicts: self.filter.has_conflicts,
            order: self.filter.order,
            after,
        }
    }

    /// Asks for a new list of at least `wanted` rows.
    fn ask(&mut self, wanted: usize) -> Vec<Effect<Msg>> {
        self.question += 1;
        self.asked = (self.filter.query.trim().to_owned(), self.filter.order);
        self.incoming = Vec::new();
        self.is_loading_more = false;
        vec![self.ask_page(wanted, None)]
    }

    fn ask_page(&self, wanted: usize, after: Option<PageKey>) -> Effect<Msg> {
        let question = self.question;
        Effect::ask(&self.request(after), move |result| Msg::Read(question, wanted, result))
    }

    fn ask_from_top(&mut self) -> Vec<Effect<Msg>> {
        self.window.scroll_to_top();
        let mut effects = self.ask(0);
        effects.push(Effect::ScrollTo(0));
        effects
    }

    fn ask_counts(&self) -> Vec<Effect<Msg>> {
        let question = self.question;
        let ask = |chip| {
            let mut request = ListHouseholds { building: self.filter.building.clone(), ..ListHouseholds::default() };
            match chip {
                Chip::Overdue => request.due = DueFilter::Overdue,
                Chip::Week => request.due = DueFilter::ThisWeek,
                Chip::Needs => request.has_needs = true,
                Chip::Conflicts => request.has_conflicts = true,
            }
            Effect::ask(&request, move |result| Msg::Counted(question, chip, result))
        };
        Chip::ALL.map(ask).into()
    }

    fn toggle(&mut self, chip: Chip) {
        let filter = &mut self.filter;
        let flip_due = |due: DueFilter, wanted| if due == wanted { DueFilter::Any } else { wanted };
        match chip {
            Chip::Overdue => filter.due = flip_due(filter.due, DueFilter::Overdue),
            Chip::Week => filter.due = flip_due(filter.due, DueFilter::ThisWeek),
            Chip::Needs => filter.has_needs = !filter.has_needs,
            Chip::Conflicts => filter.has_conflicts = !filter.has_conflicts,
        }
    }

    fn take_page(&mut self, wanted: usize, result: Result<HouseholdPage, CommandError>) -> Vec<Effect<Msg>> {
        let page = match result {
            Ok(page) => page,
            Err(error) => {
                self.list.take(Err(error));
                return Vec::new();
            }
        };
        self.incoming.extend(page.rows);
        if self.incoming.len() < wanted && page.next.is_some() {
            return vec![self.ask_page(wanted, page.next)];
        }
        let rows = std::mem::take(&mut self.incoming);
        let (query, order) = self.asked.clone();
        measure(&mut self.window, &rows, order, self.is_care);
        self.list.take(Ok(List { query, order, rows, next: page.next, total: page.total, buildings: page.buildings }));
        self.read_ahead()
    }

    fn take_more(&mut self, result: Result<HouseholdPage, CommandError>) -> Vec<Effect<Msg>> {
        self.is_loading_more = false;
        let (Some(list), Ok(page)) = (self.list.ready_mut(), result) else { return Vec::new() };
        list.rows.extend(page.rows);
        list.next = page.next;
        list.total = page.total;
        measure(&mut self.window, &list.rows, list.order, self.is_care);
        self.read_ahead()
    }

    /// Asks for the next page when the window comes near the end of what is loaded.
    fn read_ahead(&mut self) -> Vec<Effect<Msg>> {
        let Some(list) = self.list.ready().filter(|_| !self.is_loading_more) else { return Vec::new() };
        let Some(next) = list.next.clone() else { return Vec::new() };
        if self.window.rows().end + READ_AHEAD_ROWS < list.rows.len() {
            return Vec::new();
        }
        self.is_loading_more = true;
        let question = self.question;
        vec![Effect::ask(&self.request(Some(next)), move |result| Msg::ReadMore(question, result))]
    }
}
