//! A phone whose clock is wrong, and a ledger that already holds what such a phone wrote.

use contract::{GetHousehold, GetSession, GetToday, ListUnsent, OpenVisitForm, SaveVisitForm};
use domain::codes::Outcome;
use domain::household::VisitMark;
use domain::{DueState, UnixMillis};

use super::district::District;
use super::phone::{Phone, TODAY, home, worker};
use crate::store::record::read_record;

const YEARS_MS: i64 = 4 * 365 * UnixMillis::DAY_MS;

fn in_2030() -> VisitMark {
    VisitMark { at: UnixMillis::start_of(TODAY).plus_ms(YEARS_MS), outcome: Outcome::Met }
}

#[test]
fn a_card_that_says_visited_in_2030_is_due_like_any_other_and_the_next_visit_mends_it() {
    let mut phone = Phone::of_worker();
    let (mut household, _) = home("402", &[("王秀兰", "")]);
    household.last_visit = Some(in_2030());
    phone.receive(&household);
    let row = phone.run(GetHousehold { id: household.id }).row;
    assert_eq!((row.due, row.last_visit), (DueState::DueToday, None));
    assert_eq!(phone.run(GetToday {}).due.len(), 1);
    let receipt = phone.visit(household.id, |form| form.outcome = Some(Outcome::Met));
    let row = phone.run(GetHousehold { id: household.id }).row;
    assert_eq!(row.due, DueState::DueIn { days: 182 });
    let card: domain::Household =
        read_record(phone.companion.store.read(), household.id.into()).expect("store").expect("here").record;
    let mark = card.last_visit.expect("a mark");
    assert!(mark.at <= receipt.at, "the card itself is mended, for every phone: {mark:?}");
}

#[test]
fn what_was_shown_under_a_clock_in_2030_is_shown_anew_after_the_first_round() {
    let (mut district, mut phone) = (District::new(), Phone::of(worker()));
    phone.set_clock_wrong_by(YEARS_MS);
    let id = phone.receive_home("402", &[("王秀兰", "")]);
    phone.visit(id, |form| form.outcome = Some(Outcome::Met));
    let seen = phone.run(GetHousehold { id }).row.due;
    assert_eq!(seen, DueState::DueIn { days: 182 }, "in 2030 everything is as usual");
    let opened = phone.run(OpenVisitForm { household: id, draft: None });
    let form = contract::VisitForm { note: "约了明天".into(), ..opened.form };
    phone.run(SaveVisitForm { draft: opened.draft, form });
    phone.wait_minutes(60);
    district.now = district.now.plus_ms(60 * 60_000);
    district.sync(&mut phone);
    assert_eq!(phone.run(GetSession {}).server_ahead_ms, district.now.since_ms(phone.companion.device_now()));
    let today = phone.run(GetToday {});
    assert_eq!((today.date, today.due.len()), (TODAY, 1), "a mark of 2030 puts nothing off");
    assert!(today.drafts[0].at <= phone.companion.now());
    let rows = phone.run(ListUnsent::default()).rows;
    assert!(!rows.is_empty() && rows.iter().all(|row| row.at <= phone.companion.now()));
    phone.visit(id, |form| form.outcome = Some(Outcome::Met));
    let row = phone.run(GetHousehold { id }).row;
    assert_eq!(row.due, DueState::DueIn { days: 182 });
    assert_eq!(row.last_visit.expect("a mark").at.local_date(), TODAY);
}
