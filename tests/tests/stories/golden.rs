//! One day, told by what each person sees at its end. A changed golden file is read in review; `GRID_BLESS=1` writes it.

use std::path::Path;

use contract::GetToday;
use domain::codes::Outcome;

use crate::network::Weather;
use crate::people::{CHEN_LI, LI_MIN, ZHOU_GUIFANG};
use crate::telling::{tell_household, tell_today};
use crate::world::World;

#[test]
fn a_day_in_the_grid() {
    let mut world = World::begin(2_026);
    let chen = world.give_phone(CHEN_LI);
    let li = world.give_phone(LI_MIN);
    let zhou = world.give_phone(ZHOU_GUIFANG);
    world.load_all();
    // No signal in the stairwell.
    world.weather = Weather { trouble_percent: 100 };
    let home = world.phones[chen].find("1栋1单元102");
    world.work(chen, |phone| {
        phone.visit(home, |form| {
            form.contact_name = Some("沈先生".into());
            form.note = "一家三口都在".into();
        })
    });
    world.work(chen, |phone| phone.add_member(home, "沈大爷", "19900000109"));
    world.work(chen, |phone| phone.report(Some(home), "03002", "门口堆了旧家具"));
    world.pass(60_000);
    let same = world.phones[zhou].find("1栋1单元102");
    world.work(zhou, |phone| {
        phone.visit(same, |form| {
            form.outcome = Some(Outcome::Absent);
            form.contact_name = Some("沈师傅".into());
        })
    });
    let vacant = world.phones[li].find("2栋1单元202");
    world.work(li, |phone| phone.visit(vacant, |form| form.outcome = Some(Outcome::Vacant)));
    world.pass(30 * 60_000);
    world.come_together();
    world.expect_one_truth();
    let mut told = String::new();
    for who in [chen, li, zhou] {
        let name = world.phones[who].owner.name.clone();
        let today = world.phones[who].ask(GetToday {}).unwrap();
        told += &tell_today(&name, &today);
        told += &tell_household(&world.phones[who].household("1栋1单元102"));
        told.push('\n');
    }
    expect_golden("day.txt", &told);
}

pub(crate) fn expect_golden(name: &str, told: &str) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/stories/golden").join(name);
    if std::env::var_os("GRID_BLESS").is_some() {
        std::fs::write(&file, told).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(told == golden, "{name} differs; what people see now:\n{told}");
}
