//! What was not accepted is read, copied, put away and brought back.

use contract::{BringBack, ErrorCode, ListPutAway, PutAway};

use super::*;
use crate::tests::sample;

fn open() -> Me {
    let (mut page, _) = Me::open(&false, &sample::worker());
    page.update(Msg::ReadUnsent(Ok(sample::unsent_page())));
    page
}

fn stuck(page: &Me) -> Vec<&UnsentRow> {
    let rows = page.unsent.ready().map(|page| page.rows.as_slice()).unwrap_or_default();
    rows.iter().filter(|row| matches!(row.state, RecordState::Refused { .. })).collect()
}

#[test]
fn one_tap_puts_it_away_and_one_brings_it_back() {
    let mut page = open();
    let record = stuck(&page)[0].record;
    let mut effects = page.update(Msg::Stuck(StuckMsg::PutAway(record)));
    assert_eq!(effects[0].asked::<PutAway>().map(|asked| asked.record), Some(record));
    page.update(effects.remove(0).answer::<PutAway>(Ok(())));
    assert!(stuck(&page).is_empty());
    assert_eq!(page.unsent.ready().map(|page| (page.total, page.put_away)), Some((3, 1)));
    let mut effects = page.update(Msg::Stuck(StuckMsg::BringBack(record)));
    assert_eq!(effects[0].asked::<BringBack>().map(|asked| asked.record), Some(record));
    let after = page.update(effects.remove(0).answer::<BringBack>(Ok(())));
    assert!(after.iter().any(|effect| effect.asked::<ListUnsent>().is_some()), "the list is read again");
}

#[test]
fn what_could_not_be_put_away_stays_with_the_reason() {
    let mut page = open();
    let record = stuck(&page)[0].record;
    let mut effects = page.update(Msg::Stuck(StuckMsg::PutAway(record)));
    page.update(effects.remove(0).answer::<PutAway>(Err(CommandError::new(ErrorCode::StorageFull))));
    assert_eq!((stuck(&page).len(), page.error.is_some()), (1, true));
}

#[test]
fn the_words_are_copied_with_the_names_of_their_fields() {
    let mut page = open();
    let record = stuck(&page)[0].record;
    let effects = page.update(Msg::Stuck(StuckMsg::Copy(record, false)));
    let [Effect::Copy { text, .. }] = effects.as_slice() else { panic!("copied") };
    assert_eq!(text, "修改 5栋2单元601\n与户主关系：儿子\n备注：门铃坏，敲门要用力");
}

#[test]
fn what_was_put_away_is_found_when_somebody_asks_for_it() {
    let mut page = open();
    assert!(!page.refresh().iter().any(|effect| effect.asked::<ListPutAway>().is_some()), "nobody asked");
    let mut effects = page.update(Msg::Stuck(StuckMsg::Open(true)));
    page.update(effects.remove(0).answer::<ListPutAway>(Ok(sample::put_away_page())));
    assert!(page.refresh().iter().any(|effect| effect.asked::<ListPutAway>().is_some()), "it is kept up to date");
    let record = sample::put_away_page().rows[0].record;
    let effects = page.update(Msg::Stuck(StuckMsg::Copy(record, true)));
    assert!(matches!(effects.as_slice(), [Effect::Copy { text, .. }] if text.contains("老人白天在儿子家")));
}
