//! 通知: what the district tells its people. Urgent ones first; what was opened here is known to this phone alone.

mod list;
mod notice;

#[cfg(test)]
mod tests;

#[cfg(test)]
pub(crate) use list::Msg as ListMsg;
pub(crate) use list::Notices;
#[cfg(test)]
pub(crate) use notice::Msg as NoticeMsg;
pub(crate) use notice::Notice;
