//! How every page works: a state, messages, and the effects a message asks for.
//!
//! A page is a [`Screen`]: plain data with a pure `update`, so that what a tap does is tested natively. [`Host`] runs
//! it in the window: it draws `view`, performs effects (ask the companion, wait, go somewhere) and feeds the answers
//! back as messages. Answers that arrive after the page was left are dropped; what they did is done.
//!
//! One rule for everything typed: it leaves the screen by being stored, or by a choice that can be undone ([`Undo`]).
//!
//! Rejected: one global store. Pages share nothing but the session and the sync summary ([`Env`]).

mod autosave;
mod effect;
mod env;
mod form_draft;
mod host;
mod undo;

use contract::{CommandError, Topic};
use yew::{Callback, Html};

pub(crate) use autosave::{Autosave, SAVE_DEBOUNCE_MS, SaveState};
pub(crate) use effect::{Effect, read_reply};
pub(crate) use env::{Env, Pane, Revision};
pub(crate) use form_draft::{DraftMsg, FormDraft, Turn};
pub(crate) use host::{Opener, close_top_sheet, draw_host, forget_pages};
pub(crate) use undo::Undo;

/// A page as data.
pub(crate) trait Screen: Sized + 'static {
    /// What the address says: which household, which draft.
    type Arg: Clone + PartialEq + 'static;
    /// What can happen on the page.
    type Msg: 'static;

    /// Changes of these make the page ask again.
    const TOPICS: &'static [Topic];

    /// The page when it is opened.
    fn open(arg: &Self::Arg, env: &Env) -> (Self, Vec<Effect<Self::Msg>>);

    /// What a message does.
    fn update(&mut self, msg: Self::Msg) -> Vec<Effect<Self::Msg>>;

    /// Something in [`Self::TOPICS`] changed.
    fn refresh(&mut self) -> Vec<Effect<Self::Msg>> {
        Vec::new()
    }

    /// The page is left, or the app goes to the background: what was typed must be written now.
    fn pause(&mut self) -> Vec<Effect<Self::Msg>> {
        Vec::new()
    }

    /// What a key on its own does here; asked only while nobody types.
    fn find_shortcut(&self, _key: char) -> Option<Self::Msg> {
        None
    }

    /// Keeps what should be found again when the page is opened the next time.
    fn remember(&self) {}

    /// Whether everything typed here is stored. A page that is left before waits for whoever comes back to it.
    fn is_settled(&self) -> bool {
        true
    }

    /// How many sheets lie over the page.
    fn sheets(&self) -> u32 {
        0
    }

    /// The topmost sheet is left by Back: it closes as by its own button.
    fn close_sheet(&mut self) -> Vec<Effect<Self::Msg>> {
        Vec::new()
    }

    /// The page has another part of the window: a desk became a phone, or the other way round.
    fn move_to(&mut self, _pane: Pane) {}

    /// Draws the page.
    fn view(&self, env: &Env, on: &Callback<Self::Msg>) -> Html;
}

/// Something that is read from the companion.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Load<T> {
    /// Asked for, not answered yet.
    Waiting,
    /// Here.
    Ready(T),
    /// It could not be read.
    Failed(CommandError),
}

impl<T> Load<T> {
    /// Takes an answer. A failed refresh does not take away what is already shown.
    pub(crate) fn take(&mut self, result: Result<T, CommandError>) {
        match (result, &self) {
            (Ok(value), _) => *self = Self::Ready(value),
            (Err(_), Self::Ready(_)) => {}
            (Err(error), _) => *self = Self::Failed(error),
        }
    }

    /// What was read, if it is here.
    pub(crate) const fn ready(&self) -> Option<&T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Waiting | Self::Failed(_) => None,
        }
    }

    /// What was read, to be changed.
    pub(crate) const fn ready_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Ready(value) => Some(value),
            Self::Waiting | Self::Failed(_) => None,
        }
    }
}
