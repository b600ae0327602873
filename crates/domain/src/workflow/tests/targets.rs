//! Where an incident can be sent to.

use super::*;
use TransitionKind as K;

#[test]
fn nothing_is_sent_where_nobody_would_have_it() {
    let mut case = Case::reported(CHEN, "19001");
    case.take_all([(WANG, K::Accept, nothing())]);
    let published = r#"{"jingui-property": {"name": "金桂物业", "kind": "property"},
        "city-management": {"name": "城管中队", "kind": "department"}}"#;
    case.desk.organisations = serde_json::from_str(published).expect("organisations");
    case.desk.people = [ZHAO, SUN].iter().filter_map(|who| Some((who.id(), who.org()?))).collect();
    assert_eq!(case.take(WANG, K::Dispatch, to("jingui-properti")), Err(Refusal::TargetMissing));
    let with = |joint: &str| Payload { joint: [org(joint)].into(), ..to("jingui-property") };
    assert_eq!(case.take(WANG, K::Dispatch, with("nowhere")), Err(Refusal::TargetMissing), "nor where others help");
    let person = |who: Person| Payload { to_person: Some(who.id()), ..to("jingui-property") };
    assert_eq!(case.take(WANG, K::Dispatch, person(SUN)), Err(Refusal::TargetMissing), "she is of another one");
    assert_eq!(case.take(WANG, K::Dispatch, person(CHEN)), Err(Refusal::TargetMissing), "he handles nothing");
    assert_eq!(case.state(), State::Accepted);
    case.take_all([(WANG, K::Dispatch, person(ZHAO))]);
    assert_eq!(case.take(WANG, K::Transfer, to("nowhere")), Err(Refusal::TargetMissing));
    let joining = |joint: &str| Payload { joint: [org(joint)].into(), ..nothing() };
    assert_eq!(case.take(WANG, K::Join, joining("nowhere")), Err(Refusal::TargetMissing));
    case.take_all([(WANG, K::Join, joining("city-management"))]);
    // A community's own is there because its clerk is, published or not.
    let mut own = Case { desk: case.desk.clone(), ..Case::reported(CHEN, "19001") };
    own.take_all([(HE, K::Accept, nothing()), (HE, K::Dispatch, to("haitang-community"))]);
}
