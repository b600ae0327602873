//! Two reports of one matter, numbers, and places on the ground.

use jiff::civil::date;

use super::*;
use crate::sample::{TODAY, bare_household, grid, incident_by, noon};

/// A place some metres north of the samples' building (one degree of latitude is 111.195 km on this sphere).
fn north_by(metres: f64) -> Option<Point> {
    Some(Point { lat: 30.0 + metres / 111_195.08, lng: 120.0, acc_m: 5.0 })
}

/// Two reports by two people of the same category, with nothing else in common.
fn pair() -> (Incident, Incident) {
    (incident_by(1), incident_by(2))
}

#[test]
fn reports_within_two_hundred_metres_are_alike() {
    let (mut here, mut there) = pair();
    assert!(!here.is_like(&there), "that both lie in one grid says nothing");
    (here.point, there.point) = (north_by(0.0), north_by(199.0));
    assert!(here.is_like(&there) && there.is_like(&here));
    there.point = north_by(201.0);
    assert!(!here.is_like(&there));
    there.point = None;
    assert!(!here.is_like(&there), "a place that nobody gave is near nothing");
}

#[test]
fn reports_of_one_address_are_alike_however_it_is_written() {
    let (mut here, mut there) = pair();
    here.address_text = "海棠花园 1栋A单元".into();
    there.address_text = "海棠花园１栋ａ单元".into();
    assert!(here.is_like(&there));
    there.address_text = "海棠花园2栋A单元".into();
    assert!(!here.is_like(&there));
    (here.address_text, there.address_text) = (" ".into(), " ".into());
    assert!(!here.is_like(&there), "two empty addresses are no address");
}

#[test]
fn reports_from_one_household_are_alike() {
    let (mut here, mut there) = pair();
    here.household = Some(bare_household().id);
    there.household = here.household;
    assert!(here.is_like(&there));
    there.household = None;
    assert!(!here.is_like(&there));
}

#[test]
fn only_the_same_category_within_a_day_in_the_same_town_counts() {
    let (mut here, mut there) = pair();
    (here.point, there.point) = (north_by(0.0), north_by(0.0));
    assert!(!here.is_like(&here.clone()), "an incident is not its own duplicate");
    there.reported_at = here.reported_at.plus_ms(UnixMillis::DAY_MS);
    assert!(here.is_like(&there) && there.is_like(&here));
    there.reported_at = there.reported_at.plus_ms(1);
    assert!(!here.is_like(&there) && !there.is_like(&here));
    there.reported_at = here.reported_at;
    there.category = "03003".into();
    assert!(!here.is_like(&there));
    there.category.clone_from(&here.category);
    there.grid = "990102001001003".parse().expect("a grid of another town");
    assert!(!here.is_like(&there));
}

#[test]
fn when_it_was_reported_the_server_knows_better_than_a_device() {
    use crate::workflow::{Desk, Payload, Transition, TransitionKind, settle};
    let report = |incident: &mut Incident, kind, at_server| {
        let (by, role, at_device) = (incident.by, incident.role, incident.reported_at);
        let step = Transition { kind, by, role, org: None, at_device, round: 0, payload: Payload::default() };
        incident.self_handled = Some(SelfHandled { before: String::new(), after: "已清走".into() });
        incident.transitions.insert(TransitionId::new(at_device, [incident.transitions.len() as u8; 10]), step);
        settle(incident, &[], &Desk::default(), at_server);
    };
    let (mut here, mut there) = pair();
    (here.point, there.point) = (north_by(0.0), north_by(0.0));
    there.reported_at = here.reported_at.plus_ms(-3 * UnixMillis::DAY_MS);
    assert!(!here.is_like(&there), "as the devices say");
    report(&mut there, TransitionKind::Submit, here.reported_at);
    assert!(here.is_like(&there) && there.is_like(&here), "its clock was three days slow");
    report(&mut here, TransitionKind::SelfHandle, noon(TODAY).plus_ms(2 * UnixMillis::DAY_MS));
    assert!(!here.is_like(&there), "one came two days after the other, whatever its device says");
}

#[test]
fn a_mad_clock_is_no_reason_to_fall() {
    let (mut here, mut there) = pair();
    (here.point, there.point) = (north_by(0.0), north_by(0.0));
    here.reported_at = UnixMillis::new(i64::MIN);
    there.reported_at = UnixMillis::new(0);
    assert!(!here.is_like(&there));
    there.reported_at = UnixMillis::new(i64::MAX);
    assert!(!here.is_like(&there) && !there.is_like(&here));
}

#[test]
fn a_number_is_area_date_and_serial() {
    let number = |day, serial| format_human_no(&grid(), day, serial);
    assert_eq!(number(TODAY, 1).as_deref(), Some("9901012026112300001"));
    assert_eq!(number(date(2027, 1, 2), 99_999).as_deref(), Some("9901012027010299999"));
    assert_eq!(number(TODAY, 0), None, "serials begin with 1");
    assert_eq!(number(TODAY, 100_000), None, "the day's numbers are used up");
    assert_eq!(number(date(-1, 1, 1), 1), None, "a clock that was never set");
    assert_eq!(number(UnixMillis::new(i64::MAX).local_date(), 1).map(|no| no.len()), Some(19));
}

#[test]
fn a_number_is_read_back_as_it_was_written() {
    for (day, serial) in [(TODAY, 1), (date(2027, 1, 2), 99_999)] {
        let text = format_human_no(&grid(), day, serial).expect("a number");
        assert_eq!(HumanNo::parse(&text), Some(HumanNo { area: "990101".into(), day, serial }));
    }
    for wrong in
        ["", "99010120261123", "9901012026112300000", "9901012026133300001", "99010120261123 0001", "九九〇一〇一"]
    {
        assert_eq!(HumanNo::parse(wrong), None, "{wrong}");
    }
}

#[test]
fn distances_are_those_over_ground() {
    let at = |lat, lng| Point { lat, lng, acc_m: 0.0 };
    let about = |here: Point, there: Point, metres: f64| {
        let (out, back) = (here.distance_m(&there), there.distance_m(&here));
        assert!((out - metres).abs() < metres * 0.001 + 0.001, "{out} m, not {metres} m");
        assert!((out - back).abs() < 1e-6, "the way back is as long");
    };
    about(at(30.0, 120.0), at(30.0, 120.0), 0.0);
    about(at(30.0, 120.0), at(31.0, 120.0), 111_195.0);
    about(at(60.0, 120.0), at(60.0, 120.001), 55.6);
    about(at(0.0, 179.9995), at(0.0, -179.9995), 111.2);
    about(at(90.0, 0.0), at(-90.0, 0.0), 20_015_114.0);
}

#[test]
fn a_place_off_the_globe_is_a_breach() {
    let with = |lat, lng| Incident { point: Some(Point { lat, lng, acc_m: 0.0 }), ..incident_by(1) };
    assert!(with(90.0, -180.0).find_breaches().is_empty());
    for wrong in [with(90.1, 0.0), with(0.0, 180.1), with(f64::NAN, 0.0), with(0.0, f64::INFINITY)] {
        assert_eq!(wrong.find_breaches().iter().map(|breach| breach.field.as_str()).collect::<Vec<_>>(), ["point"]);
    }
}

#[test]
fn what_is_written_with_a_step_is_bounded() {
    use crate::workflow::{JOINT_LIMIT, Payload, STEP_TEXT_LIMIT, Transition, TransitionKind};
    let with = |payload| {
        let mut incident = incident_by(1);
        let (kind, at_device) = (TransitionKind::Urge, noon(TODAY));
        let step = Transition { kind, by: incident.by, role: incident.role, org: None, at_device, round: 0, payload };
        incident.transitions.insert(TransitionId::new(at_device, [1; 10]), step);
        incident.find_breaches().len()
    };
    let text = |chars| Payload { text: "字".repeat(chars), ..Payload::default() };
    assert_eq!((with(text(STEP_TEXT_LIMIT)), with(text(STEP_TEXT_LIMIT + 1))), (0, 1));
    let orgs = |n| Payload {
        joint: (0..n).map(|n| format!("org-{n}").parse().expect("a code")).collect(),
        ..Payload::default()
    };
    assert_eq!((with(orgs(JOINT_LIMIT)), with(orgs(JOINT_LIMIT + 1))), (0, 1));
}
