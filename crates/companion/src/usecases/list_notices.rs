//! `list_notices`, `read_notice`: what the district wants known today, and what was opened here.
//!
//! A notice that begins anew under its old code (the water is off once more) counts as new.

use std::collections::{BTreeMap, BTreeSet};

use contract::{ListNotices, NoticeView, ReadNotice, Topic};
use domain::LocalDate;
use domain::notice::{Notice, Notices, list_current};

use super::UseCase;
use super::units::own_grids;
use crate::companion::Companion;
use crate::error::Failure;
use crate::store::StoreError;
use crate::store::reference::read_notices;
use crate::store::setting::{NOTICES_READ, put_setting, read_setting};

/// Notices that were opened here, with the day from which they hold.
type Opened = BTreeMap<String, LocalDate>;

impl UseCase for ListNotices {
    fn run(self, companion: &mut Companion) -> Result<Vec<NoticeView>, Failure> {
        let (notices, opened) = read_both(companion)?;
        let view = |notice: &Notice| NoticeView {
            id: notice.id.clone(),
            title: notice.title.clone(),
            text: notice.text.clone(),
            from: notice.from,
            until: notice.until,
            is_urgent: notice.is_urgent,
            is_read: is_opened(&opened, notice),
        };
        Ok(list_here(companion, &notices).into_iter().map(view).collect())
    }
}

impl UseCase for ReadNotice {
    fn run(self, companion: &mut Companion) -> Result<(), Failure> {
        let (notices, mut opened) = read_both(companion)?;
        // One that was taken back while it was on the screen needs no mark.
        let Some(notice) = notices.iter().find(|notice| notice.id == self.id && !is_opened(&opened, notice)) else {
            return Ok(());
        };
        opened.insert(notice.id.clone(), notice.from);
        opened.retain(|id, _| notices.iter().any(|notice| notice.id == *id));
        companion.store.write::<_, Failure>(|writing| Ok(put_setting(writing, NOTICES_READ, &opened)?))?;
        companion.mark_changed([Topic::Session]);
        Ok(())
    }
}

/// How many of today's notices were not opened here.
pub(super) fn count_unread(companion: &Companion) -> Result<u64, StoreError> {
    let (notices, opened) = read_both(companion)?;
    Ok(list_here(companion, &notices).into_iter().filter(|notice| !is_opened(&opened, notice)).count() as u64)
}

fn read_both(companion: &Companion) -> Result<(Notices, Opened), StoreError> {
    let db = companion.store.read();
    Ok((read_notices(db)?, read_setting(db, NOTICES_READ)?.unwrap_or_default()))
}

/// Today's notices for any of the account's grids; without a grid those of everywhere.
fn list_here<'a>(companion: &Companion, notices: &'a Notices) -> Vec<&'a Notice> {
    let today = companion.today();
    let mut all = list_current(notices, None, today);
    let grids = companion.account().map(own_grids).unwrap_or_default();
    if !grids.is_empty() {
        let here: BTreeSet<&str> =
            grids.iter().flat_map(|grid| list_current(notices, Some(grid), today)).map(|n| n.id.as_str()).collect();
        all.retain(|notice| here.contains(notice.id.as_str()));
    }
    all
}

fn is_opened(opened: &Opened, notice: &Notice) -> bool {
    opened.get(&notice.id) == Some(&notice.from)
}
