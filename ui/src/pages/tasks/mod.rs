//! 任务: what waits for somebody, by deadline.
//!
//! Flow: the companion says which queues a role has and how much is in each; one is shown. What is typed is asked
//! after a pause, of everything on this device; a queue at once. Every question has a number and an answer to an older
//! one is dropped. Rows stay until the new ones are there; what changes meanwhile is asked for once, after them. Further
//! pages are read while scrolling, and only the rows near the window are in the document ([`Window`]), so 5,000 open
//! incidents scroll like fifty.
//!
//! Whoever accepts incidents can choose several ([`choose`]).
//!
//! Beside the rows: what waits for the dispatcher's answer, and own steps in incidents that have left this device,
//! with the words that were written, sent or not. Coming back from an incident finds the list as it was left; in the left pane of a
//! desk it is never left.
//!
//! Failure: a failed refresh leaves what is shown; a line that could not be put away stays, with the reason.

mod choose;
mod view;

#[cfg(test)]
mod tests;

use std::cell::RefCell;

use contract::domain::Role;
use contract::domain::id::TransitionId;
use contract::{
    CommandError, DepartedStep, DismissDepartedStep, IncidentPage, IncidentRow, ListDepartedSteps, ListIncidents,
    Queue, QueueCount, Topic,
};
use yew::prelude::*;

use crate::browser::OPENER_ID;
use crate::parts::Window;
use crate::state::{Effect, Env, Load, Screen};
pub(crate) use choose::ChooseMsg;
use choose::{Batch, Choice, accepts};

/// Pause in typing after which the list is asked.
const SEARCH_DEBOUNCE_MS: u32 = 150;
/// Rows kept ready below the window before the next page is asked.
const READ_AHEAD_ROWS: usize = 20;
/// Requests shown above the queue.
const ASKED_ROWS: usize = 3;

/// The list of incidents.
#[derive(Clone)]
pub(crate) struct Tasks {
    queue: Queue,
    query: String,
    /// What the last question looked for.
    searched: String,
    list: Load<List>,
    /// What waits for the dispatcher's answer; empty for others.
    asked: Vec<IncidentRow>,
    asked_count: u64,
    is_asked: bool,
    departed: Vec<DepartedStep>,
    error: Option<CommandError>,
    /// Whether the words of a departed step went to the clipboard.
    copied: Option<bool>,
    /// The role accepts incidents.
    is_accepting: bool,
    /// Several are being chosen.
    choice: Option<Choice>,
    /// What was done with several last.
    batch: Option<Batch>,
    /// How often several were accepted here.
    batches: u32,
    is_help_open: bool,
    is_care: bool,
    window: Window,
    /// Number of the last keystroke.
    typed: u32,
    /// Number of the last question.
    question: u32,
    /// Rows of the answer that is being collected.
    incoming: Vec<IncidentRow>,
    incoming_queues: Vec<QueueCount>,
    is_loading_more: bool,
    /// The answer to the last question has not come.
    is_asking: bool,
    /// Something changed meanwhile.
    is_outdated: bool,
}

/// What is shown.
#[derive(Debug, Clone, PartialEq)]
struct List {
    rows: Vec<IncidentRow>,
    has_more: bool,
    total: u64,
    queues: Vec<QueueCount>,
}

/// What can happen on the page.
pub(crate) enum Msg {
    /// Another queue.
    Open(Queue),
    /// Several are chosen, accepted, taken back.
    Choose(ChooseMsg),
    /// A key was typed: all of the query.
    Typed(String),
    /// The pause after this keystroke is over.
    Pause(u32),
    /// A page of a new list was read; so many rows are wanted before it is shown.
    Read(u32, usize, Result<IncidentPage, CommandError>),
    /// A further page was read.
    ReadMore(u32, Result<IncidentPage, CommandError>),
    /// What waits for an answer was read.
    ReadAsked(Result<IncidentPage, CommandError>),
    /// Own steps in incidents that have left were read.
    ReadDeparted(Result<Vec<DepartedStep>, CommandError>),
    /// 知道了
    Dismiss(TransitionId),
    /// It was put away, or not.
    Dismissed(TransitionId, Result<(), CommandError>),
    /// Put the words of a departed step on the clipboard.
    Copy(TransitionId),
    /// Whether that was possible.
    Copied(bool),
    /// The panel was scrolled: its offset and height.
    Scrolled(i32, i32),
    /// Show the keys, or no longer.
    Help(bool),
}

thread_local! {
    static LEFT: RefCell<Option<Tasks>> = const { RefCell::new(None) };
}

/// Lets go of the list as it was left: the person went elsewhere than into an incident.
pub(crate) fn forget_queue() {
    LEFT.set(None);
}

/// What a role looks at first.
const fn first_queue(role: Role) -> Queue {
    match role {
        Role::Dispatcher => Queue::ToDispatch,
        Role::CommunityClerk => Queue::ToAccept,
        Role::Handler => Queue::ToHandle,
        Role::BuildingLead => Queue::Mine,
        _ => Queue::Open,
    }
}

/// Height of a row without and with a time bar, in pixels; `styles/app.css` keeps the text within.
const fn row_heights(is_care: bool) -> (i32, i32) {
    if is_care { (152, 168) } else { (100, 114) }
}

impl Screen for Tasks {
    /// The queue that the address names.
    type Arg = Option<Queue>;
    type Msg = Msg;

    const TOPICS: &'static [Topic] = &[Topic::Incidents, Topic::Outbox];

    fn open(queue: &Option<Queue>, env: &Env) -> (Self, Vec<Effect<Msg>>) {
        let left = LEFT.with_borrow_mut(Option::take).filter(|left| queue.is_none_or(|queue| queue == left.queue));
        if let Some(mut left) = left {
            let top = left.window.top();
            left.is_help_open = false;
            left.choice = None;
            left.batch = None;
            left.is_asking = false;
            let mut effects = left.refresh();
            effects.push(Effect::ScrollTo(top));
            return (left, effects);
        }
        let mut page = Self {
            queue: queue.unwrap_or(first_queue(env.role())),
            query: String::new(),
            searched: String::new(),
            list: Load::Waiting,
            asked: Vec::new(),
            asked_count: 0,
            is_asked: env.role() == Role::Dispatcher,
            departed: Vec::new(),
            error: None,
            copied: None,
            is_accepting: accepts(env.role()),
            choice: None,
            batch: None,
            batches: 0,
            is_help_open: false,
            is_care: env.settings.care,
            window: Window::new(row_heights(env.settings.care).1),
            typed: 0,
            question: 0,
            incoming: Vec::new(),
            incoming_queues: Vec::new(),
            is_loading_more: false,
            is_asking: false,
            is_outdated: false,
        };
        let effects = page.refresh();
        (page, effects)
    }

    fn update(&mut self, msg: Msg) -> Vec<Effect<Msg>> {
        match msg {
            Msg::Open(queue) if queue != self.queue || !self.query.is_empty() => {
                self.queue = queue;
                self.choice = None;
                self.batch = None;
                self.query.clear();
                self.typed += 1;
                return self.ask_from_top();
            }
            Msg::Choose(msg) => return self.choose(msg),
            Msg::Typed(query) => {
                self.query = query;
                self.typed += 1;
                return vec![Effect::After { ms: SEARCH_DEBOUNCE_MS, msg: Msg::Pause(self.typed) }];
            }
            Msg::Pause(typed) if typed == self.typed => return self.ask_from_top(),
            Msg::Read(question, wanted, result) if question == self.question => return self.take_page(wanted, result),
            Msg::ReadMore(question, result) if question == self.question => return self.take_more(result),
            Msg::ReadAsked(Ok(page)) => {
                self.asked_count = page.total;
                self.asked = page.rows;
                self.asked.truncate(ASKED_ROWS);
            }
            Msg::ReadDeparted(Ok(steps)) => self.departed = steps,
            Msg::Dismiss(step) => {
                let request = DismissDepartedStep { step };
                return vec![Effect::ask(&request, move |result| Msg::Dismissed(step, result))];
            }
            Msg::Dismissed(step, Ok(())) => {
                self.error = None;
                self.departed.retain(|other| other.step != step);
            }
            Msg::Dismissed(_, Err(error)) => self.error = Some(error),
            Msg::Copy(step) => {
                let Some(step) = self.departed.iter().find(|other| other.step == step) else { return Vec::new() };
                return vec![Effect::Copy { text: step.text.clone(), then: Box::new(Msg::Copied) }];
            }
            Msg::Copied(is_done) => self.copied = Some(is_done),
            Msg::Scrolled(top, height) => {
                self.window.scroll(top, height);
                return self.read_ahead();
            }
            Msg::Help(is_open) => {
                self.is_help_open = is_open;
                return vec![Effect::Focus(if is_open { "sheet-title" } else { OPENER_ID })];
            }
            Msg::Open(_)
            | Msg::Pause(_)
            | Msg::Read(..)
            | Msg::ReadMore(..)
            | Msg::ReadAsked(Err(_))
            | Msg::ReadDeparted(Err(_)) => {}
        }
        Vec::new()
    }

    fn refresh(&mut self) -> Vec<Effect<Msg>> {
        // Under many changes the list is read again and again, not begun again and again.
        if self.is_asking {
            self.is_outdated = true;
            return Vec::new();
        }
        let shown = self.list.ready().map_or(0, |list| list.rows.len());
        let mut effects = vec![self.ask(shown), Effect::ask(&ListDepartedSteps {}, Msg::ReadDeparted)];
        if self.is_asked {
            let request = ListIncidents { queue: Queue::Requests, ..ListIncidents::default() };
            effects.push(Effect::ask(&request, Msg::ReadAsked));
        }
        effects
    }

    fn find_shortcut(&self, key: char) -> Option<Msg> {
        match key {
            '?' => Some(Msg::Help(!self.is_help_open)),
            'z' if self.batch.as_ref().is_some_and(|batch| batch.can_undo) => Some(Msg::Choose(ChooseMsg::Undo)),
            _ => None,
        }
    }

    fn pause(&mut self) -> Vec<Effect<Msg>> {
        self.send_batch().into_iter().collect()
    }

    fn remember(&self) {
        LEFT.set(Some(self.clone()));
    }

    fn sheets(&self) -> u32 {
        u32::from(self.is_help_open)
    }

    fn close_sheet(&mut self) -> Vec<Effect<Msg>> {
        self.update(Msg::Help(false))
    }

    fn view(&self, env: &Env, on: &Callback<Msg>) -> Html {
        view::draw(self, env, on)
    }
}

impl Tasks {
    fn is_searching(&self) -> bool {
        !self.searched.is_empty()
    }

    /// The queue that is shown: what is looked for is looked for in everything on this device, or among one's own.
    fn shown(&self) -> Queue {
        if self.is_searching() && self.queue != Queue::Mine { Queue::All } else { self.queue }
    }

    fn request(&self, after: Option<&IncidentRow>, rows: usize) -> ListIncidents {
        ListIncidents {
            queue: self.queue,
            query: self.searched.clone(),
            after: after.map(|row| row.id),
            rows: u32::try_from(rows).ok().filter(|rows| *rows > 0),
        }
    }

    /// Asks for a new list of at least `wanted` rows.
    fn ask(&mut self, wanted: usize) -> Effect<Msg> {
        self.question += 1;
        self.searched = self.query.trim().to_owned();
        self.incoming = Vec::new();
        self.is_loading_more = false;
        self.is_asking = true;
        self.is_outdated = false;
        self.ask_page(wanted)
    }

    fn ask_page(&self, wanted: usize) -> Effect<Msg> {
        let question = self.question;
        Effect::ask(&self.request(self.incoming.last(), wanted - self.incoming.len()), move |result| {
            Msg::Read(question, wanted, result)
        })
    }

    fn ask_from_top(&mut self) -> Vec<Effect<Msg>> {
        self.window.scroll_to_top();
        vec![self.ask(0), Effect::ScrollTo(0)]
    }

    fn take_page(&mut self, wanted: usize, result: Result<IncidentPage, CommandError>) -> Vec<Effect<Msg>> {
        let page = match result {
            Ok(page) => page,
            Err(error) => {
                self.is_asking = false;
                self.list.take(Err(error));
                return Vec::new();
            }
        };
        self.incoming.extend(page.rows);
        if !page.queues.is_empty() {
            self.incoming_queues = page.queues;
        }
        if self.incoming.len() < wanted && page.has_more {
            return vec![self.ask_page(wanted)];
        }
        self.is_asking = false;
        let rows = std::mem::take(&mut self.incoming);
        let queues = std::mem::take(&mut self.incoming_queues);
        self.list.take(Ok(List { rows, has_more: page.has_more, total: page.total, queues }));
        self.keep_choice();
        self.measure();
        if self.is_outdated { self.refresh() } else { self.read_ahead() }
    }

    fn take_more(&mut self, result: Result<IncidentPage, CommandError>) -> Vec<Effect<Msg>> {
        self.is_loading_more = false;
        let (Some(list), Ok(page)) = (self.list.ready_mut(), result) else { return Vec::new() };
        list.rows.extend(page.rows);
        list.has_more = page.has_more;
        list.total = page.total;
        self.measure();
        self.read_ahead()
    }

    fn measure(&mut self) {
        let (without, with) = row_heights(self.is_care);
        let rows = self.list.ready().map(|list| list.rows.as_slice()).unwrap_or_default();
        let heights: Vec<i32> = rows.iter().map(|row| if row.limit.is_some() { with } else { without }).collect();
        self.window.measure(&heights);
    }

    /// Asks for the next page when the window comes near the end of what is loaded.
    fn read_ahead(&mut self) -> Vec<Effect<Msg>> {
        let Some(list) = self.list.ready().filter(|list| list.has_more && !self.is_loading_more && !self.is_asking)
        else {
            return Vec::new();
        };
        if self.window.rows().end + READ_AHEAD_ROWS < list.rows.len() {
            return Vec::new();
        }
        let question = self.question;
        let request = self.request(list.rows.last(), 0);
        self.is_loading_more = true;
        vec![Effect::ask(&request, move |result| Msg::ReadMore(question, result))]
    }

    /// How much is in a queue, as far as is known; own steps that have left with their incidents are added to 未生效.
    fn count_of(&self, queue: &QueueCount) -> u64 {
        let departed = if queue.queue == Queue::Futile { self.departed.len() as u64 } else { 0 };
        queue.count + departed
    }
}
