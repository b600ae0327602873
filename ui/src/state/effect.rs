//! What a message asks the window to do.

use std::any::Any;

use contract::domain::incident::Point;
use contract::{Command, CommandError, ErrorCode, SessionView};

use crate::browser::PlaceError;
use crate::i18n::describe;
use crate::route::Route;

/// A message of any page.
pub(crate) type AnyMsg = Box<dyn Any>;

/// One piece of work for the window.
pub(crate) enum Effect<M> {
    /// Ask the companion; the answer comes back as a message.
    Ask(Ask<M>),
    /// Send this message after a while.
    After {
        /// How long, in milliseconds.
        ms: u32,
        /// The message.
        msg: M,
    },
    /// Open a page in place of this one, so that "back" does not return here.
    Replace(Route),
    /// Go back to where the person came from; to this page if there is nowhere.
    Back(Route),
    /// Tell the app about a new session.
    Session(Box<SessionView>),
    /// Read a code out of a picture.
    Scan {
        /// The picture.
        file: web_sys::File,
        /// The message: what the code says, or nothing when none was found.
        then: Box<dyn FnOnce(Option<String>) -> M>,
    },
    /// Move the focus to the element with this id once it is drawn; [`crate::browser::OPENER_ID`]: back to what opened
    /// the sheet that closes.
    Focus(&'static str),
    /// Lead to the field with this id, which something is wrong with, once it is drawn.
    FocusField(String),
    /// Bring the element with this id into view once it is drawn, as far as it is not.
    Reveal(&'static str),
    /// Put a text on the clipboard; the message says whether that was possible.
    Copy {
        /// The text.
        text: String,
        /// The message.
        then: Box<dyn FnOnce(bool) -> M>,
    },
    /// Ask where this device is.
    Locate(Box<dyn FnOnce(Result<Point, PlaceError>) -> M>),
    /// Scroll the page's panel to its top, or to this offset in pixels.
    ScrollTo(i32),
}

/// A question to the companion, with the way back.
pub(crate) struct Ask<M> {
    /// The command's name.
    pub(crate) name: &'static str,
    /// The request as JSON.
    pub(crate) body: String,
    /// Makes the message out of the answer.
    pub(crate) then: Box<dyn FnOnce(Result<String, CommandError>) -> M>,
}

impl<M> Effect<M> {
    /// Asks the companion.
    pub(crate) fn ask<C: Command>(
        request: &C,
        then: impl FnOnce(Result<C::Reply, CommandError>) -> M + 'static,
    ) -> Self {
        let body = serde_json::to_string(request).expect("requests are plain data with string keys");
        Self::Ask(Ask {
            name: C::NAME,
            body,
            then: Box::new(move |answer| then(answer.and_then(|json| read_reply(&json)))),
        })
    }
}

impl<M: 'static> Effect<M> {
    /// The same work, answered with a message of any page.
    pub(crate) fn erase(self) -> Effect<AnyMsg> {
        match self {
            Self::Ask(Ask { name, body, then }) => Effect::Ask(Ask { name, body, then: erase_answer(then) }),
            Self::After { ms, msg } => Effect::After { ms, msg: Box::new(msg) },
            Self::Replace(route) => Effect::Replace(route),
            Self::Back(route) => Effect::Back(route),
            Self::Session(session) => Effect::Session(session),
            Self::Scan { file, then } => Effect::Scan { file, then: erase_answer(then) },
            Self::Focus(id) => Effect::Focus(id),
            Self::FocusField(id) => Effect::FocusField(id),
            Self::Reveal(id) => Effect::Reveal(id),
            Self::Copy { text, then } => Effect::Copy { text, then: erase_answer(then) },
            Self::Locate(then) => Effect::Locate(erase_answer(then)),
            Self::ScrollTo(top) => Effect::ScrollTo(top),
        }
    }
}

fn erase_answer<A: 'static, M: 'static>(then: Box<dyn FnOnce(A) -> M>) -> Box<dyn FnOnce(A) -> AnyMsg> {
    Box::new(move |answer| Box::new(then(answer)))
}

/// Reads a reply; one that does not fit is a mismatch of UI and companion.
pub(crate) fn read_reply<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, CommandError> {
    crate::ipc::read(json)
        .map_err(|error| CommandError::new(ErrorCode::BadRequest).with_detail(describe(ErrorCode::BadRequest, error)))
}

#[cfg(test)]
impl<M> Effect<M> {
    /// In tests: the question, if this is one.
    pub(crate) fn asked<C: Command>(&self) -> Option<C> {
        match self {
            Self::Ask(ask) if ask.name == C::NAME => serde_json::from_str(&ask.body).ok(),
            _ => None,
        }
    }

    /// In tests: the message that the answer to this question makes.
    pub(crate) fn answer<C: Command>(self, reply: Result<C::Reply, CommandError>) -> M {
        let Self::Ask(ask) = self else { panic!("not a question") };
        assert_eq!(ask.name, C::NAME);
        (ask.then)(reply.map(|reply| serde_json::to_string(&reply).expect("plain data")))
    }
}
