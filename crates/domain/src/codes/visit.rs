//! Codes of a visit.

use super::code_list;

code_list! {
    /// How a visit ended. A visit with nobody home is a valid visit.
    Outcome from "local default (domain reference §5)" {
        Met = "met", "见到本人", "Met in person";
        Family = "family", "见到家属", "Met family";
        Phone = "phone", "电话走访", "By phone";
        Absent = "absent", "无人在家", "Nobody home";
        Refused = "refused", "不便接待", "Not convenient";
        Vacant = "vacant", "空置", "Vacant";
        Moved = "moved", "已搬离", "Moved away";
        Wrong = "wrong", "地址有误", "Wrong address";
    }
}

impl Outcome {
    /// Whether this outcome counts as having visited, so that the next due date moves. The others are attempts.
    #[must_use]
    pub const fn is_completed(self) -> bool {
        matches!(self, Self::Met | Self::Family | Self::Phone | Self::Vacant | Self::Moved)
    }

    /// Whether somebody of the household was spoken to, so that there is something to ask about.
    #[must_use]
    pub const fn has_contact(self) -> bool {
        matches!(self, Self::Met | Self::Family | Self::Phone)
    }
}

code_list! {
    /// Where the visit took place.
    Channel from "local default (domain reference §5, block 0)" {
        Home = "home", "入户", "In the home";
        Door = "door", "门口", "At the door";
        Phone = "phone", "电话", "By phone";
        Online = "online", "线上", "Online";
    }
}

code_list! {
    /// What was explained (宣传).
    Advice from "local default (domain reference §5, block 5)" {
        AntiFraud = "01", "反诈", "Against fraud";
        FireSafety = "02", "消防", "Fire safety";
        PowerAndGas = "03", "用电用气", "Power and gas";
        HealthInsurance = "04", "医保", "Health insurance";
        Vaccination = "05", "疫苗", "Vaccination";
        FloodSafety = "06", "防汛", "Flood safety";
        Other = "99", "其他", "Other";
    }
}
