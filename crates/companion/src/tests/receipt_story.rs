//! After a visit: what was made, what became of it, and which door is next.

use contract::{GetVisitReceipt, RecordState};
use domain::codes::Outcome;
use domain::time::add_days;
use domain::{Household, HouseholdId, LocalDate};

use super::phone::{Phone, TODAY, building, home};

/// A household of this building and stairwell, due on this day.
fn door(phone: &mut Phone, place: (u32, &str, &str), due: LocalDate) -> HouseholdId {
    let (number, unit, room) = place;
    let (household, _) = home(&format!("{number}{unit}{room}"), &[("王秀兰", "")]);
    let mut household = Household { building: building(number), first_due: Some(due), ..household };
    household.place.building = format!("{number}栋");
    household.place.unit = format!("{unit}单元");
    household.place.room = room.into();
    phone.receive(&household);
    household.id
}

fn next_after(phone: &mut Phone, household: HouseholdId, outcome: Outcome) -> Option<String> {
    phone.visit(household, |form| form.outcome = Some(outcome)).next.map(|row| row.place.door())
}

#[test]
fn the_next_door_is_upstairs_then_below_then_in_the_building_then_where_it_is_most_overdue() {
    let mut phone = Phone::of_worker();
    let soon = add_days(TODAY, 3);
    let here = door(&mut phone, (1, "2", "402"), TODAY);
    let up = door(&mut phone, (1, "2", "1001"), soon);
    let upper = door(&mut phone, (1, "2", "501"), soon);
    let below = door(&mut phone, (1, "2", "301"), TODAY);
    let other_stairs = door(&mut phone, (1, "1", "101"), soon);
    let next_building = door(&mut phone, (2, "1", "101"), TODAY);
    let overdue = door(&mut phone, (3, "1", "101"), add_days(TODAY, -9));
    door(&mut phone, (1, "2", "502"), add_days(TODAY, 40));

    let way = [here, upper, up, below, other_stairs, overdue, next_building];
    let next = way.map(|door| next_after(&mut phone, door, Outcome::Met).unwrap_or_default());
    let doors = ["1栋2单元501", "1栋2单元1001", "1栋2单元301", "1栋1单元101", "3栋1单元101", "2栋1单元101", ""];
    assert_eq!(next, doors, "and at the end nothing is due");
}

#[test]
fn a_door_that_stayed_shut_today_is_not_the_next_one() {
    let mut phone = Phone::of_worker();
    let shut = door(&mut phone, (1, "1", "201"), TODAY);
    let here = door(&mut phone, (1, "1", "101"), TODAY);
    assert_eq!(next_after(&mut phone, shut, Outcome::Absent).as_deref(), Some("1栋1单元101"));
    assert_eq!(next_after(&mut phone, here, Outcome::Met), None);
    phone.wait_minutes(24 * 60);
    let receipt = phone.visit(here, |form| form.outcome = Some(Outcome::Met));
    assert_eq!(receipt.next.map(|row| row.id), Some(shut), "tomorrow it is");
}

#[test]
fn the_receipt_says_what_became_of_the_visit() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let receipt = phone.visit(home, |form| form.outcome = Some(Outcome::Met));
    assert_eq!((receipt.door.as_str(), &receipt.state), ("1栋1单元402", &RecordState::Queued));
    let again = GetVisitReceipt { visit: receipt.visit };
    assert_eq!(phone.run(again.clone()), receipt, "it can be opened again");
    let answer = "UPDATE change SET state = 'refused', code = 'rule_broken', detail = 'note'";
    phone.companion.store.write::<_, crate::StoreError>(|writing| Ok(writing.execute(answer, [])?)).expect("answered");
    let RecordState::Refused { code, detail } = phone.run(again).state else { panic!("not refused") };
    assert_eq!((code.as_str(), detail.as_str()), ("rule_broken", "note"));
}
