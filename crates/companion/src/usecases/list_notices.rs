//! `list_notices`, `read_notice`: what the district wants everybody to know.

use contract::{ListNotices, NoticeView, ReadNotice};

use super::UseCase;
use crate::companion::Companion;
use crate::error::Failure;

impl UseCase for ListNotices {
    fn run(self, companion: &mut Companion) -> Result<Vec<NoticeView>, Failure> {
        companion.require_account()?;
        Ok(Vec::new())
    }
}

impl UseCase for ReadNotice {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        companion.require_account()?;
        Ok(())
    }
}
