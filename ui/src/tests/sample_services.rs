//! Services, notices and appointments to draw. All invented but the emergency numbers.

use contract::domain::LocalDate;
use contract::domain::codes::BookingKind;
use contract::{AppointmentRow, NoticeView, ServiceList, ServiceView};

use super::sample::{hours_ago, id};

fn day(text: &str) -> LocalDate {
    text.parse().expect("a date")
}

fn service(id: &str, name: &str, kind: &str, phone: &str) -> ServiceView {
    ServiceView {
        id: id.into(),
        name: name.into(),
        kind: kind.into(),
        phones: if phone.is_empty() { Vec::new() } else { vec![phone.into()] },
        address: String::new(),
        hours: "24 小时".into(),
        guide: String::new(),
        note: String::new(),
        desk: None,
        bookings: Vec::new(),
        updated: Some(day("2026-06-01")),
    }
}

/// A doctor's station with everything an entry can have.
pub(crate) fn doctor() -> ServiceView {
    ServiceView {
        phones: vec!["0000-5550101".into(), "0000-5550102".into()],
        address: "海棠街道卫生服务站 1 楼".into(),
        hours: "8:00–17:30".into(),
        guide: "先打电话预约，再带医保卡到 1 楼服务台取号。\n行动不便的可以请医生上门。".into(),
        note: "节假日只有值班医生".into(),
        desk: Some(3),
        bookings: vec![BookingKind::Doctor, BookingKind::Counselling],
        ..service("family-doctor", "北门家庭医生服务点", "family_doctor", "")
    }
}

/// The directory.
pub(crate) fn services() -> ServiceList {
    let mediation = ServiceView {
        address: "海棠街道综治中心".into(),
        hours: "9:00–17:00".into(),
        bookings: vec![BookingKind::OnSite],
        ..service("mediation-hall", "海棠街道信访超市", "mediation", "0000-5550120")
    };
    let rows = vec![
        service("police-110", "报警", "emergency", "110"),
        service("fire-119", "火警", "emergency", "119"),
        doctor(),
        mediation,
        service("invented-later", "后来新增的服务", "invented_later", "0000-5550130"),
    ];
    ServiceList { rows, version: Some(3) }
}

/// The health desk: three of nine places are filled.
pub(crate) fn desk() -> ServiceList {
    let request = ServiceView { desk: Some(1), ..service("health-request", "健康申报及诉求", "other", "") };
    let community =
        ServiceView { desk: Some(2), ..service("community", "社区咨询电话", "community", "0000-5550110") };
    ServiceList { rows: vec![request, community, doctor()], version: Some(3) }
}

/// Notices, the first of them urgent and new.
pub(crate) fn notices() -> Vec<NoticeView> {
    let storm = NoticeView {
        id: "storm-2026".into(),
        title: "暴雨蓝色预警".into(),
        text: "今晚到明天有大到暴雨。\n请提醒一楼和地下室住户把电动车推到高处。".into(),
        from: day("2026-07-14"),
        until: Some(day("2026-07-16")),
        is_urgent: true,
        is_read: false,
    };
    let clinic = NoticeView {
        id: "clinic-hours".into(),
        title: "卫生服务站周六上午开诊".into(),
        text: "七月起每周六 8:00 到 12:00。".into(),
        from: day("2026-07-01"),
        until: None,
        is_urgent: false,
        is_read: true,
    };
    vec![storm, clinic]
}

/// An appointment of today.
pub(crate) fn appointment() -> AppointmentRow {
    AppointmentRow {
        incident: id(3, 7),
        title: String::new(),
        category: "02001".into(),
        kind: BookingKind::OnSite,
        place: "海棠苑3栋1单元402".into(),
        at: hours_ago(-4),
        is_confirmed: true,
    }
}
