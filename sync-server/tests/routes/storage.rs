//! A disk that is full, a file of a newer server, a file that was cut, a server that is killed and started again.

use std::path::Path;

use domain::Collection;
use sync::wire::{PushDocument, SyncRequest};
use sync_server::store::sqlite::FILE_NAME;
use sync_server::store::{OpenError, Store as _};
use sync_server::{Config, StartError};
use tempfile::TempDir;

use crate::support::{District, Phone, grid, household};

fn cards(phone: &Phone, count: usize) -> Vec<PushDocument> {
    (0..count).map(|room| phone.create(&household(&grid(), &format!("{room}"))).1).collect()
}

#[tokio::test]
async fn a_full_disk_is_said_and_nothing_is_half_stored() {
    let district = District::open_with(|config| config.sqlite.max_pages = Some(114)).await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let mut stored = 0;
    let response = loop {
        let response = district.send(&lin, &SyncRequest { push: cards(&lin, 5), ..lin.request(district.now()) }).await;
        if response.status != 200 {
            break response;
        }
        stored += 5;
        assert!(stored < 1_000, "the limit of the file is never reached");
    };
    assert!(stored > 0);
    assert_eq!((response.status, response.code().as_str()), (507, "storage_full"));
    assert!(response.head.to_lowercase().contains("retry-after"), "{}", response.head);
    assert_eq!(district.server.app().store().count_totals().await.expect("totals").documents, stored);

    // Whoever watches the server hears of it; and that it is over.
    let health = crate::http::get(district.server.addr, "/healthz").await;
    assert_eq!((health.status, health.code().as_str()), (503, "storage_full"));

    // Reading goes on.
    let reply = district.pull(&lin, Collection::GridHouseholds(grid()), 0, 100_000).await;
    assert_eq!(reply.pages[0].total, stored);
    district.assert_sound().await;
}

#[tokio::test]
async fn what_was_answered_is_there_after_a_restart() {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    let sent = cards(&lin, 20);
    district.push_well(&lin, sent.clone()).await;
    let District { server, folder, .. } = district;
    let address = server.addr;
    server.stop().await.expect("stopped");

    let again = sync_server::start(Config { listen: address, ..Config::new(folder.path().to_owned()) }).await;
    let again = again.expect("started again");
    assert_eq!(again.app().store().count_totals().await.expect("totals").documents, 20);
    let body = sync::wire::codec::encode(&SyncRequest { push: sent, ..lin.request(again.app().now()) }).expect("body");
    let response = crate::http::post(again.addr, sync::wire::SYNC_PATH, Some(&lin.token), &body).await;
    let reply: sync::wire::SyncReply = response.message();
    assert!(reply.outcomes.iter().all(|outcome| outcome.verdict == sync::wire::Verdict::Known));
}

/// A ledger with records in it, closed.
async fn closed_ledger() -> TempDir {
    let district = District::open().await;
    let lin = district.worker("林晓芸", &[grid()]).await;
    district.push_well(&lin, cards(&lin, 200)).await;
    let District { server, folder, .. } = district;
    server.stop().await.expect("stopped");
    folder
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_reads_the_ledger_however_the_folder_came_to_be() {
    use std::os::unix::fs::PermissionsExt as _;
    let rights = |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
    let open_up = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("changed");
    };
    let folder = TempDir::new().expect("a folder");
    open_up(folder.path(), 0o755);
    for _ in 0..2 {
        let server = sync_server::start(Config::new(folder.path().to_owned())).await.expect("started");
        assert_eq!(rights(folder.path()), 0o700);
        for file in std::fs::read_dir(folder.path()).expect("a folder") {
            let path = file.expect("a file").path();
            assert_eq!(rights(&path), 0o600, "{}", path.display());
        }
        let out = folder.path().join("out");
        let (content, format) = (sync_server::admin::Content::Everything, sync_server::admin::Format::Csv);
        let tables = sync_server::admin::write_tables(server.app().store(), content, format, &out);
        for path in tables.await.expect("written") {
            assert_eq!(rights(&path), 0o600, "{}", path.display());
            open_up(&path, 0o644);
        }
        server.stop().await.expect("stopped");
        std::fs::remove_dir_all(&out).expect("removed");
        // Another program, or an earlier version, left them open.
        open_up(folder.path(), 0o755);
        open_up(&folder.path().join(FILE_NAME), 0o644);
    }
}

async fn start_error(folder: &Path) -> OpenError {
    match sync_server::start(Config::new(folder.to_owned())).await {
        Err(StartError::Open(error)) => error,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("the server started"),
    }
}

#[tokio::test]
async fn a_file_of_a_newer_server_is_left_as_it_is() {
    let folder = closed_ledger().await;
    let path = folder.path().join(FILE_NAME);
    // `user_version` stands in bytes 60..64 of the header (SQLite file format §1.3).
    let mut bytes = std::fs::read(&path).expect("the file");
    bytes[60..64].copy_from_slice(&99_u32.to_be_bytes());
    std::fs::write(&path, &bytes).expect("written");
    match start_error(folder.path()).await {
        OpenError::Newer { found, known, .. } => assert!(found == 99 && known < 99, "{found} {known}"),
        other => panic!("{other}"),
    }
    assert_eq!(std::fs::read(&path).expect("the file"), bytes);
}

#[tokio::test]
async fn a_file_that_was_cut_is_named_and_left_as_it_is() {
    let folder = closed_ledger().await;
    let path = folder.path().join(FILE_NAME);
    let whole = std::fs::read(&path).expect("the file");
    for keep in [whole.len() / 2, 5_000, 100] {
        std::fs::write(&path, &whole[..keep]).expect("written");
        let error = start_error(folder.path()).await;
        assert!(matches!(error, OpenError::Damaged { .. }), "{keep}: {error:?}");
        assert!(!error.to_string().contains("verify"), "which would fail the same way: {error}");
        assert_eq!(std::fs::read(&path).expect("the file").len(), keep);
    }
    std::fs::write(&path, b"this is a shopping list, not a database").expect("written");
    assert!(matches!(start_error(folder.path()).await, OpenError::Damaged { .. }));
}

#[tokio::test]
async fn whoever_asks_for_health_costs_one_write_a_moment() {
    let district = District::open().await;
    let path = district.folder.path().join(FILE_NAME);
    let count_writes = || -> i64 {
        let file = rusqlite::Connection::open(&path).expect("the file");
        file.query_row("SELECT COALESCE(MAX(number), 0) AS last FROM probe", [], |row| row.get("last")).expect("read")
    };
    for asked in 1..=3 {
        for _ in 0..20 {
            assert_eq!(crate::http::get(district.server.addr, "/healthz").await.status, 200);
        }
        assert_eq!(count_writes(), asked);
        district.pass_ms(15_000);
    }
}

#[tokio::test]
async fn a_device_beyond_its_bytes_of_the_day_waits_and_loses_nothing() {
    let district = District::open_with(|config| config.limits.daily_bytes = 10_000).await;
    let (lin, wu) = (district.worker("林晓芸", &[grid()]).await, district.worker("吴小燕", &[grid()]).await);
    let first = cards(&lin, 40);
    district.push_well(&lin, first.clone()).await;
    let more = cards(&lin, 2);
    let request = SyncRequest { push: more.clone(), ..lin.request(district.now()) };
    let reply = district.round(&lin, &request).await;
    assert_eq!(reply.outcomes, [], "no verdict: they stay where they are");
    assert!(reply.retry_after_ms.is_some_and(|ms| ms > 0));
    assert!(district.read_metrics().await.contains("gridcompanion_put_off_pushes_total 1\n"));
    // It reads on, others write on, and the next day it does as well.
    let reply = district.pull(&lin, Collection::GridHouseholds(grid()), 0, 100_000).await;
    assert_eq!(reply.pages[0].total, 40);
    district.push_well(&wu, cards(&wu, 2)).await;
    district.pass_ms(crate::support::DAY_MS);
    district.push_well(&lin, more).await;
    // What was stored before is no news and counts for nothing.
    for _ in 0..3 {
        let verdicts = district.push(&lin, first.clone()).await;
        assert!(verdicts.iter().all(|verdict| *verdict == sync::wire::Verdict::Known));
    }
    // Neither does it beside something new.
    district.push_well(&lin, cards(&lin, 1)).await;
    for _ in 0..2 {
        let fresh = cards(&lin, 1);
        let verdicts = district.push(&lin, first.iter().cloned().chain(fresh).collect()).await;
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == sync::wire::Verdict::Accepted).count(), 1);
    }
    district.assert_sound().await;
}
