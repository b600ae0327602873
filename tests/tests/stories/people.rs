//! The people of the stories. All invented.

use domain::Role;

use crate::world::{Who, World};

/// 陈立, grid worker.
pub(crate) const CHEN_LI: (u8, &str, Role) = (1, "陈立", Role::GridWorker);
/// 李敏, the second grid worker of the same grid.
pub(crate) const LI_MIN: (u8, &str, Role) = (2, "李敏", Role::GridWorker);
/// 周桂芳, building lead of 1栋.
pub(crate) const ZHOU_GUIFANG: (u8, &str, Role) = (3, "周桂芳", Role::BuildingLead);

/// 何静, clerk of the community.
pub(crate) const HE_JING: (u8, &str, Role) = (11, "何静", Role::CommunityClerk);
/// 王敏, dispatcher of the town.
pub(crate) const WANG_MIN: (u8, &str, Role) = (12, "王敏", Role::Dispatcher);
/// 李航, the second dispatcher.
pub(crate) const LI_HANG: (u8, &str, Role) = (13, "李航", Role::Dispatcher);
/// 赵磊 of 金桂物业.
pub(crate) const ZHAO_LEI: (u8, &str, Role) = (14, "赵磊", Role::Handler);
/// 孙燕 of 城管中队.
pub(crate) const SUN_YAN: (u8, &str, Role) = (15, "孙燕", Role::Handler);
/// 吴医生 of the family-doctor team of the grid.
pub(crate) const DR_WU: (u8, &str, Role) = (16, "吴医生", Role::Handler);
/// 郑督办 of the district.
pub(crate) const ZHENG: (u8, &str, Role) = (17, "郑红", Role::Supervisor);

/// The organisations of the stories.
pub(crate) const ORGANISATIONS: &str = r#"{
    "jingui-property": {"name": "金桂物业", "kind": "property", "areas": ["990101001001"], "categories": ["03001", "19"]},
    "city-management": {"name": "城管中队", "kind": "department", "categories": ["05", "06"]},
    "doctors-three": {"name": "家庭医生三组", "kind": "doctor_team", "areas": ["990101001001003"],
        "categories": ["08001", "08003"], "takes_direct": true}
}"#;

/// The organisation of a handler.
pub(crate) fn org_of(n: u8) -> &'static str {
    match n {
        14 => "jingui-property",
        15 => "city-management",
        _ => "doctors-three",
    }
}

impl World {
    /// Gives somebody a phone with the right time.
    pub(crate) fn give_phone(&mut self, (n, name, role): (u8, &str, Role)) -> Who {
        self.enrol(n, name, role, 0)
    }

    /// Everybody's phone loads the grid.
    pub(crate) fn load_all(&mut self) {
        for who in 0..self.phones.len() {
            self.restart(who);
        }
        self.settle();
        self.come_together();
    }
}
