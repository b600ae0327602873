//! Opening a notice is reading it.

use contract::ReadNotice;

use super::*;
use crate::state::Screen as _;
use crate::tests::{sample, sample_services};

#[test]
fn a_new_notice_is_noted_once() {
    let (mut page, _) = Notice::open(&"storm-2026".to_owned(), &sample::worker());
    let mut effects = page.update(NoticeMsg::Read(Ok(sample_services::notices())));
    assert_eq!(effects[0].asked::<ReadNotice>().map(|asked| asked.id), Some("storm-2026".to_owned()));
    let noted = effects.remove(0).answer::<ReadNotice>(Ok(()));
    assert!(page.update(noted).is_empty());
    let mut read = sample_services::notices();
    read[0].is_read = true;
    assert!(page.update(NoticeMsg::Read(Ok(read))).is_empty());
}

#[test]
fn a_notice_that_was_read_before_is_only_shown() {
    let (mut page, _) = Notice::open(&"clinic-hours".to_owned(), &sample::worker());
    assert!(page.update(NoticeMsg::Read(Ok(sample_services::notices()))).is_empty());
}
