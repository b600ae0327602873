//! What differs between a desktop and a phone: two files with the same functions, laid side by side.

#[cfg(desktop)]
mod desktop;
#[cfg(mobile)]
mod mobile;

#[cfg(desktop)]
pub(crate) use desktop::{add_plugins, arguments, complain, widen_for_desk};
#[cfg(mobile)]
pub(crate) use mobile::{add_plugins, arguments, complain, widen_for_desk};
