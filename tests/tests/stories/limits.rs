//! Records that are larger than the app would let them grow: lists bring them, and two edits that meet make them.

use contract::{AddMember, ErrorCode, HouseholdEdit};
use domain::codes::{HouseStatus, Residence};

use crate::people::{CHEN_LI, LI_MIN};
use crate::world::{Who, World};

/// 陈立 and 李敏 each add somebody to a home of fifty-nine without knowing of each other.
fn make_sixty_one(world: &mut World) -> [Who; 2] {
    world.district.import(&dormitory(59));
    let both = [world.give_phone(CHEN_LI), world.give_phone(LI_MIN)];
    world.load_all();
    for (who, name) in both.into_iter().zip(["新来甲", "新来乙"]) {
        let door = world.phones[who].find("9栋1单元901");
        world.phones[who].edit(door, vec![newcomer(name)]).unwrap();
    }
    world.come_together();
    both
}

/// A list of a dormitory with so many people behind one door.
fn dormitory(people: usize) -> String {
    let mut csv = String::from("所属网格,小区名称,楼栋号,单元号,门牌号,姓名\n");
    for n in 0..people {
        csv += &format!("990101001001003,职工宿舍,9栋,1单元,901,工友{n:03}\n");
    }
    csv
}

fn newcomer(name: &str) -> HouseholdEdit {
    HouseholdEdit::AddMember(AddMember {
        name: name.into(),
        relation: None,
        residence: None,
        tel: String::new(),
        id_no: String::new(),
    })
}

#[test]
fn a_dormitory_of_sixty_one_takes_visits_notes_and_corrections_and_only_no_sixty_second() {
    let mut world = World::begin(11);
    let [chen, li] = make_sixty_one(&mut world);
    let door = world.phones[chen].find("9栋1单元901");
    assert_eq!(world.phones[chen].household("9栋1单元901").members.len(), 61);

    world.work(chen, |phone| phone.visit(door, |form| form.note = "宿舍走访".into()));
    let someone = world.phones[chen].household("9栋1单元901").members[7].clone();
    let leaves = HouseholdEdit::Member {
        id: someone.id,
        name: format!("{}（更正）", someone.name),
        relation: None,
        residence: Some(Residence::MovedOut),
    };
    let edits = vec![
        HouseholdEdit::Note { note: "二楼晾衣间堆放杂物".into() },
        HouseholdEdit::HouseStatus { status: HouseStatus::Rented },
        leaves,
    ];
    world.work(chen, |phone| phone.edit(door, edits)).unwrap();
    let refused = world.work(chen, |phone| phone.edit(door, vec![newcomer("工友多")])).unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::FieldTooMany, Some("members")));

    world.come_together();
    assert_eq!(world.phones[chen].count_changes("refused"), 0, "the district takes all of it");
    let seen = world.phones[li].household("9栋1单元901");
    assert_eq!((seen.visit_count, seen.note.as_str(), seen.members.len()), (1, "二楼晾衣间堆放杂物", 61));
    assert!(seen.members.iter().any(|member| member.residence == Some(Residence::MovedOut)));
    world.expect_one_truth();
}

#[test]
fn two_who_each_add_the_sixtieth_without_knowing_make_sixty_one_and_nobody_is_refused() {
    let mut world = World::begin(12);
    for who in make_sixty_one(&mut world) {
        assert_eq!(world.phones[who].count_changes("refused"), 0);
        let members = world.phones[who].household("9栋1单元901").members;
        assert_eq!(members.len(), 61);
        assert!(["新来甲", "新来乙"].iter().all(|name| members.iter().any(|member| member.name == *name)));
        let door = world.phones[who].find("9栋1单元901");
        let refused = world.phones[who].edit(door, vec![newcomer("新来丙")]).unwrap_err();
        assert_eq!(refused.field.as_deref(), Some("members"), "who sees sixty-one adds nobody");
    }
    world.expect_one_truth();
}
