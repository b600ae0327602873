//! Codes of an incident.

use super::code_list;

code_list! {
    /// Priority. 紧急 and 重大 always run on the urgent clock.
    Priority from "local default (domain reference §6)" {
        Normal = "normal", "一般", "Normal";
        Urgent = "urgent", "紧急", "Urgent";
        Major = "major", "重大", "Major";
    }
}

code_list! {
    /// Where an incident came from (事件来源).
    Source from "existing systems 01–04; 05–09 are ours" {
        Patrol = "01", "网格员巡查", "Patrol";
        Resident = "02", "群众上报", "Reported by a resident";
        Sensor = "03", "物联网感知", "Sensor";
        Superior = "04", "上级指示", "Instructed from above";
        Visit = "05", "入户走访", "Household visit";
        BuildingLead = "06", "楼长报告", "Building lead";
        Other = "09", "其他", "Other";
    }
}

code_list! {
    /// Dispute type (纠纷类型), for statistics.
    DisputeType from "existing systems, shortened; codes are ours" {
        Family = "01", "婚恋家庭", "Marriage and family";
        Neighbours = "02", "邻里", "Neighbours";
        Personality = "03", "人格权", "Personality rights";
        Property = "04", "物权", "Property";
        Tort = "05", "侵权", "Tort";
        Contract = "06", "合同", "Contract";
        Labour = "07", "劳动人事", "Labour";
        Lending = "08", "金融借贷", "Lending";
        LandTitle = "09", "土地资源权属", "Title to land and resources";
        OtherCivil = "10", "其他民商事", "Other civil or commercial";
        UrbanConstruction = "11", "城乡建设", "Urban and rural construction";
        CivilAffairs = "12", "涉民政", "Civil affairs";
        OtherEnforcement = "13", "其他行政执法", "Other administrative enforcement";
        Other = "17", "其他", "Other";
    }
}
