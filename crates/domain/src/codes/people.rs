//! Codes about people.

use super::code_list;

code_list! {
    /// Relation to the head of the household.
    Relation from "GB/T 4761-2008, first digit" {
        Head = "0", "户主", "Head";
        Spouse = "1", "配偶", "Spouse";
        Son = "2", "儿子", "Son";
        Daughter = "3", "女儿", "Daughter";
        Grandchild = "4", "孙辈", "Grandchild";
        Parent = "5", "父母", "Parent";
        Grandparent = "6", "祖父母", "Grandparent";
        Sibling = "7", "兄弟姐妹", "Sibling";
        Other = "8", "其他", "Other";
    }
}

code_list! {
    /// Sex.
    Sex from "GB/T 2261.1" {
        NotKnown = "0", "未知", "Not known";
        Male = "1", "男", "Male";
        Female = "2", "女", "Female";
        NotStated = "9", "未说明", "Not stated";
    }
}

code_list! {
    /// Population type (人口类别).
    PopulationType from "existing systems" {
        Registered = "01", "户籍", "Registered here";
        Floating = "02", "流动", "Floating";
        Foreign = "03", "境外", "From abroad";
    }
}

code_list! {
    /// Where a member of the household is now. Nobody is deleted: leaving is a state.
    Residence from "local default (domain reference §9)" {
        Present = "present", "常住", "Living here";
        Away = "away", "外出", "Away";
        MovedOut = "moved_out", "迁出", "Moved out";
        Deceased = "deceased", "死亡", "Deceased";
    }
}

code_list! {
    /// Care tags: why someone is visited more often. Sensitive (PIPL 28): lives in particulars only, written with
    /// separate consent.
    CareTag from "local default (domain reference §9)" {
        LivesAlone = "lives_alone", "独居", "Lives alone";
        EmptyNest = "empty_nest", "空巢", "Empty nest";
        Disabled = "disabled", "残疾", "Disabled";
        CannotSelfCare = "cannot_self_care", "失能", "Cannot care for oneself";
        Maternity = "maternity", "孕产", "Maternity";
        ChildInDifficulty = "child_in_difficulty", "困境儿童", "Child in difficulty";
        ChronicIllness = "chronic_illness", "慢病", "Chronic illness";
        MentalHealth = "mental_health", "精神", "Mental health";
        Veteran = "veteran", "退役军人", "Veteran";
        MinimumAllowance = "minimum_allowance", "低保", "Minimum living allowance";
        BereavedOfOnlyChild = "bereaved_of_only_child", "失独", "Bereaved of the only child";
        HardToEmploy = "hard_to_employ", "就业困难", "Hard to employ";
    }
}
