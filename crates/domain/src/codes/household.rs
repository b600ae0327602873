//! Codes of the household card.

use super::code_list;

code_list! {
    /// How a dwelling is used (房屋居住状态).
    HouseStatus from "existing systems; 9 is ours" {
        OwnerOccupied = "0", "自住", "Owner-occupied";
        Rented = "1", "租赁", "Rented";
        Vacant = "2", "空置", "Vacant";
        Other = "9", "其他", "Other";
    }
}

code_list! {
    /// How often a household is visited. Set by the office; the reason is never shown on lists.
    VisitClass from "local default (domain reference §5)" {
        A = "A", "重点关爱", "Priority care";
        B = "B", "关注", "Attention";
        C = "C", "一般", "Ordinary";
        D = "D", "空置/长期外出", "Vacant or long away";
    }
}

code_list! {
    /// A kind of need that a household has said (困难诉求).
    NeedCode from "local default (domain reference §5, block 3)" {
        Living = "01", "生活", "Daily living";
        Medical = "02", "医疗", "Medical";
        Housing = "03", "住房", "Housing";
        Schooling = "04", "就学", "Schooling";
        Employment = "05", "就业", "Employment";
        ElderCare = "06", "养老", "Elder care";
        ChildCare = "07", "托幼", "Child care";
        Legal = "08", "法律", "Legal";
        Counselling = "09", "心理", "Counselling";
        Other = "99", "其他", "Other";
    }
}

code_list! {
    /// How far a need has been met.
    NeedState from "existing systems" {
        Open = "open", "未解决", "Open";
        InProgress = "in_progress", "解决中", "In progress";
        Met = "met", "已解决", "Met";
    }
}
