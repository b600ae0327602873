//! 上报: three taps, and honest states afterwards.

use contract::{
    BookingForm, ErrorCode, GetIncident, GetToday, HistoryKind, IncidentForm, ListIncidents, ListUnsent,
    OpenIncidentForm, PAGE_ROWS, Queue, RecordState, SaveIncidentForm, StepEffect, SubmitIncident,
};
use domain::codes::{BookingKind, Priority, Source};
use domain::workflow::{Offline, State, TransitionKind};
use domain::{Incident, UnixMillis};

use super::phone::Phone;
use crate::StoreError;
use crate::store::record::read_record;

fn report(phone: &mut Phone, form: IncidentForm) -> contract::IncidentReceipt {
    let draft = phone.run(OpenIncidentForm::default()).draft;
    phone.wait_minutes(1);
    phone.run(SubmitIncident { draft, form })
}

#[test]
fn a_category_is_enough() {
    let mut phone = Phone::of_worker();
    let receipt = report(&mut phone, IncidentForm { category: "05".into(), ..IncidentForm::default() });
    let view = phone.run(GetIncident { id: receipt.incident });
    assert_eq!((view.row.category.as_str(), view.row.is_mine), ("05001", true), "level 1 became its first level 2");
    assert_eq!(view.row.state, RecordState::Queued);
    let said: Vec<_> = view.history.iter().map(|entry| (entry.kind, entry.by.as_deref())).collect();
    assert_eq!(said, [(HistoryKind::Step(TransitionKind::Submit), Some("赵敏"))]);
    let pending =
        StepEffect::Pending { offline: Offline::Shown, can_retract: false, is_likely: true, is_taken_back: false };
    assert_eq!(view.history[0].effect, pending, "nothing is said of the server yet");
    assert_eq!((view.row.standing, view.row.pending, view.row.human_no), (State::Reported, 1, None));
    assert!(view.limits.iter().all(|limit| limit.is_estimate), "what is worked out here says so");
    assert_eq!(phone.run(ListUnsent::default()).rows[0].title, "05001");
}

#[test]
fn reported_from_a_household_the_place_is_filled_in() {
    let mut phone = Phone::of_worker();
    let home = phone.receive_home("402", &[("王秀兰", "")]);
    let opened = phone.run(OpenIncidentForm { household: Some(home), ..OpenIncidentForm::default() });
    assert_eq!(opened.form.address_text, "海棠花园1栋1单元402");
    assert!(!opened.is_resumed);
    let form = IncidentForm { category: "19002".into(), priority: Some(Priority::Urgent), ..opened.form };
    phone.run(SaveIncidentForm { draft: opened.draft, form: form.clone() });
    let again = phone.run(OpenIncidentForm { household: Some(home), ..OpenIncidentForm::default() });
    assert!(again.is_resumed && again.form == form);
    assert_eq!(phone.run(GetToday {}).drafts[0].title, "19002");
    let by_id = phone.run(OpenIncidentForm { draft: Some(opened.draft), ..OpenIncidentForm::default() });
    assert_eq!(by_id.place.map(|place| place.door()).as_deref(), Some("1栋1单元402"));
    let receipt = phone.run(SubmitIncident { draft: opened.draft, form });
    let stored: Incident =
        read_record(phone.companion.store.read(), receipt.incident.into()).expect("store").expect("here").record;
    assert_eq!((stored.household, stored.source), (Some(home), Source::Patrol));
    assert!(stored.building.is_some());
}

#[test]
fn settled_on_the_spot_needs_what_was_done() {
    let mut phone = Phone::of_worker();
    let draft = phone.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm { category: "03005".into(), is_self_handled: true, ..IncidentForm::default() };
    let error = phone.refuse(SubmitIncident { draft, form: form.clone() });
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::FieldMissing, Some("handled_text")));
    let form = IncidentForm { handled_text: "当场搬走".into(), ..form };
    let receipt = phone.run(SubmitIncident { draft, form });
    let view = phone.run(GetIncident { id: receipt.incident });
    assert_eq!(
        (view.handled_text.as_str(), view.history[0].kind),
        ("当场搬走", HistoryKind::Step(TransitionKind::SelfHandle))
    );
    assert_eq!(phone.run(GetToday {}).incident_count, 0, "it is not open");

    let mut lead = Phone::of_lead();
    let draft = lead.run(OpenIncidentForm::default()).draft;
    let form = IncidentForm {
        category: "03005".into(),
        is_self_handled: true,
        handled_text: "x".into(),
        ..IncidentForm::default()
    };
    assert_eq!(lead.refuse(SubmitIncident { draft, form }).code, ErrorCode::NotAllowed);
    let form = IncidentForm { category: "03005".into(), ..IncidentForm::default() };
    lead.run(SubmitIncident { draft, form });
}

#[test]
fn a_category_that_does_not_exist_is_refused() {
    let mut phone = Phone::of_worker();
    let draft = phone.run(OpenIncidentForm::default()).draft;
    for (category, code) in
        [("", ErrorCode::FieldMissing), ("77", ErrorCode::FieldInvalid), ("03999", ErrorCode::FieldInvalid)]
    {
        let form = IncidentForm { category: category.into(), ..IncidentForm::default() };
        let error = phone.refuse(SubmitIncident { draft, form });
        assert_eq!((error.code, error.field.as_deref()), (code, Some("category")), "{category}");
    }
}

#[test]
fn an_appointment_is_asked_for_along_with_the_report() {
    let mut phone = Phone::of_worker();
    let draft = phone.run(OpenIncidentForm { category: Some("02001".into()), ..OpenIncidentForm::default() });
    assert_eq!(draft.form.category, "02001", "what was chosen before the form is in it");
    let at = phone.companion.now().plus_ms(UnixMillis::DAY_MS);
    let booking = BookingForm { kind: BookingKind::OnSite, place: " 一号楼大厅 ".into(), at, service: None };
    let form = IncidentForm { booking: Some(booking), ..draft.form };
    for (wrong, field) in [
        (IncidentForm { category: "05001".into(), ..form.clone() }, "booking"),
        (
            IncidentForm {
                booking: form.booking.clone().map(|b| BookingForm { place: " ".into(), ..b }),
                ..form.clone()
            },
            "booking.place",
        ),
        (
            IncidentForm {
                booking: form.booking.clone().map(|b| BookingForm { at: phone.companion.now(), ..b }),
                ..form.clone()
            },
            "booking.at",
        ),
    ] {
        let error = phone.refuse(SubmitIncident { draft: draft.draft, form: wrong });
        assert_eq!(error.field.as_deref(), Some(field));
    }
    let receipt = phone.run(SubmitIncident { draft: draft.draft, form });
    let view = phone.run(GetIncident { id: receipt.incident });
    let appointment = view.appointment.expect("it stands");
    assert_eq!((appointment.booking.place.as_str(), appointment.is_confirmed), ("一号楼大厅", false));
    assert_eq!(phone.run(ListUnsent::default()).total, 1, "report and appointment are one change");
    assert_eq!(phone.run(GetToday {}).appointments, [], "it is tomorrow's");
    phone.wait_minutes(24 * 60 - 60);
    assert_eq!(phone.run(GetToday {}).appointments[0].place, "一号楼大厅");
}

#[test]
fn the_list_goes_back_in_time_page_by_page() {
    let mut phone = Phone::of_worker();
    let total = u64::from(PAGE_ROWS) + 3;
    for _ in 0..total {
        report(&mut phone, IncidentForm { category: "05003".into(), ..IncidentForm::default() });
    }
    let first = phone.run(ListIncidents { queue: Queue::Mine, ..ListIncidents::default() });
    assert_eq!((first.rows.len() as u32, first.has_more, first.total), (PAGE_ROWS, true, total));
    let after = first.rows.last().map(|row| row.id);
    let second = phone.run(ListIncidents { queue: Queue::Mine, after, ..ListIncidents::default() });
    assert_eq!((second.rows.len(), second.has_more), (3, false));
    let times: Vec<_> = first.rows.iter().chain(&second.rows).map(|row| row.reported_at).collect();
    assert!(times.is_sorted_by(|newer, older| newer > older), "newest first, none twice");
}

#[test]
fn the_servers_word_is_shown_with_its_reason() {
    let mut phone = Phone::of_worker();
    let receipt = report(&mut phone, IncidentForm { category: "05003".into(), ..IncidentForm::default() });
    let answer = |phone: &mut Phone, sql: &str| {
        phone.companion.store.write::<_, StoreError>(|writing| Ok(writing.execute(sql, [])?)).expect("answered");
    };
    answer(&mut phone, "UPDATE change SET state = 'refused', code = 'not_allowed', detail = 'grid', answered_at = 9");
    let view = phone.run(GetIncident { id: receipt.incident });
    let refused = RecordState::Refused { code: "not_allowed".into(), detail: "grid".into() };
    assert_eq!(view.row.state, refused);
    assert_eq!(view.history.first().map(|entry| entry.kind), Some(HistoryKind::Refused));
    let today = phone.run(GetToday {});
    assert_eq!((today.sync.unsent, today.sync.refused), (0, 1));
    assert_eq!(phone.run(ListUnsent::default()).rows[0].state, refused, "it stays on the list");
    answer(&mut phone, "UPDATE change SET state = 'confirmed', answered_at = 9");
    let view = phone.run(GetIncident { id: receipt.incident });
    assert_eq!(view.row.state, RecordState::Confirmed);
    assert!(view.history.iter().all(|entry| entry.kind != HistoryKind::Refused));
    assert_eq!(phone.run(ListUnsent::default()).total, 0);
}

#[test]
fn lists_of_visits_and_incidents_are_read_from_an_index_and_never_sorted() {
    let phone = Phone::of_worker();
    for (sql, index) in [
        (
            "SELECT id FROM incident WHERE (reported_at, id) < (9, x'00') ORDER BY reported_at DESC, id DESC",
            "incident_by_time",
        ),
        (
            "SELECT id FROM incident WHERE account = x'00' AND (reported_at, id) < (9, x'00')
             ORDER BY reported_at DESC, id DESC",
            "incident_by_account",
        ),
        (
            "SELECT id FROM incident WHERE household = x'00' AND (reported_at, id) < (9, x'00')
             ORDER BY reported_at DESC, id DESC",
            "incident_by_household",
        ),
        (
            "SELECT id FROM visit WHERE household = x'00' AND (at_start, id) < (9, x'00')
             ORDER BY at_start DESC, id DESC",
            "visit_by_household",
        ),
    ] {
        let db = phone.companion.store.read();
        let mut statement = db.prepare(&format!("EXPLAIN QUERY PLAN {sql} LIMIT 51")).expect("a plan");
        let lines = statement.query_map([], |row| row.get::<_, String>("detail")).expect("a plan");
        let plan = lines.collect::<rusqlite::Result<Vec<_>>>().expect("a plan").join("\n");
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{plan}");
    }
}
