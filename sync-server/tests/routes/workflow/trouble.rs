//! What the server does where its ledger is damaged: nobody is kept from working, and it comes back to it.

use std::time::Duration;

use domain::workflow::{Payload, Refusal, State, TransitionKind};
use domain::{IncidentId, UnixMillis};
use rusqlite::{Connection, named_params};
use sync_server::desk::{BACKOFF_MS, Settlement};
use sync_server::store::sqlite::FILE_NAME;

use super::clock::settle;
use super::people::{accepted, dispatcher, fetch, read, report_well, standing, take_step};
use crate::support::{DAY_MS, District, START_MS, grid};

fn open_file(district: &District) -> Connection {
    let file = Connection::open(district.folder.path().join(FILE_NAME)).expect("the file");
    file.busy_timeout(Duration::from_secs(10)).expect("set");
    file
}

/// A ledger in which the server's next change of a document cannot be stored: its number is taken.
fn take_servers_number(district: &District, id: IncidentId, seq: i64) {
    let file = open_file(district);
    let system = domain::workflow::SYSTEM_ACCOUNT.as_uuid().into_bytes();
    let actor: [u8; 16] = file
        .query_row(
            "SELECT actor FROM change WHERE account = :system LIMIT 1",
            named_params! {":system": system},
            |row| row.get("actor"),
        )
        .expect("the server has written");
    file.execute(
        "INSERT INTO change (document, ordinal, hash, actor, seq, account, received_at, bytes)
         VALUES (:document, 1000, zeroblob(32), :actor, :seq, zeroblob(16), 0, x'00')",
        named_params! {
            ":document": domain::RecordId::from(id).as_uuid().into_bytes(),
            ":actor": actor,
            ":seq": seq,
        },
    )
    .expect("inserted");
}

fn give_number_back(district: &District) {
    let file = open_file(district);
    file.execute("DELETE FROM change WHERE ordinal = 1000", []).expect("deleted");
}

#[tokio::test]
async fn damage_to_one_incident_keeps_nobody_from_working() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let wang = dispatcher(&district, "王敏").await;
    let ids = report_well(&district, &lin, 2).await;
    let mut documents = Vec::new();
    for id in &ids {
        documents.push(fetch(&district, &wang, *id).await);
    }
    take_servers_number(&district, ids[0], 2);

    // What the street does is taken in, also where the server's answer cannot be stored.
    let mut steps = Vec::new();
    let mut pushes = Vec::new();
    for document in &mut documents {
        let (step, push) = take_step(&wang, document, TransitionKind::Accept, 1, Payload::default());
        steps.push(step);
        pushes.push(push);
    }
    district.push_well(&wang, pushes).await;
    assert!(!read(&district, ids[0]).await.decisions.contains_key(&steps[0]));

    // The sound one is decided at once; the clock goes round and leaves the other alone for a while.
    assert_eq!(accepted(&read(&district, ids[1]).await, steps[1]), Ok(()));
    let settlement = settle(&district).await;
    assert_eq!((settlement.settled, settlement.failed), (0, 1), "{settlement:?}");
    assert_eq!(settle(&district).await, Settlement::default());

    give_number_back(&district);
    district.pass_ms(BACKOFF_MS);
    assert_eq!(settle(&district).await.settled, 1);
    let read = read(&district, ids[0]).await;
    assert_eq!((accepted(&read, steps[0]), standing(&read).state), (Ok(()), State::Accepted));
    assert!(read.decisions[&steps[0]].at_server >= UnixMillis::new(START_MS + BACKOFF_MS));
    district.assert_sound().await;
}

#[tokio::test]
async fn what_was_left_undecided_is_decided_in_the_order_in_which_it_came() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let (wang, hang) = (dispatcher(&district, "王敏").await, dispatcher(&district, "杭宇").await);
    // Once the clock of the server finds both, once a third step that is pushed.
    for is_pushed in [false, true] {
        let id = report_well(&district, &lin, 1).await[0];
        let seen = fetch(&district, &wang, id).await;
        take_servers_number(&district, id, 2);
        let (mut of_wang, mut of_hang) = (seen.clone(), seen);
        let (first, push) = take_step(&wang, &mut of_wang, TransitionKind::Accept, 900, Payload::default());
        district.push_well(&wang, vec![push]).await;
        let (second, push) = take_step(&hang, &mut of_hang, TransitionKind::Accept, 100, Payload::default());
        district.push_well(&hang, vec![push]).await;
        assert_eq!(read(&district, id).await.decisions.len(), 1, "the report alone");
        give_number_back(&district);
        if is_pushed {
            let mut of_lin = fetch(&district, &lin, id).await;
            let (_, push) = take_step(&lin, &mut of_lin, TransitionKind::Urge, 1, Payload::default());
            district.push_well(&lin, vec![push]).await;
        } else {
            assert_eq!(settle(&district).await.settled, 1);
        }
        let read = read(&district, id).await;
        assert_eq!(accepted(&read, first), Ok(()), "whatever the clocks of the devices say");
        assert_eq!(accepted(&read, second), Err(Refusal::WrongState));
    }
    district.assert_sound().await;
}

#[tokio::test]
async fn where_numbers_cannot_be_given_the_work_goes_on() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let file = open_file(&district);
    file.execute("ALTER TABLE serial RENAME TO lost", []).expect("renamed");
    let id = report_well(&district, &lin, 1).await[0];
    let taken_in = read(&district, id).await;
    assert_eq!((standing(&taken_in).state, taken_in.human_no), (State::Reported, None));
    district.pass_ms(DAY_MS);
    assert_eq!(settle(&district).await.settled, 1, "the clock goes round");
    file.execute("ALTER TABLE lost RENAME TO serial", []).expect("renamed");
    district.pass_ms(30 * DAY_MS);
    assert_eq!(settle(&district).await.settled, 1);
    assert!(read(&district, id).await.human_no.is_some(), "numbered when it can be");
    district.assert_sound().await;
}

#[tokio::test]
async fn verify_names_an_incident_that_the_desk_would_never_come_back_to() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let id = report_well(&district, &lin, 1).await[0];
    district.assert_sound().await;
    let file = open_file(&district);
    file.execute("DELETE FROM wake", []).expect("deleted");
    let found = sync_server::admin::verify(district.server.app().store()).await.expect("read").damage;
    let found: Vec<_> = found.iter().map(|damage| (damage.code, damage.subject.as_str())).collect();
    assert_eq!(found, [("wake", id.to_string().as_str())]);
}
