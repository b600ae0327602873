//! What the office decides on held work reaches whoever wrote it: every kind of record, without a right to it any more,
//! and however long the phone was away.

use contract::{
    AmendVisit, BringBack, GetHousehold, GetVisit, HouseholdEdit, ListDepartedSteps, ListPutAway, ListUnsent, PutAway,
    RecordState,
};
use domain::account::Scope;
use domain::workflow::{Payload, TransitionKind as Step};
use domain::{HouseholdId, RecordId};

use crate::network::Fate;
use crate::people::{CHEN_LI, LI_MIN, WANG_MIN, ZHAO_LEI};
use crate::world::{Who, World};

const DOOR: &str = "1栋1单元201";

/// 陈立 does a morning's work in the stairwell while the office gives him another grid.
fn work_while_the_grid_is_taken_away(world: &mut World, chen: Who) -> HouseholdId {
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    let phone = &mut world.phones[chen];
    phone.visit(home, |form| form.note = "楼道灯不亮".into());
    phone.add_member(home, "韩小舟", "19900000209");
    phone.report(Some(home), "03001", "电动车在楼道充电");
    let mut owner = phone.owner.clone();
    owner.scope = Scope { grids: ["990101001001004".parse().unwrap()].into(), ..Scope::default() };
    world.district.save_account(owner);
    world.come_together();
    assert!(world.phones[chen].count_changes("held") >= 4, "card, particulars, visit and incident wait for the office");
    home
}

#[test]
fn what_the_office_accepts_is_confirmed_on_the_phone_and_the_old_grid_leaves_it() {
    let mut world = World::begin(21);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    let home = work_while_the_grid_is_taken_away(&mut world, chen);
    let held = world.phones[chen].count_changes("held");
    assert_eq!(world.district.accept_held(), held);
    // The phone is away for three weeks and its first rounds fail.
    world.pass(21 * 86_400_000);
    world.fates = vec![Fate::NoConnection, Fate::ReplyLost];
    world.come_together();
    assert_eq!((world.phones[chen].count_changes("held"), world.phones[chen].count_changes("refused")), (0, 0));
    assert!(world.phones[chen].ask(GetHousehold { id: home }).is_err(), "the card of the old grid is gone");
    assert_eq!(world.phones[chen].households().len(), 0);
    let seen = world.phones[li].household(DOOR);
    assert_eq!((seen.visit_count, seen.visits[0].summary.as_str()), (1, "楼道灯不亮"));
    assert!(seen.members.iter().any(|member| member.name == "韩小舟" && member.tel_masked.is_some()));
    world.expect_one_truth();
}

#[test]
fn a_correction_of_a_visit_that_waits_for_the_office_waits_with_it() {
    let mut world = World::begin(23);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    let home = work_while_the_grid_is_taken_away(&mut world, chen);
    let visit = world.phones[chen].card(home).visits[0].id;
    world.work(chen, |phone| {
        let draft = phone.ask(GetVisit { id: visit }).unwrap().amending.expect("his own").draft;
        phone.ask(AmendVisit { visit, draft, text: "是4楼的灯".into() }).unwrap();
    });
    world.come_together();
    let told = world.phones[chen].ask(GetVisit { id: visit }).unwrap();
    assert_eq!(told.amendments.len(), 1);
    assert!(matches!(told.row.state, RecordState::Held { .. }), "{:?}", told.row.state);
    world.district.accept_held();
    world.pass(86_400_000);
    world.come_together();
    let seen = world.phones[li].ask(GetVisit { id: visit }).unwrap();
    let told: Vec<_> = seen.amendments.iter().map(|entry| (entry.by.as_deref(), entry.text.as_str())).collect();
    assert_eq!((seen.note.as_str(), told), ("楼道灯不亮", vec![(Some("陈立"), "是4楼的灯")]));
    world.expect_one_truth();
}

#[test]
fn what_the_office_rejects_comes_back_with_its_reason_and_can_still_be_read() {
    let mut world = World::begin(22);
    let (chen, _) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let home = world.phones[chen].find(DOOR);
    world.phones[chen].edit(home, vec![HouseholdEdit::Note { note: "房东说要收回".into() }]).unwrap();
    let mut owner = world.phones[chen].owner.clone();
    owner.scope = Scope { grids: ["990101001001004".parse().unwrap()].into(), ..Scope::default() };
    world.district.save_account(owner);
    world.come_together();
    assert_eq!(world.phones[chen].count_changes("held"), 1);

    assert_eq!(world.district.reject_held(RecordId::from(home), "与社区台账不符"), 1);
    world.pass(10 * 86_400_000);
    world.come_together();
    assert_eq!((world.phones[chen].count_changes("held"), world.phones[chen].count_changes("refused")), (0, 1));
    let page = world.phones[chen].ask(ListUnsent::default()).unwrap();
    let refused = RecordState::Refused { code: "rejected".into(), detail: "与社区台账不符".into() };
    assert_eq!(page.rows.iter().map(|row| &row.state).collect::<Vec<_>>(), [&refused]);
    let view = world.phones[chen].ask(GetHousehold { id: home }).unwrap();
    assert_eq!(view.note, "房东说要收回", "nobody else has these words");
    assert_eq!(world.district.accept_held(), 0, "it is decided");
    world.come_together();
    assert_eq!(world.phones[chen].ask(ListUnsent::default()).unwrap(), page, "told once");

    // He puts it away: the card shows what the office has, and one tap brings his words back.
    let record = RecordId::from(home);
    let note = |world: &mut World| world.phones[chen].ask(GetHousehold { id: home }).map(|view| view.note);
    world.work(chen, |phone| phone.ask(PutAway { record })).unwrap();
    assert_eq!((note(&mut world).unwrap().as_str(), world.phones[chen].count_stuck()), ("", 0));
    world.work(chen, |phone| phone.ask(BringBack { record })).unwrap();
    assert_eq!((note(&mut world).unwrap().as_str(), world.phones[chen].count_stuck()), ("房东说要收回", 1));
    // Put away for good, the card of the old grid leaves with the next look at the server; the words stay.
    world.work(chen, |phone| phone.ask(PutAway { record })).unwrap();
    world.come_together();
    assert!(note(&mut world).is_err(), "nothing of the old grid is kept for a note that was given up");
    let away = world.phones[chen].ask(ListPutAway::default()).unwrap().rows;
    assert_eq!(away[0].lines, [("note".to_owned(), "房东说要收回".to_owned())]);
    assert_eq!((&away[0].state, away[0].is_here), (&refused, false));
    world.work(chen, |phone| phone.ask(BringBack { record })).unwrap();
    world.come_together();
    assert_eq!(world.phones[chen].count_stuck(), 1, "the notice comes back without the card");
    world.district.verify();
}

#[test]
fn a_step_that_the_office_accepts_long_after_the_incident_left_is_told() {
    let mut world = World::begin_empty(23);
    world.district.publish("organisations", crate::people::ORGANISATIONS);
    let [chen, wang, zhao] = [CHEN_LI, WANG_MIN, ZHAO_LEI].map(|person| world.give_phone(person));
    world.load_all();
    let id = world.work(chen, |phone| phone.report_in_street("03001", "楼道堆物"));
    world.come_together();
    let to = |org: &str| Payload { to_org: Some(org.parse().unwrap()), ..Payload::default() };
    for (who, kind, payload) in [
        (wang, Step::Accept, Payload::default()),
        (wang, Step::Dispatch, to("jingui-property")),
        (zhao, Step::Start, Payload::default()),
    ] {
        world.work(who, |phone| phone.take(id, kind, payload)).unwrap();
        world.pass(5_000);
        world.come_together();
    }
    // 赵磊 writes his result in the basement; meanwhile he changes his employer and the matter goes elsewhere.
    let result = Payload { text: "已经搬空".into(), ..Payload::default() };
    world.phones[zhao].take(id, Step::SubmitResult, result).unwrap();
    let mut owner = world.phones[zhao].owner.clone();
    owner.scope.org = Some("city-management".parse().unwrap());
    world.district.save_account(owner);
    world.work(wang, |phone| phone.take(id, Step::Transfer, to("doctors-three"))).unwrap();
    world.pass(5_000);
    world.come_together();
    assert_eq!(world.phones[zhao].count_changes("held"), 1);
    assert_eq!(world.district.accept_held(), 1);
    world.pass(86_400_000);
    world.come_together();
    world.pass(600_000);
    world.come_together();
    assert_eq!(world.phones[zhao].count_changes("held"), 0);
    assert!(!world.phones[zhao].has_incident(id));
    let departed = world.phones[zhao].ask(ListDepartedSteps {}).unwrap();
    let told = departed.iter().find(|step| step.kind == Some(Step::SubmitResult)).expect("his words are kept");
    assert!(told.text == "已经搬空" && told.reason.is_some(), "it did not take effect, and he is told: {told:?}");
    world.district.verify();
}
