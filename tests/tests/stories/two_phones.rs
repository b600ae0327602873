//! Two people, two phones: what one did the other sees.

use contract::{AmendVisit, ChooseValue, GetHousehold, GetVisit, HouseholdEdit, RecordState, RevealParticulars};
use domain::Role;
use domain::flat::Scalar;

use crate::chaos::expect_no_numbers;
use crate::network::Fate;
use crate::people::{CHEN_LI, LI_MIN, ZHOU_GUIFANG};
use crate::world::World;

#[test]
fn a_visit_made_in_the_basement_is_on_the_colleagues_phone_in_the_evening() {
    let mut world = World::begin(1);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    world.fates = vec![Fate::NoConnection; 4];
    let door = world.phones[chen].find("2栋1单元101");
    let receipt = world.work(chen, |phone| phone.visit(door, |form| form.note = "电动车在楼道充电".into()));
    world.pass(60_000);
    world.come_together();
    let seen = world.phones[li].household("2栋1单元101");
    assert_eq!(seen.visit_count, 1);
    assert_eq!((seen.visits[0].id, seen.visits[0].summary.as_str()), (receipt.visit, "电动车在楼道充电"));
    assert_eq!(seen.visits[0].by.as_deref(), Some("陈立"));
    world.expect_one_truth();
}

#[test]
fn a_visit_that_was_corrected_says_so_on_the_colleagues_phone() {
    let mut world = World::begin(4);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let door = world.phones[chen].find("2栋1单元101");
    let visit = world.work(chen, |phone| phone.visit(door, |form| form.note = "电动车在4楼充电".into())).visit;
    world.come_together();
    let seen = world.phones[li].ask(GetVisit { id: visit }).unwrap();
    assert_eq!((seen.amending, seen.amendments.len()), (None, 0), "it is not hers to correct");

    world.fates = vec![Fate::NoConnection; 2];
    for text in ["是3楼，不是4楼", "车主说今晚搬走"] {
        world.work(chen, |phone| {
            let draft = phone.ask(GetVisit { id: visit }).unwrap().amending.expect("his own").draft;
            phone.ask(AmendVisit { visit, draft, text: text.into() }).unwrap();
        });
        world.pass(60_000);
    }
    world.come_together();
    for who in [chen, li] {
        let seen = world.phones[who].ask(GetVisit { id: visit }).unwrap();
        assert_eq!(seen.note, "电动车在4楼充电", "what was written stays");
        let told: Vec<_> = seen.amendments.iter().map(|entry| (entry.by.as_deref(), entry.text.as_str())).collect();
        assert_eq!(told, [(Some("陈立"), "是3楼，不是4楼"), (Some("陈立"), "车主说今晚搬走")]);
        assert_eq!(seen.row.state, RecordState::Confirmed);
    }
    world.expect_one_truth();
}

#[test]
fn two_names_for_one_contact_are_the_same_card_on_both_phones() {
    let mut world = World::begin(2);
    let (chen, zhou) = (world.give_phone(CHEN_LI), world.give_phone(ZHOU_GUIFANG));
    world.load_all();
    world.fates = vec![Fate::NoConnection; 2];
    world.work(chen, |phone| phone.rename_contact("1栋1单元102", "沈立新"));
    world.pass(60_000);
    world.work(zhou, |phone| phone.rename_contact("1栋1单元102", "沈师傅"));
    world.pass(1_000);
    world.work(chen, |phone| phone.rename_contact("1栋1单元102", "沈先生"));
    world.come_together();
    let on_chens = world.phones[chen].household("1栋1单元102").conflicts;
    let on_zhous = world.phones[zhou].household("1栋1单元102").conflicts;
    assert_eq!(on_chens, on_zhous, "the same entries in the same order");
    assert_eq!(on_chens.len(), 1);
    let named: Vec<_> = on_chens[0].candidates.iter().map(|c| (c.by.as_deref(), &c.value, c.is_shown)).collect();
    let text = |name: &str| Scalar::Text(name.into());
    assert_eq!(named, [(Some("陈立"), &text("沈先生"), true), (Some("周桂芳"), &text("沈师傅"), false)]);
    let household = world.phones[zhou].find("1栋1单元102");
    let choose = ChooseValue { household, field: on_zhous[0].field.clone(), value: text("沈师傅") };
    world.work(zhou, |phone| phone.ask(choose)).unwrap();
    world.come_together();
    for who in [chen, zhou] {
        let seen = world.phones[who].household("1栋1单元102");
        assert_eq!((seen.row.contact_name.as_str(), seen.conflicts.len()), ("沈师傅", 0));
    }
    world.expect_one_truth();
    expect_no_numbers(&world, zhou);
}

#[test]
fn two_phones_of_one_person_are_one_person() {
    let mut world = World::begin(3);
    let (first, second) = (world.give_phone(CHEN_LI), world.give_phone(CHEN_LI));
    world.load_all();
    let household = world.phones[first].find("1栋1单元201");
    world.work(first, |phone| phone.visit(household, |form| form.note = "第一部手机".into()));
    world.work(second, |phone| phone.visit(household, |form| form.note = "第二部手机".into()));
    world.work(first, |phone| phone.add_member(household, "韩小舟", "19900000209"));
    world.come_together();
    for who in [first, second] {
        let seen = world.phones[who].household("1栋1单元201");
        assert_eq!(seen.visit_count, 2);
        assert!(seen.visits.iter().all(|visit| visit.by.as_deref() == Some("陈立")));
        assert!(seen.members.iter().any(|member| member.name == "韩小舟" && member.tel_masked.is_some()));
    }
    world.expect_one_truth();
}

/// The people of a household as a phone shows them: name, masked number, other entries of the same person.
fn people(world: &mut World, who: usize, door: &str) -> Vec<(String, Option<String>, usize)> {
    let members = world.phones[who].household(door).members;
    members.into_iter().map(|member| (member.name, member.tel_masked, member.aliases.len())).collect()
}

/// The numbers of everybody of that name, as the phone's owner sees them unmasked.
fn numbers_of(world: &mut World, who: usize, door: &str, name: &str) -> Vec<Vec<String>> {
    let members = world.phones[who].household(door).members;
    let ids: Vec<_> = members.iter().filter(|member| member.name == name).map(|member| member.id).collect();
    let household = world.phones[who].find(door);
    let shown = world.phones[who].ask(RevealParticulars { household }).unwrap();
    ids.iter().filter_map(|id| Some(shown.iter().find(|shown| shown.id == *id)?.tels.clone())).collect()
}

#[test]
fn one_newcomer_written_down_on_two_phones_is_made_one_person_and_parted_again() {
    const DOOR: &str = "1栋1单元201";
    const NAME: &str = "韩小舟";
    let mut world = World::begin(5);
    let (chen, li) = (world.give_phone(CHEN_LI), world.give_phone(LI_MIN));
    world.load_all();
    let household = world.phones[chen].find(DOOR);
    let before = people(&mut world, chen, DOOR).len();
    world.fates = vec![Fate::NoConnection; 4];
    world.work(chen, |phone| phone.add_member(household, NAME, "19900000209"));
    world.pass(60_000);
    world.work(li, |phone| phone.add_member(household, NAME, "19900000208"));
    world.come_together();
    let pair = world.phones[chen].household(DOOR).possible_pairs;
    assert_eq!((pair.len(), people(&mut world, li, DOOR).len()), (1, before + 2), "shown as possibly one");
    assert_eq!(pair, world.phones[li].household(DOOR).possible_pairs);
    let pair = pair[0];

    // 陈立 says that they are one; 李敏, who does not know, corrects the number of the other entry.
    world.fates = vec![Fate::NoConnection; 4];
    world.work(chen, |phone| phone.edit(household, vec![HouseholdEdit::Pair { pair, is_same: true }])).unwrap();
    let correct = HouseholdEdit::Numbers {
        id: pair.younger(),
        add_tels: vec!["19900000210".into()],
        remove_tels: vec!["19900000208".into()],
        id_no: None,
    };
    world.work(li, |phone| phone.edit(household, vec![correct])).unwrap();
    world.come_together();
    for who in [chen, li] {
        let seen = people(&mut world, who, DOOR);
        assert_eq!(seen.len(), before + 1, "one person");
        assert_eq!(seen.iter().filter(|(name, _, aliases)| name == NAME && *aliases == 1).count(), 1);
        assert_eq!(numbers_of(&mut world, who, DOOR, NAME), [["19900000209", "19900000210"]], "nothing is lost");
        assert!(world.phones[who].household(DOOR).possible_pairs.is_empty(), "nobody is asked again");
    }

    world.work(li, |phone| phone.edit(household, vec![HouseholdEdit::Pair { pair, is_same: false }])).unwrap();
    world.come_together();
    for who in [chen, li] {
        let seen = people(&mut world, who, DOOR);
        assert_eq!(seen.iter().filter(|(name, _, aliases)| name == NAME && *aliases == 0).count(), 2);
        let mut numbers = numbers_of(&mut world, who, DOOR, NAME);
        numbers.sort();
        assert_eq!(numbers, [["19900000209"], ["19900000210"]], "each with its own");
        assert!(world.phones[who].household(DOOR).possible_pairs.is_empty());
    }
    world.expect_one_truth();
}

#[test]
fn a_lead_who_loses_a_building_keeps_only_what_the_office_has_to_decide() {
    let mut world = World::begin(4);
    let (chen, zhou) = (world.give_phone(CHEN_LI), world.give_phone(ZHOU_GUIFANG));
    world.load_all();
    assert_eq!(world.phones[zhou].households().len(), 4);
    // Written in the stairwell, while the office takes the building away.
    let household = world.phones[zhou].find("1栋1单元202");
    let edit = HouseholdEdit::Note { note: "老人白天在儿子家".into() };
    world.phones[zhou].edit(household, vec![edit]).unwrap();
    let mut owner = world.phones[zhou].owner.clone();
    owner.scope.buildings = [crate::district::grid().building(2).unwrap()].into();
    world.district.save_account(owner);
    world.come_together();
    let rows = world.phones[zhou].households();
    let old: Vec<_> = rows.iter().filter(|row| row.place.building == "1栋").map(|row| row.id).collect();
    assert_eq!(
        (rows.len(), old),
        (5, vec![household]),
        "the new building is here, the old one is gone but for one card"
    );
    let view = world.phones[zhou].ask(GetHousehold { id: household }).unwrap();
    assert_eq!(view.note, "老人白天在儿子家", "nobody else has these words until the office decides");
    let (held, refused) = (world.phones[zhou].count_changes("held"), world.phones[zhou].count_changes("refused"));
    assert_eq!((held, refused), (1, 0));
    assert_eq!(world.phones[chen].owner.role, Role::GridWorker);
    world.district.verify();
}
