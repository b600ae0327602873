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

code_list! {
    /// Ways of settling (化解方式): how a dispute or a matter was brought to an end.
    SettlingWay from "existing systems; codes in this order are ours" {
        JudicialMediation = "01", "司法调解", "Judicial mediation";
        AdministrativeMediation = "02", "行政调解", "Administrative mediation";
        PeoplesMediation = "03", "人民调解", "People's mediation";
        ArbitralMediation = "04", "仲裁调解", "Mediation in arbitration";
        CommercialMediation = "05", "商事调解", "Commercial mediation";
        TradeMediation = "06", "行业调解", "Mediation by a trade body";
        LawyersMediation = "07", "律师调解", "Mediation by lawyers";
        CivilArbitration = "08", "民商事仲裁", "Civil and commercial arbitration";
        FarmlandArbitration = "09", "农村土地承包仲裁", "Farmland contract arbitration";
        LabourArbitration = "10", "劳动人事仲裁", "Labour arbitration";
        AdministrativeReview = "11", "行政复议", "Administrative review";
        AdministrativeRuling = "12", "行政裁决", "Administrative ruling";
        Litigation = "13", "诉讼", "Litigation";
        Reconciliation = "14", "协商和解", "Reconciliation";
        Other = "15", "其他", "Other";
    }
}

code_list! {
    /// What the resident said at the call-back (回访).
    Satisfaction from "domain reference §7" {
        Satisfied = "1", "满意", "Satisfied";
        MostlySatisfied = "2", "基本满意", "Mostly satisfied";
        Dissatisfied = "3", "不满意", "Not satisfied";
        Unreachable = "unreachable", "联系不上", "Could not be reached";
        Anonymous = "anonymous", "匿名上报，无需回访", "Anonymous, nobody to call";
    }
}

code_list! {
    /// Kind of an appointment (预约): taken to the resident's place, remote, or at a hall.
    BookingKind from "domain reference §8; codes are ours" {
        OnSite = "on_site", "现场办理", "On site";
        Remote = "remote", "远程调解", "Remote mediation";
        CircuitCourt = "circuit_court", "巡回法庭", "Circuit court";
        Counselling = "counselling", "心理疏导", "Counselling";
        Doctor = "doctor", "医生咨询", "Doctor";
    }
}
