//! Phones whose clocks run years ahead: whoever knows the time believes none of what they date.

use documents::RecordDocument;
use domain::codes::Outcome;
use domain::flat::Scalar;
use domain::household::VisitMark;
use domain::{Household, UnixMillis};

use crate::people::*;

/// About four years, in seconds.
const YEARS: i64 = 4 * 365 * 86_400;

/// Wang's phone is right, Li's runs years ahead; both have written and have heard of each other.
fn merge(wang_does: fn(&mut Household), li_does: fn(&mut Household)) -> RecordDocument {
    let (mut wangs, _) = RecordDocument::create(&household(), &office(-1_000)).expect("created");
    let mut lis = RecordDocument::load(&wangs.save()).expect("loaded");
    edit(&mut wangs, &wang(10), wang_does);
    edit(&mut lis, &li(YEARS), li_does);
    deliver(&lis, &mut wangs);
    wangs
}

fn today() -> UnixMillis {
    at(3_600).horizon()
}

#[test]
fn a_name_from_a_phone_in_2030_is_not_shown_before_one_of_today_and_both_stand_on_the_card() {
    let document = merge(|home| home.contact_name = "钱二".into(), |home| home.contact_name = "孙三".into());
    let seen = document.read_until::<Household>(today()).expect("read");
    assert_eq!(seen.record.contact_name, "钱二");
    let text = |name: &str| Scalar::Text(name.to_owned());
    let names: Vec<_> = seen.conflicts[0].candidates.iter().map(|one| (one.value.clone(), one.shown)).collect();
    assert_eq!(names, [(text("钱二"), true), (text("孙三"), false)]);
    assert_eq!(document.read::<Household>().expect("read").record.contact_name, "孙三", "who knows no time");
}

#[test]
fn an_edit_of_something_else_leaves_the_card_as_it_is() {
    let mut document = merge(|home| home.contact_name = "钱二".into(), |home| home.contact_name = "孙三".into());
    let mut home = document.read_until::<Household>(today()).expect("read").record;
    home.note = "门铃坏了".into();
    document.edit_until(&home, &wang(3_600), today()).expect("edited").expect("differs");
    let seen = document.read_until::<Household>(today()).expect("read");
    assert_eq!((seen.record.note.as_str(), seen.conflicts.len()), ("门铃坏了", 1), "nobody has chosen");
}

#[test]
fn a_visit_of_2030_does_not_hide_one_of_today() {
    let mark = |seconds| Some(VisitMark { at: at(seconds), outcome: Outcome::Met });
    let (mut wangs, _) = RecordDocument::create(&household(), &office(-1_000)).expect("created");
    let mut lis = RecordDocument::load(&wangs.save()).expect("loaded");
    edit(&mut wangs, &wang(10), |home: &mut Household| home.last_visit = mark(10));
    edit(&mut lis, &li(YEARS), |home: &mut Household| home.last_visit = mark(YEARS));
    deliver(&lis, &mut wangs);
    assert_eq!(wangs.read_until::<Household>(today()).expect("read").record.last_visit, mark(10));
    let later = at(YEARS + 1).horizon();
    assert_eq!(wangs.read_until::<Household>(later).expect("read").record.last_visit, mark(YEARS));
}
