//! The closed loop of an incident (群众吹哨、镇街派单、限时办结): one state machine, the same on every side.
//!
//! Why here: people act on many devices, often without network, and one incident must still have one truth. So a
//! device only ever appends a [`Transition`]; the server decides on each in one order and writes a [`Decision`]; where
//! an incident stands is the fold of the effective ones ([`Standing::of`]). A transition that came too late stays, with
//! its reason, and overwrites nothing.
//!
//! Flow: [`table`] says who may do what from where → [`decide()`] checks one transition against it → [`settle()`]
//! decides all that is undecided and adds what follows by itself → [`look`] lays a device's own undecided steps on top
//! → [`offer_steps`] says what a person may do next.
//!
//! Failure is a [`Refusal`], a value like any other; nothing here can fail otherwise, whatever a document holds.
//! Order is that of arrival at the server, never of device clocks: these may be wrong by days.
//!
//! Not here: who may write to an incident at all (`rights`), where it travels (`rights::collections`), and periods of
//! emergency, in which [`TimeRules`](crate::deadline::TimeRules) run round the clock.

mod decide;
mod effect;
mod outlook;
mod settle;
mod standing;
mod step;
pub mod table;
#[cfg(test)]
mod tests;

pub use decide::{REOPEN_LIMIT_MS, classify, decide, find_auto_close, has_capacity, is_sampled, may_book};
pub use effect::{Effect, latest_extension};
pub use outlook::{Outlook, Pending, StepOffer, look, offer_steps};
pub use settle::{Desk, SYSTEM_ACCOUNT, find_wake, settle};
pub use standing::{Appointment, Assignment, Request, Standing, State};
pub use step::{Booking, Decision, JOINT_LIMIT, Payload, Refusal, STEP_TEXT_LIMIT, Transition, TransitionKind};
pub use table::{Capacity, Need, Offline, Outcome, Rule, find_rule};

/// Call-backs that reach nobody before an incident is closed as unreachable.
pub const MAX_TRIES: u32 = 3;
