//! What nobody may write: the server's part, another's part, another's name.

use documents::RecordDocument;
use domain::id::{NoteId, TransitionId};
use domain::incident::Note;
use domain::workflow::{Decision, Payload, Transition, TransitionKind};
use domain::{Incident, OrgCode, Role, UnixMillis};
use sync::wire::{RefusalCode, Verdict};

use super::people::{
    PROPERTY, act, dispatcher, fetch, handler, make_step, new_step_id, read, report, report_well, take_step, to_org,
};
use crate::support::{District, Phone, grid, part, unique};

/// What a device with a will of its own makes of an incident; answers the field over which it is refused.
async fn forge(
    district: &District,
    phone: &Phone,
    document: &RecordDocument,
    change: impl FnOnce(&mut Incident),
) -> String {
    let push = phone.edit::<Incident>(&mut document.clone(), change);
    match &district.push(phone, vec![push]).await[..] {
        [Verdict::Refused { code: RefusalCode::NotAllowed, detail }] => detail.clone(),
        other => panic!("{other:?}"),
    }
}

fn decision() -> Decision {
    Decision {
        position: 9,
        effective: true,
        reason: None,
        at_server: UnixMillis::new(1),
        class: None,
        limits: [].into(),
    }
}

#[tokio::test]
async fn nobody_decides_but_the_server() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let id = report_well(&district, &lin, 1).await[0];
    let document = fetch(&district, &wang, id).await;
    let step = *read(&district, id).await.transitions.keys().next().expect("a step");

    let reversed = forge(&district, &wang, &document, |i| {
        i.decisions.get_mut(&step).expect("decided").effective = false;
    });
    assert_eq!(reversed.await, format!("decisions.{step}.effective"));
    let own = new_step_id();
    let decided = forge(&district, &wang, &document, |i| {
        i.transitions.insert(own, make_step(&wang, TransitionKind::Accept, 0, 1, Payload::default()));
        i.decisions.insert(own, decision());
    });
    assert!(decided.await.starts_with("decisions."));
    let numbered = forge(&district, &wang, &document, |i| i.human_no = Some("9901012026112399999".into()));
    assert_eq!(numbered.await, "human_no");

    // Nor in the change that makes the incident.
    let (incident, ..) = report(&lin);
    for forged in [
        Incident { human_no: Some("9901012026112399999".into()), ..incident.clone() },
        Incident { decisions: incident.transitions.keys().map(|id| (*id, decision())).collect(), ..incident },
    ] {
        let verdicts = district.push(&lin, vec![lin.create(&forged).1]).await;
        assert!(matches!(verdicts[..], [Verdict::Refused { code: RefusalCode::NotAllowed, .. }]), "{verdicts:?}");
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn a_step_names_its_author_their_role_and_their_organisation() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (wang, zhao) = (dispatcher(&district, "王敏").await, handler(&district, "赵强", PROPERTY).await);
    let id = report_well(&district, &lin, 1).await[0];
    act(&district, &wang, id, TransitionKind::Accept, Payload::default()).await;
    act(&district, &wang, id, TransitionKind::Dispatch, to_org(PROPERTY)).await;

    let honest = |phone: &Phone| make_step(phone, TransitionKind::Urge, 0, 1, Payload::default());
    let other: OrgCode = "city-management".parse().expect("a code");
    let cases: [(&Phone, Transition, &str); 5] = [
        (&lin, Transition { role: Role::Dispatcher, ..honest(&lin) }, "role"),
        (&lin, Transition { role: Role::System, ..honest(&lin) }, "role"),
        (&lin, Transition { by: wang.account.id, ..honest(&lin) }, "by"),
        (&lin, Transition { org: Some(other.clone()), ..honest(&lin) }, "org"),
        (&zhao, Transition { org: Some(other), ..honest(&zhao) }, "org"),
    ];
    for (phone, step, field) in cases {
        let document = fetch(&district, phone, id).await;
        let step_id = new_step_id();
        let refused = forge(&district, phone, &document, |i| drop(i.transitions.insert(step_id, step))).await;
        assert!(refused.starts_with(&format!("transitions.{step_id}.")) && refused.ends_with(field), "{refused}");
    }
    // Without any: a device that has not heard that its owner joined one.
    let (mut document, step) = (fetch(&district, &zhao, id).await, Transition { org: None, ..honest(&zhao) });
    let push = zhao.edit::<Incident>(&mut document, |i| drop(i.transitions.insert(new_step_id(), step)));
    assert_eq!(district.push(&zhao, vec![push]).await, [Verdict::Held { code: RefusalCode::RightEnded }]);
    let document = fetch(&district, &lin, id).await;
    let derived = TransitionId::of_system(id, 4);
    let refused = forge(&district, &lin, &document, |i| drop(i.transitions.insert(derived, honest(&lin)))).await;
    assert!(refused.starts_with("transitions."), "the ids of the server's own steps are the server's: {refused}");
    district.assert_sound().await;
}

#[tokio::test]
async fn nobody_adds_to_what_was_appended() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let id = report_well(&district, &lin, 1).await[0];
    let note = NoteId::new(UnixMillis::new(1), unique());
    let mut document = fetch(&district, &lin, id).await;
    let noted = lin.edit::<Incident>(&mut document, |i| {
        i.notes.insert(note, Note { by: lin.account.id, at: UnixMillis::new(1), text: "已电话联系".into() });
    });
    district.push_well(&lin, vec![noted]).await;
    let document = fetch(&district, &wang, id).await;
    let step = *read(&district, id).await.transitions.keys().next().expect("a step");
    for phone in [&wang, &lin] {
        let added = forge(&district, phone, &document, |i| {
            i.transitions.get_mut(&step).expect("a step").payload.text = "补一句".into();
        });
        assert_eq!(added.await, format!("transitions.{step}.payload.text"));
        let turned = forge(&district, phone, &document, |i| {
            i.transitions.get_mut(&step).expect("a step").kind = TransitionKind::Void;
        });
        assert_eq!(turned.await, format!("transitions.{step}.kind"));
        let removed = forge(&district, phone, &document, |i| drop(i.transitions.remove(&step)));
        assert!(removed.await.starts_with("transitions."));
        let rewritten = forge(&district, phone, &document, |i| {
            i.notes.get_mut(&note).expect("a note").text = "改一句".into();
        });
        assert_eq!(rewritten.await, format!("notes.{note}.text"));
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn another_spelling_of_an_id_is_no_way_around() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let id = report_well(&district, &lin, 1).await[0];
    let step = *read(&district, id).await.transitions.keys().next().expect("a step");
    // The same id without dashes reads as the same step: whoever wrote it would have replaced another's.
    let base = fetch(&district, &wang, id).await;
    let author = wang.author(crate::support::START_MS);
    let text = |text: &str| Some(domain::flat::Scalar::Text(text.to_owned()));
    for spelling in [step.as_uuid().simple().to_string(), step.to_string().to_uppercase()] {
        let path = |field: &str| format!("transitions.{spelling}.{field}");
        let fields = [
            (path("kind"), text("withdraw")),
            (path("by"), text(&wang.account.id.to_string())),
            (path("role"), text("dispatcher")),
            (path("at_device"), Some(domain::flat::Scalar::Int(1))),
        ];
        let mut document = base.clone();
        let change = document.edit_at(&document.heads(), &fields, &author).expect("an edit").expect("a change");
        let push = part(id.into(), domain::Kind::Incident, [change]);
        let verdicts = district.push(&wang, vec![push]).await;
        assert!(matches!(verdicts[..], [Verdict::Refused { code: RefusalCode::NotAllowed, .. }]), "{verdicts:?}");
    }
    assert_eq!(read(&district, id).await.transitions[&step].by, lin.account.id);
    // And an honest step goes on.
    let (_, push) = take_step(&wang, &mut base.clone(), TransitionKind::Accept, 1, Payload::default());
    district.push_well(&wang, vec![push]).await;
}
