//! What the list does while somebody types, scrolls and comes back.

use contract::ListHouseholds;

use super::*;
use crate::tests::sample;

fn open() -> Households {
    forget_list();
    Households::open(&false, &sample::worker()).0
}

fn rows(count: u32) -> Vec<HouseholdRow> {
    (0..count).map(sample::household).collect()
}

fn page(count: u32, total: u64) -> HouseholdPage {
    let next = (u64::from(count) < total).then(|| PageKey { sort: "x".into(), id: count.to_string() });
    HouseholdPage { next, ..sample::household_page(rows(count), total) }
}

fn queries(effects: &[Effect<Msg>]) -> Vec<ListHouseholds> {
    effects.iter().filter_map(Effect::asked).collect()
}

#[test]
fn typing_asks_once_after_the_last_key() {
    let mut list = open();
    for text in ["w", "wx", "wxl"] {
        let effects = list.update(Msg::Typed(text.into()));
        assert!(matches!(effects[..], [Effect::After { ms: 120, .. }]));
    }
    assert!(list.update(Msg::Pause(1)).is_empty());
    assert!(list.update(Msg::Pause(2)).is_empty());
    let asked = queries(&list.update(Msg::Pause(3)));
    assert_eq!(asked.len(), 1);
    assert_eq!(asked[0].query, "wxl");
}

#[test]
fn a_slow_answer_to_an_older_question_is_dropped() {
    let mut list = open();
    list.update(Msg::Read(1, 0, Ok(page(3, 3))));
    list.update(Msg::Typed("王".into()));
    list.update(Msg::Pause(1));
    list.update(Msg::Read(1, 0, Ok(page(40, 40))));
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(3), "the old rows stay until the new are there");
    assert_eq!(list.list.ready().map(|list| list.query.as_str()), Some(""), "the count still says what it counts");
    list.update(Msg::Read(2, 0, Ok(page(1, 1))));
    assert_eq!(list.list.ready().map(|list| list.query.as_str()), Some("王"));
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(1));
}

#[test]
fn ten_thousand_rows_are_fetched_as_one_scrolls_and_few_are_drawn() {
    let mut list = open();
    let more = list.update(Msg::Read(1, 0, Ok(page(50, 10_000))));
    assert_eq!(queries(&more).len(), 0, "the first page is enough for the first window");
    let more = list.update(Msg::Scrolled(2_000, 700));
    assert_eq!(queries(&more)[0].after.as_ref().map(|key| key.id.as_str()), Some("50"));
    assert!(list.update(Msg::Scrolled(2_100, 700)).is_empty(), "one page at a time");
    list.update(Msg::ReadMore(1, Ok(page(50, 10_000))));
    assert!(list.window.rows().len() < 40, "{:?}", list.window.rows());
    let (above, below) = list.window.padding(10_000);
    let drawn: i32 = list.window.rows().map(|row| list.window.row_height(row)).sum();
    assert_eq!(above + drawn + below, 10_000 * 76, "the bar at the side tells the truth");
}

#[test]
fn a_change_elsewhere_exchanges_all_rows_at_once() {
    let mut list = open();
    list.update(Msg::Read(1, 0, Ok(page(50, 100))));
    list.update(Msg::Scrolled(2_000, 700));
    list.update(Msg::ReadMore(1, Ok(page(50, 100))));
    list.refresh();
    let effects = list.update(Msg::Read(2, 100, Ok(page(50, 100))));
    assert_eq!(queries(&effects).len(), 1, "as many rows as are shown are read before they are exchanged");
    assert_eq!(list.list.ready().map(|list| list.rows.len()), Some(100));
}

#[test]
fn coming_back_finds_the_list_as_it_was_left() {
    let mut list = open();
    list.update(Msg::Toggle(Chip::Week));
    list.update(Msg::Read(2, 0, Ok(page(50, 60))));
    list.update(Msg::Scrolled(800, 700));
    list.remember();
    let (back, effects) = Households::open(&false, &sample::worker());
    assert_eq!(back.filter.due, DueFilter::ThisWeek);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::ScrollTo(800))));
    assert_eq!(back.list.ready().map(|list| list.rows.len()), Some(50));
}

#[test]
fn chips_are_switched_off_by_a_second_tap() {
    let mut list = open();
    assert_eq!(queries(&list.update(Msg::Toggle(Chip::Overdue)))[0].due, DueFilter::Overdue);
    assert_eq!(queries(&list.update(Msg::Toggle(Chip::Week)))[0].due, DueFilter::ThisWeek);
    assert_eq!(queries(&list.update(Msg::Toggle(Chip::Week)))[0].due, DueFilter::Any);
}

#[test]
fn clearing_the_search_asks_at_once() {
    let mut list = open();
    list.update(Msg::Typed("王".into()));
    list.update(Msg::Pause(1));
    assert_eq!(queries(&list.update(Msg::Typed(String::new())))[0].query, "");
}

#[test]
fn by_door_a_stairwell_has_one_heading_and_its_first_row_is_higher() {
    let mut list = open();
    let asked = queries(&list.update(Msg::Order(HouseholdOrder::Door)));
    assert_eq!(asked[0].order, HouseholdOrder::Door);
    let mut rows = rows(4);
    rows[2].place.unit = "2单元".into();
    rows[3].place.unit = "2单元".into();
    list.update(Msg::Read(2, 0, Ok(sample::household_page(rows, 4))));
    assert_eq!((0..4).map(|row| list.window.row_height(row)).collect::<Vec<_>>(), [116, 76, 116, 76]);
    // The order lasts when the tab is opened again; filters do not.
    let again = open();
    assert_eq!(again.filter.order, HouseholdOrder::Door);
    list.update(Msg::Order(HouseholdOrder::Due));
    list.update(Msg::Read(3, 0, Ok(page(4, 4))));
    assert_eq!(list.window.row_height(0), 76);
}
