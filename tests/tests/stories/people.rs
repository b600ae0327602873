//! The people of the stories. All invented.

use domain::Role;

use crate::world::{Who, World};

/// 陈立, grid worker.
pub(crate) const CHEN_LI: (u8, &str, Role) = (1, "陈立", Role::GridWorker);
/// 李敏, the second grid worker of the same grid.
pub(crate) const LI_MIN: (u8, &str, Role) = (2, "李敏", Role::GridWorker);
/// 周桂芳, building lead of 1栋.
pub(crate) const ZHOU_GUIFANG: (u8, &str, Role) = (3, "周桂芳", Role::BuildingLead);

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
